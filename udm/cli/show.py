"""`udm show`: one claim as a page, in LaTeX, or as data: statement, assumptions, derivation, wrong forms, evidence."""

from collections.abc import Iterable
from typing import Any

from rich.text import Text
from sympy import Basic

from derivations.form.claim import Claim, leaves
from derivations.form.reading import Reading, grouped, needed, phrase, readings
from derivations.notation.printing import latex, text
from derivations.papers.references import named
from udm.cli.console import out, print_json
from udm.cli.one import rows_of, some
from udm.cli.page import WIDTH, head, page, replay


def run(tag: str, format: str, *, as_json: bool) -> int:
    entries = some(tag)
    rows = rows_of(entries)
    found = [(entry.claim, r) for entry, r in zip(entries, rows, strict=True)]
    if as_json:
        documents = [r | written(claim, r["tag"]) for claim, r in found]
        print_json(documents[0] if len(documents) == 1 else {"claims": documents})
    elif format == "latex":
        print("\n\n".join(in_latex(claim) for claim, _ in found))
    elif len(found) == 1:
        _print(page(*found[0], _width()))
    else:
        for claim, r in found:
            _print((part, "bold" if n == 0 else "") for n, part in enumerate(head(claim, r, _width())))
            out.print()
    return 0 if all(r["green"] for r in rows) else 1


def _width() -> int:
    """The page's columns: fewer on a narrow terminal; a pipe has all."""
    return min(out.width, WIDTH) if out.is_terminal else WIDTH


def _print(lines: Iterable[tuple[str, str]]) -> None:
    for part, style in lines:
        out.print(Text(part, style=style), soft_wrap=True)


def written(claim: Claim, tag: str) -> dict[str, Any]:
    """The mathematics as data: statement, answer and proof, in LaTeX and in a line of text."""

    def both(e: Basic) -> dict[str, str]:
        return {"latex": latex(e), "text": text(e)}

    lines = [line for said in claim.written() for line in readings(said)]
    return {
        "statement": [_sides(line, both) for line in lines],
        "where": [[both(left), None if right is None else both(right)] for left, right in needed(*lines)],
        "opened": [[type(s).__name__, *(str(e) for e in s if isinstance(e, Basic))] for s in claim.statements()],
        "answer": {name: both(e) for name, e in leaves(claim.shown["answer"])},
        "proof": [
            [{"why": x.why, "eq": named(x.eq) if x.eq else "", **both(x.expr)} for x in chain]
            for chain in claim.shown["proof"]
        ],
        "replay": replay(tag),
    }


def _sides(line: Reading, both: Any) -> dict[str, Any]:
    note = " ".join(n if isinstance(n, str) else text(n) for n in line.note)
    return {"left": both(line.left), "relation": line.relation, "right": line.right and both(line.right), "note": note}


def _after(r: Reading) -> str:
    """A phrase after the sides."""
    return f"\\quad {phrase(r.note, latex, SPOKEN)}" if r.note else ""


SPOKEN = "\\text{{{}}}\\ "
RELATION = {"=": "=", "<": "<", "<=": "\\le", ">": ">", ">=": "\\ge"}


def in_latex(claim: Claim) -> str:
    """The statement as aligned equations, with the definitions of its names."""
    return "\n".join("\n".join(filter(None, displayed(lines))) for lines in grouped(claim.written()))


def displayed(lines: list[Reading]) -> tuple[str, str]:
    """Lines of a statement as aligned equations, and a sentence of what their names mean, which may be empty."""
    sides = [(latex(r.left), RELATION[r.relation], "" if r.right is None else latex(r.right)) for r in lines]
    rows = [f"  {left} &{relation} {right}{_after(r)}" for (left, relation, right), r in zip(sides, lines, strict=True)]
    body = " \\\\\n".join(rows)
    names = [latex(left) + ("" if right is None else f" = {latex(right)}") for left, right in needed(*lines)]
    where = f"where ${'$, $'.join(names)}$." if names else ""
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}", where
