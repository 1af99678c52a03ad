"""docs/reference/conformance.md from a sweep: by scheduler and check, the faults, and what could not be run."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "conformance.md"
ORDER = ("wrong", "undefined", "weak", "convention", "exact")
ISSUE = "https://github.com/huggingface/diffusers/issues/"
NEWEST = "sampler.order"  # of the checks, which a sweep may not have yet
Reports = Mapping[str, dict[str, Any]]


class Fault(NamedTuple):
    """A fault that is known by hand: what it is, where it shows, its threads, and the second script's name for it."""

    says: str
    schedulers: str
    checks: str
    second: str
    threads: tuple[int, ...] = ()
    where: Callable[[dict[str, Any], dict[str, Any]], bool] = lambda config, row: True


def _of(**settings: Any) -> Callable[[dict[str, Any], dict[str, Any]], bool]:
    return lambda config, row: all(config.get(name) == value for name, value in settings.items())


def _eta(config: dict[str, Any], row: dict[str, Any]) -> bool:
    return "eta" in config and config.get("timestep_spacing") == "leading"


def _placed(config: dict[str, Any], row: dict[str, Any]) -> bool:
    return any(config.get(f"use_{kind}") for kind in ("karras_sigmas", "lu_lambdas", "exponential_sigmas"))


FAULTS = (
    Fault("Few steps cannot be set: below 4 for PNDM, 1 for UnCLIP.", "PNDMScheduler|UnCLIPScheduler", ".*",
          "PNDM, one step", (), lambda config, row: bool(re.match(r"\d steps: (ValueError: operands|ZeroDiv)",
                                                                row["explanation"]))),
    Fault("A setting is refused, but only when a step is taken.", "UnCLIPScheduler", ".*", "", (),
          lambda config, row: "must be one of" in row["explanation"]),
    Fault("With `interpolation_type=log_linear` there are two more sigmas than timesteps: the last step does not reach "
          "the data, and the network is told other timesteps than the sigmas have.", "EulerDiscreteScheduler",
          "sampler.*", "Euler, log_linear", (), _of(interpolation_type="log_linear")),
    Fault("At zero terminal SNR a prediction of eps is divided by alpha = 0.", "DD[PI]M.*|TCD.*|CogVideoX.*",
          "sampler.*|law.gaussian", "DDIM, zero terminal SNR", (3851, 5103),
          lambda config, row: config.get("rescale_betas_zero_snr") is True and row["verdict"] == "undefined"),
    Fault("`eta` is ignored: no noise is drawn.", "CogVideoXDDIMScheduler", "sampler.noise|law.gaussian",
          "CogVideoX DDIM, eta", (), _eta),
    Fault("A step goes to `t - T // steps`, which is not the next of the timesteps, with `linspace`, and with "
          "`trailing` where the number of steps does not divide T.",
          "(CogVideoX)?DDIM(Parallel)?Scheduler|PNDMScheduler", "sampler.*|law.gaussian",
          "DDIM, linspace, 10 steps", (12633, 11347),
          lambda config, row: config.get("timestep_spacing") in ("linspace", "trailing")),
    Fault("With `steps_offset=1` timesteps lie outside the table where all steps are taken.",
          "DDIM.*|PNDM.*", "grid.range", "", (10003,), _of(steps_offset=1)),
    Fault("`add_noise` of a new object, before `set_timesteps`, has the noise of T - 1 - t.",
          "DPMSolver(Multi|Single)step.*|DEIS.*|UniPC.*", "add_noise", "DPM multistep, add_noise when new"),
    Fault("`get_velocity` has the level of T - 1 - t.", "Euler.*", "velocity", "Euler, get_velocity"),
    Fault("With `s_churn` the network is asked before the noise is added.", "Euler.*", "sampler.*",
          "Euler, s_churn", (), lambda config, row: "s_churn" in config),
    Fault("`set_alpha_to_one`, which is on by default, is ignored: the last step leaves the noise of entry 0.",
          "TCDScheduler", "sampler.*", "TCD, the last step"),
    Fault("With v, the predictions of earlier steps are mixed with states that they do not belong to.", "PNDMScheduler",
          "sampler.*", "PNDM, v", (14816,), _of(prediction_type="v_prediction")),
    Fault("A public table takes the logarithm of 0, or a quotient by it.", "KDPM2.*", "tables.finite",
          "KDPM2, sigmas_interpol", (14368,)),
    Fault("The deviation of the noise is the root of a logarithm.", "DDPM.*", "sampler.*|law.gaussian",
          "DDPM, fixed_large_log", (14569,), _of(variance_type="fixed_large_log")),
    Fault("Noise is added on the last step too, where it is not at t = 0.", "DDPM.*", "sampler.*|law.gaussian",
          "DDPM, fixed_large, trailing", (), _of(variance_type="fixed_large", timestep_spacing="trailing")),
    Fault("With `predict_x0=False` the last step takes the logarithm of 0.", "UniPC.*", "sampler.*", "UniPC, eps", (),
          _of(predict_x0=False)),
    Fault("With `solver_type=bh1` the last step is infinity times 0.", "UniPC.*", "sampler.*", "UniPC, bh1", (),
          _of(solver_type="bh1")),
    Fault("With `lower_order_final=False` the last step makes no number.", "UniPC.*|DPMSolver.*|DEIS.*", "sampler.*",
          "UniPC, lower_order_final off", (), _of(lower_order_final=False)),
    Fault("At zero terminal SNR the first sigma is 4096, which is the level of another timestep, and below that of the "
          "next where all steps are taken.", ".*", "grid.sigma", "DPM multistep, zero terminal SNR", (),
          _of(rescale_betas_zero_snr=True)),
    Fault("Timesteps that are computed from sigmas are cut to whole numbers, not rounded, and some repeat.", ".*",
          "grid.falling|grid.sigma", "DPM multistep, karras and cosine", (12771, 10740), _placed),
)  # fmt: skip


