"""Columns in which each different text stands once."""

import numpy as np
import pandas as pd
import pytest

from exkit.survey.reading.texts import column_of, each_once, is_kept_once, one_below_the_other, reread

ANSWERS = pd.Series(["4", "", "5", "4", "4", "5"] * 5, dtype="str")


def test_a_column_of_few_different_texts_keeps_each_once():
    """And holds in each cell what it held."""
    assert is_kept_once(each_once(ANSWERS))
    assert each_once(ANSWERS).tolist() == ANSWERS.tolist()


def test_ids_stay_plain_text():
    """Each stands once as it is."""
    assert not is_kept_once(each_once(pd.Series(["p1", "p2", "p3"], dtype="str")))


def test_a_text_written_twice_is_one():
    """As 1 and 1.0 are, once they are written in one way."""
    made = column_of(["1", "1"], np.array([0, 1, -1] * 4))
    assert list(made.cat.categories) == ["1", ""]
    assert made.tolist() == ["1", "1", ""] * 4


@pytest.mark.parametrize("other", [ANSWERS + "0", pd.Series(["p1", "p2"], dtype="str")])
def test_columns_of_several_files_become_one(other):
    """Whichever texts each of them has; its rows are numbered from 0."""
    whole = one_below_the_other([ANSWERS.set_axis(range(7, 37)), other])
    assert whole.tolist() == [*ANSWERS, *other]
    assert whole.index.equals(pd.RangeIndex(len(whole)))


def test_texts_are_read_as_others_among_some_cells():
    """Two may become one; the column itself is not changed."""
    cells = each_once(ANSWERS)
    here = pd.Series([False, *[True] * 29])
    assert reread(cells, {"4": "5"}, among=here).tolist() == ["4", *ANSWERS[1:].replace("4", "5")]
    assert cells.tolist() == ANSWERS.tolist()
