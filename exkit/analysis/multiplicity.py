"""Many tests at once: how many would look like something by chance alone?

Families are declared by the caller: one call, one family. Holm for what was to be confirmed, Benjamini-Hochberg for
what was explored.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from exkit.errors import need_choice, need_columns

METHODS = {
    "holm": "holm",
    "bh": "fdr_bh",
    "bonferroni": "bonferroni",
    "hochberg": "simes-hochberg",
    "hommel": "hommel",
    "by": "fdr_by",
}


def adjust(result: pd.DataFrame, *, method: str = "holm") -> pd.DataFrame:
    """Adjust the p-values of one family of tests.

    Parameters
    ----------
    result
        A result whose rows with a `p_value` are the family; rows without one are left out of the count.
    method
        `holm` (default) or `bh`; also `bonferroni`, `hochberg`, `hommel` and `by`.

    Returns
    -------
    DataFrame
        The result with extras `p_adjusted`, `family` (how many tests) and `adjusted_by`. Equals R's p.adjust.

    References
    ----------
    Holm (1979), Scand. J. Stat. 6, 65-70; Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57, 289-300.

    Examples
    --------
    >>> adjust(pd.DataFrame({"p_value": [0.01, np.nan, 0.04]}))["p_adjusted"].tolist()
    [0.02, nan, 0.04]
    """
    from statsmodels.stats.multitest import multipletests

    need_choice(method, list(METHODS), what="method")
    need_columns(result, "p_value", where="the result")
    p = result["p_value"].to_numpy(float)
    there = ~np.isnan(p)
    adjusted = np.full(len(p), np.nan)
    if there.any():
        adjusted[there] = multipletests(p[there], method=METHODS[method])[1]
    return result.assign(p_adjusted=adjusted, family=int(there.sum()), adjusted_by=method)
