"""BibTeX: an entry for a claim of udm, and one for each paper at the version in which it is cited."""

import re
from collections.abc import Mapping
from typing import Any

from derivations.papers.paper import Paper

VENUE = {"inproceedings": "booktitle", "article": "journal", "misc": "howpublished"}
SPECIAL = {
    "\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}",
    "|": r"\textbar{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip
TYPED = re.compile(r"`([^`]+)`")


def tex(plain: str) -> str:
    """Plain text for LaTeX; a title's symbols are set as text, and what stands between backquotes as it is typed."""
    parts = TYPED.split(plain)
    return "".join(f"\\texttt{{{_escaped(part)}}}" if n % 2 else _escaped(part) for n, part in enumerate(parts))


def _escaped(plain: str) -> str:
    return "".join(SPECIAL.get(c) or (f"\\{c}" if c in "&%$#_{}" else c) for c in plain)


def entry(kind: str, key: str, fields: Mapping[str, Any]) -> str:
    """An entry, without the fields that are empty."""
    rows = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{rows}\n}}"


def of_paper(paper: Paper) -> str:
    """The entry of a paper, with its version on arXiv."""
    data = paper.bibliography
    venue = data.get("venue") or f"arXiv preprint arXiv:{data['arxiv']}"
    fields = {
        "title": f"{{{tex(data['title'])}}}",
        "author": " and ".join(map(tex, data["authors"])),
        VENUE[data["type"]]: tex(venue),
        "year": data["year"],
        "eprint": f"{data['arxiv']}{paper.version}",
        "archiveprefix": "arXiv",
        "url": data["url"],
    }
    return entry(data["type"], paper.key, fields)
