"""A claim keeps the obligations that SymPy simplifies away while it is written; each loss has a twin without one."""

import inspect
from collections.abc import Callable
from functools import reduce
from operator import add, mul
from typing import Any, NamedTuple

import pytest
import sympy
from sympy import (
    Add,
    Expr,
    Integer,
    Integral,
    Mul,
    Pow,
    Rational,
    S,
    Symbol,
    atanh,
    diff,
    exp,
    expand,
    log,
    sqrt,
    symbols,
    tanh,
)

from derivations.calculus.ddpm_step import CHAIN
from derivations.catalogue import claims, file_of, modules
from derivations.form.claim import Below, Claim, by
from derivations.form.statement import Equal
from derivations.judge.certificate import certify
from derivations.notation.named import unnamed
from derivations.obligations.kept import losses, released
from derivations.obligations.watch import paused, watching
from derivations.symbols import x_s, x_t
from tests.support.forged import claim

p, q, c = symbols("p q c", positive=True)
x, y, t = symbols("x y t", real=True)


def owed(e: Any) -> set[str]:
    return {loss.what.text for loss in losses(e)}


# name: an expression of some v, equal to `plainly` for positive v, and what it owes for real v
LOST: dict[str, tuple[Callable[[Symbol], Any], set[str]]] = {
    "a root squared": (lambda v: sqrt(v) ** 2, {"x >= 0"}),
    "a root by itself": (lambda v: sqrt(v) * sqrt(v), {"x >= 0"}),
    "an exponential of a logarithm": (lambda v: exp(log(v)), {"x > 0"}),
    "an exponential of a sum": (lambda v: exp(2 * log(v)) + v, {"x > 0"}),
    "a quotient": (lambda v: v**2 / v, {"x != 0"}),
    "a quotient, cancelled later": (lambda v: expand(v * (c + 1 / v)), {"x != 0"}),
    "a difference that is 0": (lambda v: v + (log(v) - log(v)), {"x > 0"}),
    "a factor that is 0": (lambda v: v + (c - c) * log(v), {"x > 0"}),
    "a power of 0": (lambda v: v + log(v) ** 0, {"x > 0"}),
    "a slope": (lambda v: diff(v * log(v), v), set()),
    "a slope that shows no logarithm": (lambda v: 1 / diff(log(v), v), {"x > 0", "x != 0"}),
    "a substitution": (lambda v: (sqrt(t) * c).subs(t, v**2 / v) + (sqrt(t) ** 2).subs(t, v), {"x >= 0", "x != 0"}),
    "a root that is put in": (lambda v: (t**2 + c).subs(t, sqrt(v)), {"x >= 0"}),
    "a root that is put in, by a mapping": (lambda v: (t**2 + y).subs({t: sqrt(v), y: c}), {"x >= 0"}),
    "places that change": (lambda v: (sqrt(v) ** 2 + t).subs({v: t, t: v}, simultaneous=True).subs(t, v), {"x >= 0"}),
    "a sum by a library": (lambda v: sum([1 / v, v, -1 / v]), {"x != 0"}),
    "a product by a library": (lambda v: reduce(mul, [sqrt(v), c, sqrt(v)]), {"x >= 0"}),
    "a class that is called": (lambda v: Add(Mul(sqrt(v), sqrt(v)), Pow(Pow(v, -1), -1)), {"x >= 0", "x != 0"}),
    "a remainder": (lambda v: v + log(v) % log(v), {"x > 0", "log(x) != 0"}),
    "a remainder of 0": (lambda v: v + S.Zero % log(v), {"x > 0", "log(x) != 0"}),
    "a quotient's whole part": (lambda v: v + log(v) // log(v), {"x > 0", "log(x) != 0"}),
    "a pair of them": (lambda v: v + sum(divmod(log(v), log(v))), {"x > 0", "log(x) != 0"}),
    "a rational form": (lambda v: ((v**2 - c**2) / (v - c)).ratsimp(), {"-c + x != 0"}),
    "partial fractions": (lambda v: (v**2 / v + c / (v + c) * (v + c)).apart(v), {"x != 0", "c + x != 0"}),
    "a numerator": (lambda v: sum((v + log(v) * 0).as_numer_denom()), {"x > 0"}),
    "a product of a list": (lambda v: sympy.prod([sqrt(v), c, sqrt(v)]), {"x >= 0"}),
    "a function of its inverse": (lambda v: tanh(atanh(v)), {"0 != 0"}),
    "an expansion": (lambda v: expand((sqrt(v) + 1) * (sqrt(v) - 1)), {"x >= 0"}),
    "a number that is not real": (lambda v: v + (c - c) * log(Integer(-1)), {"0 != 0"}),
    "an integrand": (lambda v: Integral(sqrt(t + v) ** 2 * c, (t, 0, 1)), {"t[0, 1] + x >= 0"}),
}  # fmt: skip


SEEN = {"x >= 0", "x > 0", "x != 0", "t[0, 1] + x >= 0"}  # of a positive symbol by SymPy's assumptions


@pytest.mark.parametrize("name", LOST)
def test_a_lost_obligation_is_kept(name: str) -> None:
    written, expected = LOST[name]
    assert owed(written(x)) == expected


@pytest.mark.parametrize(
    "name",
    [n for n in LOST if n not in ("a number that is not real", "a function of its inverse") and LOST[n][1] <= SEEN],
)
def test_positive_symbols_lose_nothing(name: str) -> None:
    assert owed(LOST[name][0](p)) == set()


def stated(left: Expr, says: Callable[[Expr], Any] | None = None, **changes: Any) -> Claim:
    """Return the claim that left = right, two forms of one expression."""
    right = (left + c) ** 2 / c - left**2 / c - c
    proof = ((by("the left", 2 * left), by("so", right)),)
    free = sorted(left.free_symbols | {c}, key=str)
    kept = {f"0 < {v}": "kept" for v in free if v.is_positive}
    usual: dict[str, Any] = {
        "says": says or (lambda a: Equal(2 * left, a)), "proof": proof, "convenience": kept,
        "example": {v: Rational(1, 2) for v in free},
    }  # fmt: skip
    return claim(2 * left, right, **usual | changes)


def left_over(claim_: Claim) -> str:
    return "; ".join(certify(claim_, "digest").obligations["left"])


RED = ["a root squared", "an exponential of a logarithm", "a quotient", "a difference that is 0", "a factor that is 0",
       "a root that is put in", "a sum by a library", "a class that is called", "an expansion", "a remainder",
       "a rational form", "a product of a list"]  # fmt: skip


@pytest.mark.parametrize("name", RED)
def test_a_claim_keeps_what_its_sides_lost(name: str) -> None:
    certificate = certify(stated(LOST[name][0](x)), "digest")
    assert not certificate.green
    assert certificate.verdict != "proved"
    assert all(text in "; ".join(certificate.obligations["left"]) for text in LOST[name][1])
    assert "lost while built, tests/engines/test_kept.py:" in certificate.complaints[0] + "; ".join(
        certificate.obligations["left"]
    )


@pytest.mark.parametrize("name", [name for name in RED if LOST[name][1] <= SEEN])
def test_the_twin_with_a_positive_symbol_is_green(name: str) -> None:
    assert certify(stated(LOST[name][0](p)), "digest").complaints == []


def attack() -> tuple[Expr, Expr]:
    """Return a claim about half a line whose sides SymPy makes polynomials in x before any engine sees them."""
    return sqrt(x) ** 2 * (x + c) ** 2 / c + exp(log(x)) * c, x**3 / c + 2 * x**2 + 2 * c * x


def test_a_half_line_removed_before_any_engine_runs_is_an_obligation() -> None:
    certificate = certify(claim(*attack(), example={x: Integer(1), c: Integer(1)}), "digest")
    assert not certificate.green
    assert {"x >= 0", "x > 0"} <= {text.partition(" (")[0] for text in certificate.obligations["left"]}


def test_a_statement_may_lose_obligations_in_says() -> None:
    lost = claim(
        attack()[1], attack()[1], example={x: Integer(1), c: Integer(1)}, proof=((by("", x), by("", x)),),
        says=lambda a: Equal(sqrt(x) ** 2 * (x + c) ** 2 / c + exp(log(x)) * c, a),
    )  # fmt: skip
    assert {loss.what.text for loss in lost.losses()} == {"x >= 0", "x > 0"}


def test_a_term_that_is_undefined_everywhere_is_left_over() -> None:
    certificate = certify(stated(p + (c**2 - c**2) * log(-(x**2) - 1)), "digest")
    assert not certificate.green
    assert "-x**2 - 1 > 0 (lost while built" in "; ".join(certificate.obligations["left"])


def test_an_assumption_discharges_what_was_lost() -> None:
    at = {p: Integer(2), q: Integer(1), c: S.One}
    why = {f"0 < {v}": "kept" for v in at} | {"q < p": "the root"}
    ordered = certify(stated(sqrt(p - q) ** 2, given=(Below(q, p),), example=at, convenience=why), "digest")
    assert ordered.complaints == []
    (owed_,) = (o for o in ordered.obligations["each"] if o["why"].startswith("lost while built"))
    assert (owed_["text"], owed_["by"]) == ("p - q >= 0", "sympy")
    assert "p - q >= 0 (lost while built" in left_over(stated(sqrt(p - q) ** 2, example=at))


def test_a_line_of_a_proof_keeps_what_it_lost() -> None:
    middle = stated(x, proof=((by("", 2 * x), by("a detour", 2 * exp(log(x))), by("", stated(x).answer)),))
    assert "x > 0 (lost while built" in left_over(middle)
    assert certify(stated(x), "digest").complaints == []  # the same symbol, and nothing lost


def test_wrong_answers_may_lose_obligations() -> None:
    from derivations.form.claim import Wrong

    slip = {"root": Wrong(3 * sqrt(x) ** 2, ""), "log": Wrong(4 * exp(log(x)), "")}
    assert certify(stated(x, wrong=slip), "digest").complaints == []


def test_a_twin_is_equal_and_is_released() -> None:
    class Pair(NamedTuple):
        first: Expr
        rest: dict[str, Any]

    twin = sqrt(x) ** 2
    assert twin == x and hash(twin) == hash(x) and twin is not x
    free, lost = released(Pair(twin, {"deep": (twin, [twin])}))
    assert free.first is x and free.rest["deep"][0] is x and free.rest["deep"][1][0] is x
    assert {loss.what.text for loss in lost} == {"x >= 0"}


def test_nothing_is_watched_while_engines_run() -> None:
    with watching(False):
        assert losses(sqrt(x) ** 2) == frozenset()
    assert losses(sqrt(x) ** 2)


def test_a_pause_ends_and_what_is_written_within_it_is_watched() -> None:
    with paused():
        assert losses(sqrt(x) ** 2) == losses(sqrt(x) * sqrt(x)) == frozenset()
        with watching(True):
            assert losses(sqrt(x) ** 2) and losses(sqrt(x) * sqrt(x))
        assert losses(sqrt(x) ** 2) == frozenset()
    assert losses(sqrt(x) ** 2) and losses((sqrt(x) + 1 - 1).subs(x, y) ** 2)
    with watching(False), paused():
        assert losses(sqrt(x) ** 2) == frozenset()
    assert losses(sqrt(x) ** 2)


def test_watched_results_are_those_of_sympy() -> None:
    made = [f(v) for f, _ in LOST.values() for v in (x, p)]
    with watching(False):
        assert [f(v) for f, _ in LOST.values() for v in (x, p)] == made


def test_entries_of_matrices_have_no_lost_obligations() -> None:
    """A matrix computes with its entries unwatched, so no entry may owe anything but a visible sign."""
    from importlib import import_module

    from derivations.obligations.lost import obliged, visible

    kept = [module for module in modules() if "Matrix" in file_of(module).read_text()]
    assert kept
    for module in kept:
        for thing in vars(import_module(f"derivations.claims.{module}")).values():
            if isinstance(thing, sympy.MatrixBase):
                assert all(visible(o.expr, o.relation) for e in thing for o in obliged(e))


def test_losses_of_the_catalogue_are_discharged() -> None:
    """The catalogue has losses, so that this tests something, and none of them is left over."""
    assert any(c.losses() for c in claims().values() if not c.is_definition)
    schedule = certify(claims()["iddpm.cosine.beta"], "digest").obligations
    assert any(o["why"].startswith("lost while built, derivations/claims/") for o in schedule["each"])
    assert schedule["left"] == []


def test_what_a_name_lost_is_charged_to_the_line_that_opens_it() -> None:
    """Also where another claim opened it before, since what a name stands for is computed once."""
    variance = CHAIN.Var(x_s, x_t)
    with watching(True):
        first = Mul(unnamed(variance), 1)
        second = Mul(unnamed(variance), 1)
    sites = [{loss.where for loss in losses(e) if loss.where != loss.what.why} for e in (first, second)]
    line = inspect.currentframe().f_lineno  # type: ignore[union-attr]
    assert sites == [{f"tests/engines/test_kept.py:{line - n}"} for n in (3, 2)]


def test_add_of_library() -> None:
    assert owed(reduce(add, [1 / x, -1 / x])) == {"x != 0"}
