"""What writes beside the stories of the crash test: one transaction each, which is kept whole or not at all."""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import db
import nasicon_loop
from instruments.sim import xm_studio_csv
from nasicon_loop.cli.app import app
from nasicon_loop.lab.context import opened

PAGE = Path(__file__).parents[2] / "docs" / "crash_safety.md"
ONE = "### One transaction each"
VAULT = "### The vault first, then one transaction"
SEVERAL = "### Several transactions, each of them whole"

BESIDE = ("TABLE", "SWEEP", "SHORT", "CURRENT", "PATTERN")
"""Names that stand for files."""
DAY = (
    "data import TABLE",
    "suggest --accept 1",
    "suggest --reject 2",
    "sample new Na3Zr2Si2PO12",
    "recipe NL-0003",
    "recipe NL-0003 --sign-off --by Ada",
    "recipe NL-0003 --deviation late",
    "stock add ZrO2 --lot Z-1 --amount-g 100 --fired 2026-11-01",
    "stock fired 1",
    "stock count 1 90",
    "stock close 1 --reason empty",
    "weigh NL-0001 --as-planned",
    "load new --samples NL-0001 --step calcination --new-reference",
    "fire NL-0001 --step calcination",
    "pellet new NL-0001",
    "pellet geometry NL-0001-P1 --thickness-cm 0.127 --electrode-diameter-cm 1.6",
    "import SWEEP --sample NL-0002-P1",
    "inbox assign NEWEST-FILE NL-0001-P1",
    "analysis refit NEWEST-ANALYSIS --circuit R0-p(R1,CPE1)-CPE2 --electrolyte R0,R1 --by Ada --reason trying",
    "analysis restore FORMER-ANALYSIS --reason better",
    "analysis accept NEWEST-ANALYSIS --reason good",
    "analysis reject NEWEST-ANALYSIS --reason bad",
    "analysis retract NEWEST-ANALYSIS --reason wrong",
    "leads set --short SHORT",
    "leads clear --reason cables",
    "dummy add SWEEP",
    "polarisation CURRENT --sample NL-0002-P1 --voltage-v 0.5",
    "pellet phase NL-0002-P1 --phase R-3c --file PATTERN",
    "sample fail NL-0002 --reason cracked",
    "sample abandon NL-0003 --reason dear",
)
"""Every command that writes once, in an order in which a lab could give them."""


class PowerCutError(BaseException):
    """The power goes before the commit."""


