"""Data are read as exact integer levels; data whose levels would be lost, or are absent, are refused by name."""

import bz2
import lzma
import math
import os
import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits

from udm.data import Array, Part, baseline, disk, load, split, values
from udm.data.baseline import baselines
from udm.data.levels import some
from udm.data.picture import write_png


def test_the_digits_are_scikit_learns() -> None:
    train, test, whole = (load("digits", part) for part in ("train", "test", "all"))
    pixels, classes = load_digits(return_X_y=True)
    index, labels = whole.read(range(1797))
    assert index.dtype == torch.uint8 and np.array_equal(index.reshape(1797, 64).numpy(), pixels)
    assert np.array_equal(labels.numpy(), classes) and (whole.K, whole.labels, whole.shape) == (17, 10, (1, 8, 8))
    assert (len(train), len(test)) == (1438, 359)
    assert isinstance(train, Part) and isinstance(test, Part)
    assert sorted(train.rows + test.rows) == list(range(1797))  # nothing held out is trained on
    assert torch.equal(train.read([5])[0][0], index[train.rows[5]])
    assert load("digits", "test").read([0])[0].equal(test.read([0])[0])


def test_each_level_is_the_middle_of_its_bin() -> None:
    for K in (2, 17, 256):
        exact = [(2 * k + 1) / K - 1 for k in range(K)]
        assert torch.allclose(values(K, torch.float64), torch.tensor(exact, dtype=torch.float64), rtol=0, atol=2**-53)
        edges = torch.linspace(-1, 1, K + 1, dtype=torch.float64)
        assert torch.allclose(values(K, torch.float64), (edges[1:] + edges[:-1]) / 2, rtol=0, atol=2**-52)
    with pytest.raises(ValueError, match="K >= 2"):
        values(1)


def saved(path: Path, **arrays: Any) -> str:
    if path.suffix == ".npy":
        np.save(path, arrays["x"], allow_pickle=True)
    else:
        np.savez(path, **arrays)
    return str(path)


GREY = np.arange(10 * 6 * 5).reshape(10, 6, 5)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, ">u2", np.int32, ">i4", np.uint32, np.int64])
def test_arrays_of_every_integer_keep_their_levels(dtype: Any, tmp_path: Path) -> None:
    x = (GREY % 100).astype(dtype)
    data = load(saved(tmp_path / "x.npy", x=x), "all", levels=100)
    index, classes = data.read(range(10))
    assert data.shape == (1, 6, 5) and np.array_equal(index[:, 0].numpy(), GREY % 100) and not classes.any()


def test_shapes_become_channels_first(tmp_path: Path) -> None:
    for shape, to in (((7, 9), (9,)), ((7, 6, 5), (1, 6, 5)), ((7, 3, 6, 5), (3, 6, 5)), ((7, 6, 5, 3), (3, 6, 5))):
        x = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
        data = load(saved(tmp_path / f"{len(to)}{shape[1]}.npy", x=x), "all")
        assert data.shape == to and data.K == 256
        assert data.read([4])[0].sum() == int(x[4].sum(dtype=int))
    last = load(saved(tmp_path / "last.npy", x=x), "all").read([2])[0][0]
    assert np.array_equal(last.movedim(0, 2).numpy(), x[2])


def test_labels_are_read_with_the_data(tmp_path: Path) -> None:
    data = load(saved(tmp_path / "a.npz", images=GREY.astype(np.uint8), labels=np.arange(10) % 4), "all")
    assert data.labels == 4 and data.read([6])[1].tolist() == [2]
    assert load(str(tmp_path / "a.npz"), "test").read([0])[1].shape == (1,)


