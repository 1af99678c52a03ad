"""A left side that was typed: what it names, what it means, and which formulas it lets stand after it."""

from collections.abc import Mapping
from typing import NamedTuple

from sympy import Expr

from derivations import symbols as o
from derivations.query.candidates.search import Candidate, Index, same
from derivations.query.index.described import Entry

SCHEDULED = frozenset((o.alpha_t, o.sigma_t, o.beta, o.abar, o.gamma_t))  # what a schedule is of
CHOSEN = SCHEDULED | {o.var}  # that, and the variance of a reverse step: any other may be chosen as well


class Left(NamedTuple):
    """A left side: whether it is a name at all, the claims that it names, and whether it says what they are.

    `whole` has the places of formulas that papers write after it with nothing else, `letter` that of a name of the
    user's own, `exprs` what it means in the conventions, and `states` what these mean by names of states. Of a score
    it says `without` which symbols its formulas are: of its law given the data, without guesses. It `is_foreign` to
    conventions that read the right side and not the left one, where another reads both. Its `shape` is that of a
    number or of a matrix, where it cannot be either. It `is_determined` if it is no choice: by the same states its
    formulas are one. What it means is so `by` a claim, if not by the symbols alone.
    """

    is_known: bool = False
    claims: Mapping[str, tuple[str, ...]] = {}
    is_one: bool = False
    typed: str = ""
    whole: Mapping[str, tuple[str, ...]] = {}
    letter: str = ""
    exprs: tuple[Expr, ...] = ()
    states: Mapping[str, str] = {}
    without: frozenset[str] = frozenset()
    is_foreign: bool = False
    shape: str = ""
    is_determined: bool = False
    by: str = ""

    def takes(self, where: str) -> bool:
        """Whether the root of a variance, or the square of a factor, may stand here: not after the name of the thing.

        Without a left side nothing says which is meant; a power on the left is that of a variance.
        """
        if not self.typed:
            return True
        is_power = "^" in self.typed or self.typed.lstrip("\\").startswith(("bar\\alpha", "bar{\\alpha"))
        if where.startswith("square"):
            return is_power
        return not is_power and ("sigma" in self.typed or self.typed.startswith(("g", "std")))

    def entries(self, index: Index) -> list[Entry]:
        """Return the formulas that the name is of, in every view."""
        return [
            e for name, where in self.claims.items() for e in index[name]["entries"]
            if e["where"] in where and not e["wrong"]
        ]  # fmt: skip

    def allows(self, c: Candidate, index: Index) -> bool:
        """Whether a wrong form is one of what is named: of such a claim, or of another that has the same quantity."""
        if not self.claims:
            return not self.is_known
        if len(self.claims) > 1 and any(v.free_symbols <= SCHEDULED for v in self.exprs):
            return False  # a schedule is chosen: the slip of one may be another
        right = [e for e in index[c.claim]["entries"] if e["where"] == c.entry["where"] and not e["wrong"]]
        return c.claim in self.claims or any(same(a, b) for a in self.entries(index) for b in right)


NO_LEFT = Left()
