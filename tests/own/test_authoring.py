"""`derivations.authoring` gives all that claims are written with in one import, and all of it may be used."""

import pytest

from derivations import authoring
from derivations.own.language import amiss


def test_every_name_is_there_and_allowed() -> None:
    names = authoring.__all__
    assert names == ["TO_FILL", *sorted(set(names) - {"TO_FILL"})] and all(hasattr(authoring, name) for name in names)
    assert amiss(f"from derivations.authoring import {', '.join(names)}") == []


def test_its_own_imports_are_not_exported() -> None:
    assert amiss("from derivations.authoring import annotations") != []
    assert amiss("from derivations import authoring\nz = authoring.Claim") != []


def test_forbidden_code_is_reported_with_its_lines() -> None:
    assert [(one.line, one.what) for one in amiss("z = 1\nimport os\n\nprint(z)")] == [
        (2, "import os"),
        (4, "the built-in print: write the claim alone: `udm show` prints it"),
    ]


INSTEAD = {
    "from sympy import oo": "S.Infinity", "from sympy import symbols": "positive or real of derivations.authoring",
    "from sympy import Eq": "Equal of derivations", "import sympy as sp": "`from sympy import ...`, name by name",
    "from math import sqrt": "names of sympy", "z = float(1)": "Rational", "from sympy import limit": "Tends of",
}  # fmt: skip


@pytest.mark.parametrize("source", INSTEAD)
def test_what_is_refused_says_what_to_write_instead(source: str) -> None:
    (one,) = amiss(source)
    assert f": write {INSTEAD[source]}" in one.what


def test_a_name_of_another_library_is_no_module_of_ours() -> None:
    assert [one.line for one in amiss("from sympy import symbols\na = symbols('a')")] == [1]
    assert [one.what for one in amiss("from derivations import symbols\na = symbols")] != []


def test_what_nothing_replaces_is_refused_without_advice() -> None:
    assert [one.what for one in amiss("from sympy import solve")] == ["import of solve from sympy"]


NAMES = {name: getattr(authoring, name) for name in authoring.__all__}
SLIPS = {
    "a power of what is not unpacked": ("positive('a') ** 2", r"expected symbols unpacked, as \(a,\) = positive"),
    "twice what is not unpacked": ("2 * positive('a')", "expected symbols unpacked"),
    "a sum with what is not unpacked": ("x + real('a')", "expected symbols unpacked"),
    "a number for names": ("positive(3)", "expected names in one string, .* got 3"),
    "a density of a name": ("Density('q', 'x')", "Density: expected symbols after its name, got 'x'"),
    "a function of a tuple": ("Positive('q', (x,))", "Positive: expected symbols after its name"),
    "an expectation over a name": ("Expected(x, 'n')", "Expected: expected a standard normal, or .*, got 'n'"),
    "values without weights": ("Expected(x, (x, (1, 2)))", "Expected: expected a standard normal, or"),
    "moments of a name": ("moments(x, 'n')", "moments: expected the noise by its symbols, got 'n'"),
    "one normal": ("law(x, x)", r"expected the noise in a tuple, as \(x,\), got x"),
    "one condition": ("given(x, x, (x,))", "expected pairs of a variable and its value in a tuple, got x"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_constructor_says_what_it_expects(slip: str) -> None:
    written, expected = SLIPS[slip]
    (x,) = authoring.real("x")
    with pytest.raises(TypeError, match=expected):
        eval(written, NAMES | {"x": x})


def test_one_name_gives_a_tuple_of_one_symbol() -> None:
    (a,) = authoring.positive("a")
    b, c = authoring.positive("b c")
    assert a.is_positive and c.is_positive and (a * b).is_positive
    assert authoring.Expected(a * b, b, (c, ((1, 2), (3, 4)))) and authoring.law(2 * b, (b,)).var == 4
