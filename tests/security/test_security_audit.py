"""`make audit`: what was not looked up is not clean, and no GPL hides in a licence field."""

import json
from pathlib import Path

import pytest

from audit.licences import kind_of, licence_of, licences
from audit.pins import read_pins, unpinned
from audit.vulnerabilities import problems_in

ROOT = Path(__file__).resolve().parents[2]
PINS = {"numpy": "2.3.1", "typing-extensions": "4.16.0"}


def answer(*dependencies: dict[str, object]) -> str:
    return json.dumps({"dependencies": list(dependencies), "fixes": []})


def test_pins_are_read_and_a_line_without_one_is_an_error() -> None:
    text = "# what CI ran\nnumpy==2.3.1\nTyping_Extensions == 4.16.0 # x\n\ntorch==2.13.0+cpu ; python_version>'3'\n"
    assert read_pins(text) == {**PINS, "torch": "2.13.0+cpu"}
    for line in ("numpy>=2", "numpy", "-r other.txt", "numpy @ https://example.org/x.whl"):
        with pytest.raises(ValueError, match="pins no version"):
            read_pins(line)


def test_all_looked_up_and_clean_is_clean() -> None:
    clean = answer(
        {"name": "numpy", "version": "2.3.1", "vulns": []},
        {"name": "typing_extensions", "version": "4.16.0", "vulns": []},
    )
    assert problems_in(PINS, clean) == []


def test_a_known_vulnerability_is_told_with_what_mends_it() -> None:
    vulns = [{"id": "PYSEC-1", "fix_versions": ["2.3.2"]}, {"id": "GHSA-2", "fix_versions": []}]
    found = problems_in(PINS, answer({"name": "numpy", "vulns": vulns}, {"name": "typing-extensions", "vulns": []}))
    assert found == [
        "VULNERABLE: numpy 2.3.1: PYSEC-1 (fixed in: 2.3.2)",
        "VULNERABLE: numpy 2.3.1: GHSA-2 (fixed in: no fixed version yet)",
    ]


def test_what_was_skipped_or_left_out_is_not_clean() -> None:
    """pip-audit ends with 0 on exactly this answer."""
    skipped = answer({"name": "numpy", "skip_reason": "Dependency not found on PyPI"})
    assert problems_in(PINS, skipped) == [
        "NOT AUDITED: numpy 2.3.1 (Dependency not found on PyPI)",
        "NOT AUDITED: typing-extensions 4.16.0 (pip-audit left it out)",
    ]
    many = {f"p{k}": "1" for k in range(40)}
    (line,) = problems_in(many, answer(*({"name": name, "skip_reason": "offline"} for name in many)))
    assert "40 of 40 packages could not be looked up" in line


@pytest.mark.parametrize("output", ["", "not json", "[]", "null", '{"dependencies": 5}', '{"dependencies": [{}]}'])
def test_no_answer_is_not_clean(output: str) -> None:
    (line,) = problems_in(PINS, output, "Traceback\nrequests.ConnectionError: no route to host\n")
    assert line.startswith("NOT AUDITED: pip-audit gave no answer")
    assert "no route to host" in line


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
    assert [one for one in licences(list(pins)) if one.kind == "GPL"] == []
    assert len(pins) > 100
