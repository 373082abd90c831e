"""Holding the vault's files against their hashes."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from db.values import Finding, RawFile
from nasicon_loop.core import plain

_HASH = re.compile(r"[0-9a-f]{64}")


def vault_findings(files: Sequence[RawFile], vault: Path) -> Iterator[Finding]:
    """Yield files whose bytes are missing from the vault or changed, and bytes in it that no record names.

    The layout is `vault/<first two digits>/<sha256>`; other names (unfinished copies) are left alone.
    """
    known = {file.sha256 for file in files}
    for file in files:
        path = vault / file.sha256[:2] / file.sha256
        named = f"{plain(file.name)} ({file.sha256[:12]}…)"
        try:
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            yield Finding(
                "vault missing", f"the bytes of {named} are not in the vault", f"import {plain(file.name)} again"
            )
            continue
        if found != file.sha256:
            yield Finding("vault changed", f"the bytes of {named} are not as imported", "put the original back")
    for path in sorted(vault.glob("??/*")) if vault.is_dir() else []:
        if _HASH.fullmatch(path.name) and path.name not in known:
            yield Finding(
                "vault orphan", f"{path.name[:12]}… is in the vault, but no record names it", "import it again"
            )
