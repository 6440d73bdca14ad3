"""Gaussian models of people in units in organisations, by (restricted) maximum likelihood.

People of one unit are alike in part because of the unit, and units of one organisation because of the organisation. All
that the likelihood needs of the people are sums per unit (of their answers, of the terms, of the products of both),
whatever the variances: a model of a million answers costs no more than one of their units. What is left to search for
are two numbers, how far units and organisations differ beside people; all else follows from these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import optimize

STARTS = (0.2, 1.0)
"""Where the two searches begin: standard deviation of units and organisations, as a part of that of people."""
AGREE = 1e-3
"""Two searches agree when their standard deviations do to this."""
FLAT = 1e-7
"""A variance is 0 where the deviance is not worse without it by more than this."""


@dataclass(frozen=True)
class Sums:
    """Sums over people, of the terms and of y.

    Attributes
    ----------
    products
        Terms and y by terms and y: Σ of the products over all people; y is last.
    sums
        Units by terms and y: Σ over the people of each unit, units of one organisation below each other.
    people
        How many people each unit has.
    first
        Where each organisation begins among the units.
    levels
        1 where only units differ, 2 where organisations do too.
    """

    products: np.ndarray
    sums: np.ndarray
    people: np.ndarray
    first: np.ndarray
    levels: int

    @property
    def terms(self) -> int:
        """Number of terms, p."""
        return self.sums.shape[1] - 1

    @property
    def n(self) -> float:
        """Number of people, N."""
        return self.people.sum()

    @cached_property
    def by_size(self) -> tuple[np.ndarray, np.ndarray]:
        """Sizes that units have, and Σ of the products of the sums of all units of each: these are weighed alike."""
        order = np.argsort(self.people, kind="stable")
        sizes, first = np.unique(self.people[order], return_index=True)
        return sizes, np.array([sums.T @ sums for sums in np.split(self.sums[order], first[1:])])


@dataclass(frozen=True)
class Fit:
    """A model at its highest likelihood.

    Attributes
    ----------
    estimate, std_error, df
        Of each contrast of the coefficients; degrees of freedom by Satterthwaite.
    variance, variance_error
        Between units, between organisations (where the model has them), and between people of a unit. A variance at 0
        has no error.
    icc, icc_error
        What units and organisations have of the variance of all, as log(icc / (1 - icc)), and its error.
    log_likelihood
        With all constants.
    """

    estimate: np.ndarray
    std_error: np.ndarray
    df: np.ndarray
    variance: np.ndarray
    variance_error: np.ndarray
    icc: float
    icc_error: float
    log_likelihood: float


def fit(sums: Sums, contrasts: np.ndarray, *, reml: bool) -> Fit | str:
    """Fit the model that y is terms times coefficients, plus what is its unit's, its organisation's and its own.

    Parameters
    ----------
    sums
        Of the people.
    contrasts
        Contrasts by terms: what is wanted of the coefficients.
    reml
        Restricted maximum likelihood, or maximum likelihood.

    Returns
    -------
    Fit or str
        Or the reason why there is none: `not_identifiable` where the likelihood is flat, `not_reliable` where two
        searches, one that follows the slope and one that does not, find different variances, or a number is not finite.

    Notes
    -----
    Equals R's lme4::lmer, and lmerTest for the degrees of freedom.
    """
    with np.errstate(all="ignore"):  # a search may try what has no likelihood, and turns back
        try:
            found = _search(sums, reml=reml)
            return found if isinstance(found, str) else _fitted(sums, contrasts, found, reml=reml)
        except np.linalg.LinAlgError:
            return "not_identifiable"


def _search(sums: Sums, *, reml: bool) -> np.ndarray | str:
    """Find the relative standard deviations of units and organisations, twice."""

    def deviance(spread: np.ndarray) -> float:
        return _deviance(sums, spread, reml=reml) / sums.n

    def slopes(spread: np.ndarray) -> np.ndarray:
        return _slopes(deviance, spread)

    starts = [np.full(sums.levels, start) for start in STARTS]
    by_slope = optimize.minimize(deviance, starts[0], jac=slopes, method="BFGS", options={"gtol": 1e-9})
    by_value = optimize.minimize(deviance, starts[1], method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-9})
    tops = [np.abs(top.x) for top in (by_slope, by_value)]
    if not np.abs(tops[0] - tops[1]).max() < AGREE * (1 + tops[0].max()):
        return "not_reliable"
    return _polished(sums, min(tops, key=deviance), reml=reml)


def _polished(sums: Sums, spread: np.ndarray, *, reml: bool) -> np.ndarray:
    """Set to 0 what is not above it, and take Newton steps with the rest, so that no digit is the search's own."""
    best = _deviance(sums, spread, reml=reml)
    without = [_deviance(sums, spread * (np.arange(sums.levels) != k), reml=reml) for k in range(sums.levels)]
    free = np.array(without) > best + FLAT

    def deviance(inside: np.ndarray) -> complex:
        return _deviance(sums, _placed(inside, free), reml=reml)

    at = spread[free]
    for _ in range(3 if free.any() else 0):
        at = at - np.linalg.solve(_curvature(deviance, at), _slopes(deviance, at))
    return _placed(at, free)


