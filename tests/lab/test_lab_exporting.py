"""`nasicon export`: known numbers come back, nothing computes, and the folder is a sound RO-Crate or not there."""

import csv
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.util import find_spec

import pytest
from typer.testing import CliRunner

from nasicon_loop import lab as ways
from nasicon_loop import report
from nasicon_loop.cli.app import app
from nasicon_loop.core import Refusal

EVIL = '=HYPERLINK("http://evil.example")'
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class Stopped:
    """A clock that stands still."""

    def now(self):
        return NOW


@pytest.fixture
def campaign(bench):
    """A measured pellet, a refused file, hostile names, a retraction."""
    label = bench.sample()
    with bench.lab.database.write(who=EVIL) as writer:
        hostile = writer.add_sample("Na3Zr2Si2PO12", note=EVIL)
        writer.add_weighing(
            hostile, masses_g={"Na2CO3": 1.0501, "@ZrO2": 2.1}, weighed_formula="Na3Zr2Si2PO12",
            batched_formula="Na3.1Zr2Si2PO12.05", excess_fraction=0.03, operator="+cmd|' /C calc'!A0",
        )  # fmt: skip
        writer.add_firing(hostile, step="calcination", temperature_c=900.0, hours=12.0)
    bench.drop(f"{label}_one.csv", bench.csv())
    bench.drop("-2+3 no table.txt", b"nothing to read\n")
    from nasicon_loop.lab.scan import scan_once

    scan_once(bench.lab)
    return replace(bench.lab, clock=Stopped())


