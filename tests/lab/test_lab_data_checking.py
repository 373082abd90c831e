"""`nasicon data check`: what disagrees is listed with its rows, whoever spelled the formula how."""

import hashlib
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import db
from nasicon_loop.cli.app import app
from nasicon_loop.lab import check_data, create_lab, import_data, import_files, new_sample, opened
from nasicon_loop.lab.agreement import (
    Told,
    across_sources,
    beside_published,
    bulk_below_total,
    composition_key,
    energies_apart,
    spread_limit,
    within_sources,
)
from nasicon_loop.lab.learning import training_rows

UNDOPED = "Na3Zr2Si2PO12"


def told(row: str, value: float, source: str, **more: Any) -> Told:
    given = {"formula": UNDOPED, "kind": "total", "temperature_c": 25.0} | more
    return Told(row=row, source=source, log10_sigma=value, **given)


@pytest.mark.parametrize("formula", ["Na3Zr2(SiO4)2PO4", "Na6Zr4Si4P2O24", "O12PSi2Zr2Na3", "Na3.0001Zr2Si2PO12"])
def test_one_composition_is_one_however_it_is_written(formula: str) -> None:
    assert composition_key(formula) == UNDOPED


def test_two_sources_are_flagged_beyond_twice_the_scatter_of_their_difference() -> None:
    assert spread_limit(1) == pytest.approx(2 * math.sqrt(2) * 0.44, rel=0.03)
    near, far = told("1", -3.0, "a"), told("2", -4.1, "b", formula="Na3Zr2(SiO4)2PO4")
    (group,) = across_sources([near, far])
    assert (group.composition, group.n_sources, group.is_flagged) == (UNDOPED, 2, False)
    assert group.spread == pytest.approx(1.1)
    (group,) = across_sources([near, replace(far, log10_sigma=-4.4)])
    assert group.is_flagged
    assert [one.row for one in group.values] == ["2", "1"], "both are there, nothing is averaged"


def test_many_sources_may_span_more_before_that_is_strange() -> None:
    """Of twenty careful laboratories the two extreme ones differ by more than any two."""
    values = [told(str(k), -3.3 + 1.5 * k / 19, f"source {k}") for k in range(20)]
    assert not across_sources(values)[0].is_flagged
    assert across_sources([values[0], values[-1]])[0].is_flagged


def test_kinds_and_temperatures_are_compared_apart() -> None:
    bulk, hot = told("2", -1.0, "b", kind="bulk"), told("3", -1.0, "c", temperature_c=100.0)
    assert across_sources([told("1", -4.0, "a"), bulk, hot]) == []
    near = told("4", -4.0, "d", temperature_c=22.0)
    assert len(across_sources([told("1", -4.0, "a"), near])[0].values) == 2


def test_one_source_with_two_values_and_rounding() -> None:
    assert within_sources([told("1", -3.0, "a"), told("2", -3.005, "a"), told("3", -4.0, "b")]) == []
    (group,) = within_sources([told("1", -3.0, "a"), told("2", -3.3, "a", formula="Na6Zr4Si4P2O24")])
    assert {one.row for one in group.values} == {"1", "2"}
    assert group.spread == pytest.approx(0.3)


def test_no_total_is_above_its_bulk() -> None:
    total, bulk = told("1", -3.0, "a"), told("2", -3.2, "a", kind="bulk")
    (group,) = bulk_below_total([total, bulk])
    assert group.is_flagged
    assert bulk_below_total([total, replace(bulk, log10_sigma=-2.5)]) == []
    assert bulk_below_total([total, replace(bulk, source="b")]) == [], "two laboratories have two samples"
    worse = replace(total, row="3", log10_sigma=-3.4)
    assert len(bulk_below_total([total, worse, bulk])) == 1
    assert bulk_below_total([worse, bulk]) == []


def test_energies_of_one_composition_that_differ() -> None:
    one, other = Told("stability-1", UNDOPED, "a", energy_ev=0.0), Told("stability-2", UNDOPED, "b", energy_ev=0.04)
    (group,) = energies_apart([one, other])
    assert group.is_flagged
    assert not energies_apart([one, replace(other, energy_ev=0.01)])[0].is_flagged
    assert energies_apart([one, replace(other, energy_ev=0.0)]) == []


