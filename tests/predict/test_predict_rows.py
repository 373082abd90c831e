"""Training rows refuse what cannot be meant."""

import os
import subprocess
import sys

import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.predict import Row, data_hash

GOOD = {
    "row_id": "1",
    "formula": "Na3Zr2Si2PO12",
    "log10_sigma": -3.3,
    "log10_sigma_sd": 0.1,
    "temperature_c": 25.0,
    "kind": "total",
    "source": "somebody 1999",
    "origin": "literature",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"log10_sigma": float("nan")},
        {"log10_sigma_sd": -0.1},
        {"log10_sigma_sd": float("inf")},
        {"temperature_c": -300.0},
        {"kind": "grain boundary"},
        {"origin": "dream"},
        {"covariates": {"weather": 1.0}},
        {"covariates": {"sintering_c": float("nan")}},
    ],
)
def test_wrong_rows_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        Row(**(GOOD | wrong))  # type: ignore[arg-type]


def test_hash_knows_contents_not_order() -> None:
    one, two = Row(**GOOD), Row(**(GOOD | {"row_id": "2", "log10_sigma": -3.0}))  # type: ignore[arg-type]
    assert data_hash([one, two]) == data_hash([two, one])
    changed = Row(**(GOOD | {"log10_sigma_sd": 0.2}))  # type: ignore[arg-type]
    assert data_hash([one, two]) != data_hash([changed, two])


def test_importing_the_package_is_cheap() -> None:
    code = (
        "import sys, nasicon_loop.predict as p; p.Row, p.Settings;"
        "print([m for m in ('numpy', 'torch', 'sklearn', 'scipy', 'pymatgen', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "[]"


def test_every_public_name_resolves() -> None:
    import nasicon_loop.predict as room

    for name in room.__all__:
        assert getattr(room, name) is not None
    with pytest.raises(AttributeError):
        _ = room.nothing
