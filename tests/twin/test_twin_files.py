"""The twin's files: good ones are read and fitted to the truth, spoiled ones are refused, each for its own reason."""

import threading
import time

import numpy as np
import pytest

from instruments import UnreadableFile, read_bytes
from nasicon_loop.core import Refusal
from nasicon_loop.eis import Geometry, analyse
from nasicon_loop.twin import Surface, press_pellet
from nasicon_loop.twin.files import export, file_name
from nasicon_loop.twin.inbox import drop
from nasicon_loop.twin.spectra import pellet_spectrum
from nasicon_loop.twin.spoiled import SPOILERS, spoil

# from a good dopant to a second phase: 30 ohm to some 10 kohm
FORMULAS = ("Na3.4Zr1.8Mg0.2Si2PO12", "Na3Zr2Si2PO12", "Na3.2Zr1.8La0.2Si2PO12", "Na2.6Zr2Si1.6P1.4O12")


def made(seed, formula=FORMULAS[1]):
    return press_pellet(Surface(seed), formula, f"NL-{seed:04d}-P1")


@pytest.mark.parametrize("round_number", [1, 2])
def test_a_good_file_is_read_back_to_the_digits_of_the_layout(round_number):
    pellet = made(5)
    (spectrum,) = read_bytes(export(pellet, round_number=round_number), file_name(pellet))
    truth = pellet_spectrum(pellet)
    assert spectrum.frequency_hz == pytest.approx(truth.frequency_hz, rel=1e-6)
    np.testing.assert_allclose(spectrum.impedance_ohm, truth.impedance_ohm, rtol=2e-6)


def test_the_name_carries_label_and_temperature():
    pellet = made(7)
    assert file_name(pellet) == f"NL-0007-P1_{pellet.shown_temperature_c:.1f}C.csv"


@pytest.mark.parametrize("seed", range(6))
def test_pellets_are_accepted_near_their_true_resistance(seed):
    verdicts = []
    for formula in FORMULAS:
        pellet = made(seed, formula)
        (spectrum,) = read_bytes(export(pellet))
        measured = spectrum.with_temperature(pellet.shown_temperature_c, 0.5, "name pattern")
        geometry = Geometry(pellet.shown_thickness_cm, pellet.shown_electrode_diameter_cm)
        analysis = analyse(measured, geometry)
        verdicts.append(analysis.verdict)
        if analysis.verdict == "accepted":
            assert analysis.r_total_ohm == pytest.approx(pellet.r_total_ohm, rel=0.04)
            assert analysis.sigma_25_s_cm == pytest.approx(pellet.sigma_25_s_cm, rel=0.12)
    assert verdicts.count("accepted") >= 3
    assert "rejected" not in verdicts


def test_every_spoiled_file_is_refused_for_its_own_reason():
    reasons = set()
    for number in range(1, len(SPOILERS) + 1):
        spoiler, data = spoil(export(made(1)), number)
        with pytest.raises(UnreadableFile) as caught:
            read_bytes(data, f"{spoiler.name}.csv")
        assert isinstance(caught.value, Refusal)
        reasons.add(caught.value.reason)
    assert len(reasons) == len(SPOILERS)


def test_the_ways_of_spoiling_take_turns_and_the_seed_says_which_begins():
    data = export(made(1))
    names = [spoil(data, number, seed=2)[0].name for number in range(1, 5)]
    assert sorted(names) == sorted(spoiler.name for spoiler in SPOILERS)
    assert names[0] == SPOILERS[2].name


def test_a_file_is_dropped_in_two_halves(tmp_path):
    data = export(made(1))
    path = tmp_path / "file.csv"
    writer = threading.Thread(target=drop, args=(data, path), kwargs={"pause_s": 0.3})
    writer.start()
    seen = set()
    while writer.is_alive():
        if path.exists():
            seen.add(path.stat().st_size)
        time.sleep(0.01)
    writer.join()
    assert path.read_bytes() == data
    assert len(data) // 2 in seen
