"""Scores of scales."""

import pandas as pd

from exkit.measures.scales import oriented_items, scale_score
from exkit.survey.codebook import Variable

ITEMS = [
    Variable(table="employees", name="a", low=1, high=5),
    Variable(table="employees", name="b", low=1, high=5, reverse=True),
    Variable(table="employees", name="c", low=1, high=5),
]


def test_a_reversed_item_is_turned_round():
    """On a scale of 1 to 5 a reversed 2 is a 4; the caller's answers stay as they were."""
    people = pd.DataFrame({"a": [1.0], "b": [2.0], "c": [3.0]})
    assert oriented_items(people, ITEMS).iloc[0].tolist() == [1, 4, 3]
    assert people["b"].tolist() == [2]


def test_a_score_is_the_mean_of_the_answered_items():
    """Two of three are enough; one of three is not."""
    people = pd.DataFrame({"a": [5.0, 5.0], "b": [1.0, None], "c": [None, None]})
    scores = scale_score(people, ITEMS)
    assert scores[0] == 5
    assert pd.isna(scores[1])
