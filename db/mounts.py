"""Whether a folder lies on a network share, where SQLite's write-ahead log does not work."""

import re
from pathlib import Path

from nasicon_loop.core import Refusal

NETWORK_TYPES = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "fuse.sshfs", "afs", "ncpfs", "davfs"}
)
_MOUNTS = Path("/proc/mounts")


def file_system_type(folder: Path, mounts: Path = _MOUNTS) -> str | None:
    """Return the type of file system that `folder` is on, or None where the machine does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    place = folder.resolve()
    best: tuple[int, str] | None = None
    for line in lines:
        parts = line.split()
        if len(parts) < 3:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), parts[1]))
        # of mounts on the same point the last one is seen, hence >=
        if place.is_relative_to(point) and (best is None or len(point.parts) >= best[0]):
            best = (len(point.parts), parts[2])
    return None if best is None else best[1]


def refuse_network(path: Path, mounts: Path = _MOUNTS) -> None:
    """Raise Refusal when the database file `path` lies, or would lie, on a network file system."""
    kind = file_system_type(path.parent, mounts)
    if kind in NETWORK_TYPES:
        raise Refusal(
            f"the folder is on a network file system ({kind}), where SQLite can lose data; "
            "keep the lab folder on a local disk, or give a PostgreSQL URL in lab.toml",
            path,
        )
