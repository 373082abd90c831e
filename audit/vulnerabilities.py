"""What pip-audit says about the pins. It ends with 0 when it could not look packages up: here that is a failure."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from audit.pins import normalised

TIMEOUT_S = 600
_SHOWN = 300
_MOST_LINES = 10


def look_up(pins: Mapping[str, str]) -> list[str]:
    """Ask pip-audit about exactly these versions; return problems, none when all were looked up and none is known."""
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "pinned.txt"
        lines = (f"{name}=={version.partition('+')[0]}\n" for name, version in pins.items())
        requirements.write_text("".join(lines), encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "-r", str(requirements), "--no-deps", "--disable-pip"]
        try:
            done = subprocess.run(
                [*command, "--format", "json", "--progress-spinner", "off"],
                check=False, capture_output=True, text=True, timeout=TIMEOUT_S,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return [f"NOT AUDITED: pip-audit gave no answer in {TIMEOUT_S} s; is there a network?"]
    return problems_in(pins, done.stdout, done.stderr)


def problems_in(pins: Mapping[str, str], output: str, errors: str = "") -> list[str]:
    """Return what is wrong by pip-audit's JSON: known vulnerabilities, and packages that it did not look up."""
    try:
        document: Any = json.loads(output)
        answers = {normalised(one["name"]): one for one in document["dependencies"]}
    except (ValueError, KeyError, TypeError):
        return [f"NOT AUDITED: pip-audit gave no answer; is there a network? It says: {_last(errors or output)}"]
    known, missed = [], []
    for name, version in pins.items():
        answer = answers.get(name, {"skip_reason": "pip-audit left it out"})
        if "skip_reason" in answer or "vulns" not in answer:
            missed.append(f"{name} {version} ({answer.get('skip_reason', 'no answer')})")
        else:
            known += [f"VULNERABLE: {name} {version}: {_words(vuln)}" for vuln in answer["vulns"]]
    return known + _missed(missed, len(pins))


def _missed(missed: Sequence[str], n_pins: int) -> list[str]:
    if len(missed) <= _MOST_LINES:
        return [f"NOT AUDITED: {one}" for one in missed]
    return [
        f"NOT AUDITED: {len(missed)} of {n_pins} packages could not be looked up, for example {missed[0][:_SHOWN]}:"
        " no network, or an index without advisories; run `make audit` where PyPI can be reached"
    ]


def _words(vuln: Mapping[str, Any]) -> str:
    fixes = ", ".join(vuln.get("fix_versions") or ()) or "no fixed version yet"
    return f"{vuln.get('id', 'no id')} (fixed in: {fixes})"


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:_SHOWN] if lines else "nothing"
