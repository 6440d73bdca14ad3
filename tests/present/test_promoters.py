"""Two answers of the same people in words: what one person adds, who crossed over, and what only a scenario says."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import exkit as ex
from exkit.result import result

NAN = float("nan")
SOURCES = ["one_person", "same_people", "other_people", "difference", "same_people", "other_people"]


def same_source(**columns: object) -> pd.DataFrame:
    """Make the result of a same-source check."""
    effects = ["r", "r", "r", "diff", "r_corrected", "r_corrected"]
    usual = {
        "estimate": [0.61, 0.69, 0.26, 0.43, 2.47, 0.92], "conf_low": [0.59, 0.65, 0.19, 0.38, None, 0.74],
        "conf_high": [0.62, 0.72, 0.33, 0.49, None, 1.0], "n": [7363, 546, 546, 546, 546, 546],
        "reason": ["", "", "", "", "above_one", ""], "weak_basis": [False, False, False, False, True, True],
    }  # fmt: skip
    of = ["", "", "", "r", "", ""]
    return result(pd.DataFrame({"source": SOURCES}), x="promoter_group", effect=effects, of=of, **usual | columns)


def plain(said: str) -> str:
    """Take the spaces that do not break for spaces."""
    return said.replace("\N{NO-BREAK SPACE}", " ")


def test_one_person_answering_twice_is_set_apart():
    """Both correlations, what lies between them, and how weak the basis of a corrected one is."""
    said = plain(ex.sentence(same_source()))
    assert "0.26 (margin 0.19 to 0.33, n = 546) once they come from different employees" in said
    assert "The difference, +0.43 (margin 0.38 to 0.49, n = 546), is the most" in said
    assert "the correlation between different employees is 0.92" in said
    assert "That is a weak basis" in said
    assert "2.47" not in said


def test_a_sound_basis_is_not_called_weak():
    """Nothing is said of it."""
    assert "weak" not in ex.sentence(same_source(weak_basis=False))


def test_too_few_teams_say_why():
    """A sentence, and no half-filled one."""
    few = same_source(estimate=NAN, conf_low=NAN, conf_high=NAN, reason="several_waves")
    assert ex.sentence(few) == "What one person answering twice accounts for cannot be told: several waves at once."


def test_crossing_over_says_who_became_a_promoter():
    """Of the passives, and who remained one; nothing of nine people."""
    groups = pd.DataFrame({"before": ["promoter"] * 3 + ["passive"] * 3})
    told = {"y": ["promoter", "passive", "detractor"] * 2, "estimate": [0.4, 0.5, 0.1, 0.3, 0.5, 0.2]}
    rows = result(groups, effect="share", conf_low=0.25, conf_high=0.45, n=40, **told)
    said = plain(ex.sentence(rows))
    assert said.startswith("Of the passives of the wave before, 30% (margin 25.0% to 45.0%, n = 40) are promoters now")
    assert ex.sentence(rows.assign(n=9)) == ""


SCENARIO = {"nl": "Een scenario, geen uitkomst", "en": "A scenario and no finding"}


@pytest.mark.parametrize(("language", "called"), SCENARIO.items())
def test_a_scenario_is_called_one(language: str, called: str):
    """In the sentence itself, with the part that moves."""
    rows = result(
        pd.DataFrame(index=range(2)), x=["promoter_group", "advise"], effect="diff", of=["nps", "favourable"],
        scenario=True, moved=0.1, estimate=[5.0, 0.031], conf_low=[4.9, 0.03], conf_high=[5.1, 0.032],
        n=7363, n_smallest=1388,
    )  # fmt: skip
    said = ex.sentence(rows, language=language)
    assert said.startswith(called)
    assert "10%" in said
    assert "promoter_group" not in ex.table(rows, title="T", language=language)


def test_a_link_between_teams_names_both_measures(dataset: Callable[..., Path]):
    """By their labels, with the verdict."""
    ex.open(dataset())
    told = {"estimate": 0.15, "conf_low": 0.06, "conf_high": 0.24, "p_value": 0.002, "n": 534}
    row = result(x="enps", y="nps_of_customers", effect="r", **told)
    assert plain(ex.sentence(row)) == (
        "Team by team, the correlation of ‘Would recommend us as a place to work’ with ‘nps_of_customers’ is 0.15 "
        "(margin 0.06 to 0.24, n = 534): statistically significant."
    )


def test_a_question_that_was_not_asked_takes_one_sentence(dataset: Callable[..., Path]):
    """Of any analysis of it."""
    pairs = ex.cross(ex.open(dataset()), x="recommend_work", y="recommend_to_customers").at(wave="")
    results = [ex.recommending(pairs), ex.recommenders(pairs), ex.ratios(pairs), ex.association(pairs),
               ex.same_source(pairs), ex.scenario(pairs), ex.favourable(pairs, by=["mark"])]  # fmt: skip
    told = "These data do not have the question ‘Would recommend to customers (employees)’."
    assert {ex.sentence(found) for found in results} == {told}


def test_people_of_one_wave_cannot_be_followed(dataset: Callable[..., Path]):
    """And the page says what that takes."""
    followed = ex.transitions(ex.followed(ex.open(dataset()), "recommend_work"))
    assert ex.sentence(followed).startswith("Nobody can be followed: that takes two waves")
