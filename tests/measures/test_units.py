"""The units frame: what a unit's value is, how parts are joined, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.errors import ExkitError

CODEBOOK = """\
table,variable,role,scale,type,low,high,promoter_from,detractor_to,favourable_from,per,n_column,sd_column
employees,team,unit,,,,,,,,,,
employees,org,organisation,,,,,,,,,,
employees,year,wave,,,,,,,,,,
employees,weight,weight,,,,,,,,,,
employees,recommend,recommend_work,,,0,10,9,6,8,,,
employees,a,item,voice,,1,5,,,,,,
customers,team,unit,,,,,,,,,,
customers,year,wave,,,,,,,,,,
customers,recommend,recommend,,,0,10,9,6,,,,
units,team,unit,,,,,,,,,,
units,year,wave,,,,,,,,,,
units,heads,,,,,,,,,,,
units,profit,outcome,,,,,,,,heads,,
units,csat,outcome,,,,,,,,,asked,spread
units,asked,n,,,,,,,,,,
units,spread,sd,,,,,,,,,,
"""
EMPLOYEES = {
    "team": ["North", "North", "North", "South", "South", None],
    "org": "Acme",
    "year": "2025",
    "weight": [1, 1, 2, 1, 1, 1],
    "recommend": [9, 3, 8, 10, None, 0],
    "a": [5, 4, 3, 2, 2, 1],
}
CUSTOMERS = {"team": ["North", "North", "East"], "year": "2025", "recommend": [10, 9, 0]}
UNITS = {
    "team": ["North", "South", "East"],
    "year": "2025",
    "heads": [10, 0, None],
    "profit": [50, 7, 8],
    "csat": [7.5, 8.0, None],
    "asked": [20, 30, None],
    "spread": [1.5, None, None],
}


@pytest.fixture
def study(dataset: Callable[..., Path]) -> object:
    """Six employees, three customers and what is known of three teams."""
    tables = {"employees": EMPLOYEES, "customers": CUSTOMERS, "units": UNITS}
    tables = {name: pd.DataFrame(columns).convert_dtypes() for name, columns in tables.items()}
    return ex.open(dataset(codebook=CODEBOOK, **tables))


def at(frame: pd.DataFrame, unit: str) -> pd.Series:
    """Take the row of a unit."""
    return frame.set_index("unit").loc[unit]


def test_a_question_becomes_the_weighted_mean_of_the_unit(study: object):
    """Marks 9, 3 and 8 with weights 1, 1 and 2: 7, by three people."""
    north = at(ex.units(ex.tally(study, "employees.recommend")), "North")
    assert north["employees.recommend"] == pytest.approx((9 + 3 + 2 * 8) / 4)
    assert north["employees.recommend_n"] == 3


def test_the_standard_deviation_is_that_of_people(study: object):
    """With n - 1; nobody differs from a single one."""
    frame = ex.units(ex.tally(study, "customers.recommend"))
    assert at(frame, "North")["customers.recommend_sd"] == pytest.approx(np.std([10, 9], ddof=1))
    assert at(frame, "East")["customers.recommend_n"] == 1
    assert np.isnan(at(frame, "East")["customers.recommend_sd"])


def test_weights_make_a_mean_less_sure(study: object):
    """Weights 1, 1 and 2 of three people: by Kish the variance is 3 · 6 / 4² as large."""
    north = at(ex.units(ex.tally(study, "employees.recommend")), "North")
    assert north["employees.recommend_sd"] ** 2 == pytest.approx(np.var([9, 3, 8], ddof=1) * 18 / 16)


def test_a_question_can_become_an_nps_in_points(study: object):
    """A promoter, a detractor and a passive who counts twice: 0; people differ by 100, but for the weights."""
    frame = ex.units(ex.tally(study, "employees.recommend"), of={"employees.recommend": "nps"})
    assert at(frame, "North")["employees.recommend"] == 0
    assert at(frame, "North")["employees.recommend_sd"] == pytest.approx(100 * np.sqrt(18 / 16))


def test_a_question_can_become_a_favourable_share(study: object):
    """Of four by weight three are favourable."""
    frame = ex.units(ex.tally(study, "employees.recommend"), of={"employees.recommend": "favourable"})
    assert at(frame, "North")["employees.recommend"] == pytest.approx(0.75)


def test_a_scale_becomes_the_mean_of_its_scores(study: object):
    """Scores 5, 4 and 3, the last of weight two."""
    frame = ex.units(ex.tally(study, "voice"))
    assert at(frame, "North")["voice"] == pytest.approx(3.75)
    assert at(frame, "North")["voice_sd"] == pytest.approx(np.sqrt(18 / 16))
    assert at(frame, "South")["voice_sd"] == 0


def test_a_unit_has_the_nps_that_the_kit_prints(study: object):
    """The units frame and ex.nps say the same of a team."""
    tally = ex.tally(study, "customers.recommend")
    frame = ex.units(tally, of={"customers.recommend": "nps"})
    printed = ex.nps(tally, by=["unit"]).set_index("unit")["estimate"]
    assert at(frame, "North")["customers.recommend"] == printed["North"] == 100


def test_people_without_a_unit_are_in_no_unit(study: object):
    """Six people answered, five of them in a team."""
    assert ex.units(ex.tally(study, "voice"))["voice_n"].sum() == 5


def test_parts_are_joined_and_no_unit_is_lost(study: object):
    """East has customers and no employees, South the other way round."""
    frame = ex.units(ex.tally(study, ["employees.recommend", "voice"]), ex.tally(study, "customers.recommend"))
    assert list(frame["unit"]) == ["East", "North", "South"]
    assert np.isnan(at(frame, "East")["voice"])
    assert np.isnan(at(frame, "South")["customers.recommend_n"])
    assert at(frame, "North")["customers.recommend"] == 9.5


def test_keys_come_first_and_are_text(study: object):
    """The organisation is known where one part knows it."""
    frame = ex.units(ex.tally(study, "customers.recommend"), ex.tally(study, "voice"))
    assert list(frame)[:3] == ["wave", "organisation", "unit"]
    assert list(frame["wave"]) == ["2025"] * 3
    assert at(frame, "North")["organisation"] == "Acme"
    assert pd.isna(at(frame, "East")["organisation"])


def test_waves_written_as_numbers_are_the_same_waves():
    """2025 and '2025' are one year."""
    a = pd.DataFrame({"unit": ["a"], "wave": [2025], "voice": [3.0]})
    b = pd.DataFrame({"unit": ["a"], "wave": ["2025"], "csat": [7.0]})
    assert len(ex.units(a, b)) == 1


def test_a_part_without_waves_is_of_the_only_wave(study: object):
    """A table of this year's profit need not say the year."""
    frame = ex.units(ex.tally(study, "voice"), pd.DataFrame({"unit": ["North"], "margin": [0.1]}))
    assert at(frame, "North")["wave"] == "2025"
    assert at(frame, "North")["margin"] == 0.1


