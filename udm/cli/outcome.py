"""How a command on a model ends: with what it found, whole or so far, a status, and a document of both with --json."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from typing import Any, TypeAlias

import torch

from udm.cli.console import fail, print_json, terminable
from udm.cli.progress import Stopped
from udm.cli.status import BROKEN, SIGNALLED, USAGE
from udm.cli.worded import in_options
from udm.ranks import joined, place
from udm.train import CheckpointError, Interrupted, NonFinite, Unfit

Document: TypeAlias = dict[str, Any]
_UNFIT = (Unfit, ValueError, NotImplementedError)
_BROKEN = (CheckpointError, NonFinite, FloatingPointError, OSError, MemoryError, RuntimeError)


def concluded(
    work: Callable[[Document], int],
    page: Callable[[Document], None],
    whole: str,
    *,
    as_json: bool,
    kept: Callable[[], str] = lambda: "",
) -> int:
    """Do the work, print what it found, and return the exit status; of several ranks the first one prints.

    ``page`` prints a document that has the entry ``whole``, on whatever else was found before a fault. ``kept`` says
    what is kept after a signal.
    """
    began, found, failed, after = perf_counter(), Document(), None, ""
    with joined():
        rank = place()[0]
        first = rank == 0
        try:
            with terminable():
                status = work(found)
        except (*_UNFIT, *_BROKEN, Interrupted, KeyboardInterrupt) as fault:
            status, failed = _status(fault), _words(fault)
            after = f"; {kept()}" if isinstance(fault, KeyboardInterrupt) and kept() else ""
    found |= {"seconds": perf_counter() - began}
    if failed is None:
        _print(found, page, whole, as_json=first and as_json, as_page=first)
        return status
    fail(("" if first else f"rank {rank}: ") + failed + after)  # before the document, which may not be printable
    try:
        _print(found | {"failed": failed, "status": status}, page, whole, as_json=first and as_json, as_page=first)
    except BrokenPipeError:
        raise
    except OSError:
        with suppress(OSError, ValueError):  # what is left would be written again at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


def _print(found: Document, page: Callable[[Document], None], whole: str, *, as_json: bool, as_page: bool) -> None:
    if as_json:
        print_json(found)
    elif as_page and whole in found:
        page(found)


def _status(fault: BaseException) -> int:
    if isinstance(fault, Interrupted | Stopped):
        return SIGNALLED + fault.number
    if isinstance(fault, KeyboardInterrupt):
        return SIGNALLED + Stopped.of(fault).number
    if isinstance(fault, RuntimeError) and not isinstance(fault, NotImplementedError) and not _memory(fault):
        raise fault  # a fault of this program, which is not to be hidden
    return USAGE if isinstance(fault, _UNFIT) else BROKEN


def _words(fault: BaseException) -> str:
    if isinstance(fault, KeyboardInterrupt):
        return Stopped.of(fault).word
    if _memory(fault):
        return f"expected more memory: {str(fault).splitlines()[0]}"
    return in_options(str(fault)) if isinstance(fault, ValueError) else str(fault)


def _memory(fault: BaseException) -> bool:
    short = isinstance(fault, torch.OutOfMemoryError | MemoryError)
    return short or (isinstance(fault, RuntimeError) and "allocate memory" in str(fault))
