"""Columns that were calculated from others."""

import numpy as np
import pandas as pd

from exkit.survey.drafting.derived import find_derived


def test_means_of_items_and_of_units_are_recognised():
    """As they are rounded in files; the items and what they were made from are not."""
    random = np.random.default_rng(7)
    frame = pd.DataFrame(random.integers(1, 6, (60, 2)), columns=["q1", "q2"]).astype(float)
    unit = pd.Series(np.repeat(["a", "b", "c"], 20), name="team")
    frame["mean"] = frame[["q1", "q2"]].mean(axis="columns")
    frame["hours"] = random.normal(40, 5, 60).round(2)
    frame["team_hours"] = frame.groupby(unit)["hours"].transform("mean").round(4)
    frame["own_hours"] = (frame["hours"] - frame["team_hours"]).round(4)
    assert find_derived(frame, blocks={"q": ["q1", "q2"]}, unit=unit) == {
        "mean": "the mean of the items of q",
        "team_hours": "the mean of hours per team",
        "own_hours": "hours without its mean per team",
    }


def test_a_few_rows_prove_nothing():
    """Two columns may be alike by chance."""
    frame = pd.DataFrame({"q1": [1.0, 2.0], "q2": [1.0, 2.0], "x": [1.0, 2.0]})
    assert find_derived(frame, blocks={"q": ["q1", "q2"]}, unit=None) == {}
