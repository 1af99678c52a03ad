r"""The errors of udm's coefficients, in units in the last place of each dtype.

    python benchmarks/accuracy.py [--quick] [--json] [--check]

Each coefficient of a step s < t, of every schedule, over all adjacent pairs of T = 1000 and over random pairs with gaps
down to 1e-12, against the 60 digits of ``exact.py``. The requirement on udm, which --check enforces (exit status 1):

    float32, bfloat16, float16: 1;    float64: 8 from (gamma, gap), 8 + 2 |gamma| from (s, t),

|gamma| the larger finite one of the two times. Gamma where it is 1 or more in size, its slope, and the weights of the
continuous bound are held to the same at single times. Learned is the schedule of its float64 weights. Peers run beside
it, on their own schedules as they define them; a peer that does not import is skipped and named.
"""

import argparse
import json
import math
import random
import statistics
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import exact
import peers
import rich.console
import rich.table
import torch
from mpmath import mpf
from torch import Tensor

from udm import Marginal, Schedule, Step, continuous_weight, diffuse, discrete_weight, posterior, transition
from udm.denoiser import Parameterization, coefficients, posterior_coefficients
from udm.sample.second import heun_weight
from udm.sample.step import ddim_coefficients
from udm.schedule import (
    EDM,
    BetaLinear,
    Betas,
    Cosine,
    CosineOffset,
    Learned,
    LinearGamma,
    RectifiedFlow,
    Sigmoid,
    SubVP,
    Truncated,
)

