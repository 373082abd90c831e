"""XM-studio's own files: the binary results alone, and the run folder given as a path."""

import shutil
import struct

import numpy as np
import pytest

from instruments import UnreadableFile, numbers_sha256, read, read_bytes
from instruments.readers.xm_blocks import HEADER, RECORD
from instruments.sim import xm_log_text, xm_native_data, xm_settings_xml

F = np.logspace(6, 0, 25)
Z = 30 + 50 / (1 + 2j * np.pi * F * 50e-6)
DATA = xm_native_data([(F, Z), (F, 2 * Z), (F[:20], 3 * Z[:20])], names=["25 C", "40 C", "60 C"])
NATIVE = "data/eis/xm_studio/native/native_project_1N4001/BIAS_SCAN/BIAS_SCAN.data"


def reason(data):
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(data)
    assert "\n" not in caught.value.reason
    return caught.value.reason


def refusal(path):
    with pytest.raises(UnreadableFile) as caught:
        read(path)
    assert caught.value.where == str(path)
    return caught.value.reason


def folder(tmp_path, data=DATA, settings=None, log=None):
    run = tmp_path / "NL-0001.data"
    run.mkdir()
    (run / "NL-0001_0.data").write_bytes(data)
    (run / "Experiment.infoRun").write_bytes(settings or xm_settings_xml(experiment="NL-0001"))
    (run / "LogFile.txt").write_bytes(log or xm_log_text())
    return run


def test_a_lone_result_file_gives_its_sweeps_with_their_names_and_says_that_it_is_experimental():
    spectra = read_bytes(DATA, "NL-0001_0.data")
    assert [spectrum.n_points for spectrum in spectra] == [25, 25, 20]
    for factor, spectrum in enumerate(spectra, start=1):
        np.testing.assert_allclose(spectrum.frequency_hz, F[: spectrum.n_points])
        np.testing.assert_allclose(spectrum.impedance_ohm, factor * Z[: spectrum.n_points], rtol=5e-7)
    metadata = spectra[1].metadata
    assert metadata["reader"] == "xm_native"
    assert metadata["step_path"] == [
        "Pstat Group 1", "Scan DC Voltage", "40 C", "Potentiostatic Impedance (40 C)",
    ]  # fmt: skip
    assert metadata["n_dc_rows"] == 2
    assert metadata["mean_dc_voltage_v"] == pytest.approx(0.2)
    assert metadata["started_after_s"] == pytest.approx(103)
    assert "Export all" in metadata["warnings"][0]
    assert spectra[0].temperature_c is None


def test_a_sweep_ends_where_the_file_says_so_even_if_the_frequency_goes_on():
    up, down = F[::-1], F
    spectra = read_bytes(xm_native_data([(up[:12], Z[::-1][:12]), (up[12:], Z[::-1][12:]), (down, Z)]))
    assert [spectrum.n_points for spectrum in spectra] == [12, 13, 25]


def test_two_marks_in_one_step_are_two_sweeps():
    data = xm_native_data([(F, Z)], n_dc_rows=0)
    begin = len(data) - 26 * RECORD.itemsize
    step = data.rindex(b"\x06\x00\x04\x00", 0, begin)
    header = list(HEADER.unpack_from(data, step))
    header[6] *= 2
    doubled = data[:step] + HEADER.pack(*header) + data[step + HEADER.size :] + data[begin:]
    assert [spectrum.n_points for spectrum in read_bytes(doubled)] == [25, 25]


def changed(offset_of_field, form, value, data=DATA):
    """Return the file with one field of its first step's header replaced."""
    step = data.index(b"\x06\x00\x04\x00")
    copy = bytearray(data)
    struct.pack_into(form, copy, step + offset_of_field, value)
    return bytes(copy)