@pytest.fixture
def folder(workshop: Any, copy_lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lab with two samples and two suggestions, and beside it the files of its day."""
    monkeypatch.setenv("NASICON_MEASUREMENT_TEMPERATURE_C", "25")
    frequency_hz = np.logspace(6, 0, 25)
    omega = 2 * np.pi * frequency_hz
    impedance = 30.31 + 1 / (1j * omega * 2e-8 + 1 / (35.35 + 50.0 * (1 - 1j) / np.sqrt(omega)))
    short = "".join(f"{f!r},1.0,{1e-6 * w!r}\n" for f, w in zip(frequency_hz.tolist(), omega.tolist(), strict=True))
    current = b"".join(b"%d,%g\n" % (t, 2e-6 + 5e-5 / (1 + t)) for t in range(0, 3600, 10))
    files = {
        "TABLE": b"formula,sigma_s_cm,temperature_c,source\nNa3Zr2Si2PO12,6.7e-4,25,paper\n",
        "SWEEP": xm_studio_csv(frequency_hz, impedance, started_at=datetime(2024, 6, 20, tzinfo=UTC)),
        "SHORT": f"Frequency (Hz),Z' (Ohm),Z'' (Ohm)\n{short}".encode(),
        "CURRENT": b"Time (s),Current (A)\n" + current,
        "PATTERN": b"10 100\n20 200\n",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    copied: Path = copy_lab(workshop.prepared, tmp_path / "lab")
    with opened(copied, who="test") as lab, lab.database.write(who="test") as writer:
        for formula in ("Na3.1Zr1.9Sc0.1Si2PO12", "Na3.2Zr1.9Mg0.1Si2PO12"):
            writer.add_suggestion(
                model_run=None, formula=formula, dopant="Sc", log10_sigma_mean=-3.0, log10_sigma_sd=0.3, quantiles={},
                acquisition=0.1, reason="test", batch=1,
            )  # fmt: skip
    return copied


def everything(folder: Path) -> dict[str, Any]:
    """Every row count and every state of the lab."""
    with opened(folder, who="test") as lab, lab.database.read() as reader:
        newest = reader.journal(limit=1)
        return {"counts": reader.counts(), "journal": newest and newest[0].id}


def newest(folder: Path) -> dict[str, str]:
    """The numbers of the newest file and analysis: a server leaves out those of what was not committed."""
    with opened(folder, who="test") as lab, lab.database.read() as reader:
        files = [file.id for file in reader.files()]
        current = max(reader.current_analyses(with_document=False), key=lambda one: one.id, default=None)
        analyses = [] if current is None else [one.id for one in reader.analyses(current.spectrum_id)]
    former, last = [0, 0, *analyses][-2:]
    return {"NEWEST-FILE": str(max(files, default=0)), "NEWEST-ANALYSIS": str(last), "FORMER-ANALYSIS": str(former)}


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch, *, is_cut: bool) -> Iterator[list[str]]:
    """Count the transactions; with `is_cut` the power goes when one has written all and not yet committed."""
    real, begun = db.Database.write, list[str]()

    @contextmanager
    def write(self: db.Database, *, who: str) -> Iterator[db.Writer]:
        with real(self, who=who) as writer:
            begun.append(who)
            yield writer
            if is_cut:
                raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(db.Database, "write", write)
        yield begun


def test_a_day_of_commands_is_one_transaction_each(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for line in DAY:
        known = {name: str(folder.parent / name) for name in BESIDE} | newest(folder)
        call = [*(known.get(word, word) for word in line.split()), "--lab", str(folder), "--json"]
        before = everything(folder)
        with counted(monkeypatch, is_cut=True) as begun, pytest.raises(PowerCutError):
            CliRunner().invoke(app, call)
        assert len(begun) == 1, line
        assert everything(folder) == before, f"{line}: something was kept"
        with counted(monkeypatch, is_cut=False) as begun:
            result = CliRunner().invoke(app, call)
        assert result.exit_code == 0, f"{line}: {result.output}"
        assert len(begun) == 1, f"{line} is not one transaction"
        assert everything(folder) != before, line
    with opened(folder, who="test") as lab:
        assert [str(finding) for finding in db.check(lab.database, lab.folder.vault)] == []


def writing_functions() -> dict[str, int]:
    """Every function of the product that begins a transaction, as `lab.making.new_sample`, and how often."""
    root = Path(str(nasicon_loop.__file__)).parent
    found: dict[str, int] = {}
    for path in root.rglob("*.py"):
        module = ".".join(path.relative_to(root).with_suffix("").parts)
        for outer in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(outer, ast.FunctionDef):
                n_times = sum(map(begins_a_transaction, ast.walk(outer)))
                if n_times:
                    found[f"{module}.{outer.name}"] = n_times
    return found


def begins_a_transaction(node: ast.AST) -> bool:
    """Whether this is `something.database.write(...)`."""
    function = node.func if isinstance(node, ast.Call) else None
    return (
        isinstance(function, ast.Attribute) and function.attr == "write" and "database" in ast.unparse(function.value)
    )


def in_section(title: str) -> set[str]:
    """The functions that a section of the page names."""
    text = PAGE.read_text(encoding="utf-8")
    section = re.split(r"^##", text.partition(title)[2], maxsplit=1, flags=re.MULTILINE)[0]
    return set(re.findall(r"`(lab\.\w+\.\w+)`", section))


def test_every_function_that_writes_has_its_class_on_the_page() -> None:
    killed = set(re.findall(r"^\| `(lab\.\w+\.\w+) commit` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    classes = [killed, in_section(ONE), in_section(VAULT), in_section(SEVERAL)]
    assert all(classes)
    named = set.union(*classes)
    assert sum(map(len, classes)) == len(named), "a function has one class"
    assert named == set(writing_functions())
