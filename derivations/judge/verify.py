"""Verification of claims by name: from kept evidence where nothing changed, otherwise by all engines, on all cores.

Each record is kept as soon as it is made, so an interrupted run resumes where it stopped. If nothing changed, no claim
is built and no engine is imported; what changed is left to workers, each module of claims to one of them.
"""

import gc
import json
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from typing import TYPE_CHECKING, Any, Protocol

from derivations.catalogue import claims, module_of
from derivations.judge import store
from derivations.judge.report import lasting
from derivations.judge.store import Record
from derivations.judge.texts import LOADED, Texts, texts_below, texts_loaded
from derivations.own import loaded
from derivations.own.loaded import claim_of

if TYPE_CHECKING:
    from derivations.judge.certificate import Certificate

log = logging.getLogger("udm")
LOOKS = 50_000  # objects made between two searches for reference cycles
FEW = 3  # below this many, starting workers costs more than it saves


class Named(Protocol):
    """A claim, or its line in the catalogue."""

    @property
    def name(self) -> str: ...


def verify(chosen: Sequence[Named], use_cache: bool = True, salt: str = "") -> "dict[str, Certificate]":
    """Return certificates by name, in the order of `chosen`. With a salt, seeds are fresh and nothing is kept."""
    from derivations.judge.certificate import Certificate

    records = evidence([c.name for c in chosen], use_cache, salt)
    return {name: Certificate.of_record(record["certificate"]) for name, record in records.items()}


def evidence(
    names: Sequence[str],
    use_cache: bool = True,
    salt: str = "",
    workers: int | None = None,
    done: Callable[[str], None] = lambda name: None,
) -> dict[str, Record]:
    """Return records by name, in the order of `names`."""
    records = store.kept(names) if use_cache and not salt else {}
    for name in records:
        done(name)
    for record in made([n for n in names if n not in records], salt, workers):
        records[record["name"]] = record
        done(record["name"])
    return {name: records[name] for name in names}


def made(names: Sequence[str], salt: str = "", workers: int | None = None) -> Iterator[Record]:
    """Yield new records of these claims, each as soon as it is made; keep them unless seeds are fresh."""
    for record in _made(names, salt, workers or os.cpu_count() or 1):
        if not salt:
            _keep(record)
        yield record


def certify(*claim: Any) -> "Certificate":
    """Certify by the engines, which are imported only when needed."""
    from derivations.judge.certificate import certify

    return certify(*claim)


def certify_by_name(name: str, salt: str = "") -> "Certificate":
    """Certify a claim; an engine's exception becomes a complaint about that claim and does not end the run.

    So does the fault of a claim that can't be built.
    """
    from derivations.judge.certificate import Certificate

    if fault := loaded.unbuilt(name):
        return Certificate("not_evaluated", complaints=fault.splitlines())
    try:
        return certify(claim_of(name), store.digest(name), salt)
    except Exception as fault:
        broke = f"{loaded.at(fault, name)}the engines broke: {type(fault).__name__}: {fault}"
        return Certificate("not_evaluated", complaints=[broke])


def judged(name: str, salt: str = "") -> Record:
    """Return the claim's record, as it will be read again from disk.

    A claim of one's own that can't even be shown, as if an experiment's prediction fails, is not green for that.
    """
    certificate = certify_by_name(name, salt)
    try:
        row = lasting(claim_of(name), certificate)
    except Exception as fault:
        if loaded.home(name) is None:
            raise
        certificate, row = _unshown(name, f"{loaded.at(fault, name)}{type(fault).__name__}: {fault}")
    record = Record(
        name=name,
        made_from=_texts(below(name)),
        judged_by=LOADED.judges,
        libraries=store.versions(),
        certificate=certificate.record(),
        row=row,
    )
    return json.loads(json.dumps(record))


def _unshown(name: str, fault: str) -> "tuple[Certificate, dict[str, Any]]":
    """Return the certificate and the row of a claim of one's own that can't even be shown, whatever engines say."""
    from derivations.judge.certificate import Certificate
    from derivations.own.unbuilt import Unbuilt

    certificate = Certificate("not_evaluated", complaints=[fault])
    return certificate, lasting(Unbuilt(name, claim_of(name).title, fault).stands(), certificate, digest="")


def _texts(names: Iterable[str]) -> Texts:
    """Return the texts that claims are made from: of the catalogue's modules, and of files of one's own."""
    names = set(names)
    files = {home.path: home for home in map(loaded.home, names) if home is not None}
    texts = texts_loaded(module_of(name) for name in names if name in claims())
    for file in files.values():
        texts |= {str(file.path): file.text} | texts_below(file.source)
    return texts


def below(name: str) -> set[str]:
    """Return the claim and all that it needs, and what those need."""
    closed, ahead = set[str](), {name}
    while ahead:
        closed |= ahead
        ahead = {need for one in ahead for need in claim_of(one).needs} - closed
    return closed


def _keep(record: Record) -> None:
    """Keep a record; a cache that can't be written costs a later run its time, and this run nothing."""
    try:
        store.keep(record)
    except OSError as fault:
        log.warning("udm: expected a folder to keep evidence in (set UDM_CACHE), got %s: %s", store.root(), fault)


def _made(missing: Sequence[str], salt: str, workers: int) -> Iterator[Record]:
    if len(missing) <= FEW or workers == 1:
        for name in missing:
            yield judged(name, salt)
        return
    before = set(threading.enumerate())
    with ProcessPoolExecutor(workers, get_context("spawn"), loaded.load, (loaded.paths(),)) as pool:
        try:
            with _held():
                jobs = [pool.submit(_judge, names, salt) for names in _by_module(missing)]
            for job in as_completed(jobs):
                yield from job.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in active_children():
                worker.terminate()  # only its current claims are lost
            for thread in set(threading.enumerate()) - before:
                thread.join(timeout=5)  # the pool's own, which would meet a closed pipe at exit
            raise


def _judge(names: Sequence[str], salt: str) -> list[Record]:
    """Judge claims in a worker, where garbage collection is rare since few objects form cycles."""
    gc.set_threshold(LOOKS, 20, 100)
    return [judged(name, salt) for name in names]


def _by_module(names: Sequence[str]) -> list[list[str]]:
    """Group claims by module, or by file, since one worker then builds that module alone."""
    grouped: dict[str, list[str]] = {}
    for name in names:
        grouped.setdefault(module_of(name) if name in claims() else str(loaded.home(name)), []).append(name)
    return list(grouped.values())


@contextmanager
def _held() -> Iterator[None]:
    """Hold interrupts back; workers started meanwhile never see one, since they inherit the mask from the start."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
