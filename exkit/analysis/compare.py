"""Do two groups or two waves differ, and by how much?

Groups that share clusters (the same organisations in two waves) are not independent: their difference is estimated on
the pooled design, with the covariance that the shared clusters carry, as R's svyby(covmat=TRUE) and svycontrast do.
Groups that share none (two sectors) are independent samples, each with the error of its own design: on the pooled
design, C/(C-1) of all groups together would make sectors of few organisations look surer than they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from exkit.errors import need_choice
from exkit.measures.answers import answers, lacks, nobody, not_asked, values
from exkit.measures.cross import CODES
from exkit.measures.design import ALONE, SUMS, influence, weigh
from exkit.measures.intervals import mover
from exkit.measures.nps import favourable, mean, nps, score_sums
from exkit.measures.tally import Tally
from exkit.measures.units import the_measure
from exkit.result import result

STATISTICS = {"nps": nps, "favourable": favourable, "mean": mean}
"""What can be compared; each gives every answer a value."""


def compare(
    tally: Tally,
    x: str | None = None,
    *,
    between: str,
    of: str = "nps",
    against: str | None = None,
    by: Sequence[str] = (),
    same: str | None = None,
    ci: float = 0.95,
) -> pd.DataFrame:
    """Estimate differences of an NPS, a favourable share or a mean between groups or waves.

    Parameters
    ----------
    tally
        Counts of answers.
    x
        A question or scale of the tally; the only one if not given. Of a scale there is the mean.
    between
        The column whose levels are compared: `wave`, `sector`, or a subgroup.
    of
        `nps` (points), `favourable` (proportions) or `mean` (units of the scale).
    against
        A level that all others are compared with, or `previous` for each level with the one before it. All pairs if
        not given. Where nobody is in it, nothing is compared.
    by
        Columns within which the comparison is made.
    same
        Compare only what is in both levels: `organisation` for the same-organisation panel.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result, one row per pair: group columns `level` and `reference` (after those of `by`); `estimate` level minus
        reference; `std_error` linearised with covariance; interval by MOVER from the groups' own intervals; `p_value`
        two-sided, t with `df` (clusters minus strata of the two groups, Welch's where they share no cluster); `n`
        answers of both, `n_smallest` of the smaller; `of`; `between`; `same`; the `correlation` of the two. Reason
        `not_comparable` where the question changed between two waves, `one_cluster` where one group is a single
        cluster and the other is not, `no_answers` where nothing is the same in both, `not_asked` (one row) where there
        are no two levels.

    Raises
    ------
    ExkitError
        If a column or level is not there.
    """
    need_choice(of, list(STATISTICS), what="statistic")
    nothing = not_asked([*by, "level", "reference"], x=x, effect="diff").assign(of=of, between=between)
    if lacks(tally, [between, *by, *([same] if same else [])]) or nobody(tally, x):
        return nothing
    x = the_measure(tally, x)
    asked = tally.rows(x)
    waves = asked["wave"].unique() if "wave" in asked and "wave" not in (between, *by) else []
    if against not in (None, "previous"):
        need_choice(against, CODES.get(between) or sorted(asked[between].dropna().unique()), what=between)
    rows = [
        _differences(design, x, between, alike, of=of, ci=ci).assign(**dict(zip(by, name, strict=True)))
        for name, part in (asked.groupby(list(by), dropna=False, observed=True) if by else [((), asked)])
        for pairs, counts in _designs(part, between, against, same)
        for alike, design in _by_cluster(tally.of(x, counts), x, between, pairs)
    ]
    if not rows:
        return nothing
    found = pd.concat(rows, ignore_index=True)
    found = found.sort_values([*by, "reference", "level"], ignore_index=True)
    columns = {name: found[name] for name in found if name not in (*by, "level", "reference")}
    return result(
        found[[*by, "level", "reference"]],
        x=x,
        effect="diff",
        of=of,
        between=between,
        same=same or "",
        **columns,
        **({"at": waves[0]} if len(waves) == 1 else {}),
    )


def _designs(
    part: pd.DataFrame, between: str, against: str | None, same: str | None
) -> Iterator[tuple[list[tuple[str, str]], pd.DataFrame]]:
    """Give the pairs to compare, each with the answers of the design it is estimated on."""
    pairs = _pairs(sorted(part[between].dropna().unique()), against)
    if same is None:
        yield from [(pairs, part)] if pairs else []
        return
    for pair in pairs:
        sides = [set(part.loc[part[between] == level, same].dropna()) for level in pair]
        yield [pair], part[part[same].isin(set.intersection(*sides)) & part[between].isin(pair)]


def _pairs(levels: list[str], against: str | None) -> list[tuple[str, str]]:
    """List which level is compared with which reference; none where the reference is not there."""
    if against == "previous":
        return list(zip(levels[1:], levels[:-1], strict=True))
    if against is None:
        return [(b, a) for a, b in combinations(levels, 2)]
    return [(level, against) for level in levels if level != against] if against in levels else []


def _differences(
    tally: Tally, x: str, between: str, pairs: list[tuple[str, str]], *, of: str, ci: float
) -> pd.DataFrame:
    """Estimate the differences of all pairs of one design."""
    rows = pd.DataFrame(pairs, columns=["level", "reference"])
    if tally.rows(x).empty:
        return rows.assign(n=0, n_smallest=0, cluster=ALONE, reason="no_answers")
    own = STATISTICS[of](tally, x, by=[between], ci=ci).set_index(between)
    sums = _sums(tally, x, between, of)
    a, b = own.reindex(rows["level"]).reset_index(), own.reindex(rows["reference"]).reset_index()
    cov, df = _covariance(sums, between, own, pairs, tally.cluster)
    error = np.sqrt(np.clip(cov[:, 0] + cov[:, 1] - 2 * cov[:, 2], 0, None))
    scale = np.sqrt(cov[:, 0] * cov[:, 1])
    rho = np.divide(cov[:, 2], scale, out=np.zeros_like(scale), where=scale > 0)
    low, high = mover(*((d["estimate"], d["conf_low"], d["conf_high"]) for d in (a, b)), correlation=rho)
    difference = a["estimate"] - b["estimate"]
    t = np.divide(difference.abs(), error, out=np.full(len(rows), np.nan), where=error > 0)
    told = between == "wave" and "series" in own
    broken = (a["series"] != b["series"]).to_numpy() if told else np.zeros(len(rows), bool)
    reasons = pd.concat([a["reason"], b["reason"]], axis="columns").fillna("too_few")
    few, lone = (reasons.eq(code).any(axis="columns").to_numpy() for code in ("too_few", "one_cluster"))
    numbers = {
        "estimate": difference,
        "std_error": error,
        "conf_low": low,
        "conf_high": high,
        "p_value": 2 * stats.t.sf(t, df),
    }
    return rows.assign(
        **{name: np.where(broken | few | lone, np.nan, column) for name, column in numbers.items()},
        n=(a["n"].fillna(0) + b["n"].fillna(0)).astype(int),
        n_smallest=np.minimum(a["n"].fillna(0), b["n"].fillna(0)).astype(int),
        df=df, correlation=rho, cluster=tally.cluster or ALONE,
        reason=np.select([broken, few, lone], ["not_comparable", "too_few", "one_cluster"], ""),
    )  # fmt: skip


def _sums(tally: Tally, x: str, between: str, of: str) -> pd.DataFrame:
    """Lay out what a mean needs per key, of a question or a scale."""
    if x in tally.scores:
        return score_sums(tally.scores[x])
    counts, _ = answers(tally, x, by=[between])
    return weigh(counts, values(counts, of))


def _by_cluster(
    tally: Tally, x: str, between: str, pairs: list[tuple[str, str]]
) -> Iterator[tuple[list[tuple[str, str]], Tally]]:
    """Give both groups of a pair one kind of cluster, and take together the pairs that have the same kind.

    Organisations if either group has several, else units if either has several of those. A single one has no spread
    that can be compared with that of several, so that its pairs get no margin; two such groups are compared as fixed.
    """
    rows = tally.rows(x)
    if tally.cluster != "auto" or "cluster" in rows or rows.empty:
        yield pairs, tally
        return
    columns = [column for column in ("unit", "organisation") if column in rows and column != between]
    kinds = pd.Series("", index=rows[between].dropna().unique(), dtype="str")
    for column in columns:
        kinds = kinds.mask(rows.groupby(between, observed=True)[column].nunique() > 1, column)
    common = [max(kinds[a], kinds[b], key=["", *columns].index) for a, b in pairs]
    for kind in dict.fromkeys(common):
        its = tally.of(x, rows.assign(cluster=rows[kind]) if kind else rows)
        alike = [pair for pair, its_kind in zip(pairs, common, strict=True) if its_kind == kind]
        yield alike, replace(its, cluster=kind or None)


def _covariance(
    sums: pd.DataFrame, between: str, own: pd.DataFrame, pairs: list[tuple[str, str]], cluster: str | None
) -> tuple[np.ndarray, np.ndarray]:
    """Give per pair the two variances and the covariance, and the degrees of freedom."""
    if cluster is None:
        each = [_independent(own, a, b) for a, b in pairs]
    else:
        keyed = sums.assign(stratum=sums.get("stratum", "")).fillna({"stratum": "", "cluster": ""})
        z = _influences(keyed, between)
        matrix = pd.DataFrame(z.to_numpy().T @ z.to_numpy(), index=z.columns, columns=z.columns)
        members = {level: set(zip(d["stratum"], d["cluster"], strict=True)) for level, d in keyed.groupby(between)}
        each = [
            _dependent(matrix, a, b, members[a] | members[b]) if members[a] & members[b] else _independent(own, a, b)
            for a, b in pairs
        ]
    found = np.array(each)
    return found[:, :3], found[:, 3]


def _independent(own: pd.DataFrame, a: str, b: str) -> tuple[float, float, float, float]:
    """Take the two groups' own variances, and Welch's degrees of freedom."""
    (v_a, v_b), (df_a, df_b) = own.loc[[a, b], "std_error"] ** 2, own.loc[[a, b], "df"]
    welch = (v_a + v_b) ** 2 / (v_a**2 / df_a + v_b**2 / df_b) if v_a + v_b > 0 and df_a * df_b > 0 else df_a + df_b
    return v_a, v_b, 0.0, welch


def _dependent(
    matrix: pd.DataFrame, a: str, b: str, clusters: set[tuple[str, str]]
) -> tuple[float, float, float, float]:
    """Take variances and covariance from the pooled design, and its clusters minus strata within the two groups."""
    return matrix.at[a, a], matrix.at[b, b], matrix.at[a, b], len(clusters) - len({stratum for stratum, _ in clusters})


def _influences(keyed: pd.DataFrame, between: str) -> pd.DataFrame:
    """Spread each level's mean over the clusters of the pooled design, centred within strata and scaled by C/(C-1)."""
    total = keyed.groupby(between, observed=True)[SUMS].sum()
    z = influence(keyed, [between], total, total["wy"] / total["w"])
    wide = z.pivot_table(index=["stratum", "cluster"], columns=between, values="z", fill_value=0.0, observed=True)
    strata = wide.groupby("stratum")
    size = strata.transform("size")
    return (wide - strata.transform("mean")).mul(np.sqrt(size / (size - 1).where(size > 1)), axis="index")
