"""`udm train`, `evaluate`, `sample` and `invariance` as a user meets them: output, exit status, wrong input."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.support.command import document, udm
from udm.cli.invariance import _words
from udm.cli.status import BROKEN, USAGE
from udm.network import LevelNet
from udm.sample.noise import GENERATOR

pytestmark = pytest.mark.xdist_group("cli_model")  # one worker trains it, once

SMALL = ("--channels", "16", "--blocks", "1", "--seed", "3")
TERMS = ("prior", "reconstruction", "diffusion", "total")


def picture(path: str) -> tuple[str | None, tuple[int, int]]:
    with Image.open(path) as image:
        return image.format, image.size


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A small conditional network after 200 steps on the digits."""
    folder = tmp_path_factory.mktemp("runs") / "digits"
    printed = document("train", *SMALL, "--steps", "200", "--conditional", "--samples", "9", "--out", str(folder))
    return folder, printed


def test_train_prints_the_terms_the_baselines_and_writes_samples(run: tuple[Path, dict[str, Any]]) -> None:
    folder, printed = run
    for name in TERMS:
        assert set(printed[name]) == {"value", "standard_error", "unit"} and printed[name]["unit"] == "bits/dim"
    parts = sum(printed[name]["value"] for name in TERMS[:3])
    assert printed["total"]["value"] == pytest.approx(parts, rel=1e-12)
    assert printed["seconds"] >= printed["training_seconds"] > 0
    assert printed["baselines"]["uniform"]["value"] == pytest.approx(4.087, abs=1e-3)
    assert printed["total"]["value"] < 2.45, "what a plain perceptron reaches"
    assert picture(printed["samples"]) == ("PNG", (200, 200)) and Path(printed["samples"]).parent == folder
    assert printed["noise"] == GENERATOR  # without its name, nobody could tell why another version's samples differ


def test_a_finished_run_is_evaluated_again_without_training(run: tuple[Path, dict[str, Any]]) -> None:
    folder, printed = run
    again = document("train", *SMALL, "--steps", "200", "--conditional", "--samples", "0", "--out", str(folder))
    assert again["total"] == printed["total"] and not {"samples", "noise"} & set(again)


def test_evaluate_reads_a_run_or_a_checkpoint_and_names_the_number(run: tuple[Path, dict[str, Any]]) -> None:
    folder, printed = run
    whole = document("evaluate", str(folder), "--repeats", "4")
    assert whole["total"] == printed["total"], "same seed, same numbers"
    assert "upper bound" in whole["meaning"] and whole["seconds"] > 0
    (checkpoint,) = (folder / "checkpoints").iterdir()
    finite = document("evaluate", str(checkpoint), "--T", "4", "--examples", "100")
    assert finite["total"]["value"] > whole["total"]["value"] and finite["examples"] == 100
    flow = document("evaluate", str(folder), "--flow", "--examples", "16", "--repeats", "2")
    assert {"prior", "flow", "dequantisation", "total"} <= set(flow) and "flow" in flow["meaning"]
    assert "probability of levels" in udm("evaluate", str(folder), "--examples", "8", "--repeats", "2").stdout


def test_samples_are_a_function_of_the_seed(run: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    folder, _ = run

    def pixels(*args: str) -> torch.Tensor:
        out = tmp_path / "s.png"
        document("sample", str(folder), "--count", "4", "--steps", "8", "--out", str(out), *args)
        with Image.open(out) as image:
            return torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)

    assert torch.equal(pixels("--seed", "5"), pixels("--seed", "5"))
    assert not torch.equal(pixels("--seed", "5"), pixels("--seed", "6"))
    for sampler in ("ddim", "euler", "heun", "dpm++2m", "corrected"):
        pixels("--sampler", sampler, "--grid", "time")
    assert not torch.equal(pixels("--label", "1"), pixels("--label", "1", "--guidance", "6"))
    assert torch.equal(pixels("--label", "1"), pixels("--label", "1", "--guidance", "1"))


