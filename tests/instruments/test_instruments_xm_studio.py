"""XM-studio exports: what is read, and each odd case with its own reason."""

import re
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments import Spectrum, UnreadableFile, numbers_sha256, read_bytes
from instruments.sim import xm_studio_csv

START = datetime(2024, 6, 20, 6, 58, 13, tzinfo=timezone(timedelta(hours=2)))
F = np.logspace(6, 0, 61)


def arc(frequency_hz, scale=1.0):
    """30 ohm and an arc of 50 ohm, 1 uF."""
    return scale * (30 + 50 / (1 + 2j * np.pi * frequency_hz * 50e-6))


def export(frequency_hz=F, impedance_ohm=None, **options):
    impedance = arc(np.asarray(frequency_hz)) if impedance_ohm is None else impedance_ohm
    return xm_studio_csv(frequency_hz, impedance, started_at=START, **options)


def text_of(**options):
    return export(**options).decode()


def reason(data):
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(data.encode() if isinstance(data, str) else data, "x.csv")
    message = caught.value.reason
    assert "\n" not in message
    assert caught.value.where == "x.csv"
    return message


def test_points_sign_and_metadata_come_back():
    (spectrum,) = read_bytes(export(experiment="cell, hot"), "a.csv")
    assert spectrum.n_points == 61
    assert (spectrum.impedance_ohm.imag < 0).all()
    np.testing.assert_allclose(spectrum.impedance_ohm, arc(F), rtol=1e-6)
    metadata = spectrum.metadata
    assert metadata["experiment"] == "cell, hot"
    assert metadata["started_at"] == "2024-06-20T06:58:13+02:00"
    assert metadata["reader"] == "xm_studio"
    assert (metadata["sweep"], metadata["n_sweeps"]) == (1, 1)
    assert metadata["warnings"] == []
    assert metadata["is_aborted"] is False
    assert spectrum.temperature_c is None


@pytest.mark.parametrize(
    ("locale", "start", "iso"),
    [
        ("us", START, "2024-06-20T06:58:13+02:00"),
        ("uk", START, "2024-06-20T06:58:13+02:00"),
        ("us", START.replace(hour=0), "2024-06-20T00:58:13+02:00"),
        ("us", START.replace(hour=12), "2024-06-20T12:58:13+02:00"),
        ("us", START.replace(hour=23, tzinfo=timezone(-timedelta(hours=3, minutes=30))), "2024-06-20T23:58:13-03:30"),
        ("uk", START.replace(hour=23, tzinfo=UTC), "2024-06-20T23:58:13+00:00"),
    ],
)
def test_both_date_locales_give_an_offset_aware_start(locale, start, iso):
    data = xm_studio_csv(F, arc(F), started_at=start, locale=locale)
    assert read_bytes(data)[0].metadata["started_at"] == iso


def test_a_date_that_would_need_a_guess_stays_text():
    data = text_of().replace("Thursday, June 20, 2024", "giovedì 20 giugno 2024")
    metadata = read_bytes(data.encode())[0].metadata
    assert metadata["started_at"].startswith("giovedì 20 giugno 2024")
    assert any("without a guess" in warning for warning in metadata["warnings"])


def test_dc_rows_are_dropped_and_kept_as_metadata():
    (spectrum,) = read_bytes(export(dc_voltage_v=0.45))
    assert spectrum.n_points == 61
    assert spectrum.metadata["n_dc_rows"] == 2
    assert spectrum.metadata["mean_dc_voltage_v"] == pytest.approx(0.45)
    assert spectrum.metadata["mean_dc_current_a"] == pytest.approx(0.45 / 80, rel=1e-3)
    assert read_bytes(export(dc_rows=False))[0].metadata["n_dc_rows"] == 0
    slow = np.logspace(3, -2, 21)
    assert read_bytes(export(slow))[0].metadata["n_dc_rows"] > 50


def test_columns_are_found_by_name_in_any_order_and_number():
    lines = text_of().splitlines()
    keep = [13, 5, 10, 12, 11, 0]
    short = [", ".join(line.split(", ")[k] for k in keep) for line in lines[3:]]
    (spectrum,) = read_bytes("\r\n".join([*lines[:3], *short, ""]).encode())
    np.testing.assert_allclose(spectrum.impedance_ohm, arc(F), rtol=1e-6)
    polar = [", ".join(line.split(", ")[k] for k in (0, 5, 12, 13)) for line in lines[3:]]
    (spectrum,) = read_bytes("\r\n".join([*lines[:3], *polar, ""]).encode())
    np.testing.assert_allclose(spectrum.impedance_ohm, arc(F), rtol=1e-6)


