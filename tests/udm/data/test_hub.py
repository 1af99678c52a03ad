"""Datasets of the hub, written and read by its own library, keep every level; anything else is refused."""

import io
import sys
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest
from datasets import Array3D, ClassLabel, Dataset, DatasetDict, Features, Image, Value
from PIL import Image as Pillow

from udm.data import Part, load
from udm.data.hub import Hub
from udm.train import Config
from udm.train.run import Run

CIFAR = Features({"img": Image(), "label": ClassLabel(names=["cat", "dog", "ship"])})


def pictures(n: int, mode: str = "RGB", seed: int = 0) -> list[Pillow.Image]:
    pixels = np.random.default_rng(seed).integers(0, 256, (n, 4, 5, 3)).astype(np.uint8)
    return [Pillow.fromarray(p).convert(mode) for p in pixels]


def labelled(n: int, seed: int = 0) -> Dataset:
    return Dataset.from_dict({"img": pictures(n, seed=seed), "label": [i % 2 for i in range(n)]}, features=CIFAR)


def kept(tmp_path: Path, found: Any) -> str:
    """Save a dataset to a folder, as a machine without a network has it."""
    datasets.disable_progress_bars()
    found.save_to_disk(str(tmp_path / "kept"))
    return str(tmp_path / "kept")


def images(*given: Any) -> Dataset:
    return Dataset.from_dict({"image": list(given)}, features=Features({"image": Image()}))


def test_a_dataset_keeps_its_own_parts_and_every_level(tmp_path: Path) -> None:
    where = kept(tmp_path, DatasetDict(train=labelled(6), test=labelled(4, seed=1)))
    train, test = load(where), load(where, "test")
    assert (len(train), len(test), train.shape, train.K) == (6, 4, (3, 4, 5), 256)
    assert train.labels == test.labels == 3  # the declared classes, although no row is a ship
    index, classes = test.read([3, 0])
    want = [np.asarray(pictures(4, seed=1)[i]) for i in (3, 0)]
    assert np.array_equal(index.movedim(1, 3).numpy(), np.stack(want)) and classes.tolist() == [1, 0]
    assert len(load(where, "all")) == 10


def test_cifar10_is_asked_for_by_its_name_on_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def given(name: str) -> DatasetDict:
        asked.append(name)
        return DatasetDict(train=labelled(6), test=labelled(4))

    monkeypatch.setattr(datasets, "load_dataset", given)
    assert (len(load("cifar10")), len(load("cifar10", "test"))) == (6, 4)
    assert load("cifar10", "test").name == "cifar10:test"
    assert asked == ["uoft-cs/cifar10"] * 3


def test_a_dataset_with_one_part_of_its_own_never_holds_out_what_it_trains_on(tmp_path: Path) -> None:
    where = kept(tmp_path, DatasetDict(test=labelled(6), validation=labelled(4, seed=1)))
    train, test = load(where), load(where, "test")
    assert isinstance(train, Part) and isinstance(test, Part)
    assert sorted(train.rows + test.rows) == list(range(10))


@pytest.mark.parametrize("name", ["validation", "valid", "val"])
def test_a_validation_part_is_held_out_if_there_is_no_test_part(name: str, tmp_path: Path) -> None:
    where = kept(tmp_path, DatasetDict({"train": labelled(6), name: labelled(4, seed=1)}))
    train, test = load(where), load(where, "test")
    assert (len(train), len(test), test.name) == (6, 4, f"{where}:{name}")
    assert test.read([0])[0].equal(Hub("own", labelled(4, seed=1)).read([0])[0])


def test_a_dataset_without_parts_is_divided(tmp_path: Path) -> None:
    where = kept(tmp_path, labelled(10))
    assert (len(load(where)), len(load(where, "test"))) == (8, 2)


@pytest.mark.parametrize("mode", ["P", "L", "1"])
def test_palette_images_become_colours_and_grey_stays_grey(mode: str, tmp_path: Path) -> None:
    given = pictures(2, mode)
    index, _ = load(kept(tmp_path, images(*given)), "all").read([0, 1])
    want = [np.asarray(p.convert("RGB" if mode == "P" else "L")).reshape(4, 5, -1) for p in given]
    assert np.array_equal(index.movedim(1, 3).numpy(), np.stack(want))


