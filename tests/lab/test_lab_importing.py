"""From a file to a stored, judged result: owner, temperature, geometry, and never twice."""

import math
from pathlib import Path
from typing import Any

import pytest

from nasicon_loop.core import Refusal, to_json
from nasicon_loop.lab.completing import assign, complete
from nasicon_loop.lab.describing import files
from nasicon_loop.lab.importing import import_file, import_files

SIGMA = 0.127 / ((30.31 + 35.35) * math.pi * 0.8**2)


def test_a_file_named_for_a_sample_becomes_a_conductivity(bench: Any) -> None:
    label = bench.sample()
    path = bench.drop(f"{label}_whatever.csv", bench.csv())
    result = import_file(bench.lab, path)
    assert (result.state, result.label, result.verdict, result.is_new) == ("analysed", f"{label}-P1", "accepted", True)
    assert result.sigma_total_s_cm == pytest.approx(SIGMA, rel=0.01)
    assert result.sigma_total_s_cm_sd is not None
    assert 0 < result.sigma_total_s_cm_sd < 0.1 * SIGMA
    sweep = result.sweeps[0]
    assert (sweep.temperature_c, sweep.temperature_source) == (25.0, "lab.toml")
    assert bench.lab.folder.open_vault().read_bytes(result.sha256) == path.read_bytes()
    with bench.lab.database.read() as reader:
        (row,) = reader.teaching_analyses()
        assert row.analysis_id == sweep.analysis_id
        assert reader.sighting(f"inbox/{path.name}").raw_file_id == result.file_id
        assert len(reader.spectra(result.file_id)[0].frequency_hz) == 61
    assert '"sigma_total_s_cm"' in to_json(result.document())


def test_the_same_bytes_are_one_record_wherever_they_lie(bench: Any, tmp_path: Path) -> None:
    label = bench.sample()
    first = import_file(bench.lab, bench.drop(f"{label}.csv", bench.csv()))
    elsewhere = tmp_path / f"{label} copy.csv"
    elsewhere.write_bytes(bench.csv())
    for path in (bench.lab.folder.inbox / f"{label}.csv", elsewhere):
        again = import_file(bench.lab, path)
        assert (again.file_id, again.is_new, again.verdict) == (first.file_id, False, "accepted")
        assert "stored already" in again.notes[0]
    with bench.lab.database.read() as reader:
        assert len(reader.files()) == len(reader.teaching_analyses()) == 1
        assert len(reader.sightings_of(first.file_id)) == 2


def test_the_same_numbers_in_other_bytes_do_not_count_twice(bench: Any) -> None:
    label = bench.sample()
    first = import_file(bench.lab, bench.drop(f"{label}.csv", bench.csv()))
    second = import_file(bench.lab, bench.drop(f"{label} export 2.csv", bench.csv(newline="\n")))
    assert (second.state, second.refusal, second.sweeps) == ("duplicate", None, ())
    assert f"(file {first.file_id})" in second.notes[-1]
    with bench.lab.database.read() as reader:
        assert len(reader.teaching_analyses()) == 1
    with pytest.raises(Refusal, match="same measurement"):
        assign(bench.lab, second.file_id, label)


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "0 bytes"), (b"hello\n", ""), (b"\x00\xff" * 50, ""), (b"Experiment:, x\r\nStart date:, y\r\n", "")],
)
def test_a_refused_file_is_kept_with_its_reason(bench: Any, data: bytes, reason: str) -> None:
    label = bench.sample()
    result = import_file(bench.lab, bench.drop(f"{label}.csv", data))
    assert result.state == "refused"
    assert result.refusal
    assert reason in result.refusal
    assert bench.lab.folder.open_vault().read_bytes(result.sha256) == data
    again = import_file(bench.lab, bench.lab.folder.inbox / f"{label}.csv")
    assert (again.file_id, again.refusal) == (result.file_id, result.refusal)
    assert set(result.document()) == {"schema", "file", "file_id", "state", "error"}


def test_what_cannot_be_opened_is_refused_and_not_stored(bench: Any, tmp_path: Path) -> None:
    target = bench.drop("real.csv", bench.csv())
    link = tmp_path / "link.csv"
    link.symlink_to(target)
    results = import_files(bench.lab, [tmp_path / "absent.csv", link, target])
    assert [result.file_id is None for result in results] == [True, True, False]
    assert "no such file" in str(results[0].refusal)
    assert "symbolic link" in str(results[1].refusal)


