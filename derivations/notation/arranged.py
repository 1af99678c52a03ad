"""How a sum and a product are arranged on paper, whatever writes them.

Products stand side by side, with one stroke for all that they are divided by; what is random, or data, stands last. In
a sum what is subtracted comes after what is added, and a number that all terms have stands before them.
"""

from functools import lru_cache
from typing import NamedTuple

from sympy import Add, Basic, Expr, Mul, Pow, Rational, S, Symbol

ABBREVIATION, BRACKET, FUNCTION, RANDOM, SLOPE = range(1, 6)  # ranks in a product, after symbols
STATES = ("x", "z", "y", "eps", "v", "score", "mu", "n")  # bases of names of what is random, or data, or a network's


def state(e: Basic) -> bool:
    """Whether it is a variable of a process, its noise, or a network's output."""
    if isinstance(e, Symbol):
        return str(e).split("_")[0] in STATES and str(e) != "n"  # which counts
    return bool(getattr(e, "is_state", False))


def signed(e: Expr) -> tuple[bool, Expr]:
    """Whether a minus stands before it, and the rest."""
    minus = bool(e.as_coeff_Mul()[0].is_negative)
    e = -e if minus else e
    if not e.is_Mul or not any(map(_negative, e.args)):
        return minus, e
    factors = [_turned(f) if _negative(f) else f for f in e.args]
    return minus ^ bool(sum(map(_negative, e.args)) % 2), Mul(*factors, evaluate=False)


def _negative(f: Basic) -> bool:
    """Whether it is a sum of which all terms are subtracted, or one over such a sum."""
    base, exponent = f.as_base_exp() if isinstance(f, Pow) else (f, S.One)
    minus = (a.as_coeff_Mul()[0].is_negative for a in base.args)  # type: ignore[attr-defined]
    return isinstance(base, Add) and abs(exponent) == 1 and all(minus)


def _turned(f: Basic) -> Expr:
    return 1 / -f.base if isinstance(f, Pow) else -f  # type: ignore[operator, no-any-return]


def shared(e: Add) -> tuple[Rational, Expr]:
    """The number that all terms have up to a sign, 1/2 of a/2 - b/2, and what is left: a - b."""
    sizes = {abs(term.as_coeff_Mul()[0]) for term in e.args}  # type: ignore[attr-defined]
    size = sizes.pop() if len(sizes) == 1 else S.One
    if size == 1 or not size.is_Rational:
        return S.One, e  # type: ignore[return-value]
    return size, Add(*(term / size for term in e.args))  # type: ignore[operator]


def terms(e: Add) -> list[tuple[bool, Expr]]:
    """The terms of a sum: those that are added first, and of these the ones in a latent."""
    return sorted((signed(t) for t in _ordered(e)), key=lambda term: (term[0], not _latent(term[1])))


@lru_cache(maxsize=2**14)
def _ordered(e: Add) -> tuple[Expr, ...]:
    """The terms of a sum as SymPy orders them, which takes longer than to print them."""
    return tuple(e.as_ordered_terms())


def _latent(e: Expr) -> bool:
    return any(_begins_with_z(f.as_base_exp()[0]) for f in Mul.make_args(e))


@lru_cache(maxsize=2**14)
def _begins_with_z(e: Expr) -> bool:
    return str(e).startswith("z_")


class Parts(NamedTuple):
    """What a product is made of."""

    number: Rational
    above: list[Expr]
    below: list[Expr]
    last: list[Expr]

    @property
    def bare(self) -> bool:
        """Whether a variable has no factor but a number, as in z_t / alpha_t."""
        return bool(self.last) and not self.above


def parts(e: Expr) -> Parts:
    """The number, factors, divisors and states of a product."""
    number, rest = e.as_coeff_Mul()
    above: list[Expr] = []
    below: list[Expr] = []
    last: list[Expr] = []
    for f in Mul.make_args(rest):
        base, exponent = f.as_base_exp() if isinstance(f, Pow) else (f, S.One)
        if isinstance(f, Pow) and exponent.is_Rational and exponent.is_negative:
            size, base = shared(base) if isinstance(base, Add) and exponent == -1 else (S.One, base)
            number /= size
            below.append(Pow(base, -exponent, evaluate=False) if exponent != -1 else base)
        elif state(f):
            last.append(f)
        elif isinstance(f, Add):
            size, f = shared(f)
            number *= size
            above.append(f)
        elif f != 1:
            above.append(f)
    return _rooted(Parts(number, sorted(above, key=_rank), sorted(below, key=_rank), last))  # type: ignore[arg-type]


def _rooted(p: Parts) -> Parts:
    """A number's root goes below where that takes it off the numbers there, sqrt(2)/2, and under another root."""
    root = next((f for f in p.above if isinstance(f, Pow) and f.exp == S.Half and f.base.is_Integer), None)
    if root is None:
        return p
    above = [f for f in p.above if f is not root]
    if p.number.q % int(root.base) == 0:
        return p._replace(number=p.number * root.base, above=above, below=_joined(root, p.below))
    return p._replace(above=_joined(root, above))


def _joined(root: Pow, factors: list[Expr]) -> list[Expr]:
    other = next((f for f in factors if isinstance(f, Pow) and f.exp == S.Half and not f.base.is_Add), None)
    if other is None:
        return [root, *factors]
    joint = Pow(Mul(root.base, other.base, evaluate=False), S.Half, evaluate=False)
    return [joint if f is other else f for f in factors]


def _rank(f: Expr) -> int:
    """Symbols and their powers come first, then abbreviations, brackets, functions, what is random, slopes."""
    base, exponent = f.as_base_exp() if isinstance(f, Pow) else (f, S.One)
    if state(base):
        return RANDOM
    if isinstance(base, Symbol) or base.is_number:
        return 0
    if isinstance(base, Add):
        return BRACKET if exponent.is_Integer else ABBREVIATION
    if base.is_Function:
        return FUNCTION
    return getattr(base, "rank", FUNCTION)
