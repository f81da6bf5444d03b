"""Resizing and normalising are TensorFlow's and Keras' own; broken files get a sentence."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from companion.data import images as module
from companion.data.images import channel_statistics, normalise, read_image, resize
from companion.errors import CourseError

IMAGES = np.random.default_rng(0).uniform(0, 255, (2, 13, 10, 3)).astype(np.float32)
SIZES = [(13, 10), (26, 20), (5, 4), (7, 33), (1, 1), (40, 3)]


@pytest.mark.parametrize("antialias", [True, False])
@pytest.mark.parametrize("size", SIZES)
def test_resize_is_theirs(size: tuple[int, int], antialias: bool) -> None:
    ours = resize(IMAGES, *size, antialias=antialias)
    assert ours.dtype == np.float32
    tensorflow = tf.image.resize(IMAGES, size, antialias=antialias).numpy()
    np.testing.assert_allclose(ours, tensorflow, rtol=0, atol=1e-3)
    their_keras = np.asarray(keras.ops.image.resize(IMAGES, size, antialias=antialias))
    np.testing.assert_allclose(ours, their_keras, rtol=0, atol=1e-3)
    np.testing.assert_allclose(resize(IMAGES[0], *size, antialias=antialias), ours[0], rtol=1e-5)


def test_fine_stripes_turn_grey_and_not_into_stripes() -> None:
    stripes = np.tile([0.0, 1.0], 32)[None, :, None].repeat(8, axis=0)
    assert np.ptp(resize(stripes, 8, 24)) < 0.35
    assert np.ptp(resize(stripes, 8, 24, antialias=False)) > 0.6


def test_normalise_is_keras() -> None:
    layer = keras.layers.Normalization(axis=-1)
    layer.adapt(IMAGES)
    ours = normalise(IMAGES, *channel_statistics(IMAGES))
    np.testing.assert_allclose(ours, np.asarray(layer(IMAGES)), rtol=0, atol=1e-5)
    np.testing.assert_allclose(ours.mean(axis=(0, 1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(ours.std(axis=(0, 1, 2)), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("mode", "suffix"), [("RGB", "png"), ("L", "png"), ("RGBA", "png"), ("P", "gif")]
)
def test_every_kind_becomes_three_colours(tmp_path: Path, mode: str, suffix: str) -> None:
    path = tmp_path / f"image.{suffix}"
    Image.fromarray(IMAGES[0].astype(np.uint8)).convert(mode).save(path)
    pixels = read_image(path)
    assert pixels.shape == (13, 10, 3)
    assert pixels.dtype == np.uint8
    if mode == "RGB":
        np.testing.assert_array_equal(pixels, IMAGES[0].astype(np.uint8))


def test_a_photograph_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn by 90 degrees"
    Image.fromarray(IMAGES[0].astype(np.uint8)).save(tmp_path / "a.png", exif=exif)
    assert read_image(tmp_path / "a.png").shape == (10, 13, 3)


def test_broken_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tmp_path / "whole.png"
    Image.fromarray(IMAGES[0].astype(np.uint8)).save(whole)
    for content in (b"", b"not an image", whole.read_bytes()[:20]):
        (tmp_path / "a.png").write_bytes(content)
        with pytest.raises(CourseError, match=r"a\.png is (not a PNG|damaged)"):
            read_image(tmp_path / "a.png")
    (tmp_path / "cut.png").write_bytes(whole.read_bytes()[:-40])
    with pytest.raises(CourseError, match="damaged or cut short"):
        read_image(tmp_path / "cut.png")
    with pytest.raises(CourseError, match="no image file b"):
        read_image(tmp_path / "b.png")
    # Rarer readers have had more holes; a file's name does not choose its reader, its content does.
    Image.fromarray(IMAGES[0].astype(np.uint8)).save(tmp_path / "c.png", format="TIFF")
    with pytest.raises(CourseError, match=r"c\.png is not a PNG"):
        read_image(tmp_path / "c.png")
    monkeypatch.setattr(module, "LARGEST_SIDE", 12)
    with pytest.raises(CourseError, match="10 by 13 pixels"):
        read_image(whole)


@pytest.mark.parametrize(
    ("shape", "size"), [((3, 3), (2, 2)), ((0, 3, 3), (2, 2)), ((3, 3, 3), (0, 2))]
)
def test_shapes_that_cannot_be_resized(shape: tuple[int, ...], size: tuple[int, int]) -> None:
    with pytest.raises(CourseError, match=r"\(\.\.\., H, W, C\)"):
        resize(np.zeros(shape), *size)


def test_statistics_that_do_not_fit() -> None:
    with pytest.raises(CourseError, match="3 colours need as many means"):
        normalise(IMAGES, [0.0], [1.0])
    with pytest.raises(CourseError, match="deviation 0"):
        normalise(IMAGES, [0, 0, 0], [1, 0, 1])