class Evil:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def bad_array(name: str, folder: Path) -> tuple[str, dict[str, Any]]:
    file, grey = folder / "bad.npy", GREY.astype(np.uint8)
    evil = np.array([Evil(folder / "mark")], dtype=object)
    if name == "a pickle":
        file.write_bytes(pickle.dumps(Evil(folder / "mark")))
    elif name == "torn":
        saved(file, x=grey)
        file.write_bytes(file.read_bytes()[:-9])
    elif name == "torn npz":
        saved(file.with_suffix(".npz"), x=grey)
        file = file.with_suffix(".npz")
        file.write_bytes(file.read_bytes()[:-40])
    elif name == "a bit of an npz":
        saved(file.with_suffix(".npz"), x=grey)
        file = file.with_suffix(".npz")
        data = bytearray(file.read_bytes())
        data[300] ^= 1
        file.write_bytes(data)
    elif name == "objects in an npz":
        file = Path(saved(file.with_suffix(".npz"), x=evil))
    else:
        x: dict[str, Any] = {
            "objects": evil,
            "floats": grey / 255,
            "ambiguous": np.zeros((9, 3, 6, 3), np.uint8),
            "neither": np.zeros((9, 5, 6, 7), np.uint8),
            "scalar": np.uint8(3),
            "none": grey[:0],
            "no coordinates": np.zeros((20, 8, 0), np.uint8),
            "not 8-bit": GREY,
        }
        npz = {
            "no such name": {"pixels": grey},
            "labels that do not fit": {"x": grey, "y": np.zeros(3, int)},
            "labels that are no integers": {"x": grey, "y": np.zeros(10)},
            "negative labels": {"x": grey, "y": np.full(10, -1)},
        }
        if name in npz:
            return saved(file.with_suffix(".npz"), **npz[name]), {}
        levels = {"too few levels": 17, "one level": 1, "no level": 0}.get(name)
        return saved(file, x=x.get(name, grey)), {"levels": levels}
    return str(file), {}


