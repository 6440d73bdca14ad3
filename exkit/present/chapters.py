"""A report sums up its chapters: what each found, in a sentence, and where the rest of it stands.

An edition may lack a chapter: it was not asked for, or it failed. Then nothing of it is told, and nothing leads to it.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from exkit.context import current
from exkit.present.protect import ABSENT, protect
from exkit.present.sentences import sentence
from exkit.present.tables import Html, slug
from exkit.present.words import text, translator

if TYPE_CHECKING:
    import pandas as pd


def findings(*results: pd.DataFrame, language: str | None = None, min_n: int | None = None) -> Html:
    """List what each result says, one sentence a result; what this edition or these data lack is left out.

    Parameters
    ----------
    results
        A few results, the most important one first.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        A list, or a sentence where there is nothing to tell.
    """
    language = language or current.language
    told = [protect(result, min_n=min_n) for result in results]
    told = [rows for rows in told if not rows["reason"].isin(ABSENT).all()]
    said = [sentence(rows, language=language, min_n=min_n) for rows in told]
    items = "".join(f"<li>{escape(words)}</li>" for words in said if words)
    if not items:
        return Html(f"<p>{escape(translator(language)('No figures of other chapters are part of this edition.'))}</p>")
    return Html(f'<ul class="findings">{items}</ul>')


def chapter(saved: pd.DataFrame, *, notebook: str, title: str, language: str | None = None) -> Html:
    """Lead to the chapter that a saved result comes from.

    Parameters
    ----------
    saved
        A result that the chapter saved; nothing of it is shown but whether it is there.
    notebook
        The notebook's name, without ending.
    title
        The chapter's title, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.

    Returns
    -------
    Html
        A sentence with a link, or one that says that this edition does not have the chapter.
    """
    language = language or current.language
    _, name = translator(language), escape(text(title, language=language))
    if saved["reason"].eq("not_calculated").all():
        return Html(f"<p>{escape(_('This edition does not have the chapter “{title}”.')).format(title=name)}</p>")
    return Html(f'<p class="note">{escape(_("The whole chapter:"))} <a href="{slug(notebook)}.html">{name}</a></p>')
