"""Fixtures that every room's tests share."""

import os
from pathlib import Path

import pytest

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data that is not part of the project; its tests skip where it is absent."""
    folder = Path(os.environ.get("NASICON_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"reference data not found at {folder} (set NASICON_SHARED)")
    return folder
