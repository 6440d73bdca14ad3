"""Cross-lagged models of units over waves, by maximum likelihood.

What is above or below in one wave is carried over to the next, from each measure to itself and to the other; what
lasts, the same in every wave, may be set apart as random intercepts (Hamaker, Kuiper & Grasman 2015). A unit's values
in all waves are then Gaussian with a covariance that the parameters imply, to which its own sampling variances are
added where they are known. Each unit enters with the values that it has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize

STARTS = ((0.5, 0.2), (0.1, 0.6))
"""Where the search begins, twice: the share of variance that lasts, and how much of the rest carries over."""

AGREE = 1e-3
"""Two searches agree when their paths do to this."""

EDGE = 1e-4
"""A variance below this part of what is observed counts as nil."""


@dataclass(frozen=True)
class Panel:
    """Units side by side with their waves, in standard deviations.

    Parameters
    ----------
    observed
        Units × 2 waves: x and y of the first wave, then of the second; NaN where there is none. Around the column's
        mean.
    sampling
        Their sampling variances; zero where values are taken as they stand.
    scale
        The standard deviations of x and y.
    cluster
        Which units hang together, as whole numbers from 0.
    """

    observed: np.ndarray
    sampling: np.ndarray
    scale: np.ndarray
    cluster: np.ndarray

    @property
    def waves(self) -> int:
        """Number of waves."""
        return self.observed.shape[1] // 2


@dataclass(frozen=True)
class Fit:
    """What a model says of movement within units, at the highest likelihood.

    Parameters
    ----------
    paths
        Later × earlier measure, both x then y; in standard deviations of what is observed.
    beta
        The same, in standard deviations within units over all waves.
    std_error
        Of `beta`: the sandwich of the scores summed by cluster, times C/(C-1), around the observed information.
    variance
        Of x and y within units, over all waves, as a part of what is observed.
    """

    paths: np.ndarray
    beta: np.ndarray
    std_error: np.ndarray
    variance: np.ndarray


def fit(panel: Panel, *, intercepts: bool) -> Fit | str:
    """Fit a cross-lagged model, its paths equal over waves, with free means and free news in each wave.

    Parameters
    ----------
    panel
        Units by waves.
    intercepts
        Whether what lasts is set apart.

    Returns
    -------
    Fit or str
        Or the reason why there is none: `not_identifiable` where the likelihood is highest at its edge, a variance nil
        or a correlation one, or is flat: intervals do not hold there; `not_reliable` where two starts do not find the
        same paths.

    Notes
    -----
    Paths are those of R's lavaan with missing = "fiml" and lagged paths equal over waves.
    """
    with np.errstate(all="ignore"):  # a search may try what has no likelihood, and turns back
        try:
            tops = [_climb(panel, _start(panel.waves, *start, intercepts=intercepts)) for start in STARTS]
            best = min(tops, key=lambda top: top.fun).x
            if not _inside(best, panel.waves):
                return "not_identifiable"
            if np.ptp([top.x[:4] for top in tops], axis=0).max() > AGREE:
                return "not_reliable"
            curvature = _curvature(panel, best)
            flat = np.linalg.eigvalsh(curvature)[0] <= 0
            return "not_identifiable" if flat else _fitted(panel, best, np.linalg.inv(curvature))
        except np.linalg.LinAlgError:
            return "not_identifiable"


def _start(waves: int, lasting: float, carried: float, *, intercepts: bool) -> np.ndarray:
    """Split the variance of 1 into what lasts and what is new, unrelated between the measures."""
    new, own = np.sqrt(1 - lasting), np.sqrt(lasting)
    shocks = np.tile([new, 0.0, new], waves)
    return np.concatenate([[carried, 0, 0, carried], shocks, [own, 0, own] if intercepts else [], np.zeros(2 * waves)])


def _climb(panel: Panel, start: np.ndarray) -> optimize.OptimizeResult:
    """Find the highest likelihood near a start."""

    def mean(theta: np.ndarray) -> tuple[float, np.ndarray]:
        surprise, by_cov, by_mean = _likelihood(panel, theta)
        return surprise.mean(), _chain(theta, by_cov.mean(axis=0), by_mean.mean(axis=0))

    return optimize.minimize(mean, start, jac=True, method="BFGS", options={"gtol": 1e-7})


def _likelihood(panel: Panel, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give each unit's negative log-likelihood, without its constant, and its derivatives by covariance and means.

    A missing value is given variance 1, no covariance and no deviation: it then adds nothing.
    """
    structure, means = np.split(theta, [-2 * panel.waves])
    there = ~np.isnan(panel.observed)
    pairs = there[:, :, None] & there[:, None, :]
    own = np.where(there, panel.sampling, 1.0)[:, :, None] * np.eye(2 * panel.waves)
    cov = np.where(pairs, _implied(structure, panel.waves), 0.0) + own
    precision = np.linalg.inv(cov)
    off = np.where(there, panel.observed - means, 0.0)
    pull = np.einsum("nij,nj->ni", precision, off)
    surprise = (np.linalg.slogdet(cov)[1] + (off * pull).sum(axis=1)) / 2
    by_cov = (np.where(pairs, precision, 0.0) - pull[:, :, None] * pull[:, None, :]) / 2
    return surprise, by_cov, -pull


