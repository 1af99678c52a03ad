"""`udm export`: a trained model as safetensors and a card, which other programs and `udm` itself read."""

from pathlib import Path
from typing import Any

from udm.cli.console import out
from udm.cli.outcome import Document, concluded
from udm.cli.status import WELL
from udm.cli.terms import device as on
from udm.cli.terms import fitting, opened, place_in, terms_of
from udm.train.exported import CARD, FILE, check_free, export

OTHERS = "give --examples 0 for a card without a bound"


def run(target: Path, where: Path | None, *, as_json: bool, **options: Any) -> int:
    return concluded(lambda told: _exported(target, where, told, **options), page, "export", as_json=as_json)


def _exported(
    target: Path,
    where: Path | None,
    told: Document,
    *,
    examples: int | None,
    weights: str,
    network: str | None,
    device: str | None,
) -> int:
    folder, found = place_in(target, "export") if where is None else where, None
    check_free("export", folder)  # before the run is read and evaluated
    trained = opened(target, network, weights, on(device))
    if examples != 0:
        found, deferred = terms_of(trained, fitting(trained, None, "test", others=OTHERS), examples)
        told |= found
        deferred.check()
    export(trained, folder, found)
    told |= {"export": str(folder), "checkpoint": str(trained.source), "weights": trained.weights}
    return WELL


def page(told: Document) -> None:
    out.print(f"{told['export']}: {FILE}, and its card {CARD}", soft_wrap=True, markup=False)
