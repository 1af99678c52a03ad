"""`udm find`: claims by paper and equation, by words, by symbol."""

from typing import Any

from rich.text import Text

from derivations.papers.find import Hit, by_equation, by_symbol, by_words, uncovered
from udm.cli.console import out, print_json, usage


def run(words: list[str], symbol: str | None, *, as_json: bool) -> int:
    query = " ".join(words)
    if not query and not symbol:
        usage("find: expected words, a paper and a number, or --symbol NAME, got nothing")
    hits = _hits(query, symbol)
    open_ = uncovered(query) if query else []
    if as_json:
        print_json({"query": query, "symbol": symbol, "found": list(map(_row, hits)), "uncovered": open_})
    else:
        _print(hits, open_)
    return 0 if hits else 1


def _hits(query: str, symbol: str | None) -> list[Hit]:
    found = (by_equation(query) or by_words(query)) if query else []
    if symbol is None:
        return found
    having = by_symbol(symbol)
    return having if not query else [h for h in found if h.entry in {s.entry for s in having}]


def _row(hit: Hit) -> dict[str, Any]:
    return {"tag": hit.entry.tag, "name": hit.entry.name, "why": hit.why}


def _print(hits: list[Hit], open_: list[str]) -> None:
    for hit in hits:
        out.print(Text(f"{hit.entry.tag}  {hit.entry.name:<34} {hit.why}"), soft_wrap=True)
    for one in open_:
        out.print(Text(f"no claim carries {one}"), soft_wrap=True)
    if not hits and not open_:
        out.print("nothing found: try fewer words, or `udm ledger` for the papers", soft_wrap=True)
