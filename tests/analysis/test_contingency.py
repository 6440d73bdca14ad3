"""Formulas on a table of promoter groups by a yes/no answer."""

import numpy as np
import pytest
from scipy import stats

from exkit.analysis import contingency
from exkit.analysis.contingency import DIFFERENCES, ORDERED, RATIOS, cramers_v, slopes

COUNTS = np.array([[129, 611], [310, 615], [645, 487]])


@pytest.fixture
def table() -> np.ndarray:
    """Shares of 2,797 people."""
    return COUNTS / COUNTS.sum()


def test_gamma_is_that_of_all_pairs(table: np.ndarray):
    """Concordant minus discordant pairs, counted one by one on a small table."""
    people = [(score, answer) for score, row in zip((1, 0, -1), [[1, 3], [2, 2], [3, 0]], strict=True)
              for answer, n in enumerate(row) for _ in range(n)]  # fmt: skip
    signs = [np.sign((a[0] - b[0]) * (a[1] - b[1])) for i, a in enumerate(people) for b in people[:i]]
    small = np.array([[1, 3], [2, 2], [3, 0]]) / 11
    assert contingency.gamma(small) == pytest.approx(sum(signs) / sum(abs(s) for s in signs))
    assert 0 < contingency.gamma(table) < 1


def test_cramers_v_is_that_of_scipy(table: np.ndarray):
    """Without a continuity correction."""
    assert cramers_v(table) == pytest.approx(stats.contingency.association(COUNTS, method="cramer"))


def test_r_is_that_of_the_people(table: np.ndarray):
    """Repeated for each person, the scores and the answers correlate as the formula says."""
    scores = np.repeat([1, 1, 0, 0, -1, -1], COUNTS.ravel())
    answers = np.repeat([0, 1] * 3, COUNTS.ravel())
    assert contingency.correlation(table) == pytest.approx(np.corrcoef(scores, answers)[0, 1])


@pytest.mark.parametrize("counts", [[[20, 80], [41, 9], [70, 30]], [[20, 80], [0, 9], [70, 30]]])
def test_the_likelihood_ratio_is_that_of_scipy(counts: list[list[int]]):
    """An empty cell counts for nothing."""
    shares = np.array(counts) / np.sum(counts)
    wanted = stats.chi2_contingency(counts, correction=False, lambda_="log-likelihood").statistic
    assert np.sum(counts) * contingency.likelihood_ratio(shares) == pytest.approx(wanted)


def test_an_empty_group_takes_no_part_in_cramers_v():
    """Without passives it is the V of a two by two table."""
    table = np.array([[20, 80], [0, 0], [70, 30]])
    two = stats.contingency.association(table[[0, 2]], method="cramer")
    assert cramers_v(table / 200) == pytest.approx(two)


@pytest.mark.parametrize("figure", [*DIFFERENCES, *RATIOS, *ORDERED], ids=lambda f: f"{f.effect} {f.level}")
def test_slopes_are_those_of_small_steps(figure: contingency.Figure, table: np.ndarray):
    """As finite differences have them, to the digits that those have."""
    steps = 1e-6 * np.eye(6).reshape(6, 3, 2)
    small = [(figure.of(table + step) - figure.of(table - step)) / 2e-6 for step in steps]
    assert slopes(figure.of, table) == pytest.approx(small, rel=1e-4, abs=1e-6)
