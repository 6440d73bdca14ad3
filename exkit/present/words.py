"""The reader's words: English in the code, other languages from a catalogue.

An English sentence is its own key. `make words` collects the sentences of code and notebooks into
`catalogues/<language>.po`, a translator fills in what is new, and a test says when something is missing. What changes
from case to case stands in the sentence as `{name}` and is filled in afterwards, so that a language may order it as it
likes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from exkit.context import LANGUAGES
from exkit.errors import need_choice

CATALOGUES = Path(__file__).parent / "catalogues"
SOURCE = "en"
"""The language that the code is written in, which needs no catalogue."""


@dataclass(frozen=True)
class Translator:
    """Puts English into one language; made by `translator`, and by custom called `_`."""

    catalogue: NullTranslations

    def __call__(self, source: str) -> str:
        """Word a sentence; one that the catalogue lacks stays English."""
        # An empty key is where gettext keeps the catalogue's own header.
        return self.catalogue.gettext(source) if source else ""

    def plural(self, one: str, many: str, n: int) -> str:
        """Word a sentence that goes with a number, in the form that goes with `n`."""
        return self.catalogue.ngettext(one, many, int(n))


@cache
def translator(language: str) -> Translator:
    """Get the translator into a language.

    Parameters
    ----------
    language
        One of `exkit.context.LANGUAGES`.

    Returns
    -------
    Translator
        Called with a sentence, it gives the translation; `.plural` chooses between two.

    Raises
    ------
    ExkitError
        If the kit does not speak the language.

    Examples
    --------
    >>> _ = translator("nl")
    >>> _("{low} to {high}").format(low="8,1", high="15,9")
    '8,1 tot 15,9'
    """
    need_choice(language, LANGUAGES, what="language")
    return Translator(NullTranslations() if language == SOURCE else _read(language))


def text(source: str, *, language: str) -> str:
    """Put one English text, such as a notebook's markdown cell, into a language.

    Examples
    --------
    >>> text("percentage points", language="nl")
    'procentpunt'
    """
    return translator(language)(source)


def N_(source: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a constant for the catalogue, to be worded when it is shown."""
    return source


def _read(language: str) -> GNUTranslations:
    """Read a catalogue; compiled in memory, so that no second, binary copy of it needs to be kept in step."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
