"""The published tables on a page: every number with its tag, and in words where nothing was published."""

from collections.abc import Callable

import pytest

import exkit as ex
from exkit.context import LANGUAGES
from exkit.present.benchmarks import LAYOUTS
from exkit.present.lint import causal_words
from exkit.present.names import EMPTY
from exkit.present.tables import Html

NOT_PUBLISHED = {"nl": "niet gepubliceerd", "en": "not published"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LAYOUTS)
def test_no_cell_is_empty(name: str, language: str):
    """Neither empty nor a dash; and no code of the table is printed as it stands."""
    made = ex.benchmark(name, title="Table", language=language)
    assert 'gt_row gt_left"></td>' not in made
    assert not [sign for sign in (f">{EMPTY}<", ">—<", ">–<", ">nan<", "_b2b", "high_contact") if sign in made]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LAYOUTS)
def test_no_table_claims_a_cause(see: Callable, name: str, language: str):
    """Findings of others are worded as associations too."""
    assert causal_words(see(ex.benchmark(name, title="Table", language=language)).text, language=language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_gallup_has_its_editions_side_by_side(see: Callable, language: str):
    """A percentage and its tag; two cells were not published."""
    text = see(ex.benchmark("gallup", title="Gallup", language=language)).text
    assert "+22% (F) +21% (F) +23% (F/S)" in text
    assert text.count(NOT_PUBLISHED[language]) == 2


def test_what_an_edition_rests_on_is_published_of_one_only(see: Callable):
    """Numbers as the language writes them."""
    text = see(ex.benchmark("gallup_editions", title="Editions", language="nl")).text
    assert "Medewerkers niet gepubliceerd niet gepubliceerd 3.354.784 (S)" in text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("correlations", "klanttevredenheid en klantentrouw 0,33 0,16 3.199 20 S"),
        ("studies", "R² = 0,00853 336 bedrijven F"),
        ("studies", "b = 1,3 293 werkgevers F"),
        ("studies", "2,5 keer zoveel niet gepubliceerd F"),
        ("studies", "coëfficiënt = −0,12 518 studies S"),
        ("dutch_series", "2020 eNPS −3 4.500 F"),
        ("dutch_series", "2024, kwartaal 1 Verzuimpercentage 5,5%"),
        ("dutch_series", "2017 NPS +10"),
        ("sources", "Employee experience hoort aan de directietafel ons niet bekend Frankwatching 25 november 2025"),
        ("sources", "CX en EX zijn één geheel ons niet bekend Frankwatching juni 2025"),
    ],
)
def test_numbers_are_as_printed_and_dates_in_words(see: Callable, name: str, shown: str):
    """To the last digit that was printed."""
    assert shown in see(ex.benchmark(name, title="Table", language="nl")).text


def test_an_unknown_table_is_answered_with_the_nearest():
    """One suggestion."""
    with pytest.raises(ex.ExkitError, match="Did you mean 'gallup'"):
        ex.benchmark("galup", title="Table")


def test_a_table_folds_behind_its_own_title(shown: list[str]):
    """It need not be told twice."""
    ex.show(ex.benchmark("gallup", title="Gallup"), folded=True)
    assert shown[0].startswith('<details class="exkit-folded"><summary>Gallup</summary><div class="exkit-table cards"')


def test_what_has_no_title_cannot_be_folded():
    """There would be nothing to click."""
    with pytest.raises(ex.ExkitError, match="needs a title to click"):
        ex.show(Html("<p>7</p>"), folded=True)
