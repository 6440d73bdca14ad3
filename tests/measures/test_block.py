"""Blocks: complete answers to several questions, their products, and answers around the mean of a group."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.errors import ExkitError
from exkit.measures.block import block
from exkit.measures.tally import Moments

CODEBOOK = """\
table,variable,role,scale,low,high,reverse
employees,person,respondent,,,,
employees,firm,organisation,,,,
employees,team,unit,,,,
employees,year,wave,,,,
employees,job,group,,,,
employees,w,weight,,,,
employees,enps,recommend_work,,0,10,
employees,a,item,voice,1,5,
employees,b,item,voice,1,5,yes
customers,mark,recommend,,0,10,
"""


def mean(made: Moments) -> np.ndarray:
    """Work out the weighted mean of each variable."""
    return made.sums[1].sum(axis=0) / made.keys["w"].sum()


def covariance(made: Moments) -> np.ndarray:
    """Work out the weighted covariances, denominator the sum of the weights."""
    return made.products[1].sum(axis=0) / made.keys["w"].sum() - np.outer(mean(made), mean(made))


@pytest.fixture
def study(dataset: Callable[..., Path]) -> object:
    """Eight people of two teams in two years, one of whom left a question open; and two customers."""
    people = {
        "person": [f"p{i}" for i in range(8)],
        "firm": "Firm",
        "team": ["North"] * 4 + ["South"] * 4,
        "year": ["2024", "2025"] * 4,
        "job": ["desk", "road"] * 4,
        "w": [1.0, 2.0] * 4,
        "enps": [9, 3, 8, 10, 10, None, 7, 2],
        "a": [5, 4, 3, 1, 2, 3, 4, 5],
        "b": [1, 2, 3, 5, 4, 3, 2, 1],
    }
    return ex.open(dataset(codebook=CODEBOOK, employees=pd.DataFrame(people), customers={"mark": [9, 10]}))


@pytest.fixture
def units() -> pd.DataFrame:
    """Six units of two organisations."""
    x, z = [1.0, 2.0, 6.0, 4.0, 5.0, 9.0], [2.0, 5.0, 5.0, 1.0, 1.0, 4.0]
    return pd.DataFrame({"organisation": ["A"] * 3 + ["B"] * 3, "unit": list("abcdef"), "x": x, "z": z})


def test_a_block_holds_those_who_answered_everything(study: object):
    """Seven of eight; a scale enters with its score."""
    made = block(study, ["voice", "recommend_work"])
    assert made.keys["n"].sum() == 7
    assert made.names == ["voice", "recommend_work"]
    assert made.sums[0].sum(axis=0).tolist() == [5 + 4 + 3 + 1 + 2 + 4 + 5, 49]


def test_a_block_weighs_respondents(study: object):
    """Those of 2025 count double."""
    made = block(study, ["voice", "recommend_work"])
    assert made.keys["w"].sum() == 4 + 2 * 3
    assert made.sums[1].sum(axis=0)[1] == 9 + 2 * 3 + 8 + 2 * 10 + 10 + 7 + 2 * 2


def test_a_unit_counts_once(units: pd.DataFrame):
    """Whatever column of weights its frame may have."""
    made = block(units.assign(weight=5.0), ["x", "z"])
    assert made.keys["w"].tolist() == [1] * 6


def test_a_product_is_one_variable_more(units: pd.DataFrame):
    """Its sum is that of the products of the answers as they stand."""
    made = block(units, ["x", "z"], products=[("x", "z")])
    assert made.names == ["x", "z", "x:z"]
    assert made.sums[1].sum(axis=0)[2] == (units["x"] * units["z"]).sum()


def test_within_organisations_every_variable_has_a_mean_of_zero_in_each(units: pd.DataFrame):
    """Products included, so that nothing of the difference between organisations is left."""
    made = block(units, ["x", "z"], products=[("x", "z")], within="organisation")
    sums = pd.DataFrame(made.sums[1]).groupby(made.keys["organisation"].to_numpy()).sum()
    assert np.abs(sums.to_numpy()).max() < 1e-12
    around = units[["x", "z"]] - units.groupby("organisation")[["x", "z"]].transform("mean")
    product = around["x"] * around["z"]
    product -= product.groupby(units["organisation"]).transform("mean")
    assert covariance(made) == pytest.approx(around.assign(p=product).cov(ddof=0).to_numpy())


def test_within_units_each_wave_has_a_mean_of_its_own(study: object):
    """Answers of a team in two years are not taken around one mean; weights count."""
    made = block(study, ["voice", "enps"], within="unit")
    assert np.abs(made.sums[1]).max() < 1e-12
    assert len(made.keys) == 4


def test_one_wave_can_be_taken_from_a_block(study: object):
    """The last one if it is not named, as from a tally; what the data do not have leaves nothing out."""
    made = block(study, ["voice", "enps"])
    assert made.at(wave="2024").keys["n"].sum() == 4
    assert made.at(wave="", sector="").keys["wave"].unique().tolist() == ["2025"]
    with pytest.raises(ExkitError, match=r"No wave '2042'\."):
        made.at(wave="2042")


def test_a_block_can_be_told_apart_by_subgroup(study: object):
    """A key more."""
    assert block(study, ["voice", "enps"], by=["job"]).keys["job"].unique().tolist() == ["desk", "road"]


def test_a_division_by_nothing_is_no_answer():
    """An infinite value counts as a missing one, and so does pandas' own."""
    units = pd.DataFrame({"x": [1.0, np.inf, 3.0], "z": pd.array([1, 2, None], dtype="Int64")})
    assert block(units, ["x", "z"]).keys["n"].sum() == 1


def test_nobody_complete_makes_an_empty_block():
    """That is no mistake."""
    assert repr(block(pd.DataFrame({"x": [1.0, None], "z": [None, 2.0]}), ["x", "z"])).endswith(": 0 complete answers")


def test_a_block_says_how_many_are_in_it_and_nobody_is(study: object):
    """Its keys name no respondent."""
    made = block(study, ["voice", "enps"], within="unit")
    assert repr(made) == "Block of voice, enps: 7 complete answers, around the mean of each unit"
    assert "p1" not in str(made.keys.to_dict())


def test_questions_of_two_tables_make_no_block(study: object):
    """They were answered by different people."""
    with pytest.raises(ExkitError, match="answers of one table, not of 2: customers, employees"):
        block(study, ["voice", "mark"])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"names": ["x", "zz"]}, "No column 'zz' in the units."),
        ({"names": ["x", "unit"]}, "'unit' is text."),
        ({"names": ["x"], "products": [("x", "z")]}, "No variable in the block 'z'."),
        ({"names": ["x"], "within": "team"}, "No level 'team'."),
        ({"names": ["x"], "by": ["job"]}, "No column 'job' in the data."),
    ],
)
def test_a_name_that_is_not_there_is_answered_with_what_is(units: pd.DataFrame, asked: dict, message: str):
    """Before anything is summed."""
    with pytest.raises(ExkitError) as caught:
        block(units, **asked)
    assert str(caught.value).startswith(message)


def test_a_block_changes_nothing(units: pd.DataFrame):
    """The caller's frame is as it was."""
    before = units.copy()
    block(units, ["x", "z"], products=[("x", "z")], within="organisation")
    pd.testing.assert_frame_equal(units, before)
