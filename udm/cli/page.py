"""A claim as a page of at most 100 columns: what is claimed, why it holds, what is wrong, what was checked.

Every formula is printed from the object that the engines opened. A page leaves out what few readers want, such as the
numbers that stand for densities at each point; `full` has all of it.
"""

from collections.abc import Iterator

from sympy import Symbol

from derivations.catalogue import file_of, module_of
from derivations.form.claim import Claim
from derivations.form.numbers import in_numbers
from derivations.form.reading import grouped, unprinted
from derivations.judge.rows import ClaimRow
from derivations.notation.printing import text
from derivations.own.loaded import home
from derivations.own.meant import address
from derivations.papers.covered import transcribed
from derivations.papers.paper import Equation, Paper
from derivations.papers.printed import printed
from derivations.papers.references import NOT_CONFIRMED, cite, spans
from derivations.papers.sources import sources
from udm.cli.checked import assumptions, evidence, obligations, wrong
from udm.cli.console import WIDTH
from udm.cli.head import head
from udm.cli.layout import Section, clipped, few
from udm.cli.ledger import derivations
from udm.cli.legend import explained
from udm.cli.proof import derivation
from udm.cli.shortened import shortened
from udm.cli.witness import MORE


def sections(claim: Claim, r: ClaimRow, *, full: bool = True) -> Iterator[Section]:
    """All that stands below the statement."""
    yield Section("As printed", few([clipped(one, full=full) for one in as_printed(claim)], full=full))
    yield Section("Symbols", symbols(claim))
    yield Section("In general", [claim.means], prose=True)
    yield Section("In numbers", few(in_numbers(claim), full=full))
    yield Section("Assumptions", assumptions(r["assumptions"], full=full))
    yield from derivation(claim, full=full)
    yield Section("Wrong forms", [wrong(claim, w, full=full) for w in r["wrong"]])
    of = "" if claim.printed is None else " for what is true instead"
    yield Section(f"Evidence{of}", [shortened(e) if not full else e for e in evidence(claim, r)], prose=True)
    owed = list(obligations(r["obligations"])) if r["obligations"]["total"] else []
    yield Section("Obligations", few(owed, full=full))
    yield Section(
        "Rests on", [*claim.needs, *(f"on trust: {t}" for t in claim.trust)] or ["nothing: a root"], prose=True
    )
    if (own := home(claim.name)) is None:
        yield Section(
            "Sources", list(places(claim)) or [f"no paper: {r['ours'] or 'none has a row for it yet'}"], prose=True
        )
        yield Section("Implemented by", r["implemented_by"] or ["no function of udm"], prose=True)
    elif said := _said_of_sources(claim):
        yield Section("Sources", [f"by the author's word, compared with no paper: {'; '.join(said)}"], prose=True)
    where = f"{r['family']}, {claim.kind}" if own is None else f"your own, not of the catalogue; {claim.kind}"
    yield Section("Where", [f"{where}; {_file(claim)}; digest {r['digest']}"])
    yield Section("Replay", [replay(r["tag"], claim.name)])
    yield Section("Why it is not green", r["complaints"] if full else list(map(shortened, r["complaints"])), prose=True)


def _said_of_sources(claim: Claim) -> list[str]:
    """The places that a claim outside the catalogue names, where no file of a paper says that they are right."""
    lines = (line.eq for chain in claim.proof for line in chain if line.eq)
    wrong_ = (place for w in claim.wrong.values() for place in w.seen_in)
    return list(dict.fromkeys((*claim.printed_in, *wrong_, *lines)))


def symbols(claim: Claim) -> list[str]:
    """The letters of the statement that no line of it defines, and those of what it opens to, with their meanings."""
    own = home(claim.name)
    declared = {text(Symbol(name)) for name in own.declared()} if own else set[str]()
    meant = (([a for a in letters if a not in declared], meaning) for letters, meaning in explained(claim))
    told = [f"{', '.join(letters)}: {meaning}" for letters, meaning in meant if letters]
    silent = dict.fromkeys(pair for group in grouped(claim.written()) for pair in unprinted(*group))
    return [*told, *(f"{text(left)}: short for {text(right)}" for left, right in silent)]


def as_printed(claim: Claim) -> Iterator[str]:
    """The equations that state the claim, in their papers' own symbols."""
    own = () if home(claim.name) else printed(claim.name)
    yield from (f"{one.name}{one.marks}: {one.text}" for one in own)


def places(claim: Claim) -> Iterator[str]:
    """Each equation that states the claim, and whether it is confirmed; then other places, and how to read them."""
    for paper, main, equations, states, reading in sources(claim.name):
        yield from (_equation(paper, e) if states else f"about {cite(paper, [e])}: {e.says}" for e in main)
        others = [e for e in equations if e not in main]
        yield from [f"{paper.name}, also {spans(others)}"] if others else []
        yield from [f"{paper.name}, read as: {reading}"] if reading else []


def _equation(paper: Paper, e: Equation) -> str:
    marks = [
        *({"twice": ["transcribed twice"], "in part": ["in part transcribed twice"]}.get(transcribed(e), [])),
        *([] if e.confirmed else [NOT_CONFIRMED]),
    ]
    line = f", line {e.line} of the proof" if e.line else ", printed wrong" if e.is_wrong else derivations(e.chains)
    return f"{cite(paper, [e])}{line}: {e.says}" + (f" [{', '.join(marks)}]" if marks else "")


def _file(claim: Claim) -> str:
    if (own := home(claim.name)) is not None:
        return own.where(claim.name)
    file = file_of(module_of(claim.name))
    return str(file.relative_to(file.parents[3]))


def replay(tag: str, name: str) -> str:
    return f"udm verify {named(tag, name)} --no-cache"


def named(tag: str, name: str) -> str:
    """A claim as a command takes it: by its tag, or one's own by its file."""
    own = home(name)
    return tag if own is None else address(own, name)


def page(claim: Claim, r: ClaimRow, width: int = WIDTH, *, full: bool = False) -> Iterator[tuple[str, str]]:
    """The lines of the page, each with a style."""
    for n, one in enumerate(head(claim, r, width)):
        yield one, "bold" if n == 0 else ""
    left_out = False
    for section in sections(claim, r, full=full):
        if section.lines:
            yield "", ""
            yield section.heading, "underline"
            yield from ((part, "") for part in section.parts(width))
            left_out = left_out or any(MORE in one for one in section.lines)
    if left_out:
        yield from (("", ""), (f"{MORE}: `udm show {named(r['tag'], claim.name)} --full` prints it whole", ""))
