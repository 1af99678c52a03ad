"""What to do when the disk refuses."""

import errno
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)


def cannot_write(path: Path, fault: Exception) -> str:
    """Which file, why, and what to do."""
    full = getattr(fault, "errno", None) in FULL or "No space left" in str(fault) or "StorageFull" in str(fault)
    why = "the disk is full: free some space and run the same command again" if full else str(fault)
    return f"{path}: could not write: {why}"
