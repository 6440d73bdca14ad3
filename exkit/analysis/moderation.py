"""Is the link stronger in some groups of units than in others, such as teams with much customer contact?

"Stronger" has three meanings, which need not agree. The correlation says how closely the two go together among the
units of a group, and is higher where these differ more in x or are measured with less noise. The corrected correlation
takes the noise out. The slope says how much y differs per step of x, on one scale for all groups, and does not depend
on how much a group's units differ in x. A link that is stronger in all three is stronger; each difference has its own
margin here, since two margins that overlap do not tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.attenuation import corrected_correlations, disattenuate
from exkit.analysis.coefficients import DUST
from exkit.analysis.levels import Sample, at_level, laid, questions
from exkit.analysis.link_gap import jointly, link_gap
from exkit.analysis.linkage import MANY
from exkit.analysis.paths import covariances, slopes
from exkit.errors import need_choice
from exkit.measures.resample import spread
from exkit.measures.teams import LEVELS

EFFECTS = ("r", "r_corrected", "beta")
"""The three meanings of strong."""
LEAST = 30
"""Units of the smaller group below which two groups are not compared."""
NUMBERS = ("estimate", "std_error", "conf_low", "conf_high", "p_value", "df")
"""What a row without an answer lacks."""
OF_GAPS = ("between", "link_level", "z", "correlation", "r_level", "r_reference")
"""Extras of `link_gap` that stay behind."""


def moderation(
    units: pd.DataFrame,
    *,
    x: str | Sequence[str],
    y: str | Sequence[str],
    by: str = "contact",
    level: str = "pooled",
    ci: float = 0.95,
    n_boot: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Estimate the link of x and y in each group of units, and how much it differs between groups.

    Parameters
    ----------
    units
        One row per unit of one wave: x and y, with `m_n` and `m_sd` where people stand behind them, `organisation`
        where there are any, and the column of `by`.
    x, y
        EX measures; CX measures or outcomes. One name or several: all pairs.
    by
        The column that says the group of a unit; a unit without one is left out. An empty name is none: one row,
        `not_asked`. For a measure with many values use `ex.moderate`, which has an interaction and no groups.
    level
        `pooled`, or `within`: units around the mean of the units of their group in their organisation.
    ci
        Confidence level.
    n_boot, seed
        Resamples of organisations.

    Returns
    -------
    DataFrame
        A result with the group columns `level` and `reference`. Three rows per group, whose `reference` is empty: `r`
        and `r_corrected`, as `disattenuate` gives them, and `beta`, the slope of y on x in standard deviations of all
        units, so that it is on one scale in every group. Three per pair of groups: effect `diff`, with `of` saying of
        which of the three, `level` minus `reference`.

        The difference of r is that of `link_gap`. For beta and the difference of corrected correlations and of slopes:
        estimate ± t(C-1) times the standard error over resamples of the C organisations of both groups at once, with
        the p-value of the same t; up to 99 are left out one at a time, from 100 on they are drawn. Groups may share
        organisations or not. Where all are of one organisation, or none are declared, units are resampled. The standard
        deviations that make a slope a beta are held still.

        `n` units, of both groups for a difference, `n_smallest` those of the smaller. Extras: `of`, `between` (the
        column of `by`), `link_level`, `reliability_x` and `reliability_y` of a group, `weak_basis`, `df`, `cluster`,
        `interval`, `at`, the wave.

        Reasons: of a group those of `disattenuate`, beta having those of r. Of a difference those of `link_gap`
        (`not_asked` where there are no two groups), `too_few_units` where a group has under 30, and else those of its
        two sides.

    Raises
    ------
    ExkitError
        If a column is not there, or a measure holds text.

    Notes
    -----
    With three groups or more each pair is a test of its own: see `ex.adjust`.

    References
    ----------
    Fisher (1921), Metron 1, 3-32; Zou (2007), Psychol. Methods 12, 399-413; Spearman (1904), Am. J. Psychol. 15,
    72-101. On the three meanings: Arnold (1982), Organ. Behav. Hum. Perform. 29, 143-174.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> teams = pd.DataFrame({"contact": np.repeat(["high", "low"], 60), "voice": rng.normal(size=120)})
    >>> teams["csat"] = teams["voice"] * (teams["contact"] == "high") + rng.normal(size=120)
    >>> found = moderation(teams, x="voice", y="csat", by="contact")
    >>> found.loc[found["reason"] == "", ["level", "reference", "effect", "of", "estimate", "p_value"]].round(2)
      level reference effect    of  estimate  p_value
    0  high                r            0.62     0.00
    2  high             beta            0.67     0.00
    3   low                r           -0.02     0.87
    5   low             beta           -0.02     0.89
    6   low      high   diff     r     -0.64     0.00
    8   low      high   diff  beta     -0.69     0.00
    """
    need_choice(level, LEVELS, what="level")
    how, rows = {"ci": ci, "n_boot": n_boot, "seed": seed}, []
    for pair, part in questions(units, x, y, by=[]):
        if not by:
            rows.append({**pair, "level": "", "reference": "", "effect": "r", "of": "", "reason": "not_asked"})
            continue
        part = (part[part[by].notna()] if by in part else part).reset_index(drop=True)
        links = disattenuate(part, **pair, by=[by], level=level, **how)
        gaps = link_gap(part, **pair, between=by, level=level, **how)
        groups = _groups(part, links, **pair, by=by, level=level)
        of_groups = _of_groups(links.drop(columns=["level", "at"], errors="ignore"), groups, by, **how)
        rows += [{**pair, **row} for row in [*of_groups, *_of_pairs(gaps, of_groups, groups, **how)]]
    return laid(rows, units, ["level", "reference"], between=by, link_level=level)