def test_names_that_tell_nothing_certain_leave_the_file_unassigned(bench: Any) -> None:
    one, two = bench.sample(), bench.sample()
    cases = {
        "whatever.csv": "no sample's label",
        f"{one} or {two}.csv": "two labels",
        "NL-0077.csv": "there is no sample NL-0077",
        f"{one}2.csv": "there is no sample",
    }
    for seed, (name, words) in enumerate(cases.items()):
        result = import_file(bench.lab, bench.drop(name, bench.csv(seed=seed)))
        assert (result.state, result.label, result.sigma_total_s_cm) == ("unassigned", None, None)
        assert words in str(result.waits_for)
        assert result.verdict == "accepted"  # the resistance is known
        assert result.headline is not None
        assert result.headline.r_total_ohm == pytest.approx(65.66, rel=0.02)
    assert len(files(bench.lab, "unassigned")) == 4
    with bench.lab.database.read() as reader:
        assert reader.teaching_analyses() == []


def test_an_unassigned_file_is_resolved_later(bench: Any) -> None:
    label = bench.sample()
    result = import_file(bench.lab, bench.drop("whatever.csv", bench.csv()))
    with pytest.raises(Refusal, match="is not a label"):
        assign(bench.lab, result.file_id, "Na3Zr2Si2PO12")
    with pytest.raises(Refusal, match="there is no sample NL-0099"):
        assign(bench.lab, result.file_id, "NL-0099")
    with pytest.raises(Refusal, match="no pellet P7"):
        assign(bench.lab, result.file_id, f"{label}-P7")
    done = assign(bench.lab, result.file_id, label.lower())
    assert (done.state, done.label) == ("analysed", f"{label}-P1")
    assert done.sigma_total_s_cm == pytest.approx(SIGMA, rel=0.01)
    assert done.sweeps[0].r_total_ohm == result.sweeps[0].r_total_ohm
    gone = assign(bench.lab, result.file_id, None)
    assert (gone.state, gone.label) == ("unassigned", None)
    assert complete(bench.lab) == []
    with bench.lab.database.read() as reader:
        assert reader.teaching_analyses() == []


def test_a_label_on_the_command_line_goes_before_the_name_and_must_exist(bench: Any) -> None:
    one, two = bench.sample(), bench.sample()
    path = bench.drop(f"{one}.csv", bench.csv())
    with pytest.raises(Refusal, match="there is no sample NL-0042"):
        import_file(bench.lab, path, sample_label="NL-0042")
    assert files(bench.lab) == []
    assert import_file(bench.lab, path, sample_label=two).label == f"{two}-P1"
    plain = bench.drop("plain.csv", bench.csv(seed=5))
    assert import_file(bench.lab, plain).state == "unassigned"
    assert import_file(bench.lab, plain, sample_label=f"{one}-P1").label == f"{one}-P1"
    assert "stays there" in import_file(bench.lab, plain, sample_label=two).notes[-1]


def test_renaming_an_unassigned_file_gives_it_its_owner(bench: Any) -> None:
    label = bench.sample()
    first = import_file(bench.lab, bench.drop("export.csv", bench.csv()))
    named = import_file(bench.lab, bench.drop(f"{label}.csv", bench.csv()))
    assert (named.file_id, named.state, named.label) == (first.file_id, "analysed", f"{label}-P1")


def test_several_pellets_are_not_guessed_between(bench: Any) -> None:
    label = bench.sample(n_pellets=2)
    waits = import_file(bench.lab, bench.drop(f"{label}.csv", bench.csv()))
    assert waits.state == "needs pellet"
    assert f"{label}-P1, {label}-P2" in str(waits.waits_for)
    told = import_file(bench.lab, bench.drop(f"{label}_P2.csv", bench.csv(seed=1)))
    assert (told.state, told.label) == ("analysed", f"{label}-P2")
    assert assign(bench.lab, waits.file_id, f"{label}-P1").state == "analysed"
    lost = import_file(bench.lab, bench.drop(f"{label}-P3.csv", bench.csv(seed=2)))
    assert (lost.state, lost.label) == ("needs pellet", label)
    assert "has no pellet P3" in str(lost.waits_for)
    bench.pellet(label)
    bench.measure(f"{label}-P3")
    (done,) = complete(bench.lab)
    assert (done.file_id, done.label, done.state) == (lost.file_id, f"{label}-P3", "analysed")


