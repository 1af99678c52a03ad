"""The pages build without a warning, all links lead somewhere, and everything generated is shown."""

import contextlib
import io
import warnings
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urldefrag

import pytest
from bs4 import BeautifulSoup, Tag
from sphinx.cmd.build import build_main

from derivations.catalogue import claims, tags
from derivations.errata.record import recorded
from derivations.form.known import left
from derivations.papers.errata import misprints, refuted, works
from derivations.papers.glossary import glossary
from tests.support.pages import DOCS, ROOT

pytestmark = pytest.mark.xdist_group("docs")
NAMES = ("errata", "misprints", "notation", "trust")
WANTED = {
    "validate": "tutorials/validate.html",
    "train": "tutorials/train.html",
    "review": "tutorials/review.html",
    "check a formula": "how-to/ask.html",
    "state a claim of your own": "how-to/own.html",
    "add a claim": "how-to/claim.html",
    "add a schedule": "how-to/schedule.html",
    "add a sampler": "how-to/sampler.html",
    "add an engine": "how-to/engine.html",
}


class Built(NamedTuple):
    """The exit status of Sphinx, and what it complains of."""

    status: int
    complaints: str


def build(source: Path, to: Path) -> Built:
    """Build pages by the command of `make docs`, in this process, where the claims are loaded once."""
    complaints = io.StringIO()
    with contextlib.redirect_stderr(complaints), contextlib.chdir(ROOT), warnings.catch_warnings():
        for old in (DeprecationWarning, PendingDeprecationWarning):  # of Sphinx to its own extensions
            warnings.simplefilter("ignore", old)
        status = build_main(["-W", "--keep-going", "-q", "-b", "html", str(source), str(to)])
    return Built(status, complaints.getvalue())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, BeautifulSoup]:
    """Return the built pages by their path."""
    to = tmp_path_factory.mktemp("html")
    done = build(DOCS, to)
    assert done == (0, ""), done.complaints
    files = [f for f in to.rglob("*.html") if f.name not in ("genindex.html", "search.html", "py-modindex.html")]
    return {f.relative_to(to).as_posix(): BeautifulSoup(f.read_text(), "html.parser") for f in files}


def article(page: BeautifulSoup) -> Tag:
    found = page.find("article")
    assert isinstance(found, Tag)
    return found


def links(name: str, page: BeautifulSoup) -> list[tuple[str, str]]:
    """Return the links of a page's text to pages of the site: path and fragment."""
    hrefs = [str(a["href"]) for a in article(page).find_all("a", href=True)]
    return [_resolved(name, href) for href in hrefs if "://" not in href]


def _resolved(name: str, href: str) -> tuple[str, str]:
    path, fragment = urldefrag(href)
    if not path:
        return name, fragment
    whole = (ROOT / name).parent / path
    return whole.resolve().relative_to(ROOT).as_posix(), fragment


def dead(site: dict[str, BeautifulSoup]) -> list[str]:
    """Return the links that lead to no page, or to no place of it."""
    ids = {name: {str(tag["id"]) for tag in page.find_all(id=True)} for name, page in site.items()}
    found = [(name, *link) for name, page in site.items() for link in links(name, page)]
    return [
        f"{name}: {path}#{fragment}"
        for name, path, fragment in found
        if path not in ids or (fragment and fragment not in ids[path])
    ]


def test_every_link_leads_somewhere(site: dict[str, BeautifulSoup]) -> None:
    assert sum(len(links(name, page)) for name, page in site.items()) > 500
    assert dead(site) == []


def test_a_dead_link_is_detected() -> None:
    page = '<article><h1 id="a">A</h1><a href="b.html">b</a><a href="#c">c</a><a href="#a">a</a></article>'
    assert dead({"a.html": BeautifulSoup(page, "html.parser")}) == ["a.html: b.html#", "a.html: a.html#c"]


@pytest.mark.parametrize("task", WANTED)
def test_the_first_things_to_do_are_at_most_two_clicks_away(site: dict[str, BeautifulSoup], task: str) -> None:
    """These are what the start page promises in words; at present each is one click away."""
    start = article(site["index.html"])
    named = [a for a in start.find_all("a", href=True) if a.get_text().lower().startswith(task)]
    near = {_resolved("index.html", str(a["href"]))[0] for a in named}
    near |= {path for first in near for path, _ in links(first, site[first])}
    assert WANTED[task] in near


def test_everything_generated_is_on_the_pages(site: dict[str, BeautifulSoup]) -> None:
    shown = {name: article(site[f"reference/{name}.html"]).get_text(" ") for name in NAMES}
    rows = {tag["id"] for tag in site["reference/claims.html"].find_all("tr", id=True)}
    assert {f"claim-{tag.lower()}" for name, tag in tags().items() if name in claims()} == rows
    assert [row.name for row in refuted() if row.name not in shown["misprints"]] == []
    assert [e.name for e in recorded().errata if e.name not in shown["errata"].replace(" : ", ": ")] == []
    assert [e.place for paper in works() for e in misprints(paper) if e.place not in shown["misprints"]] == []
    symbols = {term.meaning for terms in glossary().values() for term in terms if "\\" not in term.meaning}
    assert [meaning for meaning in symbols if meaning not in shown["notation"]] == []
    assert [name for name in left() if name not in shown["trust"]] == []


@pytest.mark.parametrize("name", ("errata", "misprints"))
def test_no_latex_is_left_in_sentences(site: dict[str, BeautifulSoup], name: str) -> None:
    page = article(site[f"reference/{name}.html"])
    for tag in page.find_all(class_=["printed"]):
        tag.decompose()
    assert "\\" not in page.get_text()


def unread(site: dict[str, BeautifulSoup]) -> list[str]:
    """Return the signatures that Sphinx could not take apart, and so printed as they came."""
    shown = [tag.get_text() for page in site.values() for tag in page.find_all("dt", class_="sig")]
    return [text for text in shown if "~" in text or "<" in text]


def test_every_signature_is_read(site: dict[str, BeautifulSoup]) -> None:
    assert unread(site) == []
    text = '<dt class="sig">f(x: ~a.B = &lt;function&gt;)</dt><dt class="sig">f(x: B = ...)</dt>'
    assert unread({"a.html": BeautifulSoup(text, "html.parser")}) == ["f(x: ~a.B = <function>)"]


PLANTED = {
    "no such claim": ("{claim}`vdm.nothing`", "expected the name of a claim, got 'vdm.nothing'"),
    "no such page": ("[here](nowhere.md)", "nowhere.md"),
    "no such function": ("{py:func}`udm.process.nothing`", "udm.process.nothing"),
    "no such directive": ("```{nothing}\n```", "nothing"),
}


def test_faults_on_a_page_break_the_build(tmp_path: Path) -> None:
    """All faults are built at once, since a build takes seconds; each must be a warning, and warnings are errors."""
    source = tmp_path / "docs"
    source.mkdir()
    settings = (DOCS / "conf.py").read_text().replace("Path(__file__).parents[1]", f"Path({str(ROOT)!r})")
    (source / "conf.py").write_text(settings)
    (source / "static").symlink_to(DOCS / "static")
    text = "\n\n".join(text for text, _ in PLANTED.values())
    (source / "index.md").write_text(f"# Title\n\n{text}\n")
    done = build(source, tmp_path / "html")
    assert done.status != 0
    warnings = [line for line in done.complaints.splitlines() if "WARNING: " in line or "ERROR: " in line]
    assert {case: any(message in line for line in warnings) for case, (_, message) in PLANTED.items()} == dict.fromkeys(
        PLANTED, True
    )
    assert len(warnings) == len(PLANTED)
