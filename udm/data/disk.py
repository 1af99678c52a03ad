"""Files that are whole or absent: written beside, flushed, renamed."""

import os
from pathlib import Path


def write_whole(file: Path, content: str | bytes) -> None:
    """All or nothing, also after a power cut; what was not finished is taken away.

    Raises:
        OSError: the disk refuses; what stood there before still stands.
    """
    content = content.encode() if isinstance(content, str) else content
    if file.exists() and not file.is_file():  # a pipe or a device has nothing to keep
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
    """What the system holds of a file or folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
