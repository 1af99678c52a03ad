"""Scripts that prove theorems: what they state decides which is written, and Coq whether it proves."""

from collections.abc import Iterator, Mapping, Sequence

from sympy import Expr, Rational, Symbol, cos, sin, tan
from sympy.functions.elementary.trigonometric import TrigonometricFunction

from derivations.engines.atoms import Irreducible
from derivations.kernel.replay import Fact, Replay, Value
from derivations.kernel.stated import Theorem
from derivations.kernel.terms import term


def by_field(theorem: Theorem, at: Mapping[Symbol, Expr]) -> str:
    """Return the script of an equality: both sides are one rational function of atoms."""
    left, _, right = theorem.conclusion
    replay = Replay([left, right], at, theorem.names)
    return "\n".join((*begun(theorem), *prepared(theorem, replay), *closed(replay)))


def by_products(theorem: Theorem, at: Mapping[Symbol, Expr]) -> str:
    """Return the same, where the signs of products of three and more factors are seen first."""
    left, _, right = theorem.conclusion
    replay = Replay([left, right], at, theorem.names)
    signs = (f"  try assert (0 < {part}) by signs." for part in sorted(replay.monomials()))
    return "\n".join((*begun(theorem), *signs, *prepared(theorem, replay), *closed(replay)))


def by_angles(theorem: Theorem, at: Mapping[Symbol, Expr]) -> str:
    """Return the script of an equality in which sines and cosines are atoms, with the sum of their squares."""
    angles = sorted({f.args[0] for side in theorem.conclusion[::2] for f in side.atoms(TrigonometricFunction)}, key=str)
    named = {f: Symbol(term(f, theorem.names), real=True) for a in angles for f in (cos(a), sin(a)) if not f.is_number}
    plain = [side.rewrite(tan, cos).xreplace(named) for side in theorem.conclusion[::2]]
    if any(side.has(TrigonometricFunction) for side in plain):
        raise Irreducible("angles that are not apart")
    place = {v: (f.subs(at) * 1).evalf(30) for f, v in named.items()}
    replay = Replay(plain, {**at, **{v: Rational(str(q)) for v, q in place.items()}}, names_of(theorem, named))
    circles = []
    for n, angle in enumerate(angles, start=1):
        text = term(angle, theorem.names)
        circles.append(f"  assert (circle{n} : cos ({text}) ^ 2 = 1 - sin ({text}) ^ 2).")
        circles.append(f"  {{ pose proof (sin2_cos2 ({text})) as sum; unfold Rsqr in sum; lra. }}")
    modulo = [f"circle{n}" for n in range(1, len(angles) + 1)]
    modulo += [f"square{n}" for n in range(1, len(replay.atoms.roots) + 1)]
    close = f"  unfold tan; field [{' '.join(modulo)}]; signs.\nQed."
    return "\n".join((*begun(theorem), *circles, *prepared(theorem, replay), *rewritten(replay), close))


def names_of(theorem: Theorem, named: Mapping[Expr, Symbol]) -> dict[Symbol, str]:
    """Return the identifiers of a theorem, and the terms of what symbols stand for."""
    return {**theorem.names, **{v: term(f, theorem.names) for f, v in named.items()}}


def by_only(
    theorem: Theorem, at: Mapping[Symbol, Expr], more: Expr | None, excess: str = "", sign: str = "further"
) -> str:
    """Return the script of the last part of an equality case: elsewhere the sides differ."""
    left, _, right = theorem.conclusion
    order = (
        f"  destruct (Rtotal_order {term(left, theorem.names)} ({term(right, theorem.names)})) as [low | [same | high]]"
    )
    lesser, _, greater = theorem.premises[-1]
    replay = Replay([lesser, greater, *([] if more is None else [more])], at, theorem.names)
    ways = ["nra"]
    if more is not None:
        excess = excess or term(more, theorem.names)
        differ = f"{term(greater, theorem.names)} - ({term(lesser, theorem.names)}) = {excess}"
        rewriting = "".join(rewritten(replay)).strip().removesuffix(".") or "idtac"
        shown = f"assert (excess : {differ}) by ({rewriting}; {by_field_of(replay)})"
        ways.append(f"({shown}; assert (positive : 0 < {excess}) by {sign}; lra)")
    refuted = f"  all: exfalso; first [{' | '.join(f'solve [{way}]' for way in ways)}]."
    same = f"{order}; [| exact same |]."
    return "\n".join((*begun(theorem), *prepared(theorem, replay), same, refuted, "Qed."))


def by_excess(theorem: Theorem, at: Mapping[Symbol, Expr], more: Expr, sign: str = "signs", excess: str = "") -> str:
    """Return the script of an inequality: its sides differ by an expression whose sign is seen."""
    left, relation, right = theorem.conclusion
    replay = Replay([left, right, more], at, theorem.names)
    lemma = "below_by" if relation == "<" else "at_most_by"
    excess = excess or term(more, theorem.names)
    by = f"  apply ({lemma} _ _ ({excess})); [| {sign}]."
    return "\n".join((*begun(theorem), *prepared(theorem, replay), by, *closed(replay)))


