"""Names of arrays in a .npz: those that other libraries save, their classes, and parts that are kept as they are."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from udm.data import Part, load

RANDOM = np.random.default_rng(0)
X, X_2 = (RANDOM.integers(0, 256, (n, 6, 5), dtype=np.uint8) for n in (10, 4))
Y, Y_2 = np.arange(10) % 3, np.array([0, 1, 0, 4])
STYLES = {
    "Keras": ("x_train", "y_train", "x_test", "y_test"),
    "capital": ("X_train", "y_train", "X_test", "y_test"),
    "two capitals": ("X_train", "Y_train", "X_test", "Y_test"),
    "words": ("train_images", "train_labels", "test_images", "test_labels"),
    "MedMNIST": ("train_images", "train_labels", "val_images", "val_labels"),
    "short": ("train_x", "train_y", "test_x", "test_y"),
    "validation": ("x_train", "y_train", "x_val", "y_val"),
}


def saved(path: Path, **arrays: Any) -> str:
    np.savez(path, **arrays)
    return str(path)


@pytest.mark.parametrize("style", STYLES)
def test_parts_are_kept_with_their_classes(style: str, tmp_path: Path) -> None:
    file = saved(tmp_path / "a.npz", **dict(zip(STYLES[style], (X, Y, X_2, Y_2), strict=True)))
    train, test, whole = (load(file, part) for part in ("train", "test", "all"))
    assert (len(train), len(test), len(whole)) == (10, 4, 14)
    assert np.array_equal(train.read(range(10))[0][:, 0].numpy(), X)
    assert np.array_equal(test.read(range(4))[0][:, 0].numpy(), X_2)
    assert test.read(range(4))[1].tolist() == Y_2.tolist() and train.read(range(10))[1].tolist() == Y.tolist()
    assert train.labels == test.labels == whole.labels == 5  # the class 4 is in the test part alone
    assert train.name == f"{file}:train" and isinstance(train, Part)


def test_classes_of_one_column_are_those_of_keras(tmp_path: Path) -> None:
    file = saved(tmp_path / "a.npz", x_train=X, y_train=Y[:, None], x_test=X_2, y_test=Y_2[:, None])
    assert load(file, "test").read(range(4))[1].tolist() == Y_2.tolist()


@pytest.mark.parametrize("name", ["x_train", "train_images"])
def test_a_train_part_alone_is_divided_at_random(name: str, tmp_path: Path) -> None:
    file = saved(tmp_path / "a.npz", **{name: X})
    train, test = load(file, "train"), load(file, "test")
    assert (len(train), len(test)) == (8, 2) and load(file, "all").labels == 0


def test_positional_arrays_are_events_and_classes(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", X, Y)
    assert load(tmp_path / "a.npz", "all").read([7])[1].tolist() == [Y[7]]
    np.savez(tmp_path / "b.npz", X, X_2)  # the twin: no classes, as it has no integer for each event
    assert load(tmp_path / "b.npz", "all").labels == 0 and len(load(tmp_path / "b.npz", "all")) == 10


def test_an_array_of_all_events_goes_before_parts(tmp_path: Path) -> None:
    file = saved(tmp_path / "a.npz", x=X, x_train=X_2, x_test=X_2)
    assert len(load(file, "all")) == 10


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no name that is known": ({"pixels": X}, "named one of x, images, latents, data, arr_0, or x_train .*got pixels"),
    "labels alone": ({"y_train": Y}, "expected an array named .*got y_train"),
    "two shapes": ({"x_train": X, "x_test": X_2[:, :5]}, "two parts of one shape.*x_test"),
    "classes of one part": ({"x_train": X, "y_train": Y, "x_test": X_2}, "both with classes or neither.*no classes"),
    "too few classes": ({"x_train": X, "y_train": Y[:3], "x_test": X_2, "y_test": Y_2}, r"labels .*\(14,\), got"),
    "floats": ({"x_train": X / 255, "x_test": X_2}, "x_train: expected integer levels, got float64"),
    "floats in the test part": ({"x_train": X, "x_test": X_2 / 255}, "x_test: expected integer levels"),
    "wide": ({"x_train": X.astype(int), "x_test": X_2}, "x_train: expected the number of levels for int64"),
    "classes that are no integers": (
        {"x_train": X, "y_train": Y / 2, "x_test": X_2, "y_test": Y_2}, "expected integer labels, got float64",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("part", ["train", "test", "all"])
def test_what_is_no_data_is_refused_whatever_the_part(case: str, part: str, tmp_path: Path) -> None:
    arrays, message = REFUSED[case]
    file = saved(tmp_path / "a.npz", **arrays)
    with pytest.raises(ValueError, match=message) as error:
        load(file, part)
    assert str(error.value).startswith(str(tmp_path)) and "\n" not in str(error.value)
