"""The formulas of a citation, as lines of text and in LaTeX: printed from the objects that the engines opened."""

from sympy import Expr

from derivations.form.claim import Claim, leaves
from derivations.form.reading import Reading, grouped, readings
from derivations.notation.printing import latex, text
from udm.cli.facts import Formulas
from udm.cli.page import INDENT, WIDTH, shown
from udm.cli.show import displayed

TEXT = WIDTH - INDENT


def formulas(claim: Claim) -> Formulas:
    """The statement and its answer; of a refuted claim the false statement too."""
    false = [] if claim.printed is None else [list(readings(claim.shown["printed"]))]
    groups = grouped(claim.written())
    answer = [(name, e) for name, e in leaves(claim.shown["answer"]) if not _is_shown(e, groups)]
    return {
        "false": {"text": list(shown(false, TEXT)), "latex": [displayed(g) for g in false]},
        "statement": {"text": list(shown(groups, TEXT)), "latex": [displayed(g) for g in groups]},
        "answer": {"text": [(n, text(e)) for n, e in answer], "latex": [(n, latex(e)) for n, e in answer]},
    }


def _is_shown(e: Expr, groups: list[list[Reading]]) -> bool:
    """Whether an answer is the right side of a line: it need not be written twice."""
    return any(line.right == e for group in groups for line in group)
