"""The shared sets of spectra with known truth: never silently wrong. The full table is in the benchmarks."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from instruments.spectrum import Spectrum
from nasicon_loop.eis import Analysis, analyse


def analysed(path: Path, every: int) -> list[tuple[dict[str, Any], Analysis]]:
    entries = json.loads(path.read_text())[::every]
    return [
        (e, analyse(Spectrum(e["frequency_hz"], np.array(e["z_real_ohm"]) + 1j * np.array(e["z_imag_ohm"]))))
        for e in entries
    ]


def error(entry: dict[str, Any], analysis: Analysis) -> float:
    return abs((analysis.r_total_ohm or 0.0) / entry["r_total_ohm"] - 1.0)


def test_spectra_of_usual_cells(shared: Path) -> None:
    results = analysed(shared / "bench" / "eis_spectra.json", every=3)
    assert sum(error(e, a) <= 0.02 for e, a in results) >= 0.98 * len(results)
    assert sum(a.verdict == "accepted" for _, a in results) >= 0.94 * len(results)
    assert max(error(e, a) for e, a in results if a.verdict == "accepted") < 0.02


def test_spectra_outside_all_models(shared: Path) -> None:
    results = analysed(shared / "bench" / "eis_stress.json", every=1)
    accepted = [(e, a) for e, a in results if a.verdict == "accepted"]
    assert all(e["kind"] != "arc_not_closed" for e, _ in accepted)
    assert max(error(e, a) for e, a in accepted if e["kind"] != "drift_10_percent") < 0.05
    usual = ("havriliak_negami", "lognormal_rc", "six_per_decade", "cut_at_100_hz", "drift_2_percent")
    measurable = [a for e, a in results if e["kind"] in usual]
    assert sum(a.verdict == "accepted" for a in measurable) >= 0.85 * len(measurable)
    covered = [abs((a.r_total_ohm or 0) - e["r_total_ohm"]) <= 1.96 * (a.r_total_ohm_sd or 0) for e, a in accepted]
    assert np.mean(covered) >= 0.9
