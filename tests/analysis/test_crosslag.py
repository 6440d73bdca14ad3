"""The likelihood of cross-lagged models, held against other routes; agreement with R is in `test_agreement`."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from exkit.analysis import crosslag
from exkit.analysis.crosslag import Fit, Panel, fit


def drawn(units: int = 200, waves: int = 3, *, missing: float = 0.0, seed: int = 1) -> Panel:
    """Draw units whose level lasts and whose movement carries over by .4, with sampling variances of .1 to .3."""
    rng = np.random.default_rng(seed)
    moves = [rng.standard_normal((units, 2))]
    for _ in range(waves - 1):
        moves.append(moves[-1] @ np.array([[0.4, 0.2], [0.0, 0.4]]) + rng.standard_normal((units, 2)))
    level = np.tile(rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], units), waves)
    sampling = rng.uniform(0.1, 0.3, (units, 2 * waves))
    observed = level + np.hstack(moves) + rng.standard_normal(sampling.shape) * np.sqrt(sampling)
    observed[rng.random(observed.shape) < missing] = np.nan
    return Panel(observed, sampling, np.ones(2), np.arange(units))


def parameters(waves: int = 3) -> np.ndarray:
    """Give parameters somewhere inside, none of them zero."""
    return np.concatenate(
        [[0.4, 0.1, 0.2, 0.3], np.tile([1.1, 0.2, 0.9], waves), [0.7, 0.3, 0.6], np.linspace(0.1, 0.5, 2 * waves)]
    )


def test_the_likelihood_is_that_of_a_multivariate_normal():
    """Unit by unit, of the values that are there, each with its own sampling variance."""
    panel, theta = drawn(20, missing=0.2), parameters()
    cov = crosslag._implied(theta[:-6], 3)
    got, *_ = crosslag._likelihood(panel, theta)
    for i in range(20):
        there = ~np.isnan(panel.observed[i])
        own = (cov + np.diag(panel.sampling[i]))[np.ix_(there, there)]
        density = stats.multivariate_normal(theta[-6:][there], own).logpdf(panel.observed[i][there])
        assert got[i] == pytest.approx(-density - there.sum() / 2 * np.log(2 * np.pi), abs=1e-10)


def test_the_derivatives_are_those_of_small_steps():
    """Each parameter moved a little, the likelihood taken again."""
    panel, theta, step = drawn(20, missing=0.2), parameters(), 1e-6
    got = crosslag._score(panel, theta)
    for k, nudge in enumerate(step * np.eye(len(theta))):
        ahead, behind = (crosslag._likelihood(panel, theta + side * nudge)[0].sum() for side in (1, -1))
        assert got[k] == pytest.approx((ahead - behind) / (2 * step), abs=1e-5)


def test_the_implied_covariance_is_what_such_units_have():
    """The moments of a long draw."""
    panel = drawn(100_000)
    factors = np.tile([1.0, 0.0, 1.0], 3), np.linalg.cholesky([[1, 0.5], [0.5, 1]])[[0, 1, 1], [0, 0, 1]]
    cov = crosslag._implied(np.concatenate([[0.4, 0.0, 0.2, 0.4], *factors]), 3)
    np.testing.assert_allclose(np.cov(panel.observed.T) - 0.2 * np.eye(6), cov, atol=0.04)


def test_without_intercepts_two_waves_are_two_regressions():
    """With complete rows the paths are those of least squares, to rounding, and the sandwich is the robust error."""
    panel = drawn(100, waves=2)
    panel = Panel(panel.observed - panel.observed.mean(axis=0), np.zeros((100, 4)), np.ones(2), panel.cluster)
    fitted = fit(panel, intercepts=False)
    earlier, later = np.split(panel.observed, 2, axis=1)
    least_squares = np.linalg.lstsq(earlier, later, rcond=None)[0].T
    np.testing.assert_allclose(fitted.paths, least_squares, atol=1e-10)


def test_units_of_one_cluster_count_once():
    """Every unit three times over, named as one cluster, says no more than every unit once."""
    panel = drawn(400)
    once = fit(panel, intercepts=False)
    copies = [np.repeat(part, 3, axis=0) for part in (panel.observed, panel.sampling, panel.cluster)]
    thrice = fit(Panel(copies[0], copies[1], np.ones(2), copies[2]), intercepts=False)
    np.testing.assert_allclose(thrice.beta, once.beta, atol=1e-6)
    np.testing.assert_allclose(thrice.std_error, once.std_error, atol=1e-6)


def test_a_missing_value_is_as_one_of_endless_sampling_variance():
    """Both say nothing."""
    panel = drawn(100, missing=0.1)
    gone = np.isnan(panel.observed)
    vague = Panel(np.where(gone, 0.0, panel.observed), np.where(gone, 1e9, panel.sampling), panel.scale, panel.cluster)
    np.testing.assert_allclose(fit(vague, intercepts=False).beta, fit(panel, intercepts=False).beta, atol=1e-4)


def test_at_the_edge_there_is_no_fit():
    """Sampling variance that is as large as all movement leaves nothing to tell."""
    noise = np.random.default_rng(3).standard_normal((100, 6))
    assert fit(Panel(noise, np.ones((100, 6)), np.ones(2), np.arange(100)), intercepts=True) == "not_identifiable"


def test_two_measures_that_are_one_have_no_fit():
    """A correlation of one."""
    panel = drawn(100)
    same = np.repeat(panel.observed[:, ::2], 2, axis=1)
    assert fit(Panel(same, np.zeros((100, 6)), np.ones(2), np.arange(100)), intercepts=True) == "not_identifiable"


def test_standardised_paths_do_not_depend_on_the_scale():
    """Of the two measures in other units, `beta` and its error stay."""
    panel = drawn(300)
    stretch = np.tile([2.0, 0.5], 3)
    other = fit(
        Panel(panel.observed * stretch, panel.sampling * stretch**2, np.ones(2), panel.cluster), intercepts=True
    )
    one = fit(panel, intercepts=True)
    assert isinstance(one, Fit)
    np.testing.assert_allclose(other.beta, one.beta, atol=1e-6)
    np.testing.assert_allclose(other.std_error, one.std_error, atol=1e-5)
    assert pd.Series(other.variance / one.variance).to_numpy() == pytest.approx([4, 0.25], abs=1e-5)
