"""Proofs by tangents and by primitives: what they are of, and that Coq refuses them for what is false."""

from dataclasses import replace

import pytest
from sympy import Integral, Symbol, erf, exp, sqrt, symbols

from derivations.catalogue import claims, tags
from derivations.form.claim import Claim
from derivations.kernel import coq
from derivations.kernel.normal import normal, united
from derivations.kernel.refused import refusal
from derivations.kernel.stated import Theorem, theorems
from derivations.kernel.tangents import tangent
from derivations.kernel.ways import script, ways

u, m = symbols("u m", real=True)
needs_coq = pytest.mark.skipif(not coq.installed(), reason="Coq is not installed: `make kernel` installs and runs it")


def _theorem(name: str, number: int) -> tuple[Claim, Theorem]:
    return claims()[name], theorems(claims()[name], number, f"T_{tags()[name]}")[0]


def test_an_excess_over_a_tangent_is_found_only_where_a_line_has_one() -> None:
    (part,) = tangent(claims()["log.tangent"], 1)
    omega, v = claims()["log.tangent"].symbols()
    assert part.function == "ln" and part.argument in (omega / v, v / omega)
    assert tangent(claims()["vdm.posterior.mean"], 1) == ()


def test_a_density_of_a_normal_law_is_known_and_another_is_not() -> None:
    found = normal(exp(-((u - m) ** 2) / 2), u)
    assert found is not None and found.k == 1 / sqrt(2) and found.m == -m / sqrt(2)
    assert normal(exp(-u), u) is None and normal(u * exp(-(u**2)), u) is None and normal(exp(-(u**2) - 1), u) is None


def test_error_functions_of_opposite_arguments_are_one() -> None:
    named, steps = united([erf(u + m) - erf(2 * u), erf(-u - m)], {u: "u", m: "m"})
    assert len({abs(v) for v in named.values()}) == 2 and all(isinstance(-v, Symbol) or v for v in named.values())
    assert bool(steps) is (len(named) > 2)


def test_each_way_is_for_what_it_can_prove() -> None:
    claim, theorem = _theorem("dpm.phi", 1)
    assert theorem.conclusion[0].has(Integral) and "primitive" in ways(claim, 1, theorem, {})
    claim, theorem = _theorem("vdm.posterior.mean", 1)
    assert not {"primitive", "tangent", "touching"} & {*ways(claim, 1, theorem, {})}


@needs_coq
@pytest.mark.parametrize(("name", "number", "way"), [("log.tangent", 1, "tangent"), ("dpm.phi", 1, "primitive")])
def test_coq_refuses_a_false_integral_and_a_false_bound(name: str, number: int, way: str) -> None:
    claim, true = _theorem(name, number)
    left, relation, right = true.conclusion
    false = replace(true, conclusion=(left, relation, right - 1))
    assert refusal("X", "one less", false, script(claim, number, false, way))["refused"]
