"""A name that is printed as a square, as sigma_ts^2 or g^2, stands for no negative number.

That its body is not negative is owed wherever the name opens: in a statement, a line, a process, an object at other
values, a second name. So it is not enough that a formula holds, if its name promises more.
"""

from collections.abc import Callable, Sequence

import pytest
from sympy import Expr, Function, Integral, Rational, S, Symbol, cos, exp, expand, log, sin, sqrt

from derivations.engines.discharge import settle
from derivations.engines.discharge.parameters import Assumption
from derivations.engines.prove import prove
from derivations.form.claim import Below, Claim, by
from derivations.form.definition import Defined
from derivations.form.law import Law, Made
from derivations.form.names import faults
from derivations.form.statement import Equal, Tends
from derivations.form.verdict import Means
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope, Squared
from derivations.notation.steps import Drawn
from derivations.notation.times import function, squared
from derivations.notation.values import At, QuantityAt
from derivations.obligations.obligation import Obligation
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal, law
from tests.support.forged import a, b, c, equation, h, n, q, replace, stated, thin, x
from tests.support.judged import green, red_for

y, z, m, v = (Symbol(name, real=True) for name in ("y", "z", "m", "v"))
RESTS = a**2 - 70 * a + 1301  # the twin of q that is positive everywhere
Square = Callable[[Expr], Expr]


def named(body: Expr) -> Expr:
    return Squared("sigma", body)


def equal(left: Expr, right: Expr) -> Claim:
    return stated(lambda e: Equal(left, e), right, "equality")


# -- where a square opens ----------------------------------------------------------------------------


def stands(body: Expr) -> Claim:
    return equal(c * (1 + named(body)), c + c * body)


def quantity(body: Expr) -> Claim:
    return equal(c * (1 + Quantity("sigma^2", (c,), body)), c + c * body)


def indexed(body: Expr) -> Claim:
    return equal(c * (1 + squared("sigma_ts", body)), c + c * body)


def printed(body: Expr) -> Claim:
    return equal(c * (1 + Quantity("g2", (), body)), c + c * body)


def vanishing(body: Expr) -> Claim:
    return equal((c + b) ** 2 + b * (squared("sigma", body) - squared("sigma", body)), expand((c + b) ** 2))


def in_a_line(body: Expr) -> Claim:
    one = equal((c + b) ** 2 + b * x, expand((c + b) ** 2) + b * x)
    left, right = (line.expr for line in one.proof[0])
    through = (c + b) ** 2 + b * (squared("sigma", body) - body + x)
    return replace(one, proof=((by("", left), by("", through), by("", right)),))


def in_the_answer(body: Expr) -> Claim:
    answer = c * squared("sigma", body) + c
    return equal(c * (1 + body), answer)


def squared_again(body: Expr) -> Claim:
    return equal(c * (1 + squared("sigma", body) ** 2), c + c * expand(body**2))


def in_a_process(body: Expr) -> Claim:
    made = Process((z, y + named(body) * m), noise=(m,), data=(y,))
    return equal(c * (1 + made.Var(z)), c + c * expand(body**2))


def of_a_process(body: Expr) -> Claim:
    """The mean of z_s, which shows nothing of the square in its noise."""
    made = Process((z, (1 + b) ** 2 * y + named(body) * m), noise=(m,), data=(y,))
    return equal(made.E(z), expand((1 + b) ** 2) * y)


def drawn(body: Expr) -> Claim:
    made = Process((z, (1 + b) ** 2 * named(body) + m), noise=(m,))
    return equal(Drawn(made, z), expand((1 + b) ** 2 * body) + m)


def in_a_law(body: Expr) -> Claim:
    made, right = Made(y + (named(body) + c) * n, (n,)), expand((body + c) ** 2)
    return stated(lambda e: Law(z, made, Normal(y, e)), right, "law")


def in_a_second_name(body: Expr) -> Claim:
    return equal(c * Quantity("k", (), 1 + named(body)), c + c * body)


def in_a_second_square(body: Expr) -> Claim:
    return equal(c * Squared("tau", 1 + named(body) ** 2), c + c * expand(body**2))


def in_a_function(body: Expr) -> Claim:
    k = function("k", v)(lambda v: v * (1 + named(body)))
    return equal(c * k(b), c * b + c * b * body)


def sloped(body: Expr) -> Claim:
    return equal((b + c) ** 2 + Slope(named(body), x), b**2 + 2 * b * c + c**2 + body.diff(x))


def at_a_value(body: Expr) -> Claim:
    return equal(c * (1 + At(named(v), (v, body))), c + c * body)


def at_a_place(body: Expr) -> Claim:
    return equal(c * (1 + QuantityAt(Quantity("sigma^2", (v,), v), (v, body))), c + c * body)


def in_a_limit(body: Expr) -> Claim:
    near, line = c * (1 + named(body) + h), c * (1 + body + h)
    proof = ((by("", line), by("", expand(line))),)
    return stated(lambda e: Tends(near, h, e), c + c * body, "limit", proof=proof)


