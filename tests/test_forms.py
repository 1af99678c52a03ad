"""The forms of statements can't be abused: each cheat is red for its own reason, its harmless twin green."""

from typing import Any, get_args

import pytest
from sympy import Expr, Integer, Symbol, expand, log

from derivations import kinds
from derivations.catalogue import claims
from derivations.certificate import certify
from derivations.claim import Chain, Claim, Kind, Wrong, by
from derivations.density import Density, Excess, Mean, kl
from derivations.engines.decide import decide
from derivations.engines.enclose import enclose
from derivations.engines.prove import prove
from derivations.forms.base import plain
from derivations.forms.induction import Induction, induction
from derivations.statement import AtMost, Below, Equal, Tends
from tests.test_attacks import LEFT, RIGHT, a, b, c, claim, h, x


def red(attack: Claim, expected: str) -> None:
    """The claim is not green, for a reason that holds one of the phrases."""
    found = certify(attack, "digest")
    assert not found.green
    assert any(part in said for said in found.complaints for part in expected.split("|")), found.complaints


# -- inequalities: equality only in its case --------------------------------------------------------


def only(more: Expr, case: dict[Any, Any], *lines: Any, start: Expr = a * b) -> Claim:
    """start <= start + more, with equality only in the case; each line adds what stands beside its reason.

    An equality beside it settles the answer: a bound that is slack off the case is as true.
    """
    chain, here = [by("the left", start)], start
    for why, added, convex in lines or (("something is added", more, None),):
        here = here + added
        chain.append(by(why, here, more=None if convex else added, convex=convex))
    wrong = {"one": Wrong(start + 2 * more + 1, "slack"), "other": Wrong(start - more - 1, "below")}
    symbols = start.free_symbols | more.free_symbols
    return claim(
        start, start + more, kind="inequality",
        says=lambda q: (AtMost(start, q, case, only=True), Equal(expand(start + more), q)),
        proof=(tuple(chain), (by("the same", expand(start + more)), by("so", start + more))), wrong=wrong,
        example=dict(zip(sorted(symbols, key=str), (2, 1, 3, 5), strict=False)),
        convenience={f"0 < {v}": "kept" for v in symbols if v.is_positive},
    )  # fmt: skip


TWO = ((a - b) ** 2 / c, c - 1 - log(c))
PAIR = {a: b, c: Integer(1)}
BENT = (("a square", TWO[0], None), ("convex, least at 1", TWO[1], (c, Integer(1))))

ONLY = {
    "a square": only((a - b) ** 2 / c, {a: b}),
    "a square and a convex function": only(sum(TWO), PAIR, *BENT),
    "an edge of the domain": only(a * (1 + c) / b, {a: Integer(0)}),
}


@pytest.mark.parametrize("name", ONLY)
def test_equality_in_one_case_only_is_proved(name: str) -> None:
    assert certify(ONLY[name], "digest").complaints == []


