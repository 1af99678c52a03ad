"""What the process beside pytest does: find the claims that are meant, and judge them.

Its functions are called by name from pytest's process, which imports this module and nothing that it needs.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from udm.extra import install
from udm.testing.process import Fault, Subject

if TYPE_CHECKING:
    from derivations.catalogue import Entry


@contextmanager
def _faults() -> Iterator[None]:
    """Say what is amiss in a user's pattern or file, or what is not installed, without a trace."""
    from derivations.own.file import Unreadable
    from derivations.papers.resolve import Unclear, Unknown

    try:
        yield
    except (Unreadable, Unknown, Unclear) as fault:
        raise Fault(str(fault)) from None
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] in ("udm", "derivations"):
            raise
        raise Fault(f"expected the module {missing.name}, found none: {install('verify')}") from None


def asked(patterns: Sequence[str], own: Sequence[str]) -> list[Subject]:
    """Return the claims that patterns mean: of the catalogue, of files that they name, or else of the files `own`."""
    from derivations.own.meant import is_file
    from derivations.papers.resolve import Unknown, all_meant

    found, unknown = list[Subject](), dict[str, Unknown]()
    with _faults():
        for pattern in patterns:
            try:
                found += [] if is_file(pattern) else _subjects(all_meant([pattern]))
            except Unknown as fault:
                unknown[pattern] = fault
        found += _subjects(all_meant([pattern for pattern in patterns if is_file(pattern)]))
        entries = all_meant(own) if unknown else []
        for pattern, fault in unknown.items():
            if not (here := [entry for entry in entries if fnmatchcase(entry.name, pattern)]):
                names = ", ".join(entry.name for entry in entries)
                raise Unknown(f"{fault}; the claims of your own files are {names}" if names else str(fault))
            found += _subjects(here)
    return list(dict.fromkeys(found))


def of_file(path: str, beside: Sequence[str]) -> list[Subject]:
    """Return the claims of a file, which may need those of the files beside it."""
    from derivations.own import loaded
    from derivations.own.file import Unreadable
    from derivations.papers.charged import check

    with _faults():
        try:
            files = loaded.load([path, *beside])
        except Unreadable:  # for a fault that may be another file's
            files = loaded.load([path])
        own = tuple(loaded.paths())
        check(claim.name for claim in files[0].claims)
        return [_subject(claim.name, "own", own) for claim in files[0].claims]


def judged(subject: Subject) -> dict[str, Any]:
    """Return the row of a claim: its verdict, complaints and wrong answers, kept evidence if there is some."""
    from derivations.judge.verify import evidence
    from derivations.own import loaded

    with _faults():
        if subject.own and tuple(loaded.paths()) != subject.own:
            loaded.load(subject.own)
        return evidence([subject.name], workers=1)[subject.name]["row"]


def _subjects(entries: Sequence["Entry"]) -> list[Subject]:
    from derivations.own import loaded

    own = tuple(loaded.paths())
    return [_subject(entry.name, entry.tag, own if loaded.home(entry.name) else ()) for entry in entries]


def _subject(name: str, tag: str, own: tuple[str, ...]) -> Subject:
    from derivations.catalogue import file_of, module_of
    from derivations.own import loaded
    from derivations.own.file import line_of

    home = loaded.home(name)
    file = home.path if home is not None else file_of(module_of(name))
    source = home.source if home is not None else file.read_text()
    wrong = tuple(loaded.claim_of(name).wrong)
    return Subject(tag, name, str(file), line_of(source, name), wrong, own)
