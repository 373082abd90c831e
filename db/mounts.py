"""Whether a folder lies on a network share, where SQLite's write-ahead log does not work."""

import re
import sys
from pathlib import Path, PurePath

from nasicon_loop.core import Refusal

NETWORK_TYPES = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse.ceph", "fuse.curlftpfs", "fuse.davfs2",
        "fuse.gcsfuse", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.smbnetfs", "fuse.sshfs",
        "fuse.vmhgfs-fuse", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs3", "nfs4", "ocfs2", "prl_fs", "smb",
        "share", "smb2", "smb3", "smbfs", "vboxsf",
    }
)  # fmt: skip
"""By their names in /proc/mounts; shared folders of virtual machines too, since another machine writes there."""
_MOUNTS = Path("/proc/mounts")
_DRIVE_REMOTE = 4
"""What Windows' GetDriveTypeW answers for a share with a letter."""


def file_system_type(folder: Path, mounts: Path = _MOUNTS) -> str | None:
    """Return the type of file system that `folder` is on, or None where the machine does not tell."""
    if sys.platform == "win32":
        return "share" if is_windows_share(folder.resolve()) else None
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


def is_windows_share(folder: PurePath) -> bool:
    """Tell whether a path of Windows leads to another machine: `\\\\server\\share`, or a letter that stands for one."""
    drive = folder.drive.upper()
    is_device = drive.startswith(("\\\\?\\", "\\\\.\\")) and not drive.startswith("\\\\?\\UNC")
    if drive.startswith("\\\\") and not is_device:
        return True
    return _drive_type(folder.anchor) == _DRIVE_REMOTE


if sys.platform == "win32":

    def _drive_type(anchor: str) -> int:
        from ctypes import windll

        return int(windll.kernel32.GetDriveTypeW(anchor))

else:

    def _drive_type(_anchor: str) -> int:
        return 0


def refuse_network(path: Path, mounts: Path = _MOUNTS) -> None:
    """Raise Refusal when the database file `path` lies, or would lie, on a network file system; links are followed."""
    kind = file_system_type(path.resolve().parent, mounts)
    if kind in NETWORK_TYPES:
        raise Refusal(
            f"the folder is on a network file system ({kind}), where SQLite can lose data; "
            "keep the lab folder on a local disk, or give a PostgreSQL URL in lab.toml",
            path,
        )
