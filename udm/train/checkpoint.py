"""Checkpoints: folders of safetensors and JSON, whole or absent, never pickled.

A checkpoint is written beside its place, flushed to the disk, and renamed into it; its ``state.json`` holds the digest
of every other file. What a killed run leaves behind has another name and is swept away at the next save.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

FORMAT = "udm checkpoint 1"
Tensors = Mapping[str, Mapping[str, Tensor]]


class CheckpointError(Exception):
    """A checkpoint that cannot be written or is not whole; says which file, what was expected, and what to use."""


class Checkpoint(NamedTuple):
    """``tensors`` by file ("model", "optimizer", ...) and name; ``state`` whatever JSON holds."""

    tensors: dict[str, dict[str, Tensor]]
    state: dict[str, Any]


def save(folder: Path, step: int, tensors: Tensors, state: Mapping[str, Any], keep: int = 3) -> Path:
    """Write ``folder/<step>``, then drop all but the newest ``keep``.

    Raises:
        CheckpointError: the disk is full or refuses; what stood before still stands.
    """
    final, partial = folder / f"{step:08d}", folder / f".{step:08d}.partial"
    try:
        recover(folder)
        partial.mkdir(parents=True)
        for name, group in tensors.items():
            save_file({k: v.detach().cpu().contiguous() for k, v in group.items()}, partial / f"{name}.safetensors")
        digests = {f.name: _digest(f) for f in sorted(partial.iterdir())}
        document = {"format": FORMAT, "step": step, "files": digests, "state": dict(state)}
        (partial / "state.json").write_text(json.dumps(document, indent=1, allow_nan=False))
        _flush(partial)
        _place(partial, final)
    except (OSError, SafetensorError) as fault:
        shutil.rmtree(partial, ignore_errors=True)
        raise CheckpointError(_cannot_write(final, fault)) from fault
    for old in checkpoints(folder)[:-keep]:
        shutil.rmtree(old)
    return final


def load(path: Path) -> Checkpoint:
    """Read a checkpoint whole, every digest compared.

    Raises:
        CheckpointError: a file missing, torn or foreign, by its name, with the newest whole checkpoint before it.
    """
    document = _document(path)
    tensors: dict[str, dict[str, Tensor]] = {}
    for name, digest in document["files"].items():
        file = path / name
        got = _digest(file) if file.is_file() else "no such file"
        if got != digest:
            _torn(path, f"{name}: expected SHA-256 {digest[:12]}, got {got[:12]}")
        tensors[file.stem] = load_file(file)
    return Checkpoint(tensors, document["state"])


def checkpoints(folder: Path) -> list[Path]:
    """All that are in place, oldest first."""
    return sorted(p for p in folder.glob("[0-9]*") if p.is_dir()) if folder.is_dir() else []


def _document(path: Path) -> dict[str, Any]:
    file = path / "state.json"
    try:
        document: Any = json.loads(file.read_bytes())
    except FileNotFoundError:
        _torn(path, "state.json: no such file")
    except ValueError as fault:
        _torn(path, f"state.json: {fault}")
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        _torn(path, f'state.json: expected the format "{FORMAT}"; the folder is foreign or of another version')
    return document


def _torn(path: Path, why: str) -> Any:
    whole = [p for p in checkpoints(path.parent) if p.name < path.name and _whole(p)]
    offer = f"; the newest whole one before it is {whole[-1]}" if whole else "; there is no whole one before it"
    raise CheckpointError(f"{path}: not a whole checkpoint: {why}{offer}")


def _whole(path: Path) -> bool:
    try:
        files = json.loads((path / "state.json").read_bytes())["files"]
        return all(_digest(path / name) == digest for name, digest in files.items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _flush(folder: Path) -> None:
    """Files before their folder, so that a crash never leaves a name without its contents."""
    for path in (*folder.iterdir(), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _place(partial: Path, final: Path) -> None:
    if final.exists():  # a run that went back to an earlier checkpoint writes this one again
        aside = final.with_name(f".{final.name}.replaced")
        final.rename(aside)
        partial.rename(final)
        shutil.rmtree(aside)
    else:
        partial.rename(final)
    handle = os.open(final.parent, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def recover(folder: Path) -> None:
    """Clear away what a killed run left half done; a checkpoint that it was about to replace comes back."""
    for partial in folder.glob(".*.partial"):
        shutil.rmtree(partial)
    for aside in folder.glob(".*.replaced"):
        final = aside.with_name(aside.name[1:].removesuffix(".replaced"))
        if final.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(final)


def _cannot_write(final: Path, fault: Exception) -> str:
    full = (isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT)) or "No space" in str(fault)
    why = "the disk is full: free some space and run the same command again" if full else str(fault)
    before = checkpoints(final.parent)
    kept = f"; the last whole checkpoint, {before[-1]}, is untouched" if before else ""
    return f"{final}: could not write the checkpoint: {why}{kept}"
