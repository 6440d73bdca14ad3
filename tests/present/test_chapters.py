"""Summing up chapters: what each found, where it stands, and nothing of one that is not there."""

from collections.abc import Callable

import exkit as ex
from exkit.result import result

LACKING = result(reason="not_calculated")


def test_each_result_is_summed_up_in_an_item(scores: Callable, differences: Callable, see: Callable):
    """What the edition or the data lack is left out."""
    page = see(ex.findings(scores(["Care", "Trade"]), LACKING, differences([("2025", "2024")]), language="en"))
    assert len(page.all("li")) == 2
    assert "Between 2024 and 2025" in page.text


def test_with_nothing_to_sum_up_a_sentence_says_so(see: Callable):
    """An empty list would be a riddle."""
    assert see(ex.findings(LACKING, language="nl")).text == "In deze editie staan geen cijfers uit andere hoofdstukken."


def test_names_in_a_finding_stay_names(scores: Callable, see: Callable, hostiles: list[str]):
    """Whatever they look like."""
    usual = see(ex.findings(scores(["a", "b"]), language="en")).shape
    for name in hostiles:
        assert see(ex.findings(scores([name, "b"]), language="en")).shape == usual


def test_a_chapter_is_led_to_by_its_page(scores: Callable, see: Callable):
    """By the title that it has in the reader's language."""
    title = "How enthusiastic are employees, by sector and year?"
    page = see(ex.chapter(scores(["Care"]), notebook="01_enps", title=title, language="nl"))
    assert page.all("a") == [{"href": "01-enps.html"}]
    assert page.text == "Het hele hoofdstuk: Hoe enthousiast zijn medewerkers, per sector en jaar?"


def test_nothing_leads_to_a_chapter_that_is_not_there(see: Callable):
    """It failed, or was not asked for."""
    page = see(ex.chapter(LACKING, notebook="01_enps", title="Why <so>?", language="en"))
    assert page.all("a") == []
    assert page.text == "This edition does not have the chapter “Why <so>?”."


def test_a_saved_result_that_is_not_there_is_shown_as_nothing(shown: list[str]):
    """The link to its chapter says so, once."""
    ex.report(LACKING, plot=ex.plot_bands, title="T")
    ex.show(ex.key_figures(LACKING))
    assert shown == []
