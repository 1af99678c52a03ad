"""A definition states nothing: neither its title, nor its sides, nor anything that no engine looks at."""

from collections import Counter
from typing import Any

import pytest
from sympy import Function, Integer, Integral, Symbol

from derivations.catalogue import claims
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.definition import Defined
from derivations.form.statement import Equal
from derivations.judge.certificate import certify
from derivations.probability.gaussian import Normal
from tests.forms.support import red
from tests.test_attacks import a, b, c, claim, x

y, z = Symbol("y", real=True), Symbol("z", real=True)
KL = (x - y) ** 2


def definition(said: Any = None, value: Any = KL, **changes: Any) -> Claim:
    """KL(x, y) = (x - y)^2, or another definition, with something that states a theorem."""
    bare: dict[str, Any] = {"proof": (), "wrong": {}, "convenience": {}, "example": {}}
    says = {"says": lambda q: said or Defined("KL", (x, y), q), "answer": value}
    return claim(a, b, kind="definition", **bare | says | changes)


SAID = Function("KL")(x, y)
DEFINITIONS = {
    "an expression": definition(),
    "by parameters": definition(Defined("KL", (x, y), c * KL, by=(c,))),
    "a law": definition(Defined("q", (z, x), Normal(a * x, b**2), by=(a, b)), Normal(a * x, b**2)),
}
THEOREMS = {
    "a theorem in its title": (definition(title="The divergence, which is symmetric"), "expected no title"),
    "a bare noun in its title": (definition(title="The divergence"), "expected no title"),
    "a bare equality": (definition(Equal(SAID, KL)), "expected a new name for an expression"),
    "an equality of expressions": (definition(Equal(a + b, b + a)), "expected a new name for an expression"),
    "a symmetry": (definition(Defined("KL", (x, y), Function("KL")(y, x))), "expected a formula on the right"),
    "another name that is defined": (
        definition(Defined("KL", (x, y), Function("D")(x, y))), "expected a formula on the right"
    ),
    "a value at equal arguments": (definition(Defined("KL", (x, x), Integer(0))), "at symbols, all different"),
    "a value at a number": (definition(Defined("KL", (x, Integer(0)), x**2)), "at symbols, all different"),
    "a hidden parameter": (definition(Defined("KL", (x, y), c * KL)), "declared parameters, got c"),
    "a parameter of nothing": (definition(Defined("KL", (x, y), KL, by=(c,))), "that the right side has, got c"),
    "an argument for a parameter": (definition(Defined("KL", (x, y), KL, by=(x,))), "parameters beside the symbols"),
    "an integral that may not exist": (
        definition(Defined("KL", (x,), Integral(1 / y, (y, 0, x)))), "expected a formula on the right"
    ),
    "a sentence for a name": (definition(Defined("KL, symmetric", (x, y), KL)), "expected a name, got"),
    "a derivation": (definition(proof=((by("so", SAID), by("it is", KL)),)), "without proof"),
    "a wrong answer": (definition(wrong={"not symmetric": Wrong(a, "")}), "without wrong"),
    "an assumption": (definition(given=(Below(x, y),)), "without given"),
    "a printed falsehood": (definition(printed=Equal(a, a + 1)), "without printed"),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_definition_is_one(name: str) -> None:
    found = certify(DEFINITIONS[name], "digest")
    assert (found.verdict, found.complaints) == ("definition", [])


@pytest.mark.parametrize("name", THEOREMS)
def test_a_definition_that_states_something_goes_red(name: str) -> None:
    red(*THEOREMS[name])


def test_a_definition_is_read_by_its_sides() -> None:
    assert DEFINITIONS["an expression"].heading == "KL(x, y) = (x - y)**2"
    assert DEFINITIONS["a law"].heading == "q(z | x) is normal with mean a*x and variance b**2"
    assert all(one.heading for one in claims().values())


def test_no_name_is_defined_twice() -> None:
    """Two definitions of one name would be an equality that nobody proves; a density's name has its variables."""
    names = [(said.name, said.of) for one in claims().values() for said in one.said() if isinstance(said, Defined)]
    assert names and max(Counter(names).values()) == 1
