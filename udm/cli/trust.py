"""`udm trust`: what a green claim still asks you to believe."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from rich.text import Text

from derivations.catalogue import OWN, claims, tags
from derivations.form.claim import Claim
from derivations.form.known import left
from derivations.judge.refutation import charged
from derivations.judge.rows import ClaimRow
from derivations.judge.store import versions
from derivations.judge.trace import AVOIDED, traced
from derivations.kernel.engine import kernel, signature
from derivations.own.loaded import claim_of
from derivations.papers.sources import doubt
from udm.cli.console import hung, out, print_json, print_lines, width
from udm.cli.facts import Trusted
from udm.cli.one import one, row_of
from udm.cli.standing import counted, in_words, listed


def run(patterns: Sequence[str], *, as_json: bool) -> int:
    entry = one(patterns)
    row = row_of(entry)
    facts = facts_of(entry.claim, row)
    if as_json:
        print_json(facts)
    else:
        _page(facts)
    return 0 if row["green"] else 1


def rests_on(claim: Claim) -> list[Claim]:
    """All claims below this one, nearest first."""
    found: dict[str, Claim] = {}
    todo = list(claim.needs)
    while todo:
        name = todo.pop(0)
        if name not in found:
            found[name] = claim_of(name)
            todo += found[name].needs
    return list(found.values())


def facts_of(claim: Claim, r: ClaimRow) -> Trusted:
    below = rests_on(claim)
    packages, avoided = traced(claim)
    return {
        "tag": r["tag"],
        "name": claim.name,
        "in_one_sentence": summary(claim, r),
        "verdict": r["verdict"],
        "refuted": r["refuted"],
        "holds_in_general_by": claim.means,
        "obligations_left_over": r["obligations"]["left"],
        "claims_below_with_something_left": sorted({claim.name, *(c.name for c in below)} & left().keys()),
        "definitions": [f"{tags().get(c.name, OWN)} {c.name}" for c in below if c.is_definition],
        "claims": [f"{tags().get(c.name, OWN)} {c.name}" for c in below if not c.is_definition],
        "analysis_on_trust": sorted({t for c in (claim, *below) for t in c.trust}),
        "false_without": _needed(r, "false"),
        "undefined_without": _needed(r, "undefined"),
        "convenience": {a["text"]: why for a in r["assumptions"] if (why := a.get("convenience"))},
        "transcribed_from": list(_transcribed(r)),
        "proof_kernel": [f"{n}: {line}" for n, line in _kernel((claim, *below))],
        "code_that_ran": packages,
        "never_called": sorted(set(AVOIDED) - avoided),
        "called_though_avoided": sorted(avoided),
        "libraries": versions(),
    }


def summary(claim: Claim, r: ClaimRow) -> str:
    """What the verdict is and what it rests on, in a sentence."""
    below = rests_on(claim)
    over = sorted({c.name for c in below} & left().keys())
    trust = len({t for c in (claim, *below) for t in c.trust})
    claims = counted(len(below), "claim")
    whole = "which leaves nothing over" if len(below) == 1 else "none of which leaves anything over"
    firm = f", with something left over in {listed(over)}" if over else f", {whole}"
    rests = f"it rests on {claims}{firm}" if below else "it rests on no other claim"
    facts = f"{counted(trust, 'fact')} of analysis {'is' if trust == 1 else 'are'}" if trust else "no analysis is"
    return f"{in_words(r)}; {rests}; {facts} taken on trust."


def _kernel(of: Iterable[Claim]) -> Iterator[tuple[str, str]]:
    """What a proof kernel has accepted of a claim, and of those below it."""
    for claim in of:
        if claim.name in tags() and not claim.is_definition:
            yield claim.name, _signed(claim.name)


@cache
def _signed(name: str) -> str:
    """What a kernel has accepted of a claim of the catalogue, on which many others rest."""
    return signature(kernel(claims()[name], tags()[name]))


def _transcribed(r: ClaimRow) -> Iterator[str]:
    """The papers with their versions and equations, how they are to be read, and what was not seen in them."""
    for s in r["sources"]:
        lead = "printed wrong in " if s["misprint"] else "" if s["states"] else "about "
        reading = f", read as: {s['reading']}" if s["reading"] else ""
        yield f"{lead}{s['name']}{doubt(s)}{reading}"
    if r["own"]:
        yield f"{r['own']}, a file that is not of the catalogue: that its claims say what they should is for you to see"
    if r["ours"]:
        yield f"no paper states it: {r['ours']}"


def _needed(r: ClaimRow, kind: str) -> list[str]:
    """The assumptions without which the claim is false, or undefined."""
    return [a["text"] for a in r["assumptions"] if a["necessary"] and a["necessary"]["kind"] == kind]


def _page(facts: Trusted) -> None:
    lead = f"{facts['tag']}  {facts['name']}"
    first, *rest = hung(f"{lead}. {facts['in_one_sentence']}", width(), 0)
    out.print(Text.assemble((lead, "bold"), first.removeprefix(lead)), soft_wrap=True)
    print_lines([*rest, "", f"A verdict of {facts['verdict'].replace('_', ' ')} asks you to believe"])
    if (no := facts["refuted"]) is not None:
        print_lines(hung(f"refuted: {no['sentence']} ({charged(no)})", width()))
        print_lines(hung(f"{no['instead_is'].replace('_', ' ')} instead: {no['instead']}", width()))
    for key, value in facts.items():
        if key in ("tag", "name", "in_one_sentence", "verdict", "refuted"):
            continue
        print_lines(["", (key.replace("_", " "), "bold underline")])
        print_lines(part for item in _items(value) or ["none"] for part in hung(item, width()))


def _items(value: object) -> list[str]:
    """A line of a section for each of its parts."""
    if isinstance(value, dict):
        return [f"{k}: {v}" for k, v in value.items()]
    return list(map(str, value)) if isinstance(value, list) else [str(value)]
