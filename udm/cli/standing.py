"""What a verdict means, of a claim and of all that it rests on, in a sentence that needs no knowledge of udm."""

from collections.abc import Mapping, Sequence

from derivations.form.verdict import SUPPORTS
from derivations.judge.refutation import failure
from derivations.judge.rows import JudgedRow

ENGINES = {
    "prove": "a line-by-line proof",
    "field": "random prime fields",
    "enclose": "rigorous interval arithmetic",
    "decide": "two SMT solvers",
    "simulate": "Monte Carlo with proved error rates",
}


def counted(n: int, one: str, many: str = "") -> str:
    """Return "1 claim", "2 claims"."""
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"


def listed(parts: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def supporting(r: JudgedRow) -> list[str]:
    """Return the engines that judge and agree; measurements of code, which a machine has or has not, are none."""
    return [e["engine"] for e in r["engines"] if e["verdict"] in SUPPORTS and e["engine"] in ENGINES]


def in_words(r: JudgedRow) -> str:
    """Return the verdict on a claim alone, as a sentence without its stop."""
    engines = listed([ENGINES[name] for name in supporting(r)])
    left, agree = len(r["obligations"]["left"]), "agrees" if len(supporting(r)) == 1 else "agree"
    over = f"{counted(left, 'condition')} that it needs {'is' if left == 1 else 'are'} not discharged"
    if not r["green"]:
        return f"Not established: {r['complaints'][0] if r['complaints'] else r['verdict']}"
    if (no := r["refuted"]) is not None:
        return f"Refuted: the sentence fails, {failure(no)}; what is true instead is {no['instead_is']}, by {engines}"
    if r["verdict"] == "definition":
        return "A definition: it fixes what a name means, and states nothing that could be false"
    if r["verdict"] == "proved":
        return f"Proved: each line of the derivation follows, nothing is left over, and {engines} {agree}"
    return f"Consistent, not proved: {engines} {agree} and nothing refutes it, but {over}"


def below_in_words(rows: Mapping[str, JudgedRow]) -> str:
    """Return what is known of everything that a claim rests on, given the rows of all claims below it."""
    if not rows:
        return "It rests on no other claim"
    definitions = [n for n, r in rows.items() if r["kind"] == "definition" and r["green"]]
    proved = [n for n, r in rows.items() if n not in definitions and _proved(r)]
    weak = [n for n in rows if n not in definitions and n not in proved]
    whole = [
        *([counted(len(proved), "proved claim")] if proved else []),
        *([counted(len(definitions), "definition")] if definitions else []),
    ]
    if not weak:
        return f"Everything that it rests on is proved or a definition: {listed(whole)}"
    verb = "is" if len(weak) == 1 else "are"
    return f"It rests on {counted(len(rows), 'claim')}, of which {listed(sorted(weak))} {verb} not wholly proved"


def _proved(r: JudgedRow) -> bool:
    """Whether a claim, of a refuted one what is true instead, is proved with nothing left over."""
    found = r["refuted"]["instead_is"] if r["refuted"] is not None else r["verdict"]
    return r["green"] and found == "proved" and not r["obligations"]["left"]