@pytest.mark.parametrize("mode", ["RGBA", "CMYK", "I;16", "LA"])
def test_an_image_mode_that_would_lose_levels_is_refused(mode: str, tmp_path: Path) -> None:
    where = kept(
        tmp_path, images(*pictures(1), *(p.convert(mode) for p in pictures(1, "L" if mode != "CMYK" else "RGB")))
    )
    with pytest.raises(ValueError, match=rf"row 1 of .*kept: expected 8 bits, opaque, RGB as row 0 of .*, got {mode}"):
        load(where, "all").read([0, 1])


def test_images_of_two_sizes_are_refused(tmp_path: Path) -> None:
    where = kept(tmp_path, images(Pillow.new("RGB", (5, 4)), Pillow.new("RGB", (4, 4))))
    with pytest.raises(ValueError, match=r"row 1 of .*: expected \(4, 5\) pixels, as row 0 of .*, got \(4, 4\)"):
        load(where, "all").read([0, 1])


def test_a_truncated_image_and_a_missing_one_are_named(tmp_path: Path) -> None:
    stream = io.BytesIO()
    Pillow.fromarray(np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)).save(stream, "PNG")
    whole = stream.getvalue()
    rows = [{"bytes": whole, "path": None}, {"bytes": whole[:2000], "path": None}, None]
    data = load(kept(tmp_path, images(*rows)), "all")
    assert data.read([0])[0].shape == (1, 3, 40, 50)
    with pytest.raises(ValueError, match=r"row 1 of .*: expected a whole image: image file is truncated"):
        data.read([0, 1])
    with pytest.raises(ValueError, match=r"row 2 of .*: expected an image, got none"):
        data.read([0, 2])


@pytest.mark.parametrize(("kind", "label"), [("int64", [-1, -1]), ("int64", [None, 1]), ("string", ["cat", "dog"])])
def test_a_part_with_unlabelled_rows_has_no_classes(kind: str, label: list[Any], tmp_path: Path) -> None:
    """The hub has such parts: one can train on them, though not conditionally."""
    typed = Features({"image": Image(), "label": Value(kind)})
    data = load(kept(tmp_path, Dataset.from_dict({"image": pictures(2), "label": label}, features=typed)), "all")
    assert data.labels == 0 and data.read([1, 0])[1].tolist() == [0, 0]
    with pytest.raises(ValueError, match="expected data with classes for a conditional network"):
        Run(Config(conditional=True, network="unet"), data)


def test_a_single_column_of_classes_gives_the_labels(tmp_path: Path) -> None:
    features = Features({"picture": Image(), "kind": ClassLabel(names=["a", "b"])})
    data = load(kept(tmp_path, Dataset.from_dict({"picture": pictures(2), "kind": [1, 0]}, features=features)), "all")
    assert data.labels == 2 and data.read([0, 1])[1].tolist() == [1, 0]


def test_rows_that_are_not_images_are_refused(tmp_path: Path) -> None:
    words = Dataset.from_dict({"text": ["a"], "label": [0]})
    with pytest.raises(ValueError, match=r"expected one column of images, .* got none among .* text, label"):
        load(kept(tmp_path / "words", words), "all")
    arrays = Dataset.from_dict(
        {"image": np.zeros((1, 4, 5, 3), np.uint8)}, features=Features({"image": Array3D((4, 5, 3), "uint8")})
    )
    with pytest.raises(ValueError, match="got none among the columns image"):
        load(kept(tmp_path / "arrays", arrays), "all")
    two = Dataset.from_dict({"a": pictures(1), "b": pictures(1)}, features=Features({"a": Image(), "b": Image()}))
    with pytest.raises(ValueError, match="got a, b among the columns a, b"):
        load(kept(tmp_path / "two", two), "all")
    with pytest.raises(ValueError, match="expected at least one row, got none"):
        Hub("none", images())


def test_an_unreachable_dataset_is_refused_with_advice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def unreachable(name: str) -> None:
        raise ConnectionError(f"Couldn't reach {name!r} on the Hub")

    monkeypatch.setattr(datasets, "load_dataset", unreachable)
    with pytest.raises(
        ValueError,
        match=r"written by save_to_disk.*no network.*no file .*: ConnectionError: Couldn't reach 'uoft-cs",
    ):
        load("cifar10")
    where = Path(kept(tmp_path, labelled(4)))
    next(where.glob("*.arrow")).write_bytes(b"no arrow")
    with pytest.raises(ValueError, match=r"expected a dataset of the hub .*kept"):
        load(str(where))


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match=r"pip install '\.\[data\]' in a clone"):
        load("cifar10")
