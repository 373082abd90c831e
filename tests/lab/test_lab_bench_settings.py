"""What lab.toml says of devices and pellets reaches the devices, the doctor and the recipe."""

from pathlib import Path
from typing import Any

import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.lab import Wish, bench_sheet, examine
from nasicon_loop.lab.bench_devices import furnace_settings

NABERTHERM = """
[furnace]
driver = "nabertherm_400"
port = "127.0.0.1"
name = "big one"

[furnace.stored_programs]
3 = [[3, 1100, 720], [-3, 25, 0]]
"""


def _with_toml(bench: Any, text: str) -> Any:
    toml = bench.lab.folder.toml
    kept = toml.read_text(encoding="utf-8").split("[furnace]")[0] if "[furnace]" in text else toml.read_text()
    toml.write_text(kept + text, encoding="utf-8")
    return bench.with_settings()


def test_stored_programs_are_told_by_their_segments(bench: Any) -> None:
    settings = furnace_settings(_with_toml(bench, NABERTHERM))
    assert settings.stored_programs[3].top_c == 1100.0
    assert settings.stored_programs[3].duration_min == pytest.approx(358.3 + 720 + 358.3, abs=1.0)


def test_a_stored_program_must_be_segments(bench: Any) -> None:
    with pytest.raises(Refusal, match=r"\[furnace\] stored_programs"):
        _with_toml(bench, NABERTHERM.replace("[3, 1100, 720]", "[3, 1100]"))


def test_the_doctor_names_a_balance_that_does_not_answer(bench: Any, tmp_path: Path) -> None:
    toml = bench.lab.folder.toml
    text = toml.read_text(encoding="utf-8").replace('driver = ""', 'driver = "mt_sics"', 1)
    text = text.replace('port = ""', f'port = "{(tmp_path / "none").as_posix()}"', 1)
    toml.write_text(text, encoding="utf-8")
    (found,) = [symptom for symptom in examine(bench.lab.folder.path) if symptom.what == "balance"]
    assert not found.is_fine
    assert "nasicon bench devices" in found.remedy


def test_pellets_are_planned_by_their_thickness() -> None:
    sheet = bench_sheet(None, "Na3Zr2Si2PO12", Wish(n_pellets=2, pellet_thickness_cm=0.15))
    green_g = 0.6 * 3.255 * 3.14159 / 4 * 1.6**2 * 0.15
    assert sheet.document["pellet_mass_g"] == pytest.approx(green_g, rel=0.003)
    with pytest.raises(Refusal, match="not both"):
        Wish(n_pellets=2, mass_g=3.0)
