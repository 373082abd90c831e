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


@pytest.mark.parametrize("name", ["exampleDataBioLogic_MissingFreq.mpt", "mb.issue_95.de.mpt"])
def test_genuine_biologic_files_without_impedance(shared, name):
    assert "no freq/Hz" in reason((shared / "data/eis/vendors" / name).read_bytes())
