"""What pip-audit says about the pins. It ends with 0 when it could not look packages up: here that is a failure.

A mirror that serves packages without their advisories answers "no vulnerability" to everything, and pip-audit believes
it. So each service is also asked about a release whose holes have been known for years: one that calls it sound has
not looked anything up.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audit.pins import normalised

CONTROL = ("django", "3.2.4")
"""Has dozens of known holes, an SQL injection among them (CVE-2021-35042, mended in 3.2.5)."""
SERVICES = ("pypi", "osv")
OSV_URL = "https://api.osv.dev/v1/query"
TIMEOUT_S = 600
_SHOWN = 300
_MOST_LINES = 10


@dataclass(frozen=True)
class Answer:
    """What one service said: problems by package, the packages it rightly called sound, why it missed others."""

    known: dict[str, list[str]] = field(default_factory=dict)
    sound: frozenset[str] = frozenset()
    missed: dict[str, str] = field(default_factory=dict)


def look_up(pins: Mapping[str, str], services: Sequence[str] = SERVICES, osv_url: str = OSV_URL) -> list[str]:
    """Ask the services in turn about exactly these versions, each about what the ones before could not tell.

    Returns problems, none when all were looked up and none is known.
    """
    left, why, found = dict(pins), dict[str, list[str]](), list[str]()
    for service in services:
        if not left:
            break
        answer = ask(left, service, osv_url)
        found += [f"VULNERABLE: {line}" for lines in answer.known.values() for line in lines]
        for name, reason in answer.missed.items():
            why.setdefault(name, []).append(f"{service}: {reason}")
        left = {name: pins[name] for name in answer.missed}
    return found + _missed([f"{name} {version} ({'; '.join(why[name])})" for name, version in left.items()], len(pins))


def ask(pins: Mapping[str, str], service: str, osv_url: str = OSV_URL) -> Answer:
    """Ask one service, through pip-audit, about the pins and about the release that it must not call sound."""
    name, version = CONTROL
    if name in pins:
        raise ValueError(f"{name} is pinned: choose another control")
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "pinned.txt"
        wanted = {**pins, name: version}
        lines = (f"{one}=={number.partition('+')[0]}\n" for one, number in wanted.items())
        requirements.write_text("".join(lines), encoding="utf-8")
        command = [
            sys.executable, "-m", "pip_audit", "-r", str(requirements), "--no-deps", "--disable-pip",
            "--vulnerability-service", service, "--cache-dir", str(Path(folder) / "cache"),
            "--format", "json", "--progress-spinner", "off",
        ]  # fmt: skip
        if service == "osv":
            command += ["--osv-url", osv_url]
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return Answer(missed=dict.fromkeys(pins, f"no answer in {TIMEOUT_S} s; is there a network?"))
    return answer_in(pins, done.stdout, done.stderr)


def answer_in(pins: Mapping[str, str], output: str, errors: str = "") -> Answer:
    """Return what pip-audit's JSON says of the pins; nothing of it counts when the control was called sound."""
    try:
        document: Any = json.loads(output)
        answers = {normalised(one["name"]): one for one in document["dependencies"]}
    except (ValueError, KeyError, TypeError):
        return Answer(missed=dict.fromkeys(pins, f"no answer; is there a network? pip-audit says: {_last(errors)}"))
    known, missed = dict[str, list[str]](), dict[str, str]()
    is_blind = not answers.get(CONTROL[0], {}).get("vulns")
    for name, version in pins.items():
        answer = answers.get(name, {"skip_reason": "pip-audit left it out"})
        if answer.get("vulns"):
            known[name] = [f"{name} {version}: {_words(vuln)}" for vuln in answer["vulns"]]
        elif "skip_reason" in answer or "vulns" not in answer:
            missed[name] = str(answer.get("skip_reason", "no answer"))[:_SHOWN]
        elif is_blind:
            missed[name] = f"knows no vulnerabilities, not even of {' '.join(CONTROL)}"
    return Answer(known, frozenset(pins.keys() - known.keys() - missed.keys()), missed)


def _missed(missed: Sequence[str], n_pins: int) -> list[str]:
    if len(missed) <= _MOST_LINES:
        return [f"NOT AUDITED: {one}" for one in missed]
    return [
        f"NOT AUDITED: {len(missed)} of {n_pins} packages could not be looked up, for example {missed[0]}:"
        " no network, or an index without advisories; run `make audit` where PyPI or OSV can be reached"
    ]


def _words(vuln: Mapping[str, Any]) -> str:
    fixes = ", ".join(vuln.get("fix_versions") or ()) or "no fixed version yet"
    return f"{vuln.get('id', 'no id')} (fixed in: {fixes})"


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:_SHOWN] if lines else "nothing"
