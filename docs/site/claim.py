"""The page of a claim, from its head to its sources: what is claimed, under what, why it holds, what is wrong."""

from collections.abc import Iterator

from docutils import nodes

from derivations.errata.places import slip_or_error
from derivations.form.numbers import in_numbers
from derivations.judge.refutation import charged, failure
from derivations.judge.rows import AssumptionRow
from derivations.papers.covered import transcribed
from derivations.papers.paper import Equation, Paper
from derivations.papers.printed import printed
from derivations.papers.references import NOT_CONFIRMED
from derivations.papers.sources import sources
from docs.extension.mixed import mixed
from docs.extension.roles import link
from docs.site import parts
from docs.site.records import Record, below, row
from docs.site.wrongs import Seen, WrongForm, places, wrongs
from udm.cli.proof import relation
from udm.cli.standing import below_in_words, in_words
from udm.cli.witness import differs, point

LONG = 10_000  # letters of MathML, from which on a line of a derivation is shown as text, which is a tenth of that
PRINTED = 6  # equations of papers that a page shows
WITHOUT = {"false": "The claim is false", "undefined": "A side has no value"}


def head(of: Record) -> list[nodes.Node]:
    """Return the verdict in words, of the claim and of all that it rests on."""
    rest = {name: row(name) for name in below(of.name)}
    word = of.row["verdict"].replace("_", " ") if of.row["green"] else "not green"
    badge = nodes.inline("", word, classes=["udm-verdict", f"udm-{word.replace(' ', '-')}"])
    kind = f"{of.row['kind']}, family {of.row['family']}, "
    return [
        parts.para(badge, parts.text(f" {in_words(of.row)}. {below_in_words(rest)}.")),
        parts.para(parts.text(f"Tag {of.tag}, name "), parts.code(of.name), parts.text(f"; {kind}digest "),
                   parts.code(of.row["digest"]), parts.text(".")),
    ]  # fmt: skip


def statement(of: Record, page: str) -> Iterator[nodes.Node]:
    """Yield the statement as it is printed, and what its letters mean; of a refuted claim the false one first."""
    formulas = of.cited["formulas"]
    if (no := of.row["refuted"]) is not None:
        false = parts.displays(formulas["false"]["latex"])
        who = joined_places(of.claim.printed_in, page) or [parts.text(charged(no))]
        fails = parts.field("Fails", parts.text(failure(no)))
        lines = parts.fields(parts.field("Printed in", *who), fails)
        yield parts.part("What is false", parts.sentence(no["sentence"]), *false, lines)
        yield parts.part(
            "What is true instead", parts.sentence(no["instead"]), *parts.displays(formulas["statement"]["latex"])
        )
    else:
        yield parts.part("Statement", *parts.displays(formulas["statement"]["latex"]))
    yield from as_printed(of.name, page)
    if meant := formulas["symbols"]["latex"]:
        cells = ([parts.dollars(f"${names}$"), mixed(meaning)] for names, meaning in meant)
        yield parts.part("Symbols", parts.rows(("Symbol", "Meaning"), cells, (20, 80)))


def as_printed(name: str, page: str) -> Iterator[nodes.Node]:
    """Yield the equations that state the claim, as their papers print them, unless they are many."""
    found = [
        node
        for one in printed(name)[:PRINTED]
        for node in (
            parts.para(parts.equation(page, one.paper.key, one.equation.number, one.name), parts.text(one.marks)),
            parts.display(one.equation.latex),
        )
    ]
    if found:
        yield parts.part("As printed", *found)


def joined_places(keys: tuple[str, ...], page: str) -> list[nodes.Node]:
    """Return the places that keys name, each with its link."""
    return parts.joined(seen(one, page) for key in keys for one in places(key))


def seen(one: Seen, page: str) -> nodes.Node:
    """Return a place: a link to the equation on this site, or to the page outside."""
    if one.paper:
        return parts.equation(page, one.paper, one.number, one.text)
    return parts.outside(one.text, one.url)


def generality(of: Record) -> Iterator[nodes.Node]:
    """Yield what stands for the general case, and the numbers that stand for densities and functions."""
    yield parts.part("In general", parts.sentence(of.claim.means))
    if numbers := in_numbers(of.claim):
        yield parts.part("In numbers", parts.bullets([parts.code(one)] for one in numbers))


def assumptions(of: Record) -> Iterator[nodes.Node]:
    """Yield each assumption with what happens without it."""
    if of.row["assumptions"]:
        head = ("Assumption", "Without it", "Counterexample, or reason")
        cells = ([[parts.code(a["text"])], [parts.text(_kind(a))], mixed(_why(a))] for a in of.row["assumptions"])
        yield parts.part("Assumptions", parts.rows(head, cells, (24, 22, 54)))


def _kind(a: AssumptionRow) -> str:
    need = a["necessary"]
    if need is not None:
        return WITHOUT[need["kind"]]
    return "It still holds: a convenience" if a.get("convenience") else "Not shown necessary"


