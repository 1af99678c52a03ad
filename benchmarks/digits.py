"""A benchmark on the digits: train, evaluate and compare schedules, and check what the README promises.

    python benchmarks/digits.py [--json] [--check] [--out FOLDER]

Targets: 2.45 bits/dim held out (a plain perceptron; 2.30 is the aim), the bound equal under all schedules, and one draw
of the estimator varying at most half as much under the learned schedule as under linear gamma, a tenth of beta-linear.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PERCEPTRON, LINEAR, BETA, SECONDS = 2.45, 2.0, 10.0, 360.0


def udm(*args: str) -> dict[str, Any]:
    """Return what a command prints with --json."""
    run = subprocess.run([sys.executable, "-m", "udm", *args, "--json"], stdout=subprocess.PIPE, text=True)
    if run.returncode not in (0, 1):
        sys.exit(run.returncode)
    return json.loads(run.stdout)


def measured(out: Path) -> dict[str, Any]:
    """Train a run and compare its schedules."""
    trained = udm("train", "--data", "digits", "--out", str(out))
    compared = udm("invariance", str(out), "--repeats", "64")
    variance = {row["schedule"]: row["variance"]["value"] for row in compared["schedules"]}
    return {
        "total": trained["total"],
        "baselines": trained["baselines"],
        "training_seconds": trained["training_seconds"],
        "largest_difference": compared["largest_difference"],
        "variance": variance,
        "linear_over_learned": variance["linear"] / variance["learned"],
        "beta_over_learned": variance["beta"] / variance["learned"],
        "samples": trained["samples"],
        "plot": compared["plot"],
    }


def missed(results: dict[str, Any]) -> list[str]:
    """Return the missed targets in words."""
    targets = {
        f"at most {PERCEPTRON} bits/dim": results["total"]["value"] <= PERCEPTRON,
        f"training within {SECONDS:.0f} s": results["training_seconds"] <= SECONDS,
        "bounds that agree": results["largest_difference"]["value"] <= results["largest_difference"]["limit"],
        f"linear's variance at least {LINEAR} times the learned one's": results["linear_over_learned"] >= LINEAR,
        f"beta's variance at least {BETA} times the learned one's": results["beta_over_learned"] >= BETA,
    }
    return [words for words, met in targets.items() if not met]


def main() -> int:
    """Print the results; return exit status 1 if --check finds a target missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--check", action="store_true", help="exit 1 if a target is missed")
    parser.add_argument("--out", type=Path, default=None, help="the folder of the run; a new temporary one if absent")
    options = parser.parse_args()
    results = measured(options.out or Path(tempfile.mkdtemp()) / "digits")
    failures = missed(results)
    if options.json:
        print(json.dumps(results | {"missed": failures}, indent=1))
    else:
        total, others = results["total"], {k: round(v["value"], 3) for k, v in results["baselines"].items()}
        print(f"digits, held out: {total['value']:.3f} +- {total['standard_error']:.3f} bits/dim; {others}")
        print(f"training: {results['training_seconds']:.0f} s")
        print(f"largest difference of two bounds: {results['largest_difference']['value']:.1f} standard errors")
        print("variance of one draw:", {k: round(v, 3) for k, v in results["variance"].items()})
        print(f"samples: {results['samples']}\nplot: {results['plot']}")
        print("missed: " + "; ".join(failures) if failures else "all targets met")
    return 1 if options.check and failures else 0


if __name__ == "__main__":
    sys.exit(main())
