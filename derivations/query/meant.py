"""What the letters of a point are: by what the user wrote for them, or by what the convention writes."""

from collections.abc import Iterable, Iterator

from sympy import Expr

from derivations.notation.printing import text
from derivations.query.index.relations import DEFINED
from derivations.query.verdict import Read
from derivations.query.writing.conventions import Convention, conventions, listed
from derivations.syntax.unread import Unread


def meant(letters: Iterable[str], read: Read) -> Iterator[str]:
    """Yield "c is \\sigma_{data}^2" for each letter of which there is more to say than its name."""
    own = [c for c in conventions() if c.name in read.conventions]
    for letter in letters:
        said = _written(letter, read)
        if said is None:
            said = _in_a_convention(letter, own) or _defined(letter)
        if said:
            yield f"{letter} is {said}"


def _written(letter: str, read: Read) -> str | None:
    """Return what was written for a letter, or the words for it where it was written by its name; else None."""
    for written, said in read.names.items():
        symbol, _, words = said.partition(", ")
        if symbol == letter:
            return written if written != letter else words
    return None


def _in_a_convention(letter: str, own: Iterable[Convention]) -> str:
    """Return what a convention writes for a letter: the first key that means it, in LaTeX."""
    for c in own:
        for key, several in c.meanings.items():
            if len(several) == 1 and _is(several[0], letter) and "mathrm" not in key and key != letter:
                return key
    return ""


def _is(e: Expr, letter: str) -> bool:
    return e.is_Symbol and str(e) == letter


def _defined(letter: str) -> str:
    """Return a letter by the others that define it."""
    found = next((of[0] for v, of in DEFINED.items() if str(v) == letter), None)
    return "" if found is None else text(found)


def noted(read: Read) -> Iterator[str]:
    """Yield what a reader has to know of how it was read: of which step, and names of which a convention says so."""
    if read.shift:
        yield f"it is read with t for {read.shift}: what holds at every step holds renamed"
    said = {name: words for c in conventions() if c.name in read.conventions for name, words in c.noted.items()}
    for written in read.names:
        if words := said.get(_key(written)):
            yield f"{written} is {words}"


def _key(written: str) -> str:
    try:
        return listed(written)
    except Unread:  # code that is no name by itself, as a table at a step
        return ""
