"""The page of a claim, its evidence: engines, obligations, code with its error, history, citations and replay."""

from collections.abc import Iterator
from importlib import import_module
from inspect import getsourcefile, getsourcelines, unwrap
from pathlib import Path
from typing import Any

from docutils import nodes

from derivations.judge.store import measured
from docs.extension.mixed import mixed
from docs.site import parts
from docs.site.history import ROOT, history
from docs.site.records import Record
from udm.cli.checked import MEANS
from udm.cli.checked import evidence as said_of_engines
from udm.cli.cite import FORMATS
from udm.cli.release import address, base

NOT_MEASURED = (
    "Its error in ulps was not measured on the machine that built this page: `pytest property_tests` does it."
)


def engines(of: Record) -> Iterator[nodes.Node]:
    """Yield what each engine looked at and said, what a kernel signed, and what became of altered answers."""
    lines = [line for line in said_of_engines(of.claim, of.row) if not line.startswith("I ")]
    none = parts.sentence("A definition needs no engine.")
    yield parts.part("Evidence", parts.bullets(mixed(line) for line in lines) if lines else none)
    owed = of.row["obligations"]
    if owed["total"]:
        by = ", ".join(f"{n} by {MEANS.get(means, 'SymPy')}" for means, n in owed["by"].items() if n)
        left = "none is left over" if not owed["left"] else f"{len(owed['left'])} are left over"
        count = (
            f"{owed['total']} signs, domains and exchanges that the statement and its derivation need: {by}; {left}."
        )
        shown = [f"{o['shown']} ({o['why']})" for o in owed["each"] if o["by"] is None]
        lists = [parts.bullets(mixed(f"Left over: {text}") for text in shown)] if shown else []
        whole = parts.folded("All obligations", parts.bullets(_owed(o) for o in owed["each"]))
        yield parts.part("Obligations", parts.sentence(count), *lists, *whole)


def _owed(o: Any) -> list[nodes.Node]:
    by = "left over" if o["by"] is None else f"by {MEANS.get(o['by'], 'SymPy')}"
    return [parts.code(o["shown"]), parts.text(f", {o['why']}: {by}")]


def implementation(of: Record, page: str) -> Iterator[nodes.Node]:
    """Yield the functions that compute it, where they stand, and their error in units in the last place."""
    names = of.row["implemented_by"]
    if not names:
        yield parts.part("Implemented by", parts.sentence("No function of udm."))
        return
    items = ([parts.implementation(page, name), parts.text(f", {place(name)}")] for name in names)
    yield parts.part("Implemented by", parts.bullets(items), *_ulps(of))


def _ulps(of: Record) -> list[nodes.Node]:
    found = measured(of.name, of.row["digest"])
    if found is None:
        return [parts.para(parts.text(NOT_MEASURED.replace("`", "")))]
    head = ("Measured", "Largest error", "Bound that was derived", "Points")
    cells = (
        [[parts.code(what)], [parts.text(_in_ulps(m["max_ulp"]))], [parts.text(_in_ulps(m["bound"]))],
         [parts.text(f"{m['points']:,}")]]
        for what, m in found["detail"].items()
    )  # fmt: skip
    return [parts.rows(head, cells, (46, 18, 18, 18))]


def _in_ulps(x: Any) -> str:
    return f"{x:g} ulps" if isinstance(x, int | float) else str(x)


def place(name: str) -> str:
    """Return the file and line at which a function of udm stands."""
    value: Any = _found(name)
    try:
        file = Path(getsourcefile(unwrap(value)) or "").resolve().relative_to(ROOT)
        return f"{file}, line {getsourcelines(unwrap(value))[1]}"
    except (TypeError, OSError, ValueError):
        return name.rpartition(".")[0].replace(".", "/") + ".py"


def _found(name: str) -> Any:
    words = name.split(".")
    for n in range(len(words) - 1, 0, -1):
        try:
            value: Any = import_module(".".join(words[:n]))
        except ImportError:
            continue
        for word in words[n:]:
            value = getattr(value, word)
        return value
    return None


def past(of: Record) -> nodes.section:
    """Return the digest of today, and what happened to the claim before."""
    now = [nodes.strong(text="now"), parts.text(": digest "), parts.code(of.row["digest"])]
    events = [[nodes.strong(text=e.when or "unknown"), parts.text(f": {e.what}")] for e in history(of.name)]
    return parts.part("History", parts.bullets([*events[:1], now, *events[1:]]))


def citations(of: Record, page: str) -> nodes.section:
    """Return every format of the citation, the files beside the page, and the command that replays the verdict."""
    depth = "../" * page.count("/")
    where = address(of.tag) if base() else f"tag/{of.tag}/, in every copy of this site"
    files = [nodes.reference("", f"{of.tag}.{kind}", refuri=f"{depth}tag/{of.tag}.{kind}") for kind in ("json", "bib")]
    shapes = {"text": "Text", "markdown": "Markdown", "bibtex": "BibTeX", "latex": "LaTeX"}
    blocks = [parts.typed(FORMATS[shape](of.cited), "text") for shape in shapes]
    told = [
        node
        for name, block in list(zip(shapes.values(), blocks, strict=True))[1:]
        for node in parts.folded(name, block)
    ]
    return parts.part(
        "Cite this",
        blocks[0],
        *told,
        parts.para(parts.text(f"Address: {where}. With udm.sty: "), parts.code(f"\\udm{{{of.tag}}}"), parts.text(".")),
        parts.para(parts.text("Files: "), *parts.joined([*files, _badge(of, depth)]), parts.text(".")),
        parts.para(parts.text("Replay: "), parts.code(of.document["replay"]), parts.text(".")),
    )


def _badge(of: Record, depth: str) -> nodes.reference:
    return nodes.reference("", "badge", refuri=f"{depth}tag/{of.tag}.svg")
