"""A point at which two formulas differ has short decimals and lies on the domain, and its letters are explained."""

import pytest
from sympy import Expr, Rational, sqrt

from derivations.catalogue import claims
from derivations.query.candidates.simple import simple
from derivations.query.confirm import confirm
from derivations.query.index.identity import Identity, identities
from derivations.query.index.relations import is_possible
from derivations.query.index.views import OWN
from derivations.query.meant import meant
from derivations.query.verdict import Read, Verdict
from derivations.query.writing.echo import decimal
from derivations.symbols import abar, abar_s, alpha, beta, c, sigma_s, sigma_t, sigma_ts

VARIANCE = (1 - alpha) * (1 - abar_s) / (1 - alpha * abar_s)
SLIPS = (VARIANCE**2, VARIANCE * abar_s, (1 - alpha) * (1 - abar) / (1 - abar_s), 2 * VARIANCE, beta, sqrt(VARIANCE))


def asked(e: Expr) -> Identity:
    return next(identities(claims()["ddpm.posterior"], VARIANCE, OWN, e))


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_a_slip_is_seen_at_a_simple_point(slip: Expr) -> None:
    found = simple(asked(slip))
    assert found is not None
    at = {name: Rational(q) for name, q in found.at.items()}
    assert {at["alpha"], at["abar_s"]} <= {Rational(n, 10) for n in range(1, 10)}, at
    off = (slip - VARIANCE).xreplace({abar: alpha * abar_s, beta: 1 - alpha})
    off = off.xreplace({alpha: at["alpha"], abar_s: at["abar_s"]})
    assert off != 0 and float((off / Rational(found.off)).evalf()) == pytest.approx(1, rel=1e-3)


def test_the_formula_itself_has_no_such_point() -> None:
    """The harmless twin, in another arrangement and in other symbols."""
    assert simple(asked(beta * (1 - abar_s) / (1 - abar_s + beta * abar_s))) is None


def test_what_is_refuted_is_so_at_a_simple_point() -> None:
    found = confirm(claims()["ddpm.posterior"], VARIANCE, OWN, VARIANCE**2)
    assert found.verdict == "refuted" and all(len(decimal(q)) <= 3 for q in found.at.values()), found.at


def test_a_point_that_no_process_has_is_none() -> None:
    """sigma_t follows from the others: at a point where it is another number the two may differ and be equal."""
    claim, right = claims()["vdm.posterior.variance"], sigma_ts**2 * sigma_s**2 / sigma_t**2
    found = confirm(claim, right, OWN, right * sigma_t)
    assert found.verdict == "refuted" and is_possible(found.at) and "sigma_t" in found.at


DECIMALS = {
    "9/10": "0.9",
    "3": "3",
    "-1/4": "-0.25",
    "1/3": "1/3",
    "sqrt(2)": "sqrt(2)",
    "0": "0",
    "12345678/10": "6172839/5",
}


@pytest.mark.parametrize("number", DECIMALS)
def test_a_number_is_a_decimal_only_where_that_is_the_very_same(number: str) -> None:
    shown = decimal(number)
    assert Rational(shown) == Rational(number) if "sqrt" not in number else shown == number
    assert number == "12345678/10" or shown == DECIMALS[number]


def read(convention: str, **names: str) -> Read:
    return Read((convention,), "", "", 0, "", names, Verdict("unknown"))


def test_letters_are_explained_by_what_was_written_or_by_the_convention() -> None:
    assert list(meant(["sigma_t"], read("EDM", s="sigma_t, the noise"))) == ["sigma_t is s"]
    assert list(meant(["x_t"], read("DDPM", x_t="x_t, the latent"))) == ["x_t is the latent"]
    assert list(meant([str(c)], read("EDM"))) == [r"c is \sigma_{data}^{2}"]
    assert list(meant(["abar"], read("no convention"))) == ["abar is abar_s alpha"]
    assert not list(meant(["beta"], read("no convention", beta="beta"))), "it is as it was written"