def write(reports: Reports) -> None:
    """Write the page."""
    PAGE.write_text("\n".join(_page(reports)), encoding="utf-8")


def _page(reports: Reports) -> Iterator[str]:
    from benchmarks.conformance import STEPS, configurations, schedulers

    exist = sum(1 for name in schedulers() for _ in configurations(name))
    ran = [one for one in reports.values() if "refused" not in one]
    newest = any(row["check"] == NEWEST for _, _, row in _rows(ran))
    newer = "" if newest else f", or, as `{NEWEST}`, they are newer"
    (version,) = {one["version"] for one in ran}
    yield "<!-- Written by `python benchmarks/conformance.py FILE --page`; changes by hand are lost. -->"
    yield "# Schedulers of diffusers, checked\n"
    yield (
        f"`udm check` on diffusers {version}. {share(len(reports), exist, len(ran))} Those "
        f"with settings are run as samplers, in {', '.join(map(str, STEPS[:-1]))} and {STEPS[-1]} steps; those without "
        "in every check. [Is my scheduler right?](../tutorials/check.md) says what the words mean and what is checked. "
        "Checks of a sampler that are not named here were not run: the sampler is of another kind than the kit knows"
        f"{newer}.\n"
    )
    yield "## By scheduler and check\n"
    yield (
        "The worst verdict on any configuration, wrong before undefined, with how many of them are wrong and how many "
        "undefined.\n"
    )
    yield from _table(ran)
    yield "\n## What is wrong or undefined\n"
    yield (
        "Each was seen a second way by a script that uses neither the kit nor udm, `benchmarks/second/faults.py`, "
        "where a name of it is given. Threads are those that are known to us; corrections are welcome.\n"
    )
    yield from _faults(ran)
    yield "\n## What could not be run\n"
    for name, why in sorted({(one["scheduler"], _reason(one)) for one in reports.values() if "refused" in one}):
        yield f"- {name}: {why}"
    yield ""


def share(tried: int, exist: int, made: int) -> str:
    """Return in words how many configurations were tried of how many, and how many of these were refused."""
    some = f"All {exist}" if tried == exist else f"{tried} of {exist}"
    run = f"{made} of them could be made and were run, and {tried - made} were refused"
    return f"{some} configurations of its schedulers were tried; {run}."


def _reason(one: dict[str, Any]) -> str:
    found = one["refused"].partition(": ")[2].replace("\n", " ")
    return re.sub(r"[<>`|]", "", found if len(found) < 160 else f"{found[:157]}...")


def _rows(ran: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    return ((one["scheduler"], one["config"], row) for one in ran for row in one["checks"])


def _table(ran: list[dict[str, Any]]) -> Iterator[str]:
    cells: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, _, row in _rows(ran):
        cells[name, row["check"]].append(row["verdict"])
    for name in sorted({name for name, _ in cells}):
        count = sum(one["scheduler"] == name for one in ran)
        told = [f"{check} {worst(found)}" for (n, check), found in cells.items() if n == name]
        yield f"- **{name}** ({count}): {'; '.join(told)}"


def worst(found: list[str]) -> str:
    """Return the worst of some verdicts, with how many there are of each that is an alarm."""
    verdict, count = next(one for one in ORDER if one in found), Counter(found)
    if verdict not in ORDER[:2]:
        return verdict
    first = f"**{verdict}** ({count[verdict]} of {len(found)})"
    return first + (f", **undefined** ({count['undefined']})" if verdict == "wrong" and count["undefined"] else "")


def _faults(ran: list[dict[str, Any]]) -> Iterator[str]:
    left: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
    shown: dict[int, list[tuple[str, dict[str, Any], dict[str, Any]]]] = defaultdict(list)
    for name, config, row in _rows(ran):
        if row["verdict"] in ORDER[:2]:
            k = next((k for k, fault in enumerate(FAULTS) if _is_of(fault, name, config, row)), None)
            (left if k is None else shown[k]).append((name, config, row))
    for k in sorted(shown):
        yield from _fault(FAULTS[k], shown[k])
    if left:
        yield "\n### Not sorted yet\n"
        yield "Found by the sweep, and not gone through by hand.\n"
        yield from _cases(left)


def _is_of(fault: Fault, name: str, config: dict[str, Any], row: dict[str, Any]) -> bool:
    named = re.fullmatch(fault.schedulers, name) and re.fullmatch(fault.checks, row["check"])
    return bool(named) and fault.where(config, row)


def _fault(fault: Fault, found: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> Iterator[str]:
    threads = ", ".join(f"[#{n}]({ISSUE}{n})" for n in fault.threads)
    yield f"\n### {fault.says}\n"
    yield f"{f'Threads: {threads}. ' if threads else ''}{f'Second script: “{fault.second}”.' if fault.second else ''}\n"
    yield from _cases(found)


def _cases(found: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> Iterator[str]:
    groups: dict[tuple[str, str], list[tuple[dict[str, Any], dict[str, Any]]]] = defaultdict(list)
    for name, config, row in found:
        groups[name, row["check"]].append((config, row))
    for (name, check), some in sorted(groups.items()):
        config, row = min(some, key=lambda one: len(json.dumps(one[0])))
        told = " ".join(f"{key}={value}" for key, value in config.items())
        numbers = f"exact {row['exact'][:14]}, got {row['got'][:14]}" if row["got"] else row["explanation"]
        yield f"- {name}, `{check}`, {len(some)}×; `{told or 'no settings'}`: {row['case']}: {numbers}"
