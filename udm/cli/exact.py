"""`udm exact`: exact values of the terms of the bound, for laws of data with a known best denoiser."""

from collections.abc import Mapping, Sequence
from typing import Any

from flint import arb

from derivations.exact import printed
from derivations.exact.reading import Asked, read
from derivations.exact.tables import table
from derivations.exact.terms import also, terms
from udm.cli.console import hung, out, print_json, print_lines, usage, width
from udm.cli.progress import deferring, phase

UNIT = "bits per dimension"
WIDE = 24  # of the names of values


def run(law: str, settings: Sequence[str], *, as_json: bool, fresh: bool) -> int:
    try:
        asked = read(law, settings)
    except (ValueError, OSError) as fault:
        usage(f"exact: {fault}")
    try:
        with deferring("this integral") as deferred, phase("enclosing integrals") as shown:

            def watch(done: int, total: int) -> None:
                shown(done, total)
                deferred.check()

            found = terms(asked.problem, None if fresh else table(asked), watch)
            more = also(asked.problem)
            deferred.check()
        data = document(asked, found, more) if as_json else None
    except ValueError as fault:
        usage(f"exact: {fault}")
    if data is None:
        _page(asked, found, more)
    else:
        print_json(data)
    return 0


def document(asked: Asked, found: Mapping[str, arb], more: Mapping[str, arb]) -> dict[str, Any]:
    """The JSON document of a problem and its values in nats."""
    steps = asked.problem.steps
    return {
        "law": asked.law,
        "schedule": asked.schedule,
        "T": "inf" if steps is None else steps,
        "unit": UNIT,
        "terms": {name: printed.number(value) for name, value in found.items()},
        "also": {name: printed.number(value) for name, value in more.items()},
        "settings": dict(asked.settings),
    }


def _page(asked: Asked, found: Mapping[str, arb], more: Mapping[str, arb]) -> None:
    words = " ".join([asked.law, *(f"{key}={value}" for key, value in asked.settings.items())])
    print_lines((line, "bold") for line in hung(words, width(), 0))
    out.print()
    print_lines(_lines(found))
    out.print()
    print_lines(_lines(more))
    out.print()
    print_lines(hung(LEGEND, width(), 0, 0))


def _lines(values: Mapping[str, arb]) -> list[str]:
    return [f"{name.replace('_', ' '):<{WIDE}}{printed.text(value)}" for name, value in values.items()]


LEGEND = (
    f"in {UNIT}: means over the data, with the best denoiser, each within the radius that follows it. entropy: of x, "
    "differential if x is continuous; information t: I(x; z_t); conditional entropy 0: of x given z_0; divergence 1: "
    "KL(q(z_1) || N(0, 1))"
)
