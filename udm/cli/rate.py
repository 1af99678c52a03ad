"""`udm evaluate --rate`: the rate and the distortion of a progressive code, as a table and as a plot."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from udm.cli.console import note, out, print_rows
from udm.cli.terms import place_in, said
from udm.data.disk import write_whole
from udm.extra import install
from udm.likelihood import Coding, Term
from udm.ranks import place


def page(told: dict[str, Any]) -> None:
    """Print a row for each place, the whole code, what the numbers are of, and where the plot is."""
    shown = Table(box=None, pad_edge=False)
    first, total = told["curve"][0], told["total"]
    for column in ("t", f"rate, {first['rate']['unit']}", "+-", f"distortion, {first['distortion']['unit']}", "+-"):
        shown.add_column(column, justify="right")
    for row in told["curve"]:
        shown.add_row(f"{row['t']:.4g}", *(number for of in ("rate", "distortion") for number in _pair(row[of])))
    shown.add_row("total", *_pair(total), style="bold")
    print_rows(shown)
    out.print(said(told), soft_wrap=True, markup=False)
    if "plot" in told:
        out.print(f"plot: {told['plot']}", soft_wrap=True, markup=False)


def _pair(term: dict[str, Any]) -> tuple[str, str]:
    return f"{term['value']:.5g}", f"{term['standard_error']:.2g}"


def drawn(found: Coding, target: Path | None, png: Path | None) -> dict[str, str]:
    """Draw the curve into the file, or in the run if none is named; of a law there is a plot only if one is.

    An earlier plot whose name was not given is replaced, and that is said.
    """
    path = png if png is not None or target is None else place_in(target, "rate.png")
    if path is None or place()[0] != 0:
        return {}
    replaced = png is None and path.exists()
    plot(found, path)
    if replaced:
        note(f"replaced the plot that was in {path}; --out names another place")
    return {"plot": str(path)}


def plot(found: Coding, path: Path) -> Path:
    """Distortion over rate, and both over time, with two standard errors.

    Raises:
        ModuleNotFoundError: if there is no matplotlib, with what to install.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as missing:
        message = f"udm evaluate --rate: expected the module matplotlib, got none: {install('train')}"
        raise ModuleNotFoundError(message, name="matplotlib") from missing
    figure = Figure(figsize=(12, 3.6), layout="constrained")
    curve, sent, missing_at = figure.subplots(1, 3)
    t = [at.t for at in found.places]
    rate, error = _values([at.rate for at in found.places])
    far, far_error = _values([at.distortion for at in found.places])
    units = found.places[0].rate.unit, found.places[0].distortion.unit
    curve.errorbar(rate, far, far_error, error, marker=".")
    curve.set(xlabel=f"rate, {units[0]}", ylabel=f"root mean squared error, {units[1]}", title="distortion over rate")
    sent.errorbar(t, rate, error, marker=".")
    sent.set(xlabel="t, from noise to data", ylabel=units[0], title="rate, +- 2 standard errors", xlim=(1.02, -0.02))
    missing_at.errorbar(t, far, far_error, marker=".")
    missing_at.set(xlabel="t, from noise to data", ylabel=units[1], title="distortion", xlim=(1.02, -0.02))
    path.parent.mkdir(parents=True, exist_ok=True)
    png = io.BytesIO()  # to a name without a suffix matplotlib would give one
    figure.savefig(png, format="png", dpi=120, metadata={"Software": "udm"})
    write_whole(path, png.getvalue())
    return path


def _values(terms: Sequence[Term]) -> tuple[list[float], list[float]]:
    """Return the values, and two standard errors of each."""
    return [term.value for term in terms], [2 * term.standard_error for term in terms]