def rows(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_known_numbers_come_back_from_csv(campaign, tmp_path):
    done = ways.export_lab(campaign, tmp_path / "out")
    out = tmp_path / "out"
    (pellet,) = rows(out, "pellets")
    assert (pellet["pellet"], pellet["thickness_cm"], pellet["electrode_diameter_cm"]) == ("NL-0001-P1", "0.127", "1.6")
    (analysis,) = rows(out, "analyses")
    with campaign.database.read() as reader:
        (stored,) = reader.current_analyses()
        (file,) = reader.files("analysed")
        (spectrum,) = reader.spectra(file)
        assert done.known_to == reader.max_journal_id()
    for name in ("r_total_ohm", "r_total_ohm_sd", "sigma_25_s_cm", "sigma_25_s_cm_sd", "kk_rms"):
        assert float(analysis[name]) == getattr(stored, name), name
    assert float(analysis["sigma_25_s_cm"]) == pytest.approx(9.62e-4, rel=0.02)  # 0.127 cm / (65.66 ohm 2.011 cm2)
    assert (analysis["verdict"], analysis["standing"], analysis["is_retracted"]) == ("accepted", "teaches", "false")
    points = rows(out, "spectrum_points")
    assert [float(one["frequency_hz"]) for one in points] == spectrum.frequency_hz.tolist()
    z = [complex(float(one["z_real_ohm"]), float(one["z_imaginary_ohm"])) for one in points]
    assert z == spectrum.impedance_ohm.tolist()
    assert [one["point"] for one in points] == [str(k) for k in range(61)]
    parameters = {one["parameter"]: float(one["value"]) for one in rows(out, "analysis_parameters")}
    assert parameters == dict(stored.document["parameters"])
    assert done.n_rows == {path.stem: len(rows(out, path.stem)) for path in out.glob("*.csv")}


def test_no_cell_computes_in_a_spreadsheet(campaign, tmp_path):
    ways.export_lab(campaign, tmp_path / "out")
    cells = [
        cell
        for path in (tmp_path / "out").glob("*.csv")
        for row in rows(tmp_path / "out", path.stem)
        for cell in row.values()
    ]
    for cell in cells:
        if cell[:1] in set("=+-@\t\r"):
            float(cell)  # a number, and no text
    assert f"'{EVIL}" in cells
    assert "'@ZrO2" in cells
    assert "'-2+3 no table.txt" in cells
    line = next(
        one for one in (tmp_path / "out" / "samples.csv").read_text(encoding="utf-8").splitlines() if "HYPER" in one
    )
    assert '"\'=HYPERLINK(""http://evil.example"")"' in line, "in quotes, so that no separator splits it"


def test_a_retracted_result_is_told_as_such(campaign, tmp_path):
    ways.retract_analysis(campaign, 1, reason="wrong electrode")
    ways.export_lab(campaign, tmp_path / "out")
    (analysis,) = rows(tmp_path / "out", "analyses")
    assert (analysis["standing"], analysis["is_retracted"]) == ("out", "true")
    assert (analysis["retracted_by"], analysis["retraction_reason"]) == ("bench", "wrong electrode")


@pytest.mark.skipif(find_spec("pyarrow") is None, reason="pyarrow is not installed (extra parquet)")
def test_parquet_holds_the_same(campaign, tmp_path):
    from pyarrow import parquet

    ways.export_lab(campaign, tmp_path / "out", parquet=True)
    shapes = {"number": float, "count": int}
    for path in (tmp_path / "out").glob("*.csv"):
        table = parquet.read_table(path.with_suffix(".parquet"))
        assert table.num_rows == len(rows(tmp_path / "out", path.stem))
        for name in table.column_names:
            assert b"description" in table.schema.field(name).metadata
    points = parquet.read_table(tmp_path / "out" / "spectrum_points.parquet").to_pydict()
    read = rows(tmp_path / "out", "spectrum_points")
    assert points["z_real_ohm"] == [float(one["z_real_ohm"]) for one in read]
    assert points["point"] == [shapes["count"](one["point"]) for one in read]
    (sample, hostile) = parquet.read_table(tmp_path / "out" / "samples.parquet").to_pylist()
    assert hostile["note"] == EVIL, "Parquet has no formulas: as it is"
    assert sample["suggestion"] is None
    assert sample["begun_at"].tzinfo is not None


@pytest.mark.skipif(find_spec("pyarrow") is not None, reason="pyarrow is installed")
def test_parquet_without_pyarrow_is_refused_before_anything_is_written(campaign, tmp_path):
    with pytest.raises(Refusal, match=r"--parquet: needs pyarrow: pip install .nasicon_loop\[parquet\]"):
        ways.export_lab(campaign, tmp_path / "out", parquet=True)
    assert list(tmp_path.glob("**/*.part")) == []
    assert not (tmp_path / "out").exists()


def test_the_folder_is_a_sound_crate(campaign, tmp_path):
    out = tmp_path / "out"
    ways.export_lab(campaign, out, with_files=True, license_name="CC-BY-4.0")
    assert report.crate_faults(out) == []
    graph = json.loads((out / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    by_id = {one["@id"]: one for one in graph}
    assert by_id["./"]["datePublished"] == "2026-11-20T09:30:00+00:00"
    assert by_id["./"]["license"] == {"@id": "https://spdx.org/licenses/CC-BY-4.0"}
    originals = [one for name, one in by_id.items() if name.startswith("originals/")]
    assert len(originals) == 2
    for one in originals:
        data = (out / one["@id"]).read_bytes()
        assert sha256(data).hexdigest() == one["sha256"] == one["@id"][10:74]
    kinds = {kind for one in graph for kind in [one["@type"]]}
    assert {"SoftwareApplication", "IndividualProduct", "Organization", "Person", "CreateAction"} <= kinds
    assert "nasicon_loop" in {one.get("name") for one in graph if one["@type"] == "SoftwareApplication"}
    assert "xm_studio" in {one.get("name") for one in graph if one["@type"] == "SoftwareApplication"}
    listed = {one["original"] for one in rows(out, "files")}
    assert listed == {one["@id"] for one in originals}


def test_what_is_no_sound_crate_is_found(campaign, tmp_path):
    out, broken = tmp_path / "out", tmp_path / "broken"
    ways.export_lab(campaign, out)

    def faults(change):
        shutil.rmtree(broken, ignore_errors=True)
        shutil.copytree(out, broken)
        change()
        return "; ".join(report.crate_faults(broken))

    def edited(change):
        def edit():
            path = broken / "ro-crate-metadata.json"
            document = json.loads(path.read_text(encoding="utf-8"))
            change(document["@graph"])
            path.write_text(json.dumps(document), encoding="utf-8")

        return edit

    assert faults(lambda: None) == ""
    assert "stray.txt: lies in the folder and is not listed" in faults((broken / "stray.txt").touch)
    assert "samples.csv: is listed and not there" in faults((broken / "samples.csv").unlink)
    data = (out / "samples.csv").read_bytes()
    changed = data.replace(b"NL-0001", b"NL-0009")
    assert "has another SHA-256" in faults(lambda: (broken / "samples.csv").write_bytes(changed))
    assert "entities have this @id" in faults(edited(lambda graph: graph.append(dict(graph[2]))))
    assert "no licence" in faults(edited(lambda graph: graph[1].pop("license")))
    assert "no ISO 8601 date" in faults(edited(lambda graph: graph[1].update(datePublished="yesterday")))
    assert "is no part of ./" in faults(edited(lambda graph: graph[1]["hasPart"].pop()))
    assert "not described" in faults(edited(lambda graph: graph[1].update(author={"@id": "#nobody"})))
    assert "is no Dataset" in faults(edited(lambda graph: graph.pop(1)))


def test_the_same_lab_gives_the_same_bytes(campaign, tmp_path):
    for name in ("one", "two"):
        ways.export_lab(campaign, tmp_path / name, with_files=True)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(files) > 15
    for path in files:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes(), path


def test_it_is_whole_or_not_there(campaign, tmp_path, monkeypatch):
    with campaign.database.read() as reader:
        (file, _) = reader.files()
    campaign.folder.open_vault().file(file.sha256).unlink()
    with pytest.raises(Refusal, match="vault does not give the file back"):
        ways.export_lab(campaign, tmp_path / "out", with_files=True)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "lab") == []
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine")
    with pytest.raises(Refusal, match="is not empty: give the name of a new folder"):
        ways.export_lab(campaign, tmp_path / "taken")
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    ways.export_lab(campaign, tmp_path / "empty")
    assert report.crate_faults(tmp_path / "empty") == []


@pytest.mark.parametrize("name", ["", "mine, all mine", "javascript:alert(1)", "../x"])
def test_what_is_no_licence_is_refused(campaign, tmp_path, name):
    with pytest.raises(Refusal, match="a licence is a SPDX name"):
        ways.export_lab(campaign, tmp_path / "out", license_name=name)


def test_the_readme_tells_every_column(campaign, tmp_path):
    ways.export_lab(campaign, tmp_path / "out")
    page = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    for path in (tmp_path / "out").glob("*.csv"):
        assert f"## {path.stem}\n" in page
        for name in path.read_text(encoding="utf-8").splitlines()[0].split(","):
            assert f"| `{name}` |" in page
    assert "No licence given" in page


def test_the_command_answers_with_a_document(campaign, tmp_path):
    path = str(campaign.folder.path)
    result = CliRunner().invoke(app, ["export", str(tmp_path / "out"), "--json", "--lab", path])
    document = json.loads(result.stdout)
    assert document["rows"]["spectrum_points"] == 61
    assert document["formats"] == ["csv"]
    again = CliRunner().invoke(app, ["export", str(tmp_path / "out"), "--lab", path])
    assert again.exit_code == 1
    assert "is not empty" in again.stderr


def test_what_the_bench_did_comes_back(bench, tmp_path):
    label = ways.new_sample(bench.lab, "Na3.1Zr1.9Y0.1Si2PO12", note="first").label
    sheet = ways.sample_sheet(bench.lab, label).document
    ways.record_weighing(bench.lab, label, {}, as_planned=True)
    ways.record_firing(bench.lab, label, "calcination", temperature_c=900.0, hours=12.0)
    ways.export_lab(bench.lab, tmp_path / "out")
    (recipe,) = rows(tmp_path / "out", "recipes")
    assert json.loads(recipe["document_json"])["batched"] == recipe["batched"] == sheet["batched"]
    told = {one["precursor"]: float(one["mass_g"]) for one in rows(tmp_path / "out", "recipe_precursors")}
    assert told == {one["name"]: one["mass_g"] for one in sheet["precursors"]}
    with bench.lab.database.read() as reader:
        weighing = reader.weighing(reader.sample(label))
    weighed = {one["precursor"]: float(one["mass_g"]) for one in rows(tmp_path / "out", "weighings")}
    assert weighed == dict(weighing.masses_g)
    (firing,) = rows(tmp_path / "out", "firings")
    assert (firing["sample"], firing["step"], firing["temperature_c"], firing["hours"]) == (
        label, "calcination", "900.0", "12.0",
    )  # fmt: skip


def test_a_trained_lab_tells_its_runs_and_suggestions(literate, tmp_path):
    ways.suggest_compositions(literate.lab, 2)
    ways.export_lab(literate.lab, tmp_path / "out")
    (run,) = rows(tmp_path / "out", "model_runs")
    with literate.lab.database.read() as reader:
        (stored,) = reader.model_runs()
        known = reader.suggestions()
    assert run["data_hash"] == stored.data_hash
    assert json.loads(run["metrics_json"]) == json.loads(json.dumps(dict(stored.metrics)))
    told = rows(tmp_path / "out", "suggestions")
    assert [float(one["log10_sigma_mean"]) for one in told] == [one.log10_sigma_mean for one in known]
    assert all(one["log10_sigma_q05"] < one["log10_sigma_q95"] or one["log10_sigma_q50"] for one in told)
    assert {one["model_run"] for one in told} == {"1"}
