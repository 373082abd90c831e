"""Files of BioLogic, Gamry and VersaStudio: synthetic twins in their layouts, and genuine ones where they are."""

import numpy as np
import pytest

from instruments import UnreadableFile, read_bytes

F = np.array([1e4, 1e3, 1e2, 1e1, 1e0, 1e-1])
Z = np.array([100 - 3j, 110 - 20j, 150 - 60j, 190 - 30j, 200 - 8j, 202 - 40j])


def reason(data):
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(data)
    return caught.value.reason


def mpt(n_loops=1, *, decimal=".", names="freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\tcycle number\t"):
    rows = [
        f"{f:.7E}\t{z.real:.7E}\t{-z.imag:.7E}\t{abs(z):.7E}\t{np.degrees(np.angle(z)):.7E}\t{loop}"
        for loop in range(1, n_loops + 1)
        for f, z in zip(F, Z * loop, strict=True)
    ]
    heading = ["EC-Lab ASCII FILE", "Nb header lines : 7  ", "", "Potentio Electrochemical Impedance Spectroscopy"]
    heading += ["Acquisition started on : 02/04/2018 10:02:46", "Electrode surface area : 0.001 cm²", names]
    return "\r\n".join([*heading, *(row.replace(".", decimal) for row in rows), ""]).encode("latin-1")


def dta(*, aborted=False, curve="ZCURVE"):
    rows = [
        f"\t{k}\t{k + 1}\t{f:g}\t{z.real:.6f}\t{z.imag:.6f}\t1\t{abs(z):.6f}\t{np.degrees(np.angle(z)):.5f}\t0\t0\t7"
        for k, (f, z) in enumerate(zip(F, Z, strict=True))
    ]
    lines = ["EXPLAIN", "TAG\tEISPOT", "TITLE\tLABEL\tPotentiostatic EIS\tTest", "DATE\tLABEL\t4/23/2018\tDate"]
    lines += [
        "TIME\tLABEL\t16:43:15\tTime",
        "OCVCURVE\tTABLE\t2",
        "\tPt\tT\tVf",
        "\t#\ts\tV",
        "\t0\t0.2\t-0.3",
        "\t1\t0.5\t-0.3",
    ]
    lines += ["EOC\tQUANT\t0.05\tOpen Circuit (V)", f"{curve}\tTABLE"]
    lines += [
        "\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange",
        "\t#\ts\tHz\tohm\tohm\tV\tohm\t°\tA\tV\t#",
    ]
    lines += [*rows, *(["EXPERIMENTABORTED\tTOGGLE\tT\tExperiment Aborted"] if aborted else [])]
    return "\n".join([*lines, ""]).encode("latin-1")


def par(kind="Z Real, Z Imag, "):
    rows = [f"0,{k},0.1,{f:g},{z.real:.6f},{z.imag:.6f},0.02" for k, (f, z) in enumerate(zip(F, Z, strict=True))]
    lines = ["<Application>", "Name=VersaStudio", "</Application>", "<Experiment>", "TimeAcquired=9:40:30 AM"]
    lines += ["DateAcquired=Thursday, July 19, 2018", "</Experiment>", "<Segment1>", "Type=2", "Version=3"]
    lines += [
        f"Definition=Segment #, Point #, E(V), Frequency(Hz), {kind}AC Amplitude, 0",
        *rows,
        "</Segment1>",
        "<Dock/>",
    ]
    return "\n".join([*lines, ""]).encode()


@pytest.mark.parametrize("decimal", [".", ","])
def test_biologic_loops_are_split_and_the_turned_sign_is_turned_back(decimal):
    spectra = read_bytes(mpt(3, decimal=decimal))
    assert [spectrum.n_points for spectrum in spectra] == [6, 6, 6]
    np.testing.assert_allclose(spectra[2].impedance_ohm, 3 * Z, rtol=1e-6)
    assert spectra[0].metadata["reader"] == "biologic"
    assert spectra[0].metadata["started_at"] == "02/04/2018 10:02:46"


