"""The files of claims that this process has read, and their claims by name, beside those of the catalogue.

A claim may need claims of the catalogue, of its own file, and of the other files read with it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from derivations.catalogue import claims
from derivations.form.known import known, register
from derivations.own.file import File, Unreadable, digest, place

if TYPE_CHECKING:  # kept evidence is read without SymPy
    from derivations.form.claim import Claim

_files: list[File] = []
_claims: dict[str, "Claim"] = {}
register(_claims)


def load(paths: Iterable[str | PathLike[str]]) -> list[File]:
    """Read files of claims, each once, in place of those read before.

    Raises:
        Unreadable: a file is not a file of claims, two claims have one name, or a claim needs what there is not.
    """
    forget()
    shown = {Path(path).resolve(): str(path) for path in reversed(list(paths))}
    files = [_read(path, name) for path, name in reversed(shown.items())]
    if faults := [*_twice(files), *_lacking(files)]:
        raise Unreadable("\n".join(faults))
    _files.extend(files)
    _claims.update((claim.name, claim) for file in files for claim in file.claims)
    return files


def _read(path: Path, shown: str) -> File:
    from derivations.own.reading import read  # with SymPy

    return read(path, shown)


def forget() -> None:
    """Forget all files."""
    _files.clear()
    _claims.clear()


def paths() -> list[str]:
    """Return the files that are loaded, for a process that should read them too."""
    return [file.shown for file in _files]


def home(name: str) -> File | None:
    """Return the file of a claim; None for one of the catalogue."""
    return next((file for file in _files if name in {claim.name for claim in file.claims}), None)


def unbuilt(name: str) -> str:
    """Return why a claim of one's own can't be built, with the file and the line; "" for any other claim."""
    file = home(name)
    return "" if file is None else file.unbuilt.get(name, "")


def claim_of(name: str) -> "Claim":
    """Return a claim of the catalogue or of one's own."""
    found = known(name)
    assert found is not None, f"no claim is called {name}"
    return found


def texts_read() -> Mapping[str, str]:
    """Return the digest of each file's text as it was executed."""
    return {str(file.path): file.text for file in _files}


def texts_now() -> Mapping[str, str]:
    """Return the same as the files stand on disk now."""
    return {str(file.path): digest(file.path.read_bytes()) for file in _files if file.path.is_file()}


def at(fault: BaseException, name: str) -> str:
    """Return where in a claim's own file something went wrong, as "my_claims.py:12: "; "" for the catalogue."""
    file = home(name)
    return "" if file is None else f"{place(fault, file.path, file.shown)}: "


def _twice(files: Sequence[File]) -> Iterator[str]:
    first = dict[str, File]()
    for file in files:
        for claim in file.claims:
            if (other := first.setdefault(claim.name, file)) is not file:
                yield f"{file.where(claim.name)}: expected a name for each claim, got {claim.name} of {other.shown} too"


def _lacking(files: Sequence[File]) -> Iterator[str]:
    """Refuse needs that no claim meets, and circles of them."""
    needs = {claim.name: claim.needs for file in files for claim in file.claims}
    for file in files:
        for claim in file.claims:
            for need in (n for n in claim.needs if n not in needs and n not in claims()):
                yield (
                    f"{file.where(claim.name)}: {claim.name} needs {need!r}: expected the name of a claim of the "
                    f"catalogue or of {' or '.join(f.shown for f in files)}"
                )
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as fault:
        yield f"expected needs without a circle, got {' -> '.join(reversed(fault.args[1]))}"
