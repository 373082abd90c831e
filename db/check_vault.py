"""Holding the vault's files against their hashes."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from db.values import Finding
from nasicon_loop.core import plain

_HASH = re.compile(r"[0-9a-f]{64}")


def vault_findings(kept: Mapping[str, str], vault: Path) -> Iterator[Finding]:
    """Yield files whose bytes are missing from the vault or changed, and bytes in it that no record names.

    `kept` maps SHA-256 to the name under which the bytes came. The layout is `vault/<first two digits>/<sha256>`;
    other names (unfinished copies) are left alone.
    """
    for sha256, name in kept.items():
        path = vault / sha256[:2] / sha256
        named = f"{plain(name)} ({sha256[:12]}…)"
        try:
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            yield Finding("vault missing", f"the bytes of {named} are not in the vault", f"import {plain(name)} again")
            continue
        if found != sha256:
            yield Finding("vault changed", f"the bytes of {named} are not as imported", "put the original back")
    for path in sorted(vault.glob("??/*")) if vault.is_dir() else []:
        if _HASH.fullmatch(path.name) and path.name not in kept:
            yield Finding(
                "vault orphan", f"{path.name[:12]}… is in the vault, but no record names it", "import it again"
            )
