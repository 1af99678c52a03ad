"""Files that are whole or absent, and what to do when the disk refuses."""

import errno
import os
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)


def write_whole(file: Path, text: str) -> None:
    """All or nothing, also after a power cut: written beside, flushed, renamed."""
    partial = file.with_name(f".{file.name}.partial")
    partial.write_text(text)
    flush(partial)
    partial.replace(file)
    flush(file.parent)


def flush(path: Path) -> None:
    """What the system holds of a file or folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def cannot_write(path: Path, fault: Exception) -> str:
    """Which file, why, and what to do."""
    full = getattr(fault, "errno", None) in FULL or "No space left" in str(fault) or "StorageFull" in str(fault)
    why = "the disk is full: free some space and run the same command again" if full else str(fault)
    return f"{path}: could not write: {why}"
