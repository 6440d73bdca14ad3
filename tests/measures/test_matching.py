"""Which units have both of two measures, and what is said where few have."""

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.errors import ExkitError


def teams(x: list[float], y: list[float], **columns: object) -> pd.DataFrame:
    """Make units t0, t1, … of one wave."""
    return pd.DataFrame({"wave": "2025", "unit": [f"t{i}" for i in range(len(x))], "ex": x, "cx": y, **columns})


GAPS = teams([1.0, 2.0, np.nan, 4.0, np.nan], [1.0, np.nan, 3.0, 4.0, np.nan])


def test_the_share_is_of_units_that_have_either():
    """Two have both, one each has one, and one has neither, which does not count."""
    row = ex.matched(GAPS, x="ex", y="cx").iloc[0]
    assert row[["n", "n_both", "n_only_x", "n_only_y", "at"]].tolist() == [4, 2, 1, 1, "2025"]
    assert row["estimate"] == 0.5


def test_what_does_not_match_is_listed_with_what_it_lacks():
    """By name, for whoever mends the data."""
    found = ex.unmatched(GAPS.assign(organisation="A"), x="ex", y="cx")
    assert found.to_dict("records") == [
        {"wave": "2025", "organisation": "A", "unit": "t1", "has": "ex", "lacks": "cx"},
        {"wave": "2025", "organisation": "A", "unit": "t2", "has": "cx", "lacks": "ex"},
    ]


def test_too_few_matches_stop_with_names_and_a_way_out():
    """The share, the first five names of each kind, the crosswalk; all of them in the rows of the error."""
    few = teams([1.0] * 8 + [np.nan] * 2, [1.0] + [np.nan] * 7 + [2.0] * 2)
    with pytest.raises(ExkitError) as stopped:
        ex.matched(few, x="ex", y="cx")
    said = str(stopped.value)
    assert said.startswith("Only 10% of the units have both 'ex' and 'cx': 1 of the 10 that have one of them")
    assert "7 have only 'ex' (t1, t2, t3, t4, t5, and 2 more); 2 have only 'cx' (t8, t9)." in said
    assert "crosswalk.csv" in said
    assert len(stopped.value.rows) == 9


def test_a_smaller_share_may_be_asked_for():
    """Then it is told, and goes on."""
    assert ex.matched(GAPS, x="ex", y="cx", at_least=0.5)["estimate"].tolist() == [0.5]
    with pytest.raises(ExkitError, match="where 60% is asked"):
        ex.matched(GAPS, x="ex", y="cx", at_least=0.6)


@pytest.mark.parametrize("empty", ["ex", "cx"])
def test_without_any_value_there_is_nothing_to_match(empty: str):
    """No customers at all is another trouble than other codes: a reason, and no stop."""
    row = ex.matched(GAPS.assign(**{empty: np.nan}), x="ex", y="cx").iloc[0]
    assert row["reason"] == "no_answers"
    assert np.isnan(row["estimate"])


def test_it_leaves_the_units_as_they_are():
    """No column more or less."""
    before = GAPS.copy()
    ex.matched(GAPS, x="ex", y="cx")
    ex.unmatched(GAPS, x="ex", y="cx")
    pd.testing.assert_frame_equal(GAPS, before)


def test_a_measure_that_is_not_there_is_named():
    """With the nearest one."""
    with pytest.raises(ExkitError, match=r"No column 'xe' in the units"):
        ex.matched(GAPS, x="xe", y="cx")


def test_a_value_that_is_not_finite_is_none():
    """No analysis takes it for one either."""
    row = ex.matched(GAPS.assign(cx=np.where(GAPS["cx"].notna(), np.inf, np.nan)), x="ex", y="cx").iloc[0]
    assert (row["reason"], row["n_both"], row["n_only_y"]) == ("no_answers", 0, 0)