def in_a_mean(body: Expr) -> Claim:
    return equal(c * (1 + Expected(named(body) * n**2, n)), c + c * body)


PLACES: list[Callable[[Expr], Claim]] = [
    stands, quantity, indexed, printed, vanishing, in_a_line, in_the_answer, squared_again, in_a_process, of_a_process,
    drawn, in_a_law, in_a_second_name, in_a_second_square, in_a_function, sloped, at_a_value, at_a_place, in_a_limit,
    in_a_mean,
]  # fmt: skip


@pytest.mark.parametrize("make", PLACES)
def test_a_square_is_not_negative_wherever_it_opens(make: Callable[[Expr], Claim]) -> None:
    red_for(make(x), "x >= 0")
    assert prove(make(1 + x**2)).verdict == "proved", prove(make(1 + x**2)).reason
    green(make(1 + x**2))


def test_a_process_owes_what_its_steps_need() -> None:
    """Var(z) shows nothing of where z = sqrt(x) + (1 + b) m has a value."""

    def spread(root: Expr) -> Claim:
        made = Process((z, sqrt(root) + (1 + b) * m), noise=(m,))
        return equal(c * made.Var(z), expand(c * (1 + b) ** 2))

    red_for(spread(x), "x >= 0")
    green(spread(1 + x**2))


def test_what_a_noise_owes_stays_with_its_coefficient() -> None:
    """A law by hand: where sqrt(x)^2 n is written as x n, its variance owes what the whole did."""

    def spread(inside: Expr) -> Claim:
        return equal((1 + c) * law(y + sqrt(inside) ** 2 * n, (n,)).var, expand((1 + c) * inside**2))

    red_for(spread(x), "x >= 0")
    green(spread(1 + x**2))


# -- where it is negative ----------------------------------------------------------------------------


@pytest.mark.parametrize("body", [q, thin, a - 30], ids=["between two places", "in a gap of 10^-4", "on one side"])
def test_a_square_that_is_negative_somewhere(body: Expr) -> None:
    red_for(equation(c * (1 + named(body)), c + c * body, example={a: 100}), ">= 0 (sigma^2 is a square)|>= 0 (lost")
    twin = equation(c * (1 + named(RESTS)), c + c * RESTS)
    assert prove(twin).verdict == "proved"
    green(twin)


def edge(low: Expr) -> Claim:
    return equation((1 + b) * (1 + named(a - 1)), a + a * b, Below(low, a), example={a: 2})


def test_a_square_that_is_negative_only_at_the_edge() -> None:
    red_for(edge(1 - Rational(1, 10**12)), "a - 1 >= 0")
    green(edge(S.One))


def test_a_square_inside_an_integral_is_not_negative_between_its_ends() -> None:
    def summed(body: Expr) -> Claim:
        left, right = c * Integral(named(body), (v, 0, b)), c * (b**3 / 3 + b * body.subs(v, 0))
        primitive = v**3 / 3 + v * body.subs(v, 0)
        one = equation(left, right)
        return replace(one, proof=((by("", left), by("", right, primitive=c * 0 + primitive)),))

    red_for(summed(v**2 - Rational(1, 4)), ">= 0")
    green(summed(v**2 + Rational(1, 4)))


# -- names that only print as squares ------------------------------------------------------------------


def test_a_symbol_or_a_function_that_prints_as_a_square_is_not_negative() -> None:
    def of(square: Expr, *kept: str) -> Claim:
        convenience = dict.fromkeys(("0 < c", *kept), "kept")
        return stated(
            lambda e: Equal((c + square) ** 2, e), expand((c + square) ** 2), "equality", convenience=convenience
        )

    signed, function_ = Symbol("g2", real=True), Function("g2", real=True)(x)
    red_for(of(signed), "as it is printed as a square, got g2, written g^2")
    red_for(of(function_), "not printed as a square, got g2")
    green(of(Symbol("g2", positive=True), "0 < g^2"))
    assert not [*faults(of(Function("g_2", real=True)(x)))]


def test_a_definition_of_a_square_is_of_no_negative_number() -> None:
    def defined(body: Expr, name: str) -> Claim:
        return Claim(
            name="forged", kind="definition", says=lambda e: Defined(name, (x,), e), answer=body, example={x: S.One}
        )

    red_for(defined(x, "g2"), "x >= 0 (g2 is printed as a square)")
    green(defined(1 + x**2, "g2"))
    green(defined(x, "g_2"))


# -- what shows it -------------------------------------------------------------------------------------


def by_lines(body: Expr, *lines: Expr) -> Claim:
    chain = tuple(by("", e) for e in (body, *lines))
    return replace(equation(named(body), lines[-1]), proof=(chain,))


WAVES = Rational(3, 8) - cos(2 * y) / 2 + cos(4 * y) / 8  # of which no engine sees the sign


