"""The formulas of a claim that one may ask about: answers, both sides of statements, lines, wrong forms.

Only formulas of plain symbols: no integral, slope, density or unknown function. A law has a draw too, a variance a
standard deviation, and a factor its square. A refuted claim's false sentence is one of its wrong forms. What a wrong
form has in common with the right one is no formula of it.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from sympy import Abs, Expr, Max, Min, Pow, Symbol, exp, log, preorder_traversal, sqrt
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction
from sympy.functions.special.error_functions import erf, erfc

from derivations.arithmetic.memory import Memory
from derivations.form.claim import Answer, Claim, leaves
from derivations.form.definition import Defined
from derivations.form.law import Law
from derivations.form.statement import AtMost, Below, Equal, Statement, Tends, sides
from derivations.notation.named import unnamed
from derivations.obligations.watch import watching
from derivations.probability.gaussian import Normal
from derivations.probability.opening import opened
from derivations.query.index.universe import numbers
from derivations.symbols import n_0, n_1, n_2, n_3, x_t, z_s, z_t

PLAIN = (Pow, exp, log, Abs, Max, Min, HyperbolicFunction, TrigonometricFunction, erf, erfc)
LARGEST = 400  # nodes


class Formula(NamedTuple):
    """An expression of a claim, where it stands, and the wrong form that it belongs to, if any."""

    where: str  # "answer.var", "root var", "left 1", "right 2", "proof 1.3"; with a wrong form, of that
    expr: Expr
    wrong: str = ""


DRAW = "answer.draw"
DERIVED = ("root", "square")  # of a field of the answer
WHOLE = "whole step"  # a state and what a step adds to it, which is a field of the name `step`
STATES = (x_t, z_t)
VARIANCES = re.compile("var(iance)?|var_.*|g2|(sigma|alpha)2(_.*)?")  # fields by name
NOISE = frozenset((n_0, n_1, n_2, n_3))
FACTORS = re.compile("(sigma|alpha)(_[a-z]+)?")
PRINTED = "what is printed"  # the false sentence of a refuted claim, as a wrong form


MANY = 512  # claims: all of the catalogue, which are compared with what is asked again and again
once = Memory(MANY).once


def formulas(claim: Claim) -> tuple[Formula, ...]:
    """Return the formulas of a claim, each once, the answer first and wrong forms last; they are made once.

    The right root of a variance is also there where some wrong form is the same: where no variance is meant.
    """
    with watching(False):  # nothing is written here
        return once(claim, "formulas", lambda: tuple(_formulas(claim)))


def _formulas(claim: Claim) -> Iterator[Formula]:
    seen, right = set[Expr](), set[Expr]()
    every = (f for f in (*_right(claim), *_wrong(claim), *_derived(claim)) if plain(f.expr))
    for formula in (f._replace(expr=_fresh(f.expr)) for f in every):
        is_root = formula.where.startswith(DERIVED) and not formula.wrong
        if formula.expr not in (right if is_root else seen):
            seen.add(formula.expr)
            right |= set() if formula.wrong else {formula.expr}
            yield formula


def places(claim: Claim) -> dict[str, str]:
    """Return for each place of a right formula the first one that has the same, by which it is yielded."""
    first = dict[Expr, str]()
    return {f.where: first.setdefault(_fresh(f.expr), f.where) for f in _right(claim)}


def _right(claim: Claim) -> tuple[Formula, ...]:
    with watching(False):
        return once(claim, "right", lambda: tuple(_found(claim)))


def _found(claim: Claim) -> Iterator[Formula]:
    yield from _of_answer(claim.answer)
    yield from _sides(claim.statements())
    for i, chain in enumerate(claim.proof, start=1):
        if _is_equality(claim, i):
            yield from (Formula(f"proof {i}.{j}", opened(unnamed(line.expr))) for j, line in enumerate(chain, start=1))


def _of_answer(answer: Answer, wrong: str = "") -> Iterator[Formula]:
    """The fields of an answer, and a draw of the law that it is."""
    yield from (Formula(_answer(n), e, wrong) for n, e in leaves(answer))
    if (q := drawn(answer)) is not None:
        yield Formula(DRAW, q.mean + sqrt(q.var) * n_1, wrong)


def _derived(claim: Claim) -> Iterator[Formula]:
    """The roots of variances, the squares of factors and states after a step: last, as a wrong form may have a root."""
    yield from _powers(claim.answer)
    for name, wrong in claim.wrong.items():
        yield from _powers(wrong.answer, name)


def _powers(answer: Answer, wrong: str = "") -> Iterator[Formula]:
    for name, e in leaves(answer):
        if VARIANCES.fullmatch(name):
            yield Formula(f"root {name}", sqrt(e), wrong)
        elif FACTORS.fullmatch(name):
            yield Formula(f"square {name}", e**2, wrong)
        # what has fresh noise and is of no state is added to one: a new state is made of the old one
        elif name == "step" and NOISE & e.free_symbols and not e.free_symbols & set(STATES):
            yield from (Formula(WHOLE, state + e, wrong) for state in STATES)


def drawn(answer: Answer) -> Normal | None:
    """The law that an answer is: a normal one, or that of z_t after a step from z_s."""
    if isinstance(answer, Normal):
        return answer
    fields = dict(leaves(answer))
    return Normal(fields["alpha_ts"] * z_s, fields["sigma2_ts"]) if tuple(fields) == ("alpha_ts", "sigma2_ts") else None


def draws(claim: Claim) -> Iterator[str]:
    """Yield the variables that the laws of a claim are of."""
    if drawn(claim.answer) is not None:
        for said in claim.said():
            if isinstance(said, Law):
                yield str(said.of)
            if isinstance(said, Defined):
                yield str(said.of[0])


def is_noisy(claim: Claim) -> bool:
    """Whether a formula of the claim has fresh noise, which people call z or eps."""
    return drawn(claim.answer) is not None or any(NOISE & e.free_symbols for _, e in leaves(claim.answer))


def _fresh(e: Expr) -> Expr:
    """Call the noise n_1 if there is one: one standard normal number is as good as another."""
    noise = NOISE & e.free_symbols
    return e.xreplace(dict.fromkeys(noise, n_1)) if len(noise) == 1 and noise != {n_1} else e


def _is_equality(claim: Claim, chain: int) -> bool:
    """Whether the lines of a chain equal each other: those of an inequality do not."""
    return isinstance(claim.goals()[chain - 1], Equal | Tends)


def _answer(field: str) -> str:
    return field if field == "answer" else f"answer.{field}"


def _sides(statements: tuple[Statement, ...]) -> Iterator[Formula]:
    for side in ("right", "left"):
        for k, said in enumerate(statements, start=1):
            yield Formula(f"{side} {k}", sides(said)[side == "right"])


def _wrong(claim: Claim) -> Iterator[Formula]:
    for name, wrong in claim.wrong.items():
        yield from _of_answer(wrong.answer, name)
        yield from (f._replace(wrong=name) for f in _sides(claim.statements(wrong.answer)))
    if isinstance(claim.printed, Equal | AtMost | Below | Tends):
        yield from (f._replace(wrong=PRINTED) for f in _sides((claim.printed,)) if f.where == "right 1")


def plain(e: Expr) -> bool:
    """Whether an expression is made of our symbols and of functions of a number alone."""
    for n, node in enumerate(preorder_traversal(e)):
        known = isinstance(node, PLAIN) or node.is_Add or node.is_Mul or node.is_number  # type: ignore[union-attr]
        if n > LARGEST or not (known or (isinstance(node, Symbol) and node in numbers())):
            return False
    return True
