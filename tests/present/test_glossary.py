"""The glossary: each word once, in the reader's language and order."""

from collections.abc import Callable

import pytest

import exkit as ex
from exkit.present.glossary import TERMS
from exkit.present.words import translator


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_term_is_explained_in_alphabetical_order(see: Callable, language: str):
    """As its reader looks it up."""
    _, text = translator(language), see(ex.glossary(title="T", language=language)).text
    terms = sorted((_(term) for term in TERMS), key=str.casefold)
    places = [text.index(f" {term} {_(TERMS[source])}") for term, source in zip(
        terms, sorted(TERMS, key=lambda t: _(t).casefold()), strict=True)]  # fmt: skip
    assert places == sorted(places)


def test_dutch_terms_are_dutch():
    """But for those that the field itself leaves in English."""
    _ = translator("nl")
    same = {term for term in TERMS if _(term) == term}
    assert same == {"eNPS (employee Net Promoter Score)", "promoter", "passive", "detractor", "team", "benchmark"}
