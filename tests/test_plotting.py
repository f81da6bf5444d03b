"""Figures: colours told apart in grey and by the colour-blind, small files."""

from __future__ import annotations

import io

import matplotlib as mpl
import numpy as np

from companion import plotting


def luminance(colour: str) -> float:
    rgb = np.array(mpl.colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_every_line_colour_is_seen_on_the_ground() -> None:
    ground = luminance("#FCFCFC")
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