def test_kilo_ohms_are_scaled():
    lines = text_of().replace("Z' (Ohm), Z'' (Ohm)", "Z' (kOhm), Z'' (kOhm)").splitlines()
    thin = [", ".join(line.split(", ")[k] for k in (0, 5, 10, 11)) for line in lines[3:]]
    (spectrum,) = read_bytes("\n".join([*lines[:3], *thin, ""]).encode())
    np.testing.assert_allclose(spectrum.impedance_ohm, 1000 * arc(F), rtol=1e-6)
    assert any("could not be checked" in warning for warning in spectrum.metadata["warnings"])


def test_several_sweeps_are_split_where_the_frequency_jumps_back_or_turns_around():
    jumping = xm_studio_csv([(F, arc(F)), (F, arc(F, 2.0)), Spectrum(F, arc(F, 3.0))], started_at=START)
    spectra = read_bytes(jumping)
    assert [spectrum.n_points for spectrum in spectra] == [61, 61, 61]
    assert [spectrum.metadata["sweep"] for spectrum in spectra] == [1, 2, 3]
    assert all("of 3 in the file" in " ".join(spectrum.metadata["warnings"]) for spectrum in spectra)
    np.testing.assert_allclose(spectra[2].impedance_ohm, arc(F, 3.0), rtol=1e-6)
    turning = read_bytes(xm_studio_csv([(F, arc(F)), (F[::-1], arc(F[::-1]))], started_at=START))
    assert [spectrum.n_points for spectrum in turning] == [61, 61]
    assert turning[1].frequency_hz[0] == pytest.approx(1.0)


def test_an_aborted_sweep_is_noted():
    (alone,) = read_bytes(export(F[:60]))
    assert alone.metadata["is_aborted"] is True
    assert any("aborted" in warning for warning in alone.metadata["warnings"])
    pair = read_bytes(xm_studio_csv([(F, arc(F)), (F[:51], arc(F[:51]))], started_at=START))
    assert [spectrum.metadata["is_aborted"] for spectrum in pair] == [False, True]


def test_a_last_sweep_of_a_few_points_is_left_out_with_a_note():
    spectra = read_bytes(xm_studio_csv([(F, arc(F)), (F[:3], arc(F[:3]))], started_at=START))
    assert [spectrum.n_points for spectrum in spectra] == [61]
    assert any("left out" in warning for warning in spectra[0].metadata["warnings"])


def test_repeated_frequencies_and_negative_real_parts_are_remarked_on():
    frequency = np.repeat(F, 2)
    (spectrum,) = read_bytes(export(frequency, arc(frequency) - 40))
    warnings = " ".join(spectrum.metadata["warnings"])
    assert "61 frequencies were measured more than once" in warnings
    assert "Z' is negative" in warnings


def header_and(*rows):
    return "\r\n".join([*text_of().splitlines()[:4], *rows, ""])


