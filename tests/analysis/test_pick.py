"""Rows under the names that others have for them."""

import pandas as pd

from exkit.analysis.pick import pick
from exkit.present.protect import protect
from exkit.result import group_columns, result

ROWS = result(x="voice", y=["profit", "calls"], effect="ratio", estimate=[1.23, 0.96], n=[232, 246], at="2025")


def test_rows_come_under_their_names_in_the_order_of_the_names():
    """Whatever the order of the result; the name is a group column."""
    found = pick(ROWS, y={"phone": "calls", "profitability": "profit"}, key="outcome")
    assert group_columns(found) == ["outcome"]
    assert found[["outcome", "y", "estimate", "n"]].to_numpy().tolist() == [
        ["phone", "calls", 0.96, 246],
        ["profitability", "profit", 1.23, 232],
    ]


def test_a_name_without_an_outcome_says_that_it_was_not_asked():
    """Also where nothing stands for it; and it can be shown beside the others."""
    found = pick(ROWS, y={"profit": "profit", "production": "", "stock": "shrinkage"}, key="figure")
    assert found["reason"].tolist() == ["", "not_asked", "not_asked"]
    assert found["n"].tolist() == [232, 0, 0]
    assert protect(found)["reason"].tolist() == ["", "not_asked", "not_asked"]


def test_the_callers_frame_is_not_changed():
    """Nor are its rows."""
    same = ROWS.copy()
    pick(ROWS, y={"profit": "profit"}, key="figure")
    pd.testing.assert_frame_equal(ROWS, same)
