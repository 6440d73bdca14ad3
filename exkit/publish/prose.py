"""A notebook's prose becomes page text: safe, with one title and an outline.

Markdown is rendered by nbconvert's own reader. What could come alive in a page is not let through: HTML is shown as the
text that it is, links lead only where a link may lead, pictures are named and not fetched. Figures and tables come from
results, with an alt text computed from their numbers, never from Markdown.
"""

from __future__ import annotations

import re
from html import escape

from mistune.util import striptags
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from exkit.present import words
from exkit.publish.appear import slug

TITLE = re.compile(r"^#\s+(.+?)\s*#*\s*$", re.MULTILINE)


def title(notebook: NotebookNode, *, language: str) -> str:
    """Find a notebook's title, its first first-level heading, in a language; empty when it has none."""
    prose = (words.text(cell.source, language=language) for cell in notebook.cells if cell.cell_type == "markdown")
    found = TITLE.search("\n\n".join(prose))
    return found[1] if found else ""


class Prose:
    """The text of one page: renders a cell at a time and remembers the chapters it came across.

    Parameters
    ----------
    language
        Language to put each cell into before it is rendered.
    """

    def __init__(self, *, language: str) -> None:
        self.language = language
        self.chapters: list[tuple[str, str]] = []
        self._markdown = MarkdownWithMath(renderer=_SafeRenderer(self.chapters))

    def html(self, source: str) -> str:
        """Render a Markdown cell."""
        return self._markdown.render(words.text(source, language=self.language))


class _SafeRenderer(IPythonRenderer):
    """Markdown without anything alive, headings with stable ids, the title left to the page's header."""

    def __init__(self, chapters: list[tuple[str, str]]) -> None:
        # None is mistune's own list of protocols that a link may have; nbconvert's default allows all.
        super().__init__(escape=True, allow_harmful_protocols=None, exclude_anchor_links=True)
        self._chapters = chapters
        self._ids: set[str] = set()
        self._titled = False
        self._heading = ""

    def heading(self, text: str, level: int, **_attributes: object) -> str:
        """Give a heading an id; the first title is left out, later ones are chapters."""
        if level == 1 and not self._titled:
            self._titled = True
            return ""
        self._heading = text
        key = self._new_id(f"section-{slug(striptags(text))}")
        level = max(level, 2)
        if level == 2:
            self._chapters.append((key, striptags(text)))
        return f'<h{level} id="{key}">{text}</h{level}>\n'

    def _new_id(self, wanted: str) -> str:
        key, number = wanted, 1
        while key in self._ids:
            number += 1
            key = f"{wanted}-{number}"
        self._ids.add(key)
        return key

    def image(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002 - mistune passes all three
        """Name a picture instead of fetching it."""
        return f"<em>{text}</em>"

    def block_code(self, code: str, info: str | None = None) -> str:  # noqa: ARG002 - mistune passes both
        """Show code as it is; nbconvert would let a diagram's source through unescaped."""
        return f"<pre><code>{escape(code)}</code></pre>\n"

    def table(self, text: str) -> str:
        """Give a table an id, the heading above it as caption, and room to scroll in."""
        key = self._new_id("table")
        return (
            f'<div class="exkit-table" role="region" tabindex="0" aria-labelledby="{key}-caption">'
            f'<table id="{key}"><caption id="{key}-caption">{self._heading}</caption>\n{text}</table></div>\n'
        )
