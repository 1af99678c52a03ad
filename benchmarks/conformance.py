"""`udm check` over all schedulers of diffusers: `python benchmarks/conformance.py FILE` runs what FILE has not yet.

Each line of FILE is the report of one configuration, so that a run that was broken off goes on. With `--page` nothing
is run, and docs/reference/conformance.md is written from FILE. diffusers has to be installed.
"""

import argparse
import inspect
import json
import sys
import time
import warnings
from collections.abc import Iterator
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

BASE = {
    "beta_schedule": ("linear", "scaled_linear", "squaredcos_cap_v2"),
    "prediction_type": ("epsilon", "v_prediction", "sample"),
    "timestep_spacing": ("leading", "linspace", "trailing"),
}
ONE_BY_ONE = {
    "use_karras_sigmas": (True,), "use_exponential_sigmas": (True,), "use_lu_lambdas": (True,),
    "final_sigmas_type": ("zero", "sigma_min"), "set_alpha_to_one": (False, True), "steps_offset": (1,),
    "rescale_betas_zero_snr": (True,), "variance_type": ("fixed_small", "fixed_small_log", "fixed_large",
    "fixed_large_log"), "algorithm_type": ("dpmsolver", "dpmsolver++", "sde-dpmsolver", "sde-dpmsolver++"),
    "solver_order": (1, 2, 3), "solver_type": ("midpoint", "heun", "bh1", "bh2"), "lower_order_final": (False,),
    "euler_at_final": (True,), "predict_x0": (False,), "skip_prk_steps": (True,), "interpolation_type": ("log_linear",),
    "eta": (0.5, 1.0), "s_churn": (5.0,), "predictor_order": (3,), "corrector_order": (3,),
}  # fmt: skip
SAMPLED = ("sampler.marginal", "sampler.x0", "sampler.noise", "grid.range", "grid.falling", "grid.sigma",
           "tables.finite", "law.gaussian", "sampler.order")  # fmt: skip
STEPS = (1, 2, 3, 10)
NOT_ONE = ("PNDMScheduler", "UnCLIPScheduler")  # which cannot be set to one step, as their own settings show
REFUSED = {"UnCLIPScheduler": {"prediction_type": "v_prediction"}}  # which their steps refuse in words
KEPT = ("check", "verdict", "claim", "tag", "dtype", "max_ulp", "case", "got", "exact", "explanation")


def schedulers() -> list[str]:
    """Return the names of all schedulers of diffusers."""
    import diffusers

    return sorted(n for n in dir(diffusers) if n.endswith("Scheduler") and not n.startswith("Flax"))


def configurations(name: str) -> Iterator[dict[str, Any]]:
    """Yield the settings of a scheduler: all of its basic ones, and each further one with each spacing."""
    import diffusers

    kind = getattr(diffusers, name)
    try:
        parts = (kind, getattr(kind, "step", None))
        known = {name for one in parts if callable(one) for name in inspect.signature(one).parameters}
    except ImportError:  # it needs a package that is not there
        known = set()
    base = {key: values for key, values in BASE.items() if key in known}
    if name in REFUSED:
        base = {key: tuple(v for v in values if REFUSED[name].get(key) != v) for key, values in base.items()}
    yield {}
    yield from (dict(zip(base, values, strict=True)) for values in product(*base.values()) if base)
    spacings = [{"timestep_spacing": s} for s in BASE["timestep_spacing"]] if "timestep_spacing" in known else [{}]
    for key, values in ONE_BY_ONE.items():
        yield from (spacing | {key: value} for value in values for spacing in spacings if key in known)


def done(file: Path) -> dict[str, dict[str, Any]]:
    """Return the reports that a file has, by configuration."""
    lines = file.read_text().splitlines() if file.exists() else []
    return {key(row["scheduler"], row["config"]): row for row in map(json.loads, lines)}


def key(name: str, config: dict[str, Any]) -> str:
    """Return a configuration as text."""
    return f"{name} {json.dumps(config, sort_keys=True)}"


def run(name: str, config: dict[str, Any]) -> dict[str, Any]:
    """Return the report of one configuration: formulas too where it is the scheduler's own."""
    from udm.conformance import check

    began = time.process_time()
    row: dict[str, Any] = {"scheduler": name, "config": config, "version": "", "checks": []}
    try:
        steps = STEPS[1:] if config and name in NOT_ONE else STEPS
        found = check(f"diffusers:{name}", config, steps=steps, only=SAMPLED if config else ())
        row |= {"version": found.version, "ran": found.ran, "exist": len(found.rows)}
        rows = [one.document() for one in found.rows if one.verdict != "not offered"]
        row["checks"] = [{name: one[name] for name in KEPT} for one in rows]
    except ValueError as fault:
        row["refused"] = str(fault)
    return row | {"seconds": round(time.process_time() - began, 2)}


def sweep(file: Path, limit: float) -> None:
    """Run what a file has not yet, until a number of seconds of the processor is spent."""
    had = done(file)
    todo = {key(n, c): (n, c) for n in schedulers() for c in configurations(n)}
    order = sorted(set(todo) - set(had), key=lambda one: (todo[one][1] != {}, sha256(one.encode()).digest()))
    with file.open("a") as out:
        for count, one in enumerate(order, 1):
            if time.process_time() > limit:
                break
            row = run(*todo[one])
            out.write(json.dumps(row) + "\n")
            out.flush()
            bad = [c["check"] for c in row["checks"] if c["verdict"] in ("wrong", "undefined")]
            print(f"{len(had) + count}/{len(todo)} {row['seconds']:.1f} s {one} {' '.join(bad)}", file=sys.stderr)


def main() -> None:
    """Run the sweep, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="of the processor")
    parser.add_argument("--page", action="store_true")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    if given.page:
        from benchmarks.conformance_page import write

        write(done(given.file))
    else:
        sweep(given.file, given.seconds)


if __name__ == "__main__":
    main()
