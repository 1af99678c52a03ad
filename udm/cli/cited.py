"""A citation of a line or two: verdict, formula, paper with version and equation, tag, version, digest and address.

What it says is what the whole one says, and is taken from it; a formula that needs lines of its own gives way to the
title, and is then given as a paper prints it.
"""

from collections.abc import Callable, Iterator

from derivations.judge.refutation import charged
from udm.cli.bibtex import tex
from udm.cli.cite import bibtex_entry, in_tex, linked, place
from udm.cli.console import WIDTH, hung
from udm.cli.facts import Cited, Written
from udm.cli.release import base
from udm.cli.standing import counted

PAPERS = 2  # that are named
Set = Callable[[str], str]  # words as a format has them


def verdict(f: Cited) -> str:
    """The verdict in a word or two, as the whole citation begins it."""
    return f["verdict_in_words"].partition(":")[0].rstrip(".")


def claimed(f: Written, formula: str, words: Set) -> str:
    """What is claimed: the formula, or the title; of a refuted claim what is false, and who says it."""
    if (no := f["refuted"]) is not None:
        return f"{formula or words(no['sentence'])} ({words(charged(no))})"
    of = f["formulas"]["foremost"]["of"]
    return f"{formula} (first of {of} statements)" if formula and of > 1 else formula or words(f["title"])


def as_printed(f: Written, formula: Callable[[str, str], str], words: Set) -> Iterator[str]:
    """The first equation of a paper, where the statement is not given as a formula."""
    if f["as_printed"] and not f["formulas"]["foremost"]["text"]:
        one = f["as_printed"][0]
        yield f"{words(one['place'] + one['marks'])} prints {formula(one['text'], one['latex'])}"


def papers(f: Cited) -> str:
    """The papers that state the claim, the one whose equation was asked for first; beyond two they are counted."""
    first = f["as_printed"][0]["work"] if f["as_printed"] else ""
    found = sorted((s for s in f["sources"] if s["states"]), key=lambda s: s["work"] != first)
    stating = [s for s in found if not s["misprint"]] or found  # who prints it wrong does not state it
    if not stating:
        return f"No paper states it: it is {f['ours']}" if f["ours"] else ""
    more = f" and {counted(len(stating) - PAPERS, 'more paper')}" if len(stating) > PAPERS else ""
    how = "Printed wrong in" if all(s["misprint"] for s in stating) else "Stated in"
    return f"{how} {'; '.join(map(place, stating[:PAPERS]))}{more}"


def _sentences(*parts: str) -> str:
    return " ".join(f"{part}." for part in parts if part)


def in_text(f: Written) -> str:
    claim = claimed(f, f["formulas"]["foremost"]["text"], str)
    what = f"udm {f['tag']}, version {f['version']}, digest {f['digest']}" + (f", {f['address']}" if base() else "")
    lines = (
        _sentences(f"{verdict(f)}: {claim}", *as_printed(f, lambda text, _: text, str)),
        _sentences(papers(f), what),
    )
    return "\n".join(part for one in lines for part in hung(one, WIDTH, 0, 2))


def markdown(f: Written) -> str:
    formula = f["formulas"]["foremost"]["latex"]
    claim = claimed(f, formula and f"${formula}$", str)
    what = f"udm {linked(f)}, version {f['version']}, digest `{f['digest']}`"
    return _sentences(f"{verdict(f)}: {claim}", *as_printed(f, lambda _, one: f"${one}$", str), papers(f), what)


def in_latex(f: Written) -> str:
    formula = f["formulas"]["foremost"]["latex"]
    claim = claimed(f, formula and f"${formula}$", tex)
    what = f"udm {in_tex(f)}, version {tex(f['version'])}, digest \\texttt{{{f['digest']}}}"
    printed = as_printed(f, lambda _, one: f"${one}$", tex)
    return _sentences(f"{tex(verdict(f))}: {claim}", *printed, tex(papers(f)), what)


def bibtex(f: Written) -> str:
    """The entry of the claim alone."""
    return bibtex_entry(f, _sentences(verdict(f), papers(f), f"Digest {f['digest']}"))


SHORT: dict[str, Callable[[Written], str]] = {
    "text": in_text,
    "markdown": markdown,
    "bibtex": bibtex,
    "latex": in_latex,
}
