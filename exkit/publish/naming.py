"""Whose name may not be read: in what one participant gets there is no other's, and in public there is none at all.

A name is looked for as a reader would find it: as words of their own, however its accents are stored and its signs are
escaped in HTML or CSV. A name that is also an ordinary word of the reports, such as that of a sector, cannot be told
apart from it and is not looked for.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from exkit.present.words import CATALOGUES

TEMPLATE = Path(__file__).parent / "template"
SHORTEST = 2
"""Letters and digits that a name must have to be looked for."""


def tellable(names: Iterable[str], *, beside: Iterable[str]) -> tuple[str, ...]:
    """Keep the names that can be told from what pages say anyway.

    Parameters
    ----------
    names
        Names of participants.
    beside
        Texts that the pages of this edition hold besides the kit's own words: titles, names of sectors.

    Returns
    -------
    tuple of str
        The names to look for.
    """
    said = _plain("\n".join([_own_words(), *beside]))
    return tuple(sorted({name for name in names if _long_enough(name) and not _is_in(_plain(name), said)}))


def named(text: str, *, names: Sequence[str], own: Sequence[str] = ()) -> list[str]:
    """List the names that a text holds.

    Parameters
    ----------
    text
        Plain text, CSV or HTML.
    names
        Names to look for.
    own
        Names that it may hold; where one of these has another name in it, that is no finding.

    Returns
    -------
    list of str
        The names found, `own` not among them.

    Examples
    --------
    >>> named("<td>Zorg Noord &amp; Co</td>", names=["Zorg Noord", "Zorg Noord & Co", "Zorg"], own=["Zorg Noord & Co"])
    []
    >>> named("Participant 12", names=["Participant 1"])
    []
    """
    said, mine = _plain(html.unescape(text).replace('""', '"')), [_plain(name) for name in own if name]
    found = [name for name in names if _plain(name) not in mine and _is_in(_plain(name), said)]
    for name in mine:
        said = said.replace(name, "\0")
    return [name for name in found if not any(_plain(name) in one for one in mine) or _is_in(_plain(name), said)]


def _is_in(name: str, text: str) -> bool:
    """Tell whether a name stands in a text as words of their own; the quick look comes first."""
    return name in text and bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _long_enough(name: str) -> bool:
    """Tell whether a name can be looked for: a bare number stands in every table."""
    return sum(c.isalnum() for c in name) >= SHORTEST and any(c.isalpha() for c in name)


@cache
def _own_words() -> str:
    """Read what the kit itself says on pages, in every language."""
    texts = [*sorted(CATALOGUES.glob("*.po")), *sorted(path for path in TEMPLATE.iterdir() if path.is_file())]
    return "\n".join(path.read_text(encoding="utf-8") for path in texts)
