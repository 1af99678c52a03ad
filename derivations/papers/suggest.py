"""What a part of an equation may be in the catalogue: `python -m derivations.papers.suggest luo2022`.

Every expression of every claim is evaluated at two points, and so is each part under each convention of its paper;
equal numbers are printed as suggestions. A person decides; the comparison itself is `transcription.compare`.
"""

import sys
from collections.abc import Iterator
from random import Random

from sympy import Derivative, Expr, Integral, N, Symbol

from derivations import symbols
from derivations.catalogue import claims
from derivations.form.claim import Claim, leaves
from derivations.form.statement import sides
from derivations.papers.latex import Unread, read
from derivations.papers.paper import Paper, Part, paper
from derivations.probability.density import Abstract

DIGITS = 20
Values = tuple[str, ...]


def places(claim: Claim) -> Iterator[tuple[str, Expr]]:
    """Every expression of a claim, and where it is."""
    yield from ((f"answer.{n}" if n != "answer" else n, e) for n, e in leaves(claim.answer))
    for k, said in enumerate(claim.statements(), start=1):
        yield from ((f"{side} {k}", e) for side, e in zip(("left", "right"), sides(said), strict=True))
    for i, chain in enumerate(claim.proof, start=1):
        yield from ((f"proof {i}.{j}", line.expr) for j, line in enumerate(chain, start=1))


def values(e: Expr) -> Values | None:
    """The numbers that an expression is at two points, if it is one."""
    found = []
    for seed in (1, 2):
        draw = Random(seed)
        at = {v: draw.randint(100, 900) / 1000 for v in sorted(_all(), key=str)}
        try:
            number = complex(N(e.xreplace(at), DIGITS))
        except (TypeError, ValueError, ArithmeticError):
            return None
        found.append(f"{number.real:.9e} {number.imag:.9e}")
    return tuple(found)


def _all() -> set[Symbol]:
    return {v for v in vars(symbols).values() if isinstance(v, Symbol)}


def catalogue() -> dict[Values, list[str]]:
    """Claim and place by value."""
    found: dict[Values, list[str]] = {}
    for name, claim in claims().items():
        for where, e in places(claim):
            if e.free_symbols and not e.has(Integral, Derivative, Abstract) and (key := values(e)):
                found.setdefault(key, []).append(f"{name}: {where}")
    return found


def suggested(work: Paper, known: dict[Values, list[str]]) -> Iterator[tuple[str, Part, str, list[str]]]:
    """Number, part, convention and places for every part that some claim has."""
    for equation in work.equations:
        for part in equation.parts:
            for name, convention in work.conventions.items():
                try:
                    key = values(read(part.latex, {**convention.symbols, **part.with_}))
                except Unread:
                    continue
                if key in known:
                    yield equation.number, part, name, known[key]


if __name__ == "__main__":
    known = catalogue()
    for work in sys.argv[1:]:
        for number, part, under, found in suggested(paper(work), known):
            print(f"({number}) {part.name}, under {under}: {'; '.join(found)}")
