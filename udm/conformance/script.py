"""A short script that reproduces one number of a target, with the target's package, torch and nothing else.

It prints the number that the target has beside the exact one. It is written from what the adapter says of its calls.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from udm.conformance.formulas import BY_NAME, Formula
from udm.conformance.verdict import Row

SHOWN = 'print(f"got {got!r}, exact {exact!r}")\n'
GRIDS = ("grid.range", "grid.falling", "grid.sigma")


@dataclass(frozen=True)
class Making:
    """How a target is made in a script.

    Attributes:
        imports: the lines that import it.
        expression: makes it.
        code: how each formula is called on `one`, by its name; the last line is the number's.
        sampler: "scheduler" or "own", or "" where a script cannot run its sampler.
        setting: further arguments of `set_timesteps`.
        stepping: further arguments of `step`.
    """

    imports: str
    expression: str
    code: Mapping[str, str] = field(default_factory=dict)
    sampler: str = ""
    setting: Mapping[str, Any] = field(default_factory=dict)
    stepping: Mapping[str, Any] = field(default_factory=dict)


def script(making: Making, row: Row) -> str:
    """Return a script that shows a row's number, or "" where none is known."""
    body = ""
    if row.check in making.code and row.place is not None:
        body = "\n".join(_formula(BY_NAME[row.check], making.code[row.check], row))
    elif row.check in ("sampler.marginal", "sampler.x0", "sampler.noise") and making.sampler and row.place is not None:
        body = _walk(making, row)
    elif row.check in GRIDS and making.sampler == "scheduler" and (steps := re.match(r"\d+", row.case)):
        body = _grid(making, row, int(steps.group()))
    elif row.check == "tables.finite" and making.sampler == "scheduler" and row.case:
        body = f"one.set_timesteps(10)\ngot = float(one.{row.case.replace(', ', '][')})\nexact = 'a finite number'\n"
    if not body:
        return ""
    return f"{head(making)}\none = {making.expression}\n{body}{SHOWN}"


def head(making: Making) -> str:
    """Return what every script of a target begins with: the imports."""
    return f"import torch\n{making.imports}\n"


def _formula(formula: Formula, code: str, row: Row) -> Iterator[str]:
    t, s, setting, channel = row.place
    *before, call = code.splitlines()
    yield from before
    if formula.kind == "table":
        yield f"got = float(torch.as_tensor({call})[{t + 0}])  # {row.case}"
    else:
        yield from (
            f"{name} = torch.full((1, 1, 1, 1), {float(name == channel)}, dtype=torch.{row.dtype})"
            for name in formula.inputs
        )
        yield f"t, s = torch.tensor([{t}]), torch.tensor([{s}])"
        if formula.settings:
            yield f"setting = {formula.settings[setting][0]!r}"
        yield f"got = float({call})  # {row.case}"
    yield f"exact = {row.exact}\n"


def _grid(making: Making, row: Row, steps: int) -> str:
    name = "sigmas" if row.got.startswith("sigma") else "timesteps"
    arguments = "".join(f", {key}={value!r}" for key, value in making.setting.items())
    return f"one.set_timesteps({steps}{arguments})\ngot = one.{name}.tolist()\nexact = {row.exact!r}\n"


UNITS = """
# x0, the first noise and each draw have a position of their own, so that the result shows the factor of each
width, half = 2 + 2 * {steps} * {stages}, 0.5


def unit(k):
    made = torch.zeros(1, 1, 1, width)
    made[..., k] = half
    return made


drawn = iter(range(2, width))
torch.randn = torch.randn_like = lambda *_, **__: unit(next(drawn))
x0, noise, predicted = unit(0), unit(1), None
"""
SCHEDULER = """one.set_timesteps({steps}{setting})
{units}
bars = {bars}
z = {start}
for i in range({i} + 1):
    t, bar = one.timesteps[i], float(bars[i])
    shown = one.scale_model_input(z, t)
    eps = (shown - bar**0.5 * x0) / (1 - bar) ** 0.5  # of a network that knows x0
    before, first = z, next(drawn)
    drawn = iter(range(first, width))
    made = one.step({prediction}, t, z{stepping})
    z, predicted = made.prev_sample, getattr(made, "pred_original_sample", None)
"""
OWN = """{units}
ts = [int(t) for t in one.timesteps({steps})]
table = getattr(one, "betas", None)
bars = (1 - torch.as_tensor(table).double()).cumprod(0) if table is not None else torch.as_tensor(one.alpha_bars)
z = float(bars[ts[0]]) ** 0.5 * x0 + float(1 - bars[ts[0]]) ** 0.5 * noise
for i in range({i} + 1):
    bar = float(bars[ts[i]])
    eps = (z - bar**0.5 * x0) / (1 - bar) ** 0.5  # of a network that knows x0
    before, first = z, next(drawn)
    drawn = iter(range(first, width))
    z = one.step({prediction}, ts[i], z)
"""
PREDICTIONS = {"eps": "eps", "x0": "x0", "v": "bar**0.5 * eps - (1 - bar) ** 0.5 * x0"}
BARS = {
    True: "(1 - one.betas.double()).cumprod(0)[one.timesteps.long()]",
    False: "1 / (1 + one.sigmas.double() ** 2)",
}
STARTS = {
    "vp": "float(bars[0]) ** 0.5 * x0 + float(1 - bars[0]) ** 0.5 * noise",
    "ve": "x0 + float(1 / bars[0] - 1) ** 0.5 * noise",
}
NUMBERS = {
    ("sampler.marginal", "x0"): "float(z.reshape(-1)[0]) / half",
    ("sampler.marginal", "noise"): "float(z.reshape(-1)[1:].double().norm()) / half",
    ("sampler.x0", "x_0"): "float(predicted.reshape(-1)[0]) / half",
    ("sampler.x0", "noise"): "float(predicted.reshape(-1)[1:].double().norm()) / half",
    ("sampler.noise", "fresh"): "float(z.reshape(-1)[first:].double().norm()) / half",
    ("sampler.noise", "kept"): "float(z.reshape(-1)[1] / before.reshape(-1)[1])",
}


def _walk(making: Making, row: Row) -> str:
    steps, i, what = row.place
    told = dict(row.told_of)
    units = UNITS.format(steps=steps, stages=3)
    prediction = PREDICTIONS[told["predicts"]]
    if making.sampler == "own":
        body = OWN.format(units=units, steps=steps, i=i, prediction=prediction)
    else:
        body = SCHEDULER.format(
            units=units, steps=steps, i=i, prediction=prediction, bars=BARS[told["by_table"]],
            start=STARTS[told["space"]], setting=_arguments(making.setting), stepping=_arguments(making.stepping),
        )  # fmt: skip
    exact = row.exact if row.exact not in ("0", "1") else f"{row.exact}.0"
    return f"{body}got = {NUMBERS[row.check, what]}  # {row.case}\nexact = {exact}\n"


def _arguments(given: Mapping[str, Any]) -> str:
    return "".join(f", {key}={value!r}" for key, value in given.items())
