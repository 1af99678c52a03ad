"""Where exports and samples may be written: nothing hides the checkpoints of a run, or is mixed with other things."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command import document, udm
from tests.support.tiny import DIGITS, config
from udm.cli import invariance
from udm.cli.status import USAGE
from udm.train import Trained, export, fit, load

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    fit(config(steps=2, decay_steps=4), tmp_path / "run", data=DIGITS())
    return tmp_path / "run"


def _go_on(run: Path) -> Trained:
    fit(config(steps=4, decay_steps=4), run, data=DIGITS())
    return load(run)


def _checkpoint(run: Path) -> Path:
    return sorted((run / "checkpoints").iterdir())[-1]


def _documents(run: Path) -> Path:
    (run.parent / "thesis").mkdir()
    (run.parent / "thesis" / "README.md").write_text("mine")
    return run.parent / "thesis"


def _others_weights(run: Path) -> Path:
    place = run.parent / "others"
    place.mkdir()
    shutil.copy(_checkpoint(run) / "model.safetensors", place)
    return place


def _file(run: Path) -> Path:
    (run.parent / "file").write_text("mine")
    return run.parent / "file"


@pytest.mark.parametrize(
    "place", [lambda run: run, _checkpoint, lambda run: run / "checkpoints", _documents, _others_weights, _file]
)
def test_no_export_is_written_among_other_things(place: Callable[[Path], Path], run: Path) -> None:
    folder = place(run)
    before = sorted(p for p in run.parent.rglob("*") if p.name != ".lock")
    with pytest.raises(ValueError, match=r"udm.train.export: expected a new folder, or one of an earlier export, got"):
        export(load(run), folder)
    refused = udm("export", str(run), "--out", str(folder), "--examples", "0")
    assert refused.exit_code == USAGE and "export: expected a new folder" in refused.stderr, refused.output
    assert sorted(p for p in run.parent.rglob("*") if p.name != ".lock") == before
    assert _go_on(run).step == 4


def test_an_export_may_replace_an_earlier_one(run: Path) -> None:
    for place in (run / "export", run.parent / "empty"):
        place.mkdir()
        (place / ".gitattributes").write_text("")  # as a folder of the hub has
    assert load(export(load(run), run / "export")).step == load(export(load(run), run.parent / "empty")).step == 2
    (run / "export" / "samples.png").write_bytes(b"")  # of `udm sample run/export`
    assert load(export(_go_on(run), run / "export")).step == 4 == load(run).step


def test_weights_beside_the_checkpoints_of_a_run_do_not_hide_them(run: Path) -> None:
    made = export(load(run), run.parent / "made")
    for place in (run, _checkpoint(run)):
        for file in made.iterdir():
            if not (place / file.name).exists():
                shutil.copy(file, place)
    assert load(_checkpoint(run), weights="live").step == 2, "a checkpoint has both kinds of weights"
    trained = _go_on(run)
    assert trained.step == 4 and trained.source.name == "00000004"
    shutil.rmtree(run / "checkpoints")
    assert load(run).step == 2, "without checkpoints, it is the export that is there"


def test_single_pictures_are_not_mixed_with_others(run: Path, tmp_path: Path) -> None:
    few = ("sample", str(run), "--count", "2", "--steps", "2")
    pictures = tmp_path / "pictures"
    assert document(*few, "--out", str(pictures))["count"] == 2
    for place in (pictures, run, run / "checkpoints"):
        refused = udm(*few, "--out", str(place))
        assert refused.exit_code == USAGE and "expected a new or empty folder for single pictures" in refused.stderr
    assert len(list(pictures.iterdir())) == 2


def test_samples_that_replace_others_unasked_say_so(run: Path) -> None:
    few = ("sample", str(run), "--count", "1", "--steps", "2")
    assert "replaced" not in udm(*few).stderr
    assert f"replaced the samples that were in {run / 'samples.png'}; --out names another place" in udm(*few).stderr
    assert "replaced" not in udm(*few, "--out", str(run / "samples.png")).stderr


def test_what_is_made_of_a_checkpoint_is_kept_when_that_is_dropped(run: Path) -> None:
    """Its name has the step, so that those of other checkpoints, and of the run, stay as they are."""
    checkpoint = _checkpoint(run)
    before = sorted(checkpoint.iterdir())
    made = document("export", str(checkpoint), "--examples", "0")["export"]
    drawn = document("sample", str(checkpoint), "--count", "1", "--steps", "2")["samples"]
    assert [Path(made), Path(drawn)] == [run / "export-00000002", run / "samples-00000002.png"]
    assert sorted(checkpoint.iterdir()) == before
    shutil.rmtree(checkpoint)
    assert load(Path(made)).step == 2 and Path(drawn).stat().st_size > 0


@pytest.mark.parametrize("given", [False, True])
def test_a_plot_that_is_replaced_is_said_unless_its_name_was_given(
    given: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plot itself is not drawn here: what is looked at is the words about its place."""
    said: list[str] = []
    monkeypatch.setattr(invariance, "note", said.append)
    monkeypatch.setattr(invariance, "plot", lambda rows, schedules, path: path.write_bytes(b"new"))
    for earlier in (False, True):
        path = invariance._drawn([], {}, tmp_path, tmp_path / "invariance.png" if given else None)
        assert path.read_bytes() == b"new"
        assert said == ([f"replaced the plot that was in {path}; --out names another place"] if earlier > given else [])
