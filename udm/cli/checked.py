"""What was checked of a claim, in words and units: what engines looked at, what is owed, what is wrong and where."""

import re
from collections.abc import Iterator, Sequence

from derivations.form.claim import Claim, leaves
from derivations.form.reading import Reading, readings
from derivations.judge.rows import AssumptionRow, ClaimRow, EngineRow, ObligationsRow, WrongRow
from derivations.kernel.engine import kernel, signature
from derivations.notation.printing import text
from udm.cli.layout import clipped, line
from udm.cli.legend import NAME
from udm.cli.witness import EQUAL, differs, off, point

AGREES = {"proved": "proved", "consistent": "agrees", "refuted": "REFUTED", "not_evaluated": "does not apply"}
SHORT = 48  # columns of a field of the answer that is shown, and not called by its name
LOST = re.compile(r"(?:^|; )statements? ([\d, -]+): ")  # what an engine did not look at, and why


# -- engines --------------------------------------------------------------------------------------


def evidence(claim: Claim, r: ClaimRow) -> Iterator[str]:
    """A line an engine, and one of the altered answers."""
    for e in r["engines"]:
        looked = _looked(claim, e) if e["verdict"] in ("proved", "consistent") else e["reason"]
        yield f"{e['engine'][0].upper()} {e['engine']:<10} {AGREES.get(e['verdict'], e['verdict'])}: {looked}"
    if r["own"] is None and r["kind"] != "definition":
        k = kernel(claim, r["tag"])
        yield f"K {k['engine']:<10} {AGREES.get(k['verdict'], k['verdict'])}: {signature(k)}"
    if (m := r["mutants"]) is not None:
        equal = f", {m['equivalent']} proved to be the answer" if m["equivalent"] else ""
        left = f", {m['survived']} NOT REJECTED" if m["survived"] else ""
        few = ", all that so simple an answer has" if m["simple"] else ""
        yield f"{m['killed']} of {m['generated']} altered answers rejected{equal}{left}{few}"


def _looked(claim: Claim, e: EngineRow) -> str:
    """What an engine looked at, and how closely."""
    all_of, detail = len(claim.statements()), e["detail"]
    those = statements(detail.get("statements", []), all_of)
    match e["engine"]:
        case "prove":
            told = f"{those}, by {counted(e['points'], 'line')} of derivation"
        case "field":
            chance = f"; equal by chance at most once in {scale(e['error'])}" if e["error"] else ""
            told = f"{those}, at {counted(e['points'], 'random point')} of a prime field{chance}"
        case "enclose":
            undecided = f", {counted(detail['undecided'], 'look')} undecided" if detail.get("undecided") else ""
            told = f"{those}, at {counted(e['points'], 'point')}, to {e['digits']} digits{undecided}"
        case "decide":
            told = f"{those}: the negation has no solution, by z3 and by cvc5"
        case "simulate":
            tests = f"{counted(detail['statistics'], 'test')} on {e['points']:,} samples"
            told = f"{tests}, smallest p {detail['smallest_p']}{_power(claim, detail)}"
        case _:
            told = f"{e['reason']}, at {counted(e['points'], 'point')}"
    return told + _lost(e["reason"])


def _lost(reason: str) -> str:
    """The statements that an engine did not look at, with the reason of each."""
    parts = LOST.split(reason)[1:]
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return "".join(f"; not statement{'s' if re.search('[,-]', n) else ''} {n}: {why}" for n, why in pairs)


def _power(claim: Claim, detail: dict[str, dict[str, str]]) -> str:
    """By how much a part of the answer would have to be off in order to be seen, and what is not looked at or moved."""
    sizes: dict[str, list[str]] = {}
    for field, size in detail.get("detects", {}).items():
        sizes.setdefault(size, []).append(_field(claim, field))
    seen = "".join(f"; would see {' or '.join(fields)} off by {size}" for size, fields in sizes.items())
    blind = [_field(claim, field) for field in detail.get("blind to", [])]
    fixed = detail.get("at one value of", [])
    seen += f"; does not look at {', '.join(blind)}" if blind else ""
    return seen + (f"; at one value of {', '.join(fixed)}" if fixed else "")


def _field(claim: Claim, name: str) -> str:
    """A part of the answer as it is written, or by its name where that is long."""
    shown = text(dict(leaves(claim.shown["answer"])).get(name, next(leaves(claim.shown["answer"]))[1]))
    return shown if len(shown) <= SHORT else "the answer" if name == "answer" else f"its {name}"