def test_a_pellet_is_held_against_the_scatter_of_the_literature() -> None:
    published = [told("1", -3.2, "a"), told("2", -3.4, "b"), told("3", -3.0, "c")]
    beside = beside_published("NL-0001-P1", "Na6Zr4Si4P2O24", -4.7, 0.05, published)
    assert beside is not None
    assert beside.difference == pytest.approx(-1.5)
    assert beside.in_sd == pytest.approx(-1.5 / math.hypot(0.05, 0.44 * math.sqrt(4 / 3)))
    assert beside.is_flagged
    assert beside_published("NL-0001-P1", "Na3Hf2Si2PO12", -4.7, 0.05, published) is None


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    lines = ["formula,sigma_s_cm,temperature_c,kind,source,flags"]
    lines += ["Na3Hf1.8In0.2Si2PO12,1e-3,25,total,Ada 2020,", "Na6Hf3.6In0.4Si4P2O24,1e-5,27,total,Ben 2021,"]
    lines += ["Na3.1Hf1.9In0.1Si2PO12,1e-3,25,total,Ada 2020,", "Na3.1Hf1.9In0.1Si2PO12,5e-4,25,bulk,Ada 2020,"]
    lines += ["Na3.1Hf1.9In0.1Si2PO12,1e-9,25,total,Eve 2021,undersintered"]
    path.write_text("\n".join(lines) + "\n")
    return path


