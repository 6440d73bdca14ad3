"""All that is known of the units beside one measure: which outcomes, of which wave, from which tables."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import exkit as ex
from exkit.errors import ExkitError

CODEBOOK = """\
table,variable,role,scale,type,low,high,promoter_from,detractor_to,per,n_column
employees,person,respondent,,,,,,,,
employees,team,unit,,,,,,,,
employees,org,organisation,,,,,,,,
employees,year,wave,,,,,,,,
employees,weight,weight,,,,,,,,
employees,a,item,voice,,1,5,,,,
employees,b,item,voice,,1,5,,,,
customers,who,respondent,,,,,,,,
customers,team,unit,,,,,,,,
customers,year,wave,,,,,,,,
customers,age,group,,,,,,,,
customers,recommend,recommend,,,0,10,9,6,,
customers,csat,,,whole,1,10,,,,
customers,again,outcome,,whole,0,1,,,,
customers,remark,,,text,,,,,,
units,team,unit,,,,,,,,
units,year,wave,,,,,,,,
units,org,organisation,,,,,,,,
units,heads,,,,,,,,,
units,profit,outcome,,,,,,,heads,
units,mood,outcome,,,,,,,,asked
units,asked,n,,,,,,,,
"""
TEAMS = ["North", "South", "East", "West"]


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    """Four teams of two organisations in two waves, two employees and two customers each."""
    places = pd.DataFrame({"team": TEAMS, "org": ["A", "A", "B", "B"]}).merge(
        pd.DataFrame({"year": ["2024", "2025"]}), how="cross"
    )
    twice = pd.concat([places, places], ignore_index=True)
    employees = twice.assign(
        person=[f"p{i}" for i in twice.index], weight=[1.0] * 8 + [3.0] * 8, a=[1, 5, 2, 4] * 4, b=[2, 4, 3, 3] * 4
    )
    customers = twice[["team", "year"]].assign(
        who=[f"c{i}" for i in twice.index], age="old", recommend=[10, 0, 9, 7] * 4, csat=7, again=[0, 1] * 8, remark="-"
    )
    units = places.assign(heads=10, profit=range(8), mood=7.0, asked=12)
    return {"employees": employees, "customers": customers, "units": units}


@pytest.fixture
def opened(dataset: Callable[..., Path], tables: dict[str, pd.DataFrame]) -> Callable[..., object]:
    """Open the study with only some of its tables: `opened("employees", "units")`."""

    def make(*names: str) -> object:
        book = "".join(line for line in CODEBOOK.splitlines(keepends=True) if line.split(",")[0] in ("table", *names))
        return ex.open(dataset(codebook=book, **{name: tables[name] for name in names}))

    return make


def test_every_outcome_is_found_and_names_and_groups_are_not(opened: Callable):
    """On record first; of the customers whatever has a scale."""
    found = ex.gather(opened("employees", "customers", "units"), "voice")
    assert found.outcomes == ["profit", "mood", "recommend", "csat", "again"]
    assert found.points == ["recommend"]


def test_it_is_the_last_wave_unless_one_is_named(opened: Callable):
    """One row per team."""
    study = opened("employees", "customers", "units")
    assert ex.gather(study, "voice").units["wave"].tolist() == ["2025"] * 4
    assert set(ex.gather(study, "voice", wave="2024").units["wave"]) == {"2024"}


def test_a_recommendation_is_an_nps_and_a_total_is_divided(opened: Callable):
    """10 and 10 among North's customers in 2024; a profit of 1 over 10 heads in 2025."""
    study = opened("employees", "customers", "units")
    before, now = (ex.gather(study, "voice", wave=wave).units.set_index("unit") for wave in ("2024", "2025"))
    assert before.loc["North", ["recommend", "recommend_n"]].tolist() == [100, 2]
    assert now.at["North", "profit"] == 0.1


def test_reliability_is_of_unweighted_means(opened: Callable, tables: dict[str, pd.DataFrame]):
    """The second employee of each team counts three times, and in reliability once."""
    tables["employees"].loc[8:, ["a", "b"]] = 5
    found = ex.gather(opened("employees", "units"), "voice", wave="2024")
    own, other = found.unweighted.set_index("unit"), found.units.set_index("unit")
    assert own.at["North", "voice"] == pytest.approx((1.5 + 5) / 2)
    assert other.at["North", "voice"] == pytest.approx((1.5 + 3 * 5) / 4)


def test_a_table_that_was_already_summed_up_will_do(opened: Callable):
    """Nobody answered here: x is a column of the units, and has no reliability."""
    found = ex.gather(opened("units"), "mood")
    assert found.outcomes == ["profit"]
    assert ex.reliabilities(found)["reason"].tolist() == ["reliability_unknown"] * 2


def test_reliabilities_are_of_what_people_answered(opened: Callable):
    """The scale and the customers' questions, not the profit; within organisations."""
    found = ex.reliabilities(ex.gather(opened("employees", "customers", "units"), "voice"))
    assert found["x"].unique().tolist() == ["voice", "mood", "recommend", "csat", "again"]
    assert set(found["level"]) == {"within"}


@pytest.mark.parametrize(
    ("x", "wave", "message"),
    [
        ("voice", "2026", r"No wave '2026'\. Did you mean '2025'\?"),
        ("profits", "", r"No variable 'profits' in the codebook\. Did you mean 'profit'\?"),
    ],
)
def test_what_is_not_there_is_named_with_the_nearest(opened: Callable, x: str, wave: str, message: str):
    """As everywhere."""
    with pytest.raises(ExkitError, match=message):
        ex.gather(opened("employees", "units"), x, wave=wave)


def test_without_any_outcome_there_is_nothing_to_hold_a_scale_against(opened: Callable):
    """The message says which tables would help."""
    with pytest.raises(ExkitError, match=r"Of these units only 'voice' is known\. Give a table 'units' or 'customers'"):
        ex.gather(opened("employees"), "voice")


def test_what_x_is_held_against_can_be_named(opened: Callable):
    """By role or name, from any table; columns beside it come along as they stand."""
    found = ex.gather(
        opened("employees", "customers", "units"), "voice", y=["recommend", "profit"], beside=["heads", ""]
    )
    assert found.outcomes == ["recommend", "profit"]
    assert found.points == ["recommend"]
    assert found.units["heads"].tolist() == [10] * 4
    assert "csat" not in found.units


def test_what_was_not_asked_is_there_without_values(opened: Callable):
    """Nobody asked customers: a column of nothing, which every statistic has a reason for."""
    found = ex.gather(opened("employees"), "voice", y="recommend")
    assert found.outcomes == ["recommend"]
    assert found.units["recommend"].isna().all()
    assert ex.correlate(found.units, x="voice", y="recommend")["reason"].tolist() == ["no_answers"]


def test_a_column_that_the_units_lack_is_named(opened: Callable):
    """With the nearest one."""
    with pytest.raises(ExkitError, match=r"No column 'head' in units\. Did you mean 'heads'\?"):
        ex.gather(opened("employees", "units"), "voice", y="profit", beside=["head"])
