"""Ways in through what lies in a lab folder: settings, protocols, names of files, tables of data."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from fuzz.targets_readers import check_text
from fuzz.targets_science import _memory

Run = Callable[[bytes], None]


def tomls() -> list[bytes]:
    """Return settings."""
    from nasicon_loop.lab.settings import template

    short = b'[lab]\nname = "x"\n[fit]\nmax_kk_rms = 0.02\n[watch]\nignore = [".*"]\nsettle_seconds = 0\n'
    return [short, b"[furnace]\noffset_c = 2.5\ncalibrated_on = 2026-10-01\n", template("lab").encode()]


def settings() -> Run:
    """lab.toml, however it came there."""
    from nasicon_loop.lab.settings import load

    path = Path(tempfile.mkdtemp(prefix="nasicon-fuzz-", dir=_memory())) / "lab.toml"

    def run(data: bytes) -> None:
        path.write_bytes(data)
        load(path, environment={})

    return run


def protocols() -> list[bytes]:
    """Return a protocol."""
    return [
        b'schema = 1\nkind = "protocol"\nname = "p"\ntitle = "t"\n[[step]]\nname = "calcine"\nkind = "fire"\n'
        b'text = "fire"\ntemperature_c = 1000\ndwell_h = 12\nramp_c_min = 5\n[[step.hold]]\ntemperature_c = 150\n'
        b'dwell_h = 1\ngases = ["CO2"]\ntext = "x"\n[[step.condition]]\nstatus = "required"\ntext = "lid"\n',
        b'schema = 1\nkind = "protocol"\nname = "p"\ntitle = "t"\n[[step]]\nname = "mill"\nkind = "mill"\ntext = "m"\n'
        b"hours = 8\n",
    ]


def protocol() -> Run:
    """A file in protocols/."""
    import recipes

    folder = Path(tempfile.mkdtemp(prefix="nasicon-fuzz-", dir=_memory()))

    def run(data: bytes) -> None:
        (folder / "own.toml").write_bytes(data)
        recipes.protocols(folder)

    return run


def names() -> list[bytes]:
    """Return names of files."""
    texts = ["NL-0001_whatever.csv", "run 3 (nl-0001) 25C.z", "NL-0001-P2 T=8C s3.csv", "NL-0001 298.15K #4.csv"]
    return [text.encode() for text in texts]


def file_name() -> Run:
    """What somebody called a file."""
    from nasicon_loop.core import plain
    from nasicon_loop.lab.names import is_label, read_name, split_label

    def run(data: bytes) -> None:
        name = data.decode("utf-8", "replace")
        parts = read_name(name, "NL")
        assert parts.label is None or is_label(parts.label)
        assert parts.temperature_c is None or 0 <= parts.temperature_c <= 200
        split_label(name, "NL")
        check_text(plain(name))

    return run


def tables() -> list[bytes]:
    """Return tables of conductivities."""
    return [
        b"formula,sigma_s_cm,temperature_c,source,flags\nNa3Zr2Si2PO12,6.7e-4,25,a,\nNa1Zr2P3O12,1e-7,25,b,outlier\n",
        b"composition;log10_sigma_s_cm;T (K);kind\nNa3Zr2Si2PO12;-3.2;298.15;bulk\n",
        b"formula\te_hull_meV_atom\nNa3Zr2Si2PO12\t5.5\n",
    ]


def table() -> Run:
    """A CSV of published values."""
    from nasicon_loop.lab.tables import LiteratureValue, read_table

    path = Path(tempfile.mkdtemp(prefix="nasicon-fuzz-", dir=_memory())) / "table.csv"

    def run(data: bytes) -> None:
        path.write_bytes(data)
        read = read_table(path)
        for row in read.rows:
            if isinstance(row, LiteratureValue):
                check_text([row.formula, row.source, row.doi or "", row.dataset, *row.flags])
        for refusal in read.refusals:
            check_text(str(refusal))

    return run
