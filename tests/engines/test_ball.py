"""Evaluation in balls, step by step at places that remember results, always encloses the value."""

from collections.abc import Iterator

import pytest
from flint import arb
from sympy import Integral, Rational, S, Symbol, cos, exp, log, sqrt, symbols

from derivations.arithmetic import ball as module
from derivations.arithmetic.ball import Imprecise, Place, Undefined, Unfinished, ball, precision
from derivations.arithmetic.memory import AT_ONCE, Drawn, once
from derivations.arithmetic.operations import AT
from derivations.arithmetic.steps import Steps

a, b, v, w = symbols("a b v w", positive=True)
AT_2_3 = {a: Rational(2), b: Rational(3)}


def test_a_place_has_the_values_of_its_point_at_every_precision() -> None:
    e, place = sqrt(a / b) * exp(-a) + log(b) * Integral(cos(v * a), (v, 0, b)), Place(AT_2_3)
    for bits in (64, 256, 64, 512):
        with precision(bits):
            for _ in range(2):
                assert ball(e, place).str(100, more=True) == ball(e, AT_2_3).str(100, more=True)


def test_a_part_of_two_expressions_is_computed_once() -> None:
    steps, counted, shared = Steps(), [], exp(a * b)
    number = steps.number(shared)
    whole = steps.steps[number]
    steps.steps[number] = lambda at: counted.append(1) or whole(at)
    with precision(64):
        at = {AT: {a: arb(2), b: arb(3)}}
        values = [steps.value(e, at) for e in (shared + 1, shared**2 + shared, shared + 1)]
    assert len(counted) == 1 and values[0].overlaps(arb(6).exp() + 1) and values[2].overlaps(values[0])


def test_places_do_not_share_values() -> None:
    near, far = Place(AT_2_3), Place({a: Rational(5), b: Rational(3)})
    with precision(64):
        assert [ball(a + b, p) for p in (near, far, near)] == [5, 8, 5]
        assert ball(a + b, near | {a: Rational(7)}) == 10, "a point that was moved remembers nothing"


def test_an_error_is_raised_each_time() -> None:
    place = Place({a: Rational(0), b: Rational(1)})
    with precision(64):
        for _ in range(2):
            with pytest.raises(Undefined, match="division by zero"):
                ball(b / a + 1, place)
            with pytest.raises(Unfinished, match="no value for z"):
                ball(b + Symbol("z"), place)
    with precision(64), pytest.raises(Imprecise, match="division"):
        ball(1 / (sqrt(a + 2) ** 2 - 2), Place({a: arb(0, 1)}))


def test_the_variable_of_an_integral_is_local() -> None:
    """Outside, the symbol has its value; inside, the inner integral's variable hides the outer one's."""
    inner = Integral(v, (v, 0, v))  # v^2/2, at the v outside it
    with precision(128):
        here = Place({v: Rational(3)})
        assert ball(v + Integral(v**2, (v, 0, 1)), here).overlaps(arb(10) / 3)
        assert ball(inner, here).overlaps(arb(9) / 2)
        assert ball(Integral(inner * 2, (v, 0, v)), here).overlaps(arb(9))
        assert ball(Integral(w * Integral(v * w, (v, 0, w)), (w, 0, 1)), here).overlaps(arb(1) / 10)


def test_a_new_list_of_steps_begins_before_the_old_one_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST", 3)
    place = Place(AT_2_3)
    with precision(64):
        for n in range(1, 9):
            assert ball(a * b + n, place) == 6 + n
    assert len(module._steps[0].steps) <= 8


def test_a_stream_is_drawn_once_and_ends_for_every_reader() -> None:
    drawn: list[int] = []

    def stream() -> Iterator[int]:
        for n in range(3):
            drawn.append(n)
            yield n
        raise ValueError("found none")

    kept = Drawn(stream())
    for _ in range(2):
        read = []
        with pytest.raises(ValueError, match="found none"):
            read.extend(n for n in kept)
        assert drawn == [0, 1, 2]
    assert list(Drawn("abc")) == list("abc")


def test_memory_keeps_results_of_the_last_objects_only() -> None:
    one, other = object(), object()
    assert [once(one, "k", lambda: 1), once(one, "k", lambda: 2), once(one, "l", lambda: 3)] == [1, 1, 3]
    assert [once(other, "k", lambda: 4), once(one, "k", lambda: 5)] == [4, 1]
    for _ in range(AT_ONCE):
        once(object(), "k", lambda: 0)
    assert once(one, "k", lambda: 6) == 6


@pytest.mark.parametrize("n", [2, 3, 10, 7])
def test_a_pole_at_any_rational_number_is_seen(n: int) -> None:
    """A ball around 1/3 never shows that 3 a - 1 is 0."""
    for e in (1 / (n * a - 1), log((n * a - 1) ** 2), (n * a - 1) ** b, exp(1 / (n * a - 1)), (n * a - 1) ** -S.Half):
        for at in (point := {a: Rational(1, n), b: Rational(-3)}, Place(point)):
            with precision(64), pytest.raises(Undefined):
                ball(e, at)
    with precision(64):
        assert ball(sqrt(n * a - 1), {a: Rational(1, n)}) == 0
        assert ball(1 / (n * a - 1), {a: Rational(1, n) + Rational(1, 2**9)}) > 0


def test_a_zero_that_exact_arithmetic_does_not_see_is_undecided() -> None:
    with precision(64), pytest.raises(Imprecise):
        ball(1 / (sqrt(3 * a) - 1), {a: Rational(1, 3)})
