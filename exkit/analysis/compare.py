"""Do two groups or two waves differ, and by how much?

All pairs of all groups are estimated in one pass over the counts: which answers are taken together (the design) is a
key like any other. How surely two groups differ that share clusters, the same organisations in two waves, is the
question of `covariance`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.covariance import DESIGN, dependent, independent
from exkit.errors import need_choice
from exkit.measures.answers import answers, lacks, nobody, not_asked, values, within
from exkit.measures.cross import CODES
from exkit.measures.design import ALONE, weigh
from exkit.measures.intervals import mover, quantile
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
        reference; `std_error` linearised with covariance; interval by MOVER from the groups' own intervals, where
        they share clusters not narrower than t times `std_error`; `p_value` two-sided, t with `df` (clusters minus
        strata of the two groups; where they share none Welch's, on the errors of the intervals if these are larger than
        those found); `n` answers of both, `n_smallest` of the smaller; `of`; `between`; `same`; the `correlation` of
        the two. Reason `not_comparable` where the question changed between two waves, `one_cluster` where one group is
        a single cluster and the other is not, `no_answers` where nothing is the same in both, `not_asked` (one row)
        where there are no two levels.

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
    pairs = _pairs(asked, between, against, by)
    if pairs.empty:
        return nothing
    pairs, rows = _designs(asked, pairs, between, by=by, same=same)
    parts = [
        _differences(its, x, between, alike, by=by, of=of, ci=ci)
        for alike, its in _by_cluster(tally, x, pairs, rows, between)
    ]
    found = pd.concat(parts).sort_values([*by, "reference", "level"], ignore_index=True)
    columns = {name: found[name] for name in found if name not in (*by, "level", "reference", DESIGN)}
    return result(
        found[[*by, "level", "reference"]],
        x=x,
        effect="diff",
        of=of,
        between=between,
        same=same or "",
        **columns,
        **({"at": waves[0]} if len(waves) == 1 else {}),
        **within(tally),
    )


def _pairs(asked: pd.DataFrame, between: str, against: str | None, by: Sequence[str]) -> pd.DataFrame:
    """List which level is compared with which reference, in each group; none where the reference is not there."""
    groups = asked.groupby(list(by), dropna=False, observed=True) if by else [((), asked)]
    found = [
        (*name, design, *pair)
        for design, (name, part) in enumerate(groups)
        for pair in _of_levels(sorted(part[between].dropna().unique()), against)
    ]
    return pd.DataFrame(found, columns=[*by, DESIGN, "level", "reference"])


def _of_levels(levels: list[str], against: str | None) -> list[tuple[str, str]]:
    """Pair the levels of one group."""
    if against == "previous":
        return list(zip(levels[1:], levels[:-1], strict=True))
    if against is None:
        return [(b, a) for a, b in combinations(levels, 2)]
    return [(level, against) for level in levels if level != against] if against in levels else []


def _designs(
    asked: pd.DataFrame, pairs: pd.DataFrame, between: str, *, by: Sequence[str], same: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say which answers each pair is estimated on: all of its group, or for a panel only what is in both levels."""
    groups = asked.groupby(list(by), dropna=False, observed=True).ngroup() if by else 0
    rows = asked.assign(**{DESIGN: groups})[asked[between].notna()]
    if same is None:
        return pairs, rows
    panels = []
    for panel, pair in enumerate(pairs.to_dict("records")):
        its = rows[(rows[DESIGN] == pair[DESIGN]) & rows[between].isin([pair["level"], pair["reference"]])]
        in_both = its.groupby(same, observed=True)[between].transform("nunique") == 2
        panels.append(its[in_both].assign(**{DESIGN: panel}))
    return pairs.assign(**{DESIGN: range(len(pairs))}), pd.concat(panels)


