"""Whether a part of a title has an expression of its claim as a formula, however it is written there."""

from collections.abc import Iterator
from functools import cached_property

from sympy import Expr

from derivations.form.claim import Claim
from derivations.judge.titles.naming import Names
from derivations.judge.titles.pieces import split
from derivations.judge.titles.prose import formulas, plainly
from derivations.judge.titles.sides import choices, made
from derivations.judge.titles.stated import Stated
from derivations.judge.titles.values import value
from derivations.judge.titles.worded import spelled
from derivations.syntax.unread import Unread


class Standing:
    """Whether a part of a sentence has one side of an inequality as a formula."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim

    @cached_property
    def names(self) -> Names:
        return Names(self.claim)

    @cached_property
    def stated(self) -> Stated:
        return Stated(self.claim)

    def __call__(self, part: str, side: Expr) -> bool:
        at = self.claim.title.lower().find(part)  # the part is in lower case
        written = self.claim.title[at : at + len(part)] if at >= 0 else part
        return any(self.stated.same(e, value(side)) for e in self._formulas(written))

    def _formulas(self, part: str) -> Iterator[Expr]:
        for f in formulas(spelled(self.names.marked(plainly(part)), self.names.words), self.names.words):
            for text in split(f.text)[1]:
                try:
                    read = self.names.read(text)
                except Unread:
                    continue
                yield from (e for chosen in choices(read) if (e := made(read, chosen)) is not None)
