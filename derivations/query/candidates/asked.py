"""A formula that is asked about: as it is written, by its symbols, and by its values at the points of the universe."""

from functools import cached_property

from flint import arb
from sympy import Expr

from derivations.arithmetic.ball import precision
from derivations.query.index.described import DIGITS, reduced, size
from derivations.query.index.universe import BITS, COUNT, universe, value
from derivations.syntax.build import evaluated

# A smaller formula matches nothing: 1 - x, x^2 and x y are pieces of most claims, so that a match says of none.
LEAST_OPERATIONS, LEAST_SYMBOLS = 2, 2
FEWEST = 3  # operations of a formula of one symbol, as sqrt(1 - x), which needs one more to be of some claim alone
SMALLEST = f"at least {LEAST_OPERATIONS} operations on {LEAST_SYMBOLS} symbols, or {FEWEST} operations"
# Of two values that are the same, relatively: 60 digits are kept, of which rounding takes the last few. Two formulas
# that differ agree so far at a random point by a chance of about 1e-52; what agrees is a candidate, for the engines.
CLOSE = arb(10) ** (8 - DIGITS)


class Asked:
    """A formula that is asked about: as it is written, and by value."""

    def __init__(
        self, raw: Expr, convention: str = "ours", is_name: bool = False, written: str = "", is_matrix: bool = False,
        law_of: str | None = None,
    ) -> None:  # fmt: skip
        self.raw, self.convention, self.is_name, self.written = raw, convention, is_name, written
        self.is_matrix = is_matrix  # the number beside the identity matrix
        self.law_of = law_of  # the variable of a law, of which this is a draw

    @cached_property
    def values(self) -> list[arb | None]:
        return [value(self.raw, n) for n in range(COUNT)]

    @cached_property
    def floats(self) -> list[float | None]:
        return [None if v is None else float(v) for v in self.values]

    @cached_property
    def symbols(self) -> frozenset[str]:
        return frozenset(map(str, self.raw.free_symbols))

    @cached_property
    def primitive(self) -> frozenset[str]:
        """The symbols of the formula, by primitive ones."""
        return frozenset(reduced(evaluated(self.raw))["primitive"])

    @property
    def is_small(self) -> bool:
        """Whether it is too small a piece for a match to mean anything."""
        operations = size(self.raw)
        return self.is_name or (
            operations < FEWEST and (operations < LEAST_OPERATIONS or len(self.symbols) < LEAST_SYMBOLS)
        )

    @cached_property
    def is_number(self) -> bool:
        """Whether it has one value at all points: what is 0 or 1 is equal to many things, and says of none."""
        first, *others = self.values
        with precision(BITS):
            return first is not None and all(v is not None and not differ(v, first) for v in others)

    def agrees(self, other: "Asked") -> bool:
        """Whether both have equal values at some point, and unequal ones at none."""
        with precision(BITS):
            pairs = [(a, b) for a, b in zip(self.values, other.values, strict=True) if a is not None and b is not None]
            return bool(pairs) and not any(differ(a, b) for a, b in pairs)

    @property
    def key(self) -> tuple[str, ...]:
        """What is the same for two readings that mean the same: the values, or the formula where there are none."""
        with precision(BITS):
            known = tuple("" if v is None else v.str(DIGITS // 2, radius=False) for v in self.values)
        return known if any(known) else (str(self.raw),)

    def at(self, n: int) -> dict[str, str]:
        """The point of this number, for the symbols of the formula."""
        names = sorted(self.raw.free_symbols, key=str)
        return {str(v): str(universe()[n][v]) for v in names if v in universe()[n]}  # type: ignore[index]


def differ(a: arb | None, b: arb) -> bool:
    """Whether a value is missing, or is not the other to nearly all digits that are kept."""
    return a is None or bool(abs(a - b) > CLOSE * (abs(a) + abs(b)))
