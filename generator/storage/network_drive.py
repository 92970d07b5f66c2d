"""Whether a file lies on another computer: there the locks of SQLite do not hold, and others may see it."""

from __future__ import annotations

import sys
from pathlib import Path

_REMOTE = ("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "ncpfs", "ceph", "lustre", "glusterfs",
           "davfs", "fuse.sshfs", "fuse.davfs2", "fuse.rclone", "fuse.glusterfs", "fuse.smbnetfs",
           "fuse.gvfsd-fuse")  # fmt: skip


def remote(path: Path) -> bool:
    """Whether a file would lie on another computer; False where that cannot be told."""
    if sys.platform == "win32":  # pragma: no cover (Windows)
        import ctypes

        return path.drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == 4
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:  # pragma: no cover (systems without /proc)
        return False
    return filesystem(path, mounts) in _REMOTE


def filesystem(path: Path, mounts: str) -> str:
    """The type of the file system a path lies on, by a text such as /proc/mounts."""
    best, kind = Path("/"), ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        if path.is_relative_to(point) and len(point.parts) >= len(best.parts):
            best, kind = point, fields[2]
    return kind
