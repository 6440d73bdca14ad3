"""How well do the items of a scale measure one thing: α, ω and item-rest correlations.

All of them follow from the covariances of the items over complete answers, unweighted, which a tally holds. Reversed
items are turned round first; an item that still runs against the others is reported, not absorbed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import optimize, stats

from exkit.errors import need_choice
from exkit.measures.tally import Moments, Tally
from exkit.result import result

LEAST = 10
"""Complete answers below which nothing is estimated."""
DUST = 1e-12
"""What binary fractions leave of zero, as a part of the whole."""


def covariance(block: Moments) -> np.ndarray:
    """Compute the covariance matrix of a block over complete answers, unweighted, denominator n - 1.

    Parameters
    ----------
    block
        Moments of k variables.

    Returns
    -------
    ndarray
        k by k.
    """
    n, total = block.keys["n"].sum(), block.sums[0].sum(axis=0)
    return (block.products[0].sum(axis=0) - np.outer(total, total) / n) / (n - 1)


def alpha_of(cov: np.ndarray) -> float:
    """Compute Cronbach's α from a covariance matrix: k/(k-1) · (1 - trace / sum).

    Examples
    --------
    >>> print(round(alpha_of(np.array([[1, 0.5], [0.5, 1]])), 4))
    0.6667
    """
    k = len(cov)
    return k / (k - 1) * (1 - np.trace(cov) / cov.sum())


def alpha(tally: Tally, scale: str | None = None, *, ci: float = 0.95) -> pd.DataFrame:
    """Estimate Cronbach's α of a scale, listwise.

    Parameters
    ----------
    tally
        Counts made with the scale's name.
    scale
        The scale; the only one of the tally if not given.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result of one row: effect `alpha`, 1 or less (negative where items contradict each other); interval of Feldt
        (1965), people taken as independent; `n` complete answers; extras `k` items, `standardised` (from the
        correlations) and `mean_r` (mean correlation between items).

    References
    ----------
    Cronbach (1951), Psychometrika 16, 297-334; Feldt (1965), Psychometrika 30, 357-370. Equals R's psych::alpha on
    complete answers (psych itself defaults to pairwise covariances).
    """
    scale, block = _block(tally, scale)
    n, k = int(block.keys["n"].sum()), len(block.names)
    if reason := _refusal(block):
        return result(x=scale, effect="alpha", n=n, reason=reason, k=k)
    cov = covariance(block)
    estimate, corr = alpha_of(cov), _correlation(cov)
    f = stats.f.ppf([(1 + ci) / 2, (1 - ci) / 2], n - 1, (n - 1) * (k - 1))
    low, high = 1 - (1 - estimate) * f
    mean_r = (corr.sum() - k) / (k * (k - 1))
    return result(
        x=scale, effect="alpha", estimate=estimate, conf_low=low, conf_high=high, n=n, k=k,
        standardised=alpha_of(corr), mean_r=mean_r,
    )  # fmt: skip


def omega(tally: Tally, scale: str | None = None, *, method: str = "ml", ci: float = 0.95) -> pd.DataFrame:
    """Estimate McDonald's ω (total) of a scale from a one-factor model: (Σλ)² / ((Σλ)² + Σθ), model-implied variance.

    Three other coefficients bear the name ω; this is the one that lavaan's `compRelSEM` and textbooks give for a
    congeneric scale. With the observed variance below the line it differs in the fourth decimal.

    Parameters
    ----------
    tally
        Counts made with the scale's name.
    scale
        The scale; the only one of the tally if not given.
    method
        `ml` (maximum likelihood, the default) or `minres` (least squares on the correlations, as psych::fa).
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result of one row: effect `omega`, 0 to 1; interval by the delta method on log(1 - ω) from the model's
        information matrix (`ml` only), people taken as independent, normal theory; `n` complete answers; extras `k`,
        `standardised` (ω of the standardised items), `observed` (with the observed variance below the line), and how
        well one factor fits: `chisq`, `cfi`, `rmsea`, `srmr` as lavaan defines them.

    References
    ----------
    McDonald (1999), Test theory; Raykov (2002), Struct. Equ. Modeling 9, 195-212, for the delta method.
    """
    need_choice(method, ["ml", "minres"], what="method")
    scale, block = _block(tally, scale)
    n, k = int(block.keys["n"].sum()), len(block.names)
    if reason := _refusal(block) or ("not_identifiable" if k < 3 else ""):
        return result(x=scale, effect="omega", n=n, reason=reason, k=k)
    cov = covariance(block) * (n - 1) / n
    corr = _correlation(cov)
    unit = one_factor(corr, method=method)
    if unit is None:
        return result(x=scale, effect="omega", n=n, reason="not_reliable", k=k)
    sd = np.sqrt(np.diag(cov))
    loadings, unique = unit[0] * sd, unit[1] * sd**2
    estimate = _omega_of(loadings, unique)
    error = _omega_error(loadings, unique, n) if method == "ml" else np.nan
    half = stats.norm.ppf((1 + ci) / 2) * error / (1 - estimate)
    return result(
        x=scale, effect="omega", estimate=estimate, std_error=error, n=n, k=k,
        conf_low=1 - (1 - estimate) * np.exp(half), conf_high=1 - (1 - estimate) * np.exp(-half),
        standardised=_omega_of(*unit), observed=loadings.sum() ** 2 / cov.sum(), **_fit(corr, *unit, n=n),
    )  # fmt: skip


def item_rest(tally: Tally, scale: str | None = None, *, ci: float = 0.95) -> pd.DataFrame:
    """Correlate each item with the sum of the other items of its scale, listwise.

    Parameters
    ----------
    tally
        Counts made with the scale's name.
    scale
        The scale; the only one of the tally if not given.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result with a row per item: `x` the item, `y` the scale, effect `r`, Fisher interval; extra `alpha_without`,
        the α of the other items. An item with r below 0 says `reversed`, one that everybody answered alike `constant`.
    """
    scale, block = _block(tally, scale)
    n = int(block.keys["n"].sum())
    if n < LEAST or len(block.names) < 2:
        return result(x=block.names, y=scale, effect="r", n=n, reason="too_few")
    cov = covariance(block)
    var = np.diag(cov)
    with_rest = cov.sum(axis=1) - var
    rest = cov.sum() - 2 * cov.sum(axis=1) + var
    varies = (var > 0) & (rest > DUST * var.sum())
    r = np.divide(with_rest, np.sqrt(var * rest), out=np.full(len(var), np.nan), where=varies)
    # A correlation of exactly one has no interval, and no certainty either.
    z = np.arctanh(np.where(np.abs(r) < 1 - DUST, r, np.nan))
    half = stats.norm.ppf((1 + ci) / 2) / np.sqrt(n - 3)
    return result(
        x=block.names, y=scale, effect="r", estimate=r,
        conf_low=np.tanh(z - half), conf_high=np.tanh(z + half),
        n=n, reason=np.select([~varies, r < 0], ["constant", "reversed"], ""), alpha_without=_alpha_without(cov),
    )  # fmt: skip


def _block(tally: Tally, scale: str | None) -> tuple[str, Moments]:
    """Find a scale's items in the tally."""
    scale = scale or (next(iter(tally.items)) if len(tally.items) == 1 else "")
    need_choice(scale, list(tally.items), what="scale")
    return scale, tally.items[scale]


