"""The time of verification, in units of one import of SymPy and expansions of (1 + x + y + z)^n, n = 28, 29, 30.

`python benchmarks/verify_time.py` measures the unit and the commands in one run, each in processes of its own: all
claims cold, all claims from kept evidence, and one claim, cold and kept. Machines differ; ratios travel better.
"""

import os
import subprocess
import sys
from tempfile import TemporaryDirectory
from time import perf_counter

from derivations.catalogue import claims

UNIT = (
    "from sympy import expand, symbols; x, y, z = symbols('x y z'); [expand((1 + x + y + z)**n) for n in (28, 29, 30)]"
)
ONE = "vdm.posterior.mean"


def seconds(*command: str, cache: str) -> float:
    """Return the wall time of a fresh interpreter."""
    start = perf_counter()
    environment = os.environ | {"UDM_CACHE": cache}
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL, env=environment)
    return perf_counter() - start


def main() -> None:
    """Print the ratios."""
    with TemporaryDirectory() as cache:
        unit = min(seconds("-c", UNIT, cache=cache) for _ in range(3))
        print(f"the unit: {unit:.2f} s on {os.cpu_count()} cores")
        rows = {
            f"all {len(claims())} claims, cold": ("verify", "--no-cache"),
            "all claims, kept": ("verify",),
            f"{ONE}, cold": ("verify", ONE, "--no-cache"),
            f"{ONE}, kept": ("verify", ONE),
        }
        for name, command in rows.items():
            took = seconds("-m", "udm", *command, cache=cache) / unit
            each = f", {took / len(claims()):.3f} a claim" if name.startswith("all") else ""
            print(f"{name:32} {took:6.2f} units{each}")


if __name__ == "__main__":
    main()