def test_a_part_without_waves_cannot_join_several():
    """To repeat it in each wave would make one measurement look like two."""
    yearly = pd.DataFrame({"unit": ["a", "a"], "wave": ["2024", "2025"], "voice": [3.0, 3.1]})
    with pytest.raises(ExkitError, match=r"One part has waves \(2024, 2025\) and another has none\."):
        ex.units(yearly, pd.DataFrame({"unit": ["a"], "margin": [0.1]}))


def test_two_measures_of_one_name_are_refused(study: object):
    """The message says how to tell them apart."""
    with pytest.raises(ExkitError, match=r"Two parts have a column 'voice'. Name them apart"):
        ex.units(ex.tally(study, "voice"), pd.DataFrame({"unit": ["North"], "voice": [3.0]}))


def test_a_unit_that_is_there_twice_is_refused():
    """The rows come with the error."""
    with pytest.raises(ExkitError, match=r"Unit 'a' is there more than once \(2 such rows\)") as error:
        ex.units(pd.DataFrame({"unit": ["a", "a", "b"], "voice": [1.0, 2.0, 3.0]}))
    assert len(error.value.rows) == 2


def test_a_unit_in_two_organisations_is_refused():
    """Two parts must agree on where a unit belongs."""
    a = pd.DataFrame({"unit": ["a"], "organisation": ["Acme"], "voice": [3.0]})
    b = pd.DataFrame({"unit": ["a"], "organisation": ["Bolt"], "csat": [7.0]})
    with pytest.raises(ExkitError, match=r"Unit 'a' is in 'Acme' and 'Bolt' at once"):
        ex.units(a, b)


