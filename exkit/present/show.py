"""Showing things on a page: a finding, a table, or a picture with its title, its words and its table.

A picture without a description is not shown at all: `alt` says in words, from the numbers, what the picture says, and
`table` has the numbers themselves, one click away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from io import StringIO
from typing import TYPE_CHECKING

from exkit.context import current
from exkit.errors import ExkitError
from exkit.present.names import titled, wave_of
from exkit.present.protect import ABSENT, protect
from exkit.present.sentences import describe, sentence
from exkit.present.tables import Html, slug
from exkit.present.tables import table as laid_out
from exkit.present.theme import COLOURS, NARROW, WIDE, style
from exkit.present.words import text, translator

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def show(
    what: Axes | Html | str,
    *,
    title: str | None = None,
    alt: str | None = None,
    table: Html | None = None,
    at: str = "",
    folded: bool = False,
    language: str | None = None,
) -> None:
    """Show a finding, a table or a picture.

    Parameters
    ----------
    what
        A sentence, a table or key figures, or the axes of a plot.
    title
        Of a picture, in English; a catalogue key. A table brings its own.
    alt
        Of a picture: what it says, computed from its numbers with `ex.describe`.
    table
        Of a picture: its numbers.
    at
        The wave that it is of, put behind the title.
    folded
        Show a table or a picture only when its title is clicked.
    language
        Language of the reader; the kernel's if not given.

    Raises
    ------
    ExkitError
        If a picture lacks its title, its description or its table.
    """
    from IPython.display import display

    language = language or current.language
    if isinstance(what, Html):
        made = _folded(what, _caption(title, at, language) if title else _title_of(what)) if folded else what
    elif isinstance(what, str):
        made = _finding(what)
    else:
        made = figure(what, title=title, alt=alt, table=table, at=at, folded=folded, language=language)
    if made:
        display({"text/html": str(made), "text/plain": ""}, raw=True, metadata={"exkit": True})


def report(
    result: pd.DataFrame,
    *,
    title: str,
    plot: Callable[..., Axes] | None = None,
    table: Callable[..., Html] = laid_out,
    folded: bool = False,
    language: str | None = None,
    min_n: int | None = None,
) -> None:
    """Show what a result says: its finding in words, its picture with description and table, or its table alone.

    Of what is not in the data, or withheld altogether, the words are enough.

    Parameters
    ----------
    result
        Any result.
    title
        Of the picture or the table, in English; a catalogue key. `{what}` in it becomes the name of what was measured.
    plot
        A plot of the kit; only the table if not given.
    table
        What lays out its numbers: `ex.table`, unless the result has a table of its own, such as `ex.linkage_table`.
    folded
        Show picture or table only when its title is clicked.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.
    """
    language = language or current.language
    result, told = protect(result, min_n=min_n), {"language": language, "min_n": min_n}
    show(sentence(result, **told), language=language)
    if result["reason"].isin([*ABSENT, "reliability_unknown", "withheld"]).all():
        return
    title = titled(title, result, language=language)
    laid, at = table(result, title=title, **told), wave_of(result)
    if plot is None or not laid or result["estimate"].isna().all():
        show(laid, title=title, at=at, folded=folded, language=language)
    else:
        alt = describe(result, **told)
        show(plot(result, **told), title=title, alt=alt, table=laid, at=at, folded=folded, language=language)


def figure(
    ax: Axes,
    *,
    title: str | None,
    alt: str | None,
    table: Html | None,
    at: str = "",
    folded: bool = False,
    language: str,
) -> Html:
    """Make the markup of a picture: an SVG for wide screens, one for narrow screens, its description and its table.

    Parameters
    ----------
    ax, title, alt, table, at, folded, language
        As in `show`.

    Returns
    -------
    Html
        A figure element.
    """
    import matplotlib.pyplot as plt

    given = {"title": title, "alt": alt, "table": table if isinstance(table, Html) else None}
    for name, words in given.items():
        if not (words or "").strip():
            raise ExkitError(
                f"A picture needs its {name}: ex.show(axes, title=…, alt=ex.describe(result), table=ex.table(…))."
            )
    _, key = translator(language), f"figure-{slug(title)}"
    caption = _caption(title, at, language)
    pictures = [
        _svg(ax, width, key=f"{key}-{name}", name=name, title=caption, alt=escape(alt))
        for name, width in {"wide": WIDE, "narrow": NARROW}.items()
    ]
    plt.close(ax.figure)
    data = f'<details class="exkit-data"><summary>{_("The numbers")}</summary>{table}</details>'
    inner = f"<figcaption>{caption}</figcaption>{''.join(pictures)}{data}"
    made = f'<figure class="exkit-figure" id="{key}">{inner}</figure>'
    return _folded(made, caption) if folded else Html(made)


def _finding(said: str) -> Html:
    """Set a sentence; nothing where nothing is said."""
    return Html(f'<p class="finding">{escape(said)}</p>' if said else "")


def _caption(title: str, at: str, language: str) -> str:
    """Put a title in the reader's language, with the wave behind it."""
    return escape(", ".join(filter(None, [text(title, language=language), at])))


