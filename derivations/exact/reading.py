"""A problem as it is written: a law, and settings key=value of its parameters, a schedule and a number of steps."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from derivations.exact.laws import Gaussian, Grid, Law, Mixture, Point, TwoPoints
from derivations.exact.schedules import SCHEDULES, DdpmCosine, DdpmLinear, LinearGamma, Schedule
from derivations.exact.terms import Problem
from derivations.exact.variances import NAMES, Variance

Settings = dict[str, str]
ENDS = ("gamma0", "gamma1")
GREATEST, LONGEST = 4096, 100_000  # levels, and exponents of ten; steps


@dataclass(frozen=True)
class Asked:
    """A problem, with all settings by name, those of the law and those of the bound, defaults too."""

    law: str
    settings: Mapping[str, str]
    problem: Problem

    @property
    def schedule(self) -> str:
        return self.settings["schedule"]


def read(law: str, settings: Iterable[str]) -> Asked:
    """Return the problem that is meant.

    Raises:
        ValueError: if the law or a key is unknown, one is missing or given twice, or a value is out of its range.
    """
    if law not in LAWS:
        raise ValueError(f"expected a law, one of {', '.join(LAWS)}, got {law!r}{_near(law, LAWS)}")
    defaults, make = LAWS[law]
    given = _pairs(settings)
    schedule = given.get("schedule", "linear_gamma")
    if schedule not in SCHEDULES:
        near = _near(schedule, SCHEDULES)
        raise ValueError(f"schedule: expected one of {', '.join(SCHEDULES)}, got {schedule!r}{near}")
    ends = ENDS if schedule == "linear_gamma" else ()
    reverse = "reverse_variance" if "variance" in defaults else "variance"
    _known(law, schedule, given, (*defaults, "schedule", "T", *ends, reverse, "given"))
    _there(law, schedule, {k for k, v in defaults.items() if v is None} | {*ends, "T"}, given)
    named = {k: given.get(k, v or "") for k, v in defaults.items()}
    whole = named | {"schedule": schedule} | {k: v for k, v in given.items() if k not in named}
    path = _path(whole)
    problem = Problem(make(whole), path, _steps(whole, path), _variance(reverse, whole))
    if problem.steps is not None:
        whole.setdefault(reverse, "beta_tilde")
    return Asked(law, whole, _fitting(problem))


def _pairs(settings: Iterable[str]) -> Settings:
    given = Settings()
    for text in settings:
        key, equals, value = text.partition("=")
        if not (key and equals and value):
            raise ValueError(f"expected settings key=value, got {text!r}")
        if key in given:
            raise ValueError(f"{key}: expected one value, got {given[key]!r} and {value!r}")
        given[key] = value
    return given


def _known(law: str, schedule: str, given: Settings, keys: Iterable[str]) -> None:
    keys = tuple(keys)
    for key in given:
        if key not in keys:
            raise ValueError(
                f"expected a key of {law} on {schedule}, one of {', '.join(keys)}, got {key!r}{_near(key, keys)}"
            )


def _there(law: str, schedule: str, needed: Iterable[str], given: Settings) -> None:
    missing = sorted(set(needed) - given.keys())
    if missing:
        raise ValueError(f"expected {', '.join(f'{key}=...' for key in missing)} for {law} on {schedule}, got none")


def _near(word: str, words: Iterable[str]) -> str:
    words = list(words)
    close = difflib.get_close_matches(word, words, n=1) or [w for w in words if w.startswith(word)]
    return f": {close[0]}?" if close else ""


def number(key: str, text: str) -> Fraction:
    """Return a number as it is written, exactly."""
    try:
        if not text.isascii() or "_" in text:  # which Python allows
            raise ValueError
        if "e" in text.lower() and abs(int(text.lower().rpartition("e")[2])) > GREATEST:
            raise ValueError
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{key}: expected a number, got {text!r}") from None


def _positive(key: str, text: str) -> Fraction:
    found = number(key, text)
    if found <= 0:
        raise ValueError(f"{key}: expected a positive number, got {text}")
    return found


def _whole(key: str, text: str, least: int, greatest: int, other: str = "") -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= greatest):
        raise ValueError(f"{key}: expected a whole number from {least} to {greatest}{other}, got {text!r}")
    return int(text)


def _grid(given: Settings) -> Grid:
    if given["placement"] not in ("midpoints", "ends"):
        raise ValueError(f"placement: expected midpoints or ends, got {given['placement']!r}")
    return Grid(_whole("levels", given["levels"], 2, GREATEST), given["placement"])


def _two(given: Settings) -> TwoPoints:
    return TwoPoints(_positive("value", given["value"]))


def _point(given: Settings) -> Point:
    return Point(number("value", given["value"]))


def _gaussian(given: Settings) -> Gaussian:
    return Gaussian(number("mean", given["mean"]), _spread("variance", given["variance"]))


def _spread(key: str, text: str) -> Fraction:
    found = number(key, text)
    if found <= 0:
        raise ValueError(f"{key}: expected a positive number, got {text}; the law without variance is `point`")
    return found


def _mixture(given: Settings) -> Mixture:
    texts = {key: given[key].split(",") for key in ("weights", "means", "variances")}
    if len({len(each) for each in texts.values()}) > 1:
        counts = ", ".join(str(len(each)) for each in texts.values())
        raise ValueError(f"expected as many weights, means and variances, got {counts}")
    weights = tuple(_positive("weights", text) for text in texts["weights"])
    if sum(weights) != 1:
        raise ValueError(f"weights: expected numbers of the sum 1, got {given['weights']}, of the sum {sum(weights)}")
    means = tuple(number("means", text) for text in texts["means"])
    return Mixture(weights, means, tuple(_spread("variances", text) for text in texts["variances"]))


LAWS: dict[str, tuple[dict[str, str | None], Callable[[Settings], Law]]] = {  # with defaults; None: has to be given
    "grid": ({"levels": None, "placement": "midpoints"}, _grid),
    "two_points": ({"value": "1"}, _two),
    "point": ({"value": "0"}, _point),
    "gaussian": ({"mean": "0", "variance": None}, _gaussian),
    "mixture": ({"weights": None, "means": None, "variances": None}, _mixture),
}


def _path(given: Settings) -> Schedule:
    if given["schedule"] == "linear_gamma":
        low, high = (number(key, given[key]) for key in ENDS)
        if not -200 <= low < high <= 200:
            raise ValueError(f"expected -200 <= gamma0 < gamma1 <= 200, got {given['gamma0']} and {given['gamma1']}")
        return LinearGamma(low, high)
    return DdpmLinear() if given["schedule"] == "ddpm_linear" else DdpmCosine()


def _steps(given: Settings, schedule: Schedule) -> int | None:
    if given["T"] == "inf":
        if schedule.noisy:
            return None
        raise ValueError(f"T: expected a number of steps, as {given['schedule']} is a table of them, got inf")
    least, other = (1, " or inf") if schedule.noisy else (2, "")
    return _whole("T", given["T"], least, LONGEST, other)


def _variance(key: str, given: Settings) -> Variance:
    text = given.get(key, "beta_tilde")
    name = text.replace("-", "_")
    if (name == "given") != ("given" in given):
        raise ValueError(f"expected given=NUMBER or given=FILE with {key}=given and with it alone, got {key}={text}")
    if name == "given":
        return Variance(name, _numbers("given", given["given"]))
    return Variance(name) if name in NAMES else Variance("given", _numbers(key, text))


def _numbers(key: str, text: str) -> tuple[Fraction, ...]:
    """A number, or those of a file, which blanks, commas or lines divide."""
    if Path(text).is_file():
        texts = Path(text).read_text().replace(",", " ").split()
        return tuple(_positive(f"{key}, number {i} of {text}", each) for i, each in enumerate(texts, start=1))
    try:
        return (_positive(key, text),)
    except ValueError as fault:
        names = ", ".join(NAMES[:-1])
        raise ValueError(f"{fault}; or {names}, or a file of numbers") from None


def _fitting(p: Problem) -> Problem:
    """Refuse variances in continuous time, and a table of another number of steps."""
    if p.steps is None and p.variance != Variance():
        raise ValueError("variance: expected none in continuous time, where all of them are the same, got one")
    if p.variance.name == "given" and len(p.variance.given) not in (1, p.steps):
        raise ValueError(f"variance: expected {p.steps} numbers, one for each step, got {len(p.variance.given)}")
    return p
