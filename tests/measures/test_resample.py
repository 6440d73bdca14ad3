"""Resamples of clusters and the error of a figure over them."""

import numpy as np
import pytest

from exkit.measures.resample import ENOUGH, resamples, spread


def test_enough_clusters_are_drawn_with_replacement():
    """Every resample has as many clusters as there are, some twice, some not at all."""
    counts = resamples(ENOUGH, n_boot=50, seed=1)
    assert counts.shape == (50, ENOUGH)
    assert (counts.sum(axis=1) == ENOUGH).all()
    assert counts.max() > 1


def test_few_clusters_are_left_out_one_at_a_time():
    """As many resamples as clusters, whatever number was asked for."""
    counts = resamples(ENOUGH - 1, n_boot=50, seed=1)
    assert counts.shape == (ENOUGH - 1, ENOUGH - 1)
    assert (counts.sum(axis=1) == ENOUGH - 2).all()


def test_a_figure_may_ask_for_more_clusters_before_they_are_drawn():
    """Both halves then go by what it asks."""
    values = np.random.default_rng(6).normal(size=60)
    counts = resamples(60, n_boot=50, seed=1, enough=100)
    assert counts.shape == (60, 60)
    error = spread(counts @ values / counts.sum(axis=1), clusters=60, enough=100)
    assert error == pytest.approx(values.std(ddof=1) / np.sqrt(60), rel=1e-9)


def test_the_same_seed_draws_the_same_resamples():
    """And another seed others."""
    first, again, other = (resamples(30, n_boot=20, seed=seed) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize("clusters", [8, 400])
def test_the_error_of_a_mean_is_the_one_in_the_textbooks(clusters: int):
    """It is s / √n: exactly by leaving out, and nearly by drawing."""
    values = np.random.default_rng(3).normal(size=clusters)
    counts = resamples(clusters, n_boot=4000, seed=4)
    error = spread(counts @ values / counts.sum(axis=1), clusters=clusters)
    assert error == pytest.approx(values.std(ddof=1) / np.sqrt(clusters), rel=1e-9 if clusters < ENOUGH else 0.05)


def test_a_figure_that_many_resamples_lack_has_no_error():
    """Up to 5% may be without one."""
    figures = np.random.default_rng(5).normal(size=100)
    few, many = (np.where(np.arange(100) < lacking, np.nan, figures) for lacking in (5, 6))
    assert np.isfinite(spread(few, clusters=30))
    assert np.isnan(spread(many, clusters=30))


def test_a_figure_that_one_cluster_alone_makes_has_no_error():
    """Left out, it leaves nothing: the others cannot say how sure the figure is, however many they are."""
    figures = np.random.default_rng(7).normal(size=60)
    assert np.isfinite(spread(figures, clusters=60, enough=100))
    assert np.isnan(spread(np.where(np.arange(60) == 0, np.nan, figures), clusters=60, enough=100))
