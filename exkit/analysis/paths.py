"""Do two things go together by way of a third, or more closely where a third is high?

Internal communication is printed as a 'driver', and as a 'catalyst', of customer orientation. Those are three claims
and three coefficients: the two go together (the total path), they do so by way of a third (the indirect path, a
mediation), or more closely where a third is high (an interaction, a moderation). None of them says which comes first:
that is an assumption, and the reader's.

Everything follows from the covariances of a block. How sure it is follows from resamples of organisations, or of units
within one. Where answers do not hang together, covariances are drawn from Wishart's distribution instead: it rests on
normal errors of equal size. A product of two coefficients is skewed, so that its interval is made of the resampled
values themselves, widened for the number of clusters as t is against z.

The level is the block's: respondents as they stand, respondents around the mean of their unit, or units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from exkit.errors import ExkitError, need_choice
from exkit.measures.answers import not_asked
from exkit.measures.block import Block
from exkit.measures.design import ALONE
from exkit.measures.resample import ENOUGH, resamples, spread
from exkit.measures.tally import KEYS
from exkit.result import result

LEAST_DF = 10
"""Complete answers beyond the coefficients of a regression, below which nothing is estimated."""
LEAST_BOOT = 200
"""Resamples below which percentiles mean nothing."""
DUST = 1e-10
"""Smallest eigenvalue of standardised variables, below which they follow from each other."""
ROUNDING = 1e-12
"""What binary fractions leave of a variance of zero, as a part of the mean square."""

Paths = Callable[[np.ndarray], np.ndarray]
"""From covariances of standardised variables, ... by k by k, to standardised coefficients, ... by result rows."""


def mediate(
    block: Block,
    *,
    x: str,
    m: str,
    y: str,
    covar: Sequence[str] = (),
    by: Sequence[str] = (),
    ci: float = 0.95,
    n_boot: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Estimate how far x and y go together by way of m.

    Least squares, weighted where respondents have weights: m on x (path a), y on x and m (paths direct and b), y on x
    (path total), each with `covar`. The indirect path is a·b, which equals total - direct. It holds only with b from
    the regression that has x too: pingouin's row "Y ~ M" leaves x out.

    Parameters
    ----------
    block
        From `ex.block`, of one wave unless `by` has it.
    x, m, y
        Variables of the block: what it starts from, what lies between, what it arrives at.
    covar
        Variables held equal in each regression.
    by
        Columns within which it is done, such as `sector` or `wave`.
    ci
        Confidence level.
    n_boot, seed
        Resamples of organisations.

    Returns
    -------
    DataFrame
        A result of five rows per group, effects `a`, `b`, `total`, `direct`, `indirect`.

        `estimate` in units of the row's y per unit of its x; `n` complete answers. Interval and `p_value`: t(C-1) times
        the standard error over resamples of the C organisations (units within one organisation), from 20 on the
        cluster bootstrap, below that the jackknife: `interval` says which, or `wishart` where nothing hangs together.
        That of `indirect` is made of percentiles of the resamples, and its p-value is the level at which they touch
        zero (with 2,000 not below about .001); under 20 clusters it is as the others.

        Extras: `m`; `covar`; `standardised`, in standard deviations of y per one of x; `cluster` and `n_clusters`, what
        was resampled; `interval`; `within` of the block; `at`, the wave.

        Reasons: `several_waves` and `no_answers` (one row); `not_asked` (one row, where these data have no such
        groups); `too_few` (under 10 answers more than coefficients); `constant`; `not_identifiable` where variables
        follow from each other, or do in more than 5% of the resamples; `perfect` where nothing is left to be unsure of.

    Raises
    ------
    ExkitError
        If a name is not in the block or is used twice.

    References
    ----------
    MacKinnon (2008), Introduction to statistical mediation analysis; Hesterberg (2015), Am. Stat. 69, 371-386, for the
    percentiles widened to √(C/(C-1))·t(C-1). Coefficients equal R's lm.

    Examples
    --------
    >>> from exkit.measures.block import block
    >>> voice = np.arange(40) % 5.0
    >>> tools = voice + np.arange(40) % 3
    >>> units = pd.DataFrame({"voice": voice, "tools": tools, "nps": 2 * tools + np.arange(40) % 7})
    >>> found = mediate(block(units, ["voice", "tools", "nps"]), x="voice", m="tools", y="nps")
    >>> found.set_index("effect")["estimate"].round(2).to_dict()
    {'a': 0.99, 'b': 1.89, 'total': 2.1, 'direct': 0.23, 'indirect': 1.87}
    """
    names = [x, m, y, *covar]
    _need(block, names, n_boot)

    def rows(part: Block) -> pd.DataFrame:
        sample = _sample(part, names)
        unit = sample.sd[[1, 2, 2, 2, 2]] / sample.sd[[0, 1, 0, 0, 0]]
        found = _infer(sample, _standard(sample), by_way_of, unit, skewed=[4], ci=ci, n_boot=n_boot, seed=seed)
        return result(
            x=[x, m, x, x, x], y=[m, y, y, y, y], effect=["a", "b", "total", "direct", "indirect"],
            **found, m=m, covar=", ".join(covar), within=block.within,
        )  # fmt: skip

    return _by_group(block, by, rows, x=x, effect="indirect")


