"""docs/files.md tells the truth: its examples run and its words are the words of the refusals."""

import re
from pathlib import Path

import pytest

import instruments

DOCS = Path(__file__).resolve().parents[2] / "docs" / "files.md"
SOURCES = Path(instruments.__file__).parent


def test_the_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, str(DOCS), "exec"), {"__name__": "example"})  # noqa: S102 - our own page


def words_of_refusals():
    table = DOCS.read_text("utf-8").split("## What is refused")[1].split("\n## ")[0]
    cells = [re.split(r"(?<!\\)\|", line)[2] for line in table.splitlines() if line.startswith("|")][2:]
    return [words for cell in cells for words in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize("words", words_of_refusals())
def test_the_words_of_a_refusal_are_in_the_code(words):
    code = "".join(path.read_text("utf-8") for path in SOURCES.rglob("*.py"))
    literal = re.sub(r"\"\s*\n?\s*f?\"", "", code).replace("{MIN_FREQUENCIES}", "5")
    assert words in literal
