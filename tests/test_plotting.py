"""Figures: colours told apart in grey and by the colour-blind, small files."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np

from companion import plotting


def luminance(colour: str | list[float]) -> float:
    rgb = np.array(mpl.colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_every_line_colour_is_seen_on_the_ground() -> None:
    ground = luminance(plotting.GROUND)
    for colour in (plotting.BLUE, plotting.GREEN, plotting.RED, plotting.GREY):
        assert (ground + 0.05) / (luminance(colour) + 0.05) >= 3, colour


def test_lines_differ_in_dash_too() -> None:
    assert len(plotting.CYCLE) == len(set(plotting.CYCLE)) == len(set(map(str, plotting.DASHES)))


def test_style_gives_a_small_opaque_figure() -> None:
    import matplotlib.pyplot as plt

    mpl.use("Agg")
    plotting.use_style()
    figure, axes = plt.subplots()
    for k in range(7):
        axes.plot(np.arange(10), k + np.arange(10) ** 1.5)
    content = io.BytesIO()
    figure.savefig(content, format="png")
    plt.close(figure)
    content.seek(0)
    assert len(content.getvalue()) < 150_000
    assert mpl.image.imread(content)[0, 0, 3] == 1


def test_a_phone_shows_letters_of_nine_pixels() -> None:
    import matplotlib.pyplot as plt

    plotting.use_style()
    figure, axes = plt.subplots()
    axes.plot([1, 2], label="a line")
    axes.set(xlabel="x", ylabel="y", title="title")
    figure.legend()
    figure.supylabel("all panels")
    letters = figure.findobj(mpl.text.Text)
    smallest = min(text.get_fontsize() for text in letters)
    plt.close(figure)
    assert smallest / 72 * figure.dpi * 350 / (100 * plotting.WIDTH + 20) >= 9


def test_no_grey_is_read_by_day_and_by_night_without_a_ground() -> None:
    """Why figures keep an opaque ground: 4.5 twice is more than white and night lie apart."""
    white, night = luminance("#FFFFFF"), luminance("#121212")
    assert (white + 0.05) / (night + 0.05) < 4.5**2


def test_labels_at_the_ends_of_lines_do_not_touch() -> None:
    import matplotlib.pyplot as plt

    plotting.use_style()
    figure, axes = plt.subplots()
    for k, end in enumerate((1.0, 1.01, 0.99, 5.0)):
        axes.errorbar([0, 1], [k, end], 0.1, label=f"line {k}")
    axes.plot([0, 1], [2, 1])  # without a label
    plotting.label_ends(axes)
    figure.draw_without_rendering()
    letters = [(mpl.text.Text.get_window_extent(text), text.get_text()) for text in axes.texts]
    boxes = sorted((box.y0, box.y1, name) for box, name in letters)
    plt.close(figure)
    assert [name for *_, name in boxes] == ["line 2", "line 0", "line 1", "line 3"]
    gaps = [above[0] - below[1] for below, above in pairwise(boxes)]
    assert min(gaps) >= 0


def test_a_figure_by_night_is_read_on_its_dimmed_card() -> None:
    """Black letters and grey lines, 4.5 to 1, under the brightness that the style sheet sets."""
    sheet = Path(__file__).resolve().parents[1] / "book" / "_static" / "course.css"
    dim = float(re.search(r"img \{ filter: brightness\(([\d.]+)\)", sheet.read_text())[1])
    assert f"background: {plotting.GROUND.lower()};" in sheet.read_text()
    ground = luminance([dim * v for v in mpl.colors.to_rgb(plotting.GROUND)])
    for colour in ("black", plotting.GREY):
        letters = luminance([dim * v for v in mpl.colors.to_rgb(colour)])
        assert (ground + 0.05) / (letters + 0.05) >= 4.5, colour
