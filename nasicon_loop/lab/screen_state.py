"""What a long screening has done so far, in one small file of the lab folder, so that an interruption costs seconds."""

import dataclasses
import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasicon_loop.core import to_json

if TYPE_CHECKING:
    from nasicon_loop.campaign import Question, Screened

SCHEMA = 1
KEPT_FILES = 3
"""Newest screenings whose answers stay: asking the same again takes no work."""
MAX_STATE_BYTES = 200_000_000
_PREFIX = "screen-"


def screening_key(weights_sha256: str, question: "Question", n_items: int) -> str:
    """Return what tells one screening from another: the model's weights, all that is asked, how it is cut."""
    asked = {name: getattr(question, name) for name in (field.name for field in dataclasses.fields(question))}
    asked["excluded"] = sorted(question.excluded)
    asked["measured"], asked["windows_v"] = sorted(question.measured.items()), sorted(question.windows_v.items())
    asked["settings"] = {
        field.name: str(getattr(question.settings, field.name)) for field in dataclasses.fields(question.settings)
    }
    text = to_json([SCHEMA, weights_sha256, n_items, asked], indent=None)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class ScreenState:
    """One line of JSON per piece of work that is done. A damaged line, or another screening's file, counts as not."""

    def __init__(self, folder: Path, key: str) -> None:
        self.path = folder / f"{_PREFIX}{key[:16]}.jsonl"
        self.key = key

    def read(self) -> "dict[int, Screened]":
        """Return what is done, by place."""
        try:
            if self.path.stat().st_size > MAX_STATE_BYTES:
                return {}
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return {}
        done: dict[int, Screened] = {}
        for line in lines:
            try:
                document = json.loads(line)
                if document["key"] == self.key:
                    done[int(document["place"])] = _screened(document["screened"])
            except (ValueError, KeyError, TypeError):  # cut short by the interruption, or not ours
                continue
        return done

    def add(self, place: int, screened: "Screened") -> None:
        """Keep one piece; whole lines only, so that two screenings at once do no harm."""
        line = to_json({"key": self.key, "place": place, "screened": screened}, indent=None) + "\n"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            is_cut = False
            if os.lseek(handle, 0, os.SEEK_END) > 0:
                os.lseek(handle, -1, os.SEEK_END)
                is_cut = os.read(handle, 1) != b"\n"  # the interruption hit in the middle of a line
            os.write(handle, (b"\n" if is_cut else b"") + line.encode("utf-8"))
        finally:
            os.close(handle)

    def tidy(self) -> None:
        """Remove the oldest files beyond the newest few."""
        files = sorted(self.path.parent.glob(f"{_PREFIX}*.jsonl"), key=lambda file: (file.stat().st_mtime, file.name))
        for file in files[:-KEPT_FILES]:
            file.unlink(missing_ok=True)


def _screened(document: dict[str, Any]) -> "Screened":
    from nasicon_loop.campaign import Screened

    return Screened(int(document["n_candidates"]), tuple(_hit(one) for one in document["hits"]))


def _hit(document: dict[str, Any]) -> Any:
    from nasicon_loop.campaign import Hit

    listed = ("dopants", "amounts", "parts")
    values: dict[str, Any] = {name: tuple(value) if name in listed else value for name, value in document.items()}
    return Hit(**values)