def by_sign(theorem: Theorem, at: Mapping[Symbol, Expr]) -> str:
    """Return the script of an inequality that arithmetic of the reals decides as it stands."""
    left, relation, right = theorem.conclusion
    replay = Replay([left, right], at, theorem.names)
    lemma = "below_by" if relation == "<" else "at_most_by"
    by = f"  apply ({lemma} _ _ _ eq_refl)."
    return "\n".join((*begun(theorem), *prepared(theorem, replay), by, *rewritten(replay), "  signs.", "Qed."))


def by_arithmetic(theorem: Theorem, at: Mapping[Symbol, Expr]) -> str:
    """Return the script of an equality that follows from the premises by arithmetic."""
    replay = Replay([*theorem.conclusion[::2]], at, theorem.names)
    return "\n".join((*begun(theorem), *prepared(theorem, replay), *rewritten(replay), "  nra.", "Qed."))


def by_lines(theorem: Theorem, lines: Sequence[Theorem]) -> str:
    """Return the script of a statement that the lines of its derivation say together."""
    step = "Rle_trans" if theorem.conclusion[1] == "<=" else "eq_trans"
    weaker = theorem.conclusion[1] == "<="
    equal = ("apply Req_le; " if weaker and line.conclusion[1] == "=" else "" for line in lines)
    *above, last = [f"{also}apply {line.name}; assumption" for also, line in zip(equal, lines, strict=True)]
    chained = [f"  eapply {step}; [{line} |]." for line in above]
    return "\n".join((*begun(theorem), *chained, f"  {last}.", "Qed."))


def begun(theorem: Theorem) -> Iterator[str]:
    hypotheses = [f"hyp{n}" for n, _ in enumerate(theorem.premises, start=1)]
    yield "Proof."
    if introduced := [*(theorem.names[v] for v in theorem.variables), *hypotheses]:
        yield f"  intros {' '.join(introduced)}."


def prepared(theorem: Theorem, replay: Replay) -> Iterator[str]:
    for n, fact in enumerate(replay.facts(), start=1):
        yield f"  try assert (fact{n} : 0 {'<' if fact.strict else '<='} {fact.text}) by {_kept(theorem, fact)}."
    for n, (root, q, inside, function) in enumerate(replay.squares(), start=1):
        yield f"  assert (square{n} : {_raised(root)} ^ {q} = {inside}) by {_squared(function, q)}."
    for n, value in enumerate(replay.rewritten(), start=1):
        yield f"  assert (form{n} : {value.text} = {value.value}).\n  {{ {_valued(value, n, replay)} }}"


def _kept(theorem: Theorem, fact: Fact) -> str:
    """Return the tactic for a sign, with only the premises that share a symbol with it."""
    near = set(fact.symbols)
    for r in theorem.premises[::-1]:
        if len(free := r[0].free_symbols | r[2].free_symbols) > 1 and free & near:
            near |= free
    away = [n for n, r in enumerate(theorem.premises, start=1) if not (r[0].free_symbols | r[2].free_symbols) & near]
    clear = f"clear {' '.join(f'hyp{n}' for n in away)}"
    return f"({'; '.join((*(clear,) * bool(away), *fact.hints, 'signs'))})"


def _raised(text: str) -> str:
    return text


def _squared(function: str, q: int) -> str:
    if function == "Rabs":
        return "apply pow2_abs"
    return "(apply pow2_sqrt; signs)" if q == 2 else "(apply root_power; signs)"


def _valued(value: Value, n: int, replay: Replay) -> str:
    inner = " ".join(f"try rewrite form{k};" for k in range(n - 1, 0, -1))
    close = by_field_of(replay)
    if not value.kind:
        return f"{inner} {close}."
    if value.kind == "hyperbolic":
        return f"unfold tanh, sinh, cosh; rewrite ?exp_Ropp; {inner} {close}."
    if value.kind == "sqrt":
        return f"apply root_from_square; [signs | {inner} {close}]."
    if value.kind == "ln":
        return (
            f"replace ({value.argument}) with ({value.product}) by ({inner} {close}).\n"
            f"    eapply eq_trans; [ln_step | {inner} simpl INR; {close}]."
        )
    lemma = "exp_from_ln" if value.kind == "exp" else "power_from_ln"
    return f"apply {lemma}; [signs | eapply eq_trans; [ln_step | {inner} simpl INR; {close}]]."


def rewritten(replay: Replay) -> Iterator[str]:
    if count := len(replay.rewritten()):
        yield "  " + " ".join(f"try rewrite form{k};" for k in range(count, 0, -1)).removesuffix(";") + "."


def by_field_of(replay: Replay) -> str:
    count = len(replay.atoms.roots)
    modulo = f" [{' '.join(f'square{n}' for n in range(1, count + 1))}]" if count else ""
    return f"(field{modulo}; signs)"


def closed(replay: Replay) -> Iterator[str]:
    yield from rewritten(replay)
    yield f"  {by_field_of(replay)}."
    yield "Qed."