def moderate(
    block: Block,
    *,
    x: str,
    w: str,
    y: str,
    covar: Sequence[str] = (),
    by: Sequence[str] = (),
    ci: float = 0.95,
    n_boot: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Estimate whether x and y go together more closely where w is high.

    Least squares of y on x, w, their product and `covar`, weighted where respondents have weights; x and w are taken
    around their means. A catalyst is an interaction: the slope of y on x grows with w.

    Parameters
    ----------
    block
        From `ex.block` with `products=[(x, w)]`, of one wave unless `by` has it.
    x, w, y
        Variables of the block: what it starts from, what may go with another slope, what it arrives at.
    covar
        Variables held equal.
    by
        Columns within which it is done, such as `sector` or `wave`.
    ci
        Confidence level.
    n_boot, seed
        Resamples of organisations.

    Returns
    -------
    DataFrame
        A result of four rows per group: effect `interaction`, in units of y per unit of x per unit of w; effects
        `slope_low`, `slope_mean`, `slope_high`, the slope of y on x where w is a standard deviation below its mean, at
        its mean, and as far above it. All else as in `mediate`, with `w` for `m` and, beside it, `w_value`:
        the value of w that a slope is at. `standardised` is in standard deviations of y, x and w.

    Raises
    ------
    ExkitError
        If a name is not in the block or is used twice, or the block lacks the product.

    References
    ----------
    Aiken & West (1991), Multiple regression: testing and interpreting interactions. Coefficients equal R's lm.

    Examples
    --------
    >>> from exkit.measures.block import block
    >>> voice, tools = np.arange(40) % 5.0, np.arange(40) % 8.0
    >>> units = pd.DataFrame({"voice": voice, "tools": tools, "nps": voice * tools + np.arange(40) % 3})
    >>> made = block(units, ["voice", "tools", "nps"], products=[("voice", "tools")])
    >>> found = moderate(made, x="voice", w="tools", y="nps")
    >>> found.set_index("effect")["estimate"].round(1).to_dict()
    {'interaction': 1.1, 'slope_low': 1.0, 'slope_mean': 3.5, 'slope_high': 6.0}
    """
    product = next((name for name in (f"{x}:{w}", f"{w}:{x}") if name in block.names), None)
    if product is None:
        raise ExkitError(f"The block has no product of '{x}' and '{w}'. Add products=[('{x}', '{w}')] to ex.block.")
    names = [x, w, y, product, *covar]
    _need(block, names, n_boot)

    def rows(part: Block) -> pd.DataFrame:
        sample = _sample(part, names)
        sd, at = sample.sd, np.array([np.nan, -1, 0, 1])
        unit = sd[2] / sd[0] / np.array([sd[1], 1, 1, 1])
        found = _infer(sample, _standard_product(sample), _moderated, unit, skewed=[], ci=ci, n_boot=n_boot, seed=seed)
        return result(
            x=x, y=y, effect=["interaction", "slope_low", "slope_mean", "slope_high"], **found, w=w,
            w_value=np.nan if sample.reason else sample.mean[1] + at * sd[1], covar=", ".join(covar),
            within=block.within,
        )  # fmt: skip

    return _by_group(block, by, rows, x=x, effect="interaction")


def by_way_of(cov: np.ndarray) -> np.ndarray:
    """Give a, b, total, direct and indirect path from covariances of x, m, y and what is held equal."""
    held = list(range(3, cov.shape[-1]))
    a, total = (slopes(cov, of=of, on=[0, *held])[..., 0] for of in (1, 2))
    full = slopes(cov, of=2, on=[0, 1, *held])
    direct, b = full[..., 0], full[..., 1]
    return np.stack([a, b, total, direct, a * b], axis=-1)


def _moderated(cov: np.ndarray) -> np.ndarray:
    """Give interaction and three slopes from covariances of x, w, y, x times w, and what is held equal."""
    found = slopes(cov, of=2, on=[0, 1, 3, *range(4, cov.shape[-1])])
    slope, interaction = found[..., 0], found[..., 2]
    return np.stack([interaction, slope - interaction, slope, slope + interaction], axis=-1)


def slopes(cov: np.ndarray, *, of: int, on: Sequence[int]) -> np.ndarray:
    """Regress one variable on others, for one covariance matrix or for many at once.

    Parameters
    ----------
    cov
        Covariances of variables of about unit variance: ... by k by k.
    of
        Which variable.
    on
        On which others, p of them.

    Returns
    -------
    ndarray
        Least squares coefficients, ... by p; NaN where the others follow from each other.

    Examples
    --------
    >>> cov = np.array([[1.0, 0.5], [0.5, 1.0]])
    >>> slopes(np.stack([cov, np.eye(2)]), of=1, on=[0]).tolist()
    [[0.5], [0.0]]
    """
    others = cov[..., on, :][..., on]
    known = (np.linalg.eigvalsh(others)[..., 0] > DUST)[..., None]
    others = np.where(known[..., None], others, np.eye(len(on)))
    return np.where(known, np.linalg.solve(others, cov[..., on, of][..., None])[..., 0], np.nan)


def covariances(sums: np.ndarray) -> np.ndarray:
    """Turn weights, sums and products into covariances (denominator: the sum of the weights).

    Parameters
    ----------
    sums
        ... by k + 1 by k + 1: the sum of weights, of weighted values, of weighted products, a constant in front.

    Returns
    -------
    ndarray
        ... by k by k.
    """
    mean = sums[..., 0, 1:] / sums[..., :1, 0]
    return sums[..., 1:, 1:] / sums[..., :1, :1] - mean[..., :, None] * mean[..., None, :]


@dataclass(frozen=True)
class _Sample:
    """Complete answers as sums per cluster, with a constant in front, and what all of them together say.

    `reason` says why nothing can be estimated, if so; `sd` is one where everybody answered alike.
    """

    cluster: str
    n: int
    size: float
    each: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    reason: str

    @property
    def interval(self) -> str:
        """How resamples are made."""
        return "wishart" if self.cluster == ALONE else "bootstrap" if self.size >= ENOUGH else "jackknife"


def _sample(part: Block, names: list[str]) -> _Sample:
    """Sum a block over its clusters."""
    cluster, code = _clusters(part.keys)
    each = _summed(part, [part.names.index(name) for name in names], code)
    total, n = each.sum(axis=0), int(part.keys["n"].sum())
    n_eff = total[0, 0] ** 2 / part.keys["w2"].sum()
    variance = np.diag(covariances(total))
    varies = variance > ROUNDING * np.diag(total)[1:] / total[0, 0]
    few = n_eff - len(names) < LEAST_DF
    return _Sample(
        cluster=cluster, n=n, size=n_eff if cluster == ALONE else len(each), each=each,
        mean=total[0, 1:] / total[0, 0], sd=np.sqrt(np.where(varies, variance * n / max(n - 1, 1), 1)),
        reason="too_few" if few else "" if varies.all() else "constant",
    )  # fmt: skip


def _clusters(keys: pd.DataFrame) -> tuple[str, np.ndarray]:
    """Say whose answers hang together, and number them: organisations across organisations, units within one."""
    several = [key for key in ("cluster", "organisation", "unit") if key in keys and keys[key].nunique() > 1]
    if not several:
        return ALONE, np.zeros(len(keys), int)
    return several[0], keys.groupby(several[0], dropna=False, observed=True).ngroup().to_numpy()


def _summed(part: Block, at: list[int], code: np.ndarray) -> np.ndarray:
    """Sum weights, weighted values and weighted products per cluster: clusters by k + 1 by k + 1."""
    rows = np.empty((len(code), len(at) + 1, len(at) + 1))
    rows[:, 0, 0] = part.keys["w"]
    rows[:, 0, 1:] = rows[:, 1:, 0] = part.sums[1][:, at]
    rows[:, 1:, 1:] = part.products[1][:, at][:, :, at]
    each = np.zeros((code.max() + 1, *rows.shape[1:]))
    np.add.at(each, code, rows)
    return each


def _standard(sample: _Sample) -> np.ndarray:
    """Make the matrix that takes variables around their means, in standard deviations."""
    matrix = np.diag(np.r_[1, 1 / sample.sd])
    matrix[1:, 0] = -sample.mean / sample.sd
    return matrix


def _standard_product(sample: _Sample) -> np.ndarray:
    """Do the same where the fourth variable is the product of the first two, and becomes that of the two so taken."""
    matrix, (x, w) = _standard(sample), sample.mean[:2]
    matrix[4, :5] = np.array([x * w, -w, -x, 0, 1]) / (sample.sd[0] * sample.sd[1])
    return matrix


def _infer(
    sample: _Sample, standard: np.ndarray, paths: Paths, unit: np.ndarray, *, skewed: list[int], ci: float, n_boot: int,
    seed: int,
) -> dict[str, object]:  # fmt: skip
    """Estimate paths and how sure they are: the columns of a result."""
    known = {"n": sample.n, "cluster": sample.cluster, "n_clusters": len(sample.each), "interval": sample.interval}
    nothing = known | {"reason": sample.reason or "not_identifiable", "standardised": np.nan}
    if sample.reason:
        return nothing
    each = standard @ sample.each @ standard.T
    estimate, drawn = paths(covariances(each.sum(axis=0))), paths(_drawn(each, sample, n_boot=n_boot, seed=seed))
    error = _errors(drawn, sample)
    if np.isnan([estimate, error]).any():
        return nothing
    sure = error < DUST
    margin = _margins(estimate, np.where(sure, np.nan, error), sample.size - 1, ci=ci)
    if sample.interval != "jackknife":
        margin[:, skewed] = _percentiles(drawn[:, skewed], sample.size, ci=ci)
    low, high, p_value = np.where(sure, np.nan, margin)
    return known | {
        "estimate": estimate * unit, "std_error": error * unit, "conf_low": low * unit, "conf_high": high * unit,
        "p_value": p_value, "reason": np.where(sure, "perfect", ""), "standardised": estimate,
    }  # fmt: skip


def _drawn(each: np.ndarray, sample: _Sample, *, n_boot: int, seed: int) -> np.ndarray:
    """Draw covariances: of resampled clusters, or from Wishart's distribution where there are none."""
    if sample.cluster != ALONE:
        return covariances(np.tensordot(resamples(len(each), n_boot=n_boot, seed=seed), each, axes=1))
    value, vector = np.linalg.eigh(covariances(each[0]))
    root, df = vector * np.sqrt(np.clip(value, 0, None)), sample.size - 1
    return root @ stats.wishart.rvs(df, np.eye(len(root)), size=n_boot, random_state=seed) @ root.T / df


def _errors(drawn: np.ndarray, sample: _Sample) -> np.ndarray:
    """Give the standard error of each path."""
    if sample.cluster == ALONE:
        return drawn.std(axis=0, ddof=1)
    return np.array([spread(values, clusters=len(sample.each)) for values in drawn.T])


def _margins(estimate: np.ndarray, error: np.ndarray, df: float, *, ci: float) -> np.ndarray:
    """Give low, high and p-value of each path by t."""
    half = stats.t.ppf((1 + ci) / 2, df) * error
    return np.array([estimate - half, estimate + half, 2 * stats.t.sf(np.abs(estimate) / error, df)])


def _percentiles(drawn: np.ndarray, size: float, *, ci: float) -> np.ndarray:
    """Give the same by percentiles, as far out as t is against z; p with one value more on each side, so never zero."""
    drawn = drawn[~np.isnan(drawn).any(axis=1)]
    wide = np.sqrt(size / (size - 1))
    tail = stats.norm.sf(stats.t.ppf((1 + ci) / 2, size - 1) * wide)
    smaller = np.minimum((drawn <= 0).sum(axis=0), (drawn >= 0).sum(axis=0)) + 1
    z = stats.norm.isf(np.minimum(smaller / (len(drawn) + 2), 0.5))
    return np.array([*np.quantile(drawn, [tail, 1 - tail], axis=0), 2 * stats.t.sf(z / wide, size - 1)])


def _need(block: Block, names: list[str], n_boot: int) -> None:
    """Complain about a variable that is not in the block or is named twice, and about too few resamples."""
    for name in names:
        need_choice(name, block.names, what="variable in the block")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ExkitError(f"'{twice}' is named twice. Each path is between different variables.")
    if n_boot < LEAST_BOOT:
        raise ExkitError(f"n_boot is {n_boot}. An interval takes at least {LEAST_BOOT} resamples.")


def _by_group(
    block: Block, by: Sequence[str], rows: Callable[[Block], pd.DataFrame], *, x: str, effect: str
) -> pd.DataFrame:
    """Make the rows of each group, its name in front; one row that says why where there are none to make."""
    for column in by:
        need_choice(column, [*KEYS, *block.keys], what="group column")
    if not set(by) <= set(block.keys):
        return not_asked(by, x=x, effect=effect)
    if block.keys.empty:
        return result(pd.DataFrame(dict.fromkeys(by, ""), index=[0]), x=x, effect=effect, reason="no_answers")
    found = []
    for name, part in _parts(block, by):
        reason = _no_sample(part)
        group = result(x=x, effect=effect, n=part.keys["n"].sum(), reason=reason) if reason else rows(part)
        if not reason and "wave" in part.keys and "wave" not in by:
            group["at"] = part.keys["wave"].iloc[0]
        found.append(pd.concat([pd.DataFrame([name] * len(group), columns=list(by)), group], axis="columns"))
    return pd.concat(found, ignore_index=True)


def _parts(block: Block, by: Sequence[str]) -> Iterator[tuple[tuple, Block]]:
    """Give each group its part of the block."""
    if not by:
        yield (), block
        return
    for name, rows in block.keys.groupby(list(by), dropna=False, observed=True):
        yield name, block.where(pd.Series(block.keys.index.isin(rows.index)))


def _no_sample(part: Block) -> str:
    """Say why a part is no sample at all, if so: nobody counts, or everybody may be in it several times."""
    if part.keys["w"].sum() <= 0:
        return "no_answers"
    return "several_waves" if "wave" in part.keys and part.keys["wave"].nunique() > 1 else ""
