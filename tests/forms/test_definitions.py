"""A definition states nothing: neither its title, nor its sides, nor anything that no engine looks at."""

from collections import Counter
from typing import Any

import pytest
from sympy import Function, Integer, Integral, Symbol, log

from derivations.catalogue import claims
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.definition import Defined
from derivations.form.statement import Equal
from derivations.judge.certificate import certify
from derivations.probability.gaussian import Normal
from tests.support.forged import a, b, c, claim, x
from tests.support.judged import red_for

y, z = Symbol("y", real=True), Symbol("z", real=True)
KL = (x - y) ** 2
OF_F, OF_G = Symbol("F", real=True), Symbol("G", real=True)


def definition(statement: Any = None, value: Any = KL, **changes: Any) -> Claim:
    """Return a claim that F(x, y) = (x - y)^2, or another definition, with some parts changed."""
    bare: dict[str, Any] = {"proof": (), "wrong": {}, "convenience": {}, "example": {}}
    says = {"says": lambda q: statement or Defined("F", (x, y), q), "answer": value}
    return claim(a, b, kind="definition", **bare | says | changes)


SAID = Function("F")(x, y)
DEFINITIONS = {
    "an expression": definition(),
    "by parameters": definition(Defined("F", (x, y), c * KL, by=(c,))),
    "where an assumption gives it a value": definition(
        Defined("F", (x, y), log(x - y)), log(x - y), given=(Below(y, x),)
    ),
    "a law": definition(Defined("q", (z, x), Normal(a * x, b**2), by=(a, b)), Normal(a * x, b**2)),
}
THEOREMS = {
    "a theorem in its title": (definition(title="The divergence, which is symmetric"), "expected no title"),
    "a bare noun in its title": (definition(title="The divergence"), "expected no title"),
    "a bare equality": (definition(Equal(SAID, KL)), "expected a new name for an expression"),
    "an equality of expressions": (definition(Equal(a + b, b + a)), "expected a new name for an expression"),
    "a symmetry": (definition(Defined("F", (x, y), Function("F")(y, x))), "expected a formula on the right"),
    "another name that is defined": (
        definition(Defined("F", (x, y), Function("D")(x, y))), "expected a formula on the right"
    ),
    "a value at equal arguments": (definition(Defined("F", (x, x), Integer(0))), "at distinct symbols"),
    "a value at a number": (definition(Defined("F", (x, Integer(0)), x**2)), "Defined.of 2: expected a symbol, got 0"),
    "a hidden parameter": (definition(Defined("F", (x, y), c * KL)), "declared parameters, got c"),
    "a parameter of nothing": (definition(Defined("F", (x, y), KL, by=(c,))), "that the right side has, got c"),
    "an argument for a parameter": (definition(Defined("F", (x, y), KL, by=(x,))), "parameters beside the symbols"),
    "an integral that may not exist": (
        definition(Defined("F", (x,), Integral(1 / y, (y, 0, x)))), "expected a formula on the right"
    ),
    "a sentence for a name": (definition(Defined("F, symmetric", (x, y), KL)), "expected a name, got"),
    "a derivation": (definition(proof=((by("so", SAID), by("it is", KL)),)), "without proof"),
    "a wrong answer": (definition(wrong={"not symmetric": Wrong(a, "")}), "without wrong"),
    "an assumption that nothing needs": (
        definition(given=(Below(x, y),)), "without which the right side has no value, got x < y"
    ),
    "a name that has a meaning": (definition(Defined("KL", (x, y), KL)), "expected a new name, got KL"),
    "a function that has a meaning": (definition(Defined("sin", (x,), x), x), "expected a new name, got sin"),
    "a constant's name": (definition(Defined("E", (x,), x + 1), x + 1), "expected a new name, got E"),
    "a logarithm of what is negative": (
        definition(Defined("F", (x, y), log(-(x**2) - y**2 - 1)), log(-(x**2) - y**2 - 1)), "-x**2 - y**2 - 1 > 0"
    ),
    "a value that is lost": (definition(Defined("F", (x,), x + (y - y) * log(x)), x), "x > 0 (lost while built"),
    "a negative variance": (definition(Defined("q", (z, x), Normal(x, Integer(-1))), Normal(x, Integer(-1))), "-1 > 0"),
    "a variance that may be 0": (definition(Defined("q", (z, x), Normal(x, x**2)), Normal(x, x**2)), "x**2 > 0"),
    "a law of its own variable": (
        definition(Defined("q", (z, x), Normal(z + x, b)), Normal(z + x, b)), "free of its own variable z"
    ),
    "a name by itself": (
        definition(Defined("F", (x,), x * OF_F, by=(OF_F,))), "a name that is no symbol of its own, got F"
    ),
    "two names by each other": (
        definition((Defined("F", (x,), x * OF_G, by=(OF_G,)), Defined("G", (x,), x * OF_F, by=(OF_F,)))),
        "definitions that don't use the names they define, got F, G",
    ),
    "a printed falsehood": (definition(printed=Equal(a, a + 1)), "without printed"),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_proper_definition_is_accepted(name: str) -> None:
    certificate = certify(DEFINITIONS[name], "digest")
    assert (certificate.verdict, certificate.complaints) == ("definition", [])


@pytest.mark.parametrize("name", THEOREMS)
def test_a_definition_that_states_something_goes_red(name: str) -> None:
    red_for(*THEOREMS[name])


@pytest.mark.xdist_group("every claim")
def test_a_definition_is_shown_by_its_sides() -> None:
    assert DEFINITIONS["an expression"].heading == "F(x, y) = (x - y)^2"
    assert DEFINITIONS["a law"].heading == "q(z | x) is normal with mean a x and variance b^2"
    where = DEFINITIONS["where an assumption gives it a value"]
    assert where.heading == "F(x, y) = log(x - y), where y < x"
    assert all(one.heading for one in claims().values())


@pytest.mark.xdist_group("every claim")
def test_no_name_is_defined_twice() -> None:
    """Two definitions of one name would be an equality that nobody proves; a density's name has its variables."""
    names = [
        (definition_.name, definition_.of)
        for one in claims().values()
        for definition_ in one.said()
        if isinstance(definition_, Defined)
    ]
    assert names and max(Counter(names).values()) == 1


@pytest.mark.xdist_group("every claim")
def test_no_definitions_refer_to_each_other_in_a_circle() -> None:
    """Each name is defined by others, and these by others again, down to names that are not defined."""
    definitions = [s for one in claims().values() if one.is_definition for s in one.said() if isinstance(s, Defined)]
    by = {s.name: {str(v) for v in (*s.of, *s.by)} for s in definitions}
    while by:
        primitive = {name for name, others in by.items() if not others & by.keys()}
        assert primitive, f"a circle among {', '.join(by)}"
        by = {name: others for name, others in by.items() if name not in primitive}