def test_invariance_shows_bounds_that_agree_and_variances_that_do_not(run: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = run
    printed = document("invariance", str(folder), "--repeats", "16", "--examples", "128")
    rows = {row["schedule"]: row for row in printed["schedules"]}
    assert len(rows) >= 4 and {"learned", "linear", "cosine", "beta"} <= set(rows)
    apart = printed["largest_difference"]
    assert apart["value"] <= apart["limit"] and apart["false_alarm"] == 1e-9
    assert "which equal bounds exceed with probability 1e-9 at most)" in next(_words(printed))
    ratios = {name: row["variance"]["ratio"] for name, row in rows.items()}
    assert ratios["learned"] < ratios["linear"] < ratios["beta"]
    assert picture(printed["plot"])[0] == "PNG"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("train", "--loss", "l1", "--out", "OUT"), "expected --loss one of vlb"),
        (("train", "--steps", "0", "--out", "OUT"), "expected --steps at least 1, got 0"),
        (
            ("train", "--parameterization", "v", "--out", "OUT"),
            "expected --parameterization x of the network level, got v",
        ),
        (("train", "--T", "10", "--out", "OUT"), "none for a learned schedule"),
        (("train", "--gamma-min", "7", "--out", "OUT"), "expected --gamma-min below gamma_max"),
        (("train", "--data", "./nothing.npy", "--out", "OUT"), "which does not exist"),
        (("train", "--batch", "10", "--accumulate", "3", "--out", "OUT"), "a multiple of accumulate = 3"),
        (("train", "--channels", "24", "--out", "RUN"), "expected the settings of the run in it"),
        (("train", "--out", "FOREIGN"), "with other things in it"),
        (("evaluate", "law:cauchy"), "law:gaussian"),
        (("evaluate", "RUN", "--schedule", "quartic"), "expected --schedule one of linear"),
        (("evaluate", "RUN", "--part", "dev"), 'expected --part "train", "test" or "all"'),
        (("sample", "RUN", "--sampler", "plms"), "expected --sampler ancestral"),
        (("sample", "RUN", "--label", "12"), "0 <= label < 10"),
        (("sample", "RUN", "--guidance", "3"), "expected a label"),
        (("sample", "RUN", "--count", "0"), "expected --count >= 1"),
        (("sample", "RUN", "--steps", "0"), "udm: expected --steps >= 1, an integer, got 0"),
        (("train", "--schedule", "linear", "--T", "0", "--out", "OUT"), "udm: expected --T at least 1, or none"),
        (("train", "--ema-decay", "2", "--out", "OUT"), "udm: expected --ema-decay in [0, 1), got 2"),
        (("train", "--data", "nofile.npy", "--out", "OUT"), "udm: expected --data an array file, got nofile.npy,"),
        (
            ("train", "--network", "nosuch:Net", "--dense", "32", "--out", "OUT"),
            "--network: expected a module nosuch, got none here",
        ),
        (("evaluate", "RUN", "--repeats", "0"), "expected --repeats >= 1"),
        (("train", *SMALL, "--conditional", "--steps", "300", "--out", "RUN"), "give --decay-steps 200 to go on to"),
        (("sample", "RUN", "--label", "1", "--guidance", "nan"), "expected a finite guidance"),
        (("sample", "RUN", "--eta", "0.5"), "expected --eta with --sampler ddim alone"),
        (("sample", "RUN", "--variance", "beta", "--sampler", "ddim"), "expected --variance with --sampler ancestral"),
        (("sample", "RUN", "--variance", "optimal"), "expected --variance one of beta-tilde, beta"),
        (("evaluate", "RUN", "--flow", "--T", "10"), "expected no --T with --flow"),
        (("evaluate", "RUN", "--shrink", "0.9"), "expected no --shrink"),
        (("evaluate", "RUN", "--levels", "17"), "expected --levels with --data alone, got 17"),
        (("evaluate", "RUN", "--data", "FLAT"), "events [1, 8, 8], 17 levels, as the run's, got [12], 256"),
        (("evaluate", "RUN", "--rate", "--flow"), "expected --rate or --flow, got both"),
        (("evaluate", "RUN", "--stretches", "4"), "expected --stretches with --rate alone, got 4"),
        (("evaluate", "law:grid", "--out", "OUT"), "expected --out with --rate alone"),
        (("evaluate", "RUN", "--gamma-max", "5"), "expected no --gamma-max"),
        (("evaluate", "law:grid", "--data", "digits"), "expected no --data for law:grid"),
        (("evaluate", "law:grid", "--schedule", "learned"), "expected a fixed schedule"),
        (("evaluate", "law:grid", "--variance", "beta"), "expected --T for the steps of variance beta"),
        (("evaluate", "law:grid", "--T", "5", "--variance", "small"), "expected --variance one of beta-tilde, beta"),
        (("evaluate", "law:grid", "--flow", "--variance", "beta"), "expected --variance with the discrete bound"),
        (("train", "--data", "FLAT", "--samples", "4", "--out", "OUT"), "expected --samples 0 for events that are no"),
    ],
)
def test_wrong_input_is_a_usage_error_in_one_line(
    args: tuple[str, ...], message: str, run: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "thesis.tex").write_text("")
    np.save(tmp_path / "flat.npy", np.zeros((20, 12), dtype=np.uint8))
    places = {"FLAT": str(tmp_path / "flat.npy")}
    places |= {"RUN": str(run[0]), "OUT": str(tmp_path / "new"), "FOREIGN": str(tmp_path / "foreign")}
    result = udm(*(places.get(a, a) for a in args))
    assert result.exit_code == 2 and message in result.stderr, result.output
    assert result.stderr.count("\n") == 1 and result.stdout == ""
    assert not (tmp_path / "new" / "checkpoints").exists(), "nothing is begun"


