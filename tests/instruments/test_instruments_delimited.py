"""Text tables: columns by name and unit, delimiters, decimal signs, and the vendors' files."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments import UnreadableFile, read_bytes
from instruments.readers.columns import parse_column
from instruments.sim import smart_csv, zplot_text

F = np.array([1e5, 1e4, 1e3, 1e2, 1e1, 1e0])
Z = np.array([100 - 3j, 110 - 20.5j, 150 - 60j, 190 - 30j, 200 - 8j, 202 - 40j])


def table(heading, rows=None, delimiter=",", newline="\n", decimal="."):
    rows = [(f, z.real, z.imag) for f, z in zip(F, Z, strict=True)] if rows is None else rows
    lines = [heading, *(delimiter.join(f"{x:.9g}".replace(".", decimal) for x in row) for row in rows)]
    return newline.join([*lines, ""]).encode()


def only(data):
    (spectrum,) = read_bytes(data)
    return spectrum


def reason(data):
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(data)
    return caught.value.reason


@pytest.mark.parametrize(
    "heading",
    [
        "Frequency (Hz),Z' (Ohm),Z'' (Ohm)",
        "Frequency (Hz), Z' (Ohm), Z'' (Ohm)",
        "freq/Hz,Re(Z)/Ohm,Im(Z)/Ohm",
        "f [Hz],Z′ [Ω],Z″ [Ω]",
        "Freq.[Hz],Zs'[ohm],Zs''[ohm]",
        "frequency_hz,z_real_ohm,z_imag_ohm",
        "Frequency Hz,Zre (ohms),Zim (ohms)",
        "Freq(Hz),Z'(Ohm),Z\"(Ohm)",
        '"Frequency (Hz)","Z\' (Ohm)","Z"" (Ohm)"',
        "# Frequency (Hz),Z Real (Ohm),Z Imag (Ohm)",
        "FREQUENCY (HZ),Z REAL (OHM),Z IMAG (OHM)",
        "Hertz,f (Hz),Zreal (Ohm),Zimag (Ohm)".removeprefix("Hertz,"),
    ],
)
def test_headings_people_write(heading):
    spectrum = only(table(heading))
    np.testing.assert_array_equal(spectrum.frequency_hz, F)
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=1e-8)
    assert spectrum.metadata["warnings"] == []


@pytest.mark.parametrize(
    ("heading", "f_factor", "z_factor"),
    [
        ("f (kHz),Z' (kOhm),Z'' (kOhm)", 1e3, 1e3),
        ("f (MHz),Z' (MOhm),Z'' (MΩ)", 1e6, 1e6),
        ("f (mHz),Z' (mOhm),Z'' (mΩ)", 1e-3, 1e-3),
        ("f (rad/s),Z' (Ohm),Z'' (Ohm)", 1 / (2 * np.pi), 1),
    ],
)
def test_units_are_scaled(heading, f_factor, z_factor):
    if "mΩ" in heading:  # a lower-case mOhm is milli by its capital O; both columns must agree
        heading = heading.replace("mΩ", "mOhm")
    spectrum = only(table(heading))
    np.testing.assert_allclose(spectrum.frequency_hz, F * f_factor, rtol=1e-8)
    np.testing.assert_allclose(spectrum.impedance_ohm, Z * z_factor, rtol=1e-8)


@pytest.mark.parametrize("name", ["-Z'' (Ohm)", "-Im(Z)/Ohm", "−Z″ (Ω)", "- Zim (ohm)", "-Z Imag [Ohm]"])
def test_a_turned_sign_is_turned_back(name):
    data = table(f"f (Hz),Z' (Ohm),{name}", [(f, z.real, -z.imag) for f, z in zip(F, Z, strict=True)])
    np.testing.assert_allclose(only(data).impedance_ohm, Z, rtol=1e-8)


@pytest.mark.parametrize(
    ("name", "factor"),
    [("Phase (deg)", 180 / np.pi), ("theta [°]", 180 / np.pi), ("phase/rad", 1), ("-Phase (deg)", -180 / np.pi)],
)
def test_modulus_and_phase(name, factor):
    rows = [(f, abs(z), np.angle(z) * factor) for f, z in zip(F, Z, strict=True)]
    np.testing.assert_allclose(only(table(f"f (Hz),|Z| (Ohm),{name}", rows)).impedance_ohm, Z, rtol=1e-7)
    if name == "phase/rad":
        assert "phase column has no unit" in reason(table("f (Hz),|Z| (Ohm),Phase", rows))


@pytest.mark.parametrize(
    ("delimiter", "decimal"),
    [(",", "."), (";", "."), ("\t", "."), ("  ", "."), (" ", "."), (" ; ", ","), (";", ","), ("\t", ",")],
)
def test_delimiters_and_decimal_signs(delimiter, decimal):
    heading = delimiter.join(["f(Hz)", "Z'(Ohm)", "Z''(Ohm)"])
    for newline in ("\n", "\r\n", "\r"):
        data = table(heading, delimiter=delimiter, decimal=decimal, newline=newline)
        np.testing.assert_allclose(only(data).impedance_ohm, Z, rtol=1e-8)


def test_heading_with_single_spaces_before_its_units():
    data = table("Frequency (Hz) Z' (Ohm) Z'' (Ohm)", delimiter=" ")
    np.testing.assert_allclose(only(data).impedance_ohm, Z, rtol=1e-8)


def test_preamble_units_row_and_other_columns_are_understood():
    rows = "\n".join(f"{k}\t{f:g}\t{z.real}\t{z.imag}\t25.{k}\tok" for k, (f, z) in enumerate(zip(F, Z, strict=True)))
    data = f"Cell 7\nfirst, second, third\nPt\tFreq\tZreal\tZimag\tTemp\tNote\n#\tkHz\tohm\tohm\tdegC\t\n{rows}\n"
    spectrum = only(data.encode())
    np.testing.assert_allclose(spectrum.frequency_hz, 1000 * F)
    assert spectrum.temperature_c == pytest.approx(25.25)
    assert spectrum.temperature_source == "file"


def test_temperature_in_kelvin_and_sentinels():
    rows = [(f, z.real, z.imag, 298.15) for f, z in zip(F, Z, strict=True)]
    spectrum = only(table("f (Hz),Z' (Ohm),Z'' (Ohm),T emperature (K)".replace("T e", "Te"), rows))
    assert spectrum.temperature_c == pytest.approx(25.0)
    rows = [(f, z.real, z.imag, -327.67) for f, z in zip(F, Z, strict=True)]
    assert only(table("f (Hz),Z' (Ohm),Z'' (Ohm),Temperature (C)", rows)).temperature_c is None


def test_z_imag_is_never_a_magnitude():
    assert parse_column("Z Imag (Ohm)").quantity == "imaginary"
    assert parse_column("Z Mag (Ohm)").quantity == "modulus"
    assert parse_column("Image (Ohm)") is None
    assert parse_column("Re(M)") is None
    assert parse_column("Re(C)/nF") is None
    assert parse_column("Phase(Y)/deg") is None
    assert parse_column("x" * 1000) is None


REFUSED = {
    "area": (table("f (Hz),Z' (Ohm.cm2),Z'' (Ohm.cm2)"), "normalised to area"),
    "area sign": (table("f (Hz),Z' (Ω·cm²),Z'' (Ω·cm²)"), "normalised to area"),
    "unknown unit": (table("f (Hz),Z' (V),Z'' (V)"), "unknown unit 'V'"),
    "mhz": (table("f (mhz),Z' (Ohm),Z'' (Ohm)"), "milli- or mega-"),
    "mohm": (table("f (Hz),Z' (mohm),Z'' (mohm)"), "milli- or mega-"),
    "twice": (table("f (Hz),Z' (Ohm),Zreal (Ohm),Z'' (Ohm)"), "name the same quantity"),
    "comma both": (
        table("f (Hz),Z' (Ohm),Z'' (Ohm)", decimal=",", rows=[(100.5, 1.5, -1.5)] * 6),
        "decimal commas in a",
    ),
    "thousands": (b"f (Hz);Z' (Ohm);Z'' (Ohm)\n" + b"100,000;1,500;-1,200\n" * 6, "thousands separator"),
    "mixed": (b"f (Hz);Z' (Ohm);Z'' (Ohm)\n" + b"100,5;1.5;-1,25\n" * 6, "mixed"),
    "no rows": (b"f (Hz);Z' (Ohm);Z'' (Ohm)\n", "no data rows"),
    "blank rows": (b"f (Hz);Z' (Ohm);Z'' (Ohm)\n;;\n;;\n", "no impedance"),
    "blank field": (table("f (Hz),Z' (Ohm),Z'' (Ohm)") + b"7,,3\n", "field is empty"),
    "footer": (table("f (Hz),Z' (Ohm),Z'' (Ohm)") + b"end of data\n", "fields, the heading has 3"),
    "cut off": (table("f (Hz),Z' (Ohm),Z'' (Ohm)") + b"0.5,12", "last line.*incomplete"),
    "word": (table("f (Hz),Z' (Ohm),Z'' (Ohm)") + b"0.5,12,abc\n", "'abc' is not a number"),
    "overload": (table("f (Hz),Z' (Ohm),Z'' (Ohm)") + b"0.5,12,#DIV/0!\n", "not a finite number"),
    "negative f": (table("f (Hz),Z' (Ohm),Z'' (Ohm)") + b"-0.5,12,-3\n", "not positive"),
    "few": (table("f (Hz),Z' (Ohm),Z'' (Ohm)", [(10, 1, 1), (1, 1, 1)]), "only 2 different"),
    "headerless": (table("1e6,3,-1"), "no heading"),
    "no imaginary": (table("f (Hz),Z' (Ohm),Y (S)"), "no reader knows"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_say_what_is_wrong(case):
    import re

    data, words = REFUSED[case]
    assert re.search(words, reason(data)), reason(data)


def test_polar_columns_that_contradict_are_refused():
    rows = [(f, z.real, -z.imag, abs(z), np.degrees(np.angle(z))) for f, z in zip(F, Z, strict=True)]
    assert "contradict" in reason(table("f (Hz),Z' (Ohm),Z'' (Ohm),|Z| (Ohm),Phase (deg)", rows))
    rows = [(f, z.real, z.imag, 2 * abs(z)) for f, z in zip(F, Z, strict=True)]
    assert "contradict" in reason(table("f (Hz),Z' (Ohm),Z'' (Ohm),|Z| (Ohm)", rows))


def test_missing_units_and_a_suspicious_sign_are_warned_of():
    data = table("Frequency,Zre,Zimg", [(f, z.real, -z.imag) for f, z in zip(F, Z, strict=True)])
    warnings = " ".join(only(data).metadata["warnings"])
    assert "Hz and ohm assumed" in warnings
    assert "the column is -Z''" in warnings


def test_a_last_line_without_its_line_end_is_warned_of():
    data = table("f (Hz),Z' (Ohm),Z'' (Ohm)").removesuffix(b"\n")
    assert any("no line end" in warning for warning in only(data).metadata["warnings"])


def test_dc_rows_at_zero_hertz_are_dropped():
    rows = [(0, 0, 0)] * 4 + [(f, z.real, z.imag) for f, z in zip(F, Z, strict=True)]
    spectrum = only(table("Frequency (Hz),Zre (ohms),Zim (ohms)", rows))
    assert spectrum.n_points == 6
    assert spectrum.metadata["n_dc_rows"] == 4


def test_loops_in_one_table_are_split():
    rows = [(f, z.real, z.imag) for _ in range(4) for f, z in zip(F, Z, strict=True)]
    assert [s.n_points for s in read_bytes(table("f (Hz),Z' (Ohm),Z'' (Ohm)", rows))] == [6] * 4


@settings(max_examples=40, deadline=None)
@given(
    numbers=st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9)), min_size=5, max_size=30),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
def test_any_numbers_in_a_table_come_back(numbers, delimiter):
    rows = [(10.0 ** (6 - k / 5), re, im) for k, (re, im) in enumerate(numbers)]
    spectrum = only(table(delimiter.join(["f (Hz)", "Z' (Ohm)", "Z'' (Ohm)"]), rows, delimiter=delimiter))
    np.testing.assert_allclose(spectrum.impedance_ohm.real, [r[1] for r in rows], rtol=1e-8, atol=1e-300)
    np.testing.assert_allclose(spectrum.impedance_ohm.imag, [r[2] for r in rows], rtol=1e-8, atol=1e-300)


@pytest.mark.parametrize("layout", ["settings", "short", "bare"])
def test_zplot_files_with_and_without_heading(layout):
    spectrum = only(zplot_text(F, Z, layout=layout))
    assert spectrum.metadata["reader"] == "zplot"
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=1e-4)
    assert bool(spectrum.metadata["warnings"]) is (layout == "bare")
    assert spectrum.metadata["is_aborted"] is False


def test_a_zplot_file_with_fewer_points_than_announced_is_aborted():
    data = zplot_text(F, Z).replace(b"Data Points:                6", b"Data Points:                9")
    assert only(data).metadata["is_aborted"] is True
    assert only(data).metadata["started_at"] == "10-12-2018 12:32:21"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data[:100], "no column line"),
        (lambda data: data[: data.index(b"End Comments") + 13], "no data rows"),
        (lambda data: data[:-30], "incomplete"),
        (lambda data: data.replace(b"1.000000E+03", b"0.000000E+00"), "not positive"),
        (lambda data: data.replace(b"1.1000E+02", b"1.#QNAN"), "not a finite number"),
    ],
)
def test_damaged_zplot_files_are_refused(change, words):
    import re

    assert re.search(words, reason(change(zplot_text(F, Z))))


@pytest.mark.parametrize(
    ("names", "row", "decimal"), [(",", ",", "."), (",", ";", "."), (".", ";", "."), (",", ";", ",")]
)
def test_smart_exports_with_names_and_rows_separated_differently(names, row, decimal):
    data = smart_csv(
        [(F[::-1], Z[::-1]), (F[::-1], 2 * Z[::-1])],
        name_delimiter=names,
        row_delimiter=row,
        decimal=decimal,
        temperature_c=60.5,
    )
    first, second = read_bytes(data)
    assert first.metadata["reader"] == "smart"
    np.testing.assert_allclose(first.impedance_ohm, Z[::-1], rtol=1e-6)
    np.testing.assert_allclose(second.impedance_ohm, 2 * Z[::-1], rtol=1e-6)
    assert first.temperature_c == pytest.approx(60.5)
    assert first.metadata["started_at"] == "16/6/2023 16:54:46"
    assert only(smart_csv(F, Z)).temperature_c is None


def test_smart_files_that_cannot_be_read_say_so():
    assert "decimal commas" in reason(smart_csv(F, Z, row_delimiter=",", decimal=","))
    assert "column names" in reason(b"Exported SMaRT Impedance Data\nExperiment start time : x\n")
    assert "no data rows" in reason(b"\n".join(smart_csv(F, Z).splitlines()[:4]))
    assert "do not hold frequency" in reason(
        smart_csv(F, Z).replace(b"Impedance Imaginary", b"Capacitance").replace(b"Degrees", b"X")
    )


GENUINE = {
    "dummy_cells/Circuit1_EIS_1.z": ("zplot", [48], 50000, 29.036 + 0.63662j),
    "dummy_cells/Circuit2_EIS_1.z": ("zplot", [56], 300000, 147.77 - 11.335j),
    "pellets/s04147-140deg.txt": ("delimited", [42], 1e6, 22142.3 - 54311.5j),
    "pellets/s04147-160deg.txt": ("delimited", [42], 1e6, 21112.2 - 39556.8j),
    "pellets/s04147-180deg.txt": ("delimited", [41], 1e6, 19624.1 - 27606.6j),
    "pellets/s04147-200deg.txt": ("delimited", [40], 1e6, 15859.6 - 18347.1j),
    "smart/f60_190623_Exp1.csv": ("smart", [12] * 10, 10000, 4.95489 + 13.21752j),
    "smart/m1_304_Exp_304-M02.csv": ("smart", [31] * 11, 1000, 14.84651 + 2.59725j),
    "smart/m1_316_Exp_Aire.csv": ("smart", [41] * 11, 100, 14.41219 + 0.2357378j),
    "vendors/exampleDataZPlot.z": ("zplot", [21], 300000, 147.77 - 11.335j),
    "vendors/exampleDataZPlot_noComments.z": ("zplot", [31], 300000, 642.62 - 85.821j),
    "vendors/exampleDataAutolab.txt": ("zplot", [41], 10000, 0.013785863964281 + 0.007191946305823j),
    "vendors/exampleDataCHInstruments.txt": ("delimited", [73], 99610, 98.91 - 2.748j),
    "vendors/exampleDataParstat.txt": ("delimited", [31], 10000, -0.000498 + 0.017514j),
    "vendors/exampleDataPowersuite.txt": ("delimited", [30], 0.1, 423929.46 - 49014.063j),
}


@pytest.mark.parametrize("name", GENUINE)
def test_genuine_files_of_other_programs(shared, name):
    reader, n_points, first_hz, first_ohm = GENUINE[name]
    spectra = read_bytes((shared / "data/eis" / name).read_bytes(), name)
    assert spectra[0].metadata["reader"] == reader
    assert [spectrum.n_points for spectrum in spectra] == n_points
    assert spectra[0].frequency_hz[0] == pytest.approx(first_hz)
    assert spectra[0].impedance_ohm[0] == pytest.approx(first_ohm, rel=1e-4)


def test_the_genuine_table_without_heading_is_refused(shared):
    assert "no heading" in reason((shared / "data/eis/vendors/exampleData.csv").read_bytes())


def rows_of(pattern):
    return [pattern.format(f, z.real, z.imag, abs(z), np.degrees(np.angle(z))) for f, z in zip(F, Z, strict=True)]


TWINS = {
    "Novocontrol": "\n".join(
        [
            "s04147-140deg ",
            "Fixed value(s) :  AC Volt  [Vrms]=3.5000e-02  ",
            "   Freq.[Hz]   \tZs'[ohm]  \tZs''[ohm]",
            *rows_of(" {0:.5e}\t {1:.5e}\t{2:.5e}"),
            "",
        ]
    ),
    "CH Instruments": "\n".join(
        [
            "Feb. 20, 2020   15:55:08",
            "A.C. Impedance",
            "High Frequency (Hz) = 2e+6",
            "",
            "Freq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg",
            "",
            *rows_of("{0:.3e}, {1:.3e}, {2:.3e}, {3:.3e}, {4:.1f}"),
            "",
        ]
    ),
    "PowerSuite": "\r\r\n".join(["Frequency\t Zre\t Zimg\t", *rows_of("{0:.8g}\t {1:.8g}\t {2:.8g}\t"), ""]),
    "Parstat": "\n".join(
        [
            "Potential (V)\tI (A)\tElapsed Time (s)\tFrequency (Hz)\tZre (ohms)\tZim (ohms)\t|Vac| (V)\t|Iac| (A)\t",
            "3.49\t-0.14\t10\t0\t0\t0\t0\t0\t",
            *rows_of("3.5\t0.02\t7746.8\t{0:.9g}\t{1:.9g}\t{2:.9g}\t0.004\t0.18\t"),
            "",
        ]
    ),
}


@pytest.mark.parametrize("program", TWINS)
def test_tables_in_the_layouts_of_other_programs(program):
    spectrum = only(TWINS[program].encode())
    assert spectrum.metadata["reader"] == "delimited"
    np.testing.assert_allclose(spectrum.frequency_hz, F, rtol=1e-6)
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=1e-3)
