"""Figures and tables get their numbers when a page is rendered, in the order in which a reader meets them.

A table inside a figure is that figure's own numbers and is not counted. What is folded behind its title bears the
number there too.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from exkit.present.words import translator

PART = re.compile(
    r'<(?P<what>figure|table)\b[^>]*?\sid="(?P<id>[^"]+)"[^>]*>|</(?P<end>figure)>'
    r"|(?P<open><(?:figcaption|caption)\b[^>]*>)(?P<caption>.*?)(?=</(?:figcaption|caption)>)",
    re.DOTALL,
)
FOLD = re.compile(
    r'(<details class="exkit-folded"><summary>)((?:(?!</details>).)*?(<span class="exkit-number">[^<]*</span> ))',
    re.DOTALL,
)


class Numbered(NamedTuple):
    """A page's content with numbers, and its captions with the ids that they belong to."""

    html: str
    captions: list[tuple[str, str]]


def numbered(content: str, *, language: str) -> Numbered:
    """Give each figure and table of a page its number.

    Parameters
    ----------
    content
        Markup of `exkit.present` and of the prose renderer, in which names are escaped.
    language
        Language of the page.

    Returns
    -------
    Numbered
        The markup with "Figure 1" or "Table 1" in front of each caption, and a list of the captions.

    Examples
    --------
    >>> numbered('<table id="x"><caption>eNPS</caption></table>', language="nl").captions
    [('x', 'Tabel 1. eNPS')]
    """
    _ = translator(language)
    words, counts, captions = {"figure": _("Figure {n}."), "table": _("Table {n}.")}, {"figure": 0, "table": 0}, []
    inside, key, kind = False, "", ""

    def next_part(part: re.Match) -> str:
        nonlocal inside, key, kind
        if part["end"]:
            inside = False
        elif part["what"]:
            kind, key = part["what"], part["id"]
            inside = inside or kind == "figure"
        elif not (inside and kind == "table"):
            counts[kind] += 1
            number = words[kind].format(n=counts[kind])
            captions.append((key, f"{number} {re.sub('<[^>]+>', '', part['caption'])}"))
            return f'{part["open"]}<span class="exkit-number">{number}</span> {part["caption"]}'
        return part.group()

    return Numbered(FOLD.sub(r"\1\3\2", PART.sub(next_part, content)), captions)
