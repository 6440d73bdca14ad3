"""How sure is each of two groups, and how far do they move together?

Groups that share clusters (the same organisations in two waves) have their variances and their covariance from the
pooled design, as R's svyby(covmat=TRUE): what a cluster contributes to one mean is held beside what it contributes to
the other. Groups that share none (two sectors) are independent samples, each with the error of its own design: on the
pooled design, C/(C-1) of all groups together would make those of few clusters look surer than they are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from exkit.measures.design import SUMS, influence
from exkit.measures.intervals import quantile

DESIGN = "design"
"""The key of answers that are taken together; groups of different designs are not compared."""
FOUND = ["of_level", "of_reference", "both", "tested", "df"]
"""Of a pair: two variances, their covariance, the standard error that a test rests on and its degrees of freedom."""
DUST = 1e-12
"""What binary fractions leave of a variance of zero, as a part of those of both groups."""


def independent(level: pd.DataFrame, reference: pd.DataFrame, *, ci: float) -> pd.DataFrame:
    """Take the groups' own variances, and what a test of their difference rests on, as Welch's.

    Few clusters may lie close together by luck, and where nearly everybody answered alike there is hardly any spread to
    be seen. Intervals allow for both, and a test is not surer than they are: the error of a group is the one found, or
    that of its interval, on the side of the other group, where that is larger.

    Parameters
    ----------
    level, reference
        `estimate`, `std_error`, `conf_low`, `conf_high` and `df` of the groups by themselves, a row per pair.
    ci
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        The columns of `FOUND`.

    References
    ----------
    Welch (1947), Biometrika 34, 28-35; Zou & Donner (2008), Stat. Med. 27, 1693-1702, for variances recovered from
    intervals.
    """
    above = level["estimate"] > reference["estimate"]
    ends = (
        level["conf_low"].where(above, level["conf_high"]),
        reference["conf_high"].where(above, reference["conf_low"]),
    )
    a, b = (_tested(side, end, ci=ci) ** 2 for side, end in zip((level, reference), ends, strict=True))
    df_a, df_b = level["df"], reference["df"]
    both = (df_a + df_b).where((a + b == 0) | (df_a * df_b == 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        welch = both.fillna((a + b) ** 2 / (a**2 / df_a + b**2 / df_b))
    found = level["std_error"] ** 2, reference["std_error"] ** 2, 0.0, np.sqrt(a + b), welch
    return pd.DataFrame(dict(zip(FOUND, found, strict=True)), index=level.index)


def _tested(own: pd.DataFrame, end: pd.Series, *, ci: float) -> pd.Series:
    """Give the standard error found, or that of the interval up to one end if that is larger."""
    return np.fmax(own["std_error"], (own["estimate"] - end).abs() / quantile(own["df"], clustered=True, ci=ci))


def dependent(sums: pd.DataFrame, pairs: pd.DataFrame, *, between: str) -> pd.DataFrame:
    """Take variances and covariance from the pooled design, where the groups of a pair share clusters.

    Parameters
    ----------
    sums
        Keys, among them `DESIGN`, `cluster` and perhaps `stratum`, and the columns of `SUMS`.
    pairs
        `DESIGN`, `level` and `reference`.
    between
        The column that says which group answers are of.

    Returns
    -------
    DataFrame
        The columns of `FOUND`, degrees of freedom being clusters minus strata of the two groups together; a row for
        each pair whose groups share clusters, unless these moved all alike, which says nothing of how sure that is.
    """
    keys = [DESIGN, between]
    keyed = sums.assign(stratum=sums.get("stratum", "")).fillna({"stratum": "", "cluster": ""})
    total = keyed.groupby(keys, observed=True)[SUMS].sum()
    z = influence(keyed, keys, total, total["wy"] / total["w"])
    clusters = z.groupby([DESIGN, "stratum"])["cluster"].nunique().rename("clusters").reset_index()
    sides = [
        pairs[[DESIGN, side]].rename_axis("pair").reset_index().merge(z, left_on=[DESIGN, side], right_on=keys)
        for side in ("level", "reference")
    ]
    cells = sides[0].merge(sides[1], on=["pair", DESIGN, "stratum", "cluster"], how="outer", suffixes=("_a", "_b"))
    shared = cells[["z_a", "z_b"]].notna().all(axis="columns")
    a, b = cells["z_a"].fillna(0.0), cells["z_b"].fillna(0.0)
    cells = cells.assign(a=a, b=b, aa=a * a, bb=b * b, ab=a * b, shared=shared, either=1)
    strata = cells.groupby(["pair", DESIGN, "stratum"])[["a", "b", "aa", "bb", "ab", "shared", "either"]].sum()
    strata = strata.reset_index().merge(clusters, on=[DESIGN, "stratum"], validate="m:1")
    # A stratum of one cluster has no spread: the groups in it say so themselves.
    c = strata["clusters"].where(strata["clusters"] > 1)
    products = {"of_level": ("aa", "a", "a"), "of_reference": ("bb", "b", "b"), "both": ("ab", "a", "b")}
    found = {name: (strata[s] - strata[p] * strata[q] / c) * c / (c - 1) for name, (s, p, q) in products.items()}
    found = pd.DataFrame({**found, "df": strata["either"] - 1, "shared": strata["shared"]})
    found = found.groupby(strata["pair"]).sum()
    apart = found["of_level"] + found["of_reference"] - 2 * found["both"]
    moved = apart > DUST * (found["of_level"] + found["of_reference"])
    return found.assign(tested=np.sqrt(apart.clip(lower=0)))[(found["shared"] > 0) & moved][FOUND]
