"""Which command mends a finding of the database check, with the names of this lab filled in."""

import hashlib
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from nasicon_loop.lab.walking import walk

if TYPE_CHECKING:
    from db import Finding
    from nasicon_loop.lab.context import Lab
    from nasicon_loop.lab.folder import LabFolder

_HASH_BEGINS = re.compile(r"([0-9a-f]{12})…")


def newest_backup(folder: "LabFolder") -> Path | None:
    """Return the newest copy of the database that lies where the program puts them."""
    found = [*(folder.path / "backups").glob("*.db"), *folder.path.glob("lab.before-*.db")]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


class Originals:
    """Where the bytes of raw files may still lie outside the vault; looked for on the first question only."""

    def __init__(self, lab: "Lab") -> None:
        self.folder = lab.folder
        self._rules = lab.settings.watch

    @cached_property
    def _by_hash(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        try:
            for seen in walk(self.folder.inbox, self._rules.ignore, self._rules.max_depth):
                with seen.path.open("rb") as stream:
                    found.setdefault(hashlib.file_digest(stream, "sha256").hexdigest(), seen.path)
        except OSError:
            return found  # what can be read is enough to help
        return found

    def of(self, beginning: str) -> Path | None:
        """Return a file in the inbox whose SHA-256 begins so."""
        return next((path for sha256, path in self._by_hash.items() if sha256.startswith(beginning)), None)

    def in_vault(self, beginning: str) -> Path | None:
        """Return the file in the vault whose name begins so."""
        return next(self.folder.vault.glob(f"{beginning[:2]}/{beginning}*"), None)


def remedy_of(finding: "Finding", originals: Originals) -> str:
    """Return the command line that mends a finding; where a person has to bring something, what."""
    backup = newest_backup(originals.folder)
    begins = _HASH_BEGINS.search(finding.what)
    if finding.kind == "projection":
        return "nasicon db check --repair"
    if finding.kind.startswith("vault") and begins is not None:
        path = originals.of(begins[1])
        if path is None and finding.kind == "vault orphan":
            path = originals.in_vault(begins[1])
        if path is not None:
            return f"nasicon import '{path}'"
        return "find the original file (instrument PC, backup) and run `nasicon import` on it"
    return f"nasicon db restore '{backup}'" if backup else "nasicon db restore BACKUP"