REFUSED = {
    "a pickle": "without pickled objects",
    "objects": "without pickled objects",
    "objects in an npz": "without pickled objects",
    "torn": "whole",
    "torn npz": "whole",
    "a bit of an npz": "whole",
    "floats": "expected integer levels, got float64",
    "not 8-bit": "expected the number of levels for int64: give --levels K",
    "too few levels": r"expected levels in \[0, 17\), got 0 .. 29 in event 0",
    "one level": "K >= 2",
    "no level": "K >= 2 levels, got 0",
    "ambiguous": r"\(N, C, H, W\) or \(N, H, W, C\) with .* got \(9, 3, 6, 3\), which can be read both ways",
    "neither": r"got \(9, 5, 6, 7\)",
    "scalar": r"got \(1,\)",
    "none": r"no axis of length 0, got \(0, 1, 6, 5\)",
    "no coordinates": r"no axis of length 0, got \(20, 1, 8, 0\)",
    "no such name": "array named one of x, images, latents, data, arr_0, or x_train or train_images, got pixels",
    "labels that do not fit": r"labels >= 0 of shape \(10,\), got \(3,\)",
    "labels that are no integers": "expected integer labels, got float64",
    "negative labels": "labels >= 0, got -1 at 0",
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_array_that_is_not_levels_is_refused(name: str, tmp_path: Path) -> None:
    source, options = bad_array(name, tmp_path)
    with pytest.raises(ValueError, match=REFUSED[name]) as refused:
        load(source, "all", **options)
    assert source in str(refused.value) or name == "one level"
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize(
    ("index", "labels", "message"),
    [
        (torch.zeros(3, 2, dtype=torch.bool), None, r"integer levels .*got \(3, 2\), torch\.bool"),
        (torch.zeros(3, 0, dtype=torch.uint8), None, r"no axis of length 0, got \(3, 0\)"),
        (torch.zeros(3, 2, dtype=torch.uint8), torch.tensor([0.5, 1, 2]), r"integer labels .*torch\.float32"),
        (torch.zeros(3, 2, dtype=torch.uint8), torch.tensor([True, False, True]), "integer labels"),
        (torch.zeros(3, 2, dtype=torch.uint8), torch.tensor([0, -2, 1]), "labels >= 0, got -2 at 1"),
    ],
)
def test_tensors_that_are_not_levels_or_labels_are_refused(
    index: torch.Tensor, labels: torch.Tensor | None, message: str
) -> None:
    with pytest.raises(ValueError, match=f"^mine: expected .*{message}"):
        Array("mine", index, 17, labels)


def test_missing_data_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    for source, message in (
        (str(tmp_path / "no.npy"), "which does not exist"),
        ("./no/such/folder", "which does not exist"),
        ("C:\\Users\\me\\images", "which does not exist"),
        (str(tmp_path / "a.txt"), r"expected source a \.npy or \.npz file or a folder, got the file"),
        (str(tmp_path), "expected a folder with images"),
    ):
        with pytest.raises(ValueError, match=message):
            load(source)
    with pytest.raises(ValueError, match="no number of levels for digits, which has 17, got 16"):
        load("digits", levels=16)
    with pytest.raises(ValueError, match='part "train", "test" or "all", got \'val\''):
        load("digits", "val")
    with pytest.raises(ValueError, match="both parts of one to hold an event"):
        split(Array("one", torch.zeros(1, 1, dtype=torch.uint8), 2))


def picture(file: Path, mode: str = "RGB", size: tuple[int, int] = (5, 4), seed: int = 0) -> np.ndarray:
    """Write a picture of noise and return its pixels."""
    shape = (size[1], size[0]) if mode in ("L", "I;16") else (size[1], size[0], len(mode))
    high = 2**16 if mode == "I;16" else 256
    pixels = np.random.default_rng(seed).integers(0, high, shape).astype(np.uint16 if high > 256 else np.uint8)
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(file)
    return pixels


def test_a_folder_of_images_keeps_every_level(tmp_path: Path) -> None:
    want = [picture(tmp_path / f"{kind}/{i}.png", seed=i) for i, kind in enumerate(("cat", "cat", "dog"))]
    data = load(str(tmp_path), "all")
    index, classes = data.read(range(3))
    assert (data.shape, data.K, data.labels, len(data)) == ((3, 4, 5), 256, 2, 3) and classes.tolist() == [0, 0, 1]
    assert all(np.array_equal(i.movedim(0, 2).numpy(), w) for i, w in zip(index, want, strict=True))


@pytest.mark.parametrize(
    ("first", "held_out"),
    [("train", "test"), ("train", "validation"), ("train", "valid"), ("train", "val"), ("Train", "TEST")],
)
def test_folders_named_train_and_test_stay_apart(first: str, held_out: str, tmp_path: Path) -> None:
    for i, place in enumerate((f"{first}/cat/a", f"{first}/dog/b", f"{first}/cat/c", f"{held_out}/dog/d")):
        picture(tmp_path / f"{place}.png", seed=i)
    train, test, whole = (load(str(tmp_path), part) for part in ("train", "test", "all"))
    assert (len(train), len(test), len(whole)) == (3, 1, 4) and train.name == f"{tmp_path}:train"
    assert [data.read(range(len(data)))[1].tolist() for data in (train, test)] == [[0, 0, 1], [1]]
    assert train.labels == test.labels == whole.labels == 2
    picture(tmp_path / "bird/e.png")
    with pytest.raises(ValueError, match=rf"bird/e\.png: expected images only under the parts .*{first}"):
        load(str(tmp_path))


def test_a_part_that_is_spelled_in_two_ways_is_no_class(tmp_path: Path) -> None:
    for i, place in enumerate(("train/a", "Train/b", "test/c")):
        picture(tmp_path / f"{place}.png", seed=i)
    with pytest.raises(ValueError, match=r"Train/b\.png: expected images only under the parts test and train"):
        load(str(tmp_path))


def test_a_pipe_that_is_named_as_an_image_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", seed=0)
    os.mkfifo(tmp_path / "b.png")
    with pytest.raises(ValueError, match=r"b\.png: expected an image, got a pipe"):
        load(str(tmp_path))


def test_a_folder_named_train_alone_is_a_class(tmp_path: Path) -> None:
    for i, place in enumerate(("car/a", "train/b", "plane/c")):
        picture(tmp_path / f"{place}.png", seed=i)
    assert load(str(tmp_path), "all").labels == 3 and len(load(str(tmp_path))) == 2


def test_grey_images_have_one_channel(tmp_path: Path) -> None:
    want = picture(tmp_path / "a.png", "L")
    picture(tmp_path / "b.PNG", "L", seed=1)
    data = load(str(tmp_path), "all")
    assert data.shape == (1, 4, 5) and data.labels == 0 and len(data) == 2
    assert np.array_equal(data.read([0])[0][0, 0].numpy(), want)


def test_a_transparent_colour_is_refused(tmp_path: Path) -> None:
    """The mode of a palette or grey image does not say that it has transparency."""
    for mode in ("P", "L"):
        picture(tmp_path / mode / "a.png")
        Image.new(mode, (5, 4)).save(tmp_path / mode / "b.png", transparency=0)
        with pytest.raises(ValueError, match=rf"b\.png: expected 8 bits, opaque, RGB .*, got transparent {mode}"):
            load(str(tmp_path / mode), "all").read([1])


def test_a_grey_image_among_colour_images_gets_three_channels(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    want = picture(tmp_path / "b.png", "L")
    assert np.array_equal(load(str(tmp_path), "all").read([1])[0][0].numpy(), np.stack([want] * 3))


def torn(file: Path) -> None:
    picture(file, size=(50, 40))
    file.write_bytes(file.read_bytes()[:2000])


def spoilt(file: Path) -> None:
    picture(file, size=(50, 40))
    data = bytearray(file.read_bytes())
    data[1500] ^= 1
    file.write_bytes(data)


IMAGES: dict[str, tuple[Any, tuple[int, int], str]] = {
    "of another size": (lambda f: picture(f, size=(50, 41)), (50, 40), r"expected \(40, 50\) pixels, as .*a\.png, got"),
    "torn": (torn, (50, 40), "expected a whole image"),
    "spoilt": (spoilt, (50, 40), "expected a whole image"),
    "no image": (lambda f: f.write_text("hello"), (50, 40), "expected an image"),
    "16 bits": (lambda f: picture(f, "I;16", (50, 40)), (50, 40), "8 bits, opaque, RGB .*, got I;16"),
    "half transparent": (lambda f: picture(f, "RGBA", (50, 40)), (50, 40), "8 bits, opaque, RGB .*, got RGBA"),
}  # fmt: skip


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_of_another_size_is_refused_by_name(name: str, tmp_path: Path) -> None:
    strike, size, message = IMAGES[name]
    picture(tmp_path / "a.png", size=size)
    strike(tmp_path / "b.png")
    with pytest.raises(ValueError, match=message) as refused:
        load(str(tmp_path), "all").read([0, 1])
    assert str(tmp_path / "b.png") in str(refused.value)


def test_a_colour_image_among_grey_images_is_refused(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", "L")
    picture(tmp_path / "b.png")
    with pytest.raises(ValueError, match=r"b\.png: expected 8 bits, opaque, L as .*a\.png, got RGB"):
        load(str(tmp_path), "all").read([1])


def test_the_baselines_match_independent_counts() -> None:
    """Histograms are counted in plain Python; the compressor's figure is at most that of bzip2 without settings."""
    train, test = load("digits"), load("digits", "test")
    found = baselines(train, test)
    a, b = (d.read(range(len(d)))[0].flatten(1).tolist() for d in (train, test))
    counts = [Counter(column) for column in zip(*a, strict=True)]
    bits = [-math.log2((counts[i][k] + 1) / (len(a) + 17)) for event in b for i, k in enumerate(event)]
    assert found["uniform"] == math.log2(17)
    assert found["histogram"] == pytest.approx(math.fsum(bits) / len(bits), rel=1e-12)
    alone = 8 * len(bz2.compress(bytes(k for e in b for k in e))) / (64 * len(b))
    assert 2 < found["compressor"] < alone < found["uniform"]


WINDOW = 2 * 60 * 64  # all that the reader has


def read_back(train: bytes, number: int, rest: bytes, lp: int, pb: int) -> bytes:
    """Return the held-out part, from the training part and what the compressor's message has."""
    whole = baseline.packed(train, lp, pb, WINDOW)[:number] + rest
    return lzma.decompress(whole, lzma.FORMAT_RAW, filters=[baseline.filter_of(lp, pb, WINDOW)])[len(train) :]


@pytest.mark.parametrize(("lp", "pb"), baseline.SETTINGS)
def test_the_compressors_message_can_be_read(lp: int, pb: int) -> None:
    """And one that keeps more of what is known than both parts share cannot."""
    train, test = (bytes(load("digits", part).read(range(60))[0].flatten().tolist()) for part in ("train", "test"))
    known, whole = baseline.packed(train, lp, pb, WINDOW), baseline.packed(train + test, lp, pb, WINDOW)
    number = baseline.shared(known, whole)
    assert 0 < number < len(known) and read_back(train, number, whole[number:], lp, pb) == test
    assert read_back(train, len(known), whole[number:], lp, pb) != test


@pytest.mark.parametrize("K", [2, 16, 256])
@pytest.mark.parametrize("count", [8, 64, 512])
def test_noise_costs_no_less_than_its_entropy(K: int, count: int) -> None:
    """A code costs less than n - m bits on at most 2^-m of all 2^n messages: 30 bits less is a chance of 1e-9.

    The bytes that one archive is longer than another may be fewer, since the shorter one has its own end.
    """
    for seed in range(3):
        generator = torch.Generator().manual_seed(seed)
        train, test = (torch.randint(0, K, (n, 64), generator=generator) for n in (count, max(1, count // 8)))
        cost, bits = baseline.compressor(train, test, K), test.numel() * math.log2(K)
        assert bits - 30 <= cost * test.numel() <= 1.5 * bits + 400


def test_the_baselines_of_large_events_use_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compressing CIFAR-10's 20 000 events nine times took seven minutes."""
    sizes: list[tuple[int, ...]] = []
    monkeypatch.setattr(baseline, "compressor", lambda a, b, *_: sizes.append((*a.shape, *b.shape)) or 0.0)
    monkeypatch.setattr(baseline, "COORDINATES", 640)
    monkeypatch.setattr(baseline, "COMPRESSED", 100)
    monkeypatch.setattr(baseline, "CHUNK", 3)
    train, test = load("digits", "train"), load("digits", "test")
    found = baselines(train, test)
    assert sizes == [(1, 64, 1, 64)]
    rows = [some(data, 10).read(range(10))[0].flatten(1).long() for data in (train, test)]
    p = (torch.nn.functional.one_hot(rows[0], 17).sum(dim=0) + 1) / 27
    assert found["histogram"] == pytest.approx(-float(p.gather(1, rows[1].T).log2().mean()), rel=1e-6)


def test_some_of_sorted_data_are_of_every_kind() -> None:
    whole = Array("sorted", torch.arange(200)[:, None] // 100, 2)
    part = some(whole, 40)
    index = part.read(range(40))[0].flatten()
    assert 8 <= int(index.sum()) <= 32  # the chance of less or more is below 1e-4, and the seed is fixed
    assert isinstance(part, Part) and part.rows == sorted(set(part.rows)) and part.name == "sorted, 40 of 200 at random"
    assert some(whole, 40, seed=1).read(range(40))[0].flatten().tolist() != index.tolist()
    assert some(whole, 200) is whole and some(whole, None) is whole
    assert int(Part("first", whole, range(40)).read(range(40))[0].sum()) == 0  # what a first part would be


def test_the_compressor_stores_all_levels_in_one_width() -> None:
    """Levels above 255 in the held-out part alone must not change its cost."""
    generator = torch.Generator().manual_seed(0)
    low, high = (torch.randint(a, b, (400, 8), generator=generator) for a, b in ((0, 256), (256, 512)))
    found = baselines(Array("a", low, 512), Array("b", high, 512))
    assert 7 < found["compressor"] < 12
    with pytest.raises(ValueError, match="one shape and number of levels"):
        baselines(Array("a", low, 512), Array("b", low, 256))


def test_a_grid_of_pictures_is_read_back(tmp_path: Path) -> None:
    index = torch.randint(0, 17, (5, 1, 8, 8), generator=torch.Generator().manual_seed(0))
    file = write_png(index, 17, tmp_path / "new/grid.png", columns=3)
    with Image.open(file) as image:
        sheet = np.asarray(image)
    assert sheet.shape == (2 + 2 * 66, 2 + 3 * 66) and sheet[0, 0] == 128
    for i, event in enumerate(index):
        y, x = 2 + (i // 3) * 66, 2 + (i % 3) * 66
        assert np.array_equal(sheet[y : y + 64 : 8, x : x + 64 : 8], np.rint(event[0].numpy() * 255 / 16))
    colours = torch.randint(0, 256, (2, 3, 64, 32), generator=torch.Generator().manual_seed(0))
    with Image.open(write_png(colours, 256, tmp_path / "c.png")) as image:
        assert np.array_equal(np.asarray(image)[2:66, 2:34], colours[0].movedim(0, 2).numpy())
    opaque = torch.cat([colours, torch.full((2, 1, 64, 32), 200)], dim=1)
    with Image.open(write_png(opaque, 256, tmp_path / "a.png")) as image:
        assert np.array_equal(np.asarray(image)[2:66, 2:34], opaque[0].movedim(0, 2).numpy())
        assert image.mode == "RGBA" and image.getpixel((0, 0)) == (128, 128, 128, 255)
    with pytest.raises(ValueError, match="c = 1, 3 or 4"):
        write_png(torch.zeros(2, 2, 8, 8), 17, tmp_path / "no.png")


def test_an_interrupted_write_leaves_the_old_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> None:
        raise OSError("no space")

    file = write_png(torch.zeros(1, 1, 8, 8), 17, tmp_path / "a.png")
    before = file.read_bytes()
    monkeypatch.setattr(disk, "flush", full)
    with pytest.raises(OSError, match="no space"):
        write_png(torch.ones(1, 1, 8, 8), 17, file)
    assert file.read_bytes() == before and list(tmp_path.iterdir()) == [file]