@dataclass(frozen=True)
class _Group:
    """A group of units that has a correlation.

    `sample` are its units at the level asked; `names` the clusters they belong to, organisations, or the units
    themselves where all are of one organisation or of none. `unit` turns a slope of the group's own standardised
    measures into one in standard deviations of all units.
    """

    sample: Sample
    names: list[object]
    measures: list[str]
    level: str
    unit: float

    def figures(self, of: str, sample: Sample, counts: np.ndarray) -> np.ndarray:
        """Give a statistic in every resample; `sample` has its clusters numbered as `counts` has them."""
        if of == "r_corrected":
            return corrected_correlations(sample, counts, self.measures, level=self.level)
        values = np.column_stack([np.ones(len(sample.rows)), sample.rows])
        each = np.zeros((counts.shape[1], 3, 3))
        np.add.at(each, sample.cluster, values[:, :, None] * values[:, None, :])
        return self.unit * slopes(covariances(np.tensordot(counts, each, axes=1)), of=1, on=[0])[:, 0]


def _groups(part: pd.DataFrame, links: pd.DataFrame, *, x: str, y: str, by: str, level: str) -> dict[object, _Group]:
    """Take the groups that have a correlation."""
    everybody, found = part[[x, y]].dropna().std(), {}
    for name in links.loc[(links["effect"] == "r") & (links["reason"] == ""), by]:
        sample = at_level(part[part[by] == name], x, y, level=level)
        own, several = sample.kept[[x, y]].std(), sample.clusters > 1
        clusters = sample.kept["organisation"].fillna("") if several else sample.kept.index
        unit = own[y] / own[x] * everybody[x] / everybody[y]
        found[name] = _Group(sample if several else sample.by_row(), list(clusters), [x, y], level, unit)
    return found


def _of_groups(links: pd.DataFrame, groups: dict[object, _Group], by: str, **how: object) -> list[dict[str, object]]:
    """Give the three rows of each group: its correlations as they are, and its slope."""
    links = links.rename(columns={by: "level"}).assign(reference="", of="")
    order, shared = list(links["level"].unique()), ["level", "reference", "of", "n", "n_organisations", "cluster"]
    betas = links.loc[links["effect"] == "r", [*shared, "reason"]].assign(effect="beta")
    rows = [
        row | (_held([groups[row["level"]]], "beta", **how) if row["level"] in groups else {})
        for row in betas.to_dict("records")
    ]
    return sorted([*links.to_dict("records"), *rows], key=lambda row: order.index(row["level"]))


def _of_pairs(
    gaps: pd.DataFrame, of_groups: list[dict[str, object]], groups: dict[object, _Group], **how: object
) -> list[dict[str, object]]:
    """Give the three differences of each pair of groups, or why there are none."""
    reasons, rows = {(row["level"], row["effect"]): row["reason"] for row in of_groups}, []
    gaps = gaps.drop(columns=["x", "y", "at", *OF_GAPS], errors="ignore")
    for gap in gaps.to_dict("records"):
        pair, few = [gap["level"], gap["reference"]], gap["n"] > 0 and gap["n_smallest"] < LEAST
        for of in EFFECTS:
            refused = [gap["reason"], "too_few_units" if few else "", *(reasons.get((name, of), "") for name in pair)]
            row = {**gap, "of": of, "reason": next(filter(None, refused), "")}
            if row["reason"]:
                row |= dict.fromkeys(NUMBERS, np.nan)
            elif of != "r":
                row |= _held([groups[name] for name in pair], of, **how)
            rows.append(row)
    return rows


def _held(groups: list[_Group], of: str, *, ci: float, n_boot: int, seed: int) -> dict[str, object]:
    """Hold a statistic of a group, or the first of two less the second, against its error."""
    clusters = len(set().union(*(group.names for group in groups)))
    whole, figures = 0.0, 0.0
    drawn = jointly([group.sample for group in groups], [group.names for group in groups], n_boot=n_boot, seed=seed)
    for sign, group, (sample, counts) in zip((1, -1), groups, drawn, strict=False):
        whole += sign * group.figures(of, sample, np.ones((1, counts.shape[1])))[0]
        figures = figures + sign * group.figures(of, sample, counts)
    error, df = spread(figures, clusters=clusters, enough=MANY), clusters - 1
    if not error > DUST:
        return {**dict.fromkeys(NUMBERS, np.nan), "reason": "not_identifiable"}
    half = stats.t.ppf((1 + ci) / 2, df) * error
    return {
        "estimate": whole, "std_error": error, "conf_low": whole - half, "conf_high": whole + half, "df": df,
        "p_value": 2 * stats.t.sf(abs(whole) / error, df),
        "interval": "bootstrap" if clusters >= MANY else "jackknife",
    }  # fmt: skip
