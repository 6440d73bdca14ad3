"""Random effects: against R's metafor, by hand, and the draws against what is known of them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from exkit.analysis.random_effects import combine, differing, draw, spreads

MCDANIEL = Path(__file__).parents[3] / "shared" / "real" / "mcdaniel1994.csv"
STUDIES = pd.DataFrame(
    {
        "r": [0.1318, 0.3539, 0.3071, 0.3362, 0.4417, 0.3685, 0.053, 0.2339, -0.0074, 0.2385, 0.2779, 0.1822,
              0.2635, 0.3621, 0.2614, 0.2505, 0.2766, 0.2253, 0.1866, 0.3308, 0.1091, 0.2275, 0.0848, 0.3396],
        "n": [193, 121, 78, 68, 86, 104, 193, 55, 44, 167, 144, 279, 60, 113, 190, 91, 116, 171, 290, 53, 103, 82, 51,
              83],
    }
)  # fmt: skip
"""24 studies that were drawn at random."""


def as_z(studies: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Take correlations to Fisher's z, with their variances."""
    return np.arctanh(studies["r"].to_numpy()), 1 / (studies["n"].to_numpy() - 3)


def test_it_gives_what_metafor_gives():
    """Mean, Knapp and Hartung's error, τ² and Q; prediction interval ± t(k-1) √(τ² + error²)."""
    found = combine(*as_z(STUDIES))
    assert found.mean == pytest.approx(0.24354588367250546, abs=1e-9)
    assert found.std_error == pytest.approx(0.022030754717887777, abs=1e-9)
    assert found.tau**2 == pytest.approx(0.0028564354725350897, abs=1e-9)
    assert found.q == pytest.approx(30.203199214488684, abs=1e-9)
    assert found.p_value == pytest.approx(0.14365690186606642, abs=1e-9)
    half = stats.t.ppf(0.975, found.df) * np.hypot(found.tau, found.std_error)
    assert found.mean - half == pytest.approx(0.12396048147694487, abs=1e-9)
    assert found.mean + half == pytest.approx(0.36313128586806603, abs=1e-9)


def test_it_gives_what_metafor_gives_of_published_studies():
    """Employment interviews, 160 correlations with performance (McDaniel et al. 1994)."""
    if not MCDANIEL.exists():
        pytest.skip("the real data are not beside this project")
    studies = pd.read_csv(MCDANIEL)
    found = combine(*as_z(pd.DataFrame({"r": studies["rxyi"], "n": studies["n"]})))
    assert found.mean == pytest.approx(0.23739345572804918, abs=1e-9)
    assert found.tau**2 == pytest.approx(0.02931045612635519, abs=1e-9)
    assert found.q == pytest.approx(789.7321415292456, abs=1e-6)
    assert 1 / np.sqrt((1 / (found.tau**2 + 1 / (studies["n"] - 3))).sum()) == pytest.approx(
        0.016957285045407066, abs=1e-9
    )


def test_with_equal_variances_the_spread_is_what_is_left_of_the_variance():
    """And Knapp and Hartung's error is that of any mean."""
    effects = np.array([0.1, 0.5, 0.3, 0.4])
    found = combine(effects, np.full(4, 0.01))
    assert found.tau == pytest.approx(np.sqrt(effects.var(ddof=1) - 0.01))
    assert found.std_error == pytest.approx(effects.std(ddof=1) / 2)


def test_effects_that_differ_less_than_chance_have_no_spread():
    """τ is 0, and the mean is weighted by the errors alone."""
    effects, variances = np.array([0.30, 0.31, 0.29]), np.array([0.01, 0.02, 0.04])
    found = combine(effects, variances)
    assert found.tau == 0
    assert found.mean == pytest.approx(np.average(effects, weights=1 / variances))


def test_a_spread_is_where_the_effects_differ_by_just_so_much():
    """And 0 where they never do."""
    z, v = as_z(STUDIES)
    q = np.array([10.0, 20.0, 30.0, 40.0])
    tau = spreads(z, v, q)
    assert differing(z, v, tau[:3] ** 2)[0] == pytest.approx(q[:3], rel=1e-9)
    assert tau[3] == 0
    assert (np.diff(tau) < 0).all()


def test_draws_of_the_spread_follow_the_exact_statistic():
    """Their quantiles are the ends of its interval, their share of zeros is the p-value of Q."""
    z, v = as_z(STUDIES)
    mean, tau, effect = draw(z, v, n=20_000, seed=1)
    exact = spreads(z, v, stats.chi2.ppf([0.975, 0.5, 0.025], 23))
    assert np.quantile(tau, [0.025, 0.5, 0.975]) == pytest.approx(exact, abs=0.003)
    assert (tau == 0).mean() == pytest.approx(combine(z, v).p_value, abs=0.01)
    assert mean.mean() == pytest.approx(combine(z, v).mean, abs=0.003)
    assert effect.std() == pytest.approx(np.hypot(mean.std(), np.sqrt((tau**2).mean())), rel=0.03)


def test_the_same_seed_draws_the_same():
    """And another seed does not."""
    z, v = as_z(STUDIES)
    first, again, other = (draw(z, v, n=100, seed=seed)[2] for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()
