"""What a built page has, by the parser that the standard of HTML describes: its places, links, faults and words."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urldefrag

import html5lib
from html5lib.constants import E

HTML = "{http://www.w3.org/1999/xhtml}"
FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "object": "data"}
QUIET = {"canonical", "next", "prev", "index", "search"}  # links of a head that no browser follows
LIMIT = 200_000  # bytes of a page
KEYS = re.compile(r"\bnote\d{3} (?:lines?|text)|\b[a-z]+20\d\d \(\d+\)|<function |<derivations\.|\bSymbol\(")
NOTHING = re.compile(r"\bNone\b|\{'|\bnan\b")  # on a page about claims and papers: a value that nobody wrote a word for
FOR_AUTHORS = ("api/", "how-to/")  # pages that say how claims are written, keys included
MADE = ("tag/", "paper/", "find/", "graph/", "symbols/", "numbers/", "withdrawn/")
OUTSIDE = re.compile(r"^[a-z][a-z0-9+.-]*:|^//")


class Page(NamedTuple):
    """A page of a site: its path there, its bytes, the ids on it, where it leads, what is wrong with it, its words."""

    path: str
    size: int
    ids: frozenset[str]
    links: tuple[str, ...]
    faults: tuple[str, ...]
    words: str


def read(root: Path) -> list[Page]:
    """Return all pages below a folder."""
    return [page(file.relative_to(root).as_posix(), file.read_text()) for file in sorted(root.rglob("*.html"))]


def page(path: str, text: str) -> Page:
    """Return what a page has."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"))
    tree = parser.parse(text)
    ids = [str(e.get("id")) for e in tree.iter() if e.get("id")]
    twice = sorted({one for one in ids if ids.count(one) > 1}) if len(set(ids)) < len(ids) else []
    faults = [*_faults(parser, text), *(f"two elements have the id {one}" for one in twice), *_fetched(tree)]
    return Page(path, len(text.encode()), frozenset(ids), tuple(_links(tree)), tuple(faults), " ".join(_words(tree)))


def _faults(parser: Any, text: str) -> Iterator[str]:
    """Yield what is no HTML, with the line."""
    lines = text.splitlines()
    for (line, _), name, told in parser.errors:
        if not (name == "non-void-element-with-trailing-solidus" and told.get("name", "").startswith("m")):
            yield f"{E[name] % told} in {lines[min(line, len(lines)) - 1].strip()[:60]!r}"


def _links(tree: Any) -> Iterator[str]:
    for e in tree.iter():
        for name in ("href", "src", "{http://www.w3.org/1999/xlink}href"):
            if (to := e.get(name)) is not None and not OUTSIDE.match(to):
                yield to


def _fetched(tree: Any) -> Iterator[str]:
    """Yield what a browser would fetch from elsewhere, which pages that open from disk do not."""
    for e in tree.iter():
        name = FETCHED.get(str(e.tag).removeprefix(HTML), "")
        if name and OUTSIDE.match(to := e.get(name) or "") and not to.startswith("data:") and e.get("rel") not in QUIET:
            yield f"fetched from elsewhere: {to}"


def _words(tree: Any) -> Iterator[str]:
    """Yield the text that is read, without scripts and styles."""
    for e in tree.iter():
        if e.tag not in (f"{HTML}script", f"{HTML}style"):
            yield e.text or ""
        yield e.tail or ""


def dead(pages: list[Page], root: Path | None = None) -> list[str]:
    """Return the links that lead to no file, or to no place of a page."""
    ids = {one.path: one.ids for one in pages}
    found = ((one.path, to, *_resolved(one.path, to)) for one in pages for to in one.links)
    return [f"{path}: dead link {to}" for path, to, file, place in found if not _there(ids, root, file, place)]


def _resolved(path: str, to: str) -> tuple[str, str]:
    file, place = urldefrag(to)
    file = unquote(file.partition("?")[0])
    if not file:
        return path, unquote(place)
    parts: list[str] = path.split("/")[:-1]
    for word in file.split("/"):
        parts = parts[:-1] if word == ".." else parts if word in (".", "") else [*parts, word]
    whole = "/".join(parts)
    return f"{whole}/index.html".lstrip("/") if file.endswith("/") else whole, unquote(place)


def _there(ids: dict[str, frozenset[str]], root: Path | None, file: str, place: str) -> bool:
    if file in ids:
        return not place or place in ids[file]
    return root is not None and (root / file).is_file()


def _keys(one: Page) -> list[str]:
    patterns = (KEYS, NOTHING) if one.path.startswith(MADE) else () if one.path.startswith(FOR_AUTHORS) else (KEYS,)
    return [found[0] for pattern in patterns if (found := pattern.search(one.words))]


def faults(pages: list[Page], root: Path | None = None, large: tuple[str, ...] = ()) -> list[str]:
    """Return all that is wrong: dead links, HTML, internal keys, and size but for pages that may be ``large``."""
    told = [f"{one.path}: {fault}" for one in pages for fault in one.faults]
    keys = [f"{one.path}: an internal key is shown: {key}" for one in pages for key in _keys(one)]
    sizes = [
        f"{one.path}: {one.size:,} bytes, over {LIMIT:,}" for one in pages if one.size > LIMIT and one.path not in large
    ]
    return [*dead(pages, root), *told, *keys, *sizes]