def test_biologic_without_impedance_columns_is_refused():
    assert "Potentio" in reason(mpt(names="Re(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\ttime/s\tcycle number"))
    assert "cut off" in reason(mpt()[:60])
    assert "incomplete" in reason(mpt()[:-20])
    assert "no data rows" in reason(mpt(0))


def test_gamry_reads_its_impedance_table_and_the_abort_flag():
    (spectrum,) = read_bytes(dta())
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=1e-6)
    assert spectrum.metadata["reader"] == "gamry"
    assert spectrum.metadata["experiment"] == "Potentiostatic EIS"
    assert spectrum.metadata["is_aborted"] is False
    (aborted,) = read_bytes(dta(aborted=True))
    assert aborted.metadata["is_aborted"] is True


def test_gamry_without_impedance_or_cut_off_is_refused():
    assert "without impedance (Potentiostatic EIS)" in reason(dta(curve="CURVE"))
    assert "incomplete" in reason(dta()[:-9])
    assert "no data rows" in reason(dta()[: dta().index(b"\t0\t1\t10000")])


def test_versastudio_segment():
    (spectrum,) = read_bytes(par())
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=1e-6)
    assert spectrum.metadata["started_at"] == "Thursday, July 19, 2018 9:40:30 AM"
    assert spectrum.metadata["warnings"] == []
    assert "without impedance" in reason(par("I Real, I Imag, "))
    assert "not closed" in reason(par()[:-30])


GENUINE = {
    "exampleDataBioLogic.mpt": ("biologic", [43], 65.470886 - 0.38998979j),
    "peis.issue_149.mpt": ("biologic", [21] * 4, 12.753284 - 0.96167845j),
    "exampleDataGamry.DTA": ("gamry", [72], 825.8584 - 1367.239j),
    "exampleDataGamryABORT.DTA": ("gamry", [72], 825.8584 - 1367.239j),
    "exampleDataVersaStudio.par": ("versastudio", [61], 55.31571 + 4.575431j),
}


@pytest.mark.parametrize("name", GENUINE)
def test_genuine_vendor_files(shared, name):
    reader, n_points, first_ohm = GENUINE[name]
    spectra = read_bytes((shared / "data/eis/vendors" / name).read_bytes(), name)
    assert spectra[0].metadata["reader"] == reader
    assert [spectrum.n_points for spectrum in spectra] == n_points
    assert spectra[0].impedance_ohm[0] == pytest.approx(first_ohm)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "exampleDataBioLogic_MissingFreq.mpt",
            "holds 43 rows (Potentio Electrochemical Impedance Spectroscopy) without freq/Hz:",
        ),
        ("mb.issue_95.de.mpt", "holds 33 rows (Modulo Bat) without freq/Hz, Re(Z)/Ohm, -Im(Z)/Ohm:"),
    ],
)
def test_genuine_biologic_files_without_impedance(shared, name, words):
    assert words in reason((shared / "data/eis/vendors" / name).read_bytes())


def relaxis(rows=None, names="Data: Frequency\tData: Z'\tData: Z''\tData: |Z|\tData: Theta (Z)", info=True):
    if rows is None:
        polar = [(f, z.real, z.imag, abs(z), np.degrees(np.angle(z))) for f, z in zip(F, Z, strict=True)]
        rows = ["\t".join(f"{value:.15g}" for value in row) for row in polar]
    about = ["FV2=1, AC=0.1\tModel: Unassigned Spectra\t(WE/RE Spectrum) pellet.txt\t\t"] * info
    return "\r\n".join(
        ["RelaxIS 3.0 Spectrum export", "Date: 12/11/2025 4:05:46 PM", names, *about, *rows, ""]
    ).encode()


@pytest.mark.parametrize("info", [True, False])
def test_relaxis_export_is_read_and_says_that_it_is_known_by_description(info):
    (spectrum,) = read_bytes(relaxis(info=info))
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=1e-12)
    assert spectrum.metadata["reader"] == "relaxis"
    assert spectrum.metadata["exported_at"] == "12/11/2025 4:05:46 PM"
    assert spectrum.metadata["experiment"] == ("(WE/RE Spectrum) pellet.txt" if info else "")
    assert any("not from genuine" in warning for warning in spectrum.metadata["warnings"])
    assert not any("no unit" in warning for warning in spectrum.metadata["warnings"])