ELSEWHERE = {
    "in another case too": (only((a - b) ** 2 * (a - c) ** 2, {a: b}), "no line forces a = b"),
    "a part of the case will do": (only((a - b) ** 2 / c, PAIR), "enclose refutes|no line forces c = 1"),
    "on a curve through it": (only((a - b) ** 2, {a: Integer(2), b: Integer(2)}), "enclose refutes|no line forces"),
    "one condition told twice": (only((a - b) ** 2 / c, {a: b, b: a}), "other symbols than it sets"),
    "a line that bends as it likes": (
        only(sum(TWO), PAIR, ("a square", TWO[0], None), ("larger", TWO[1], None)),
        "not manifestly non-negative",
    ),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_equality_elsewhere_goes_red(name: str) -> None:
    red(*ELSEWHERE[name])


def test_the_solvers_find_equality_elsewhere() -> None:
    assert decide(only((a - b) ** 2 / c, {a: b})).verdict == "proved"
    found = decide(only((a - b) ** 2 * (a - c) ** 2, {a: b}))
    assert found.verdict == "refuted" and found.witness["a"] == found.witness["c"] != found.witness["b"]


def test_a_line_that_was_not_looked_at_forces_nothing() -> None:
    """What a first line, or one that is convex, says that it has more is in no difference that was checked."""
    z, extra = c - 1 - log(c), Integer(1)
    chain: Chain = (by("the left", a * b, more=extra), by("convex", a * b + z, convex=(c, Integer(1))))
    forged = only(z, {c: Integer(1)})
    slack = {"proof": (chain,), "says": lambda q: AtMost(a * b, q, {a: b, c: Integer(1)}, only=True)}
    assert "no line forces a = b" in prove(claim(a * b, a * b + z, **slack, example=dict(forged.example))).reason
    both = (by("the left", a * b), by("convex", a * b + z, more=extra, convex=(c, Integer(1))))
    strict = {"proof": (both,), "says": lambda q: Below(a * b, q)}
    assert "got both" in prove(claim(a * b, a * b + z, **strict, example=dict(forged.example))).reason


# for all densities: KL(q || p) >= 0 with equality only at p = q, and the same where p is another law's
v = Symbol("v")
q, p = Density("q", v), Density("p", v)
DIVERGENCE, MORE = kl(v, q, p), Mean(Excess(p / q), (v, q))


def divergence(case: dict[Any, Any]) -> Claim:
    zero = Integer(0)
    proof = ((by("nothing", zero), by("log u <= u - 1", DIVERGENCE, more=MORE)),)
    odds = {s: Integer(n) for n, s in enumerate(sorted(DIVERGENCE.free_symbols, key=str), 2)}
    wrong = {"twice": Wrong(-DIVERGENCE, "sign"), "more": Wrong(DIVERGENCE + 1, "slack")}
    return claim(
        zero, DIVERGENCE, kind="inequality", says=lambda e: AtMost(zero, e, case, only=True), proof=proof,
        example=odds, convenience={f"0 < {s}": "odds" for s in odds}, wrong=wrong,
    )  # fmt: skip


def test_a_divergence_vanishes_only_for_equal_laws() -> None:
    for engine in (prove, enclose):
        assert engine(divergence({p: q})).verdict in ("proved", "consistent")


def test_a_divergence_forces_no_other_law() -> None:
    other = Density("r", v)
    assert "no line forces" in prove(divergence({p: q, other: q})).reason


# -- kinds: a label is a shape --------------------------------------------------------------------------

FALSE = {"printed": Equal(a, a + b), "printed_at": {a: Integer(1), b: Integer(1)}}
KINDS = {
    "limit": (claim(kind="limit"), "expected of the kind 'limit' a limit"),
    "induction": (claim(kind="induction"), "with a base case and a step"),
    "inequality": (claim(kind="inequality"), "an inequality that speaks of the answer, got Equal"),
    "refuted, nothing printed": (claim(kind="refuted"), "expected a printed statement of a refuted claim"),
    "printed, and not refuted": (claim(**FALSE), "expected a printed statement of a refuted claim, and of no other"),
    "an equality beside": (
        claim(says=lambda q: (Equal(LEFT + 1, RIGHT + 1), AtMost(LEFT - q, c, {c: Integer(0)}))),
        "expected of the kind 'equality' an equality that speaks of the answer, got AtMost",
    ),
    "a limit beside": (
        claim(kind="limit", says=lambda q: (Equal(LEFT, q), Tends(LEFT + h, h, RIGHT))),
        "expected of the kind 'limit' a limit that speaks of the answer, got Equal",
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_label_that_does_not_fit_goes_red(name: str) -> None:
    red(*KINDS[name])


def test_every_kind_has_its_shape_and_every_claim_its_kind() -> None:
    assert {*kinds.SHAPES, "definition"} == set(get_args(Kind))
    assert {n: found for n, k in claims().items() if not k.is_definition and (found := [*kinds.faults(k)])} == {}


# -- induction: a base case and a step ----------------------------------------------------------------

n, total = Symbol("n", positive=True), Symbol("S_n", real=True)
SUM = c * n * (n + 1) / 2
COUNT = {"first": {n: Integer(0)}, "next": {n: n + 1}}


def summed(answer: Expr = SUM, *, also: Any = (), **changes: Any) -> Claim:
    """c + 2c + ... + nc = c n (n + 1)/2, by induction over n, with something wrong."""
    usual: dict[str, Any] = {"value": None, "held": total, "base": Integer(0), "step": total + c * (n + 1)} | COUNT

    def form(q: Expr) -> Any:
        made = {k: e(q) if callable(e) else e for k, e in (usual | changes).items()}
        return (induction(**made | {"value": q if made["value"] is None else made["value"]}), *also)

    proof = tuple((by("as it is", s[0]), by("collected", s[1])) for said in form(answer) for s in plain(said))
    kept = {f"0 < {v}": "kept" for v in (n, c)}
    return claim(
        answer, answer, kind="induction", says=form, proof=proof, example={n: Integer(3), c: Integer(2), a: Integer(1)},
        convenience=kept, wrong={"one": Wrong(c * n, "the count"), "more": Wrong(SUM + n, "more")},
    )  # fmt: skip


SHIFTED = SUM + 7 * c
INDUCTIONS = {
    "a step alone, as an identity": (
        claim(
            SHIFTED + c * (n + 1), SHIFTED.subs(n, n + 1), kind="induction", answer=SHIFTED,
            says=lambda q: Equal(q + c * (n + 1), q.subs(n, n + 1)),
        ),
        "with a base case and a step",
    ),
    "a false base case": (summed(SHIFTED), "enclose refutes the answer"),
    "the answer as its own base case": (summed(SHIFTED, base=lambda q: q.subs(n, 0)), "base of an induction by the"),
    "the answer as its own step": (
        summed(SHIFTED, base=7 * c, step=lambda q: total + q.subs(n, n + 1) - q),
        "step of an induction by the process alone",
    ),
    "a step without the hypothesis": (summed(step=c * (n + 1) * (n + 2) / 2), "does not use the induction hypothesis"),
    "a base case anywhere": (
        summed(SHIFTED, base=SHIFTED, first={n: n}),
        "expected a first index that is told without others",
    ),
    "a next index that is the same": (summed(next={n: n}, step=total + 0 * c), "that goes on from any other"),
    "a next index that does not go on": (summed(next={n: Integer(1)}, step=total + c), "that goes on from any other"),
    "no index": (summed(first={}, next={}), "expected a first and a next index"),
    "the hypothesis as the value": (summed(value=total, step=total + 0 * n), "a value that depends on the index"),
    "a value that is the hypothesis, too": (
        summed(value=lambda q: q + total - total.subs(total, total + 0), base=total), "in the step alone"
    ),
    "a false step": (summed(step=total + c * n), "enclose refutes the answer"),
}  # fmt: skip


@pytest.mark.parametrize("name", INDUCTIONS)
def test_an_induction_that_is_none_goes_red(name: str) -> None:
    red(*INDUCTIONS[name])


def test_an_induction_is_green() -> None:
    assert certify(summed(), "digest").complaints == []


def test_there_is_no_induction_without_a_base_case() -> None:
    with pytest.raises(TypeError, match="base"):
        induction(value=SUM, held=total, step=total + n, **COUNT)  # type: ignore[call-arg]


def test_a_base_case_of_one_number_is_not_one_of_two() -> None:
    """Each number of a law needs a step that uses what was there before, not the answer written out."""
    two = Induction(
        value=(SUM, SHIFTED), held=(total, x), base=(Integer(0), 7 * c),
        step=(total + c * (n + 1), SHIFTED.subs(n, n + 1)), **COUNT,
    )  # fmt: skip
    assert any("does not use the induction hypothesis x" in fault for fault in two.faults())