DAMAGED = {
    "cut in the records": DATA[:-100],
    "cut in a header": DATA[:60],
    "rubbish behind": DATA + b"\xff" * 50,
    "records counted wrong": changed(32, "<i", 20),
    "negative count": changed(32, "<i", -5),
    "offset that does not fit": changed(24, "<q", 7),
    "sibling before": changed(8, "<q", 1),
    "too long a text": changed(4, "<I", 2**31),
    "only DC": xm_native_data([(np.full(9, np.nan), np.ones(9))]),
    "one frequency": xm_native_data([(np.full(9, 100.0), np.ones(9))]),
    "negative frequency": xm_native_data([(-F, Z)]),
    "no current": xm_native_data([(F, Z)], ac_amplitude_v=0.0),
    "infinite current": xm_native_data([(F, Z)], ac_amplitude_v=np.inf),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_damaged_result_files_are_refused_and_the_export_is_named(case):
    words = reason(DAMAGED[case])
    assert "native binary result file" in words
    assert "Export all" in words


def test_a_bad_step_is_left_out_and_said():
    spectra = read_bytes(xm_native_data([(F, Z), (F[:3], Z[:3])]))
    assert len(spectra) == 1
    assert any("left out: step 0.1.2.1" in warning for warning in spectra[0].metadata["warnings"])


def test_a_run_folder_is_read_as_that_run(tmp_path):
    run = folder(tmp_path)
    spectra = read(run)
    assert numbers_sha256(spectra) == numbers_sha256(read(run / "NL-0001_0.data"))
    metadata = spectra[2].metadata
    assert (metadata["sweep"], metadata["n_sweeps"]) == (3, 3)
    assert metadata["experiment"] == "NL-0001"
    assert metadata["started_at"] == "2024-01-15T11:43:18+01:00"
    assert metadata["software"] == "XM-studio ECS 3.6.8657"
    assert metadata["setup_area_cm2"] == pytest.approx(1.0)
    assert metadata["setup_thickness_cm"] == pytest.approx(0.1)
    assert any("they are not used" in warning for warning in metadata["warnings"])


def test_a_run_folder_without_its_side_files_is_read_with_a_warning(tmp_path):
    run = folder(tmp_path)
    (run / "Experiment.infoRun").unlink()
    (run / "LogFile.txt").unlink()
    (spectrum, *_) = read(run)
    assert "started_at" not in spectrum.metadata
    assert any("Experiment.infoRun is missing" in warning for warning in spectrum.metadata["warnings"])


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (BOMB, "document type or entities"),
        (b"<a><b></a>", "Experiment.infoRun is damaged"),
        (b"\xff\xfe" + BOMB.decode().encode("utf-16-le"), "damaged"),
        (b"x" * (5 * 1024 * 1024), "more than 4 MB"),
    ],
)
def test_settings_that_xm_studio_did_not_write_are_refused(tmp_path, settings, words):
    assert words in refusal(folder(tmp_path, settings=settings))


def test_settings_with_odd_numbers_only_lack_them(tmp_path):
    settings = xm_settings_xml().replace(b'"0.0001"', b'"nan"').replace(b'"0.001"', b'"one"')
    metadata = read(folder(tmp_path, settings=settings))[0].metadata
    assert "setup_area_cm2" not in metadata
    assert "setup_thickness_cm" not in metadata


def test_other_folders_and_runs_without_results_are_refused(tmp_path):
    assert "is a folder" in refusal(tmp_path)
    run = folder(tmp_path)
    (run / "NL-0001_0.data").unlink()
    assert "without a result file" in refusal(run)
    for number in range(20):
        (run / f"NL-0001_{number}.data").write_bytes(DATA)
    assert "20 result files" in refusal(run)
    shutil.rmtree(run)
    run.mkdir()
    (run / "x_0.data").write_bytes(b"hello\n")
    assert "no reader knows" in refusal(run)


def test_the_genuine_run_agrees_point_by_point_with_the_exports_of_the_same_run(shared):
    spectra = read(shared / NATIVE)
    assert [spectrum.n_points for spectrum in spectra] == [61] * 21
    by_name = {spectrum.metadata["step"]: spectrum for spectrum in spectra}
    for millivolt in (450, 700):
        (export,) = read(shared / f"data/eis/xm_studio/1N4001_BIAS_SCAN_{millivolt}mV.csv")
        native = by_name[f"Potentiostatic Impedance ({millivolt}.0 mV)"]
        np.testing.assert_allclose(native.frequency_hz, export.frequency_hz, rtol=5e-7)
        assert np.max(np.abs(native.impedance_ohm / export.impedance_ohm - 1)) < 5e-7
        for key in ("n_dc_rows", "v_ranges", "i_ranges", "is_aborted", "experiment"):
            assert native.metadata[key] == export.metadata[key]
        assert native.metadata["mean_dc_voltage_v"] == pytest.approx(export.metadata["mean_dc_voltage_v"], rel=1e-6)
        assert native.metadata["mean_dc_current_a"] == pytest.approx(export.metadata["mean_dc_current_a"], rel=1e-6)
    assert spectra[0].metadata["started_at"] == "2024-01-15T11:43:18+01:00"  # the export says 10:43:19 +00:00


def test_the_genuine_files_beside_the_results_are_refused_with_what_to_do(shared):
    others = [p for p in (shared / "data/eis/xm_studio/native").rglob("*") if p.is_file() and p.suffix != ".data"]
    assert len(others) == 4
    for path in others:
        assert "Export all" in reason(path.read_bytes())
        assert "_0.data" in reason(path.read_bytes())
