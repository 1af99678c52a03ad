"""A claim's kind is a shape of its statements, and a label that does not fit goes red."""

from typing import get_args

import pytest
from sympy import Integer

from derivations.catalogue import claims
from derivations.form.claim import Kind
from derivations.form.statement import AtMost, Equal, Tends
from derivations.judge import kinds
from derivations.probability.expected import Expected
from tests.support.forged import LEFT, RIGHT, a, b, c, claim, h, n
from tests.support.judged import red_for

FALSE = {"printed": Equal(a, a + b), "printed_at": {a: Integer(1), b: Integer(1)}}
KINDS = {
    "limit": (claim(kind="limit"), "expected of the kind 'limit' a limit"),
    "induction": (claim(kind="induction"), "with a base case and a step"),
    "law": (claim(kind="law"), "the law of a random variable"),
    "expectation": (claim(kind="expectation"), "an expectation over a stated law"),
    "an expectation beside": (
        claim(kind="expectation", says=lambda q: (Equal(Expected(LEFT + n, n), LEFT + 0), Equal(LEFT, q))),
        "an expectation over a stated law that speaks of the answer",
    ),
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
    red_for(*KINDS[name])


@pytest.mark.xdist_group("every claim")
def test_every_kind_has_its_shape_and_every_claim_its_kind() -> None:
    assert {*kinds.SHAPES, "definition"} == set(get_args(Kind))
    assert {n: faults for n, k in claims().items() if not k.is_definition and (faults := [*kinds.faults(k)])} == {}
