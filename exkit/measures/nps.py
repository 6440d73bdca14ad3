"""NPS and the other summaries of one question: shares, favourable share, mean mark.

Each of them is a mean of a value given to every answer (100, 0 or -100; 1 or 0; the mark itself), so that one
linearisation serves all. What is a promoter, or a favourable answer, the codebook says, per wave.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from exkit.measures.answers import answers, refusal, series_of, values, within
from exkit.measures.design import ALONE, means, weigh
from exkit.measures.intervals import adjusted_wald, quantile, wilson
from exkit.measures.tally import Moments, Tally
from exkit.result import result

GROUPS = ("promoter", "passive", "detractor")


def nps(tally: Tally, x: str | None = None, *, by: Sequence[str] = (), ci: float = 0.95) -> pd.DataFrame:
    """Estimate the Net Promoter Score: promoters minus detractors, in points.

    Parameters
    ----------
    tally
        Counts of answers.
    x
        A recommend question; the only one of the tally if not given.
    by
        Group columns: `wave`, `sector`, `organisation`, `unit` or a declared subgroup.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result, one row per group. `estimate` = 100 (promoters - detractors) / valid answers, -100 to 100; `conf_low`
        and `conf_high` adjusted Wald (Rocks 2016) at the effective number of answers; `std_error` linearised, n-1 when
        unweighted. Extras: the shares `promoters`, `passives`, `detractors`, the `mean` mark, `n_eff`, `deff` (the
        statistic's own design effect), `deff_kish`, `df`, `cluster`, and `series` where `by` has the wave (it goes up
        where the question changed), else `at`, the wave, where all answers are of one.

    Raises
    ------
    ExkitError
        If the question has no cut-offs, or changed between waves that are not told apart.

    See Also
    --------
    shares : the distribution of marks.
    exkit.analysis.compare.compare : differences with their covariance.

    References
    ----------
    Reichheld (2003), The one number you need to grow; cut-offs from the codebook.
    """
    if (refused := refusal(tally, x, by=by, effect="nps")) is not None:
        return refused
    counts, x = answers(tally, x, by=by)
    value = values(counts, "nps")
    found = means(weigh(counts, value), by=by, cluster=tally.cluster)
    parts = {name: np.where(found["n"] < 2, np.nan, part) for name, part in _bands(counts, value, by).items()}
    q = quantile(found["df"], clustered=found["cluster"] != ALONE, ci=ci)
    low, high = adjusted_wald(parts["promoters"], parts["detractors"], n=found["n_eff"], q=q)
    return _result(found, by, tally, x=x, effect="nps", low=low, high=high, **parts, **series_of(counts, by))


def _bands(counts: pd.DataFrame, value: pd.Series, by: Sequence[str]) -> dict[str, np.ndarray]:
    """Give per group the shares of promoters, passives and detractors, and the mean mark."""
    columns = {f"{group}s": value == mark for group, mark in zip(GROUPS, (100, 0, -100), strict=True)}
    columns["mean"] = counts["answer"].astype(float)
    weighed = pd.DataFrame({name: column * counts["w"] for name, column in columns.items()}).assign(w=counts["w"])
    groups = [counts[column] for column in by] or np.zeros(len(counts))
    total = weighed.groupby(groups, dropna=False, observed=True, sort=True).sum()
    return {name: (total[name] / total["w"]).to_numpy() for name in columns}


def shares(tally: Tally, x: str | None = None, *, by: Sequence[str] = (), ci: float = 0.95) -> pd.DataFrame:
    """Estimate the share of each answer, one row per group and answer.

    Parameters
    ----------
    tally
        Counts of answers.
    x
        A question of the tally; the only one if not given.
    by
        Group columns.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result: `y` the answer, `estimate` its share of the valid answers, Wilson interval at the effective number of
        answers. Answers that nobody in the group gave have share 0. `n` is the number of valid answers of the group.
    """
    if (refused := refusal(tally, x, by=by, effect="share")) is not None:
        return refused
    counts, x = answers(tally, x, by=by)
    options = _options(counts)
    rows = [_share(counts, counts["answer"] == option, tally, by, ci, x=x, y=_text(option)) for option in options]
    return pd.concat(rows, ignore_index=True)


def bands(tally: Tally, x: str | None = None, *, by: Sequence[str] = (), ci: float = 0.95) -> pd.DataFrame:
    """Estimate the shares of promoters, passives and detractors behind an NPS, each with an interval of its own.

    Parameters
    ----------
    tally
        Counts of answers.
    x
        A recommend question; the only one of the tally if not given.
    by
        Group columns.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result: `y` promoter, passive, detractor; `estimate` its share of the valid answers, Wilson interval at the
        effective number of answers.
    """
    if (refused := refusal(tally, x, by=by, effect="share")) is not None:
        return refused
    counts, x = answers(tally, x, by=by)
    value = values(counts, "nps")
    rows = [
        _share(counts, value == mark, tally, by, ci, x=x, y=group)
        for group, mark in zip(GROUPS, (100, 0, -100), strict=True)
    ]
    return pd.concat(rows, ignore_index=True)


def favourable(tally: Tally, x: str | None = None, *, by: Sequence[str] = (), ci: float = 0.95) -> pd.DataFrame:
    """Estimate the favourable share: answers at or above the codebook's `favourable_from`, of the valid answers.

    Parameters
    ----------
    tally
        Counts of answers.
    x
        A question of the tally; the only one if not given.
    by
        Group columns.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result with effect `share` and a Wilson interval at the effective number of answers.
    """
    if (refused := refusal(tally, x, by=by, effect="share")) is not None:
        return refused
    counts, x = answers(tally, x, by=by)
    return _share(counts, values(counts, "favourable") == 1, tally, by, ci, x=x, y="favourable")


def mean(tally: Tally, x: str | None = None, *, by: Sequence[str] = (), ci: float = 0.95) -> pd.DataFrame:
    """Estimate the mean answer to a question, or the mean score of a scale.

    Parameters
    ----------
    tally
        Counts of answers, or of a scale.
    x
        A question or scale of the tally; the only one if not given.
    by
        Group columns.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result with effect `mean`, in units of the scale; interval estimate ± t(df) · √(variance / n_eff), which is
        the standard error unless that is smaller than if everybody were on their own. A group in which everybody
        answered the same has no interval, and says `constant`.
    """
    if (refused := refusal(tally, x, by=by, effect="mean")) is not None:
        return refused
    if x in tally.scores or (x is None and len(tally.scores) == 1 and tally.counts.empty):
        x = x or next(iter(tally.scores))
        sums, series = score_sums(tally.scores[x]), _series_of_scale(tally, x, by)
    else:
        counts, x = answers(tally, x, by=by)
        sums, series = weigh(counts, counts["answer"]), series_of(counts, by)
    found = means(sums, by=by, cluster=tally.cluster)
    # Where few teams lie close together by luck: as if everybody were on their own.
    error = np.sqrt(found["variance"] / found["n_eff"])
    constant = error == 0
    half = (quantile(found["df"], clustered=True, ci=ci) * error).mask(constant)
    out = _result(
        found, by, tally, x=x, effect="mean", low=found["estimate"] - half, high=found["estimate"] + half, **series
    )
    return out.assign(reason=out["reason"].mask(constant.to_numpy(), "constant"))


def _share(
    counts: pd.DataFrame, chosen: pd.Series, tally: Tally, by: Sequence[str], ci: float, *, x: str, y: str
) -> pd.DataFrame:
    """Estimate one share per group."""
    found = means(weigh(counts, chosen), by=by, cluster=tally.cluster)
    q = quantile(found["df"], clustered=found["cluster"] != ALONE, ci=ci)
    low, high = wilson(found["estimate"], n=found["n_eff"], q=q)
    return _result(found, by, tally, x=x, y=y, effect="share", low=low, high=high, **series_of(counts, by))


def _options(counts: pd.DataFrame) -> list:
    """List the answers that could be given: the whole range where it is known, else those that were given."""
    low, high = counts["low"].min(), counts["high"].max()
    given = sorted(counts["answer"].unique())
    whole = np.isfinite([low, high]).all() and all(float(g).is_integer() for g in given)
    return [float(v) for v in range(int(low), int(high) + 1)] if whole else given


def _text(option: object) -> str:
    """Write an answer as text: a whole mark without a decimal point."""
    return str(int(option)) if isinstance(option, float) and option.is_integer() else str(option)


def _series_of_scale(tally: Tally, x: str, by: Sequence[str]) -> dict[str, pd.Series | str]:
    """Carry along the series of a scale, where the tally knows it."""
    keys = tally.scores[x].keys
    if x not in tally.scales or "wave" not in keys:
        return {}
    return series_of(keys.merge(tally.scales[x], on="wave", how="left", validate="m:1"), by)


def score_sums(block: Moments) -> pd.DataFrame:
    """Lay out the moments of a score as the sums that a mean needs.

    Parameters
    ----------
    block
        Moments of one variable.

    Returns
    -------
    DataFrame
        Keys and the columns of `SUMS`.
    """
    one, two = block.sums[:, :, 0], block.products[:, :, 0, 0]
    return block.keys.assign(wy=one[1], wyy=two[1], w2y=one[2], w2yy=two[2])


def _result(
    found: pd.DataFrame,
    by: Sequence[str],
    tally: Tally,
    *,
    x: str,
    effect: str,
    low: object,
    high: object,
    y: str = "",
    **extras: object,
) -> pd.DataFrame:
    """Lay out means as a result."""
    few = found["n"] < 2
    lone = found["std_error"].isna() & ~few
    columns = {"estimate": found["estimate"], "std_error": found["std_error"], "conf_low": low, "conf_high": high}
    return result(
        found[list(by)],
        x=x,
        y=y,
        effect=effect,
        **{name: np.where(few, np.nan, column) for name, column in columns.items()},
        n=found["n"],
        reason=np.select([few, lone], ["too_few", "one_cluster"], ""),
        n_eff=found["n_eff"],
        deff=found["deff"],
        deff_kish=found["deff_kish"],
        df=found["df"],
        n_clusters=found["n_clusters"],
        cluster=found["cluster"],
        **within(tally),
        **extras,
    )
