"""The examples of docs/devices.md run, and its tables name what there is."""

import re
import sys
from pathlib import Path

import pytest

from instruments.devices import available_drivers

TEXT = (Path(__file__).parents[3] / "docs" / "devices.md").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals need POSIX")
@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL))
def test_the_examples_run(block):
    exec(compile(block, "docs/devices.md", "exec"), {})  # noqa: S102 - our own document


def test_every_driver_is_in_the_table():
    assert all(f"| `{driver.name}` |" in TEXT for driver in available_drivers())
