"""The derivation of a claim as sections of a page: each line with its reason and the paper's number, nothing twice."""

from collections.abc import Iterator, Sequence

from derivations.form.claim import Chain, Claim, Line
from derivations.notation.printing import text
from derivations.papers.references import as_cited
from udm.cli.console import WIDTH
from udm.cli.layout import INDENT, Section, clipped

Written = tuple[str, str]  # a line with its relation, and its reasons


def derivation(claim: Claim, *, full: bool = True) -> Iterator[Section]:
    """A section a chain; of one that reads as an earlier one does, where that is."""
    chains: Sequence[Chain] = claim.shown["proof"]
    seen: dict[tuple[str, ...], int] = {}
    for n, chain in enumerate(chains, start=1):
        steps = written(chain)
        heading = "Derivation" + (f" {n} of {len(chains)}" if len(chains) > 1 else "")
        first = seen.setdefault(tuple(formula for formula, _ in steps), n)
        again = [f"as derivation {first}: {'; '.join(reason for _, reason in steps)}"]
        yield Section(heading, [part for step in steps for part in _step(*step, full=full)] if first == n else again)


def written(chain: Chain) -> list[Written]:
    """The lines of a chain; lines that are written alike are one, with the reasons of both."""
    found: list[Written] = []
    for n, one in enumerate(chain):
        formula, reason = text(one.expr), f"{one.why}{f', {as_cited(one.eq)}' if one.eq else ''}"
        if found and _plain(found[-1][0]) == formula and relation(one) == "= ":
            found[-1] = found[-1][0], f"{found[-1][1]}; {reason}"
        else:
            found.append((formula if n == 0 else f"{relation(one)}{formula}", reason))
    return found


def relation(one: Line) -> str:
    return "<= " if one.more is not None or one.convex else "= "


def _plain(formula: str) -> str:
    return formula.removeprefix("<= ").removeprefix("= ")


def _step(formula: str, reason: str, *, full: bool) -> Iterator[str]:
    formula = clipped(formula, full=full)
    if len(formula) + len(reason) + 6 <= WIDTH - INDENT:
        yield f"{formula}{f'[{reason}]':>{WIDTH - INDENT - len(formula)}}"
    else:
        yield formula
        yield f"      [{reason}]"
