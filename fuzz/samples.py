"""Good inputs to begin with: one small file in each layout, written here and not taken from any laboratory."""

import io
import zipfile
from datetime import UTC, datetime

import numpy as np

from instruments.sim import smart_csv, xm_native_data, xm_settings_xml, xm_studio_csv, zplot_text

F = np.logspace(5, 0, 6)
Z = 30 + 50 / (1 + 2j * np.pi * F * 50e-6)
STARTED_AT = datetime(2024, 6, 20, 6, 58, 13, tzinfo=UTC)
HEADINGS = ("Frequency (Hz)", "Z' (Ohm)", "Z'' (Ohm)")


def xm_studio() -> list[bytes]:
    """Return exports of XM-studio: one sweep, and two with other line ends."""
    one = xm_studio_csv(F, Z, started_at=STARTED_AT)
    two = xm_studio_csv([(F, Z), (F, 2 * Z)], started_at=STARTED_AT, newline="\n")
    return [one, two, one[:200]]


def xm_native() -> list[bytes]:
    """Return XM-studio's binary result files."""
    return [xm_native_data(F, Z), xm_native_data([(F, Z), (F, 2 * Z)])]


def xm_settings() -> list[bytes]:
    """Return the set-up beside a result file."""
    return [xm_settings_xml()]


def zplot() -> list[bytes]:
    """Return a ZPlot text file."""
    return [zplot_text(F, Z)]


def smart() -> list[bytes]:
    """Return a SMaRT export."""
    return [smart_csv(F, Z)]


def delimited() -> list[bytes]:
    """Return tables with headings: comma, tab, semicolon with decimal commas, and polar."""
    rows = [(f"{f:.6g}", f"{z.real:.6g}", f"{z.imag:.6g}") for f, z in zip(F, Z, strict=True)]
    polar = [(f"{f:.6g}", f"{abs(z):.6g}", f"{np.degrees(np.angle(z)):.6g}") for f, z in zip(F, Z, strict=True)]
    german = "\n".join(";".join(row).replace(".", ",") for row in rows)
    return [
        (",".join(HEADINGS) + "\n" + "\n".join(map(",".join, rows)) + "\n").encode(),
        ("# made by hand\n" + "\t".join(HEADINGS) + "\n" + "\n".join(map("\t".join, rows)) + "\n").encode("utf-16"),
        ("freq/Hz;Re(Z)/Ohm;-Im(Z)/Ohm\n" + german + "\n").encode(),
        ("f (Hz),|Z| (Ohm),Phase (deg)\n" + "\n".join(map(",".join, polar)) + "\n").encode(),
        ("\n".join(map(" ".join, rows)) + "\n").encode(),
    ]


def biologic() -> list[bytes]:
    """Return an EC-Lab text file."""
    names = "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\tcycle number\t"
    heading = ["EC-Lab ASCII FILE", "Nb header lines : 7  ", "", "Potentio Electrochemical Impedance Spectroscopy"]
    heading += ["Acquisition started on : 02/04/2018 10:02:46", "Electrode surface area : 0.001 cm²", names]
    rows = [
        f"{f:.7E}\t{z.real:.7E}\t{-z.imag:.7E}\t{abs(z):.7E}\t{np.degrees(np.angle(z)):.7E}\t1"
        for f, z in zip(F, Z, strict=True)
    ]
    return ["\r\n".join([*heading, *rows, ""]).encode("latin-1")]


def gamry() -> list[bytes]:
    """Return a Gamry DTA file."""
    rows = [
        f"\t{k}\t{k + 1}\t{f:g}\t{z.real:.6f}\t{z.imag:.6f}\t1\t{abs(z):.6f}\t{np.degrees(np.angle(z)):.5f}\t0\t0\t7"
        for k, (f, z) in enumerate(zip(F, Z, strict=True))
    ]
    lines = ["EXPLAIN", "TAG\tEISPOT", "TITLE\tLABEL\tPotentiostatic EIS\tTest", "DATE\tLABEL\t4/23/2018\tDate"]
    lines += ["TIME\tLABEL\t16:43:15\tTime", "ZCURVE\tTABLE"]
    lines += ["\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange"]
    lines += ["\t#\ts\tHz\tohm\tohm\tV\tohm\t°\tA\tV\t#", *rows, "EXPERIMENTABORTED\tTOGGLE\tT\tExperiment Aborted"]
    return ["\n".join([*lines, ""]).encode("latin-1")]


def versastudio() -> list[bytes]:
    """Return a VersaStudio file."""
    rows = [f"0,{k},0.1,{f:g},{z.real:.6f},{z.imag:.6f},0.02" for k, (f, z) in enumerate(zip(F, Z, strict=True))]
    lines = ["<Application>", "Name=VersaStudio", "</Application>", "<Experiment>", "TimeAcquired=9:40:30 AM"]
    lines += ["DateAcquired=Thursday, July 19, 2018", "</Experiment>", "<Segment1>", "Type=2", "Version=3"]
    lines += ["Definition=Segment #, Point #, E(V), Frequency(Hz), Z Real, Z Imag, AC Amplitude, 0"]
    return ["\n".join([*lines, *rows, "</Segment1>", "<Dock/>", ""]).encode()]


def relaxis() -> list[bytes]:
    """Return a RelaxIS export."""
    names = "\t".join(f"Data: {name}" for name in ("Frequency", "Z'", "Z''", "|Z|", "Theta (Z)"))
    rows = [
        f"{f:.8g}\t{z.real:.8g}\t{z.imag:.8g}\t{abs(z):.8g}\t{np.degrees(np.angle(z)):.8g}"
        for f, z in zip(F, Z, strict=True)
    ]
    lines = ["RelaxIS 3.0 Spectrum export", "Date: 01/02/2024", names, "T = 25\tpellet", *rows, ""]
    return ["\n".join(lines).encode()]


def xlsx() -> list[bytes]:
    """Return the smallest workbook with a table: three parts, not compressed, so that a changed byte matters."""
    cells = [HEADINGS, *((f, z.real, z.imag) for f, z in zip(F, Z, strict=True))]
    rows = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in cells)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets>'
        '<sheet name="EIS" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{links}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return [stream.getvalue()]


def sheets() -> list[bytes]:
    """Return what the worksheet of `xlsx` says, for a harness that packs it itself."""
    with zipfile.ZipFile(io.BytesIO(xlsx()[0])) as archive:
        return [archive.read("xl/worksheets/sheet1.xml")]


def repacked(sheet: bytes) -> bytes:
    """Return the workbook of `xlsx` with another worksheet."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx()[0])) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as new:
        for part in old.infolist():
            is_sheet = part.filename.endswith("sheet1.xml")
            new.writestr(zipfile.ZipInfo(part.filename), sheet if is_sheet else old.read(part))
    return stream.getvalue()


def dc() -> list[bytes]:
    """Return a current that decays with time."""
    return [
        ("Time (s),Current (mA),Voltage (V)\n" + "".join(f"{t},{1 / (1 + t):.5g},0.1\n" for t in range(6))).encode()
    ]


FILES = {
    "xm_studio": xm_studio,
    "xm_native": xm_native,
    "zplot": zplot,
    "delimited": delimited,
    "smart": smart,
    "biologic": biologic,
    "gamry": gamry,
    "versastudio": versastudio,
    "relaxis": relaxis,
    "xlsx": xlsx,
}
"""Reader -> samples that it reads."""


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        escaped = value.replace("&", "&amp;").replace("<", "&lt;")
        return f'<c t="inlineStr"><is><t>{escaped}</t></is></c>'
    return f"<c><v>{float(value)!r}</v></c>"
