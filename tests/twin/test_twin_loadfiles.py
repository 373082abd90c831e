"""The files of a round: what is good is read to the pellet's own resistance, what is not is refused or not accepted."""

import pytest

from instruments import UnreadableFile, read_bytes
from nasicon_loop.eis import Geometry, analyse
from nasicon_loop.twin import FAULTS, Order, draw_truth, files_of, make_load, pellet_spectrum, press_pellet

FORMULAS = ("Na3Zr2Si2PO12", "Na3.4Zr1.8Mg0.2Si2PO12", "Na3.1Zr1.9Y0.1Si2PO12", "Na3.2Zr2Si2.2P0.8O12")
N_PELLETS = 6
WORDS = {
    "fast drift": ("Kramers-Kronig", "changed by"),
    "bad contact": ("do not belong to the curve", "Kramers-Kronig"),
}


def load(reports, seed, round_number):
    truth = draw_truth(seed, reports)
    orders = [Order(f"NL-{round_number:02d}{k:02d}-P1", formula) for k, formula in enumerate(FORMULAS)]
    return make_load(truth, orders, round_number)


def verdict_of(file, pellet):
    """Return the verdict, or "refused" when the reader wants nothing of it, and the analysis."""
    try:
        (spectrum,) = read_bytes(file.data, file.name)
    except UnreadableFile:
        return "refused", None
    measured = spectrum.with_temperature(pellet.shown_temperature_c, 0.5, "name pattern")
    analysis = analyse(measured, Geometry(pellet.shown_thickness_cm, pellet.shown_electrode_diameter_cm))
    return analysis.verdict, analysis


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_seen_through_or_seen(fault, reports):
    for k in range(N_PELLETS):
        pellet = press_pellet(draw_truth(k, reports), FORMULAS[k % len(FORMULAS)], f"NL-{k:04d}-P1")
        analysis = analyse(fault.applied(pellet_spectrum(pellet), pellet.seed))
        if not fault.is_usable:
            assert analysis.verdict != "accepted", (fault.name, k)
            assert any(words in reason for words in WORDS[fault.name] for reason in analysis.reasons)
        elif analysis.verdict == "accepted":
            assert analysis.r_total_ohm == pytest.approx(pellet.r_total_ohm, rel=0.08)


@pytest.mark.parametrize("round_number", [1, 2, 3, 4])
def test_every_round_has_a_file_that_must_not_teach(round_number, reports):
    seed = 2 + round_number
    experiments = load(reports, seed, round_number)
    pellets = {one.pellet.label: one.pellet for one in experiments if one.pellet is not None}
    files = files_of(experiments, round_number, seed)
    assert files == files_of(experiments, round_number, seed)
    assert len({file.name for file in files}) == len(files) == len(pellets) + 1
    (bad,) = [file for file in files if not file.is_usable]
    said = {file.name: verdict_of(file, pellets[file.label]) for file in files}
    assert said[bad.name][0] != "accepted", bad.what
    assert bad.what
    if round_number % 2 == 0:
        assert said[bad.name][0] == "refused"
    good = [said[file.name][1] for file in files if file.is_usable]
    assert all(analysis is not None for analysis in good)
    assert sum(analysis.verdict == "accepted" for analysis in good) >= len(good) / 2
    for file in files:
        verdict, analysis = said[file.name]
        if file.is_usable and verdict == "accepted":
            assert analysis.sigma_25_s_cm == pytest.approx(pellets[file.label].sigma_25_s_cm, rel=0.25)


def test_a_load_that_failed_leaves_no_files():
    assert files_of([], 1, 0) == ()