def test_the_rate_of_a_run_rises_as_its_distortion_falls(run: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    short = ("evaluate", str(run[0]), "--rate", "--stretches", "3", "--examples", "50", "--repeats", "4")
    told = document(*short)
    assert [row["t"] for row in told["curve"]] == pytest.approx([1, 2 / 3, 1 / 3, 0])
    rates, misses = ([row[of]["value"] for row in told["curve"]] for of in ("rate", "distortion"))
    assert rates == sorted(rates) and misses == sorted(misses, reverse=True) and rates[-1] < told["total"]["value"]
    assert {row["distortion"]["unit"] for row in told["curve"]} == {"of 255"} and told["total"]["unit"] == "bits/dim"
    bound = document("evaluate", str(run[0]), "--examples", "50", "--repeats", "4")["total"]
    error = told["total"]["standard_error"] + bound["standard_error"]
    assert abs(told["total"]["value"] - bound["value"]) < 85 * error  # Student's t of 3 and 3 at 1e-5, errors added
    assert picture(told["plot"])[0] == "PNG" and Path(told["plot"]) == run[0] / "rate.png"
    shown = udm(*short, "--out", str(tmp_path / "curve"))
    assert "distortion, of 255" in shown.stdout and "plot: " in shown.stdout and shown.exit_code == 0
    assert picture(str(tmp_path / "curve"))[0] == "PNG"


def test_the_rate_of_a_law_is_drawn_only_where_a_place_is_named(tmp_path: Path) -> None:
    few = ("evaluate", "law:gaussian", "--rate", "--stretches", "2", "--examples", "3000", "--repeats", "1")
    told = document(*few)
    assert "plot" not in told and told["curve"][0]["distortion"]["unit"] == "of the data"
    assert document(*few, "--out", str(tmp_path / "law.png"))["plot"] == str(tmp_path / "law.png")


def test_the_variance_of_the_steps_is_a_choice(run: tuple[Path, dict[str, Any]]) -> None:
    short = ("evaluate", str(run[0]), "--T", "4", "--examples", "8", "--repeats", "2")
    plain, tilde, beta, best = (
        document(*short, *args) for args in ((), *(("--variance", v) for v in ("beta-tilde", "beta", "optimal")))
    )
    assert (
        plain["total"] == tilde["total"] != beta["total"] and best["diffusion"]["value"] < plain["diffusion"]["value"]
    )
    shown = document("sample", str(run[0]), "--count", "1", "--steps", "2", "--variance", "beta")
    assert shown["variance"] == "beta"


def test_the_learned_schedule_of_a_run_is_its_own(run: tuple[Path, dict[str, Any]]) -> None:
    own, named = (
        document("evaluate", str(run[0]), "--examples", "8", *args) for args in ((), ("--schedule", "learned"))
    )
    assert own["total"] == named["total"]


def test_more_samples_than_fit_are_drawn_in_batches(
    run: tuple[Path, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    forward = LevelNet.forward

    def counted(net: LevelNet, z: torch.Tensor, *args: torch.Tensor) -> torch.Tensor:
        asked.append(len(z))
        return forward(net, z, *args)

    monkeypatch.setattr(LevelNet, "forward", counted)
    document("sample", str(run[0]), "--count", "300", "--steps", "1", "--out", str(tmp_path / "s.png"))
    assert max(asked) == 256 and sum(asked) == 2 * 300


def test_samples_that_are_not_finite_are_not_drawn(
    run: tuple[Path, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LevelNet, "forward", lambda _, z, *__: z * torch.nan)
    result = udm("sample", str(run[0]), "--count", "1", "--steps", "1", "--out", str(tmp_path / "s.png"))
    assert result.exit_code == BROKEN and "expected finite samples" in result.stderr and not list(tmp_path.iterdir())


def test_names_are_printed_as_they_are(run: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    place = tmp_path / "[b]" / "s[" / "b].png"  # rich would take [/b] for the end of a style
    result = udm("sample", str(run[0]), "--count", "1", "--steps", "1", "--out", str(place))
    assert result.exit_code == 0 and str(place) in result.stdout, result.output
    args = ("--steps", "1", "--batch", "4", "--channels", "8", "--blocks", "1", "--samples", "1")
    result = udm("train", *args, "--out", str(tmp_path / "c[" / "i]"))
    assert result.exit_code == 0 and f"{tmp_path}/c[/i]: 1 steps" in result.stdout, result.output


def test_a_result_that_is_not_finite_fails_in_one_line() -> None:
    for extra in ((), ("--json",)):
        result = udm("evaluate", "law:grid", "--examples", "2000", "--repeats", "2", "--shrink", "nan", *extra)
        assert result.exit_code == BROKEN and result.stderr.count("\n") == 1
        assert (json.loads(result.stdout)["status"] == BROKEN) if extra else result.stdout == ""
        assert "expected finite terms, got diffusion = nan" in result.stderr


@pytest.mark.parametrize("command", ["sample", "invariance"])
def test_a_path_that_cannot_be_written_fails_in_one_line(
    command: str, run: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    short = ("--count", "2", "--steps", "1") if command == "sample" else ("--repeats", "16", "--examples", "2")
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.png").mkdir()
    taken = [tmp_path / "folder.png"] if command == "invariance" else []  # to which samples go one by one
    for place in (*taken, tmp_path / "file" / "s.png"):
        result = udm(command, str(run[0]), *short, "--out", str(place))
        assert result.exit_code == BROKEN and result.stderr.count("\n") == 1, result.output


@pytest.mark.parametrize("command", ["evaluate", "sample", "invariance"])
def test_a_folder_without_a_run_fails_and_a_torn_checkpoint_offers_the_previous_one(
    command: str, run: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    missing = udm(command, str(tmp_path))
    assert missing.exit_code == USAGE and "expected a run or a checkpoint" in missing.stderr