def test_a_line_that_it_equals_shows_its_sign() -> None:
    shown = prove(by_lines(WAVES, sin(y) ** 4))
    assert shown.verdict == "proved" and shown.detail["obligations"]["by"]["line"] == 1
    hidden = prove(equation(c * named(WAVES), c * sin(y) ** 4))  # no line is equal to the body itself
    assert hidden.verdict == "consistent" and "3/8 >= 0" in hidden.reason


@pytest.mark.parametrize("root", [sqrt(expand(q**2)), sqrt(expand(q**4)) / q, exp(log(expand(q**3)) / 3)])
def test_a_line_shows_no_sign_that_it_rests_on(root: Expr) -> None:
    """Each of these is q where q > 0; where q < 0 it is not, or has no value."""
    assert "1001 >= 0 (sigma^2 is a square) changes its sign" in prove(by_lines(q, root)).reason


def test_no_question_about_a_claim_is_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of the solvers nor of Arb, though a line leads back to what was asked before."""
    asked, right = list[tuple[Means, Obligation]](), settle.answers

    def answers(means: Means, questions: Sequence[Obligation], assumptions: Sequence[Assumption]) -> dict[int, bool]:
        asked.extend((means, question) for question in questions)
        return right(means, questions, assumptions)

    monkeypatch.setattr(settle, "answers", answers)
    claim = by_lines(q, sqrt(expand(q**4)) / q)
    assert prove(claim).verdict == "consistent" and len(asked) > 3
    assert len(asked) == len(set(asked))
    monkeypatch.setattr(settle, "once", lambda about, key, make: make())
    asked.clear()
    assert prove(replace(claim)).verdict == "consistent" and len(asked) > len(set(asked)), "without the memory"


def test_a_square_beside_its_root_is_the_square_of_it() -> None:
    def both(root: Expr, square: Expr) -> Claim:
        right = expand((c + a) * (b + a**2))
        return stated(lambda e: Equal((c + root) * (b + square), e), right, "equality")

    for square in (Squared("sigma", a**2), Quantity("sigma^2", (), a**2)):
        red_for(both(Quantity("sigma", (), 2 * a), square), "expected sigma^2 to be the square of sigma")
        green(both(Quantity("sigma", (), a), square))
    red_for(both(Quantity("g", (), 2 * a), Quantity("g2", (), a**2)), "expected g^2 to be the square of g")
    red_for(both(a + Squared("g", 2 * a), Quantity("g2", (), a**2)), "expected one meaning of a name, got 2 of g^2")
    green(both(Quantity("g", (), a), Quantity("g2", (), a**2)))


# -- names that promise no negative number in a word ---------------------------------------------------

CALLED = (
    "sigma_sq", "sigma_squared", "var_x", "x_variance", "std", "std_x", "norm", "norm_v", "KL_x", "SNR", "SNR_eff",
    "snr_1", "mmse", "mse_x", "prob", "prob_1", "density", "pdf_x", "distance",
)  # fmt: skip
FREE = ("log_prob", "log_density", "SNR'", "SNR_gap", "var_shift", "normal", "L", "D", "densitydrift", "score")


@pytest.mark.parametrize("name", CALLED)
def test_a_name_in_words_promises_no_negative_number(name: str) -> None:
    def of(body: Expr) -> Claim:
        return equal(c * (1 + Quantity(name, (c,), body)), c + c * body)

    red_for(of(q), "a**2 - 70*a + 1001 >= 0")
    green(of(RESTS))


@pytest.mark.parametrize("name", FREE)
def test_another_name_promises_nothing(name: str) -> None:
    assert not [*Quantity(name, (c,), q).needs()]


def test_a_symbol_a_function_and_a_definition_keep_what_their_names_promise() -> None:
    def of(e: Expr, *kept: str) -> Claim:
        convenience = dict.fromkeys(("0 < c", *kept), "kept")
        return stated(
            lambda right: Equal((c + e) ** 2, right), expand((c + e) ** 2), "equality", convenience=convenience
        )

    red_for(of(Symbol("std", real=True)), "is called 'std', of which none is negative")
    green(of(Symbol("std", positive=True), "0 < std"))
    red_for(of(Function("prob", real=True)(x)), "is called 'prob', of which none is negative")
    assert not [*faults(of(Function("prob", positive=True)(x)))]
    defined = Claim(
        name="forged", kind="definition", says=lambda e: Defined("var_y", (x,), e), answer=x, example={x: S.One}
    )
    red_for(defined, "x >= 0 (var_y is called 'var'")
    green(replace(defined, answer=1 + x**2))


def test_a_function_of_time_keeps_what_its_name_promises() -> None:
    def of(body: Expr) -> Claim:
        snr = function("SNR", a)(lambda a_: body.subs(a, a_))
        return equal(c * (1 + snr(a)), c + c * body)

    red_for(of(q), "a**2 - 70*a + 1001 >= 0")
    green(of(RESTS))
