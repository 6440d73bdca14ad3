"""Which scores of teams there are, whoever gave them, and what is known of each."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import exkit as ex
from exkit.errors import ExkitError

CODEBOOK = """\
table,variable,role,scale,type,low,high,promoter_from,detractor_to,n_column,sd_column
employees,person,respondent,,,,,,,,
employees,team,unit,,,,,,,,
employees,org,organisation,,,,,,,,
employees,year,wave,,,,,,,,
employees,a,item,voice,,1,5,,,,
employees,b,item,voice,,1,5,,,,
employees,c,item,pride,,1,5,,,,
employees,d,item,pride,,1,5,,,,
employees,enps,recommend_work,,,0,10,9,6,,
customers,who,respondent,,,,,,,,
customers,team,unit,,,,,,,,
customers,year,wave,,,,,,,,
customers,recommend,recommend,,,0,10,9,6,,
customers,csat,,,whole,1,10,,,,
units,team,unit,,,,,,,,
units,org,organisation,,,,,,,,
units,year,wave,,,,,,,,
units,mood,outcome,,,,,,,asked,
units,calm,outcome,,,,,,,asked,spread
units,asked,n,,,,,,,,
units,spread,sd,,,,,,,,
"""
TEAMS = ["North", "South", "East", "West"]


@pytest.fixture
def opened(dataset: Callable[..., Path]) -> Callable[..., object]:
    """Open a study of four teams in two organisations and two waves, some tables only: `opened("employees")`."""
    places = pd.DataFrame({"team": TEAMS, "org": ["A", "A", "B", "B"]}).merge(
        pd.DataFrame({"year": ["2024", "2025"]}), how="cross"
    )
    people = pd.concat([places] * 12, ignore_index=True)
    marks = people.index.to_series() % 5 + 1
    told = {
        "person": [f"p{i}" for i in people.index],
        "a": marks,
        "b": 6 - marks,
        "c": marks,
        "d": marks,
        "enps": marks,
    }
    customers = people.drop(columns="org").assign(who=[f"c{i}" for i in people.index], recommend=2 * marks, csat=marks)
    tables = {
        "employees": people.assign(**told),
        "customers": customers,
        "units": places.assign(mood=[7, 7, 6, 6, 8, 8, 5, 5], calm=7.0, asked=12, spread=1.5),
    }

    def make(*names: str, without: tuple[str, ...] = ()) -> object:
        lines = [line for line in CODEBOOK.splitlines() if line.split(",")[0] in ("table", *names)]
        lines = [line for line in lines if line.split(",")[1] not in without]
        kept = {name: tables[name].drop(columns=list(without), errors="ignore") for name in names}
        return ex.open(dataset(codebook="\n".join(lines) + "\n", **kept))

    return make


def test_the_scale_comes_first_then_the_other_scales_then_the_customers(opened: Callable):
    """The customers' question by its role; an NPS where the codebook has cut-offs."""
    found = ex.team_scores(opened("employees", "customers"), "pride", customers="recommend")
    assert (found.x, found.asked, found.customers) == ("pride", ["pride", "voice", "recommend"], "recommend")
    assert found.shared == ["pride", "voice"]
    assert found.points == ["recommend"]


def test_it_is_one_wave(opened: Callable):
    """The last, unless one is named."""
    study = opened("employees", "customers")
    assert set(ex.team_scores(study, "voice").units("voice")["wave"]) == {"2025"}
    assert set(ex.reliabilities(ex.team_scores(study, "voice", wave="2024"))["at"]) == {"2024"}


def test_teams_are_compared_within_organisations_where_there_are_several(opened: Callable):
    """And over all teams where one asks for it, or where no organisation is known."""
    study = opened("employees")
    assert set(ex.reliabilities(ex.team_scores(study, "voice"))["level"]) == {"within"}
    assert set(ex.reliabilities(ex.team_scores(study, "voice"), level="pooled")["level"]) == {"pooled"}
    assert ex.team_scores(opened("employees", without=("org",)), "voice").level == "pooled"


def test_reliability_is_that_of_each_tally(opened: Callable):
    """Of the customers as an NPS."""
    study = opened("employees", "customers")
    found = ex.reliabilities(ex.team_scores(study, "voice", customers="recommend"), level="pooled").set_index("x")
    own = ex.icc(ex.tally(study, "recommend").at(wave="2025"), of="nps")
    assert found.loc["recommend", "msw"].tolist() == own["msw"].tolist()


def test_agreement_is_of_every_measure(opened: Callable):
    """A scale has r_wg(j) under two nulls, a mark from 0 to 10 r_wg under one."""
    found = ex.agreements(ex.team_scores(opened("employees", "customers"), "voice", customers="recommend"))
    kinds = found[found["effect"].str.startswith("r_wg")].groupby("x")["effect"].agg(list).to_dict()
    assert kinds == {"pride": ["r_wg_j"] * 2, "recommend": ["r_wg"], "voice": ["r_wg_j"] * 2}


def test_a_question_that_was_not_asked_is_kept_and_says_so(opened: Callable):
    """No customers in these data."""
    found = ex.team_scores(opened("employees"), "voice", customers="recommend")
    assert ex.reliabilities(found).set_index("x").loc["recommend", "reason"].tolist() == ["no_question"] * 2
    assert set(ex.agreements(found).set_index("x").loc["recommend", "reason"]) == {"no_question"}


def test_without_teams_everything_is_not_asked(opened: Callable):
    """Nobody's team is known; there is a frame of teams all the same, and nobody in it."""
    found = ex.team_scores(opened("employees", without=("team", "org")), "voice")
    assert set(ex.reliabilities(found)["reason"]) == set(ex.agreements(found)["reason"]) == {"not_asked"}
    assert found.units("voice").empty
    assert ex.aggregation(ex.reliabilities(found), ex.agreements(found))["verdict"].tolist() == ["unknown"] * 2


def test_a_table_of_teams_has_the_scores_of_which_something_can_be_known(opened: Callable):
    """The one asked for, and whatever has a standard deviation; agreement cannot be known."""
    found = ex.team_scores(opened("units"), "mood", wave="2025")
    assert found.asked == ["mood", "calm"]
    reasons = ex.reliabilities(found).drop_duplicates("x").set_index("x")["reason"].to_dict()
    assert reasons == {"mood": "reliability_unknown", "calm": "not_identifiable"}
    assert set(ex.agreements(found)["reason"]) == {"reliability_unknown"}
    verdicts = ex.aggregation(ex.reliabilities(found), ex.agreements(found))
    assert verdicts["verdict"].tolist() == ["unknown"] * 2


def test_alpha_is_of_every_scale(opened: Callable):
    """Both items of pride are alike, those of voice opposite; a question has none."""
    study = opened("employees")
    found = ex.alphas(ex.team_scores(study, "pride")).set_index("x")["estimate"]
    assert found["pride"] == pytest.approx(1)
    assert ex.alphas(ex.team_scores(opened("units"), "mood"))["reason"].tolist() == ["not_asked"]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"x": "voise"}, r"No variable 'voise' in the codebook\. Did you mean 'voice'\?"),
        ({"x": "voice", "wave": "2026"}, r"No wave '2026'\. Did you mean '2025'\?"),
        ({"x": "voice", "customers": "csta"}, r"No variable 'csta' in the codebook\. Did you mean 'csat'\?"),
    ],
)
def test_what_is_not_there_is_named_with_the_nearest(opened: Callable, told: dict[str, str], message: str):
    """As everywhere."""
    with pytest.raises(ExkitError, match=message):
        ex.team_scores(opened("employees", "customers"), **told)
