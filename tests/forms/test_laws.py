"""The law of a random variable is computed from how it is made; a variable not made of noise has none."""

from typing import Any

import pytest
from sympy import Integer, S, Symbol, exp

from derivations.form.base import plain
from derivations.form.claim import Claim, Wrong, by, leaves, with_leaf
from derivations.form.law import Diffused, Generating, Given, Law, Made, Pieces, Through, Weighed
from derivations.form.reading import needed, readings
from derivations.judge.certificate import certify
from derivations.notation.printing import latex, text
from derivations.notation.wheres import Uniform
from derivations.probability.gaussian import Normal
from tests.support.forged import LEFT, RIGHT, a, b, c, claim
from tests.support.judged import red_for

e, e_2, z, y, u, k = (Symbol(s, real=True) for s in ("e", "e_2", "z", "y", "u", "k"))
NOISE = (e, e_2)
SUM_OF_TWO = Normal(c, (a + b) ** 2 - 2 * a * b)


PQ = ("p", "q")  # a prior, and what weighing makes of it


def law_of(how: Any, answer: Any = SUM_OF_TWO, law: Any = None, of: Any = z) -> Claim:
    """Return the claim that z, made by `how`, has the law `answer`, or `law` of it."""

    def form(q: Any) -> Any:
        made = how(q) if callable(how) else how
        return Law(of, made, q if law is None else law(q))

    try:
        statements = plain(form(answer))
    except ArithmeticError:
        statements = ()
    symbols = sorted({v for s in statements for part in s for v in part.free_symbols} | {a, b, c}, key=str)
    first, mean = next(iter(leaves(answer)))
    wrong = {n: Wrong(with_leaf(answer, first, r), n) for n, r in {"one more": mean + 1, "twice": 2 * mean + 1}.items()}
    return claim(
        a, a, answer=answer, kind="law", says=form, wrong=wrong,
        proof=tuple((by("as it is made", s[0]), by("collected", s[1])) for s in statements),
        example=dict.fromkeys((k, y), Integer(1)) | dict(zip(symbols, map(Integer, "2131111"), strict=False)),
        convenience={f"0 < {v}": "kept" for v in symbols if v.is_positive},
    )  # fmt: skip


plus = Symbol("e", positive=True)
MADE = Made(c + a * e + b * e_2, NOISE)
LAWS = {
    "made": law_of(MADE),
    "given another": law_of(
        Given(c + a * e, ((a * e + b * e_2, y),), NOISE),
        Normal(c + a**2 * y / (a**2 + b**2), a**2 * b**2 / (a**2 + b**2)),
    ),
    "a step": law_of(Through(Normal(c, a**2), y, Normal(y * b, b)), Normal(b * c, b * (1 + a**2 * b))),
    "weighed": law_of(Weighed(Normal(c, a), b * z, names=PQ), Normal(c + a * b, a)),
    "weighed, normalised": law_of(Weighed(Normal(c, a), b * z, b * c + a * b**2 / 2, names=PQ), Normal(c + a * b, a)),
}  # fmt: skip
NO_LAWS = {
    "a plain identity": (law_of(Made(LEFT, NOISE), Normal(RIGHT, c)), "expected something random"),
    "no noise at all": (law_of(Made(LEFT, ()), Normal(RIGHT, c)), "expected something random|without noise"),
    "one noise twice": (law_of(Made(c + a * e + b * e_2, (e, e, e_2)), Normal(c, a**2)), "distinct random variables"),
    "noise taken for positive": (law_of(Made(c + a * plus + b * e, (plus, e))), "noise that may be any real number"),
    "made of itself": (law_of(Made(c + a * e + b * z, NOISE)), "expected z to be made of others"),
    "noise in the law": (law_of(MADE, Normal(c + e - e * 1, a**2 + b**2 + e)), "a law free of the noise"),
    "the variable in its own law": (law_of(MADE, Normal(z, a**2 + b**2)), "free of its own variable"),
    "a sum for the variable": (law_of(MADE, of=a * z), "Law.of: expected a symbol, got a*z"),
    "a false variance": (law_of(MADE, Normal(c, (a + b) ** 2)), "enclose refutes the answer"),
    "a false normaliser": (
        law_of(Weighed(Normal(c, a), b * z, b * c, names=PQ), Normal(c + a * b, a)), "enclose refutes"
    ),
    "a normaliser that hides the difference": (
        law_of(lambda q: Weighed(Normal(c, a), b * z, b * z), Normal(c, a)),
        "free of z",
    ),
    "a weight that weighs nothing": (law_of(Weighed(Normal(c, a), b, b), Normal(c, a)), "expected something random"),
    "a random value": (law_of(Given(c + a * e, ((a * e + b * e_2, e),), NOISE)), "expected values free of the noise"),
    "a density that no number normalises": (
        law_of(Weighed(Normal(c, a), z**2 / a, names=PQ), Normal(-c, -a)), "left over|not evaluated|-a > 0"
    ),
    "a step of negative variance": (
        law_of(Through(Normal(c, a**2), y, Normal(b * y, -a)), Normal(b * c, a * (a * b**2 - 1))), "left over|-a >= 0"
    ),
    "a step of varying noise": (law_of(Through(Normal(c, a**2), y, Normal(y, y**2))), "a variance free of y"),
    "a bent step": (law_of(Through(Normal(c, a**2), y, Normal(y**2, b))), "expected an expression linear in y"),
    "pieces with a gap": (
        law_of(Pieces(u, ((u, Integer(0), Integer(1) / 2),)), k, lambda q: Generating(k, q)),
        "expected pieces from 0 to 1",
    ),
    "a law of a diffusion that stands still": (
        law_of(Diffused(a * z, b, {a: Integer(0)}), Normal(c, a)), "slopes in time"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAWS)
def test_a_law_is_green(name: str) -> None:
    assert certify(LAWS[name], "digest").complaints == []


@pytest.mark.parametrize("name", NO_LAWS)
def test_a_faulty_law_goes_red(name: str) -> None:
    red_for(*NO_LAWS[name])


@pytest.mark.parametrize("how", [Made(c + a * e**2 + b * e_2, NOISE), Given(c + a * e, ((e * e_2, y),), NOISE)])
def test_a_variable_that_is_not_linear_in_its_noise_has_no_normal_law(how: Any) -> None:
    with pytest.raises(ValueError, match="expected an expression linear in e, e_2, got"):
        law_of(how)


def after_where(how: Any, law: Any) -> list[str]:
    return [text(left) for left, right in needed(*readings(Law(z, how, law))) if right is None]


def test_what_a_variable_is_made_of_has_a_law_in_print() -> None:
    for how in (MADE, Given(c + a * e, ((a * e + b * e_2, y),), NOISE)):
        assert after_where(how, SUM_OF_TWO) == ["e, e_2 ~ N(0, 1)"]
    assert after_where(Made(c + a * e, NOISE), SUM_OF_TWO) == ["e ~ N(0, 1)"]  # no law of what is not shown
    pieces = Pieces(u, ((a * u, S.Zero, S.One),))
    assert after_where(pieces, Generating(k, (exp(a * k) - 1) / (a * k))) == ["u ~ U(0, 1)"]
    weighed = after_where(Weighed(Normal(c, a), b * z, names=PQ), Normal(c + a * b, a))
    assert not any("~" in line for line in weighed)
    assert latex(Uniform(u)) == r"u \sim \mathcal{U}(0, 1)"
