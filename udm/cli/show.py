"""`udm show`: one claim as a page, in LaTeX, or as data: statement, assumptions, derivation, wrong forms, evidence."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sympy import Basic

from derivations.catalogue import OWN, Entry
from derivations.form.claim import Claim, leaves
from derivations.form.numbers import in_numbers
from derivations.form.reading import Reading, grouped, needed, phrase, printed, readings
from derivations.judge.rows import ClaimRow
from derivations.kernel.engine import kernel
from derivations.notation.printing import latex, text
from derivations.papers.references import as_cited
from udm.cli.console import explain, hung, out, print_json, print_lines, usage, width
from udm.cli.head import foremost, head
from udm.cli.legend import explained
from udm.cli.one import Ready, some, sourced_as_ready, status
from udm.cli.page import page, replay
from udm.cli.shortened import legend, shortened

Styled = tuple[str, str]


def run(patterns: Sequence[str], format: str, *, as_json: bool, full: bool = False) -> int:
    if as_json and format == "latex":
        usage("expected --format latex or --json, got both: the document has each formula in LaTeX")
    entries = some(patterns)
    rows = sourced_as_ready(entries)
    if as_json:
        ready = list(rows)
        found = [{**r, **written(entry.claim, r["tag"])} for entry, r in ready]
        print_json(found[0] if len(found) == 1 else {"claims": found})
        return status(r for _, r in ready)
    pages = {"latex": _latex, "text": (_whole if full else _page) if len(entries) == 1 else _head}
    found = list(_each(rows, pages[format]))
    if format == "text":
        explain(r["verdict"] for r in found)
    return status(found)


def _each(rows: Iterable[Ready], show: Callable[[Entry, ClaimRow], Iterable[Styled]]) -> Iterator[ClaimRow]:
    """Print each claim as soon as it is known."""
    for n, (entry, r) in enumerate(rows):
        if n:
            out.print()
        print_lines(show(entry, r))
        yield r


def _page(entry: Entry, r: ClaimRow) -> Iterator[Styled]:
    return page(entry.claim, r, width())


def _whole(entry: Entry, r: ClaimRow) -> Iterator[Styled]:
    return page(entry.claim, r, width(), full=True)


def _head(entry: Entry, r: ClaimRow) -> Iterator[Styled]:
    lines = head(entry.claim, r, width())
    yield from ((part, "bold" if n == 0 else "") for n, part in enumerate(lines))
    for complaint in r["complaints"]:
        yield from ((part, "red") for part in hung(f"not green: {shortened(complaint)}", width()))
    yield from ((part, "") for one in legend(r["complaints"]) for part in hung(one, width()))


def _latex(entry: Entry, r: ClaimRow) -> Iterator[Styled]:
    yield in_latex(entry.claim), ""


def written(claim: Claim, tag: str) -> dict[str, Any]:
    """The mathematics as data: statement, answer and proof, in LaTeX and in a line of text."""

    def both(e: Basic) -> dict[str, str]:
        return {"latex": latex(e), "text": text(e)}

    lines = [line for said in claim.written() for line in readings(said)]
    return {
        "statement": [_sides(line, both) for line in lines],
        "where": [[both(left), None if right is None else both(right)] for left, right in needed(*lines)],
        "opened": [[type(s).__name__, *(str(e) for e in s if isinstance(e, Basic))] for s in claim.statements()],
        "symbols": {letter: meaning for letters, meaning in explained(claim) for letter in letters},
        "answer": {name: both(e) for name, e in leaves(claim.shown["answer"])},
        "proof": [
            [{"why": x.why, "eq": as_cited(x.eq) if x.eq else "", **both(x.expr)} for x in chain]
            for chain in claim.shown["proof"]
        ],
        **({"in_numbers": numbers} if (numbers := in_numbers(claim)) else {}),
        **({"kernel": kernel(claim, tag)} if tag != OWN and not claim.is_definition else {}),
        "replay": replay(tag, claim.name),
    }


def _sides(line: Reading, both: Any) -> dict[str, Any]:
    note = " ".join(n if isinstance(n, str) else text(n) for n in line.note)
    return {
        "left": both(line.left),
        "relation": line.relation,
        "right": None if line.right is None else both(line.right),
        "note": note,
    }


def _after(r: Reading) -> str:
    """A phrase after the sides."""
    return f"\\quad {phrase(r.note, latex, SPOKEN).removeprefix(SPACE)}" if r.note else ""


SPACE = "\\ "
SPOKEN = f"{SPACE}\\text{{{{{{}}}}}}{SPACE}"
RELATION = {"=": "=", "<": "<", "<=": "\\le", ">": ">", ">=": "\\ge"}


def in_latex(claim: Claim) -> str:
    """The statement as displays of aligned equations, with the definitions of its names."""
    return "\n".join(displays(map(displayed, grouped(foremost(claim.kind, claim.written())))))


def displays(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Each group of equations as a display, and what its names mean below it."""
    for body, where in pairs:
        yield f"\\[\n{body}\n\\]"
        if where:
            yield where


def inline(r: Reading) -> str:
    """A line of a statement within a text."""
    return f"{latex(r.left)} {RELATION[r.relation]} {'' if r.right is None else latex(r.right)}{_after(r)}"


def displayed(lines: list[Reading]) -> tuple[str, str]:
    """Lines of a statement as aligned equations, and a sentence of what their names mean, which may be empty."""
    sides = [(latex(r.left), RELATION[r.relation], "" if r.right is None else latex(r.right)) for r in lines]
    rows = [f"  {left} &{relation} {right}{_after(r)}" for (left, relation, right), r in zip(sides, lines, strict=True)]
    body = " \\\\\n".join(rows)
    names = [latex(left) + ("" if right is None else f" = {latex(right)}") for left, right in printed(*lines)]
    where = f"where ${'$, $'.join(names)}$." if names else ""
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}", where
