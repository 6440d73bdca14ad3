"""What one result withholds of itself, besides what is too small."""

import numpy as np
import pandas as pd
import pytest

from exkit.present.disclosure.groups import Groups
from exkit.present.disclosure.secrets import adding_up, any_of, derivable, withheld
from exkit.result import result

NOBODY = np.zeros(4, bool)


def sectors(*n: int) -> pd.DataFrame:
    """Ask for the NPS of everybody, in the first row, and of sectors."""
    names = pd.DataFrame({"sector": ["", *(f"s{i}" for i in range(1, len(n)))]})
    return result(names, x="enps", effect="nps", n=list(n), promoters=0.4, detractors=0.3)


@pytest.mark.parametrize(
    ("n", "more"),
    [
        ((100, 5, 55, 40), [False, False, False, True]),  # all less the others: another is withheld, the smaller
        ((96, 5, 51, 40), [False, False, False, True]),
        ((106, 20, 46, 34), [False, False, False, True]),  # six people in no sector, and twenty
        ((140, 20, 46, 34), [False, False, False, False]),  # forty of them
        ((100, 20, 46, 34), [False, False, False, False]),
    ],
)
def test_what_gives_a_small_group_away_is_withheld(n: tuple[int, ...], more: list[bool]):
    """By subtracting the others from all; nothing where nothing is small."""
    rows = sectors(*n)
    secret = (rows["n"] < 10).to_numpy(bool)
    assert derivable(rows, secret=secret, bounded=NOBODY, min_n=10).tolist() == more


def test_groups_beside_each_other_give_nothing_away():
    """Without a whole there is nothing to subtract from."""
    rows = sectors(100, 5, 55, 40).iloc[1:]
    assert not derivable(rows, secret=(rows["n"] < 10).to_numpy(bool), bounded=NOBODY[1:], min_n=10).any()


def test_a_rest_with_few_promoters_is_as_secret_as_a_group_with_few():
    """Thirty people, three of them promoters, in no sector."""
    keys = pd.DataFrame({"x": "enps", "sector": ["", "care", "trade"]})
    counts = pd.DataFrame({"n": [130.0, 60, 40], "promoters": [43.0, 22, 18], "detractors": [40.0, 15, 13]})
    nothing = np.zeros(3, bool)
    assert withheld(Groups(keys, counts), secret=nothing, bounded=nothing, min_n=10).any()
    counts["promoters"] = [53.0, 22, 18]
    assert not withheld(Groups(keys, counts), secret=nothing, bounded=nothing, min_n=10).any()


def test_what_a_bound_stands_for_is_protected_and_the_bound_stays():
    """All others less those of the other sectors: one of these is withheld."""
    keys = pd.DataFrame({"x": "proud", "sector": ["", "care", "trade", "arts"]})
    counts = pd.DataFrame({"n": [150.0, 50, 60, 40], "= favourable": [99.0, 49, 30, 20]})
    bounded = np.array([False, True, False, False])
    hidden = withheld(Groups(keys, counts), secret=NOBODY, bounded=bounded, min_n=10)
    assert hidden.tolist() == [False, False, False, True]


def test_questions_are_decided_one_by_one():
    """What is withheld of one is no matter to another."""
    keys = pd.DataFrame({"x": ["a"] * 4 + ["b"] * 4, "sector": ["", "s1", "s2", "s3"] * 2})
    counts = pd.DataFrame({"n": [100.0, 5, 55, 40, 100, 20, 46, 34]})
    secret = (counts["n"] < 10).to_numpy()
    hidden = withheld(Groups(keys, counts), secret=secret, bounded=np.zeros(8, bool), min_n=10)
    assert np.flatnonzero(hidden).tolist() == [1, 3]


def test_a_group_is_flagged_when_any_row_that_tells_of_it_is():
    """Of two rows about the second group, one."""
    assert any_of(np.array([False, False, True]), np.array([0, 1, 1])).tolist() == [False, True]


def answers(*people: int) -> pd.DataFrame:
    """Ask for the share of each answer."""
    part = np.array(people) / sum(people)
    return result(x="enps", y=[str(i) for i in range(len(people))], effect="share", estimate=part, n=sum(people))


@pytest.mark.parametrize(
    ("people", "more"),
    [
        ((2, 20, 30, 40), [False, True, True, False]),  # all less the others; one other would follow from the mean
        ((0, 0, 8, 50, 42), [False, False, True, True, False]),  # nobody, as everybody could say
        ((30, 40, 1, 25), [False, True, False, True]),  # the nearest
        ((1, 99, 0), [False, False, False]),  # all of them are bounds
        ((20, 30, 40), [False, False, False]),  # none is
    ],
)
def test_a_bound_does_not_follow_from_the_other_answers(people: tuple[int, ...], more: list[bool]):
    """Together they are everybody."""
    rows = answers(*people)
    bounded = np.minimum(people, sum(people) - np.array(people)) < 3
    assert adding_up(rows, bounded=bounded).tolist() == more


def test_answers_that_are_not_all_of_a_group_do_not_add_up():
    """A favourable share, two answers of three, the answers of two groups."""
    alone = np.array([True, False])
    assert not adding_up(answers(2, 20, 30).iloc[:2], bounded=alone).any()
    two = pd.concat([answers(1, 49), answers(20, 30)], ignore_index=True).assign(x=["a", "a", "b", "b"])
    assert adding_up(two, bounded=np.array([True, True, False, False])).tolist() == [False] * 4