def test_geometry_that_comes_later_completes_without_fitting_again(bench: Any) -> None:
    label = bench.sample(measured=False)
    waits = import_file(bench.lab, bench.drop(f"{label}.csv", bench.csv()))
    assert (waits.state, waits.sigma_total_s_cm) == ("needs geometry", None)
    assert f"thickness and electrode diameter of {label}-P1" in str(waits.waits_for)
    assert complete(bench.lab) == []
    bench.measure(f"{label}-P1")
    (done,) = complete(bench.lab)
    assert done.state == "analysed"
    assert done.sigma_total_s_cm == pytest.approx(SIGMA, rel=0.01)
    assert done.sweeps[0].r_total_ohm == waits.sweeps[0].r_total_ohm
    bench.measure(f"{label}-P1", thickness_cm=0.254)
    (corrected,) = complete(bench.lab)
    assert corrected.sigma_total_s_cm == pytest.approx(2 * SIGMA, rel=0.01)
    with bench.lab.database.read() as reader:
        history = reader.analyses(done.sweeps[0].spectrum_id)
        assert [analysis.sigma_total_s_cm is None for analysis in history] == [True, False, False]
        assert len(reader.teaching_analyses()) == 1
    assert complete(bench.lab) == []


def test_a_sample_made_after_its_file_gets_it(bench: Any) -> None:
    early = import_file(bench.lab, bench.drop("NL-0001.csv", bench.csv()))
    assert early.state == "unassigned"
    assert bench.sample() == "NL-0001"
    (done,) = complete(bench.lab)
    assert (done.file_id, done.state, done.label) == (early.file_id, "analysed", "NL-0001-P1")


def test_a_decision_stays_when_the_geometry_is_corrected(bench: Any) -> None:
    label = bench.sample()
    result = import_file(bench.lab, bench.drop(f"{label}.csv", bench.csv()))
    with bench.lab.database.write(who="Ada") as writer:
        writer.sign(result.sweeps[0].analysis_id, "rejected", reason="electrode fell off")
    bench.measure(f"{label}-P1", thickness_cm=0.2)
    (done,) = complete(bench.lab)
    with bench.lab.database.read() as reader:
        (carried,) = reader.signatures(done.sweeps[0].analysis_id)
        assert (carried.who, carried.decision) == ("Ada", "rejected")
        assert "electrode fell off" in carried.reason
        assert reader.teaching_analyses() == []


def test_what_was_taken_back_does_not_return_with_a_geometry(bench: Any) -> None:
    label = bench.sample()
    result = import_file(bench.lab, bench.drop(f"{label}.csv", bench.csv()))
    with bench.lab.database.write(who="Ada") as writer:
        writer.retract(result.sweeps[0].analysis_id, reason="wrong pellet")
    bench.measure(f"{label}-P1", thickness_cm=0.2)
    assert complete(bench.lab) == []
    with bench.lab.database.read() as reader:
        assert reader.teaching_analyses() == []


def test_moving_a_file_to_an_unmeasured_pellet_takes_its_conductivity_away(bench: Any) -> None:
    one, two = bench.sample(), bench.sample(measured=False)
    result = import_file(bench.lab, bench.drop(f"{one}.csv", bench.csv()))
    moved = assign(bench.lab, result.file_id, two)
    assert (moved.state, moved.label, moved.sigma_total_s_cm) == ("needs geometry", f"{two}-P1", None)
    with bench.lab.database.read() as reader:
        assert reader.teaching_analyses() == []
    bench.measure(f"{two}-P1", thickness_cm=0.254)
    (done,) = complete(bench.lab)
    assert done.sigma_total_s_cm == pytest.approx(2 * SIGMA, rel=0.01)
    back = assign(bench.lab, result.file_id, one)
    assert back.sigma_total_s_cm == pytest.approx(SIGMA, rel=0.01)


@pytest.mark.parametrize(
    ("name", "command_c", "expected"),
    [
        ("{}_40C.csv", 30.0, (40.0, "name pattern")),
        ("{}.csv", 30.0, (30.0, "command")),
        ("{}.csv", None, (25.0, "lab.toml")),
        ("{} 1200C.csv", None, (25.0, "lab.toml")),
    ],
)
def test_the_temperature_comes_from_the_nearest_source(
    bench: Any, name: str, command_c: float | None, expected: tuple[float, str]
) -> None:
    path = bench.drop(name.format(bench.sample()), bench.csv())
    result = import_file(bench.lab, path, temperature_c=command_c)
    assert (result.sweeps[0].temperature_c, result.sweeps[0].temperature_source) == expected
    assert result.sweeps[0].sigma_25_s_cm is not None
    if expected[0] > 25:
        assert result.sweeps[0].sigma_25_s_cm < result.sweeps[0].sigma_total_s_cm
    assert any("1200 °C" in note for note in result.notes) == ("1200C" in name)


def test_several_sweeps_of_a_file_are_several_results(bench: Any) -> None:
    label = bench.sample()
    result = import_file(bench.lab, bench.drop(f"{label}.csv", bench.two_sweeps()))
    assert [sweep.sweep for sweep in result.sweeps] == [1, 2]
    assert result.n_usable == 2
    assert result.headline == result.sweeps[0]