def _refusal(block: Moments) -> str:
    """Say why a reliability cannot be estimated, if so."""
    if block.keys["n"].sum() < LEAST or len(block.names) < 2:
        return "too_few"
    cov = covariance(block)
    return "constant" if (np.diag(cov) <= 0).any() or cov.sum() <= DUST * np.trace(cov) else ""


def _correlation(cov: np.ndarray) -> np.ndarray:
    """Scale a covariance matrix to correlations."""
    sd = np.sqrt(np.diag(cov))
    return cov / np.outer(sd, sd)


def _alpha_without(cov: np.ndarray) -> list[float]:
    """Compute the α of a scale with each item left out in turn; none where fewer than two would remain."""
    left = [np.delete(np.delete(cov, i, 0), i, 1) for i in range(len(cov))]
    return [alpha_of(rest) if len(rest) > 1 and rest.sum() > DUST * np.trace(rest) else np.nan for rest in left]


def _omega_of(loadings: np.ndarray, unique: np.ndarray) -> float:
    """Compute ω from loadings and unique variances."""
    return loadings.sum() ** 2 / (loadings.sum() ** 2 + unique.sum())


def one_factor(corr: np.ndarray, *, method: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Fit one factor to correlations.

    For given unique variances the best loadings are an eigenvector, so that only the unique variances are searched
    for (Lawley & Maxwell 1971). A fit on the bound, a Heywood case, has not settled.

    Parameters
    ----------
    corr
        Correlations of k items.
    method
        `ml` or `minres`.

    Returns
    -------
    loadings, unique : ndarray
        Of the standardised items, k each; None where the fit does not settle.
    """
    floor = 0.005

    def loadings(unique: np.ndarray) -> np.ndarray:
        scaled = corr / np.sqrt(np.outer(unique, unique)) if method == "ml" else corr - np.diag(unique)
        value, vector = np.linalg.eigh(scaled)
        excess = max(value[-1] - (method == "ml"), 0)
        lam = vector[:, -1] * np.sqrt(excess) * (np.sqrt(unique) if method == "ml" else 1)
        return lam * np.sign(lam.sum() or 1)

    def discrepancy(unique: np.ndarray) -> float:
        lam = loadings(unique)
        implied = np.outer(lam, lam) + np.diag(unique)
        if method == "minres":
            off = (corr - implied)[~np.eye(len(corr), dtype=bool)]
            return off @ off
        return np.linalg.slogdet(implied)[1] + np.trace(np.linalg.solve(implied, corr))

    start = np.clip(1 / np.diag(np.linalg.pinv(corr)), 2 * floor, 0.99)
    options = {"maxiter": 2000, "maxfun": 100_000, "ftol": 1e-15, "gtol": 1e-9}
    fit = optimize.minimize(discrepancy, start, method="L-BFGS-B", bounds=[(floor, 1)] * len(corr), options=options)
    if not np.isfinite(fit.fun) or (fit.x <= floor).any():
        return None
    return loadings(fit.x), fit.x


def _fit(corr: np.ndarray, loadings: np.ndarray, unique: np.ndarray, *, n: int) -> dict[str, float]:
    """Say how well one factor fits: χ², CFI, RMSEA and SRMR, n (not n - 1) times the discrepancy."""
    k, implied = len(corr), np.outer(loadings, loadings) + np.diag(unique)
    logdet = np.linalg.slogdet(corr)[1]
    chisq = n * (np.linalg.slogdet(implied)[1] + np.trace(np.linalg.solve(implied, corr)) - logdet - k)
    df, excess = k * (k - 3) / 2, max(chisq - k * (k - 3) / 2, 0)
    worst = max(-n * logdet - k * (k - 1) / 2, excess)
    off = (corr - implied)[np.tril_indices(k)]
    return {
        "chisq": chisq,
        "cfi": 1 - excess / worst if worst > 0 else 1.0,
        "rmsea": np.sqrt(excess / (df * n)) if df > 0 else np.nan,
        "srmr": np.sqrt(np.mean(off**2)),
    }


def _omega_error(loadings: np.ndarray, unique: np.ndarray, n: int) -> float:
    """Compute the standard error of ω by the delta method from the expected information of the one-factor model."""
    k = len(loadings)
    inverse = np.linalg.inv(np.outer(loadings, loadings) + np.diag(unique))
    slopes = np.zeros((2 * k, k, k))
    for i in range(k):
        slopes[i, i, :] += loadings
        slopes[i, :, i] += loadings
        slopes[k + i, i, i] = 1
    moved = np.einsum("ab,pbc->pac", inverse, slopes)
    information = n / 2 * np.einsum("pab,qba->pq", moved, moved)
    total, noise = loadings.sum(), unique.sum()
    implied = total**2 + noise
    gradient = np.r_[np.full(k, 2 * total * noise), np.full(k, -(total**2))] / implied**2
    return float(np.sqrt(gradient @ np.linalg.solve(information, gradient)))
