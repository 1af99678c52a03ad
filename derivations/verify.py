"""Verify claims: from the cache where nothing changed, else by all engines, on all cores.

Each certificate is kept as soon as it is made, so an interrupted run resumes where it stopped.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import active_children, get_context

from derivations import store
from derivations.catalogue import claims
from derivations.certificate import Certificate, certify
from derivations.claim import Claim
from derivations.digest import digest

log = logging.getLogger("udm")
FEW = 3  # below this many, starting workers costs more than it saves


def certify_by_name(name: str, salt: str = "") -> Certificate:
    """What a worker runs; a fault of an engine is a complaint of that claim, never the end of the run."""
    try:
        return certify(claims()[name], digest(name), salt)
    except Exception as fault:
        return Certificate("not_evaluated", complaints=[f"the engines broke: {type(fault).__name__}: {fault}"])


def verify(
    chosen: Sequence[Claim],
    use_cache: bool = True,
    salt: str = "",
    workers: int | None = None,
    done: Callable[[Claim], None] = lambda claim: None,
) -> dict[str, Certificate]:
    """Certificates by name, in the order of `chosen`. With a salt, seeds are fresh and nothing is cached."""
    found: dict[str, Certificate] = {}
    for claim in chosen if use_cache and not salt else ():
        if (kept := store.load(claim)) is not None:
            found[claim.name] = kept
            done(claim)
    missing = [c for c in chosen if c.name not in found]
    for claim, certificate in _fresh(missing, salt, workers or os.cpu_count() or 1):
        found[claim.name] = certificate
        if not salt:
            _keep(claim, certificate)
        done(claim)
    return {c.name: found[c.name] for c in chosen}


def _keep(claim: Claim, certificate: Certificate) -> None:
    """A cache that can't be written to costs a later run its time, and this run nothing."""
    try:
        store.save(claim, certificate)
    except OSError as fault:
        log.warning("udm: expected a folder to keep evidence in (set UDM_CACHE), got %s: %s", store.root(), fault)


@contextmanager
def _held() -> Iterator[None]:
    """An interrupt waits, and a worker made here never sees one: it inherits the mask, before it can load anything."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _fresh(missing: Sequence[Claim], salt: str, workers: int) -> Iterator[tuple[Claim, Certificate]]:
    if len(missing) <= FEW or workers == 1:
        for claim in missing:
            yield claim, certify_by_name(claim.name, salt)
        return
    before = set(threading.enumerate())
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        try:
            with _held():
                jobs = {pool.submit(certify_by_name, c.name, salt): c for c in missing}
            for job in as_completed(jobs):
                yield jobs[job], job.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in active_children():
                worker.terminate()  # what it was at is not finished, and nothing else is lost
            for thread in set(threading.enumerate()) - before:
                thread.join(timeout=5)  # the pool's own, which else meets a closed pipe at exit
            raise
