"""Every setting is shown with where it came from, and no password."""

from pathlib import Path
from typing import Any

import pytest

from nasicon_loop.lab import opened, settings_rows
from nasicon_loop.lab.settings import Settings


def test_each_setting_names_its_source(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder: Path = bench.lab.folder.path
    toml = bench.lab.folder.toml
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace("batch_size = 4 ", "batch_size = 7 "), encoding="utf-8")
    monkeypatch.setenv("NASICON_RECIPE_EXCESS_PERCENT", "10")
    with opened(folder, flags={"measurement.temperature_c": 24.5}) as lab:
        rows = {(row.section, row.key): row for row in settings_rows(lab)}
    assert (rows["campaign", "batch_size"].value, rows["campaign", "batch_size"].source) == (7, "lab.toml")
    excess = rows["recipe", "excess_percent"]
    assert (excess.value, excess.source) == (10.0, "NASICON_RECIPE_EXCESS_PERCENT") == (10.0, excess.variable)
    assert (rows["measurement", "temperature_c"].value, rows["measurement", "temperature_c"].source) == (24.5, "flag")
    assert rows["measurement", "thickness_sd_cm"].source == "default"
    sections = dict.fromkeys(section for section, _ in rows)
    assert list(sections) == [name for name in Settings.model_fields if name != "fit"]


def test_a_password_is_not_shown() -> None:
    from nasicon_loop.lab.settings_shown import _PASSWORD

    shown = _PASSWORD.sub(r"\1:***@", "postgresql+pg8000://ann:s3cret@host/lab")
    assert shown == "postgresql+pg8000://ann:***@host/lab"
