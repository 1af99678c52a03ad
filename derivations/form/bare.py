"""Without names and without what is remembered of them: plain expressions for engines, and apart all that these owe.

A name, an expectation and a law are shown as they are written and checked as they open. Opening computes, so it may
lose what an expression owes, as writing may; both are watched here.
"""

from typing import Any, NamedTuple

from derivations.form.base import Said, whole
from derivations.form.statement import Statement
from derivations.notation.named import unnamed
from derivations.obligations.kept import Losses, released
from derivations.obligations.watch import watching


class Stated(NamedTuple):
    """A statement as it is written, the same without its names, and what neither shows that it owes."""

    written: Said
    bare: Said
    losses: Losses


class Opened(NamedTuple):
    """The plain statements that a statement opens into, and what these no longer show."""

    parts: tuple[Statement, ...]
    losses: Losses


def bare(thing: Any) -> tuple[Any, Any, Losses]:
    """The thing as it is written, without its names, and all that it owes besides."""
    with watching(True):
        written, written_owes = released(thing)
        opened, opened_owes = released(unnamed(written))
        owes, _ = released(unnamed(tuple(written_owes | opened_owes)))
    return written, opened, frozenset(owes)


def stated(said: Any) -> Stated:
    """A statement, its names opened under watch."""
    return Stated(*bare(said))


def opened(said: Said) -> Opened:
    """A statement's plain ones, computed under watch."""
    with watching(True):
        return Opened(*released(whole(said)))
