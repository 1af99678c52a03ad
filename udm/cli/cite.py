"""`udm cite`: the checked statement, its answer, papers with version and year, tag, address, verdict, engines, replay.

Of a refuted claim a citation says first which sentence it refutes and who prints it, then what is true instead. It says
the same whatever evidence a machine keeps: what is missing is judged, and measurements of code are left out.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from derivations.catalogue import OWN, claims
from derivations.errata.places import printed_wrong
from derivations.judge.refutation import charged
from derivations.judge.rows import ClaimRow, SourceRow
from derivations.judge.store import versions
from derivations.own.loaded import home
from derivations.own.meant import address
from derivations.papers.paper import Equation, papers
from derivations.papers.printed import asked_for, printed
from derivations.papers.sources import doubt
from udm.cli.bibtex import entry, of_paper, tex
from udm.cli.broken import broken
from udm.cli.console import WIDTH, hung, out, print_json, usage
from udm.cli.facts import Cited, FromPaper, Written
from udm.cli.one import some, sourced_as_ready
from udm.cli.release import addressed, base, release
from udm.cli.standing import counted, in_words, supporting

MOST = 3  # equations of papers in a citation
LIBRARIES = {"prove": "sympy", "field": "python-flint", "enclose": "python-flint", "simulate": "numpy"}


def run(patterns: Sequence[str], format: str, *, as_json: bool, short: bool = False) -> int:
    entries = some(patterns)
    if own := [entry.name for entry in entries if entry.tag == OWN]:
        usage(
            f"expected a claim of the catalogue, whose tag a reader can look up, got your own {', '.join(own)}; "
            f"`udm show {_address(own[0])}` shows it"
        )
    rows = [row for _, row in sourced_as_ready(entries)]
    facts = [facts_of(row, asked_for(patterns)) for row in rows]
    if as_json:
        documents = [_document(f) for f in map(_written, facts)]
        print_json(documents[0] if len(documents) == 1 else {"claims": documents})
    elif short:
        from udm.cli.cited import SHORT

        out.print("\n\n".join(SHORT[format](_written(f)) for f in facts), markup=False, soft_wrap=True)
    else:
        out.print("\n\n".join(_citations(facts, format)), markup=False, soft_wrap=True)
    return 0 if all(row["green"] for row in rows) else 1


def _document(f: Written) -> dict[str, Any]:
    """The facts, and the citation in each format, whole and short."""
    from udm.cli.cited import SHORT

    whole = {name: write(f) for name, write in FORMATS.items()}
    return {**f, **whole, "short": {name: write(f) for name, write in SHORT.items()}}


def _address(name: str) -> str:
    """A claim of one's own as a command takes it."""
    file = home(name)
    return name if file is None else address(file, name)


def _citations(facts: list[Cited], format: str) -> list[str]:
    """A citation a claim; in BibTeX, the papers of all claims once, after them."""
    if format != "bibtex":
        return [FORMATS[format](_written(f)) for f in facts]
    works = dict.fromkeys(s["work"] for f in facts for s in f["sources"])
    return [*map(_entry, facts), *(of_paper(papers()[work]) for work in works)]


def facts_of(r: ClaimRow, asked: Collection[Equation] = ()) -> Cited:
    """What every format says, all of it kept with the certificate or known of this copy of udm."""
    known, own = versions(), release()
    engines = [f"{e} ({LIBRARIES[e]} {known[LIBRARIES[e]]})" if e in LIBRARIES else e for e in supporting(r)]
    return {
        "tag": r["tag"], "name": r["name"], "title": r["title"], "digest": r["digest"], "version": own.version,
        "commit": own.commit, "date": own.date, "release": own.words, "address": addressed(r["tag"]),
        "assumptions": [a["text"] for a in r["assumptions"]], "means": r["means"], "trust": r["trust"],
        "verdict": r["verdict"], "verdict_in_words": in_words(r), "engines": engines,
        "wrong_rejected": sum(bool(w["killed_by"]) for w in r["wrong"]),
        "sources": r["sources"],
        "as_printed": _from_papers(r["name"], asked), "printed_wrong": list(printed_wrong(r["name"], whole=False)),
        "ours": r["ours"], "replay": f"udm verify {r['tag']} --no-cache", "year": own.date[:4], "refuted": r["refuted"],
    }  # fmt: skip


