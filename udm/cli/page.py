"""A claim as a page of at most 100 columns: what is claimed, why it holds, what is wrong, what was checked.

Every formula is printed from the object that the engines opened.
"""

from collections.abc import Iterator, Sequence

from derivations.catalogue import file_of, module_of
from derivations.form.claim import Claim
from derivations.form.numbers import in_numbers
from derivations.form.reading import Reading, grouped, readings
from derivations.form.verdict import SUPPORTS
from derivations.judge.refutation import charged
from derivations.judge.rows import ClaimRow, PrintedRow
from derivations.judge.spoken import speaking
from derivations.own.loaded import home
from derivations.own.meant import address
from derivations.papers.covered import transcribed
from derivations.papers.paper import Equation, Paper
from derivations.papers.references import cite, spans
from derivations.papers.sources import Source, sources
from udm.cli.checked import assumption, evidence, obligations, wrong
from udm.cli.console import WIDTH, hung
from udm.cli.layout import INDENT, Section, beside, line, wheres
from udm.cli.proof import derivation
from udm.cli.witness import point

Groups = list[list[Reading]]


def statement(claim: Claim, lemmas: Sequence[int]) -> tuple[Groups, Groups]:
    """The lines that speak of the answer or its object, and those of lemmas; a group has one meaning of each name."""
    spoken = [one.says for one in speaking(claim)]
    plain = [said for n in lemmas if (said := claim.statements()[n - 1]) not in spoken]
    pairs = list(zip(claim.written(), claim.said(), strict=True))
    own, others = ([w for w, said in pairs if (said in plain) == of_lemmas] for of_lemmas in (False, True))
    return grouped(own), grouped(others)


def shown(groups: Groups, width: int, lead: str = "", known: list[str] | None = None) -> Iterator[str]:
    """Each group's lines, and what its names mean, if that is new."""
    known = [] if known is None else known
    for group in groups:
        for one in group:
            yield from hung(lead + line(one), width, INDENT if one.inner else 0)
            lead = " " * len(lead)
        if told := wheres(group, known):
            yield from hung(f"where  {', '.join(told)}", width, 0, 7)
            known += told


def head(claim: Claim, r: ClaimRow, width: int) -> Iterator[str]:
    """Tag, name, verdict and engines; the claim's sources; the statement, and what its names mean."""
    engines = " ".join(e["engine"][0].upper() for e in r["engines"] if e["verdict"] in SUPPORTS)
    verdict = f"{r['verdict']}  {engines}".rstrip() if r["green"] else f"NOT GREEN ({r['verdict']})"
    yield from beside([f"{r['tag']}  {claim.name}"], verdict, width)
    if places := cited(claim.name):
        yield from hung(places, width, INDENT, INDENT)
    for misprint in (m for s in sources(claim.name) if claim.printed is None for m in s.misprints):
        yield from hung(f"misprint in {misprint}", width, INDENT, INDENT)
    answers, lemmas = statement(claim, r["lemmas"])
    if claim.printed is not None and r["printed"] is not None and r["refuted"] is not None:
        printed = list(readings(claim.shown["printed"]))
        yield from hung(f"Refuted: {claim.refutes}: {charged(r['refuted'])}", width, 0)
        yield from (part for one in printed for part in hung(line(one), width, INDENT))
        yield from hung(f"where  {', '.join(told)}", width, 0, 7) if (told := wheres(printed)) else ()
        yield from hung(_counterexample(r["printed"]), width, 0)
        yield "True instead:"
    known: list[str] = []
    yield from shown(answers, width, known=known)
    yield from shown(lemmas, width, "lemma  ", known=known)


def cited(claim: str) -> str:
    """The papers that state a claim, those that print it wrong alone, and those that it is about; "" if none do."""
    found = dict[str, list[str]]()
    for s in sorted(sources(claim), key=lambda s: not s.states):
        wrong = all(e.is_wrong for e in s.main)
        found.setdefault("about" if not s.states else "printed wrong in" if wrong else "stated in", []).append(_name(s))
    return "; ".join(f"{how} {' · '.join(names)}" for how, names in found.items())


def _name(s: Source) -> str:
    """As it is cited, and which of its numbers are not confirmed."""
    unsure = [e for e in s.main if not e.confirmed]
    which = "" if len(unsure) == len(s.main) else f"{spans(unsure)} "
    return f"{s.name} [{which}unconfirmed]" if unsure else s.name


def _counterexample(printed: PrintedRow) -> str:
    by = " and ".join(printed["refuted_by"])
    return f"counterexample  {point(printed['witness'])}: {printed['off']} (seen by {by})"


# -- what stands below ---------------------------------------------------------------------------


def sections(claim: Claim, r: ClaimRow) -> Iterator[Section]:
    """All that stands below the statement."""
    yield Section("In words", [claim.heading, f"in general: {claim.means}"])
    yield Section("In numbers", in_numbers(claim))
    yield Section("Assumptions", [assumption(a) for a in r["assumptions"]])
    yield from derivation(claim)
    yield Section("Wrong forms", [wrong(claim, w) for w in r["wrong"]])
    of = "" if claim.printed is None else " for what is true instead"
    yield Section(f"Evidence{of}", list(evidence(claim, r)))
    yield Section("Obligations", list(obligations(r["obligations"])) if r["obligations"]["total"] else [])
    yield Section("Rests on", [*claim.needs, *(f"on trust: {t}" for t in claim.trust)] or ["nothing: a root"])
    if (own := home(claim.name)) is None:
        yield Section("Sources", list(places(claim)) or [f"no paper: {r['ours'] or 'none has a row for it yet'}"])
        yield Section("Implemented by", r["implemented_by"] or ["no function of udm"])
    where = f"{r['family']}, {claim.kind}" if own is None else f"your own, not of the catalogue; {claim.kind}"
    yield Section("Where", [f"{where}; {_file(claim)}; digest {r['digest']}"])
    yield Section("Replay", [replay(r["tag"], claim.name)])
    yield Section("Why it is not green", r["complaints"])


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
        *([] if e.confirmed else ["not confirmed against the paper"]),
    ]
    line = f", line {e.line} of the proof" if e.line else ", printed wrong" if e.is_wrong else ""
    return f"{cite(paper, [e])}{line}: {e.says}" + (f" [{', '.join(marks)}]" if marks else "")


def _file(claim: Claim) -> str:
    if (own := home(claim.name)) is not None:
        return own.where(claim.name)
    file = file_of(module_of(claim.name))
    return str(file.relative_to(file.parents[3]))


def replay(tag: str, name: str) -> str:
    own = home(name)
    return f"udm verify {tag if own is None else address(own, name)} --no-cache"


def page(claim: Claim, r: ClaimRow, width: int = WIDTH) -> Iterator[tuple[str, str]]:
    """The lines of the page, each with a style."""
    for n, one in enumerate(head(claim, r, width)):
        yield one, "bold" if n == 0 else ""
    for section in sections(claim, r):
        if section.lines:
            yield "", ""
            yield section.heading, "underline"
            yield from ((part, "") for one in section.lines for part in _lines(one, width))


def _lines(one: str, width: int) -> list[str]:
    return [" " * INDENT + one] if len(one) + INDENT <= width else hung(one, width)