def _chain(theta: np.ndarray, by_cov: np.ndarray, by_mean: np.ndarray) -> np.ndarray:
    """Pass derivatives by covariance and means on to the parameters; of one sum, or of a stack of them."""
    waves = by_mean.shape[-1] // 2
    slopes = _slopes(lambda at: _implied(at, waves), theta[: -2 * waves])
    return np.concatenate([np.einsum("...ij,kij->...k", by_cov, slopes), by_mean], axis=-1)


def _implied(structure: np.ndarray, waves: int) -> np.ndarray:
    """Covariance of a unit's true values: what moves within units, and what lasts, the same in every wave."""
    lasting = structure[..., 4 + 3 * waves :].reshape(*structure.shape[:-1], -1, 3)  # one factor, or none
    return _within(structure, waves) + np.tile(_square(lasting).sum(axis=-3), (waves, waves))


def _within(structure: np.ndarray, waves: int) -> np.ndarray:
    """Covariance of what moves within units: what is new in each wave, and what is carried over from the one before."""
    stack = structure.shape[:-1]
    paths = structure[..., :4].reshape(*stack, 2, 2)
    news = _square(structure[..., 4 : 4 + 3 * waves].reshape(*stack, waves, 3))
    carried = np.einsum("st,...ij->...sitj", np.eye(waves, k=-1), paths).reshape(*stack, 2 * waves, 2 * waves)
    new = np.einsum("st,...tij->...sitj", np.eye(waves), news).reshape(*stack, 2 * waves, 2 * waves)
    spread = np.linalg.inv(np.eye(2 * waves) - carried)
    return spread @ new @ spread.mT


def _square(factor: np.ndarray) -> np.ndarray:
    """Multiply out Cholesky factors: covariance matrices, whatever their three numbers are."""
    first, below, second = np.moveaxis(factor, -1, 0)
    rows = [[first**2, first * below], [first * below, below**2 + second**2]]
    return np.moveaxis(np.array(rows), (0, 1), (-2, -1))


def _slopes(function: Callable[[np.ndarray], np.ndarray], at: np.ndarray) -> np.ndarray:
    """Derive a function by each of its parameters, by a complex step: exact but for rounding."""
    step = 1e-20
    return function(at + 1j * step * np.eye(len(at))).imag / step


def _inside(theta: np.ndarray, waves: int) -> bool:
    """Say whether no variance is nil and no correlation one."""
    factors = theta[4 : -2 * waves].reshape(-1, 3)
    return bool(np.linalg.eigvalsh(_square(factors)).min() > EDGE)


def _fitted(panel: Panel, best: np.ndarray, inverse: np.ndarray) -> Fit:
    """Take what the model says of movement within units, with the inverse of the curvature at its best."""
    theta = best - inverse @ _score(panel, best)  # a Newton step, so that no digit is the search's own
    slopes = _slopes(lambda at: _beta(at, panel.waves), theta)
    cov = inverse @ _spread(panel, theta) @ inverse
    error = np.sqrt(np.einsum("kij,kl,lij->ij", slopes, cov, slopes))
    return Fit(theta[:4].reshape(2, 2), _beta(theta, panel.waves), error, _variance(theta, panel.waves))


def _curvature(panel: Panel, theta: np.ndarray) -> np.ndarray:
    """Observed information: how the derivatives change around the parameters."""
    step = 1e-4
    ahead, behind = (
        np.array([_score(panel, theta + side * step * one) for one in np.eye(len(theta))]) for side in (1, -1)
    )
    return (ahead - behind) / (2 * step)


def _score(panel: Panel, theta: np.ndarray) -> np.ndarray:
    """Sum the derivatives over all units."""
    _, by_cov, by_mean = _likelihood(panel, theta)
    return _chain(theta, by_cov.sum(axis=0), by_mean.sum(axis=0))


def _spread(panel: Panel, theta: np.ndarray) -> np.ndarray:
    """Covariance of the summed derivatives, from how their sums differ between clusters."""
    _, by_cov, by_mean = _likelihood(panel, theta)
    order = np.argsort(panel.cluster, kind="stable")
    first = np.unique(panel.cluster[order], return_index=True)[1]
    sums = _chain(theta, *(np.add.reduceat(part[order], first) for part in (by_cov, by_mean)))
    return sums.T @ sums * len(sums) / (len(sums) - 1)


def _beta(theta: np.ndarray, waves: int) -> np.ndarray:
    """Paths in standard deviations within units."""
    sd = np.sqrt(_variance(theta, waves))
    return theta[..., :4].reshape(*theta.shape[:-1], 2, 2) * sd[..., None, :] / sd[..., :, None]


def _variance(theta: np.ndarray, waves: int) -> np.ndarray:
    """Variance of x and y within units, over all waves."""
    within = np.diagonal(_within(theta[..., : -2 * waves], waves), axis1=-2, axis2=-1)
    return within.reshape(*theta.shape[:-1], waves, 2).mean(axis=-2)
