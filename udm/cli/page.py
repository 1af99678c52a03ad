"""A claim as a page of at most 100 columns: what is claimed, why it holds, what is wrong, what was checked.

Every formula is printed from the object that the engines opened.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from derivations.catalogue import file_of, module_of
from derivations.form.claim import Chain, Claim, leaves
from derivations.form.reading import Reading, grouped, needed, phrase, readings
from derivations.form.verdict import SUPPORTS
from derivations.judge.refutation import charged
from derivations.notation.printing import text
from derivations.papers.paper import Equation, Paper
from derivations.papers.references import cite, named, spans
from derivations.papers.sources import sources
from udm.cli.console import WIDTH, hung

INDENT = 2


class Section:
    """A heading and its lines; a line of several parts hangs under its first."""

    def __init__(self, heading: str, lines: Sequence[str]) -> None:
        self.heading, self.lines = heading, lines


def beside(left: Sequence[str], right: str, width: int) -> list[str]:
    """Something at the right edge of the first line, if there is room; else below."""
    if not right:
        return list(left)
    first, *rest = left
    if len(first) + 2 + len(right) <= width:
        return [f"{first}{right:>{width - len(first)}}", *rest]
    return [*left, f"{right:>{width}}"] if len(right) <= width else [*left, *hung(right, width)]


# -- what is claimed ---------------------------------------------------------------------------


def line(r: Reading) -> str:
    """A line of a statement."""
    sides = text(r.left) + (f" {r.relation} {text(r.right)}" if r.right is not None else "")
    note = phrase(r.note, text)
    return f"{sides}{', ' if note and r.note[0] != 'under' else ' ' if note else ''}{note}"


def wheres(lines: Sequence[Reading]) -> str:
    """The definitions of the names in a statement, in one line; what is drawn at random stands last."""
    return ", ".join(text(left) + ("" if right is None else f" = {text(right)}") for left, right in needed(*lines))


Groups = list[list[Reading]]


def statement(claim: Claim, lemmas: Sequence[int]) -> tuple[Groups, Groups]:
    """The lines that speak of the answer, and those of lemmas, which do not; a group has one meaning of each name."""
    plain = [claim.statements()[n - 1] for n in lemmas]
    pairs = list(zip(claim.written(), claim.said(), strict=True))
    own, others = ([w for w, said in pairs if (said in plain) == of_lemmas] for of_lemmas in (False, True))
    return grouped(own), grouped(others)


def shown(groups: Groups, width: int, lead: str = "", right: str = "") -> Iterator[str]:
    """Each group's lines, and what its names mean; something may stand at the right of the first line."""
    for group in groups:
        for one in group:
            yield from beside(hung(lead + line(one), width, INDENT if one.inner else 0), right, width)
            right, lead = "", " " * len(lead)
        if told := wheres(group):
            yield from hung(f"where  {told}", width, 0, 7)


def head(claim: Claim, r: dict[str, Any], width: int) -> Iterator[str]:
    """Tag, name, verdict and engines; the statement with its sources, and what its names mean."""
    engines = " ".join(e["engine"][0].upper() for e in r["engines"] if e["verdict"] in SUPPORTS)
    verdict = f"{r['verdict']}  {engines}".rstrip() if r["green"] else f"NOT GREEN ({r['verdict']})"
    yield from beside([f"{r['tag']}  {claim.name}"], verdict, width)
    answers, lemmas = statement(claim, r["lemmas"])
    if claim.printed is not None:
        printed = list(readings(claim.shown["printed"]))
        yield from hung(f"Refuted: {claim.refutes}: {charged(r['refuted'])}", width, 0)
        yield from (part for one in printed for part in hung(line(one), width, INDENT))
        yield from hung(f"where  {wheres(printed)}", width, 0) if wheres(printed) else ()
        yield from hung(_counterexample(r["printed"]), width, 0)
        yield "True instead:"
    yield from shown(answers, width, right=_cited(claim.name))
    yield from shown(lemmas, width, "lemma  ")


def _cited(claim: str) -> str:
    """The papers that state a claim, then those that it is about."""
    found = sources(claim)
    stated, about = ([s.name for s in found if s.states is states] for states in (True, False))
    return " · ".join([*stated, *about]) if stated else f"about {' · '.join(about)}"


def _counterexample(printed: dict[str, Any]) -> str:
    by = " and ".join(printed["refuted_by"])
    return f"counterexample  {point(printed['witness'])}: {printed['off']} (seen by {by})"


# -- why, and what is wrong --------------------------------------------------------------------


def derivation(claim: Claim) -> Iterator[Section]:
    """A section a chain: what it starts from, and each line with its reason and the paper's number."""
    chains: Sequence[Chain] = claim.shown["proof"]
    for n, chain in enumerate(chains, start=1):
        lines = [part for k, one in enumerate(chain) for part in _step(one, first=k == 0)]
        yield Section("Derivation" + (f" {n} of {len(chains)}" if len(chains) > 1 else ""), lines)


