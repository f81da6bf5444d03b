"""The house style of figures: readable in print, on a phone, in the dark, and without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe & Ito (2008), "Color universal design": distinguishable with every common colour blindness.
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, GREY = "#CC79A7", "#56B4E9", "#6B6B6B"
CYCLE = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY)
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))  # a second channel
GROUND = "#FCFCFC"
WIDTH = 5.2  # inches: one width, so that a phone shrinks every figure alike; panels are stacked
ONE, TWO, THREE = (WIDTH, 3.5), (WIDTH, 5.0), (WIDTH, 6.6)
# Other shapes of one figure: a few bars, many rows or a square map, two pictures side by side.
LOW, TALL, PAIR = (WIDTH, 2.6), TWO, (WIDTH, 2.9)


def use_style() -> None:
    """Set Matplotlib's defaults for the course.

    All letters have one size. The ground is opaque: no grey has a contrast of 4.5 on a white *and*
    on a dark page. The first seven lines of a plot differ in colour *and* in dash.
    """
    import matplotlib as mpl
    from matplotlib.rcsetup import cycler

    mpl.rc("font", size=10.5)
    mpl.rc("figure", figsize=ONE, dpi=100, facecolor=GROUND, labelsize="medium")
    mpl.rc("figure.constrained_layout", use=True)
    mpl.rc("axes", facecolor=GROUND, edgecolor="#444444", titlesize="medium", axisbelow=True)
    mpl.rc("axes", grid=True, prop_cycle=cycler(color=CYCLE) + cycler(linestyle=DASHES))
    mpl.rc("axes.spines", top=False, right=False)
    mpl.rc("grid", color="#DDDDDD", linewidth=0.6)
    mpl.rc("legend", frameon=False, fontsize="medium")
    mpl.rc("lines", linewidth=1.8)
    mpl.rc("image", cmap="cividis")


def label_ends(ax: Axes) -> None:
    """Write each line's label at its last point, in place of a legend; no two labels overlap.

    Args:
        ax: axes with every line drawn and every limit set; lines without a label are left alone.
    """
    import numpy as np
    from scipy.optimize import isotonic_regression

    figure: Any = ax.figure
    figure.draw_without_rendering()  # else the layout has not placed the axes
    handles, labels = ax.get_legend_handles_labels()
    lines: list[Any] = [handle[0] if isinstance(handle, tuple) else handle for handle in handles]
    ends = [line.get_xydata()[-1] for line in lines]
    points = 72 / figure.dpi * ax.transData.transform(ends)[:, 1]
    order, row = np.argsort(points), 13 * np.arange(len(lines))
    # Least moves that keep labels 13 points apart: a rising fit to the heights less their rows.
    heights = isotonic_regression(points[order] - row).x + row
    place: dict[str, Any] = {"va": "center", "textcoords": "offset points"}
    for k, height in zip(order, heights, strict=True):
        leader = {"arrowstyle": "-", "color": lines[k].get_color(), "relpos": (0, 0.5)}
        ax.annotate(labels[k], ends[k], (14, height - points[k]), arrowprops=leader, **place)