def _why(a: AssumptionRow) -> str:
    need, kept = a["necessary"], a.get("convenience") or ""
    where = f"{differs(need['fault'])} at {point(need['at'])}" if need is not None else ""
    return "; ".join(filter(None, (where, kept))) or "nothing is known"


def derivation(of: Record, page: str) -> Iterator[nodes.Node]:
    """Yield each chain, line by line with its reason and the paper's number."""
    chains = of.document["proof"]
    for n, chain in enumerate(chains, start=1):
        title = "Derivation" + (f" {n} of {len(chains)}" if len(chains) > 1 else "")
        lines = zip(chain, of.claim.shown["proof"][n - 1], strict=True)
        items = [_line(k, told, relation(one), one.eq, page) for k, (told, one) in enumerate(lines)]
        yield parts.part(title, nodes.enumerated_list("", *items, enumtype="arabic", prefix="", suffix="."))


def _line(k: int, told: dict[str, str], sign: str, eq: str, page: str) -> nodes.list_item:
    lead = "" if k == 0 else {"= ": "= ", "<= ": r"\le "}[sign]
    places_ = parts.joined(seen(one, page) for one in places(eq)) if eq else []
    by = [parts.text(told["why"]), *([parts.text(", "), *places_] if places_ else [])]
    reason = parts.para(*by, classes=["udm-reason"])
    if parts.weight(told["latex"]) > LONG:
        whole = parts.typed({"": "", "= ": "= ", r"\le ": "<= "}[lead] + told["text"])
        return nodes.list_item("", *parts.folded("A long line, as text", whole), reason)
    return nodes.list_item("", parts.display(lead + told["latex"]), reason)


def wrong_forms(of: Record, page: str) -> Iterator[nodes.Node]:
    """Yield each wrong form: what it says, what it breaks, where it was seen, and where it fails."""
    if forms := wrongs(of.claim, of.row["wrong"]):
        yield parts.part("Wrong forms", *(node for form in forms for node in _form(form, page)))


def _form(form: WrongForm, page: str) -> Iterator[nodes.Node]:
    yield parts.para(nodes.strong(text=form.name))
    if form.latex:
        yield parts.display(form.latex)
    where = parts.joined(seen(one, page) for one in form.seen)
    yield parts.fields(
        parts.field("Breaks", *mixed(form.breaks)),
        *([parts.field("Seen in", *where)] if where else []),
        parts.field("Fails", parts.text(f"{form.off}; rejected by {', '.join(form.by) or 'no engine'}")),
    )


def sources_of(of: Record, page: str) -> Iterator[nodes.Node]:
    """Yield each paper at its version with the equations, as they are printed there."""
    found = [node for s in sources(of.name) for node in _source(s.paper, s.main, s.states, s.reading, page)]
    ours = of.row["ours"]
    yield parts.part("Sources", *(found or [parts.sentence(f"No paper states it: it is {ours or 'not yet placed'}.")]))


def _source(
    paper: Paper, equations: tuple[Equation, ...], states: bool, reading: str, page: str
) -> Iterator[nodes.Node]:
    by = paper.bibliography
    lead = "States it: " if states else "It is about: "
    title = f"{', '.join(by['authors'][:3])}{' and others' if len(by['authors']) > 3 else ''}: {by['title']}"
    reference = parts.outside(f"{title} ({paper.version}, {by['year']})", by["url"])
    yield parts.para(parts.text(lead), reference, parts.text(f". Read as: {reading}." if reading else "."))
    yield parts.bullets(_equation(paper, e, page) for e in equations)


def _equation(paper: Paper, e: Equation, page: str) -> list[nodes.Node]:
    twice = {"twice": "transcribed twice", "in part": "in part transcribed twice", "once": "transcribed once"}
    marks = [twice[transcribed(e)]] if e.latex else ["a remark"]
    marks += [] if e.confirmed else [NOT_CONFIRMED]
    marks += [f"{slip_or_error(e)}: {e.misprint}"] if e.misprint else []
    number = parts.equation(page, paper.key, e.number, f"{paper.name} {e.cited}")
    return [number, parts.text(f": {e.says} [{'; '.join(marks)}]")]


def relations(of: Record, page: str, users: list[str]) -> Iterator[nodes.Node]:
    """Yield what the claim rests on, what rests on it, and what is taken on trust."""
    needs = [[link(page, name), *_title(name)] for name in of.claim.needs]
    trust = [[parts.text("on trust: "), *mixed(text)] for text in of.claim.trust]
    none = parts.sentence("Nothing: it begins from definitions of its own.")
    yield parts.part("Rests on", parts.bullets([*needs, *trust]) if needs or trust else none)
    used = parts.bullets([link(page, name), *_title(name)] for name in users)
    yield parts.part("What rests on it", used if users else parts.sentence("No other claim."))


def _title(name: str) -> list[nodes.Node]:
    found = row(name)
    return [parts.text(f" ({found['verdict']}): "), *mixed(found["title"])]