def _step(one: Any, first: bool) -> Iterator[str]:
    relation = "" if first else ("<= " if one.more is not None or one.convex else "= ")
    reason = f"{one.why}{f', {named(one.eq)}' if one.eq else ''}"
    shown = f"{relation}{text(one.expr)}"
    if len(shown) + len(reason) + 6 <= WIDTH - INDENT:
        yield f"{shown}{f'[{reason}]':>{WIDTH - INDENT - len(shown)}}"
    else:
        yield shown
        yield f"      [{reason}]"


def wrong(claim: Claim, w: dict[str, Any]) -> str:
    """A wrong form in one line: what, what it breaks, where it was seen, by how much it is off, and where."""
    right = dict(leaves(claim.shown["answer"]))
    forms = leaves(claim.shown["wrong"][w["name"]].answer)
    changed = ", ".join(text(e) if name == "answer" else f"{name} = {text(e)}" for name, e in forms if right[name] != e)
    seen = f"; seen in {'; '.join(w['seen_in'])}" if w["seen_in"] else ""
    where = f"; {w['off']} at {point(w['witness'])}" if w["witness"] else ""
    by = "" if w["killed_by"] else "; rejected by NO ENGINE"
    return f"{w['name']}: {changed}: {w['breaks']}{seen}{where}{by}"


def point(at: dict[str, str]) -> str:
    return ", ".join(f"{k} = {v}" for k, v in at.items()) or "no point"


def assumption(a: dict[str, Any]) -> str:
    """False without it, undefined without it, or convenience."""
    why = a.get("convenience")
    kept = f"convenience: {why}" if why else ""
    if not a["necessary"]:
        return f"{a['text']}: {kept or 'NOT SHOWN NECESSARY'}"
    need = a["necessary"]
    told = f"{a['text']}: {need['kind']} without it: {need['fault']} at {point(need['at'])}"
    return f"{told}; {kept}" if kept else told


# -- what was checked --------------------------------------------------------------------------


def obligations(owed: dict[str, Any]) -> Iterator[str]:
    """The signs that the statement and its derivation need, and what discharged each that SymPy does not see."""
    yield f"{owed['by']['sympy']} of {owed['total']} by SymPy's assumptions"
    for o in owed["each"]:
        if o["by"] not in ("sympy", None):
            yield f"{o['text']} ({o['why']}): by {o['by']}"
    yield from (f"LEFT OVER: {left}" for left in owed["left"])


def evidence(r: dict[str, Any]) -> Iterator[str]:
    """One line an engine, and the count of mutants."""
    for e in r["engines"]:
        counts = [f"{e['points']} points"] if e.get("points") else []
        counts += [f"{e['digits']} digits"] if e.get("digits") else []
        details = [e["reason"]] if e.get("reason") else []
        details += [_remark(k, v) for k, v in e.get("detail", {}).items() if v != [] and k != "obligations"]
        yield f"{e['engine']:<10} {e['verdict']:<14} " + ", ".join([*counts, *details])
    m = r["mutants"]
    if m:
        equal = f", {m['equivalent']} proved equivalent" if m["equivalent"] else ""
        yield f"{m['killed']} of {m['generated']} mutants killed{equal}, {m['survived']} survived"


def _remark(name: str, value: Any) -> str:
    """A detail in words: "detects mean off by 5 %"."""
    if name == "detects":
        return "detects " + ", ".join(f"{field} off by {size}" for field, size in value.items())
    return f"{name} {', '.join(value) if name == 'blind to' else value}"


def sections(claim: Claim, r: dict[str, Any]) -> Iterator[Section]:
    """All that stands below the statement."""
    yield Section("In words", [claim.heading, f"in general: {claim.means}"])
    yield Section("Assumptions", [assumption(a) for a in r["assumptions"]])
    yield from derivation(claim)
    yield Section("Wrong forms", [wrong(claim, w) for w in r["wrong"]])
    yield Section("Evidence" if claim.printed is None else "Evidence for what is true instead", list(evidence(r)))
    yield Section("Obligations", list(obligations(r["obligations"])) if r["obligations"]["total"] else [])
    yield Section("Rests on", [*claim.needs, *(f"on trust: {t}" for t in claim.trust)] or ["nothing: a root"])
    yield Section("Sources", list(places(claim)) or [f"no paper: {r['ours']}"])
    yield Section("Implemented by", r["implemented_by"] or ["no function of udm"])
    yield Section("Where", [f"{r['family']}, {claim.kind}; {_file(claim)}; digest {r['digest']}"])
    yield Section("Replay", [replay(r["tag"])])
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
        *(["transcribed twice"] if e.compared else []),
        *([] if e.confirmed else ["not confirmed against the paper"]),
    ]
    line = f", line {e.line} of the proof" if e.line else ""
    return f"{cite(paper, [e])}{line}: {e.says}" + (f" [{', '.join(marks)}]" if marks else "")


def _file(claim: Claim) -> str:
    file = file_of(module_of(claim.name))
    return str(file.relative_to(file.parents[3]))


def replay(tag: str) -> str:
    return f"udm verify {tag} --no-cache"


def page(claim: Claim, r: dict[str, Any], width: int = WIDTH) -> Iterator[tuple[str, str]]:
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