def _title_of(table: Html) -> str:
    """Find the caption that a table was made with."""
    found = re.search(r"<caption>(.*?)</caption>", table, re.DOTALL)
    if not found:
        raise ExkitError("What is folded needs a title to click: ex.show(table, title=…, folded=True).")
    return found[1]


def _folded(made: str, caption: str) -> Html:
    """Put something behind its title."""
    return Html(f'<details class="exkit-folded"><summary>{caption}</summary>{made}</details>')


def _svg(ax: Axes, width: float, *, key: str, name: str, title: str, alt: str) -> str:
    """Draw the axes' figure at one width, as SVG that takes its colours and its font from the page."""
    ax.figure.set_size_inches(width, ax.figure.get_figheight())
    with StringIO() as file, style(), _laid_out(ax.figure):
        ax.figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
        drawn = file.getvalue()
    inside = drawn[drawn.index(">", drawn.index("<svg")) + 1 : drawn.rindex("</svg>")]
    # Only inside tags: what stands between them are names, and stays as it is.
    inside = re.sub(r"<[^>]+>", lambda tag: _of_the_page(tag.group(), key), inside)
    box = re.search(r'viewBox="([^"]+)"', drawn).group(1)
    hidden = "" if name == "wide" else "display:none;"
    return (
        f'<svg class="{name}" role="img" aria-labelledby="{key}-title {key}-desc" viewBox="{box}" '
        f'style="{hidden}width:100%;max-width:{width:g}in;height:auto" xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink"><title id="{key}-title">{title}</title>'
        f'<desc id="{key}-desc">{alt}</desc>{inside}</svg>'
    )


@contextmanager
def _laid_out(figure: Figure) -> Iterator[None]:
    """Work out where everything goes before drawing: matplotlib would draw a whole picture more to find that out."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    engine, canvas, dpi = figure.get_layout_engine(), figure.canvas, figure.dpi
    if engine is None:
        yield
        return
    FigureCanvasSVG(figure)  # its texts are as wide as they will be in the SVG, which has 72 dots an inch
    figure.dpi = 72
    engine.execute(figure)
    figure.set_canvas(canvas)
    figure.dpi = dpi
    figure.set_layout_engine(None)
    try:
        yield
    finally:
        figure.set_layout_engine(engine)


def _of_the_page(tag: str, key: str) -> str:
    """Give a tag ids of its own, and the page's font and colours."""
    tag = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{key}-", tag)
    tag = re.sub(r'(font: [^;"]*?px|font-family:) [^;"]*', r"\1 var(--exkit-font, sans-serif)", tag)
    for colour, value in COLOURS.items():
        tag = tag.replace(value, f"var(--exkit-{colour}, {value})")
    return tag
