"""Pictures: they are written, right in what they promise, and foreign text stays text."""

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from nasicon_loop.core import Refusal
from nasicon_loop.report import (
    ElementTile,
    HeldOutView,
    PairTile,
    ParityPoint,
    RoundPoint,
    SpectrumView,
    best_so_far,
    bode,
    nyquist,
    nyquist_limits,
    pair_map,
    parity,
    periodic_table,
    residuals,
    validation_sheet,
)
from nasicon_loop.report.layout import PLACES
from nasicon_loop.report.style import power_of_ten

PNG = b"\x89PNG\r\n\x1a\n"
NASTY = "$x_{1}$ <b>\x1b[31m & \\frac"


def spectrum_view(label="NL-0001-P1", r_bulk=60.0, r_gb=90.0, *, with_fit=True):
    frequency = np.geomspace(1e6, 1.0, 61)
    omega = 2j * np.pi * frequency
    fit = r_bulk + r_gb / (1 + (omega * r_gb * 4e-9) ** 0.9) + 1 / (2e-6 * omega**0.86)
    noise = 1 + 0.003 * np.random.default_rng(1).standard_normal(61)
    return SpectrumView(
        label, frequency, fit * noise, fit if with_fit else None, (0, 5), r_bulk + r_gb, 0.003, "accepted", (NASTY,)
    )


def size_of(path: Path) -> tuple[int, int]:
    data = path.read_bytes()
    assert data.startswith(PNG)
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


@pytest.mark.parametrize("draw", [nyquist, bode, residuals])
@pytest.mark.parametrize("suffix", [".png", ".svg"])
@pytest.mark.parametrize("with_fit", [True, False])
def test_spectrum_plots_are_written_with_any_label(tmp_path, draw, suffix, with_fit):
    path = tmp_path / "deep" / f"plot{suffix}"
    assert draw(spectrum_view(NASTY, with_fit=with_fit), path) == path
    if suffix == ".png":
        assert min(size_of(path)) > 400
    else:
        assert ET.parse(path).getroot().tag.endswith("svg")  # noqa: S314 - we wrote it


def test_the_same_values_give_the_same_bytes(tmp_path):
    for suffix in (".png", ".svg"):
        one, two = (nyquist(spectrum_view(), tmp_path / f"{name}{suffix}").read_bytes() for name in "ab")
        assert one == two


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(Refusal, match=r"\.png or \.svg"):
        nyquist(spectrum_view(), tmp_path / "plot.pdf")
    assert not list(tmp_path.iterdir())


def test_the_nyquist_view_cuts_a_spike_that_dwarfs_the_arcs():
    view = spectrum_view()
    limits = nyquist_limits(view.impedance_ohm, 150.0)
    assert limits.is_cut
    assert 150.0 < limits.x_max < 400.0
    whole = nyquist_limits(view.impedance_ohm, None)
    assert not whole.is_cut
    assert whole.y_max >= -view.impedance_ohm.imag.min()


def test_the_nyquist_view_shows_all_points_of_a_spectrum_without_spike():
    z = 100.0 + 50.0 * np.exp(1j * np.linspace(0, -np.pi, 30))
    limits = nyquist_limits(z, 150.0)
    assert not limits.is_cut
    assert limits.x_min <= z.real.min()
    assert limits.x_max >= z.real.max()
    assert limits.y_max >= (-z.imag).max()


@pytest.mark.parametrize("r_total", [None, 1e-9, 1e9])
def test_limits_are_ordered_whatever_the_resistance(r_total):
    limits = nyquist_limits(np.array([3.0 + 1.0j]), r_total)
    assert limits.x_min < limits.x_max
    assert limits.y_min < limits.y_max


def test_a_spectrum_whose_parts_do_not_fit_together_is_refused():
    f = np.array([1.0, 10.0])
    z = np.array([1.0 + 0j, 2.0 + 0j])
    with pytest.raises(Refusal):
        SpectrumView("x", f, z[:1])
    with pytest.raises(Refusal):
        SpectrumView("x", f, z, z[:1])
    with pytest.raises(Refusal):
        SpectrumView("x", f, z, None, (2,))


