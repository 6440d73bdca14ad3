"""How much do true effects differ from place to place, beyond what chance does to each of them?

Every place (an organisation, a published study) shows an effect of its own, each with a sampling variance that is
known. Behind them stand true effects with a mean and a spread τ. The spread is the hard part: with few places chance
alone decides whether it seems to be 0, and whatever takes that estimate for the truth is too sure of itself. What
depends on the spread is therefore drawn from the confidence distribution that an exact statistic gives it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

ENOUGH = 1e-13
"""Change of τ² from one round to the next at which it has settled."""
ROUNDS = 10_000
HALVINGS = 50


@dataclass(frozen=True)
class Effects:
    """Effects of k places around one mean.

    Attributes
    ----------
    mean, std_error
        Mean of the true effects; its error by Knapp and Hartung, which goes with t and k - 1 degrees of freedom.
    tau
        Standard deviation of the true effects, restricted maximum likelihood (REML), 0 or more.
    q, p_value
        Cochran's Q, what the effects differ in units of their own errors, and its p-value (χ² with k - 1 degrees of
        freedom) if all true effects were the same.
    df
        k - 1.
    """

    mean: float
    std_error: float
    tau: float
    q: float
    p_value: float
    df: int


def combine(effects: np.ndarray, variances: np.ndarray) -> Effects:
    """Estimate the mean of true effects and how much they differ.

    Parameters
    ----------
    effects
        One per place, k of at least 2.
    variances
        Their sampling variances, above 0, taken as known.

    Returns
    -------
    Effects
        As R's metafor::rma(method="REML", test="knha").

    References
    ----------
    Raudenbush (2009), in Cooper, Hedges & Valentine, Handbook of research synthesis, 295-315, for REML as a fixed
    point; Knapp & Hartung (2003), Stat. Med. 22, 2693-2710; Cochran (1954), Biometrics 10, 101-129.

    Examples
    --------
    >>> found = combine(np.array([0.1, 0.5, 0.3, 0.4]), np.full(4, 0.01))
    >>> round(found.mean, 3), round(found.std_error, 3), round(found.tau, 3)
    (0.325, 0.085, 0.138)
    """
    k, squared = len(effects), effects.var(ddof=1)
    for _ in range(ROUNDS):
        weight = 1 / (variances + squared)
        away = effects - np.average(effects, weights=weight)
        excess = (weight**2 * (away**2 - variances)).sum() / (weight**2).sum() + 1 / weight.sum()
        before, squared = squared, max(excess, 0.0)
        if abs(squared - before) < ENOUGH:
            break
    weight = 1 / (variances + squared)
    mean = np.average(effects, weights=weight)
    error = np.sqrt((weight * (effects - mean) ** 2).sum() / ((k - 1) * weight.sum()))
    q = differing(effects, variances, np.zeros(1))[0][0]
    return Effects(float(mean), float(error), float(np.sqrt(squared)), float(q), float(stats.chi2.sf(q, k - 1)), k - 1)


def differing(
    effects: np.ndarray, variances: np.ndarray, squared: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Say how much effects differ in units of their error, if the square of τ were what it is said to be.

    Parameters
    ----------
    effects, variances
        As in `combine`.
    squared
        Values of τ².

    Returns
    -------
    q, mean, variance : ndarray
        Per value: the weighted sum of squares around the weighted mean, that mean, and its variance.
    """
    weight = 1 / (variances + squared[:, None])
    total = weight.sum(axis=1)
    mean = weight @ effects / total
    return (weight * (effects - mean[:, None]) ** 2).sum(axis=1), mean, 1 / total


def spreads(effects: np.ndarray, variances: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Find the spread at which the effects differ by just so much.

    Parameters
    ----------
    effects, variances
        As in `combine`.
    q
        Values of the statistic, above 0. At the true τ it follows χ² with k - 1 degrees of freedom, so that the
        quantiles of that give an interval of τ, and draws from it the confidence distribution.

    Returns
    -------
    ndarray
        τ per value; 0 where they differ less than that even without any spread.

    References
    ----------
    Viechtbauer (2007), Stat. Med. 26, 37-52.

    Examples
    --------
    >>> q = stats.chi2.ppf([0.975, 0.025], 3)
    >>> [round(float(tau), 2) for tau in spreads(np.array([0.1, 0.5, 0.3, 0.4]), np.full(4, 0.01), q)]
    [0.0, 0.63]
    """
    low, high = np.zeros(len(q)), ((effects - effects.mean()) ** 2).sum() / q
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = differing(effects, variances, middle)[0] > q
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    none = differing(effects, variances, np.zeros(1))[0] <= q
    return np.sqrt(np.where(none, 0.0, (low + high) / 2))


def draw(effects: np.ndarray, variances: np.ndarray, *, n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw what the mean and the spread of true effects, and the true effect of a next place, may be.

    Parameters
    ----------
    effects, variances
        As in `combine`.
    n, seed
        How many draws, and of which seed.

    Returns
    -------
    mean, tau, effect : ndarray
        Joint draws: τ from its confidence distribution, the mean given τ, an effect given both. Quantiles of what is
        made of them are an interval.

    References
    ----------
    Nagashima, Noma & Furukawa (2019), Stat. Methods Med. Res. 28, 1689-1702, for the prediction interval.

    Examples
    --------
    >>> mean, tau, effect = draw(np.array([0.1, 0.5, 0.3, 0.4]), np.full(4, 0.01), n=2000, seed=1)
    >>> np.quantile(effect, [0.025, 0.975]).round(1).tolist()
    [-0.3, 0.9]
    """
    rng = np.random.default_rng(seed)
    tau = spreads(effects, variances, rng.chisquare(len(effects) - 1, n))
    _, mean, variance = differing(effects, variances, tau**2)
    mean = mean + np.sqrt(variance) * rng.normal(size=n)
    return mean, tau, mean + tau * rng.normal(size=n)
