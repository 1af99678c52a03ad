"""The sources of the site: the documentation, and a file for every page that is made from claims and papers."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from shutil import copytree, ignore_patterns

from derivations.catalogue import claims, tags
from derivations.papers.paper import papers
from docs.site.badge import badge, package
from docs.site.browse import symbol_families
from docs.site.history import gone
from docs.site.papers import docname, pieces
from docs.site.records import files, row

DOCS = Path(__file__).parents[1]
LEFT_OUT = ("_build", "__pycache__", "extension", "site", "checks", "static", "conf.py", "__init__.py")
MARK = "% the pages of the site\n"  # where the start page of the site lists what the documentation alone has not


def whole(to: Path) -> None:
    """Write the sources of the whole site into a folder that does not exist yet."""
    copytree(DOCS, to, ignore=ignore_patterns(*LEFT_OUT))
    start, browse = to / "index.md", (DOCS / "site" / "pages" / "start.md").read_text()
    assert MARK in start.read_text(), f"expected the line {MARK.strip()!r} in docs/index.md"
    start.write_text(start.read_text().replace(MARK, browse))
    for page in (DOCS / "site" / "pages").glob("*/index.md"):
        write(to / page.parent.name / "index.md", page.read_text().replace("SYMBOLS", _families()))
    for family in symbol_families():
        title = "Several families" if family == "core" else family.capitalize()
        write(to / "symbols" / f"{family}.rst", _headed(title, f".. symbols-of:: {family}\n"))
    of_claims(to, claims())
    of_papers(to, papers())


def of_claims(to: Path, names: Iterable[str]) -> None:
    """Write a source for the page of each claim, and of each tag that was withdrawn."""
    for name in names:
        write(to / "tag" / tags()[name] / "index.rst", f":orphan:\n\n.. claim-page:: {name}\n")
    for tag, (name, why) in gone().items():
        told = f"This claim, ``{name}``, was withdrawn: {why}\n\nThe tag is never used again.\n"
        write(to / "tag" / tag / "index.rst", f":orphan:\n\n{_headed(f'{tag}: withdrawn', told)}")


def of_papers(to: Path, keys: Iterable[str]) -> None:
    """Write a source for each page of each paper."""
    for key in keys:
        paper = papers()[key]
        for n in range(len(pieces(paper))):
            write(to / f"{docname(paper, n)}.rst", f":orphan:\n\n.. paper-page:: {key} {n}\n")


def beside(out: Path, names: Sequence[str]) -> None:
    """Write what stands beside the pages: data, BibTeX and a badge for each claim, and the package for LaTeX."""
    for name in names:
        for kind, text in files(name):
            write(out / "tag" / f"{tags()[name]}.{kind}", text)
        found = row(name)
        write(out / "tag" / f"{tags()[name]}.svg", badge(found["tag"], found["verdict"], green=found["green"]))
    write(out / "udm.sty", package())


def _families() -> str:
    """The links to the pages of symbols, which also put these into the navigation."""
    return "\n".join(["```{toctree}", *symbol_families(), "```"])


def _headed(title: str, text: str) -> str:
    return f"{title}\n{'=' * len(title)}\n\n{text}"


def write(file: Path, text: str) -> None:
    """Write a file, and the folders that it stands in."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
