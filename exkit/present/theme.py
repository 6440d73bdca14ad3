"""One house style: colours, sizes and the finish that every picture gets, so that charts look like siblings.

Colours are named once. In a report each name is a CSS variable, so that pictures follow the page into dark mode; the
values here are what a notebook shows.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {
    "ink": "#1c2530",
    "muted": "#5b6673",
    "line": "#c5ccd4",
    "paper": "#fffffe",
    "accent": "#14607a",
    "positive": "#1d6f8a",
    "neutral": "#d4d9df",
    "negative": "#e39a50",
}
"""Ink, secondary ink, rules, paper, the edition's own colour, and promoters, passives, detractors."""

DARK_PAPER = "#14181c"
"""Paper where the reader wants it dark, as in the style sheet of the pages."""

ON = {"positive": "#fffffd", "neutral": "#1c2531", "negative": "#1c2531"}
"""Ink that can be read on a band, in light and dark alike: these do not follow the page."""

WIDE, NARROW = 7.2, 3.5
"""Widths of a picture in inches: on a desktop and on a phone."""


@contextmanager
def style() -> Iterator[None]:
    """Put matplotlib in the house style for as long as the context lasts."""
    import matplotlib as mpl
    import seaborn as sns

    own = {
        "font.size": 9.5,
        "axes.edgecolor": COLOURS["line"],
        "axes.labelcolor": COLOURS["muted"],
        "axes.labelsize": 9,
        "figure.facecolor": COLOURS["paper"],
        "axes.facecolor": COLOURS["paper"],
        "text.color": COLOURS["ink"],
        "xtick.color": COLOURS["muted"],
        "ytick.color": COLOURS["ink"],
        "legend.frameon": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "exkit",
        "text.parse_math": False,
    }
    with mpl.rc_context({**sns.axes_style("white"), **own}), warnings.catch_warnings():
        # A sign that matplotlib's own font lacks is written as text, and drawn with a font of the reader's.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font")
        yield


def axes(*, height: float) -> Axes:
    """Make the axes of a new picture, so high (in inches) as its rows need."""
    import matplotlib.pyplot as plt

    with style():
        figure, ax = plt.subplots(figsize=(WIDE, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.04, h_pad=0.04)
    return ax
