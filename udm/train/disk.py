"""Messages for a disk that refuses to write."""

import errno
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)


def cannot_write(path: Path, fault: Exception) -> str:
    """Return which file could not be written, why, and what to do."""
    full = getattr(fault, "errno", None) in FULL or "No space left" in str(fault) or "StorageFull" in str(fault)
    why = "the disk is full: free some space and run the same command again" if full else str(fault)
    return f"{path}: could not write: {why}"