def test_a_statistic_of_an_unknown_question_is_refused(study: object):
    """With the nearest one."""
    with pytest.raises(ExkitError, match=r"No question 'voise'. Did you mean 'voice'\?"):
        ex.units(ex.tally(study, "voice"), of={"voise": "nps"})


def test_a_scale_has_no_nps(study: object):
    """A mean score has no cut-offs."""
    with pytest.raises(ExkitError, match=r"'voice' is a scale"):
        ex.units(ex.tally(study, "voice"), of={"voice": "nps"})


def test_answers_without_units_are_refused(dataset: Callable[..., Path]):
    """The message names the role to give."""
    book = "table,variable,role,low,high\nemployees,mark,recommend_work,0,10\n"
    study = ex.open(dataset(codebook=book, employees={"mark": [9, 8]}))
    with pytest.raises(ExkitError, match=r"These employees have no unit. Give a column the role 'unit'"):
        ex.units(ex.tally(study, "mark"))


def test_a_question_that_nobody_answered_is_an_empty_measure(dataset: Callable[..., Path]):
    """There are no units, and no error."""
    people = {"person": ["p1"], "team": "North", "year": "2025", "enps": [99]}
    frame = ex.units(ex.tally(ex.open(dataset(employees=people)), "enps"))
    assert list(frame) == ["wave", "unit", "enps", "enps_n", "enps_sd"]
    assert frame.empty


def test_nothing_is_refused():
    """Units of nothing are not an empty frame."""
    with pytest.raises(ExkitError, match="nothing to make units of"):
        ex.units()


def test_the_frames_of_the_caller_stay_as_they_are():
    """Keys become text in the result only."""
    part = pd.DataFrame({"voice": [3.0], "unit": [7], "wave": [2025]})
    before = part.copy()
    ex.units(part)
    pd.testing.assert_frame_equal(part, before)


def test_an_outcome_is_divided_by_what_it_is_per(study: object):
    """Profit per head; no heads, or an unknown number, is no profit per head."""
    frame = ex.outcomes(study, ["profit"])
    assert list(frame) == ["wave", "unit", "profit"]
    assert at(frame, "North")["profit"] == 5
    assert frame.set_index("unit").loc[["South", "East"], "profit"].isna().all()


def test_an_aggregated_survey_brings_its_numbers_along(study: object):
    """What the codebook names as n_column and sd_column stands behind the mean."""
    north = at(ex.outcomes(study), "North")
    assert (north["csat"], north["csat_n"], north["csat_sd"]) == (7.5, 20, 1.5)


def test_an_unknown_outcome_is_refused(study: object):
    """With the nearest one."""
    with pytest.raises(ExkitError, match=r"No outcome 'profits'. Did you mean 'profit'\?"):
        ex.outcomes(study, ["profits"])


def test_outcomes_join_what_people_said(study: object):
    """The frame that every question about units starts from."""
    frame = ex.units(ex.tally(study, "voice"), ex.outcomes(study))
    assert at(frame, "North")[["voice", "profit", "csat"]].tolist() == [3.75, 5, 7.5]