def test_relaxis_exports_that_contradict_themselves_or_hold_more_are_refused():
    turned = [f"{f}\t{z.real}\t{-z.imag}\t{abs(z)}\t{np.degrees(np.angle(z))}" for f, z in zip(F, Z, strict=True)]
    assert "contradict" in reason(relaxis(turned))
    radians = [f"{f}\t{z.real}\t{z.imag}\t{abs(z)}\t{np.angle(z)}" for f, z in zip(F, Z, strict=True)]
    assert "contradict" in reason(relaxis(radians))
    assert "several spectra" in reason(relaxis() + relaxis().split(b"\r\n", 3)[3])
    assert "lacks Frequency" in reason(
        relaxis(names="Data: Frequency\tData: Y'\tData: Y''\tData: |Y|\tData: Theta (Y)")
    )
    assert "no line of names" in reason(b"RelaxIS 3.0 Spectrum export\n")
    assert "no data rows" in reason(relaxis([]))


@pytest.mark.parametrize("decimal", [".", ","])
def test_an_ec_lab_table_without_its_heading_block_is_read_by_its_names(decimal):
    table = b"\r\n".join(mpt(2, decimal=decimal).split(b"\r\n")[6:])
    assert table.startswith(b"freq/Hz")
    first, second = read_bytes(table, "pellet.txt")
    assert first.metadata["reader"] == "delimited"
    np.testing.assert_allclose(first.impedance_ohm, Z, rtol=1e-6)
    np.testing.assert_allclose(second.impedance_ohm, 2 * Z, rtol=1e-6)


def test_an_ec_lab_export_separated_by_semicolons_is_read():
    (spectrum,) = read_bytes(mpt().replace(b"\t", b";"))
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=1e-6)


def test_biologic_without_impedance_counts_its_rows_and_names_what_is_missing():
    words = reason(mpt(names="time/s\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\tEwe/V\tcycle number\t"))
    assert words.startswith(
        "holds 6 rows (Potentio Electrochemical Impedance Spectroscopy) without freq/Hz, Re(Z)/Ohm:"
    )


def test_autolab_for_zview_and_nova_tables():
    rows = [f"{f:g},0,0,0,{z.real:.9g},{z.imag:.9g},0,0,0" for f, z in zip(F, Z, strict=True)]
    heading = ['"Z60W Data File: Version 1.1"', *['""'] * 6, "0,2,0,1,0.1,10000", str(len(F))]
    heading.append("\"  Freq (Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range\"")
    (spectrum,) = read_bytes("\r\n".join([*heading, *rows, ""]).encode("utf-8-sig"))
    assert spectrum.metadata["reader"] == "zplot"
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=1e-8)
    rows = [
        f"{k};{f:g};{z.real:.9g};{-z.imag:.9g};{abs(z):.9g};{-np.degrees(np.angle(z)):.9g};{k}"
        for k, (f, z) in enumerate(zip(F, Z, strict=True), start=1)
    ]
    names = "Index;Frequency (Hz);Z' (Ω);-Z'' (Ω);Z (Ω);-Phase (°);Time (s)"
    (spectrum,) = read_bytes("\n".join([names, *rows, ""]).encode())
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=1e-8)


@pytest.mark.parametrize(
    "heading",
    [
        "s1, 26.02.2025, 15:11\nDiameter[mm]: 1.300e+01  Thickness[mm]: 7.500e-01\n"
        "Fixed value(s) :  AC Volt  [Vrms]=7.1e-03  \n     Freq.[Hz]\t      Zs'[ohm]\t     Zs''[ohm]",
        "s2, 1.12.2020, 14:42\nFixed value(s) :  AC Volt  [Vrms]=7.1000e-03  \n Freq. [Hz]\t Zs' [Ohms]\t Zs'' [Ohms]",
    ],
)
def test_novocontrol_windeta_tables(heading):
    rows = [f" {f:.7e}\t {z.real:.7e}\t{z.imag:.7e}" for f, z in zip(F, Z, strict=True)]
    (spectrum,) = read_bytes("\n".join([heading, *rows, ""]).encode())
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=1e-6)
