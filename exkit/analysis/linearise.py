"""Figures of a table with their errors, on the design of the survey.

To first order, a change of the shares moves a figure by its slope in each cell. The slopes are therefore values that
answers take, as 100, 0 and -100 are in an NPS, and the standard error of their mean is that of the figure: one
linearisation serves every formula of `contingency`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.contingency import GROUPS, Figure, slopes
from exkit.measures.answers import answers, refusal, series_of, values
from exkit.measures.cross import BETWEEN, need_groups
from exkit.measures.design import ALONE, means, weigh
from exkit.measures.intervals import quantile
from exkit.measures.tally import Tally
from exkit.result import result

SCALES = {
    "": (lambda v: v, lambda v: v, lambda v: 1 + 0 * v),
    "log": (np.log, np.exp, lambda v: 1 / v),
    "atanh": (np.arctanh, np.tanh, lambda v: 1 / (1 - v**2)),
}
"""Scales on which intervals are symmetric: there, back, and the slope on the way there."""


@dataclass(frozen=True)
class Tables:
    """The counts of a cross-tally as tables, one per group.

    Attributes
    ----------
    x
        The yes/no question.
    by
        Group columns.
    counts
        Rows of the tally.
    cell, group
        For each of them its cell, 0 to 5 row by row, and its group.
    shares, n
        Weighted shares and unweighted counts: groups by 3 (promoters, passives, detractors) by 2 (no, yes).
    cluster
        As in `ex.tally`.
    """

    x: str
    by: list[str]
    counts: pd.DataFrame
    cell: np.ndarray
    group: np.ndarray
    shares: np.ndarray
    n: np.ndarray
    cluster: str | None


def estimates(pairs: Tally, figures: Sequence[Figure], *, by: Sequence[str] = (), ci: float = 0.95) -> pd.DataFrame:
    """Estimate figures of the table of promoter groups by answers, each with its linearised standard error.

    Parameters
    ----------
    pairs
        From `ex.cross`.
    figures
        From `contingency`.
    by
        Group columns.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result with `level` and `reference`, as described in `ratios`.
    """
    if (refused := refusal(pairs, None, by=by, effect=figures[0].effect)) is not None:
        return refused
    tables = tables_of(pairs, by)
    found = [part.assign(y="favourable", between=BETWEEN) for part in rows(tables, figures, ci)]
    return laid(found, tables, groups=["level", "reference"])


def tables_of(pairs: Tally, by: Sequence[str]) -> Tables:
    """Lay the counts of a cross-tally out as tables."""
    need_groups(pairs)
    counts, x = answers(pairs, None, by=by)
    answer = values(counts, "favourable").astype(int).to_numpy()
    cell = 2 * counts[BETWEEN].map(GROUPS.index).to_numpy(int) + answer
    keyed = counts.groupby(list(by), dropna=False, observed=True, sort=True) if by else None
    group = keyed.ngroup().to_numpy() if by else np.zeros(len(counts), int)
    size = group.max() + 1

    def table(weight: pd.Series) -> np.ndarray:
        return np.bincount(6 * group + cell, weights=weight, minlength=6 * size).reshape(-1, 3, 2)

    weights = table(counts["w"])
    return Tables(
        x=x, by=list(by), counts=counts, cell=cell, group=group, shares=weights / weights.sum((1, 2), keepdims=True),
        n=table(counts["n"]).astype(int), cluster=pairs.cluster,
    )  # fmt: skip


def on_design(tables: Tables, values: Sequence[np.ndarray]) -> list[pd.DataFrame]:
    """Estimate means on the design of the survey, for several sets of values at once.

    Parameters
    ----------
    tables
        From `tables_of`.
    values
        What an answer in each cell counts for: groups by 6.

    Returns
    -------
    list of DataFrame
        As `exkit.measures.design.means` gives them: one per set, with a row per group.
    """
    valued = [weigh(tables.counts, value[tables.group, tables.cell]) for value in values]
    stacked = pd.concat([part.assign(values=i) for i, part in enumerate(valued)], ignore_index=True)
    found = means(stacked, by=[*tables.by, "values"], cluster=tables.cluster)
    return [found[found["values"] == i].reset_index(drop=True) for i in range(len(values))]


def rows(tables: Tables, figures: Sequence[Figure], ci: float) -> list[pd.DataFrame]:
    """Estimate figures in every group: one frame per figure, a row per group, with what its design says."""
    found = on_design(tables, [slopes(figure.of, tables.shares) for figure in figures])
    return [_rows(tables, figure, means_of, ci) for figure, means_of in zip(figures, found, strict=True)]


def _rows(tables: Tables, figure: Figure, found: pd.DataFrame, ci: float) -> pd.DataFrame:
    """Estimate one figure, given the mean of its slopes."""
    there, back, rate = SCALES[figure.scale]
    with np.errstate(all="ignore"):
        value = figure.of(tables.shares)
        error = found["std_error"] * rate(value)
        half = quantile(found["df"], clustered=found["cluster"] != ALONE, ci=ci) * error
        low, high, p = back(there(value) - half), back(there(value) + half), two_sided(there(value) / error, found)
    reason = _reasons(tables, figure, value, error)
    numbers = {"std_error": found["std_error"], "conf_low": low, "conf_high": high, "p_value": p}
    n = _of_groups(tables, [figure.level, figure.reference] if figure.level else []).sum(axis=2)
    return found[[*tables.by, "df", "n_clusters", "cluster", "deff"]].assign(
        estimate=np.where(np.isin(reason, ["", "one_cluster", "perfect"]), value, np.nan),
        **{name: np.where(reason == "", column, np.nan) for name, column in numbers.items()},
        effect=figure.effect, level=figure.level, reference=figure.reference,
        n=n.sum(axis=1), n_smallest=n.min(axis=1), reason=reason,
    )  # fmt: skip


def two_sided(t: pd.Series, found: pd.DataFrame) -> np.ndarray:
    """Give the two-sided p-value: t(df) with clusters, normal without."""
    clustered = (found["cluster"] != ALONE).to_numpy()
    return np.where(clustered, 2 * stats.t.sf(np.abs(t), found["df"]), 2 * stats.norm.sf(np.abs(t)))


def _of_groups(tables: Tables, groups: Sequence[str]) -> np.ndarray:
    """Give the counts of some promoter groups; of all where none are named."""
    return tables.n[:, [GROUPS.index(group) for group in groups or GROUPS]]


def _reasons(tables: Tables, figure: Figure, value: np.ndarray, error: pd.Series) -> np.ndarray:
    """Say per group why a figure has no number or no interval; what comes first goes first."""
    n = _of_groups(tables, figure.needs)
    size, said = n.sum(axis=2), n.sum(axis=1)
    compared = np.full(len(n), figure.needs != ())
    alike = ((size > 0).sum(axis=1) < 2) | (said == 0).any(axis=1)
    cases = [
        ("no_answers", compared & (size == 0).any(axis=1)),
        ("too_few", np.where(compared, size.min(axis=1), size.sum(axis=1)) < 2),
        ("constant", ~compared & alike),
        ("zero_cell", ~np.isfinite(value) | ((figure.scale == "log") & (value <= 0))),
        ("perfect", (figure.scale == "atanh") & (np.abs(value) > 1 - 1e-12)),
        ("one_cluster", error.isna().to_numpy()),
        ("constant", ~(error > 0).to_numpy()),
    ]
    return np.select([true for _, true in cases], [reason for reason, _ in cases], "")


def laid(parts: list[pd.DataFrame], tables: Tables, *, groups: Sequence[str] = ()) -> pd.DataFrame:
    """Lay rows out as a result, sorted by group, figures in their order."""
    found = pd.concat(parts, ignore_index=True)
    found = found.sort_values(tables.by, kind="stable", ignore_index=True) if tables.by else found
    front = [*tables.by, *groups]
    columns = {name: found[name] for name in found if name not in (*tables.by, "level", "reference")}
    at = series_of(tables.counts, tables.by).get("at")
    return result(found[front], x=tables.x, **columns, **({} if at is None else {"at": at}))