REFUSED = {
    "header only": (header_and, "heading but no data rows"),
    "zero bytes": (lambda: b"", r"empty \(0 bytes\)"),
    "no header": (lambda: "\n".join(text_of(dc_rows=False).splitlines()[4:]), "no heading.*16 columns"),
    "no header, DC first": (lambda: "\n".join(text_of().splitlines()[4:]), "no heading|no reader"),
    "no column line": (lambda: "\n".join(text_of().splitlines()[:3]), "line of column names"),
    "DC only": (
        lambda: (
            "Experiment:, x\nStart date:, 15 January 2024\nStart time:, 11:13:18 +00:00\n"
            "Time (s), Voltage (V), Current (A)\n1, 0.1, 0.2\n2, 0.1, 0.2\n"
        ),
        "DC data only",
    ),
    "DC rows only": (
        lambda: "\r\n".join(
            line
            for line in text_of(frequency_hz=np.logspace(0, -2, 9)).splitlines()
            if ", , , " in line or not line[0].isdigit()
        ),
        "DC rows and no AC row",
    ),
    "single frequency": (lambda: export(np.full(9, 100.0)), r"single frequency \(100 Hz\)"),
    "few frequencies": (lambda: export(np.array([100.0, 10, 1, 0.1])), "only 4 different frequencies"),
    "area units": (lambda: text_of().replace("Z' (Ohm)", "Z' (Ohm.cm2)"), "normalised to area"),
    "unknown unit": (lambda: text_of().replace("Z'' (Ohm)", "Z'' (Siemens)"), "unknown unit 'Siemens'"),
    "unit removed": (lambda: text_of().replace("Frequency (Hz)", "Frequency"), "has no unit"),
    "decimal comma": (lambda: text_of().replace(".", ","), "decimal commas in a comma-separated file"),
    "field count": (lambda: text_of().replace("\r\n4, ", "\r\n4, 7, ", 1), "fields, the heading has 16"),
    "cut off": (lambda: text_of()[:-60], "last line.*incomplete"),
    "native binary": (
        lambda: b"\x03\x00\x04\x00" + b"\0" * 40 + "SN\x000\0ST\x00504911232000000000\0".encode("utf-16-le"),
        "native binary result file.*Export all",
    ),
    "native settings": (lambda: '<?xml version="1.0"?>\n<ExperimentClass xmlns="x">', "settings file"),
    "native log": (lambda: "0\t00:00:00.000\tXM-studio ECS 3.6    Experiment Start time: 2024-01-15", "log file"),
    "not a number": (lambda: edited(11, "n/a"), "'n/a' is not a number"),
    "not finite": (lambda: edited(11, "NaN"), "not a finite number"),
    "overflow": (lambda: edited(11, "1e999"), "not a finite number"),
    "frequency zero": (lambda: edited(5, "0"), "not positive"),
    "joined files": (lambda: text_of() + text_of(), "two exports are joined"),
    "column twice": (lambda: text_of().replace("A' (A)", "Z' (Ohm)"), "occurs twice"),
    "shuffled": (lambda: export(np.random.default_rng(1).permutation(F)), "up and down without order"),
}


def edited(column, value, row=20):
    lines = text_of().splitlines()
    fields = lines[row].split(", ")
    fields[column] = value
    lines[row] = ", ".join(fields)
    return "\r\n".join([*lines, ""])


@pytest.mark.parametrize("case", REFUSED)
def test_odd_files_are_refused_each_for_its_own_reason(case):
    make, words = REFUSED[case]
    assert re.search(words, reason(make()))


def test_the_reasons_differ_from_each_other():
    cases = [make for name, (make, _) in REFUSED.items() if name != "no header, DC first"]  # same reason as without DC
    assert len({reason(make()) for make in cases}) == len(cases)


@pytest.mark.parametrize("column", [6, 7, 8, 9, 10, 11, 12, 13])
def test_an_edited_number_betrays_itself(column):
    message = reason(edited(column, "17.5"))
    assert "line 21" in message
    assert "differ by" in message


def test_numbers_saved_with_fewer_digits_are_read_with_a_warning():
    lines = text_of().splitlines()
    short = [
        ", ".join(f"{float(x):.5g}" if 6 <= k <= 13 else x for k, x in enumerate(line.split(", ")))
        for line in text_of(dc_rows=False).splitlines()[4:]
    ]
    (spectrum,) = read_bytes("\n".join([*lines[:4], *short, ""]).encode())
    assert any("rounded" in warning for warning in spectrum.metadata["warnings"])


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_decimal_commas_are_read_where_the_delimiter_is_another(delimiter):
    lines = text_of().splitlines()
    local = [line.replace(", ", delimiter).replace(".", ",") for line in lines[4:]]
    heading = lines[3].replace(", ", delimiter)
    (spectrum,) = read_bytes("\r\n".join([*lines[:3], heading, *local, ""]).encode())
    np.testing.assert_allclose(spectrum.impedance_ohm, arc(F), rtol=1e-6)


