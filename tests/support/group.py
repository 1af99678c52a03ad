"""Ranks of torch.distributed as processes of this machine, forked from a server that has imported torch once."""

import faulthandler
import multiprocessing
import os
import socket
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE = 600  # seconds that ranks may take, who wait for ever for one that has ended
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.support.tiny", "sklearn.datasets", "tensorboardX", "udm.likelihood.invariance"])


def together(ranks: int, work: Callable[..., None], *args: Any, folder: Path) -> list[str]:
    """Run ``work(*args)`` on each of some ranks, with the environment of torchrun; return what each of them prints."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    out = [folder / f"rank-{rank}-of-{ranks}.txt" for rank in range(ranks)]
    processes = [
        CONTEXT.Process(target=_rank, args=(rank, ranks, port, out[rank], work, args)) for rank in range(ranks)
    ]
    for process in processes:
        process.start()
    end = time.monotonic() + PATIENCE
    for process in processes:
        process.join(max(0.0, end - time.monotonic()))
    ends = [process.exitcode for process in processes]
    for process in processes:
        process.kill()
    printed = [file.read_text() if file.exists() else "" for file in out]
    assert ends == [0] * ranks, f"{ends}\n" + "\n".join(printed)[-6000:]
    return printed


def _rank(rank: int, ranks: int, port: int, out: Path, work: Callable[..., None], args: tuple[Any, ...]) -> None:
    import torch
    import torch.distributed

    torch.set_num_threads(1)
    places = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": ranks, "LOCAL_WORLD_SIZE": ranks, "MASTER_PORT": port}
    os.environ |= {name: str(value) for name, value in places.items()} | {"MASTER_ADDR": "localhost"}
    with out.open("w") as stream:
        faulthandler.dump_traceback_later(PATIENCE / 2, file=stream)  # where it waits
        sys.stdout = sys.stderr = stream
        try:
            work(*args)
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            faulthandler.cancel_dump_traceback_later()
            if torch.distributed.is_initialized():
                torch.distributed.destroy_process_group()
