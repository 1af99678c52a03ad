"""`udm show`: one claim as a page: statement, assumptions, derivation, wrong answers, evidence."""

from collections.abc import Iterator
from typing import Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from sympy import Add, Expr, latex, pretty

from derivations.form.base import Form, Said, as_written
from derivations.form.claim import Chain, Claim, leaves
from derivations.form.statement import AtMost, Below, Equal, Statement, Tends
from derivations.judge.refutation import charged
from udm.cli.console import coloured, out, print_json
from udm.cli.one import one, row_of

MARGIN = 4


def run(tag: str, *, as_json: bool) -> int:
    entry = one(tag)
    claim, r = entry.claim, row_of(entry)
    if as_json:
        print_json(r | written(claim))
    else:
        page(claim, r)
    return 0 if r["green"] else 1


def written(claim: Claim) -> dict[str, Any]:
    """The mathematics as data: statement, answer and proof, in LaTeX and in ASCII."""

    def both(e: Expr) -> dict[str, str]:
        return {"latex": latex(e), "ascii": str(e)}

    return {
        "statement": [[type(s).__name__, *(both(e) for e in s if isinstance(e, Expr))] for s in claim.statements()],
        "answer": {name: both(e) for name, e in leaves(claim.answer)},
        "proof": [[{"why": x.why, "eq": x.eq, **both(x.expr)} for x in chain] for chain in claim.proof],
        "replay": replay(r_tag(claim)),
    }


def r_tag(claim: Claim) -> str:
    from derivations.catalogue import tags

    return tags()[claim.name]


def replay(tag: str) -> str:
    return f"udm verify {tag} --no-cache"


def page(claim: Claim, r: dict[str, Any]) -> None:
    out.print(f"[bold]{r['tag']}  {claim.name}[/bold]   {coloured(r['verdict'], r['green'])}")
    out.print(f"{claim.heading}  ", markup=False, style="italic")
    out.print(f"{r['family']}, {claim.kind}; holds in general by: {claim.means}; digest {r['digest']}", markup=False)
    for heading, body in _sections(claim, r):
        out.print(f"\n[bold underline]{heading}[/bold underline]")
        for part in body:
            out.print(Padding(part, (0, 0, 0, 2)) if not isinstance(part, str) else Padding(Text(part), (0, 0, 0, 2)))


