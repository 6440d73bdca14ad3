"""The attacker that tries what a build publishes: held against every table of whole numbers that there could be."""

from itertools import product

import numpy as np
import pytest

from exkit.publish.attacker import System, needed, recovered

NAMES = ["n", "promoters"]
WITHIN = np.array([[-1.0, 1.0]])
"""Promoters are at most all."""


def system(told: list[list[int]], values: list[list[float]]) -> System:
    """Lay out what is published of promoters among people."""
    return System(NAMES, np.array(told, float), np.array(values, float), WITHIN)


def possible(known: System, target: np.ndarray, *, most: int) -> np.ndarray:
    """Find the ends of each count by trying every table of whole numbers."""
    cells = known.told.shape[1]
    ends = np.array([[np.inf, -np.inf]] * 2)
    for n in product(range(most + 1), repeat=cells):
        for promoters in product(*(range(k + 1) for k in n)):
            counts = np.array([n, promoters], float).T
            sums = known.told @ counts
            if np.allclose(np.where(np.isnan(known.values), 0, sums - known.values), 0):
                found = target @ counts
                ends = np.column_stack([np.minimum(ends[:, 0], found), np.maximum(ends[:, 1], found)])
    return ends


@pytest.mark.parametrize("seed", range(6))
def test_the_attacker_finds_what_trying_every_table_finds(seed: int):
    """Of sums over three groups, where the counts are whole numbers anyway."""
    chance = np.random.default_rng(seed)
    n = chance.integers(0, 4, size=3)
    counts = np.column_stack([n, [chance.integers(0, k + 1) for k in n]]).astype(float)
    told = np.array([[1, 1, 1], [0, 0, 1]], float)
    known = System(NAMES, told, told @ counts, WITHIN)
    found = known.ranges(np.eye(3))
    most = int(counts[:, 0].sum())
    assert found.tolist() == [possible(known, cell, most=most).tolist() for cell in np.eye(3)]


def test_one_unknown_in_a_sum_is_worked_out_exactly():
    """All participants, less the sectors that are told."""
    known = system([[1, 1, 1], [1, 0, 0], [0, 1, 0]], [[100, 40], [60, 30], [33, 8]])
    assert known.ranges(np.array([[0, 0, 1.0]])).tolist() == [[[7, 7], [2, 2]]]


def test_two_unknowns_hide_behind_each_other():
    """As far as both can be."""
    known = system([[1, 1, 1], [1, 0, 0]], [[100, 40], [60, 30]])
    assert known.ranges(np.array([[0, 0, 1.0]])).tolist() == [[[0, 40], [0, 10]]]


def test_two_ways_of_adding_up_tell_what_no_total_tells():
    """Sectors by region: the sum over sectors is that over regions, though nobody says what it is."""
    sectors, regions = [[1, 1, 0, 0]], [[1, 0, 1, 0], [0, 1, 0, 1]]
    known = system([*sectors, *regions], [[50, 20], [40, 11], [18, 10]])
    assert known.ranges(np.array([[0, 0, 1.0, 1.0]])).tolist() == [[[8, 8], [1, 1]]]


def test_what_nobody_tells_can_be_anything():
    """No figure, no end."""
    assert system([[1, 0]], [[20, 5]]).ranges(np.array([[0, 1.0]]))[0, 0].tolist() == [0, np.inf]


def test_promoters_that_are_told_say_how_many_people_there_are_at_least():
    """Two counts of one group hang together."""
    assert system([[1]], [[np.nan, 5]]).ranges(np.array([[1.0]]))[0, 0].tolist() == [5, np.inf]


def test_a_count_is_recovered_when_its_range_is_shorter_than_it_must_be_on_either_side():
    """Three people, or a fifth; below nobody there is no need to reach."""
    truth = np.array([[8.0, 2.0]])
    low, high = needed(truth, names=NAMES)
    assert (low.tolist(), high.tolist()) == ([[5.0, 0.0]], [[11.0, 5.0]])
    safe = np.array([[[5.0, 11.0], [0.0, 5.0]]])
    assert not recovered(safe, truth, names=NAMES).any()
    assert recovered(safe - np.array([0.0, 1.0]), truth, names=NAMES).all()
    assert recovered(safe + np.array([1.0, 0.0]), truth, names=NAMES).all()
