"""Integrals of the density of a normal law by error functions, and error functions of one argument up to its sign."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sympy import Expr, Integral, Poly, Symbol, erf, exp, expand, pi, simplify, sqrt

from derivations.kernel.terms import Names, term


class Normal(NamedTuple):
    """An integrand c k 2/sqrt(pi) exp(-(k v + m)^2), and its exponent as it stands."""

    c: Expr
    k: Expr
    m: Expr
    exponent: Expr


def normal(body: Expr, var: Symbol) -> Normal | None:
    """Return an integrand in that form, if it has it."""
    found = [e for e in body.atoms(exp) if e.has(var)]
    if len(found) != 1 or body.has(erf) or (body / found[0]).has(var):
        return None
    square = Poly(-found[0].args[0], var)
    if square.degree() != 2:
        return None
    k = sqrt(square.coeff_monomial(var**2))
    m = simplify(square.coeff_monomial(var) / (2 * k))
    if simplify(square.coeff_monomial(1) - m**2) != 0:
        return None
    return Normal(simplify(body / found[0] * sqrt(pi) / (2 * k)), k, m, found[0].args[0])  # type: ignore[arg-type]


def by_error_functions(integral: Integral, names: Names, of: Normal) -> tuple[str, Expr]:
    """Return the value of such an integral as an equality of terms with its proof, and as an expression."""
    var, low, high = integral.limits[0]  # type: ignore[misc]
    value = of.c * (erf(of.k * high + of.m) - erf(of.k * low + of.m))
    by = " ".join(f"({term(part, names)})" for part in of[:3])
    line = f"(({term(of.k, names)}) * {names[var]} + ({term(of.m, names)})) ^ 2"
    lines = (
        f"{term(integral, names)} = {term(value, names)}).\n  {{",
        "    assert (two : sqrt 2 ^ 2 = 2) by (apply pow2_sqrt; lra).",
        "    assert (root : 0 < sqrt PI) by (apply sqrt_lt_R0, PI_RGT_0).",
        f"    rewrite (integral_of_gauss _ {by}).",
        f"    2: {{ intros {names[var]}; as_reals; "
        f"replace (- {line}) with ({term(of.exponent, names)}) by (field [two]; signs); field [two]; signs. }}",
        *(_placed(of, end, names) for end in (high, low)),
        "    rewrite ?erf_odd, ?erf_zero; as_reals; field; signs. }",
    )
    return "\n".join(lines), value


def _placed(of: Normal, end: Expr, names: Names) -> str:
    """Return the tactic that writes an argument as the value has it."""
    raw = f"({term(of.k, names)}) * ({term(end, names)}) + ({term(of.m, names)})"
    return f"    replace ({raw}) with ({_argument(of.k * end + of.m, names)}) by (field; signs)."  # type: ignore[operator]


def _argument(e: Expr, names: Names) -> str:
    """Return the term of an argument of erf as it stands in erf(e), which SymPy takes to be odd."""
    of = erf(e)
    if of == 0:
        return "0"
    inside = of.args[0] if isinstance(of, erf) else (-of).args[0]
    return term(inside, names) if isinstance(of, erf) else f"- ({term(inside, names)})"


def united(sides: Sequence[Expr], names: Names) -> tuple[Mapping[Expr, Expr], list[str]]:
    """Return a symbol, or its negative, for each error function, and the tactics that write them so."""
    named: dict[Expr, Expr] = {}
    apart: list[Expr] = []
    steps: list[str] = []
    for f in sorted({f for side in sides for f in side.atoms(erf)}, key=str):
        near = ((g, sign) for g in apart for sign in (1, -1) if expand(f.args[0] - sign * g.args[0]) == 0)
        g, sign = next(near, (f, 0))
        named[f] = sign * named[g] if sign else Symbol(term(f, names), real=True)
        if not sign:
            apart.append(f)
        else:
            text = term(g.args[0], names)
            other = text if sign == 1 else f"- ({text})"
            steps.append(f"  replace ({term(f.args[0], names)}) with ({other}) by (field; signs).")
    return named, [*steps, "  rewrite ?erf_odd, ?erf_zero."] if steps else []
