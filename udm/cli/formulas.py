"""The formulas of a citation, as lines of text and in LaTeX: printed from the objects that the engines opened."""

from collections.abc import Iterable, Iterator

from sympy import Basic, Dummy, Expr

from derivations.form.base import Said
from derivations.form.claim import Claim, leaves
from derivations.form.induction import Induction
from derivations.form.parts import with_leaf
from derivations.form.reading import Reading, grouped, needed, readings
from derivations.notation.names import latex_of
from derivations.notation.printing import latex, text
from udm.cli.console import WIDTH
from udm.cli.facts import Foremost, Formulas
from udm.cli.head import foremost, shown
from udm.cli.layout import INDENT, line
from udm.cli.legend import explained, lines_of, names
from udm.cli.show import displayed, inline

TEXT = WIDTH - INDENT
LINE = 200  # letters of a formula that stands in a line of text


def formulas(claim: Claim) -> Formulas:
    """The statement, its answer, and what letters mean; of a refuted claim the false statement too."""
    false = [] if claim.printed is None else [list(readings(claim.shown["printed"]))]
    groups = grouped(foremost(claim.kind, claim.written()))
    answer = [(name, e) for name, e in leaves(claim.shown["answer"]) if _is_part(claim, name, e, groups)]
    return {
        "false": {"text": list(shown(false, TEXT)), "latex": [displayed(g) for g in false]},
        "statement": {"text": list(shown(groups, TEXT)), "latex": [displayed(g) for g in groups]},
        "answer": {"text": [(n, text(e)) for n, e in answer], "latex": [(n, latex(e)) for n, e in answer]},
        "foremost": _foremost(claim),
        "symbols": {
            "text": [(", ".join(letters), meaning) for letters, meaning in explained(claim)],
            "latex": [("$, $".join(map(latex_of, letters)), meaning) for letters, meaning in explained(claim)],
        },
    }


def _foremost(claim: Claim) -> Foremost:
    """The first line of the statement, unless it needs lines below it, as an induction does, or is long."""
    written = claim.written() if claim.printed is None else [claim.shown["printed"]]
    said = foremost(claim.kind, written)[0]
    first = next(readings(said))
    if isinstance(said, Induction) or len(line(first)) > LINE:
        return {"text": "", "latex": "", "of": len(written)}
    return {"text": line(first), "latex": inline(first), "of": len(written)}


def _is_part(claim: Claim, name: str, e: Expr, groups: list[list[Reading]]) -> bool:
    """Whether a field of an answer is written in the statement, as a part of a side: a whole side is seen as it is."""
    if any(line.right == e for group in groups for line in group):
        return False
    return set(names([text(e)])) <= {n for group in groups for n in names(lines_of(group))} and stands(claim, name, e)


def stands(claim: Claim, name: str, e: Expr) -> bool:
    """Whether a field of an answer is written somewhere in the statement, and not only what it is at some place.

    A letter in its place marks where it stands: with the field in place of the letter these parts read as they do.
    """
    mark = Dummy(real=True, positive=e.is_positive)
    marked = _parts(claim.with_any(with_leaf(claim.shown["answer"], name, mark)))
    written = {text(part) for part in _parts(claim.written())}
    return any(text(part.xreplace({mark: e})) in written for part in marked if mark in part.free_symbols)


def _parts(statements: Iterable[Said]) -> Iterator[Basic]:
    """All that is printed of statements: sides, phrases, and both sides of definitions."""
    lines = [line for said in statements for line in readings(said)]
    printed = [e for line in lines for e in (line.left, line.right, *line.note)]
    printed += [e for pair in needed(*lines) for e in pair]
    yield from (e for e in printed if isinstance(e, Basic))
