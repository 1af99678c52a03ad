"""Scripts for equalities of integrals: each is a difference of its primitive, or of error functions, at its ends.

The primitives are those of the claims' own lines, or of a polynomial, or of the density of a normal law. Coq takes
their slopes; nothing here is believed.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from sympy import Expr, Integral, Poly, Rational, Symbol, diff, erf, erfc, postorder_traversal, sqrt
from sympy.polys.polyerrors import PolynomialError

from derivations.engines.atoms import Irreducible
from derivations.form.claim import Claim
from derivations.kernel import scripts
from derivations.kernel.normal import by_error_functions, normal, united
from derivations.kernel.replay import Replay
from derivations.kernel.stated import Theorem
from derivations.kernel.terms import FUNCTIONS, Names, term

DIGITS = 40  # to which the slope of a line's primitive and an integrand agree; Coq decides
At = Mapping[Symbol, Expr]


def has_integral(theorem: Theorem) -> bool:
    return any(side.has(Integral, erf, erfc) for side in theorem.conclusion[::2])


def by_primitive(claim: Claim, theorem: Theorem) -> str:
    """Return the script of an equality: of the values of its integrals, in which error functions are atoms."""
    at, steps = dict(claim.example), []
    values: dict[Expr, Expr] = {}
    for n, integral in enumerate(sorted(_integrals(theorem), key=str), start=1):
        text, values[integral] = _integrated(claim, theorem, integral, at)
        steps.append(f"  assert (integral{n} : {text}\n  rewrite integral{n}; clear integral{n}.")
    sides = [side.xreplace(values).replace(erfc, lambda a: 1 - erf(a)) for side in theorem.conclusion[::2]]
    named, known = united(sides, theorem.names)
    apart = {f: v for f, v in named.items() if isinstance(v, Symbol)}
    place = {v: Rational(str(f.subs(at).evalf(30))) for f, v in apart.items()}
    plain = [side.xreplace(dict(named)) for side in sides]
    replay = Replay(plain, {**at, **place}, scripts.names_of(theorem, apart))
    unfolded = ["  unfold erfc."] if any(side.has(erfc) for side in theorem.conclusion[::2]) else []
    ready = (*scripts.begun(theorem), *steps, *unfolded, "  as_reals.", *scripts.prepared(theorem, replay), *known)
    return "\n".join((*ready, *scripts.closed(replay)))


def _integrals(theorem: Theorem) -> set[Integral]:
    return {i for side in theorem.conclusion[::2] for i in side.atoms(Integral)}  # type: ignore[union-attr]


def _integrated(claim: Claim, theorem: Theorem, integral: Integral, at: At) -> tuple[str, Expr]:
    """Return the value of an integral as an equality of terms with its proof, and as an expression."""
    body, (var, low, high) = integral.function, integral.limits[0]  # type: ignore[misc]
    if (density := normal(body, var)) is not None:
        return by_error_functions(integral, theorem.names, density)
    primitive = _primitive(claim, integral, at)
    value = primitive.subs(var, high) - primitive.subs(var, low)
    lines = (
        f"{term(integral, theorem.names)} = {term(value, theorem.names)}).\n  {{",
        f"    rewrite (integral_of_slope _ (fun {theorem.names[var]} => {term(primitive, theorem.names)})).",
        f"    2: {_slope(theorem, primitive, integral, at)}",
        f"    2: {{ {_range(theorem, integral)}; apply continuous_if_derivable; auto_derive; conditions. }}",
        *(f"    {line}" for end in (high, low) for line in _placed(primitive, var, end, theorem.names)),
        "    rewrite ?exp_0, ?ln_1; as_reals; first [reflexivity | field; signs | lra]. }",
    )
    return "\n".join(lines), value


def _range(theorem: Theorem, integral: Integral) -> str:
    """Return the tactics that name the variable, and place it between the ends where their order is seen."""
    var, low, high = integral.limits[0]  # type: ignore[misc]
    name, (a, b) = theorem.names[var], (f"({term(end, theorem.names)})" for end in (low, high))
    gaps = [f"({term(r[2], theorem.names)} - ({term(r[0], theorem.names)}))" for r in theorem.premises if r[0] != 0]
    shares = (f"{gap} * ({name} - {a}) /\\ 0 <= {gap} * ({b} - {name})" for gap in gaps)
    tactics = (
        f"intros {name} range",
        f"try (assert (order : {a} <= {b}) by (first [lra | signs]); "
        "apply (between _ _ _ order) in range; clear order)",
        f"try (assert (above : 0 < Rmin {a} {b}) by (apply Rmin_pos; lra); assert (0 < {name}) by lra)",
        *(f"try assert (0 <= {share}) by (split; apply Rmult_le_pos; lra)" for share in shares),
    )
    return "; ".join(tactics)


def _slope(theorem: Theorem, primitive: Expr, integral: Integral, at: At) -> str:
    """Return the proof that the slope of the primitive is the integrand."""
    var, low, high = integral.limits[0]  # type: ignore[misc]
    place = {**at, var: ((2 * low + 3 * high) / 5).subs(at)}
    replay = Replay([integral.function, primitive, diff(primitive, var)], place, theorem.names)
    prepared = "\n".join(f"    {line}" for line in scripts.prepared(theorem, replay))
    rewritten = "".join(scripts.rewritten(replay)).strip() or "idtac."
    return (
        f"{{ {_range(theorem, integral)}.\n{prepared}\n"
        f"      evar_last; [auto_derive; conditions |]. as_reals. {rewritten} {scripts.by_field_of(replay)}. }}"
    )


def _placed(primitive: Expr, var: Symbol, end: Expr, names: Names) -> Iterator[str]:
    """Yield the tactics that write the arguments of functions at an end as the value has them."""
    raw = {**names, var: f"({term(end, names)})"}
    for node in postorder_traversal(primitive):
        if type(node) in FUNCTIONS and node.has(var):
            before, after = term(node.args[0], raw), term(node.args[0].subs(var, end), names)  # type: ignore[arg-type]
            if before != after:
                yield f"try replace ({before}) with ({after}) by (field; signs)."


def _primitive(claim: Claim, integral: Integral, at: At) -> Expr:
    """Return a primitive that a line of the claim gives, or that of a polynomial."""
    body, var = integral.function, integral.limits[0][0]  # type: ignore[index]
    for other, primitive in _given(claim):
        moved = primitive.subs(other, var)
        if all(_small((diff(moved, var) - body).subs({**at, var: place})) for place in (sqrt(2) / 3, sqrt(3) / 4)):
            return moved
    try:
        return Poly(body, var).integrate().as_expr()
    except PolynomialError as fault:
        raise Irreducible("an integral whose primitive no line gives") from fault


def _small(e: Expr) -> bool:
    return bool(abs(e.evalf(DIGITS + 20)) < 10**-DIGITS)


def _given(claim: Claim) -> Iterator[tuple[Symbol, Expr]]:
    """Yield the primitives of the claim's lines, each with its variable."""
    for chain in claim.proof:
        for above, below in pairwise(chain):
            if below.primitive is not None:
                for integral in above.expr.atoms(Integral) ^ below.expr.atoms(Integral):  # type: ignore[union-attr]
                    yield integral.limits[0][0], below.primitive