def test_encodings_and_line_ends_do_not_matter():
    text = text_of(experiment="Zelle")
    expected = numbers_sha256(read_bytes(text.encode()))
    umlaut = text.replace("Zelle", "Zälle")
    variants = [umlaut.encode("utf-8"), umlaut.encode("utf-8-sig"), umlaut.encode("latin-1"), umlaut.encode("utf-16")]
    variants += [text.replace("\r\n", "\n").encode(), text.replace("\r\n", "\r").encode()]
    for data in variants:
        spectra = read_bytes(data)
        assert numbers_sha256(spectra) == expected
    assert read_bytes(variants[2])[0].metadata["experiment"] == "Zälle"


def test_names_from_a_file_cannot_steer_a_terminal():
    metadata = read_bytes(export().replace(b"Experiment 1", b"Exp\x1b[2Jx"))[0].metadata
    assert "\x1b" not in metadata["experiment"]


@settings(max_examples=40, deadline=None)
@given(
    n_points=st.integers(5, 60),
    exponents=st.tuples(st.floats(-3, 6), st.floats(1, 7)),
    size=st.floats(-4, 10),
    angles=st.randoms(use_true_random=False),
    locale=st.sampled_from(["us", "uk"]),
    dc_rows=st.booleans(),
    n_sweeps=st.integers(1, 3),
)
def test_what_the_writer_writes_the_reader_reads_to_seven_digits(
    *, n_points, exponents, size, angles, locale, dc_rows, n_sweeps
):
    frequency = np.logspace(exponents[0], exponents[0] + exponents[1], n_points)[::-1]
    sweeps = [
        (frequency, 10**size * np.array([complex(angles.uniform(0.01, 1), angles.uniform(-1, 1)) for _ in frequency]))
        for _ in range(n_sweeps)
    ]
    spectra = read_bytes(xm_studio_csv(sweeps, started_at=START, locale=locale, dc_rows=dc_rows))
    assert len(spectra) == n_sweeps
    for spectrum, (f, z) in zip(spectra, sweeps, strict=True):
        np.testing.assert_allclose(spectrum.frequency_hz, f, rtol=5.1e-7)
        np.testing.assert_allclose(spectrum.impedance_ohm.real, z.real, rtol=5.1e-7)
        np.testing.assert_allclose(spectrum.impedance_ohm.imag, z.imag, rtol=5.1e-7)
        assert not any("rounded" in warning for warning in spectrum.metadata["warnings"])


def test_the_writer_wants_an_aware_start_and_something_to_write():
    with pytest.raises(ValueError, match="offset"):
        xm_studio_csv(F, arc(F), started_at=datetime(2024, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="no sweep"):
        xm_studio_csv([], started_at=START)
    with pytest.raises(ValueError, match="as many"):
        xm_studio_csv(F, arc(F)[:3], started_at=START)


GENUINE = {
    "1F-0SOC.csv": 51, "1F-80SOC.csv": 70, "1F-100SOC.csv": 70, "1N4001_BIAS_SCAN_450mV.csv": 61,
    "1N4001_BIAS_SCAN_700mV.csv": 61, "1N4002_BIAS_SCAN_525.0mV.csv": 61, "1N4002_BIAS_SCAN_675.0mV.csv": 60,
}  # fmt: skip


@pytest.mark.parametrize("name", GENUINE)
def test_genuine_exports(shared, name):
    data = (shared / "data/eis/xm_studio" / name).read_bytes()
    (spectrum,) = read_bytes(data, name)
    assert spectrum.n_points == GENUINE[name]
    rows = [line.split(",") for line in data.decode().splitlines()[4:]]
    printed = [float(row[11]) for row in rows if row[5].strip()]
    np.testing.assert_array_equal(spectrum.impedance_ohm.imag, printed)
    assert spectrum.metadata["n_dc_rows"] == sum(not row[5].strip() for row in rows)
    assert spectrum.metadata["is_aborted"] is (name == "1N4002_BIAS_SCAN_675.0mV.csv")


def test_genuine_odd_files_are_refused_with_distinct_reasons(shared):
    reasons = {}
    for path in sorted((shared / "data/eis/xm_studio/odd").iterdir()):
        reasons[path.name[:4]] = reason(path.read_bytes())
    assert len(set(reasons.values())) == len(reasons) == 4
    assert "no data rows" in reasons["EMPT"]
    assert "DC data only" in reasons["NOT_"]
    assert "single frequency" in reasons["SING"]
    assert "0 bytes" in reasons["ZERO"]
