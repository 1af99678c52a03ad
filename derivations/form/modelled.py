"""Densities and functions of which only the names are known: those of different names have numbers of their own.

Where engines need numbers, a density has odds on a finite chain and a smooth function the coefficients of a polynomial.
If two shared them, a statement about both that fails for most could hold by coincidence.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Any

from sympy import Dummy, Symbol

from derivations.probability.density import TWO, Lettered, at
from derivations.probability.smooth import Smooth


def modelled(abstract: set[Any]) -> Iterator[str]:
    """Refuse two densities or functions that print alike, and two of one name that would share their numbers."""
    by_name, printed = defaultdict[str, set[Any]](set), defaultdict[str, set[Any]](set)
    numbered = defaultdict[Symbol, set[str]](set)
    for x in abstract:
        lettered = isinstance(x, Lettered)
        name = x.stem if lettered else str(x.args[0])
        by_name[name].add(x.args if lettered else (type(x), len(x.args)))
        printed[str(x)].add(x)
        for number in _numbers(x):
            numbered[number].add(name)
    for name, same in sorted(by_name.items()):
        if len(same) > 1:
            yield f"expected one density or function of a name, got several called {name}"
    for name, same in sorted(printed.items()):
        if len(same) > 1:
            yield f"expected densities and functions that print apart, got several written {name}"
    for number, names in sorted(numbered.items(), key=str):
        if len(names) > 1:
            of = ", ".join(sorted(names))
            yield f"expected densities and functions with numbers of their own, got {number} of {of}"


def polynomials(functions: set[Smooth]) -> Iterator[str]:
    """Refuse smooth functions of one name that are not one, and two whose polynomials would share coefficients."""
    kinds, numbered = defaultdict[str, set[Any]](set), defaultdict[Symbol, set[str]](set)
    for x in functions:
        name, variables = str(x.args[0]), tuple(Dummy() for _ in x.place)
        kinds[name].add((type(x), len(x.place)))
        for number in x.polynomial(variables).free_symbols - {*variables}:
            numbered[number].add(name)  # type: ignore[index]
    for name, same in sorted(kinds.items()):
        if len(same) > 1:
            yield f"expected one function of a name, got several called {name}"
    for number, names in sorted(numbered.items(), key=str):
        if len(names) > 1:
            yield f"expected functions with coefficients of their own, got {number} of {', '.join(sorted(names))}"


def _numbers(x: Any) -> set[Symbol]:
    """Return the numbers of a density or a function in all states of its variables."""
    names = sorted(x.atoms(Symbol), key=str)
    runs = (dict(zip(names, run, strict=True)) for run in product(TWO, repeat=len(names)))
    return {number for run in runs for number in at(x, run).free_symbols}  # type: ignore[misc]
