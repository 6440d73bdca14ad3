"""What can be worked out: held against every table of whole numbers, and against the whole system at once."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from exkit.present.disclosure.attack import BEYOND, ROOM, _around, _reach, exposed, room
from exkit.present.disclosure.nesting import Cells


def cells(counts: list[float], parts: list[list[int]], *, n_rests: int = 0) -> Cells:
    """Lay out groups of which only the number of people is told."""
    return Cells(np.array(counts, float)[:, None], ["n"], np.array(parts, float), n_rests)


ONE = cells([20, 4, 6, 10], [[1, -1, -1, -1]])
CROSS = cells([3, 2, 4, 1, 5, 5, 7, 3, 10], [
    [-1, -1, 0, 0, 1, 0, 0, 0, 0], [0, 0, -1, -1, 0, 1, 0, 0, 0], [-1, 0, -1, 0, 0, 0, 1, 0, 0],
    [0, -1, 0, -1, 0, 0, 0, 1, 0], [0, 0, 0, 0, -1, -1, 0, 0, 1],
])  # fmt: skip
"""Two by two groups, with the sums of rows, of columns, and of all."""


def by_trying(table: Cells, group: int, side: float, withheld: np.ndarray) -> float:
    """Find the reach among all whole numbers that agree with what is shown."""
    truth, most = table.counts[:, 0], int(BEYOND * table.counts.max() + 2 * ROOM)
    free, furthest = np.flatnonzero(withheld), 0.0
    for values in product(range(most + 1), repeat=len(free)):
        tried = truth.copy()
        tried[free] = values
        if np.allclose(table.parts @ tried, 0):
            furthest = max(furthest, side * (tried[group] - truth[group]))
    return furthest


def reach(table: Cells, group: int, side: float, withheld: np.ndarray) -> float:
    """Find the reach as the kit does."""
    free, rows = _around(table.parts, group, withheld)
    return _reach(table.parts[rows], table.counts[:, 0], group, side, free)[0]


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize(
    ("table", "hidden"),
    [(ONE, [1]), (ONE, [1, 2]), (ONE, [1, 3]), (ONE, [0, 1]), (ONE, [0, 1, 2]), (CROSS, [0]), (CROSS, [0, 1, 4])],
)
def test_the_reach_is_what_trying_every_table_finds(table: Cells, hidden: list[int], side: float):
    """Of a sum, and of sums that hang together."""
    withheld = np.isin(np.arange(len(table.counts)), hidden)
    assert reach(table, hidden[0], side, withheld) == pytest.approx(by_trying(table, hidden[0], side, withheld))


@pytest.mark.parametrize("seed", range(20))
def test_the_reach_is_that_of_one_programme_over_everything(seed: int):
    """Whatever is connected with what: nothing that matters is left out for being far away."""
    chance = np.random.default_rng(seed)
    inner = chance.integers(0, 60, size=(3, 4)).astype(float)
    full = np.block([[inner, inner.sum(1, keepdims=True)], [inner.sum(0, keepdims=True), inner.sum(keepdims=True)]])
    place = np.arange(20).reshape(4, 5)
    parts = np.zeros((9, 20))
    for i, line in enumerate([*place, *place.T]):
        parts[i, line] = [*[-1] * (len(line) - 1), 1]
    table, withheld = cells(full.ravel().tolist(), parts.tolist()), chance.random(20) < 0.5
    group, truth = int(np.flatnonzero(withheld)[0]), full.ravel()
    up = BEYOND * truth.max() + 2 * ROOM - truth
    bounds = [(-d, u) if w else (0, 0) for d, u, w in zip(truth, up, withheld, strict=True)]
    for side in (1.0, -1.0):
        solved = linprog(-side * (np.arange(20) == group), A_eq=parts, b_eq=np.zeros(9), bounds=bounds)
        assert reach(table, group, side, withheld) == pytest.approx(-solved.fun, abs=1e-6)


def test_a_price_is_never_less_than_what_withholding_widens():
    """It is what the choice of the least costly rests on."""
    withheld = np.array([False, True, False, False])
    [above, below] = exposed(ONE, withheld=withheld, secret=withheld)
    assert (above.reach, above.need, below.need) == (0, 3, 3)
    for other in (0, 2, 3):
        wider = withheld | (np.arange(4) == other)
        assert reach(ONE, 1, 1.0, wider) - above.reach <= above.price[other] + 1e-9


def test_a_count_needs_room_for_three_people_or_a_fifth():
    """The sum of all marks for a tenth."""
    assert [room(0, "n"), room(15, "promoters"), room(100, "detractors"), room(50, "total")] == [3, 3, 20, 5]


def test_nothing_is_exposed_that_nobody_tells_anything_of():
    """No sum, no limit but that there are people."""
    alone = cells([4, 30], [])
    alone = Cells(alone.counts, alone.names, np.zeros((0, 2)), 0)
    secret = np.array([True, False])
    assert exposed(alone, withheld=secret, secret=secret) == []


def test_a_count_that_one_of_the_groups_does_not_tell_protects_itself():
    """The total of marks of the whole is not told: it cannot be subtracted from."""
    counts = np.array([[20, np.nan], [4, 28], [16, 120]])
    table, secret = Cells(counts, ["n", "total"], np.array([[1.0, -1.0, -1.0]]), 0), np.array([False, True, False])
    assert {one.count for one in exposed(table, withheld=secret, secret=secret)} == {0}
