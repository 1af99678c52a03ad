"""Expressions as terms of Coq over the reals, in the notation of its real numbers; what has no term is refused.

Products are written as one quotient, roots as `sqrt`, other powers that are not whole as `Rpower`.
"""

from collections.abc import Mapping

from sympy import (
    Abs,
    Add,
    Expr,
    Integral,
    Max,
    Min,
    Mul,
    Pow,
    Rational,
    S,
    Symbol,
    atan,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    log,
    pi,
    sin,
    sinh,
    tan,
    tanh,
)
from sympy.core.function import AppliedUndef

FUNCTIONS: Mapping[type, str] = {
    exp: "exp", log: "ln", sin: "sin", cos: "cos", tan: "tan", sinh: "sinh", cosh: "cosh", tanh: "tanh", atan: "atan",
    Abs: "Rabs", erf: "erf", erfc: "erfc",
}  # fmt: skip
FOLDED: Mapping[type, str] = {Max: "Rmax", Min: "Rmin"}
BEYOND = {  # in words, what claims about any law or any function are made of
    "Mean": "an expectation over any density", "Whole": "an integral over the line of any density",
    "Smooth": "any smooth function", "SmoothPositive": "any smooth positive function",
}  # fmt: skip
ATOM, APPLIED, POWER, PRODUCT, SUM = range(5)  # how loosely a term binds
Names = Mapping[Expr, str]


class Beyond(ValueError):
    """The expression, or the claim, has no term in the reals of Coq that this package writes."""


def term(e: Expr, names: Names) -> str:
    """Return the term of an expression, given the identifiers, or terms, of its symbols."""
    return _term(e, names)[0]


def _term(e: Expr, names: Names) -> tuple[str, int]:
    if e in names:
        return names[e], APPLIED if " " in names[e] else ATOM
    if e.is_Rational:
        return _product(e, names) if e.q != 1 or e.p < 0 else (str(e.p), ATOM)  # type: ignore[attr-defined]
    if e is pi:
        return "PI", ATOM
    if e is S.Exp1:
        return "exp 1", APPLIED
    if isinstance(e, Add):
        return _sum(e, names), SUM
    if isinstance(e, Mul):
        return _product(e, names)
    if isinstance(e, Pow):
        return _power(e, names)
    return _applied(e, names)


def _at_most(e: Expr, names: Names, level: int) -> str:
    """Return the term, in brackets if it binds more loosely than its place allows."""
    text, own = _term(e, names)
    return text if own <= level else f"({text})"


def _sum(e: Add, names: Names) -> str:
    terms = sorted(e.args, key=_is_negative)  # type: ignore[arg-type]
    first, *rest = terms
    text = _at_most(first, names, PRODUCT)
    for part in rest:
        negative = _is_negative(part)
        text += f" {'-' if negative else '+'} {_at_most(-part if negative else part, names, PRODUCT)}"
    return text


def _is_negative(e: Expr) -> bool:
    return bool(e.as_coeff_Mul()[0].is_negative)


def _product(e: Expr, names: Names) -> tuple[str, int]:
    above, below, sign = [], [], ""
    for f in e.args if isinstance(e, Mul) else (e,):
        if f.is_Rational:
            sign = "- " if f.p < 0 else ""
            above += [str(abs(f.p))] if abs(f.p) != 1 else []
            below += [str(f.q)] if f.q != 1 else []
        elif isinstance(f, Pow) and f.args[1].is_Rational and f.args[1].is_negative and f.args[0] is not S.Exp1:
            below.append(_at_most(Pow(f.args[0], -f.args[1]), names, POWER))
        else:
            above.append(_at_most(f, names, POWER))
    over = " * ".join(above) or "1"
    if not below:
        return sign + over, PRODUCT
    under = below[0] if len(below) == 1 else f"({' * '.join(below)})"
    return f"{sign}{over} / {under}", PRODUCT


def _power(e: Pow, names: Names) -> tuple[str, int]:
    base, n = e.args
    if base is S.Exp1:
        return f"exp {_at_most(n, names, ATOM)}", APPLIED
    if n.is_Rational and n.is_negative:
        return _inverse(e, names)
    if n.is_Integer:
        return f"{_at_most(base, names, APPLIED)} ^ {n}", POWER
    if n.is_Rational and Rational(n).q == 2:
        root = f"sqrt {_at_most(base, names, ATOM)}"
        return (root, APPLIED) if Rational(n).p == 1 else (f"{root} ^ {Rational(n).p}", POWER)
    return f"Rpower {_at_most(base, names, ATOM)} {_at_most(n, names, ATOM)}", APPLIED


def _inverse(e: Pow, names: Names) -> tuple[str, int]:
    return f"1 / {_at_most(Pow(e.args[0], -e.args[1]), names, POWER)}", PRODUCT


def _applied(e: Expr, names: Names) -> tuple[str, int]:
    if type(e) in FUNCTIONS:
        return f"{FUNCTIONS[type(e)]} {_at_most(e.args[0], names, ATOM)}", APPLIED
    if type(e) in FOLDED:
        first, *rest = (_at_most(a, names, ATOM) for a in sorted(e.args, key=str))
        for part in rest:
            first = f"({FOLDED[type(e)]} {first} {part})"
        return first.removeprefix("(").removesuffix(")"), APPLIED
    if isinstance(e, Integral) and len(e.limits) == 1 and len(e.limits[0]) == 3:
        var, low, high = e.limits[0]  # type: ignore[misc]
        ends = " ".join(_at_most(end, names, ATOM) for end in (low, high))
        if var not in names:
            raise Beyond(f"{var} has no identifier")
        return f"RInt (fun {names[var]} => {term(e.function, names)}) {ends}", APPLIED
    if isinstance(e, Symbol):
        raise Beyond(f"{e} has no identifier")
    kind = "an unknown function" if isinstance(e, AppliedUndef) else BEYOND.get(type(e).__name__, type(e).__name__)
    raise Beyond(f"{kind} has no term")
