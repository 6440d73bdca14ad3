"""What is withheld besides: as few people as can be, and enough."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from exkit.present.disclosure.attack import exposed
from exkit.present.disclosure.complement import complement
from exkit.present.disclosure.nesting import Cells


def table(seed: int) -> tuple[Cells, np.ndarray]:
    """Make up rows and columns with their sums, of people and promoters, some of them few."""
    chance = np.random.default_rng(seed)
    height, width = chance.integers(2, 4), chance.integers(2, 4)
    n = np.where(chance.random((height, width)) < 0.25, chance.integers(1, 10, (height, width)),
                 chance.integers(15, 90, (height, width))).astype(float)  # fmt: skip
    both = [n, np.floor(n * chance.uniform(0.2, 0.6, n.shape))]
    full = [np.block([[k, k.sum(1, keepdims=True)], [k.sum(0, keepdims=True), k.sum(keepdims=True)]]) for k in both]
    place = np.arange(full[0].size).reshape(full[0].shape)
    parts = np.zeros((sum(place.shape), place.size))
    for row, line in zip(parts, [*place, *place.T], strict=True):
        row[line] = [*[-1] * (len(line) - 1), 1]
    counts = np.column_stack([k.ravel() for k in full])
    return Cells(counts, ["n", "promoters"], parts, 0), counts[:, 0] < 10


def safe(cells: Cells, withheld: np.ndarray, secret: np.ndarray) -> bool:
    """Tell whether the attacker finds nothing."""
    return not exposed(cells, withheld=withheld, secret=secret)


@pytest.mark.parametrize("seed", range(30))
def test_no_secret_stays_exposed(seed: int):
    """On tables of up to sixteen groups."""
    cells, secret = table(seed)
    chosen = complement(cells, secret=secret, hidden=secret)
    assert chosen[secret].all()
    assert safe(cells, chosen, secret)


@pytest.mark.parametrize("seed", range(6))
def test_no_other_choice_leaves_out_fewer_people(seed: int):
    """Every choice that costs less has been tried, and tells a secret."""
    cells, secret = table(seed + 100)
    cost, known = cells.counts[:, 0], {}
    best = cost[complement(cells, secret=secret, hidden=secret) & ~secret].sum()
    open_to = np.flatnonzero(~secret)
    for picked in product([False, True], repeat=len(open_to)):
        if cost[open_to[list(picked)]].sum() < best - 1e-3:
            tried = secret.copy()
            tried[open_to[list(picked)]] = True
            assert exposed(cells, withheld=tried, secret=secret, known=known)


def test_the_same_choice_is_made_every_time():
    """Also between two groups of which either would do: the first."""
    cells = Cells(np.array([[64.0], [4], [30], [30]]), ["n"], np.array([[1.0, -1, -1, -1]]), 0)
    secret = np.array([False, True, False, False])
    assert complement(cells, secret=secret, hidden=secret).tolist() == [False, True, True, False]


def test_what_is_withheld_anyway_is_made_use_of():
    """And is not protected itself."""
    cells = Cells(np.array([[64.0], [4], [30], [30]]), ["n"], np.array([[1.0, -1, -1, -1]]), 0)
    secret, anyway = np.array([False, True, False, False]), np.array([False, False, False, True])
    assert complement(cells, secret=secret, hidden=anyway).tolist() == [False, True, False, True]
    assert complement(cells, secret=secret & False, hidden=anyway).tolist() == [False, False, False, True]


def test_rests_are_never_told_and_may_hide_a_secret():
    """Thirty people in no part: what is left of the whole is theirs or the secret group's."""
    cells = Cells(np.array([[64.0], [4], [30], [30]]), ["n"], np.array([[1.0, -1, -1, -1]]), 1)
    secret = np.array([False, True, False, False])
    assert complement(cells, secret=secret, hidden=secret).tolist() == [False, True, False, True]


def rows_and_columns(seed: int) -> tuple[np.ndarray, Cells]:
    """Make up people by row and column with their sums, about a fifth of the groups of eight people."""
    chance = np.random.default_rng(seed)
    n = np.where(chance.random((4, 5)) < 0.2, 8, chance.integers(15, 90, (4, 5)))
    full = np.block([[n, n.sum(1, keepdims=True)], [n.sum(0, keepdims=True), n.sum(keepdims=True)]])
    place = np.arange(full.size).reshape(full.shape)
    parts = np.zeros((sum(place.shape), place.size))
    for row, line in zip(parts, [*place, *place.T], strict=True):
        row[line] = [*[-1] * (len(line) - 1), 1]
    return n, Cells(full.ravel()[:, None].astype(float), ["n"], parts, 0)


@pytest.mark.long
def test_no_more_people_are_left_out_than_tau_argus_leaves_out(record: Callable[[str, float], None]):
    """Its optimal suppression, of tables of one count; of eight people it wants room for 38%, which are three."""
    tau = pytest.importorskip("pytauargus", reason="the yardstick pytauargus is not installed: pip install pytauargus")
    ours = theirs = 0.0
    for seed in range(100):
        n, cells = rows_and_columns(seed)
        secret = cells.counts[:, 0] < 10
        ours += cells.counts[complement(cells, secret=secret, hidden=secret) & ~secret, 0].sum()
        people = [(f"r{i}", f"c{j}", 1) for (i, j), many in np.ndenumerate(n) for _ in range(many)]
        answers = dict(zip(["row", "column", "one"], map(list, zip(*people, strict=True)), strict=True))
        [found] = tau.protect(answers, [["row", "column"]], "one", safety_rules=["FREQ(10,38)"]).tables
        cells_of_tau = found.dataframe()
        rows = cells_of_tau if isinstance(cells_of_tau, list) else cells_of_tau.to_dict("records")
        theirs += sum(row["one"] for row in rows if row["status"] == "M")
    record("disclosure: people left out, times those tau-argus leaves out, 100 tables", ours / theirs)
    assert ours <= 1.25 * theirs
