"""The head of a page: the statement, whose names are all explained; then its title and the papers that state it.

It is short, so that a reader sees what is claimed before anything else; the statement that the kind of the claim names
comes first. Every formula is printed from the object that the engines opened.
"""

from collections.abc import Iterator, Sequence

from derivations.errata.places import printed_wrong
from derivations.form.base import Said
from derivations.form.claim import Claim
from derivations.form.induction import Induction
from derivations.form.law import Law
from derivations.form.reading import Reading, grouped, readings
from derivations.form.statement import AtMost, Below, Tends
from derivations.form.verdict import SUPPORTS
from derivations.judge.refutation import charged
from derivations.judge.rows import ClaimRow, PrintedRow
from derivations.judge.spoken import speaking
from derivations.papers.references import unsure
from derivations.papers.sources import Source, sources
from udm.cli.broken import broken
from udm.cli.layout import INDENT, beside, line, packed, wheres
from udm.cli.witness import differs, point

Groups = list[list[Reading]]
OF_KIND: dict[str, tuple[type, ...]] = {
    "induction": (Induction,),
    "law": (Law,),
    "limit": (Tends,),
    "inequality": (Below, AtMost),
}


def statement(claim: Claim, lemmas: Sequence[int]) -> tuple[Groups, Groups]:
    """The lines that speak of the answer or its object, and those of lemmas; a group has one meaning of each name."""
    spoken = [one.says for one in speaking(claim)]
    plain = [said for n in lemmas if (said := claim.statements()[n - 1]) not in spoken]
    pairs = list(zip(claim.written(), claim.said(), strict=True))
    own, others = ([w for w, said in pairs if (said in plain) == of_lemmas] for of_lemmas in (False, True))
    return grouped(foremost(claim.kind, own)), grouped(others)


def foremost(kind: str, written: Sequence[Said]) -> list[Said]:
    """Statements with those first of the form that the kind of their claim names."""
    forms = OF_KIND.get(kind, ())
    return sorted(written, key=lambda one: not isinstance(one, forms)) if forms else list(written)


def shown(groups: Groups, width: int, lead: str = "", known: list[str] | None = None) -> Iterator[str]:
    """Each group's lines, and what its names mean, if that is new."""
    known = [] if known is None else known
    for group in groups:
        for one in group:
            yield from broken(lead + line(one), width, INDENT if one.inner else 0)
            lead = " " * len(lead)
        if told := wheres(group, known):
            yield from packed("where  ", told, width)
            known += told


def head(claim: Claim, r: ClaimRow, width: int) -> Iterator[str]:
    """Tag, name, verdict and engines; then the statement, and below it what it says, the papers and their misprints.

    A refuted claim begins with what is false, in words, before its formula.
    """
    engines = " ".join(e["engine"][0].upper() for e in r["engines"] if e["verdict"] in SUPPORTS)
    verdict = f"{r['verdict']}  {engines}".rstrip() if r["green"] else f"NOT GREEN ({r['verdict']})"
    yield from beside([f"{r['tag']}  {claim.name}"], verdict, width)
    if claim.printed is not None and r["printed"] is not None and r["refuted"] is not None:
        yield from _refuted(claim, r["printed"], charged(r["refuted"]), width)
        yield from broken(f"True instead: {claim.title}", width, 0)
        yield from _statement(claim, r["lemmas"], width)
    else:
        yield from _statement(claim, r["lemmas"], width)
        yield ""
        yield from broken(claim.title, width, 0) if claim.title else ()
        yield from _papers(claim.name, width)
        for wrong in printed_wrong(claim.name):
            yield from broken(wrong, width, 0, INDENT)


def _statement(claim: Claim, lemmas: Sequence[int], width: int) -> Iterator[str]:
    answers, plain = statement(claim, lemmas)
    known: list[str] = []
    yield from shown(answers, width, known=known)
    yield from shown(plain, width, "lemma  ", known=known)


def _papers(name: str, width: int) -> Iterator[str]:
    yield from broken(places, width, INDENT, INDENT) if (places := cited(name)) else ()


def _refuted(claim: Claim, fails: PrintedRow, charge: str, width: int) -> Iterator[str]:
    """The false sentence, the papers, the false formula, what its names mean, and where it fails."""
    yield from broken(f"Refuted: {claim.refutes}: {charge}", width, 0)
    yield from _papers(claim.name, width)
    yield ""
    printed = list(readings(claim.shown["printed"]))
    yield from (part for one in printed for part in broken(line(one), width, INDENT))
    yield from packed("where  ", told, width) if (told := wheres(printed)) else ()
    by = " and ".join(fails["refuted_by"])
    yield from broken(f"counterexample  {point(fails['witness'])}: {differs(fails['off'])} (seen by {by})", width, 0)
    yield ""


def cited(claim: str) -> str:
    """The papers that state a claim, those that print it wrong alone, and those that it is about; "" if none do."""
    found = dict[str, list[str]]()
    for s in sorted(sources(claim), key=lambda s: not s.states):
        wrong = all(e.is_wrong for e in s.main)
        found.setdefault("about" if not s.states else "printed wrong in" if wrong else "stated in", []).append(_name(s))
    return "; ".join(f"{how} {' · '.join(names)}" for how, names in found.items())


def _name(s: Source) -> str:
    """As it is cited, and which of its numbers are not confirmed."""
    return f"{s.name} [{why}]" if (why := unsure(s.main)) else s.name
