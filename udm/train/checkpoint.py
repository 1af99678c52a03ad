"""Checkpoints: folders of safetensors and JSON that are complete or absent, and never pickled.

A checkpoint is written under another name, flushed to the disk, and renamed. Its ``state.json`` holds the digest of
every other file and of itself. What a killed run leaves behind has another name, and is deleted at the next save.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from udm.data.disk import flush
from udm.train.disk import cannot_write

FORMAT = "udm checkpoint 1"
Tensors = Mapping[str, Mapping[str, Tensor]]


class CheckpointError(Exception):
    """A checkpoint cannot be written or is not whole; the message gives the file, what was expected and what to use."""


class Unfit(CheckpointError):
    """There is no checkpoint, or it is of another network or schedule than is given: something else has to be given."""


class Checkpoint(NamedTuple):
    """``tensors`` by file ("model", "optimizer", ...) and name, and ``state``, anything that JSON can hold."""

    tensors: dict[str, dict[str, Tensor]]
    state: dict[str, Any]


def save(folder: Path, step: int, tensors: Tensors, state: Mapping[str, Any], keep: int = 3) -> Path:
    """Write ``folder/<step>``, then delete all earlier checkpoints except the newest ``keep`` - 1.

    Raises:
        CheckpointError: if the disk is full or refuses; earlier checkpoints are then unchanged.
    """
    final, partial = folder / f"{step:08d}", folder / f".{step:08d}.partial"
    try:
        recover(folder)
        partial.mkdir(parents=True)
        for name, group in tensors.items():
            save_file({k: apart(v) for k, v in group.items()}, partial / f"{name}.safetensors")
        files = {f.name: _digest(f) for f in sorted(partial.iterdir())}
        (partial / "state.json").write_text(json.dumps(_sealed(step, files, state), indent=1, allow_nan=False))
        for path in (*partial.iterdir(), partial):  # files before their folder, so that no name lacks its content
            flush(path)
        _place(partial, final)
    except (OSError, SafetensorError) as fault:
        _clear(folder, partial)
        raise CheckpointError(cannot_write(final, fault) + _kept(folder)) from fault
    _drop([p for p in checkpoints(folder) if p.name < final.name], keep - 1)
    return final


def load(path: Path, *, resuming: bool = False) -> Checkpoint:
    """Read a whole checkpoint and compare every digest; ``resuming`` chooses the advice in an error message.

    Raises:
        CheckpointError: if a file is missing, torn or foreign; the message names it, and the newest whole checkpoint
            before this one.
    """
    try:
        return _read(path)
    except _Torn as torn:
        inside = [*checkpoints(path), *checkpoints(path / "checkpoints")]
        if inside and not (path / "state.json").exists():
            raise CheckpointError(
                f"{path}: expected one checkpoint, got a folder of them: choose one, as {inside[-1]}"
            ) from None
        raise CheckpointError(f"{path}: not a whole checkpoint: {torn}{_before(path, resuming)}") from None


def checkpoints(folder: Path) -> list[Path]:
    """Return all checkpoints in a folder, oldest first."""
    return sorted(p for p in folder.glob("[0-9]*") if p.is_dir()) if folder.is_dir() else []


def set_aside(path: Path) -> None:
    """Rename a checkpoint to ``aside-<step>``, in place of an earlier one, when a run goes back before it."""
    aside = path.with_name(f"aside-{path.name}")
    shutil.rmtree(aside, ignore_errors=True)
    path.rename(aside)


def recover(folder: Path) -> None:
    """Delete what a killed run left unfinished, and restore a checkpoint that it was about to replace."""
    for aside in folder.glob(".*.replaced"):
        final = aside.with_name(aside.name[1:].removesuffix(".replaced"))
        if not final.exists():
            aside.rename(final)
    for kind in ("partial", "replaced", "dropped"):
        for left in folder.glob(f".*.{kind}"):
            shutil.rmtree(left)


class _Torn(Exception):
    """A checkpoint is not whole: the file, what was expected, and what is there."""


def _sealed(step: int, files: Mapping[str, str], state: Mapping[str, Any]) -> dict[str, Any]:
    document = {"format": FORMAT, "step": step, "files": dict(files), "state": dict(state)}
    return document | {"sha256": _seal(document)}


def _seal(document: Mapping[str, Any]) -> str:
    rest = {k: v for k, v in document.items() if k != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> Checkpoint:
    document = _document(path)
    return Checkpoint({Path(n).stem: _tensors(path, n, d) for n, d in document["files"].items()}, document["state"])


def _document(path: Path) -> dict[str, Any]:
    try:
        document: Any = json.loads((path / "state.json").read_bytes())
    except FileNotFoundError:
        raise _Torn("state.json: expected a file, got none") from None
    except (OSError, ValueError, RecursionError) as fault:
        raise _Torn(f"state.json: expected JSON: {fault}") from None
    got = document.get("format") if isinstance(document, dict) else type(document).__name__
    if got != FORMAT:
        raise _Torn(f'state.json: expected the format "{FORMAT}", got {got!r}: foreign, or of another version of udm')
    if document.get("sha256") != (seal := _seal(document)):
        raise _Torn(f"state.json: expected SHA-256 {str(document.get('sha256'))[:12]}, got {seal[:12]}")
    return document


def _tensors(path: Path, name: str, digest: str) -> dict[str, Tensor]:
    file = path / name
    if Path(name).name != name or file.suffix != ".safetensors":
        raise _Torn(f"{name}: expected only safetensors beside state.json")
    got = _digest(file) if file.is_file() else "no such file"
    if got != digest:
        raise _Torn(f"{name}: expected SHA-256 {digest[:12]}, got {got[:12]}")
    try:
        return load_file(file)
    except (SafetensorError, OSError, ValueError) as fault:
        raise _Torn(f"{name}: expected safetensors: {fault}") from None


def _before(path: Path, resuming: bool) -> str:
    others = [p for p in reversed(checkpoints(path.parent)) if p.name != path.name]
    whole = next((p for p in others if p.name < path.name and _whole(p)), None)
    if whole is not None:
        use = "resume from it (--resume-from)" if resuming else "give that checkpoint instead of the run"
        return f"; the newest whole one before it is {whole}: {use}"
    later = next((p for p in others if _whole(p)), None)
    use = "from which the run goes on without --resume-from" if resuming else "which can be given instead"
    instead = "" if later is None else f"; the newest whole one is {later}, {use}"
    return f"; there is no whole one before it{instead}"


def _whole(path: Path) -> bool:
    try:
        _read(path)
    except (_Torn, OSError):
        return False
    return True


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def apart(v: Tensor) -> Tensor:
    """Copy to the CPU, because safetensors refuses tensors that share memory, as tied weights do."""
    return v.detach().to("cpu", copy=True).contiguous()


def _place(partial: Path, final: Path) -> None:
    aside = final.with_name(f".{final.name}.replaced")
    if final.exists():  # a run that went back to an earlier checkpoint writes this one again
        final.rename(aside)
    partial.rename(final)
    flush(final.parent)
    shutil.rmtree(aside, ignore_errors=True)


def _drop(old: list[Path], keep: int) -> None:
    """Delete old checkpoints, renaming each first, so that a kill leaves none in place that is torn."""
    for path in old[: max(0, len(old) - keep)]:
        with suppress(OSError):  # the new one stands; the next save tries again
            aside = path.rename(path.with_name(f".{path.name}.dropped"))
            shutil.rmtree(aside)


def _clear(folder: Path, partial: Path) -> None:
    with suppress(OSError):
        shutil.rmtree(partial, ignore_errors=True)
        recover(folder)


def _kept(folder: Path) -> str:
    before = checkpoints(folder)
    return f"; the last whole checkpoint is {before[-1]}" if before else ""
