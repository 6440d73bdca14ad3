"""Would chance alone have made a link this strong?

Deal out the units' customer scores anew among the units of the same organisation, many times over, and see how often
the link comes out at least as strong. That asks nothing of how scores are distributed, and leaves what organisations
differ in untouched: they keep all their scores. What it tests is therefore one sentence: within organisations, which
unit has which y has nothing to do with its x.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.coefficients import DUST, EQUAL
from exkit.analysis.levels import Sample, at_level, laid, listed, questions, refusal
from exkit.analysis.linkage import LEAST, correlations
from exkit.errors import ExkitError, need_choice
from exkit.measures.teams import LEVELS

METHODS = {"pearson": "r", "spearman": "rho"}


def permutation(
    units: pd.DataFrame,
    *,
    x: str | Sequence[str],
    y: str | Sequence[str],
    by: Sequence[str] = (),
    level: str = "within",
    method: str = "pearson",
    n_perm: int = 5000,
    seed: int = 1,
) -> pd.DataFrame:
    """Test correlations of units by shuffling y among the units of each organisation.

    Parameters
    ----------
    units, x, y, by
        As in `exkit.analysis.linkage.correlate`.
    level
        `within`: the correlation of units around the mean of their organisation. `pooled`: of units as they are. With
        `pearson` the p-value of both is the same, since all that shuffling within organisations moves of a pooled r is
        what lies within them.
    method
        `pearson` or `spearman`.
    n_perm, seed
        How often y is shuffled.

    Returns
    -------
    DataFrame
        A result, one row per group and pair: `effect` r or rho, the `estimate` of `correlate`, no interval, and
        `p_value`, two-sided: (1 + shuffles whose Σxy around the means of organisations is at least as far from 0) /
        (1 + n_perm), which is never 0.

        The null is that y is exchangeable among the units of one organisation, whatever their x (`shuffled` is
        `organisation`); where none are declared, or there is only one, among all units (`unit`). What organisations
        have in common over all their units is part of the null: a pooled correlation that lies between organisations
        alone is not found by it.

        Extras: `level`, `n_perm`, `shuffled`, `n_organisations`, `at`. Reasons as in `correlate`, `constant` also where
        x or y varies within no organisation.

    Raises
    ------
    ExkitError
        If a column is not there or holds text, or fewer than 99 shuffles are asked for.

    References
    ----------
    Phipson & Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9, article 39, for the 1 that is added; Good (2005),
    Permutation, parametric and bootstrap tests of hypotheses, on shuffling within blocks.

    Examples
    --------
    >>> teams = pd.DataFrame({"unit": list("abcdef"), "voice": [1, 2, 3, 4, 5, 6], "csat": [7, 6, 8, 7, 9, 8]})
    >>> permutation(teams, x="voice", y="csat", level="pooled")[["effect", "estimate", "p_value", "n"]].round(2)
      effect  estimate  p_value  n
    0      r      0.66     0.19  6
    """
    need_choice(level, LEVELS, what="level")
    need_choice(method, list(METHODS), what="method")
    if n_perm < 99:
        raise ExkitError(f"n_perm is {n_perm}. A p-value takes at least 99 shuffles.")
    rows = []
    for pair, part in questions(units, x, y, by=listed(by)):
        if reason := refusal(part, pair["x"], pair["y"], level=level):
            rows.append({**pair, "reason": reason})
            continue
        sample = at_level(part, pair["x"], pair["y"], level=level)
        rows.append({**pair, **_shuffled(sample, method=method, n_perm=n_perm, seed=seed)})
    found = laid(rows, units, listed(by), level=level, n_perm=n_perm, effect=METHODS[method])
    return found.drop(columns=["df", "cluster", "interval"])


def _shuffled(sample: Sample, *, method: str, n_perm: int, seed: int) -> dict[str, object]:
    """Estimate the correlation of a sample, and how often shuffling gives one as strong."""
    counted = {"n": len(sample.rows), "n_organisations": sample.n_organisations}
    counted |= {"shuffled": "organisation" if sample.clusters > 1 else "unit"}
    if counted["n"] < LEAST:
        return {**counted, "reason": "too_few_units"}
    r = correlations(sample, np.ones((1, sample.clusters)), method=method)[0]
    values = sample.rows if method == "pearson" else stats.rankdata(sample.rows.round(EQUAL), axis=0)
    around = values - pd.DataFrame(values).groupby(sample.cluster).transform("mean").to_numpy()
    floor = DUST * (values**2).sum(axis=0)
    if np.isnan(r) or ((around**2).sum(axis=0) <= floor).any():
        return {**counted, "reason": "constant"}
    seen, size = abs(around[:, 0] @ around[:, 1]), np.sqrt((around**2).sum(axis=0).prod())
    as_strong = np.abs(_sums(around, sample.cluster, n_perm, seed)) >= seen - DUST * size
    return {**counted, "estimate": r, "p_value": (1 + as_strong.sum()) / (1 + n_perm)}


def _sums(around: np.ndarray, cluster: np.ndarray, n_perm: int, seed: int) -> np.ndarray:
    """Sum x times y over all units, with y shuffled within clusters, `n_perm` times."""
    rng, total = np.random.default_rng(seed), np.zeros(n_perm)
    for its in pd.Series(np.arange(len(cluster))).groupby(cluster).indices.values():
        x, y = around[its].T
        total += rng.permuted(np.broadcast_to(y, (n_perm, len(y))), axis=1) @ x
    return total
