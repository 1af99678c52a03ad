"""An induction needs a base case and a step that uses the hypothesis."""

from typing import Any

import pytest
from sympy import Expr, Integer, Symbol, oo, sqrt

from derivations.form.base import plain
from derivations.form.claim import Claim, Wrong, by
from derivations.form.induction import Induction, induction
from derivations.form.statement import Equal
from derivations.judge.certificate import certify
from tests.support.forged import a, c, claim, x
from tests.support.judged import red_for

n, total = Symbol("n", positive=True), Symbol("S_n", real=True)
SUM = c * n * (n + 1) / 2
COUNT = {"first": {n: Integer(1)}, "next": {n: n + 1}}


def summed(answer: Expr = SUM, *, also: Any = (), **changes: Any) -> Claim:
    """Return the claim c + 2c + ... + nc = c n (n + 1)/2, by induction over n, with some parts changed."""
    usual: dict[str, Any] = {"value": None, "held": total, "base": c, "step": total + c * (n + 1)} | COUNT

    def form(q: Expr) -> Any:
        made = {k: e(q) if callable(e) else e for k, e in (usual | changes).items()}
        return (induction(**made | {"value": q if made["value"] is None else made["value"]}), *also)

    proof = tuple((by("as it is", s[0]), by("collected", s[1])) for statement in form(answer) for s in plain(statement))
    kept = {f"0 < {v}": "kept" for v in (n, c)}
    return claim(
        answer, answer, kind="induction", says=form, proof=proof, example={n: Integer(3), c: Integer(2), a: Integer(1)},
        convenience=kept, wrong={"one": Wrong(c * n, "the count"), "more": Wrong(SUM + n, "more")},
    )  # fmt: skip


plus = Symbol("S_n", positive=True)
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
    "the answer as its own base case": (summed(SHIFTED, base=lambda q: q.subs(n, 1)), "base of an induction by the"),
    "the answer as its own step": (
        summed(SHIFTED, base=8 * c, step=lambda q: total + q.subs(n, n + 1) - q),
        "step of an induction by the process alone",
    ),
    "a step without the hypothesis": (summed(step=c * (n + 1) * (n + 2) / 2), "a step that uses the induction"),
    "a base case anywhere": (
        summed(SHIFTED, base=SHIFTED, first={n: n}),
        "expected a first index free of index symbols",
    ),
    "a next index that is the same": (summed(next={n: n}, step=total + 0 * c), "that depends on the one before"),
    "a next index that does not go on": (summed(next={n: Integer(1)}, step=total + c), "that depends on the one"),
    "no index": (summed(first={}, next={}), "expected a first and a next index"),
    "the hypothesis as the value": (summed(value=total, step=total + 0 * n), "a value that depends on the index"),
    "a value that is the hypothesis, too": (
        summed(value=lambda q: q + total - total.subs(total, total + 0), base=total), "in the step alone"
    ),
    "a first index at infinity": (
        summed(SHIFTED, base=oo, first={n: oo}), "expected a first index with a base case"
    ),
    "a hypothesis taken for positive": (
        summed(-SUM, base=-c, step=plus + sqrt(plus**2) - plus - c * (n + 1), held=plus),
        "left over: -c > 0 (what S_n stands for",
    ),
    "a false step": (summed(step=total + c * n), "enclose refutes the answer"),
}  # fmt: skip


@pytest.mark.parametrize("name", INDUCTIONS)
def test_a_faulty_induction_goes_red(name: str) -> None:
    red_for(*INDUCTIONS[name])


def test_an_induction_is_green() -> None:
    assert certify(summed(), "digest").complaints == []


def test_an_induction_without_a_base_case_is_refused() -> None:
    with pytest.raises(TypeError, match="base"):
        induction(value=SUM, held=total, step=total + n, **COUNT)  # type: ignore[call-arg]


def test_a_base_case_of_one_number_is_not_one_of_two() -> None:
    """Each number of a law needs a step from its previous value, not the answer written out."""
    two = Induction(
        value=(SUM, SHIFTED), held=(total, x), base=(c, 8 * c),
        step=(total + c * (n + 1), SHIFTED.subs(n, n + 1)), **COUNT,
    )  # fmt: skip
    assert any("a step that uses the induction hypothesis x" in fault for fault in two.faults())