def run(lab: Path, *words: str) -> Any:
    result = CliRunner().invoke(app, [*words, "--lab", str(lab), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_command_names_rows_with_file_and_line(tmp_path: Path, table: Path) -> None:
    made = create_lab(tmp_path / "lab")
    with opened(made.folder) as lab:
        before = check_data(lab)
        done = import_data(lab, table)
        assert [remark.where for remark in done.remarks] == [f"{table}:2", f"{table}:3"], "In3+ for Hf4+ without sodium"
    found = run(made.folder, "data", "check")
    (group,) = [g for g in found["across_sources"] if g["composition"] == "Na3Hf1.8In0.2Si2PO12"]
    assert group["is_flagged"]
    assert [one["where"] for one in group["values"]] == ["mine.csv:2", "mine.csv:3"]
    (impossible,) = [g for g in found["bulk_below_total"] if "Hf1.9In0.1" in g["composition"]]
    assert {one["where"] for one in impossible["values"]} == {"mine.csv:4", "mine.csv:5"}
    assert found["n_set_aside"] == before.n_set_aside + 1
    assert {one["where"] for one in found["unbalanced"]} >= {"mine.csv:2", "mine.csv:3"}
    human = CliRunner().invoke(app, ["data", "check", "--lab", str(made.folder), "--limit", "100"])
    assert human.exit_code == 0
    assert "mine.csv:2" in human.output
    short = CliRunner().invoke(app, ["data", "check", "--lab", str(made.folder), "--limit", "1"])
    assert "--limit or --json shows them" in short.output
    assert len(short.output) < len(human.output) / 2


def test_a_row_says_where_it_came_from(tmp_path: Path, table: Path) -> None:
    made = create_lab(tmp_path / "lab")
    with opened(made.folder, who="Ada") as lab:
        import_data(lab, table)
    rows = run(made.folder, "data", "show", "Na3.1Hf1.9In0.1Si2PO12")
    assert [row["line"] for row in rows] == [4, 5, 6]
    one = run(made.folder, "data", "show", str(rows[0]["id"]))
    assert (one["file_name"], one["line"], one["imported_by"], one["teaches"]) == ("mine.csv", 4, "Ada", True)
    assert one["file_sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()
    assert run(made.folder, "data", "show", one["row_id"]) == one, "the name that a model gives it finds it too"
    aside = run(made.folder, "data", "show", f"literature-{rows[2]['id']}")
    assert (aside["teaches"], aside["why_not"]) == (False, "flagged undersintered")
    shown = CliRunner().invoke(app, ["data", "show", str(rows[0]["id"]), "--lab", str(made.folder)])
    assert "mine.csv, line 4" in shown.output
    for name, reason in (("999999", "no such row"), ("pellet-NL-0001-P1", "sample show"), ("stability-7", "no such")):
        refused = CliRunner().invoke(app, ["data", "show", name, "--lab", str(made.folder)])
        assert refused.exit_code == 1
        assert reason in refused.stderr


def test_rows_that_teach_as_one_are_named_together(tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text(
        "formula,sigma_s_cm,temperature_c,kind,source,dataset\n"
        "Na3Hf2Si2PO12,1e-3,25,total,Ada,one\nNa3Hf2Si2PO12,1.2e-3,25.5,total,Ada,two\n"
    )
    made = create_lab(tmp_path / "lab")
    with opened(made.folder) as lab:
        import_data(lab, path)
    rows = [row for row in run(made.folder, "data", "show", "Na3Hf2Si2PO12") if row["file_name"] == "twice.csv"]
    one = run(made.folder, "data", "show", str(rows[0]["id"]))
    assert [part["row"] for part in one["merged_with"]] == [str(rows[1]["id"])]


def _measured(bench: Any, formula: str, sigma: float, *, is_reference: bool = False) -> None:
    """A pellet with a result, sintered in a load of its own."""
    sample = new_sample(bench.lab, formula, is_reference=is_reference)
    name = f"{sample.number:064x}"
    with bench.lab.database.write(who="bench") as writer:
        pellet = writer.add_pellet(sample)
        writer.add_geometry(pellet, thickness_cm=0.1, electrode_diameter_cm=1.0)
        place, because = db.Place(sample.id, "1", "lid", is_reference), "" if is_reference else "test"
        load = writer.add_load(
            "sintering", [place], program={}, set_temperature_c=1200.0, hours=12.0, without_reference=because
        )
        writer.add_firing(sample, "sintering", temperature_c=1200.0, hours=12.0, furnace_load=load)
        file, _ = writer.add_file(name, size_bytes=1, name="x.csv", numbers_sha256=name)
        spectrum = writer.add_spectrum(file, 1, frequency_hz=[1.0], impedance_ohm=[1 + 0j], metadata={})
        writer.assign(file, pellet=pellet, how="user")
        writer.add_analysis(
            spectrum,
            geometry=writer.geometry(pellet),
            engine_version="1",
            verdict="accepted",
            reasons=[],
            document={},
            r_total_ohm=1.0,
            sigma_total_s_cm=sigma,
            sigma_total_s_cm_sd=sigma * 0.05,
            sigma_25_s_cm=sigma,
            sigma_25_s_cm_sd=sigma * 0.05,
        )


def test_the_labs_pellets_stand_beside_what_is_published_and_references_beside_each_other(bench: Any) -> None:
    import_data(bench.lab)
    for sigma in (6e-4, 5e-4, 1e-4):
        _measured(bench, UNDOPED, sigma, is_reference=True)
    _measured(bench, "Na3.4Zr1.8Mg0.2Si2PO12", 1e-3)
    found = check_data(bench.lab)
    beside = {one.pellet: one for one in found.beside_published}
    assert beside["NL-0003-P1"].difference == pytest.approx(-4.0 - beside["NL-0003-P1"].median)
    assert len(beside["NL-0003-P1"].published) > 10
    low = found.references[0]
    assert (low.pellet, low.session, low.is_flagged) == ("NL-0003-P1", "load 3", True)
    assert low.difference == pytest.approx(math.log10(1e-4) - (math.log10(6e-4) + math.log10(5e-4)) / 2)
    assert {one.session for one in found.references} == {"load 1", "load 2", "load 3"}


def test_a_pellet_of_no_load_belongs_to_the_day_of_its_sweep(bench: Any) -> None:
    bench.sample()
    path = bench.drop("NL-0001-P1.csv", bench.csv())
    import_files(bench.lab, [path])
    (row,) = [row for row in training_rows(bench.lab)[0] if row.origin == "lab"]
    assert (row.session, row.is_reference) == ("2024-06-20", False)