DTYPES = {"float64": torch.float64, "float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
KINDS: tuple[Parameterization, ...] = ("x", "eps", "v", "score")
T = 1000

Pair: TypeAlias = tuple[float, float]
Row: TypeAlias = dict[str, object]


class Case(NamedTuple):
    """A schedule and its exact path."""

    schedule: Schedule
    path: exact.Path


class Table(NamedTuple):
    """Values of one library in one dtype: one number per pair for each coefficient."""

    library: str
    dtype: str
    schedule: str
    reference: str
    values: dict[str, list[float]]


def cases() -> dict[str, Case]:
    """Return every schedule, at its defaults."""
    torch.manual_seed(0)
    net, cut = Learned(hidden=8), Truncated(Cosine(), -13.3, 5.0)
    w_1, w_2, b, w_3 = (w.tolist() for w in net.weights())
    return {
        "LinearGamma": Case(LinearGamma(), exact.linear(-13.3, 5.0)),
        "Cosine": Case(Cosine(), exact.cosine()),
        "CosineOffset": Case(CosineOffset(), exact.cosine(0.008)),
        "BetaLinear": Case(BetaLinear(), exact.beta_linear(0.1, 20.0)),
        "SubVP": Case(SubVP(), exact.sub_vp(0.1, 20.0)),
        "Betas.linear": Case(Betas.linear(), exact.table(exact.betas_linear(T, 1e-4, 0.02))),
        "Betas.cosine": Case(Betas.cosine(), exact.table(exact.betas_cosine(T, 0.008, 0.999))),
        "Sigmoid": Case(Sigmoid(), exact.sigmoid(-3.0, 3.0, 1.0)),
        "EDM": Case(EDM(), exact.edm(0.002, 80.0, 7.0)),
        "RectifiedFlow": Case(RectifiedFlow(), exact.rectified()),
        "Truncated": Case(cut, exact.part(exact.cosine(), cut.u_0, cut.width)),
        "Learned": Case(net, exact.learned((-13.3, 5.0), w_1, w_2, b, w_3)),
    }


def pairs(grid: bool, quick: bool) -> list[Pair]:
    """Return adjacent pairs of T = 1000, and random ones with gaps from 1e-12 to 1 (on the grid, for a table)."""
    rng = random.Random(0)
    adjacent = [(i / T, (i + 1) / T) for i in range(0, T, 37 if quick else 1)] + [(1 - 1 / T, 1.0)]
    spread: list[Pair] = []
    while len(spread) < (40 if quick else 400):
        s, gap = rng.random() ** rng.choice([1, 4]), 10 ** rng.uniform(-12, 0)
        s = 1 - s if rng.random() < 0.5 else s
        s, t = (round(s * T) / T, round((s + gap) * T) / T) if grid else (s, s + gap)
        spread += [(s, t)] if 0 <= s < t <= 1 else []
    return adjacent + spread


def gammas(quick: bool) -> list[Pair]:
    """Return pairs (gamma_t, gap), with gaps from 1e-12 to 30."""
    rng = random.Random(1)
    return [(rng.uniform(-30, 30), 10 ** rng.uniform(-12, 1.5)) for _ in range(80 if quick else 1500)]


def udm_values(step: Step, at: Marginal, dtype: torch.dtype) -> dict[str, list[float]]:
    """Return udm's values for data of this dtype, by its functions of events if these give a coefficient alone."""
    one, zero = torch.ones(len(at.alpha), 1, dtype=dtype), torch.zeros(len(at.alpha), 1, dtype=dtype)
    by_x = posterior(zero, one, step)
    by_z = transition(one, step)
    values = {
        "alpha": diffuse(one, zero, at),
        "sigma": diffuse(zero, one, at),
        "SNR": at.snr,
        "alpha_ts": by_z.mean,
        "sigma_ts^2": by_z.var,
        "posterior variance": by_x.var,
        "posterior z": posterior(one, zero, step).mean,
        "posterior x": by_x.mean,
        "mean eps, z": posterior_coefficients(step, "eps")[0],
        "mean eps, eps": posterior_coefficients(step, "eps")[1],
        "mean score, score": posterior_coefficients(step, "score")[1],
        "mean v, z": posterior_coefficients(step, "v")[0],
        "mean v, v": posterior_coefficients(step, "v")[1],
    }
    values |= {f"VLB weight {kind}": discrete_weight(step, kind) for kind in KINDS}
    for source in KINDS:
        for target in KINDS:
            if source != target:
                lines = coefficients(at, source, target)
                values |= {f"{source} to {target}, z": lines[0], f"{source} to {target}, {source}": lines[1]}
    for eta, name in ((0.0, ""), (0.5, ", eta 1/2")):
        made = ddim_coefficients(step, eta)
        values |= {f"ddim z{name}": made.z, f"ddim x{name}": made.x}
    values |= {"gap": step.gap, "heun": heun_weight(step)}
    return {name: _floats(value, dtype) for name, value in values.items()}


def slope_values(schedule: Schedule, t: Tensor, dtype: torch.dtype) -> dict[str, list[float]]:
    """Return gamma, its slope and the continuous weights, for data of this dtype."""
    at, slope = schedule.at(t), schedule.dgamma(t)
    values = {"gamma": at.gamma, "gamma'": slope}
    values |= {f"continuous weight {kind}": continuous_weight(slope, at, kind) for kind in KINDS}
    return {name: _floats(value, dtype) for name, value in values.items()}


def _floats(value: Tensor, dtype: torch.dtype) -> list[float]:
    return value.detach().to(dtype).flatten().double().tolist()


def judge(table: Table, exacts: Sequence[exact.Values], at: Sequence[Pair], allowed: Sequence[float]) -> Iterator[Row]:
    """Yield one row per coefficient; ``within`` is whether each pair met its limit (None for a peer, without one)."""
    form = exact.FORMATS[table.dtype]
    for name, got in table.values.items():
        known = [k for k, values in enumerate(exacts) if not math.isnan(values[name])]
        errors = {k: exact.ulps(got[k], exacts[k][name], form) for k in known}
        worst = max(known, key=errors.__getitem__)
        yield {
            "library": table.library,
            "dtype": table.dtype,
            "schedule": table.schedule,
            "coefficient": name,
            "reference": table.reference,
            "max_ulp": errors[worst],
            "median_ulp": statistics.median(errors.values()),
            "at": list(at[worst]),
            "within": all(errors[k] <= allowed[k] for k in known) if allowed else None,
        }


def limits(dtype: str, gammas: Sequence[float]) -> list[float]:
    """Return the requirement, per pair."""
    return [8 + 2 * gamma if dtype == "float64" else 1.0 for gamma in gammas]


def largest(*gammas: float) -> float:
    """Return the largest finite |gamma|."""
    return max((abs(gamma) for gamma in gammas if math.isfinite(gamma)), default=0.0)


def schedule_rows(name: str, case: Case, quick: bool) -> Iterator[Row]:
    """Judge udm on one schedule, from (s, t)."""
    at = pairs(isinstance(case.schedule, Betas), quick)
    points = {u: case.path(mpf(u)) for pair in at for u in pair}
    exacts = [exact.coefficients(points[s], points[t]) for s, t in at]
    size = [largest(*(float(exact.gamma(points[u])) for u in pair)) for pair in at]
    s, t = (torch.tensor(u, dtype=torch.float64) for u in zip(*at, strict=True))
    step, marginal = case.schedule.between(s, t), case.schedule.at(t)
    for dtype, of in DTYPES.items():
        table = Table("udm", dtype, name, "s,t", udm_values(step, marginal, of))
        yield from judge(table, exacts, at, limits(dtype, size))
    if not isinstance(case.schedule, Betas):
        yield from slope_rows(name, case, quick)


def slope_rows(name: str, case: Case, quick: bool) -> Iterator[Row]:
    """Judge gamma, its slope and the continuous weights of udm on one schedule, at times inside (0, 1)."""
    at = [pair for pair in pairs(False, True) if pair[1] < 1][: 40 if quick else None]
    exacts = [exact.slopes(case.path, mpf(u)) for _, u in at]
    size = [largest(float(exact.gamma(case.path(mpf(u))))) for _, u in at]
    t = torch.tensor([u for _, u in at], dtype=torch.float64)
    for dtype, of in DTYPES.items():
        table = Table("udm", dtype, name, "t", slope_values(case.schedule, t, of))
        yield from judge(table, exacts, at, limits(dtype, size))


def gamma_rows(quick: bool) -> Iterator[Row]:
    """Judge udm's variance-preserving step from (gamma_t, gap)."""
    at = gammas(quick)
    exacts = [exact.coefficients(exact.preserving(mpf(g) - mpf(gap)), exact.preserving(mpf(g))) for g, gap in at]
    gamma, gap = (torch.tensor(u, dtype=torch.float64) for u in zip(*at, strict=True))
    for dtype, of in DTYPES.items():
        table = Table(
            "udm", dtype, "-", "gamma,gap", udm_values(Step.from_gamma(gamma, gap), Marginal.from_gamma(gamma), of)
        )
        yield from judge(table, exacts, at, limits(dtype, [0.0] * len(at)))


def rows(quick: bool = False) -> Iterator[Row]:
    """Yield all rows of udm."""
    yield from gamma_rows(quick)
    for name, case in cases().items():
        yield from schedule_rows(name, case, quick)


def peer_rows(skipped: dict[str, str]) -> Iterator[Row]:
    """Yield the peers' rows, over adjacent pairs from i = 1 (at 0 they clip); a missing peer goes to ``skipped``."""
    at = [(i / T, (i + 1) / T) for i in range(1, T)]
    for adapter in peers.ADAPTERS:
        try:
            tables = list(adapter(T))
        except (ImportError, RuntimeError) as error:
            skipped[adapter.__name__] = str(error).splitlines()[0]
            continue
        for peer in tables:
            points = [peer.path(mpf(i) / T) for i in range(1, T + 1)]
            exacts = [exact.coefficients(s, t) for s, t in pairwise(points)]
            values = {name: value[1:] for name, value in peer.values.items()}
            table = Table(peer.library, peer.dtype, peer.schedule, "s,t", values)
            yield from judge(table, exacts, at, [])


def show(rows_: Sequence[Row], skipped: dict[str, str]) -> None:
    """Print a table: the worst coefficient of each library, schedule and dtype."""
    table = rich.table.Table("library", "schedule", "dtype", "max ulp", "median", "coefficient", "at", "")
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows_:
        groups.setdefault((row["library"], row["schedule"], row["dtype"]), []).append(row)
    for (library, schedule, dtype), group in groups.items():
        worst = max(group, key=lambda row: float(str(row["max_ulp"])))
        verdict = "" if library != "udm" else "ok" if all(row["within"] for row in group) else "[red]exceeds"
        size, middle = f"{worst['max_ulp']:.3g}", f"{worst['median_ulp']:.3g}"
        table.add_row(
            str(library), str(schedule), str(dtype), size, middle, str(worst["coefficient"]), str(worst["at"]), verdict
        )
    console = rich.console.Console()
    console.print(table)
    for name, why in skipped.items():
        console.print(f"{name}: skipped, {why}")


def main() -> int:
    """Return exit status 1 if --check finds udm beyond its requirement."""
    parser = argparse.ArgumentParser(description="How far the coefficients are from exact, in ulps.")
    parser.add_argument("--json", action="store_true", help="all rows as one JSON document on standard output")
    parser.add_argument("--quick", action="store_true", help="fewer pairs")
    parser.add_argument("--check", action="store_true", help="exit 1 when udm exceeds the requirement")
    options = parser.parse_args()
    skipped: dict[str, str] = {}
    results = [*rows(options.quick), *peer_rows(skipped)]
    if options.json:
        finite = [row | {"max_ulp": min(float(str(row["max_ulp"])), sys.float_info.max)} for row in results]
        print(json.dumps({"rows": finite, "skipped": skipped}, allow_nan=False, indent=1))
    else:
        show(results, skipped)
    failed = [row for row in results if row["within"] is False]
    for row in failed if options.check else []:
        print("exceeds: {schedule} {dtype} {coefficient} {max_ulp} ulp at {at}".format(**row), file=sys.stderr)
    return 1 if failed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