def points(n=6):
    return [
        RoundPoint(f"NL-{k:04d}", "F", 1 + k // 2, -4.0 + 0.2 * k, 0.05, "review" if k == 5 else "accepted")
        for k in range(n)
    ]


@pytest.mark.parametrize("n", [0, 1, 6])
def test_campaign_plots_are_written_for_any_number_of_points(tmp_path, n):
    best_so_far(points(n), tmp_path / "best.png", reference_log10_sigma=-3.25)
    parity([ParityPoint(p.label, p.log10_sigma + 0.4, 0.3, p.log10_sigma, 0.05) for p in points(n)], tmp_path / "p.png")
    assert min(size_of(tmp_path / "best.png")) > 400
    assert min(size_of(tmp_path / "p.png")) > 400


def test_the_periodic_table_takes_blocked_unknown_and_unsupported_dopants(tmp_path):
    tiles = [
        ElementTile("Mg", -3.1, 4),
        ElementTile("Tm", -3.2, 0),
        ElementTile("Cd", None, 0, is_blocked=True),
        ElementTile("W", None, 0),
    ]
    periodic_table(tiles, tmp_path / "map.svg", score_name=NASTY)
    text = (tmp_path / "map.svg").read_text()
    assert "<pattern" in text  # the hatch of what no row supports
    periodic_table(tiles[:1], tmp_path / "one.svg")
    assert (tmp_path / "one.svg").read_text().count("<pattern") < text.count("<pattern")


def test_every_place_of_the_table_is_taken_once():
    assert len(set(PLACES.values())) == len(PLACES)
    assert PLACES["Na"] == (1, 3.0)
    assert PLACES["Zr"] == (4, 5.0)
    assert PLACES["Hf"] == (4, 6.0)
    assert PLACES["La"][1] > 7


@pytest.mark.parametrize(("value", "text"), [(1e-3, "10⁻³"), (1.0, "10⁰"), (1e6, "10⁶"), (3.0, ""), (0.0, "")])
def test_decades_are_written_with_superscripts(value, text):
    assert power_of_ten(value) == text


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_map_of_pairs_is_written_with_gaps_blocked_and_unsupported(tmp_path, suffix):
    tiles = [ElementTile("Mg", 0.9, 11), ElementTile("Lu", 1.0, 0), ElementTile("Cd", None, 0, is_blocked=True)]
    pairs = [PairTile("Mg", "Mg", 0.9), PairTile("Mg", "Lu", 1.1), PairTile("Xx", "Lu", 2.0)]
    path = pair_map(pairs, tiles, tmp_path / f"pairs{suffix}", score_name=NASTY)
    if suffix == ".png":
        assert min(size_of(path)) > 800
    else:
        assert ET.parse(path).getroot().tag.endswith("svg")  # noqa: S314 - we wrote it
    assert pair_map([], tiles, tmp_path / f"empty{suffix}", score_name="score").is_file()


def held_out_view(n=40, families=("silico-phosphate", "phosphate", "lithium", NASTY)):
    source = np.random.default_rng(0)
    measured = source.uniform(-8, -2, n)
    predicted = measured + source.normal(size=n)
    names = tuple(families[k % len(families)] for k in range(n))
    levels = (0.25, 0.5, 0.75, 0.9)
    return HeldOutView(NASTY, measured, predicted, predicted - 1.6, predicted + 1.6, names, levels, levels)


@pytest.mark.parametrize("suffix", [".png", ".svg"])
@pytest.mark.parametrize("n_views", [1, 4])
def test_a_sheet_has_a_row_of_panels_per_view(tmp_path, suffix, n_views):
    path = validation_sheet([held_out_view() for _ in range(n_views)], tmp_path / f"sheet{suffix}")
    if suffix == ".png":
        width, height = size_of(path)
        assert width > 1500
        assert height > 500 * n_views
    else:
        assert ET.parse(path).getroot().tag.endswith("svg")  # noqa: S314 - we wrote it


def test_one_row_is_enough_for_a_sheet_and_none_is_refused(tmp_path):
    validation_sheet([held_out_view(1)], tmp_path / "one.png")
    with pytest.raises(Refusal):
        validation_sheet([], tmp_path / "none.png")
    with pytest.raises(Refusal):
        held_out_view(0)


def test_the_words_of_a_view_are_its_numbers():
    view = HeldOutView(
        "t", np.array([-3.0, -4.0]), np.array([-3.5, -4.5]), np.array([-4.0, -4.6]), np.array([-2.0, -4.4]),
        ("phosphate",) * 2, (0.9,), (0.5,),
    )  # fmt: skip
    assert view.words == "n 2, MAE 0.50 dex, 50 % inside 90 %"