def _sections(claim: Claim, r: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    if claim.printed is not None:
        heading = f"{claim.refutes}: {charged(r['refuted'])}"
        yield "Refuted", [heading, "", *said(claim.printed), _counterexample(r["printed"])]
    yield "The answer", [math(name + " = ", e) for name, e in leaves(claim.answer)]
    heading = "The statement" if claim.printed is None else "True instead"
    lemmas = [claim.statements()[n - 1] for n in r["lemmas"]]
    yield heading, [part for s in claim.said() if s not in lemmas for part in _stated(s)]
    if lemmas:
        yield (
            "Lemmas, which do not mention the answer",
            [part for s in claim.said() if s in lemmas for part in _stated(s)],
        )
    if r["assumptions"]:
        yield "Assumptions", [_assumption(a) for a in r["assumptions"]]
    if r["obligations"]["total"]:
        yield "Obligations", list(_obligations(r["obligations"]))
    for n, chain in enumerate(claim.proof, start=1):
        yield "The derivation" + (f" of part {n}" if len(claim.proof) > 1 else ""), list(_lines(chain))
    if r["wrong"]:
        yield "Wrong answers", [part for w in r["wrong"] for part in _wrong(claim, w)]
    if r["engines"]:
        heading = "Evidence" if claim.printed is None else "Evidence for what is true instead"
        yield heading, [_evidence(r), _mutants(r)]
    yield "Sources", [", ".join(filter(None, (s.work, s.version, s.equations, s.convention))) for s in claim.sources]
    yield "Rests on", [*(claim.needs or ["nothing: a root"]), *(f"on trust: {t}" for t in claim.trust)]
    yield "Implemented by", r["implemented_by"] or ["no function of udm"]
    yield "Replay", [replay(r["tag"])]
    if r["complaints"]:
        yield "Why it is not green", r["complaints"]


def _stated(s: Said) -> list[Any]:
    return list(formed(s)) if isinstance(s, Form) else said(s)


def math(lead: str, e: Expr) -> Text:
    """An expression as it is written by hand; term by term, or in one line of ASCII, where it is too wide."""
    if (drawn := _drawn(lead, e)) is not None:
        return drawn
    terms = Add.make_args(e)
    if len(terms) == 1:
        return Text(f"{lead}{e}")
    signs = [lead, *[" " * (len(lead) - 2) + "+ "] * (len(terms) - 1)]
    return Text("\n").join(_drawn(sign, term) or Text(f"{sign}{term}") for sign, term in zip(signs, terms, strict=True))


def _drawn(lead: str, e: Expr) -> Text | None:
    """The lead beside the middle row of the two-dimensional form, if the page is wide enough."""
    rows: list[str] = pretty(e, use_unicode=True, wrap_line=False).split("\n")
    if len(lead) + max(map(len, rows)) > out.width - MARGIN:
        return None
    middle = len(rows) // 2
    return Text("\n".join((lead if i == middle else " " * len(lead)) + line.rstrip() for i, line in enumerate(rows)))


def said(s: Statement) -> list[Any]:
    if isinstance(s, Equal):
        return [math("", s.lhs), math("= ", s.rhs), ""]
    if isinstance(s, Below):
        return [math("", s.lesser), math("< ", s.greater), ""]
    if isinstance(s, AtMost):
        here = ", ".join(f"{v} = {e}" for v, e in s.equal_at.items())
        where = f"with equality {'if and only if' if s.only else 'at'} {here}" if here else ""
        return [math("", s.lesser), math("<= ", s.greater), where, ""]
    assert isinstance(s, Tends)
    return [math("", s.expr), math(f"-> (as {s.var} -> 0+) ", s.value), ""]


def formed(form: Form) -> Iterator[Any]:
    """A form as it is stated, and then what it opens into, part by part."""
    for words in form.reads():
        yield words.text if words.expr is None else math(words.text, words.expr)
    for part in form.parts():
        if part.name:
            yield f"{part.name}{', true as written' if as_written(part.says) else ''}:"
        yield from said(part.says)


def _lines(chain: Chain) -> Iterator[Any]:
    yield math("   ", chain[0].expr)
    yield f"      [{chain[0].why}{', ' + chain[0].eq if chain[0].eq else ''}]"
    for line in chain[1:]:
        yield math("<= " if line.more is not None or line.convex else " = ", line.expr)
        yield f"      [{line.why}{', ' + line.eq if line.eq else ''}]"


def point(at: dict[str, str]) -> str:
    return ", ".join(f"{k} = {v}" for k, v in at.items()) or "no point"


def _counterexample(printed: dict[str, Any]) -> str:
    by = " and ".join(printed["refuted_by"])
    return f"counterexample, seen by {by}: {point(printed['witness'])}: {printed['off']}"


def _obligations(owed: dict[str, Any]) -> Iterator[str]:
    """The signs that the statement and its derivation need, and what discharged each that SymPy does not see."""
    yield f"{owed['by']['sympy']} of {owed['total']} by SymPy's assumptions"
    for o in owed["each"]:
        if o["by"] not in ("sympy", None):
            yield f"{o['text']} ({o['why']}): by {o['by']}"
    yield from (f"LEFT OVER: {text}" for text in owed["left"])


def _assumption(a: dict[str, Any]) -> str:
    """False without it, undefined without it, or convenience."""
    why = a.get("convenience")
    kept = f"convenience: {why}" if why else ""
    if not a["necessary"]:
        return f"{a['text']}: {kept or 'NOT SHOWN NECESSARY'}"
    needed = (
        f"{a['text']}: {a['necessary']['kind']} without it: {a['necessary']['fault']} at {point(a['necessary']['at'])}"
    )
    return f"{needed}; {kept}" if kept else needed


def _wrong(claim: Claim, w: dict[str, Any]) -> Iterator[Any]:
    seen = f" (seen in {'; '.join(w['seen_in'])})" if w["seen_in"] else ""
    yield f"{w['name']}{seen}: {w['breaks']}"
    right = dict(leaves(claim.answer))
    for name, e in leaves(claim.wrong[w["name"]].answer):
        if right.get(name) != e:
            yield math(f"    {name} = ", e)
    where = f": {w['off']} at {point(w['witness'])}" if w["witness"] else ""
    yield f"    rejected by {', '.join(w['killed_by']) or 'NO ENGINE'}{where}"
    yield ""


def _evidence(r: dict[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("engine", "verdict", "points", "digits", "seconds", "remark"):
        table.add_column(column)
    for e in r["engines"]:
        remark = e.get("reason") or ", ".join(_remark(k, v) for k, v in e.get("detail", {}).items() if v != [])
        cells = (e["engine"], coloured(e["verdict"]), e.get("points", ""), e.get("digits") or "", e.get("seconds", ""))
        table.add_row(*map(str, cells), Text(remark))
    return table


def _remark(name: str, value: Any) -> str:
    """A detail in words: "detects mean off by 5 %"."""
    if name == "detects":
        return "detects " + ", ".join(f"{field} off by {size}" for field, size in value.items())
    return f"{name} {', '.join(value) if name == 'blind to' else value}"


def _mutants(r: dict[str, Any]) -> str:
    m = r["mutants"]
    return (
        f"{m['generated']} mutants: {m['killed']} killed, {m['equivalent']} proved equivalent, {m['survived']} survived"
    )
