"""`make audit`: what was not looked up is not clean, and no GPL hides in a licence field."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from audit import vulnerabilities
from audit.licences import kind_of, licence_of, licences
from audit.pins import read_pins, unpinned
from audit.vulnerabilities import CONTROL, Answer, answer_in, look_up

ROOT = Path(__file__).resolve().parents[2]
PINS = {"numpy": "2.3.1", "typing-extensions": "4.16.0"}
SEEN = {"name": "django", "version": "3.2.4", "vulns": [{"id": "PYSEC-2021-439", "fix_versions": ["3.2.5"]}]}


def answer(*dependencies: dict[str, object]) -> str:
    return json.dumps({"dependencies": list(dependencies), "fixes": []})


def test_pins_are_read_and_a_line_without_one_is_an_error() -> None:
    text = "# what CI ran\nnumpy==2.3.1\nTyping_Extensions == 4.16.0 # x\n\ntorch==2.13.0+cpu ; python_version>'3'\n"
    assert read_pins(text) == {**PINS, "torch": "2.13.0+cpu"}
    for line in ("numpy>=2", "numpy", "-r other.txt", "numpy @ https://example.org/x.whl"):
        with pytest.raises(ValueError, match="pins no version"):
            read_pins(line)


def test_what_pip_audit_skipped_or_left_out_is_not_clean() -> None:
    """It ends with 0 on exactly this answer."""
    skipped = answer({"name": "numpy", "skip_reason": "Dependency not found on PyPI"}, SEEN)
    assert answer_in(PINS, skipped).missed == {
        "numpy": "Dependency not found on PyPI",
        "typing-extensions": "pip-audit left it out",
    }


@pytest.mark.parametrize("output", ["", "not json", "[]", "null", '{"dependencies": 5}', '{"dependencies": [{}]}'])
def test_no_answer_is_not_clean(output: str) -> None:
    said = answer_in(PINS, output, "Traceback\nrequests.ConnectionError: no route to host\n")
    assert said.sound == frozenset()
    assert all("no route to host" in reason for reason in said.missed.values())


Known = dict[tuple[str, str], str]


@pytest.fixture
def osv() -> Iterator[Callable[..., str]]:
    """A function that starts a service which speaks OSV's protocol (POST /v1/query) on this machine; gives its URL."""
    running: list[ThreadingHTTPServer] = []

    def started(known: Known, *, status: int = 200, body: bytes | None = None) -> str:
        class Service(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert asked["package"]["ecosystem"] == "PyPI"
                name, version = asked["package"]["name"], asked["version"]
                vulns = [_vulnerability(name, fixed) for one, fixed in known.items() if one == (name, version)]
                said = json.dumps({"vulns": vulns} if vulns else {}).encode() if body is None else body
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
        running.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/v1/query"

    yield started
    for server in running:
        server.shutdown()
        server.server_close()


def _vulnerability(name: str, fixed: str) -> dict[str, object]:
    events = [{"introduced": "0"}, {"fixed": fixed}]
    affected = {"package": {"name": name, "ecosystem": "PyPI"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return {"schema_version": "1.6.0", "id": f"PYSEC-{name}", "summary": "a hole", "affected": [affected]}


CONTROL_IS_KNOWN: Known = {CONTROL: "3.2.5"}


def test_all_looked_up_and_clean_is_clean(osv: Callable[..., str]) -> None:
    pytest.importorskip("pip_audit", reason="the extra `audit` is not installed")
    assert look_up(PINS, ["osv"], osv(CONTROL_IS_KNOWN)) == []


def test_a_known_vulnerability_is_told_with_what_mends_it(osv: Callable[..., str]) -> None:
    pytest.importorskip("pip_audit", reason="the extra `audit` is not installed")
    url = osv({**CONTROL_IS_KNOWN, ("numpy", "2.3.1"): "2.3.2"})
    assert look_up(PINS, ["osv"], url) == ["VULNERABLE: numpy 2.3.1: PYSEC-numpy (fixed in: 2.3.2)"]


def test_a_service_that_knows_nothing_at_all_is_not_believed(osv: Callable[..., str]) -> None:
    """A mirror without advisories: pip-audit ends with 0 and says "No known vulnerabilities found"."""
    pytest.importorskip("pip_audit", reason="the extra `audit` is not installed")
    found = look_up(PINS, ["osv"], osv({}))
    assert [line.partition(" (")[0] for line in found] == [
        "NOT AUDITED: numpy 2.3.1",
        "NOT AUDITED: typing-extensions 4.16.0",
    ]
    assert "knows no vulnerabilities, not even of django 3.2.4" in found[0]


@pytest.mark.parametrize(("status", "body"), [(500, b"{}"), (404, b"not here"), (200, b"<html>sign in</html>")])
def test_a_service_that_is_out_of_order_is_not_clean(osv: Callable[..., str], status: int, body: bytes) -> None:
    pytest.importorskip("pip_audit", reason="the extra `audit` is not installed")
    found = look_up(PINS, ["osv"], osv({}, status=status, body=body))
    assert len(found) == 2
    assert all(line.startswith("NOT AUDITED: ") for line in found)


def test_nobody_there_is_not_clean_and_the_next_service_is_asked(
    osv: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pip_audit", reason="the extra `audit` is not installed")
    found = look_up({f"p{k}": "1" for k in range(40)}, ["osv"], "http://127.0.0.1:9/v1/query")
    assert len(found) == 1
    assert "40 of 40 packages could not be looked up" in found[0]
    url, asked = osv(CONTROL_IS_KNOWN), list[tuple[str, int]]()

    def ask(pins: Mapping[str, str], service: str, _url: str) -> Answer:
        asked.append((service, len(pins)))
        missed = {"numpy": "Dependency not found on PyPI"} if service == "pypi" else {}
        return Answer({}, frozenset(pins.keys() - missed.keys()), missed)

    monkeypatch.setattr(vulnerabilities, "ask", ask)
    assert look_up(PINS, osv_url=url) == []
    assert asked == [("pypi", 2), ("osv", 1)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("MIT", "permissive"), ("BSD-3-Clause AND PSF-2.0", "permissive"), ("Apache Software License", "permissive"),
        ("GPL-3.0-or-later", "GPL"), ("AGPL-3.0", "GPL"), ("MIT AND GPL-2.0-only", "GPL"), ("GPLv3", "GPL"),
        ("GNU General Public License v3 or later (GPLv3+)", "GPL"),
        ("GNU Affero General Public License v3", "GPL"),
        ("MIT OR GPL-2.0-only", "permissive"), ("GPL-2.0-only OR Custom", "unknown"),
        ("LGPL-3.0-or-later", "weak copyleft"), ("GNU Lesser General Public License v3 (LGPLv3)", "weak copyleft"),
        ("GNU Lesser General Public License v3 (LGPLv3); GNU General Public License v2 (GPLv2)", "GPL"),
        ("Mozilla Public License 2.0 (MPL 2.0)", "weak copyleft"), ("MPL-2.0 AND MIT", "weak copyleft"),
        ("BSD-3-Clause AND GPL-3.0-only WITH GCC-exception-3.1", "permissive"),
        ("", "unknown"), ("see file", "unknown"), ("Proprietary", "unknown"),
    ],
)  # fmt: skip
def test_what_a_licence_means(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_the_expression_goes_before_classifiers_and_they_before_the_free_field() -> None:
    fields = {
        "License-Expression": ["MIT"],
        "Classifier": ["License :: OSI Approved :: GNU General Public License (GPL)", "Topic :: x"],
        "License": ["Apache-2.0\nlong text"],
    }
    assert licence_of("a", fields).text == "MIT"
    assert licence_of("a", fields | {"License-Expression": []}).kind == "GPL"
    only = {"License": fields["License"], "Classifier": ["License :: OSI Approved"]}
    assert (licence_of("a", only).text, licence_of("a", only).kind) == ("Apache-2.0", "permissive")
    assert licence_of("a", {}).kind == "unknown"


def test_what_is_installed_without_a_pin_or_in_another_version_is_told() -> None:
    found = unpinned(PINS, {"numpy": "2.3.1+local", "typing-extensions": "4.0", "other": "1", "pip": "24"})
    assert len(found) == 2
    assert "other 1" in found[0]
    assert "constraints.txt says 4.16.0" in found[1]


def test_none_of_the_pinned_packages_is_gpl() -> None:
    """One that is not installed here (an extra) is unknown, as `make audit` would tell; none may be known as GPL."""
    pins = read_pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    assert [one for one in licences(pins) if one.kind == "GPL"] == []
    assert len(pins) > 100


def test_what_lives_elsewhere_is_known_in_the_pinned_version_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("audit.licences.metadata", missing)
    pins = read_pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    (known,) = licences({"optimade": pins["optimade"]})
    assert (known.kind, known.text) == ("permissive", "MIT")
    assert licences({"optimade": "0.0.1"})[0].kind == "unknown"