def test_other_content_at_the_same_path_is_another_file(bench: Any) -> None:
    label = bench.sample()
    first = import_file(bench.lab, bench.drop(f"{label}.csv", bench.csv()))
    second = import_file(bench.lab, bench.drop(f"{label}.csv", bench.csv(seed=1)))
    assert second.is_new
    assert (second.earlier_file_id, second.state) == (first.file_id, "analysed")
    with bench.lab.database.read() as reader:
        assert len(reader.teaching_analyses()) == 2


def test_a_file_that_was_read_while_it_grew_is_taken_back(bench: Any) -> None:
    label = bench.sample()
    whole = bench.csv()
    cut = whole.index(b"\n", len(whole) * 3 // 4) + 1
    early = import_file(bench.lab, bench.drop(f"{label}.csv", whole[:cut]))
    assert early.refusal is None
    late = import_file(bench.lab, bench.drop(f"{label}.csv", whole))
    assert late.earlier_file_id == early.file_id
    assert "taken back" in late.notes[-1]
    with bench.lab.database.read() as reader:
        assert [row.raw_file_id for row in reader.teaching_analyses()] == [late.file_id]


def test_folders_are_imported_file_by_file(bench: Any, tmp_path: Path) -> None:
    label = bench.sample()
    (tmp_path / "run" / "deep").mkdir(parents=True)
    (tmp_path / "run" / f"{label}.csv").write_bytes(bench.csv())
    (tmp_path / "run" / "deep" / "note.txt").write_text("no impedance\n")
    (tmp_path / "run" / ".hidden").write_text("x")
    results = import_files(bench.lab, [tmp_path / "run"])
    assert sorted(result.state for result in results) == ["analysed", "refused"]


def test_a_name_is_shown_harmlessly(bench: Any) -> None:
    result = import_file(bench.lab, bench.drop("a\x1b[31m[b]x.csv", bench.csv()))
    assert "\x1b" not in result.file
    assert result.state == "unassigned"


def test_a_geometry_that_no_pellet_has_stops_nothing(bench: Any) -> None:
    label = bench.sample(measured=False)
    bench.measure(f"{label}-P1", thickness_cm=12.7)  # given in mm
    result = import_file(bench.lab, bench.drop(f"{label}.csv", bench.csv()))
    assert (result.state, result.sigma_total_s_cm) == ("needs analysis", None)
    assert "lengths are in cm" in result.notes[0]
    assert complete(bench.lab) == []
    bench.measure(f"{label}-P1")
    (done,) = complete(bench.lab)
    assert done.sigma_total_s_cm == pytest.approx(SIGMA, rel=0.01)


@pytest.mark.parametrize(
    ("thickness_cm", "r_ohm", "r_ct_ohm", "sigma_s_cm"),
    [(0.127, 30.31, 35.35, 9.62e-4), (0.113, 49.32, 53.21, 5.48e-4), (0.112, 66.99, 263.8, 1.68e-4)],
)
def test_the_published_pellets_import_to_their_conductivities(
    bench: Any, thickness_cm: float, r_ohm: float, r_ct_ohm: float, sigma_s_cm: float
) -> None:
    label = bench.sample(measured=False)
    bench.measure(f"{label}-P1", thickness_cm)
    result = import_file(bench.lab, bench.drop(f"{label}.csv", bench.csv(r_ohm, r_ct_ohm)))
    assert (result.verdict, result.state) == ("accepted", "analysed")
    assert result.sigma_total_s_cm == pytest.approx(sigma_s_cm, rel=0.01)


def test_genuine_files_are_read_or_refused_with_a_reason(bench: Any, shared: Path) -> None:
    folder = shared / "data" / "eis" / "dummy_cells"
    label = bench.sample()
    results = import_files(bench.lab, [folder], sample_label=label)
    assert len(results) == len(list(folder.iterdir()))
    for result in results:
        assert result.refusal or (result.sweeps and result.label == f"{label}-P1")
    assert sum(result.refusal is None for result in results) >= 2


def test_without_any_temperature_the_conductivity_is_uncertain(bench: Any) -> None:
    label = bench.sample()
    lab = bench.with_settings(measurement__temperature_c=None)
    result = import_file(lab, bench.drop(f"{label}.csv", bench.csv()))
    assert result.sweeps[0].temperature_source in {None, "assumed"}
    assert result.sigma_total_s_cm == pytest.approx(SIGMA, rel=0.01)
    assert result.sweeps[0].sigma_25_s_cm_sd >= 0.15 * result.sweeps[0].sigma_25_s_cm
