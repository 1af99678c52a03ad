"""The time of verification, in units of one import of SymPy and expansions of (1 + x + y + z)^n, n = 28, 29, 30.

`python benchmarks/verify_time.py` measures the unit and the commands in one run, each in processes of its own: all
claims cold, all claims from kept evidence, and one claim, cold and kept. Machines differ; ratios travel better. Each
row has the elapsed time, which other work on the machine lengthens, and the processor's time of all processes. What is
kept is the whole evidence of a claim, and no obligation by itself: cold, every obligation is discharged anew.
"""

import os
import subprocess
import sys
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

from derivations.catalogue import claims

UNIT = (
    "from sympy import expand, symbols; x, y, z = symbols('x y z'); [expand((1 + x + y + z)**n) for n in (28, 29, 30)]"
)
ONE = "vdm.posterior.mean"
COMMANDS = {
    "all claims, cold": ("verify", "--no-cache"),  # keeps what the next one finds
    "all claims, warm": ("verify",),
    f"{ONE}, cold": ("verify", ONE, "--no-cache"),
    f"{ONE}, warm": ("verify", ONE),
}


class Took(NamedTuple):
    """The time of a command: elapsed, and of the processors, in seconds."""

    elapsed: float
    processor: float

    def over(self, unit: "Took") -> "Took":
        return Took(self.elapsed / unit.elapsed, self.processor / unit.processor)


def took(*command: str, cache: str) -> Took:
    """Return the time of a fresh interpreter and of all that it starts; an exit status other than 0 raises."""
    start, before = perf_counter(), _processor()
    environment = os.environ | {"UDM_CACHE": cache}
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL, env=environment)
    return Took(perf_counter() - start, _processor() - before)


def _processor() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print the ratios."""
    with TemporaryDirectory() as cache:
        unit = Took(*map(min, zip(*(took("-c", UNIT, cache=cache) for _ in range(3)), strict=True)))
        count = len(claims())
        print(f"the unit: {unit.elapsed:.2f} s, {unit.processor:.2f} s of the processor; {os.cpu_count()} cores")
        print(f"{count} claims, in units:{'':13} elapsed  a claim  processor  a claim")
        for name, command in COMMANDS.items():
            e, p = took("-m", "udm", *command, cache=cache).over(unit)
            each = [f"{x / count:8.4f}" if name.startswith("all") else " " * 8 for x in (e, p)]
            print(f"{name:34} {e:8.2f} {each[0]} {p:10.2f} {each[1]}", flush=True)


if __name__ == "__main__":
    main()
