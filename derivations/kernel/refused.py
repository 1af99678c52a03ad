"""What Coq must refuse, and why it did: wrong answers of claims and corrupted theorems; negations it must accept.

A refusal counts only if a tactic fails: an error of syntax, or a name that is not known, refuses nothing.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple, TypedDict

from sympy import Expr, Rational, Symbol, sympify

from derivations.form.claim import Claim
from derivations.form.statement import AtMost, Below, Equal, Statement
from derivations.judge.necessity.plain import Counterexample, counterexample
from derivations.kernel.coq import compiled
from derivations.kernel.corrupted import corruptions
from derivations.kernel.exported import opening, stated
from derivations.kernel.stated import LINE, Theorem, of_statement
from derivations.kernel.terms import term
from derivations.kernel.ways import Proofs, script, suffix

FAILED = (
    "No applicable tactic",
    "not a valid",
    "Cannot find witness",
    "Tactic failure",
    "Unable to unify",
    "incomplete",
)
INTERVAL = "From Coq Require Import Reals Lra.\nFrom Interval Require Import Tactic.\nOpen Scope R_scope.\n"
SCRIPT = (
    "Proof.\n  first [lra | intro E; lra | apply Rlt_not_eq, Rminus_gt_0_lt; interval with (i_prec 100)\n"
    "    | apply Rgt_not_eq, Rminus_gt_0_lt; interval with (i_prec 100)\n"
    "    | apply Rle_not_lt, Rlt_le, Rminus_gt_0_lt; interval with (i_prec 100)\n"
    "    | apply Rlt_not_le, Rminus_gt_0_lt; interval with (i_prec 100)].\nQed.\n"
)


class Refusal(TypedDict):
    """A false theorem, and how Coq refused it."""

    tag: str
    how: str
    refused: bool
    because: str


class Negation(NamedTuple):
    """The negation of a statement with a wrong answer, at a point, as a file with its proof."""

    name: str
    text: str


def refusal(tag: str, how: str, theorem: Theorem, proof: str) -> Refusal:
    """Put a false theorem to Coq."""
    outcome = compiled(f"{opening([theorem])}\n{theorem.text}\n{proof}\nPrint Assumptions {theorem.name}.\n")
    said = next((line for line in outcome.message.splitlines() if any(f in line for f in FAILED)), "")
    return Refusal(
        tag=tag, how=how, refused=not outcome.accepted and bool(said), because=said or outcome.message[-200:]
    )


def of_corruptions(claim: Claim, tag: str, proofs: Proofs) -> Iterator[tuple[str, Theorem, str]]:
    """Yield how, what and with which script each proved statement of a claim is corrupted."""
    for number, theorem in stated(claim, tag)[0]:
        if suffix(theorem) in proofs and LINE not in theorem.name:
            for how, false in corruptions(theorem):
                with suppress(ArithmeticError):  # the normal form does not reach it
                    yield how, false, script(claim, number, false, proofs[suffix(theorem)])


def of_wrong(claim: Claim, tag: str, name: str, proofs: Proofs) -> tuple[Theorem, str, Negation] | None:
    """Return the false theorem of a wrong answer with its script, and its negation; None where no plain one fails."""
    answer = claim.wrong[name].answer
    found = counterexample(claim, answer, name)
    if found is None or str(found.statement) not in proofs or proofs[str(found.statement)] == "lines":
        return None
    statement = claim.statements(answer)[found.statement - 1]
    try:
        theorem = of_statement(claim, statement, f"T_{tag}_{found.statement}")[0]
        proof = script(claim, found.statement, theorem, proofs[str(found.statement)])
        return theorem, proof, negated(f"N_{tag}_{found.statement}", statement, found)
    except (ArithmeticError, ValueError):  # it has no normal form at the claim's point, or no term
        return None


def negated(name: str, statement: Statement, found: Counterexample) -> Negation:
    """Return the negation of a statement at a point, all of whose numbers are written out."""
    numbers: dict[Symbol, str] = {v: numeral(sympify(q)) for v, q in found.at.items() if isinstance(v, Symbol)}
    left, right = (term(side, numbers) for side in statement[:2])  # type: ignore[arg-type]
    match statement:
        case Equal():
            said = f"{left} <> {right}"
        case Below():
            said = f"~ ({left} < {right})"
        case AtMost():
            said = f"~ ({left} <= {right})"
        case _:
            raise ValueError("expected an equality or an inequality, got a limit")
    return Negation(name, f"Theorem {name} :\n  {said}.\n{SCRIPT}")


def numeral(q: Expr) -> str:
    """Return a rational number as a term in brackets."""
    if not isinstance(q, Rational):
        raise ValueError(f"expected a rational number, got {q}")
    text = str(abs(q.p)) if q.q == 1 else f"{abs(q.p)} / {q.q}"
    return f"(- {text})" if q.p < 0 else f"({text})"