def _placed(inside: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Put what is above 0 in its place among the zeros."""
    spread = np.zeros(len(free), dtype=inside.dtype)
    spread[free] = inside
    return spread


def _weighed(sums: Sums, spread: np.ndarray) -> tuple[np.ndarray, complex]:
    """Give the products of terms and y weighed by the inverse of their covariance, and its log determinant.

    Both for people's own variance 1. A unit of n people with variance a enters with its sums times a / (1 + a n) less
    (Sherman & Morrison), and an organisation in the same way with the sums of its units, so weighed.
    """
    unit, organisation = np.append(spread**2, 0)[:2]
    sizes, alike = sums.by_size
    weighed = sums.products - np.tensordot(unit / (1 + unit * sizes), alike, axes=1)
    shrunk = 1 / (1 + unit * sums.people)
    log_det = -np.log(shrunk).sum()
    if organisation != 0:
        pulled = np.add.reduceat(sums.sums * shrunk[:, None], sums.first)
        people = np.add.reduceat(sums.people * shrunk, sums.first)
        weighed = weighed - (pulled * (organisation / (1 + organisation * people))[:, None]).T @ pulled
        log_det = log_det + np.log(1 + organisation * people).sum()
    return weighed, log_det


def _solved(sums: Sums, spread: np.ndarray, *, reml: bool) -> tuple[np.ndarray, complex, complex]:
    """Give the coefficients, the weighed squares that they leave, and the log determinants of the deviance."""
    weighed, log_det = _weighed(sums, spread)
    p = sums.terms
    coefficients = np.linalg.solve(weighed[:p, :p], weighed[:p, p])
    left = weighed[p, p] - weighed[p, :p] @ coefficients
    return coefficients, left, log_det + (_log_det(weighed[:p, :p]) if reml else 0)


def _log_det(matrix: np.ndarray) -> complex:
    """Give a log determinant whose derivatives survive a complex step."""
    sign, size = np.linalg.slogdet(matrix)
    return size + np.log(sign)


def _spent(sums: Sums, *, reml: bool) -> float:
    """Count what the residual variance is divided by."""
    return sums.n - sums.terms * reml


def _deviance(sums: Sums, spread: np.ndarray, *, reml: bool) -> complex:
    """Give -2 times the log-likelihood at the best variance of people."""
    _, left, log_dets = _solved(sums, spread, reml=reml)
    df = _spent(sums, reml=reml)
    return df * (1 + np.log(2 * np.pi * left / df)) + log_dets


def _fitted(sums: Sums, contrasts: np.ndarray, spread: np.ndarray, *, reml: bool) -> Fit | str:
    """Lay out the model at its highest likelihood."""
    free, df = spread > 0, _spent(sums, reml=reml)
    coefficients, left, _ = _solved(sums, spread, reml=reml)
    best = np.append(spread[free], np.log(left / df))

    def deviance(at: np.ndarray) -> complex:
        _, left, log_dets = _solved(sums, _placed(at[:-1], free), reml=reml)
        return df * (np.log(2 * np.pi) + at[-1]) + left / np.exp(at[-1]) + log_dets

    def variances(at: np.ndarray) -> np.ndarray:
        return np.exp(at[-1]) * np.append(_placed(at[:-1], free) ** 2, 1)

    def of_contrasts(at: np.ndarray) -> np.ndarray:
        terms = _weighed(sums, _placed(at[:-1], free))[0][:-1, :-1]
        return np.exp(at[-1]) * (contrasts * np.linalg.solve(terms, contrasts.T.astype(at.dtype)).T).sum(axis=1)

    def log_odds(at: np.ndarray) -> complex:
        return np.log(np.sum(_placed(at[:-1], free) ** 2))

    curvature = _curvature(deviance, best)
    if not np.linalg.eigvalsh(curvature)[0] > 0:
        return "not_identifiable"
    cov = 2 * np.linalg.inv(curvature)
    squared = of_contrasts(best)
    found = Fit(
        contrasts @ coefficients,
        np.sqrt(squared),
        2 * squared**2 / _error(of_contrasts, best, cov) ** 2,
        variances(best),
        np.where(variances(best) > 0, _error(variances, best, cov), np.nan),
        log_odds(best),
        _error(log_odds, best, cov) if free.any() else np.nan,
        -deviance(best) / 2,
    )
    sound = np.isfinite([found.log_likelihood, *found.estimate, *found.std_error, *found.df, *found.variance]).all()
    return found if sound and (found.df > 0).all() else "not_reliable"


def _error(function: Callable[[np.ndarray], np.ndarray], at: np.ndarray, cov: np.ndarray) -> np.ndarray:
    """Take the covariance of parameters to the standard error of what follows from them."""
    slopes = _slopes(function, at)
    return np.sqrt(np.einsum("k...,kl,l...->...", slopes, cov, slopes))


def _slopes(function: Callable[[np.ndarray], np.ndarray], at: np.ndarray) -> np.ndarray:
    """Derive a function by each of its parameters, by a complex step: exact but for rounding."""
    step = 1e-20
    return np.array([np.imag(function(at + 1j * step * one)) / step for one in np.eye(len(at))])


def _curvature(function: Callable[[np.ndarray], complex], at: np.ndarray) -> np.ndarray:
    """Derive a function twice, by differences of its slopes."""
    steps = 1e-4 * np.maximum(np.abs(at), 1e-2)
    found = [
        (_slopes(function, at + step * one) - _slopes(function, at - step * one)) / (2 * step)
        for step, one in zip(steps, np.eye(len(at)), strict=True)
    ]
    return (np.array(found) + np.array(found).T) / 2
