"""Links between teams in words and tables: what a sceptical reader must find in them, in both languages."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.result import result

TEAMS = {"level": "within", "n": 534, "n_organisations": 48, "at": "2025"}


def link(r: float, low: float, high: float, **told: object) -> pd.DataFrame:
    """Make an observed correlation as `ex.correlate` gives it."""
    p = 0.001 if low > 0 or high < 0 else 0.4
    row = {"estimate": r, "conf_low": low, "conf_high": high, "p_value": p} | TEAMS | told
    return result(x="engagement", y="csat", effect="r", **row)


def corrected(link: pd.DataFrame, **told: object) -> pd.DataFrame:
    """Put a corrected correlation below it, as `ex.disattenuate` does."""
    usual = {"estimate": 0.26, "conf_low": 0.09, "conf_high": 0.43, "reason": "", "weak_basis": False}
    below = link.assign(**{"effect": "r_corrected", "reliability_x": 0.58, "reliability_y": 0.6} | usual | told)
    return pd.concat([link, below], ignore_index=True)


UNKNOWN = {"estimate": np.nan, "conf_low": np.nan, "conf_high": np.nan, "reliability_x": np.nan}
"""What a corrected row holds where there is none."""


def test_a_clear_link_is_told_with_its_level_teams_and_margin():
    """Within organisations, as a tendency; nothing is said of a cause."""
    found = link(0.15, 0.05, 0.25)
    assert ex.sentence(found, language="en") == (
        "Within their organisation, teams that score higher on engagement tend to score higher on csat: the "
        "correlation within organisations is 0.15 (margin 0.05 to 0.25, 534 teams in 48 organisations)."
    )
    assert ex.sentence(found, language="nl") == (
        "Binnen hun organisatie scoren teams met een hogere score op engagement doorgaans ook hoger op csat: de "
        "correlatie binnen organisaties is 0,15 (marge 0,05 tot 0,25, 534 teams in 48 organisaties)."
    )


@pytest.mark.parametrize(
    ("told", "start", "rests"),
    [
        (
            {"level": "pooled", "n_organisations": 0},
            "Teams that score higher on engagement tend to score",
            "534 teams)",
        ),
        ({"level": "pooled"}, "Teams that score higher", "534 teams in 48 organisations)"),
        ({"level": "between", "n": 48}, "Organisations that score higher on engagement tend", ", 48 organisations)"),
    ],
)
def test_each_level_has_a_sentence_of_its_own(told: dict, start: str, rests: str):
    """Teams over all, or organisations; and what they rest on."""
    said = ex.sentence(link(0.3, 0.2, 0.4, **told), language="en")
    assert said.startswith(start)
    assert rests in said


def test_a_link_downward_says_so():
    """Higher on one, lower on the other."""
    assert "tend to score lower on csat" in ex.sentence(link(-0.3, -0.4, -0.2), language="en")
    assert "doorgaans juist lager op csat" in ex.sentence(link(-0.3, -0.4, -0.2), language="nl")


def test_no_link_is_seen_only_where_the_margin_rules_out_every_relevant_one():
    """A narrow margin around zero, and one beside it that holds nothing of relevance."""
    for found in (link(0.01, -0.06, 0.08), link(0.05, 0.01, 0.09)):
        assert ex.sentence(found, language="en").startswith("No link of relevance seen between engagement and csat: ")
        assert "rules out links of 0.10 or stronger" in ex.sentence(found, language="en")
        assert "sluit een samenhang van 0,10 of sterker uit" in ex.sentence(found, language="nl")


def test_what_cannot_be_told_is_called_too_uncertain():
    """The margin holds zero and a relevant link as well: not "no link"."""
    said = ex.sentence(link(0.08, -0.04, 0.2), language="en")
    assert said == (
        "Whether engagement goes with csat is too uncertain to call: the correlation within organisations is 0.08 "
        "(margin −0.04 to 0.20, 534 teams in 48 organisations). Both a correlation of 0 and one of 0.10 or stronger "
        "fit these data."
    )
    assert "is te onzeker om te zeggen" in ex.sentence(link(0.08, -0.04, 0.2), language="nl")


def test_a_margin_that_just_touches_a_relevant_link_does_not_rule_it_out():
    """Exactly .10 is one."""
    assert "too uncertain" in ex.sentence(link(0.0, -0.1, 0.1), language="en")


def test_the_corrected_correlation_follows_with_its_reliabilities():
    """After the observed one, never instead of it."""
    said = ex.sentence(corrected(link(0.15, 0.05, 0.25)), language="en")
    assert said.endswith(
        "Corrected for chance in the team scores it is 0.26 (margin 0.09 to 0.43); the measurement reliability of the "
        "team scores is 0.58 for engagement and 0.60 for csat."
    )


@pytest.mark.parametrize(
    ("told", "en", "nl"),
    [
        ({"weak_basis": True}, "That is a weak basis", "Dat is een zwakke basis"),
        (
            UNKNOWN | {"reason": "reliability_unknown"},
            "cannot be told: their measurement reliability is unknown, since respondents were not supplied.",
            "hun meetbetrouwbaarheid is onbekend, omdat antwoorden van personen ontbreken.",
        ),
        (
            {"estimate": 1.2, "reason": "above_one"},
            "at a strength of 1 or more, which cannot be interpreted",
            "niet te interpreteren",
        ),
        (
            UNKNOWN | {"reason": "too_few_units"},
            "not corrected for chance in the team scores: too few teams",
            "is niet g",
        ),
    ],
)
def test_a_correction_that_is_weak_or_missing_says_why(told: dict, en: str, nl: str):
    """And no number above 1 is printed."""
    found = corrected(link(0.3, 0.2, 0.4), **told)
    assert en in ex.sentence(found, language="en")
    assert nl in ex.sentence(found, language="nl")
    assert "1.2" not in ex.sentence(found, language="en")


@pytest.mark.parametrize("reason", ["too_few_units", "constant", "no_answers", "several_waves"])
def test_without_a_correlation_there_is_a_reason(reason: str):
    """A sentence, and no number."""
    none = corrected(link(np.nan, np.nan, np.nan, reason=reason), **UNKNOWN, reason=reason)
    said = ex.sentence(none, language="en")
    assert said.startswith("The correlation of engagement with csat within organisations is not given: ")
    assert "nan" not in said


def test_a_perfect_correlation_has_no_margin():
    """It is given with that reason."""
    said = ex.sentence(link(1.0, np.nan, np.nan, reason="perfect"), language="en")
    assert "is 1.00 (a perfect link, which has no margin, 534 teams" in said


def test_few_teams_are_not_told():
    """Nine of them are withheld like nine answers."""
    said = ex.sentence(link(0.3, 0.2, 0.4, n=9), language="en", min_n=10)
    assert "0.3" not in said


def test_a_table_names_the_level_and_how_each_correlation_was_taken(see: Callable):
    """Levels in their order; ranks, weights, controls and shuffling named; what is above 1 is not printed."""
    rows = [
        link(0.5, 0.2, 0.7, level="between", n=48),
        corrected(link(0.3, 0.2, 0.4), estimate=1.3, reason="above_one", weak_basis=True),
        link(0.2, 0.1, 0.3).assign(effect="rho"),
        link(0.25, 0.1, 0.3, weight="harmonic"),
        link(0.28, 0.1, 0.3, covar="headcount, contact"),
        link(0.3, np.nan, np.nan, n_perm=5000),
    ]
    said = see(ex.linkage_table(pd.concat(rows), title="Levels", language="en")).text
    order = [
        "Within organisations", "Correlation r 0.30 [0.20, 0.40]", "Corrected correlation 1 or more: not interpretable",
        "Rank correlation ρ 0.20", "Correlation r, weighted by answers 0.25",
        "Correlation r, other things equal: headcount, contact 0.28", "Correlation r, teams shuffled 0.30 ·",
        "Between organisations", "Correlation r 0.50", "Weak basis",
    ]  # fmt: skip
    places = [said.replace("\N{NO-BREAK SPACE}", " ").find(words) for words in order]
    assert -1 not in places
    assert places == sorted(places)


def test_what_matched_is_counted_and_no_team_is_named():
    """Both, and how many have only one; a zero is left out."""
    teams = pd.DataFrame({"unit": [f"North-{i}" for i in range(20)], "voice": 3.0, "csat": [7.0] * 18 + [None] * 2})
    said = ex.sentence(ex.matched(teams, x="voice", y="csat"), language="en")
    assert said == (
        "Of 20 teams of which voice or csat is known, both are known of 18 (90%). "
        "Left out: 2 of which only voice is known."
    )
    assert "North" not in said


def test_what_can_be_found_is_said_at_its_level():
    """A pooled correlation is not one within organisations."""
    pooled = ex.detectable(link(0.2, 0.1, 0.3, level="pooled", std_error=0.05, df=47))
    assert ex.sentence(pooled, language="en").startswith("A correlation over all teams is found with a chance of 80%")


def mixed(**told: object) -> pd.DataFrame:
    """Make a mixed model as `ex.mixed` gives it."""
    usual = {"n": 20655, "n_units": 534, "n_organisations": 48, "at": "2025"}
    return result(
        x=["engagement", "engagement", "contact", "intercept", ""], y="csat", effect=["b", "b", "b", "b", "icc"],
        estimate=[40.03, 22.83, 16.51, -129.0, 0.026], conf_low=[23.37, 16.33, 13.62, -185.0, 0.021],
        conf_high=[56.69, 29.33, 19.4, -73.0, 0.033], p_value=[0.001] * 4 + [np.nan],
        level=["between", "within", "", "", ""], value=["", "", "low", "", ""], against=["", "", "high", "", ""],
        of="", **usual | told,
    )  # fmt: skip


def test_a_mixed_model_is_worded_by_its_slope_within_organisations(see: Callable):
    """That of teams around their organisation; the table has every term but the intercept."""
    assert ex.sentence(mixed(), language="en") == (
        "Other terms being equal, 1 more on engagement than the organisation's own mean goes with a difference of "
        "+22.83 in csat (margin 16.33 to 29.33): statistically significant."
    )
    said = see(ex.mixed_table(mixed(), title="Mixed", language="en")).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "engagement, between organisations 40.03 [23.37, 56.69]" in said
    assert "contact: low against high 16.51" in said
    assert "Rests on 20,655 answers about 534 teams." in said
    assert "129" not in said


def test_without_a_model_there_is_a_reason():
    """Respondents were not supplied."""
    none = mixed().assign(estimate=np.nan, conf_low=np.nan, conf_high=np.nan, reason="reliability_unknown")
    assert ex.sentence(none, language="en") == "There is no mixed model of csat on engagement: reliability unknown."


def test_a_slope_of_an_nps_is_in_points(see: Callable):
    """In the sentence and in the table."""
    found = mixed()
    found = found.assign(of=found["of"].mask(found["effect"] == "b", "points"))
    assert "a difference of +22.8 points in csat (margin 16.3 to 29.3)" in ex.sentence(found, language="en")
    assert "+22.8 points" in see(ex.mixed_table(found, title="Mixed", language="en")).text


def by_contact(**told: object) -> pd.DataFrame:
    """Make links in two groups and their difference, as `ex.moderation` gives them."""
    groups = pd.DataFrame(
        {"level": ["high", "high", "low", "low", "low", "low"], "reference": ["", "", "", "", "high", "high"]}
    )
    usual = {"n": [267] * 4 + [534] * 2, "n_smallest": [np.nan] * 4 + [267] * 2, "between": "contact", "at": "2025"}
    numbers = {"estimate": [0.42, 0.8, 0.25, 0.43, -0.17, -0.37], "p_value": [0.001] * 4 + [0.055, 0.013]}
    numbers |= {"conf_low": [0.3, 0.61, 0.12, 0.24, -0.34, -0.65], "conf_high": [0.53, 0.99, 0.38, 0.63, 0.0, -0.08]}
    return result(
        groups, x="engagement", y="csat", effect=["r", "r_corrected"] * 2 + ["diff"] * 2,
        of=["", "", "", "", "r", "r_corrected"], link_level="pooled", **usual | numbers | told,
    )  # fmt: skip


def test_groups_are_told_with_their_difference_observed_and_corrected():
    """Each difference by its own margin, whether or not both agree."""
    said = ex.sentence(by_contact(), language="en").replace("\N{NO-BREAK SPACE}", " ")
    assert said == (
        "By contact, over all teams. ‘high’: correlation 0.42 (margin 0.30 to 0.53, n = 267); corrected 0.80 (margin "
        "0.61 to 0.99, n = 267). ‘low’: correlation 0.25 (margin 0.12 to 0.38, n = 267); corrected 0.43 (margin "
        "0.24 to 0.63, n = 267). ‘low’ less ‘high’: correlation −0.17 (margin −0.34 to 0.00, n = 534), not "
        "statistically significant; corrected −0.37 (margin −0.65 to −0.08, n = 534), statistically significant."
    )
    assert "Verschil, ‘low’ min ‘high’: correlatie −0,17" in ex.sentence(by_contact(), language="nl")


def test_without_groups_there_is_a_reason():
    """No column was named."""
    none = ex.moderation(pd.DataFrame({"unit": ["a"], "voice": [1.0], "csat": [2.0]}), x="voice", y="csat", by="")
    said = ex.sentence(none, language="en")
    assert said == "Whether the link differs by contact cannot be told: not part of these data."
