"""`udm ask`: a formula, or the displayed equations of a document, each with its verdict."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivations.papers.resolve import Unclear, Unknown
from derivations.query.ask import ask
from derivations.query.joined import unread
from derivations.query.meant import noted
from derivations.query.reading import Unread
from derivations.query.told import differing, lines, quoted
from derivations.query.verdict import Answer
from derivations.query.writing.echo import echoed
from udm.cli.console import hung, note, print_json, print_lines, reading, usage, width
from udm.cli.one import one

if TYPE_CHECKING:  # only where there are several equations
    from derivations.query.writing.document import Displayed

LEAD = 12  # columns of what a line tells
COLOURS = {"equal": "green", "wrong form": "red", "different": "magenta", "unknown": "yellow"}


def run(
    formula: str | None, against: str | None, where: Sequence[str], file: Path | None, seconds: float, *, as_json: bool
) -> int:
    if (formula is None) == (file is None):
        usage("ask: expected a formula or --file, got " + ("neither" if formula is None else "both"))
    if formula is not None and not formula.strip():
        usage("ask: expected a formula, got an empty text")
    only = one([against]).name if against else ""
    names = _names(where)
    if file is not None:
        return _document(file, only, names, seconds, as_json=as_json)
    assert formula is not None
    answer = _asked(formula, only, names, seconds)
    if not any(r.conventions for r in answer.read) and len(several := tuple(_pieces(formula))) > 1:
        return _equations({"formula": formula}, several, only, names, seconds, as_json=as_json)
    if as_json:
        print_json(document(answer))
    else:
        print_lines(_page(answer))
    return 0 if answer.is_equal else 1


def _names(where: Sequence[str]) -> dict[str, str]:
    """Further names, as "x=expression"."""
    pairs = [pair.partition("=") for pair in where]
    if wrong := [
        w for w, (name, sign, of) in zip(where, pairs, strict=True) if not (name.strip() and sign and of.strip())
    ]:
        usage(f"ask: expected --where NAME=FORMULA, got {wrong[0]!r}")
    return {name.strip(): of.strip() for name, _, of in pairs}


def _asked(formula: str, only: str, where: Mapping[str, str], seconds: float) -> Answer:
    try:
        return ask(formula, where=where, against=only, seconds=seconds, watch=reading, verifying=_verifying)
    except Unread as fault:
        return unread(formula, str(fault))
    except (Unknown, Unclear) as fault:
        usage(f"ask: {fault}")


def _verifying(name: str) -> None:
    takes = "from seconds to a minute"
    note(f"checking {name}, of which no evidence is kept, which takes {takes}; `udm verify` checks all")


def document(answer: Answer) -> dict[str, Any]:
    """The answer for `--json`: a row for each convention that reads the formula."""
    rows = [
        {
            "convention": convention, "read_as": r.read_as, "names": r.names, "written": r.written,
            "left": r.left or None, "side": r.side, "notes": list(noted(r)), **r.verdict.record(),
        }
        for r in answer.read
        for convention in r.conventions
    ]  # fmt: skip
    lost = [r.verdict.reason for r in answer.read if not r.conventions]
    return {
        "formula": answer.formula,
        "read_as": answer.read[0].read_as or None,
        "equal": answer.is_equal,
        "differing": dict(answer.differing) or None,
        "readings": rows,
        "unread": lost[0] if lost else None,
        "cite": quoted(answer),
    }


def _page(answer: Answer) -> Iterator[str | tuple[str, str]]:
    sides = {r.side for r in answer.read}
    yield from ((part, "red") for part in (_hung("false", answer.false) if answer.false else ()))
    for n, r in enumerate(answer.read):
        if n:
            yield ""
        if len(sides) > 1:
            yield f"side {r.side}: {echoed(r.written)}"
        for head, text in lines(r):
            style = COLOURS.get(head, "")
            yield from ((part, style) for part in _hung(head, text))
    for by, text in differing(answer):
        yield ""
        head, style = ("elsewhere", "") if answer.is_equal else ("not equal", "red")
        yield from ((part, style) for part in _hung(head, f"{text}, in the symbols of {by}"))
    yield ""
    yield from hung(quoted(answer), width(), 0, 2)


def _hung(head: str, text: str, lead: int = LEAD) -> Iterator[str]:
    first, *rest = hung(text, width(), lead, 0)
    yield f"{head:<{lead}}{first.strip()}"
    yield from rest


# -- a document -----------------------------------------------------------------------------------


def _pieces(formula: str) -> "Iterator[Displayed]":
    """The equations that stand beside each other in one formula, which has no reading as a whole."""
    from derivations.query.writing.document import formulas

    return formulas(formula)


def _document(file: Path, only: str, where: Mapping[str, str], seconds: float, *, as_json: bool) -> int:
    from derivations.query.writing.document import displayed

    try:
        found = displayed(file.read_text(encoding="utf-8"))
    except OSError as fault:
        usage(f"ask: expected --file a file that can be read, got {file}: {fault.strerror or fault}")
    except ValueError as fault:
        usage(f"ask: expected --file a text in UTF-8, got {file}: {fault}")
    if not found:
        usage(f"ask: {file}: expected displayed equations, got none")
    return _equations({"file": str(file)}, found, only, where, seconds, as_json=as_json)


def _equations(
    asked: Mapping[str, str],
    found: "Sequence[Displayed]",
    only: str,
    where: Mapping[str, str],
    seconds: float,
    *,
    as_json: bool,
) -> int:
    """Tell the verdict on each of several equations, and succeed if all of them hold."""
    answers = [(at, _asked(at.formula, only, where, seconds)) for at in found]
    totals = _totals([a for _, a in answers])
    if as_json:
        rows = [{"line": at.line, "label": at.label or None, **document(answer)} for at, answer in answers]
        print_json({**asked, "equations": rows, "totals": totals})
    else:
        for at, answer in answers:
            print_lines(_entry(f"line {at.line}" + (f" ({at.label})" if at.label else ""), answer))
        print_lines(["", ", ".join(f"{count} {kind}" for kind, count in totals.items())])
    return 0 if all(answer.is_equal for _, answer in answers) else 1


def _entry(place: str, answer: Answer) -> Iterator[str | tuple[str, str]]:
    """A line that begins with the place and the formula, then the best verdict on each of its sides."""
    yield from hung(f"{place}: {echoed(answer.formula)}", width(), 0, 2)
    seen = set[int]()
    yield from ((part, "red") for part in (_hung("  false", answer.false, LEAD + 2) if answer.false else ()))
    for r in answer.read:
        if r.side not in seen:
            seen.add(r.side)
            head, text = next(lines(r))
            head = head if r.conventions else "unread"
            yield from ((part, COLOURS.get(head, "")) for part in _hung(f"  {head}", text, LEAD + 2))
    for by, text in differing(answer) if not answer.is_equal else ():
        yield from ((part, "red") for part in _hung("  not equal", f"{text}, in the symbols of {by}", LEAD + 2))


def _totals(answers: Sequence[Answer]) -> dict[str, int]:
    """How many equations have which verdict: that of their best reading."""
    kinds = [a.read[0].verdict.kind if a.read[0].conventions else "unread" for a in answers]
    kinds = ["equal" if a.is_equal else "different" if k == "equal" else k for a, k in zip(answers, kinds, strict=True)]
    return {kind: kinds.count(kind) for kind in ("equal", "wrong_form", "different", "unknown", "unread")}