def statements(numbers: Sequence[int], total: int) -> str:
    """Which statements, of all."""
    if total == 1:
        return "the statement"
    if len(numbers) == total:
        return "both statements" if total == 2 else f"all {total} statements"
    return f"statement{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))} of {total}"


def counted(n: int, what: str) -> str:
    return f"{n:,} {what}" + ("" if n == 1 else "s")


def scale(chance: float) -> str:
    """One over a chance, as a power of ten that it does not exceed."""
    return f"10^{-int(f'{chance:e}'.split('e')[1]) - 1}"


# -- assumptions, and what is owed ------------------------------------------------------------------


def assumptions(rows: Sequence[AssumptionRow], *, full: bool) -> list[str]:
    """All assumptions, those that are kept for one reason together; and what is meant by the words that say why."""
    alike: dict[str, list[str]] = {}
    for a in rows:
        alike.setdefault(assumption(a, full=full), []).append(a["text"])
    lines = [f"{', '.join(texts)}: {why}" for why, texts in alike.items()]
    words = "; ".join(f"{word}: {meaning}" for word, meaning in WORDS.items() if any(word in one for one in alike))
    return [*lines, *([f"({words})"] if words else [])]


def assumption(a: AssumptionRow, *, full: bool) -> str:
    """False without it, undefined without it, or convenience."""
    why = a.get("convenience")
    kept = f"convenience: {why}" if why else ""
    if (need := a["necessary"]) is None:
        return kept or "NOT SHOWN NECESSARY"
    where = f"at {point(need['at'], NAME.findall(a['text']), full=full)}"
    if need["fault"] == EQUAL:
        told = f"without it the strict inequality fails: {EQUAL} {where}"
    else:
        told = f"{need['kind']} without it: {differs(need['fault'])} {where}"
    return f"{told}; {kept}" if kept else told


WORDS = {
    "false without it": "the sides differ at a point where it alone fails",
    "undefined without it": "a side has no value where it alone fails",
    "convenience": "it excludes places where the claim holds, too",
}


MEANS = {"solvers": "z3 and cvc5", "arb": "Arb on a box", "lemma": "a lemma", "line": "a line of the proof"}


BUILT = re.compile(r"lost while built, (?:(derivations\S+)|\S+)")


def _built(found: re.Match[str]) -> str:
    """What SymPy made of an expression before anyone saw it."""
    return "simplified away while the claim was written" + (f", {found[1]}" if found[1] else "")


def obligations(owed: ObligationsRow) -> Iterator[str]:
    """The signs that the statement and its derivation need, and what discharged each that SymPy does not see."""
    yield f"{owed['by']['sympy']} of {owed['total']} by SymPy's assumptions"
    for o in owed["each"]:
        if o["by"] is not None and o["by"] != "sympy":
            yield f"{o['shown']} ({BUILT.sub(_built, o['why'])}): by {MEANS.get(o['by'], o['by'])}"
        elif o["by"] is None:
            yield f"LEFT OVER: {o['shown']} ({BUILT.sub(_built, o['why'])})"


# -- wrong forms --------------------------------------------------------------------------------------


def wrong(claim: Claim, w: WrongRow, *, full: bool) -> str:
    """A wrong form in one line: what it says, what it breaks, where it was seen, by how much it is off, and where."""
    seen = f"; seen in {'; '.join(w['seen_in'])}" if w["seen_in"] else ""
    formula = clipped(said(claim, w["name"], w["statement"]), full=full)
    return f"{w['name']}: {formula}; {w['breaks']}{seen}; {off(w, full=full)}"


def said(claim: Claim, name: str, statement: int = 0) -> str:
    """The first line that the wrong answer changes, as text."""
    found = changed(claim, name, statement)
    return "the same" if found is None else line(found)


def changed(claim: Claim, name: str, statement: int = 0) -> Reading | None:
    """The first line that the wrong answer changes, of the statement that fails, by its number, or of all."""
    right = {line(r) for one in claim.written() for r in readings(one)}
    every = claim.with_answer(name)
    ones = (every[statement - 1 : statement], every) if statement else (every,)
    return next((r for those in ones for one in those for r in readings(one) if line(r) not in right), None)
