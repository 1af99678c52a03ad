"""The search of claims on the site: whole numbers, any name of a paper, and what is stated before what is about."""

import json
import shutil
import subprocess
from functools import cache
from html.parser import HTMLParser
from typing import NamedTuple

import pytest

from derivations.catalogue import claims, tags
from docs.site.search import data
from tests.support.shell import ROOT

pytestmark = pytest.mark.xdist_group("docs")
NODE = shutil.which("node")
ASKED = """
const { narrowed } = require(process.argv[1]);
const [claims, names, queries] = JSON.parse(require("fs").readFileSync(0));
const left = (query) => narrowed(claims, new Set(names), query).filter(([, found]) => found);
console.log(JSON.stringify(queries.map((query) => left(query).map(([claim]) => claim.tag))));
"""


class Line(NamedTuple):
    """A line of the data: whose it is, of what kind, of which paper, and its words."""

    value: str
    kind: str
    of: str
    words: str


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Line] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.found.append(Line(told.get("value") or "", told.get("class") or "", told.get("data-of") or "", ""))

    def handle_data(self, data: str) -> None:
        self.found[-1] = self.found[-1]._replace(words=data.lower())


@cache
def lines() -> list[Line]:
    reader = _Lines()
    reader.feed(data())
    return reader.found


def papers() -> dict[str, str]:
    return {line.value: line.words for line in lines() if line.kind == "paper"}


def equations(tag: str, of: str) -> dict[str, bool]:
    """Return the numbers that a claim has of the papers of a name, and whether they state it."""
    own = [line for line in lines() if line.value == tag and line.of and of in papers()[line.of].split()]
    return {number: line.kind == "states" for line in own for one in line.words.split("|") for number in one.split()}


def known() -> list[dict[str, object]]:
    """Return the claims as the script reads them, with tag and name for the words of the table."""
    found = []
    for name in claims():
        tag = tags()[name].lower()
        own = [line for line in lines() if line.value == tag]
        rows = [
            {"text": f"{papers()[line.of]} {one}", "states": line.kind == "states"}
            for line in own
            if line.of
            for one in line.words.split("|")
        ]
        letters = " ".join(line.words for line in own if line.kind == "symbols")
        found.append({"tag": tag, "own": f"{tag} {name} {letters}", "equations": rows})
    return found


def ask(*queries: str) -> list[list[str]]:
    """Return the tags that each query leaves, in their order."""
    if NODE is None:
        pytest.skip("no node, which runs the script of the page")
    names = sorted({word for text in papers().values() for word in text.split()})
    told = subprocess.run(
        [NODE, "-e", ASKED, str(ROOT / "docs/static/find.js")],
        input=json.dumps([known(), names, queries]), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(told.stdout)


def tag_of(name: str) -> str:
    return tags()[name].lower()


def test_the_data_has_each_equation_with_the_names_of_its_paper_and_is_small() -> None:
    assert equations(tag_of("kl.gauss"), "luo") == {"86": True}
    assert any("unified perspective" in text and "luo v1" in text for text in papers().values())
    assert len(data()) < 120_000


def test_an_equation_is_found_by_any_name_of_its_paper_and_by_its_whole_number() -> None:
    one, bracketed, nick, eight, none = ask("luo 85", "Luo v1 (85)", "unified perspective 85", "luo 8", "ddpm 85")
    assert one == bracketed == nick and tag_of("vdm.posterior.variance") in one
    assert eight and all("8" in equations(tag, "luo") for tag in eight)
    assert all("85" in equations(tag, "luo") for tag in one) and none == []  # DDPM has no such number


def test_what_an_equation_states_comes_before_what_it_is_about() -> None:
    (found,) = ask("luo 84")
    states = [equations(tag, "luo")["84"] for tag in found]
    assert states == sorted(states, reverse=True) and set(states) == {True, False}


def test_a_tag_is_found_by_its_beginning_and_a_symbol_by_its_name() -> None:
    tag, number, symbol, every = ask("999c", "99", "beta_tilde", "")
    assert tag == [tag_of("vdm.posterior.mean")] and tag_of("vdm.posterior.mean") not in number
    assert symbol and len(every) == len(claims())
