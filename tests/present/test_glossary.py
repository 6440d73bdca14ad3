"""The glossary: each word once, in the reader's language and order."""

from collections.abc import Callable

import pytest

import exkit as ex
from exkit.errors import ExkitError
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


def test_a_report_may_take_the_words_that_it_uses(see: Callable):
    """The others are left out, and a word that is not explained is refused."""
    page = see(ex.glossary("place", "benchmark", title="T", language="en"))
    assert [page.text.count(f" {term} ") for term in ("benchmark", "place", "detractor")] == [1, 1, 0]
    with pytest.raises(ExkitError, match=r"No term 'plaice'\. Did you mean 'place'"):
        ex.glossary("plaice", title="T", language="en")


def test_dutch_terms_are_dutch():
    """But for those that the field itself leaves in English."""
    _ = translator("nl")
    same = {term for term in TERMS if _(term) == term}
    assert same == {"eNPS (employee Net Promoter Score)", "promoter", "passive", "detractor", "team", "benchmark"}
