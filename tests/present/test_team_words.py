"""May we speak of teams? What each verdict says, and what it does not say."""

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.result import result


def reliability(icc2: list[float], **told: object) -> pd.DataFrame:
    """Make reliabilities of two measures."""
    both = [v for value in icc2 for v in (0.0859, value)]
    usual = {"conf_low": 0.05, "conf_high": 0.8, "n": 8193, "n_units": 548, "k": 14.95, "at": "2025"}
    usual |= {"x": np.repeat(["engagement", "pride"], 2), "effect": ["icc1", "icc2"] * 2, "estimate": both}
    return result(**usual | told)


def verdict(verdict: str, **told: object) -> pd.DataFrame:
    """Make the verdict on one measure."""
    usual = {
        "x": "engagement", "effect": "icc2", "estimate": 0.58, "conf_low": 0.53, "conf_high": 0.63, "n": 8193,
        "k": 14.95, "icc1": 0.086, "icc1_low": 0.07, "icc1_high": 0.104, "agreement": 0.81, "agreement_low": 0.8,
        "agreement_high": 0.82, "null": "slightly_skewed",
    }  # fmt: skip
    return result(verdict=verdict, **usual | told)


def test_justified_says_both_halves():
    """Teams differ and their scores are reliable; people of one team agree."""
    good = verdict("justified", estimate=0.82, conf_low=0.75, conf_high=0.88, icc1=0.24)
    assert ex.sentence(good, language="en") == (
        "On engagement one may speak of teams. Teams differ by more than chance (24% of the differences between people "
        "go with the team), and their scores are reliable: ICC(2) is 0.82 (margin 0.75 to 0.88). People of one team "
        "agree: under the strictest null r_wg is 0.81 on average (margin 0.80 to 0.82)."
    )
    assert ex.sentence(good, language="nl").startswith("Bij engagement is het verantwoord om van teams te spreken.")


def test_a_weak_basis_says_what_it_will_do_for_and_what_not():
    """Reliability below .70 for sure: patterns over many teams, no single one."""
    assert ex.sentence(verdict("weak"), language="en").startswith(
        "On engagement there is a weak basis to speak of teams: enough to look for patterns over many teams, not to "
        "judge single ones by their score. Teams differ by more than chance (9% of the differences between people go "
        "with the team), but with 15 answers per team their scores are too unreliable to tell single teams apart: "
        "ICC(2) is 0.58 (margin 0.53 to 0.63), below 0.70."
    )


def test_what_is_not_shown_is_not_called_absent():
    """The margin of ICC(2) holds .70, that of agreement too, that of ICC(1) reaches 0."""
    unsure = verdict("weak", conf_high=0.75, agreement_low=0.6)
    said = ex.sentence(unsure, language="en")
    assert "but it is not shown that their scores are reliable enough to tell single teams apart" in said
    assert "It is not shown that people of one team agree enough to call the score theirs" in said
    none = ex.sentence(verdict("not_justified", icc1=0.001, icc1_low=-0.007, icc1_high=0.01), language="en")
    assert none.startswith(
        "On engagement these data do not justify speaking of teams. Teams are not shown to differ more than chance "
        "makes them: ICC(1) is 0.001 (margin −0.007 to 0.010)."
    )


def test_people_who_do_not_agree_are_said_not_to():
    """The whole margin lies below .50."""
    apart = verdict("not_justified", agreement=0.3, agreement_low=0.2, agreement_high=0.4)
    assert "People of one team do not agree: under the strictest null r_wg is 0.30 on average" in (
        ex.sentence(apart, language="en")
    )


def test_agreement_that_was_not_asked_for_is_no_part_of_the_verdict():
    """Customers need not agree."""
    alone = verdict("weak", agreement=np.nan, agreement_low=np.nan, agreement_high=np.nan, null="")
    assert ex.sentence(alone, language="en").endswith("Whether people of one team agree is not part of this verdict.")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("reliability_unknown", "these data have scores of teams, not people's answers."),
        ("several_waves", "several waves at once."),
    ],
)
def test_an_unknown_says_why(reason: str, said: str):
    """Respondents were not supplied, or waves are mixed."""
    nothing = dict.fromkeys(["estimate", "conf_low", "conf_high", "icc1", "icc1_low", "icc1_high"], np.nan)
    unknown = verdict("unknown", **nothing, n=0, reason=reason)
    assert ex.sentence(unknown, language="en") == f"Whether one may speak of teams on engagement is unknown: {said}"


