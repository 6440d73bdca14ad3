"""What do two promoter groups say where so few answered that no approximation holds?

Fisher's test counts, of all tables with the same totals, those that are as rare as the one found. It speaks of people
who were drawn one by one: weights and clusters have no part in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.contingency import GROUPS, RATIOS, Figure
from exkit.analysis.linearise import Tables, laid, tables_of
from exkit.measures.answers import refusal
from exkit.measures.cross import BETWEEN, need_groups
from exkit.measures.design import ALONE
from exkit.measures.tally import Tally

EFFECT = "conditional_odds_ratio"
PAIRS = [figure for figure in RATIOS if figure.effect == "odds_ratio"]
"""The pairs of promoter groups that are compared."""


def fisher(pairs: Tally, *, by: Sequence[str] = (), ci: float = 0.95) -> pd.DataFrame:
    """Compare promoter groups by Fisher's exact test and the odds ratio that belongs to it.

    Parameters
    ----------
    pairs
        From `ex.cross`.
    by
        Group columns.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result, three rows per group, effect `conditional_odds_ratio`: group columns `level` and `reference`. The
        estimate is the conditional maximum-likelihood one, given the totals of the table, a little nearer to 1 than
        the `odds_ratio` of `ex.ratios` (ad/bc): another number, and named so. Interval by the exact tails of Fisher's
        noncentral hypergeometric distribution, which covers at least as often as it says; `p_value` two-sided, the
        tables no likelier than the one found. `n` answers of both groups, `n_smallest` of the smaller, unweighted.
        There is no `std_error`.

        Every answer counts once, whatever its weight, as if each were drawn alone: `cluster` says so. With weights, or
        where people of one organisation hang together, prefer `ex.ratios`.

        Reasons: `no_answers` in a group; `zero_cell` (a test, but no odds ratio) where one of the four cells is empty.

    References
    ----------
    Fisher (1935), J. R. Stat. Soc. 98, 39-82; Cornfield (1956), Proc. 3rd Berkeley Symp. 4, 135-148. Equal to R's
    fisher.test, whose search for the bounds stops at 1e-4.
    """
    need_groups(pairs)
    if (refused := refusal(pairs, None, by=by, effect=EFFECT)) is not None:
        return refused
    tables = tables_of(pairs, by)
    return laid([_compared(tables, pair, ci) for pair in PAIRS], tables, groups=["level", "reference"])


def _compared(tables: Tables, pair: Figure, ci: float) -> pd.DataFrame:
    """Compare one pair of promoter groups, a row per group."""
    counts = tables.n[:, [GROUPS.index(pair.level), GROUPS.index(pair.reference)], ::-1]
    size, found = counts.sum(axis=2), pd.DataFrame([_exact(count, ci) for count in counts])
    named = {"effect": EFFECT, "level": pair.level, "reference": pair.reference, "y": "favourable", "between": BETWEEN}
    found = found.assign(**named, n=size.sum(axis=1), n_smallest=size.min(axis=1), cluster=ALONE)
    if not tables.by:
        return found
    keys = tables.counts.groupby(tables.by, dropna=False, observed=True).size().reset_index()[tables.by]
    return pd.concat([keys, found], axis="columns")


def _exact(table: np.ndarray, ci: float) -> dict[str, object]:
    """Give the odds ratio of one table, yes before no, with its interval and test, or its reason."""
    if (table.sum(axis=1) == 0).any():
        return {"reason": "no_answers"}
    test = {"p_value": stats.fisher_exact(table).pvalue}
    if (table == 0).any():
        return test | {"reason": "zero_cell"}
    ratio = stats.contingency.odds_ratio(table)
    low, high = ratio.confidence_interval(ci)
    return test | {"estimate": ratio.statistic, "conf_low": low, "conf_high": high, "reason": ""}
