"""A formula, and what it is asked about: of whom, after which left side, and which formulas may stand there."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from derivations import symbols as o
from derivations.query.candidates.asked import Asked
from derivations.query.candidates.search import Candidate, Index
from derivations.query.confirm import Confirmed
from derivations.query.index.lefts import as_written
from derivations.query.index.matrices import MATRIX, NUMBER
from derivations.query.left.fitting import fits
from derivations.query.left.laws import are_of_one
from derivations.query.left.moments import is_law
from derivations.query.left.rates import is_of_pair
from derivations.query.left.side import Left
from derivations.query.meaning import same as by_meaning
from derivations.query.writing import guided

_NETWORK = re.compile(r"_\{?\\(?:theta|phi)(?![a-zA-Z])")


@dataclass(frozen=True)
class Question:
    """A formula, and what it is asked about: of whom, and after which left side."""

    asked: Asked
    index: Index
    only: str
    left: Left

    @cached_property
    def meaning(self) -> Confirmed | None:
        """The proof that it is its left side by what the symbols mean, if it is and is not the same text."""
        of_law, is_one = self.asked.law_of is not None, as_written(self.left.typed) == as_written(self.asked.written)
        is_of_laws = o.grad in self.asked.raw.free_symbols.union(*(e.free_symbols for e in self.left.exprs))
        is_of_others = is_of_laws and not are_of_one(self.left.typed, self.asked.written)
        if o.drift in frozenset().union(*(e.free_symbols for e in self.left.exprs)):
            is_of_others = not is_of_pair(self.left.typed)
        is_of_others = is_of_others or self.is_mixed or self.is_of_network_and_law
        if of_law or is_one or is_of_others or not self.is_of_shape:
            return None
        is_defined = any(sign in self.asked.written for sign in ("\\prod", "cumprod"))
        # a name of code for a formula with a variance in it, which is no other name of that variance
        formulas = {e for e in self.left.exprs if self.left.is_known and len(e.free_symbols) > 1}
        raw, by = self.asked.raw, self.asked.convention
        found = (by_meaning(e, raw, by, is_defined or e in formulas) for e in self.left.exprs)
        return next((proof for proof in found if proof is not None), None)

    @property
    def is_of_network_and_law(self) -> bool:
        """Whether a network's guess stands with the gradient of a law, which only the best network meets."""
        sides = self.left.typed + self.asked.written
        return "\\nabla" in sides and _NETWORK.search(sides) is not None

    def fits(self, c: Candidate) -> bool:
        """Whether a formula of a claim is what the left side names, also where the claim itself is named."""
        if self.asked.law_of is not None:
            return is_law(self.left, c, self.index, self.asked.law_of)
        return self.is_of_shape and not self.is_mixed and (fits(self.left, c, self.index) or self.meaning is not None)

    @cached_property
    def is_mixed(self) -> bool:
        """Whether the left side is of another state or label than what guidance mixes on the right."""
        is_guided = guided.is_mixed(self.asked.raw.free_symbols)
        return is_guided and not guided.are_of_one((self.left.typed, self.asked.written))

    @property
    def is_of_shape(self) -> bool:
        """Whether both sides are numbers, or both are matrices; I without a left side is that of a covariance."""
        return self.left.shape in ("", MATRIX if self.asked.is_matrix else NUMBER)

    @property
    def first(self) -> Collection[str]:
        """The claims that are meant: their formulas come first."""
        return (self.only,) if self.only else self.left.claims

    @property
    def among(self) -> Index:
        """The claims whose formulas it may be said not to be."""
        return {name: self.index[name] for name in self.first} if self.first else self.index
