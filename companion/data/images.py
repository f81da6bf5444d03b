"""Images for a model: read, resize, normalise."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from companion.errors import CourseError

Images: TypeAlias = NDArray[np.float32]
LARGEST_SIDE = 10_000


def read_image(path: Path | str) -> NDArray[np.uint8]:
    """Read a PNG, JPEG, BMP, GIF or WebP file.

    Returns:
        Red, green and blue from 0 to 255, ``(height, width, 3)``, turned upright.

    Raises:
        CourseError: no such file, not an image, cut short, or larger than 10,000 pixels a side.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    path = Path(path)
    if not path.is_file():
        raise CourseError(f"There is no image file {path.name}.")
    try:
        with Image.open(path, formats=("PNG", "JPEG", "BMP", "GIF", "WEBP")) as image:
            if max(image.size) > LARGEST_SIDE:  # known before a single pixel is unpacked
                raise CourseError(
                    f"{path.name} has {image.size[0]} by {image.size[1]} pixels; make it smaller "
                    f"than {LARGEST_SIDE:,} a side."
                )
            upright = ImageOps.exif_transpose(image)
            return np.array(upright.convert("RGB"), dtype=np.uint8)
    except UnidentifiedImageError as error:
        raise CourseError(f"{path.name} is not a PNG, JPEG, BMP, GIF or WebP image.") from error
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise CourseError(
            f"{path.name} is damaged or cut short ({error}); copy it again."
        ) from error


def resize(images: ArrayLike, height: int, width: int, *, antialias: bool = True) -> Images:
    """Resize by linear interpolation.

    A new pixel is a mean of old ones, weighted by a triangle around its place. Where an image gets
    smaller the triangle widens, so that every old pixel counts; without that, fine stripes turn
    into coarse ones ("aliasing"). Rows and columns are separate, so it is two matrix products.

    Args:
        images: ``(..., H, W, C)``.
        height: rows wanted.
        width: columns wanted.
        antialias: widen the triangle when shrinking.

    Returns:
        ``(..., height, width, C)``.

    Raises:
        CourseError: fewer than three axes, no pixels, or a size below 1.
    """
    pixels = np.asarray(images, dtype=np.float32)
    if pixels.ndim < 3 or not pixels.size or height < 1 or width < 1:
        raise CourseError(
            "resize needs images of shape (..., H, W, C) and a size of at least 1; the shape is "
            f"{pixels.shape}, the size {height} by {width}."
        )
    rows = _weights(pixels.shape[-3], height, antialias)  # (height, H)
    columns = _weights(pixels.shape[-2], width, antialias)  # (width, W)
    resized: Images = np.einsum("hH,...HWC,wW->...hwC", rows, pixels, columns, optimize=True)
    return resized


def channel_statistics(images: ArrayLike) -> tuple[Images, Images]:
    """Return mean and standard deviation of each colour over all pixels, ``(C,)`` each.

    Take them from the training images alone.

    Args:
        images: ``(..., C)``.
    """
    pixels = np.asarray(images, dtype=np.float64)
    pixels = pixels.reshape(-1, pixels.shape[-1])
    return pixels.mean(axis=0).astype(np.float32), pixels.std(axis=0).astype(np.float32)


def normalise(images: ArrayLike, mean: ArrayLike, std: ArrayLike) -> Images:
    """Shift and scale each colour, so that training images have mean 0 and deviation 1.

    Args:
        images: ``(..., C)``.
        mean: of each colour, ``(C,)``; see :func:`channel_statistics`.
        std: standard deviation of each colour, ``(C,)``.

    Raises:
        CourseError: not one mean and deviation a colour, or a deviation that is not positive.
    """
    pixels = np.asarray(images, dtype=np.float32)
    centre, scale = np.asarray(mean, np.float32), np.asarray(std, np.float32)
    if centre.shape != pixels.shape[-1:] or scale.shape != centre.shape:
        raise CourseError(
            f"Images with {pixels.shape[-1]} colours need as many means and deviations, not "
            f"{centre.size} and {scale.size}."
        )
    if not (scale > 0).all():
        raise CourseError(
            "A colour has deviation 0: it is the same in every pixel; leave that colour out."
        )
    return (pixels - centre) / scale


@cache
def _weights(old: int, new: int, antialias: bool) -> Images:
    """Weights ``(new, old)`` of old pixels in new ones, adding up to 1; pixels have centres."""
    step = old / new
    reach = max(step, 1.0) if antialias else 1.0
    centres = (np.arange(new) + 0.5) * step - 0.5
    distance = np.abs(centres[:, None] - np.arange(old)) / reach
    triangle = np.maximum(1 - distance, 0)
    weights: Images = (triangle / triangle.sum(axis=1, keepdims=True)).astype(np.float32)
    return weights
