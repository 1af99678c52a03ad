"""Atomic writes: a file is written under another name, flushed to the disk, and renamed."""

import os
from pathlib import Path


def write_whole(file: Path, content: str | bytes) -> None:
    """Write a file completely or not at all, even if the power fails; an unfinished write leaves nothing behind.

    Raises:
        OSError: if the disk refuses; a file that was there before is unchanged.
    """
    content = content.encode() if isinstance(content, str) else content
    if file.exists() and not file.is_file():  # a pipe or a device has no content to keep
        file.write_bytes(content)
        return
    partial = file.with_name(f".{file.name}.partial")
    try:
        partial.write_bytes(content)
        flush(partial)
        partial.replace(file)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    flush(file.parent)


def flush(path: Path) -> None:
    """Flush what the system has cached of a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