def test_other_measures_are_named_by_verdict():
    """One list each, unknown ones with their reason."""
    words = ["weak", "justified", "weak", "unknown"]
    several = pd.concat([verdict(word, x=x) for word, x in zip(words, ["a", "b", "c", "d"], strict=True)])
    several.loc[several["x"] == "d", ["n", "reason"]] = [0, "no_question"]
    said = ex.sentence(several, language="en")
    assert said.endswith("Justified for: b. A weak basis for: c. Unknown for: d (question not part of these data).")


def test_the_answers_it_takes_are_told_with_those_there_are():
    """For the first measure, and the range of all."""
    needed = ex.raters_needed(reliability([0.58, 0.58], estimate=[0.0859, 0.58, 0.05, 0.58], conf_high=0.1))
    assert ex.sentence(needed, language="en") == (
        "A score for engagement with a reliability of 0.70 takes 25 answers per team (margin 21 to 45); there are 15 "
        "on average. Over all measures it takes from 25 to 45."
    )


def test_agreement_is_told_under_both_nulls():
    """Of the first measure."""
    both = result(
        x="engagement", effect=["r_wg_j", "r_wg_j", "a_wg", "ad", "ad_median"],
        null=["uniform", "slightly_skewed", "", "", ""],
        estimate=[0.89, 0.81, 0.74, 0.57, 0.51], conf_low=0.7, conf_high=0.9, n=7844, n_units=60,
        share_high=0.9, share_zero=0.0, median=0.9,
    )  # fmt: skip
    assert ex.sentence(both, language="en").replace("\N{NO-BREAK SPACE}", " ") == (
        "On engagement the r_wg(j) of teams is 0.89 (margin 0.70 to 0.90, n = 7,844) on average under the uniform "
        "null, and 0.81 under the slightly skewed one."
    )


def test_reliability_is_said_of_the_first_and_what_is_low_is_named():
    """With answers per team, and the part of the differences between people."""
    assert ex.sentence(reliability([0.75, 0.58]), language="en") == (
        "A team's score for engagement has a reliability of 0.75 (margin 0.05 to 0.80), with 15 answers per team; "
        "9% of the differences between people go with the team. Below 0.70, where scores hardly tell single teams "
        "apart: pride."
    )


def test_an_unknown_reliability_is_called_unknown():
    """Respondents were not supplied."""
    unknown = reliability([np.nan, np.nan], n=0, reason="reliability_unknown")
    unknown["estimate"] = np.nan
    assert ex.sentence(unknown, language="nl") == "engagement, pride: meetbetrouwbaarheid onbekend."


def test_a_curve_has_a_picture_and_no_finding():
    """What it takes is said by the number of answers needed."""
    assert ex.sentence(ex.reliability_at(reliability([0.6, 0.6])), language="en") == ""


def test_agreement_that_was_asked_for_and_is_not_known_is_said_to_be_so():
    """It is all that stands between a reliable score and a verdict that it is justified."""
    unknown = verdict("weak", conf_low=0.75, agreement=np.nan, agreement_low=np.nan, agreement_high=np.nan, null="")
    assert ex.sentence(unknown, language="en").endswith("Whether people of one team agree is not known.")


def test_scores_that_differ_no_more_than_chance_have_no_reliability():
    """A negative ICC(2) is given for what it is."""
    said = ex.sentence(reliability([-1.5, 0.8], conf_low=-2.0, conf_high=-0.5), language="en")
    assert said.startswith(
        "On engagement the means of teams differ no more than chance among their people makes them: ICC(2) is −1.50 "
        "(margin −2.00 to −0.50), which is no reliability."
    )