def _from_papers(claim: str, asked: Collection[Equation]) -> list[FromPaper]:
    return [
        {"work": p.paper.key, "place": p.name, "marks": p.marks, "text": p.text, "latex": p.equation.latex}
        for p in printed(claim, asked)
    ]


def _written(f: Cited) -> Written:
    from udm.cli.formulas import formulas  # needs SymPy, and what is said in BibTeX does not

    return {**f, "formulas": formulas(claims()[f["name"]])}


# -- what is claimed ---------------------------------------------------------------------------


def sentence(f: Cited) -> str:
    """What the claim says: its title; for a refuted one the false sentence, who prints it, and the title instead."""
    if (no := f["refuted"]) is None:
        return f["title"]
    return f"Refutes: {no['sentence']} ({charged(no)}). True instead: {f['title']}"


def evidence(f: Cited) -> str:
    by = ", ".join(f["engines"]) or "none needed"
    rejected = counted(f["wrong_rejected"], "wrong answer")
    return f"Verdict: {f['verdict_in_words'].rstrip('.')}. Engines: {by}; {rejected} rejected"


def premises(f: Cited) -> Iterator[str]:
    """What stands for the general case, what the claim assumes, and what its proof takes on trust."""
    yield f"In general: {f['means'].rstrip('.')}."
    if f["assumptions"]:
        yield f"Assuming {', '.join(f['assumptions'])}."
    if f["trust"]:
        yield f"Taken on trust: {'; '.join(f['trust'])}."


def whence(f: Cited) -> str:
    """The version, commit and day of what judged it, and where its page is."""
    return f"{f['release']}. Address: {f['address']}."


def origin(f: Cited) -> Iterator[str]:
    """The papers that state the claim, that print it wrong, and that it is about, by name, version and equations."""
    stated = [place(s) for s in f["sources"] if s["states"] and not s["misprint"]]
    wrong = [place(s) for s in f["sources"] if s["misprint"]]
    about = [place(s) for s in f["sources"] if not s["states"]]
    if stated:
        yield f"Stated in {'; '.join(stated)}."
    if wrong:
        yield f"Printed wrong in {'; '.join(wrong)}."
    yield from (f"{one[0].upper()}{one[1:].rstrip('.')}." for one in f["printed_wrong"])
    if f["ours"]:
        yield f"No paper states it: it is {f['ours']}."
    if about:
        yield f"{'See also' if stated or wrong else 'It is about'} {'; '.join(about)}."


def place(s: SourceRow) -> str:
    year = papers()[s["work"]].bibliography["year"]
    return f"{s['name']} of {year}{doubt(s)}"


# -- formats -----------------------------------------------------------------------------------


def in_text(f: Written) -> str:
    formula = f["formulas"]
    false = ["", "False:", *_indented(formula["false"]["text"]), "True:"] if formula["false"]["text"] else [""]
    answer = [part for name, e in formula["answer"]["text"] for part in broken(f"{_lead(name)}{e}", WIDTH)]
    letters = [part for names, meaning in formula["symbols"]["text"] for part in hung(f"{names}: {meaning}", WIDTH)]
    return "\n".join([
        *_prose(f"udm claim {f['tag']} ({f['name']}). {sentence(f)}."),
        *false, *_indented(formula["statement"]["text"]), *(["Answer:", *answer] if answer else []),
        *(part for one in _shown(f) for part in _from_paper(one)), *(["Symbols:", *letters] if letters else []), "",
        *_prose(*premises(f), *origin(f), f"{evidence(f)}; digest {f['digest']}.", f"{f['release']}."),
        f"Address: {f['address']}", f"Replay: {f['replay']}",
    ])  # fmt: skip


def _shown(f: Cited) -> list[FromPaper]:
    """The equations of papers that a citation has room for."""
    return f["as_printed"][:MOST]


def _from_paper(one: FromPaper) -> Iterator[str]:
    """An equation below its place."""
    yield from hung(f"{one['place']}{one['marks']}, as printed:", WIDTH, 0)
    yield from broken(one["text"], WIDTH)


def _prose(*sentences: str) -> Iterator[str]:
    """Each sentence from the margin, on as many lines as it takes."""
    return (part for one in sentences for part in hung(one, WIDTH, 0))


