"""The cost of `import udm` beside `import torch`, as a ratio of wall times in fresh interpreters of one run.

`lazy` is `import udm`, which loads no torch until a name is used; `all` loads every public name.
"""

import argparse
import json
import subprocess
import sys
from time import perf_counter

LIMIT = 1.15
CODE = {
    "torch": "import torch",
    "lazy": "import torch, udm",
    "all": "import torch, udm; [getattr(udm, name) for name in udm.__all__]",
}


def seconds(code: str) -> float:
    """Return the wall time of a fresh interpreter."""
    start = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return perf_counter() - start


def ratios(runs: int) -> dict[str, float]:
    """Return the least time of each over that of torch, interleaved so that a busy moment affects all alike."""
    times: dict[str, list[float]] = {name: [] for name in CODE}
    for _ in range(runs):
        for name, code in CODE.items():
            times[name].append(seconds(code))
    return {name: round(min(t) / min(times["torch"]), 3) for name, t in times.items()}


def main() -> int:
    """Print the ratios; with --check, fail above the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--check", action="store_true", help=f"exit 1 above {LIMIT}")
    options = parser.parse_args()
    measured = ratios(options.runs)
    print(json.dumps(measured) if options.json else "\n".join(f"{n:6} {r:.3f}" for n, r in measured.items()))
    return int(options.check and measured["all"] > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
