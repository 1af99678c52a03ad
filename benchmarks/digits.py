"""A benchmark on the digits: train, evaluate, draw samples and compare schedules; check what the README promises.

    python benchmarks/digits.py [--json] [--check] [--out FOLDER]

Targets: 1.75 bits/dim held out; of 200 ancestral samples at least 0.70 are digits to a support vector classifier,
fitted to the training part, with a confidence above 0.9; none are copies (the median distance to the nearest training
digit, in levels, is at least 12); the bound equal under all schedules, and one draw of the estimator varying at most
half as much under the learned schedule as under linear gamma, a tenth of beta-linear.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.svm import SVC

from udm.data import load

BITS, DIGITS, DISTANCE, LINEAR, BETA, SECONDS = 1.75, 0.70, 12.0, 2.0, 10.0, 360.0
SAMPLES, STEPS, SURE = 200, 250, 0.9


def udm(*args: str) -> dict[str, Any]:
    """Return what a command prints with --json."""
    run = subprocess.run([sys.executable, "-m", "udm", *args, "--json"], stdout=subprocess.PIPE, text=True)
    if run.returncode not in (0, 1):
        sys.exit(run.returncode)
    return json.loads(run.stdout)


class Looks(NamedTuple):
    """The share of images that is recognised, and their median distance to the nearest training digit, in levels."""

    recognised: float
    distance: float


def looks(images: np.ndarray) -> Looks:
    """Judge levels 0 to 16, (n, 64), by a classifier that knows the training part alone."""
    train, classes = _part("train")
    with warnings.catch_warnings(action="ignore", category=FutureWarning):  # of scikit-learn 1.9, which keeps it
        settings: dict[str, Any] = {"gamma": 0.001, "probability": True, "random_state": 0}
        classifier = SVC(**settings).fit(train, classes)
    sure = classifier.predict_proba(images).max(axis=1) > SURE
    nearest = [math.sqrt(np.square(train - image).sum(axis=1).min()) for image in images]
    return Looks(float(sure.mean()), float(np.median(nearest)))


def _part(name: str) -> tuple[np.ndarray, np.ndarray]:
    data = load("digits", name)
    index, classes = data.read(range(len(data)))
    return index.flatten(1).double().numpy(), classes.numpy()


def _drawn(run: Path) -> np.ndarray:
    """Draw samples of a run, (n, 64) levels."""
    file = run / f"samples-{STEPS}.npz"
    udm("sample", str(run), "--count", str(SAMPLES), "--steps", str(STEPS), "--out", str(file))
    with np.load(file) as stored:
        return stored["x"].reshape(SAMPLES, -1).astype(float)


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
        "looks": looks(_drawn(out))._asdict(),
        "held_out_looks": looks(_part("test")[0])._asdict(),
        "plot": compared["plot"],
    }


def missed(results: dict[str, Any]) -> list[str]:
    """Return the missed targets in words."""
    targets = {
        f"at most {BITS} bits/dim": results["total"]["value"] <= BITS,
        f"{DIGITS} of the samples recognised": results["looks"]["recognised"] >= DIGITS,
        f"samples at least {DISTANCE:.0f} levels from training digits": results["looks"]["distance"] >= DISTANCE,
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
        for name, found in (("samples", results["looks"]), ("held out", results["held_out_looks"])):
            print(f"{name}: {found['recognised']:.2f} recognised; {found['distance']:.1f} levels to a training digit")
        print(f"training: {results['training_seconds']:.0f} s")
        print(f"largest difference of two bounds: {results['largest_difference']['value']:.1f} standard errors")
        print("variance of one draw:", {k: round(v, 3) for k, v in results["variance"].items()})
        print(f"samples: {results['samples']}\nplot: {results['plot']}")
        print("missed: " + "; ".join(failures) if failures else "all targets met")
    return 1 if options.check and failures else 0


if __name__ == "__main__":
    sys.exit(main())
