"""What papers write on the left of the formulas of a claim, so that a left side names the claims that it is of.

A name stands with the convention that it is of, and with what it means there, which other conventions may write too.
"""

from collections.abc import Iterator
from functools import cache

from derivations.papers.covered import stands_in
from derivations.papers.paper import Equation as Printed
from derivations.papers.paper import Paper, Part, papers
from derivations.query.conventions import Convention, conventions, key_of
from derivations.query.document import formulas
from derivations.query.equation import Equation
from derivations.query.tree import Beside, Node
from derivations.query.unread import Unread

Lefts = dict[str, list[str]]  # where the claim has it, by the name


def lefts(claim: str) -> Lefts:
    """Return the left sides of a claim's formulas, by name."""
    return _all().get(claim, {})


def names(node: Node, convention: Convention) -> Iterator[str]:
    """Yield a left side as papers of the convention name it, with its arguments and without, and what it means."""
    for key in keys(node):
        yield f"{convention.name}: {key}"
        meanings = convention.meanings.get(key, ())
        yield from (str(meanings[0]) for _ in meanings if len(meanings) == 1)


def keys(node: Node) -> Iterator[str]:
    """Yield the keys of what may be a name: f(x) and f."""
    if (key := key_of(node)) is not None:
        yield key
    if isinstance(node, Beside) and node.own is None and node.outer is None:
        yield node.name.key


@cache
def _all() -> dict[str, Lefts]:
    found: dict[str, Lefts] = {}
    for paper in papers().values():
        for equation in (e for e in paper.equations if e.claim and e.compared and not e.misprint):
            own = found.setdefault(equation.claim, {})
            for name, where in _of(paper, equation):
                if where not in own.setdefault(name, []):
                    own[name].append(where)
    return found


def _of(paper: Paper, equation: Printed) -> Iterator[tuple[str, str]]:
    """Yield the names of the left sides of an equation, and what of its claim stands on the right."""
    own = [c for c in conventions() if paper.key in c.papers]
    for formula in formulas(equation.latex):
        for node, right in _sides(formula.formula):
            for part in (p for p in equation.compared if stands_in(p.latex, right) and not _is_at_an_end(paper, p)):
                yield from ((name, part.equals) for c in own for name in names(node, c))


def _is_at_an_end(paper: Paper, part: Part) -> bool:
    """Whether the paper has a special case of the claim, where one of its symbols is 0, which it may not be there."""
    return "0" in paper.conventions[part.under].claim.values()


def _sides(formula: str) -> Iterator[tuple[Node, str]]:
    """Yield the left side of an equality, if it may be a name, and its right side."""
    try:
        equation = Equation(formula)
        if len(equation) == 2 and equation.relations and equation.relations[0].text == "=":
            yield equation.side(0).node, equation.written(1)
    except Unread:
        return
