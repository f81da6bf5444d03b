"""The house style of figures: readable in print, on a phone, in the dark, and without colour."""

from __future__ import annotations

# Okabe & Ito (2008), "Color universal design": distinguishable with every common colour blindness.
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
RED = "#D55E00"
PURPLE = "#CC79A7"
SKY = "#56B4E9"
GREY = "#6B6B6B"
CYCLE = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY)
# A second channel beside colour: line styles in the same order.
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))


def use_style() -> None:
    """Set Matplotlib's defaults for the course.

    Figures keep an opaque near-white ground, so that they read the same on a light and on a dark
    page; the first seven lines of a plot differ in colour *and* in dash.
    """
    import matplotlib as mpl
    from matplotlib.rcsetup import cycler

    mpl.rcParams.update(
        {
            "figure.figsize": (6.4, 3.6),
            "figure.dpi": 100,
            "savefig.dpi": 100,
            "figure.facecolor": "#FCFCFC",
            "savefig.facecolor": "#FCFCFC",
            "figure.constrained_layout.use": True,
            "axes.facecolor": "#FCFCFC",
            "axes.edgecolor": "#444444",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.titlesize": 11,
            "axes.labelsize": 10,
            "axes.prop_cycle": cycler(color=CYCLE) + cycler(linestyle=DASHES),
            "grid.color": "#DDDDDD",
            "grid.linewidth": 0.6,
            "legend.frameon": False,
            "legend.fontsize": 9,
            "font.size": 10,
            "lines.linewidth": 1.8,
            "image.cmap": "cividis",
            "svg.hashsalt": "course",
        }
    )
