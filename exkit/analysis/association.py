"""Do promoters recommend us to customers: one table, and everything that can be said of it.

Two answers of one person are crossed: promoter, passive or detractor as an employee, and whether they would recommend
the organisation to customers. Every figure is a formula on the six shares of that table (`contingency`). To first order
a change of the shares moves a figure by its slope in each cell; these slopes are therefore values that answers take,
and the standard error of their mean, on the design of the survey, is that of the figure.

How one person answers twice is not what customers say: `same_source` tells how much of it is left between people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.contingency import ORDERED, RATIOS, Figure, cramers_v, likelihood_ratio
from exkit.analysis.linearise import Tables, estimates, laid, rows, tables_of, two_sided
from exkit.analysis.rao_scott import design_effects
from exkit.measures.answers import answers, refusal, values
from exkit.measures.cross import BETWEEN, SCORES, every_group, named_groups, need_groups
from exkit.measures.design import ALONE
from exkit.measures.intervals import clopper_pearson, quantile
from exkit.measures.nps import favourable, shares
from exkit.measures.tally import Tally
from exkit.result import result


def recommending(pairs: Tally, *, by: Sequence[str] = (), ci: float = 0.95) -> pd.DataFrame:
    """Estimate per promoter group the share who would recommend the organisation to customers.

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
        As `ex.favourable` gives it, three rows per group: `promoter_group` promoter, passive, detractor; `estimate` the
        favourable answers divided by the valid ones of that promoter group; Wilson interval at the effective number of
        answers. Extras `exact_low` and `exact_high`: Clopper and Pearson's interval at the same number. Reason
        `no_answers` for a promoter group in which nobody is, `no_question` for all of them where one of the two was not
        asked.

    See Also
    --------
    exkit.analysis.compare.compare : the risk differences, with between="promoter_group" and of="favourable".
    """
    need_groups(pairs)
    if (refused := refusal(pairs, None, by=by, effect="share")) is not None:
        groups = pd.DataFrame({BETWEEN: list(SCORES)})
        told = refused[["x", "effect", "reason"]].iloc[0].to_dict()
        return refused if by else result(groups, **told)
    found = favourable(pairs, by=[*by, BETWEEN], ci=ci)
    q = quantile(found["df"], clustered=found["cluster"] != ALONE, ci=ci)
    low, high = clopper_pearson(found["estimate"], n=found["n_eff"], q=q)
    return every_group(found.assign(exact_low=low, exact_high=high), BETWEEN)


def recommenders(pairs: Tally, *, by: Sequence[str] = (), ci: float = 0.95) -> pd.DataFrame:
    """Estimate which part of those who would recommend the organisation to customers are promoters, and so on.

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
        A result, three rows per group: `y` promoter, passive, detractor; `estimate` its share of the favourable
        answers, Wilson interval; `n` favourable answers.
    """
    need_groups(pairs)
    if (refused := refusal(pairs, None, by=by, effect="share")) is not None:
        return refused
    counts, x = answers(pairs, None, by=by)
    said_yes = pairs.counts[(values(counts, "favourable") == 1).to_numpy()]
    scored = replace(
        pairs,
        counts=said_yes.assign(answer=said_yes[BETWEEN].map(SCORES)),
        definitions=pairs.definitions.assign(low=-1.0, high=1.0),
    )
    return every_group(named_groups(shares(scored, x, by=by, ci=ci)), "y")


def ratios(pairs: Tally, *, by: Sequence[str] = (), ci: float = 0.95) -> pd.DataFrame:
    """Compare promoter groups by the relative risk and the odds ratio of recommending.

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
        A result, six rows per group: group columns `level` and `reference`. `risk_ratio`: the share of level divided by
        that of reference. `odds_ratio`: (yes/no of level) / (yes/no of reference), from the sample (ad/bc), not the
        conditional estimate of Fisher's exact test. Interval and `p_value` on the log scale, t(df) with clusters, z
        without; `std_error` on the scale of the ratio. `n` answers of both groups. Extras: `between`, `n_smallest`,
        `df`, `n_clusters`, `cluster`, `deff`. No continuity correction: a cell with nobody in it that a ratio needs
        gives the reason `zero_cell`. Other reasons: `no_answers` or `too_few` in a group, `constant`, `one_cluster`.

    Notes
    -----
    Without weights and clusters the standard error is that of Katz and Wald times √(n / (n - 1)), n being all answers
    of the table, as R's survey has it.

    References
    ----------
    Katz et al. (1978), Biometrics 34, 469-474; Woolf (1955), Ann. Hum. Genet. 19, 251-253.
    """
    return estimates(pairs, RATIOS, by=by, ci=ci)


def association(pairs: Tally, *, by: Sequence[str] = (), ci: float = 0.95) -> pd.DataFrame:
    """Estimate how strongly promoter group and recommending go together: Cramér's V, γ, and r with its trend test.

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
        A result, three rows per group, `x` promoter_group and `y` the yes/no question; `n` people who answered both.

        `cramers_v`: √(χ² / n), 0 to 1, whatever the order of the groups; `p_value` of independence by Rao and Scott's
        F, and an interval that reaches 0 where that does not reject. Extras `chi2` (Pearson, no continuity correction),
        `chi2_df`, `likelihood_ratio` (G, on the same degrees of freedom), `corrected` (V with Bergsma's correction of
        its bias).

        `gamma`: Goodman and Kruskal's γ of the ordered groups, -1 to 1.

        `r`: Pearson's r of the score (1, 0, -1) with the answer (1, 0), one person's two answers. Extra `z`: the
        Cochran-Armitage trend statistic of a simple sample, r√n (n, not n - 1, as R's prop.trend.test); `p_value` of
        z / √deff, by t(df) with clusters.

        All three have intervals on the atanh scale. Extras as in `ratios`. Reasons: `constant` where everybody is in
        one group or gave one answer, `perfect` where one is 1 or -1, `one_cluster`, `too_few`.

    Notes
    -----
    The intervals covered .94 to .96 in simulated simple samples from n = 200 on and in benchmarks of 10 to 48
    organisations; at n = 50 that of a γ of .9, which few people then put in doubt, covered .90.

    References
    ----------
    Goodman & Kruskal (1963), J. Am. Stat. Assoc. 58, 310-364; Armitage (1955), Biometrics 11, 375-386; Bergsma (2013),
    J. Korean Stat. Soc. 42, 323-328; Rao & Scott (1984), Ann. Stat. 12, 46-60.
    """
    need_groups(pairs)
    if (refused := refusal(pairs, None, by=by, effect="r")) is not None:
        return refused
    tables = tables_of(pairs, by)
    v, gamma, r = rows(tables, [Figure("cramers_v", cramers_v, "atanh"), *ORDERED], ci)
    found = laid([_with_test(v, tables, ci), gamma, _with_trend(r)], tables)
    return found.assign(x=BETWEEN, y=tables.x)


def _with_trend(found: pd.DataFrame) -> pd.DataFrame:
    """Give r the Cochran-Armitage statistic, and the p-value that goes with it once clusters are allowed for."""
    z = found["estimate"] * np.sqrt(found["n"])
    p = two_sided(z / np.sqrt(found["deff"]), found)
    return found.assign(z=z, p_value=np.where(found["reason"] == "", p, np.nan))


def _with_test(found: pd.DataFrame, tables: Tables, ci: float) -> pd.DataFrame:
    """Give Cramér's V its test of independence; its interval reaches 0 where that does not reject."""
    trace, df = design_effects(tables)
    n, freedom = found["n"].to_numpy(float), (tables.n.sum(axis=2) > 0).sum(axis=1) - 1
    with np.errstate(all="ignore"):
        v = cramers_v(tables.shares)
        test = {
            "p_value": stats.f.sf(n * v**2 / trace, df, df * found["df"]),
            "chi2": n * v**2, "chi2_df": freedom, "likelihood_ratio": n * likelihood_ratio(tables.shares),
            "deff": trace / freedom, "corrected": _bergsma(v, n, freedom),
        }  # fmt: skip
    varied = (freedom > 0) & (tables.n.sum(axis=1) > 0).all(axis=1)
    found = _alike(found, varied & (v == 0), error=np.sqrt(test["deff"] / n), ci=ci)
    test = {name: np.where(found["reason"] == "", column, np.nan) for name, column in test.items()}
    low = found["conf_low"].clip(lower=0).mask(test["p_value"] > 1 - ci, 0.0)
    return found.assign(conf_low=low, **test)


def _alike(found: pd.DataFrame, zero: np.ndarray, *, error: np.ndarray, ci: float) -> pd.DataFrame:
    """Give a V of exactly 0, which has no slope, the standard error that it has under independence."""
    alike = zero & (found["reason"] == "constant")
    half = quantile(found["df"], clustered=found["cluster"] != ALONE, ci=ci) * error
    numbers = {"estimate": 0.0, "std_error": error, "conf_low": 0.0, "conf_high": np.tanh(half)}
    return found.assign(
        **{name: found[name].mask(alike, column) for name, column in numbers.items()},
        reason=found["reason"].mask(alike, ""),
    )


def _bergsma(v: np.ndarray, n: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Correct V for the size that it has by chance alone."""
    rows, columns = (k - (k - 1) ** 2 / (n - 1) for k in (df + 1, 2))
    return np.sqrt(np.maximum(0, v**2 - df / (n - 1)) / (np.minimum(rows, columns) - 1))
