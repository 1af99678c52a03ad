"""Errors and first steps that take long to enclose, kept in `data`, and made again by `make exact`.

A file has the balls of mmse(SNR_t) of a law on a path of T steps, whatever the reverse variance, and of the first
step's reconstruction for each variance by name. A ball is a middle and a radius, in decimal digits that contain the
computed one.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from flint import arb

from derivations.arithmetic.number import precision
from derivations.exact.balls import MOST, START
from derivations.exact.reading import Asked, read
from derivations.exact.terms import Known, Problem, Watch, reconstruction
from derivations.exact.variances import Variance

DATA = Path(__file__).parent / "data"
NAMED = ("beta_tilde", "beta", "optimal")
KEPT = (  # what files there are
    ("grid", "levels=256", "schedule=linear_gamma", "gamma0=-13.3", "gamma1=5", "T=1000"),
    ("grid", "levels=256", "placement=ends", "schedule=ddpm_linear", "T=1000"),
    ("grid", "levels=256", "placement=ends", "schedule=ddpm_cosine", "T=1000"),
)


def table(asked: Asked) -> Known | None:
    """Return what is kept of a problem, but for its reverse variance."""
    return _tables().get(_key(asked.problem))


def _key(p: Problem) -> Problem:
    return replace(p, variance=Variance())


@cache
def _tables() -> dict[Problem, Known]:
    asked = [read(*_apart(words)) for words in KEPT]
    return {_key(a.problem): load(path(a)) for a in asked if path(a).exists()}


def _apart(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    return words[0], words[1:]


def path(asked: Asked) -> Path:
    """Return the file of a problem."""
    s = asked.settings
    words = (asked.law, s.get("levels"), s.get("placement"), s["schedule"], s.get("gamma0"), s.get("gamma1"), s["T"])
    return DATA / f"{'_'.join(word for word in words if word)}.toml"


def load(file: Path) -> Known:
    """Read a file."""
    with file.open("rb") as f, precision(2 * MOST):
        found = tomllib.load(f)
        errors = {int(t): arb(ball) for t, ball in found["mmse"].items()}
        return Known(errors, {name: arb(ball) for name, ball in found["first"].items()})


def lines(asked: Asked, watch: Watch = lambda *_: None) -> Iterator[str]:
    """Compute a file anew, line by line."""
    p = asked.problem
    yield "# mmse(SNR_t) by t, and the first step's reconstruction in nats; `make exact` writes this file\n"
    yield "[first]\n"
    for name in () if p.schedule.noisy else NAMED:
        with precision(START + 100):
            yield f'{name} = "{written(reconstruction(replace(p, variance=Variance(name)), START))}"\n'
    yield "\n[mmse]\n"
    for t in p.times:
        with precision(START + 100):
            yield f'{t} = "{written(error(p, t))}"\n'
        watch(t, p.times.stop - 1)


def error(p: Problem, t: int) -> arb:
    """Return mmse(SNR_t), to 2^-64/SNR_t."""
    return p.law.mmse(p.marginals[t].snr, START)


def written(ball: arb) -> str:
    """Return a ball around this one in decimal digits, as Arb reads it."""
    return ball.str(30, more=True) if ball.rad() else ball.str(60)