def _by_cluster(
    tally: Tally, x: str, pairs: pd.DataFrame, rows: pd.DataFrame, between: str
) -> Iterator[tuple[pd.DataFrame, Tally]]:
    """Give both groups of a pair one kind of cluster, and take together the pairs that have the same kind.

    Organisations if either group has several, else units if either has several of those. A single one has no spread
    that can be compared with that of several, so that its pairs get no margin; two such groups are compared as fixed.
    """
    tally = replace(tally, keys=[*tally.keys, DESIGN])
    if tally.cluster != "auto" or "cluster" in rows:
        declared = "cluster" if tally.cluster == "auto" else tally.cluster
        yield pairs, replace(tally.of(x, rows), cluster=declared)
        return
    kinds = [ALONE, *(column for column in ("unit", "organisation") if column in rows and column != between)]
    several = rows.groupby([DESIGN, between], observed=True)[kinds[1:]].nunique() > 1
    kind = (several * np.arange(1, len(kinds))).max(axis="columns")
    common = np.maximum(*(kind.reindex(_index(pairs, side)).fillna(0).to_numpy(int) for side in ("level", "reference")))
    for code in np.unique(common):
        alike = pairs[common == code]
        its = rows[rows[DESIGN].isin(alike[DESIGN])]
        its = its.assign(cluster=its[kinds[code]]) if code else its
        yield alike, replace(tally.of(x, its), cluster=kinds[code] if code else None)


def _index(pairs: pd.DataFrame, side: str) -> pd.MultiIndex:
    """Name the group at one side of each pair, by its design."""
    return pd.MultiIndex.from_frame(pairs[[DESIGN, side]])


def _differences(
    tally: Tally, x: str, between: str, pairs: pd.DataFrame, *, by: Sequence[str], of: str, ci: float
) -> pd.DataFrame:
    """Estimate the differences of all pairs whose answers hang together in the same kind of cluster."""
    rows = tally.rows(x)
    there = pairs[DESIGN].isin(rows[DESIGN])
    lacking = pairs[~there].assign(n=0, n_smallest=0, cluster=ALONE, reason="no_answers")
    if not there.any():
        return lacking
    pairs, keys = pairs[there], [DESIGN, *by, between]
    own = STATISTICS[of](tally, x, by=keys, ci=ci).set_index([DESIGN, between])
    a, b = (own.reindex(_index(pairs, side)).set_axis(pairs.index) for side in ("level", "reference"))
    difference = a["estimate"] - b["estimate"]
    known, shared = independent(a, b, ci=ci), pd.Series(False, pairs.index)
    if tally.cluster is not None:
        pooled = dependent(_sums(tally, x, keys, of), pairs, between=between)
        known.loc[pooled.index], shared[pooled.index] = pooled, True
    error = np.sqrt((known["of_level"] + known["of_reference"] - 2 * known["both"]).clip(lower=0))
    scale = np.sqrt(known["of_level"] * known["of_reference"])
    rho = (known["both"] / scale.where(scale > 0)).fillna(0.0)
    least = (quantile(known["df"], clustered=True, ci=ci) * error).where(shared, 0.0)
    low, high = mover(*((d["estimate"], d["conf_low"], d["conf_high"]) for d in (a, b)), correlation=rho, least=least)
    t = difference.abs() / known["tested"].where(known["tested"] > 0)
    told = between == "wave" and "series" in own
    broken = (a["series"] != b["series"]) if told else pd.Series(False, pairs.index)
    reasons = pd.concat([a["reason"], b["reason"]], axis="columns").fillna("too_few")
    few, lone = (reasons.eq(code).any(axis="columns") for code in ("too_few", "one_cluster"))
    numbers = {
        "estimate": difference,
        "std_error": error,
        "conf_low": low,
        "conf_high": high,
        "p_value": 2 * stats.t.sf(t, known["df"]),
    }
    n = pd.concat([a["n"], b["n"]], axis="columns").fillna(0).astype(int)
    found = pairs.assign(
        **{name: np.where(broken | few | lone, np.nan, column) for name, column in numbers.items()},
        n=n.sum(axis="columns"), n_smallest=n.min(axis="columns"),
        df=known["df"], correlation=rho, cluster=tally.cluster or ALONE,
        reason=np.select([broken, few, lone], ["not_comparable", "too_few", "one_cluster"], ""),
    )  # fmt: skip
    return pd.concat([found, lacking]) if len(lacking) else found


def _sums(tally: Tally, x: str, keys: list[str], of: str) -> pd.DataFrame:
    """Lay out what a mean needs per key, of a question or a scale."""
    if x in tally.scores:
        return score_sums(tally.scores[x])
    counts, _ = answers(tally, x, by=keys)
    return weigh(counts, values(counts, of))