def _lead(field: str) -> str:
    """The name of a field before its value; an answer that is one expression has none."""
    return "" if field == "answer" else f"{field}: "


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def markdown(f: Written) -> str:
    formula = f["formulas"]
    false = ["False:", *_blocks(formula["false"]["latex"]), "True:"] if formula["false"]["latex"] else []
    answer = [f"- {_lead(name)}${e}$" for name, e in formula["answer"]["latex"]]
    letters = [f"- ${names}$: {meaning}" for names, meaning in formula["symbols"]["latex"]]
    return "\n\n".join([
        f"**{linked(f)}** `{f['name']}`: {sentence(f)}.",
        *false, *_blocks(formula["statement"]["latex"]), *(["Answer:", "\n".join(answer)] if answer else []),
        *(f"{one['place']}{one['marks']}, as printed:\n\n$$\n{one['latex']}\n$$" for one in _shown(f)),
        *(["Symbols:", "\n".join(letters)] if letters else []),
        " ".join([
            *premises(f), *origin(f), f"{evidence(f)}; digest `{f['digest']}`. {whence(f)} Replay: `{f['replay']}`",
        ]),
    ])  # fmt: skip


def linked(f: Cited) -> str:
    """The tag, with a link to its page where the site is published."""
    return f"[{f['tag']}]({f['address']})" if base() else f["tag"]


def _blocks(displays: list[tuple[str, str]]) -> Iterator[str]:
    """Each display between dollars, and what its names mean below it."""
    for body, where in displays:
        yield f"$$\n{body}\n$$"
        if where:
            yield where


def in_latex(f: Written) -> str:
    formula = f["formulas"]
    from udm.cli.show import displays  # needs SymPy, and what is said in BibTeX does not

    false = ["False:", *displays(formula["false"]["latex"]), "True:"] if formula["false"]["latex"] else []
    answer = ", ".join(f"{tex(_lead(name))}${e}$" for name, e in formula["answer"]["latex"])
    letters = "; ".join(f"${names}$: {tex(meaning)}" for names, meaning in formula["symbols"]["latex"])
    return "\n".join([
        f"{in_tex(f)} (\\texttt{{{tex(f['name'])}}}): {tex(sentence(f))}.",
        *false, *displays(formula["statement"]["latex"]), *([f"Answer: {answer}."] if answer else []),
        *(f"{tex(one['place'] + one['marks'])}, as printed:\n\\[\n{one['latex']}\n\\]" for one in _shown(f)),
        *([f"Symbols: {letters}."] if letters else []), *map(tex, (*premises(f), *origin(f))),
        f"{tex(evidence(f))}; digest \\texttt{{{f['digest']}}}. {tex(whence(f))}",
        f"Replay: \\texttt{{{f['replay'].replace('--', '-{}-')}}}.",
    ])  # fmt: skip


def in_tex(f: Cited) -> str:
    r"""The tag, with a link where the site is published: \href is hyperref's."""
    tag = f"\\texttt{{{f['tag']}}}"
    return f"\\href{{{f['address']}}}{{{tag}}}" if base() else tag


def bibtex(f: Cited) -> str:
    return "\n\n".join(_citations([f], "bibtex"))


def _entry(f: Cited) -> str:
    """The claim itself: its formulas are in its other formats, for a title holds no display."""
    said = (
        f"Claim {f['tag']} ({f['name']}), digest {f['digest']}. {' '.join((*premises(f), *origin(f)))} {evidence(f)}."
    )
    return bibtex_entry(f, f"{said} Address: {f['address']}.", replay=True)


def bibtex_entry(f: Cited, said: str, *, replay: bool = False) -> str:
    """An entry of a claim, with a note."""
    fields = {
        "title": f"{{{tex(sentence(f))}}}",
        "author": "{The udm authors}",
        "year": f["year"],
        "howpublished": tex(f["release"].replace("udm ", "udm, version ", 1)),
        "url": f["address"] if base() else "",
        "note": tex(said) + (f" Replay: {f['replay'].replace('--', '{-}{-}')}" if replay else ""),
    }
    return entry("misc", f"udm:{f['tag']}", fields)


FORMATS: dict[str, Callable[[Written], str]] = {
    "text": in_text,
    "markdown": markdown,
    "bibtex": bibtex,
    "latex": in_latex,
}
