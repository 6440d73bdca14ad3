"""Do people cross over: who was a passive a wave ago and is a promoter now, and what would it add up to if more did?

What happened is counted, among people who answered in both waves. What would happen is arithmetic on the table of today
under an assumption that no table can test, that whoever moves answers as promoters do now; it is called a scenario.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from exkit.analysis.contingency import scenario_figures
from exkit.analysis.linearise import estimates
from exkit.errors import ExkitError
from exkit.measures.answers import lacks, not_asked, refusal
from exkit.measures.cross import BETWEEN, every_group, named_groups
from exkit.measures.nps import shares
from exkit.measures.tally import Tally
from exkit.result import result


def transitions(followed: Tally, *, by: Sequence[str] = (), ci: float = 0.95) -> pd.DataFrame:
    """Estimate what became of promoters, passives and detractors in the next wave.

    Parameters
    ----------
    followed
        From `ex.followed`.
    by
        Group columns; `wave` is the later of the two. Without it, all pairs of waves are taken together.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result, nine rows per group: group column `before`, the promoter group in the earlier wave; `y`, that in the
        later one; `estimate` the share of `before` that is now `y`, Wilson interval at the effective number of people;
        `n` people of `before` who answered in both waves. Reasons: `no_answers` where nobody was in `before`,
        `not_comparable` where the question changed between the waves, `not_asked` (one row) with one wave or without
        names of respondents.

    See Also
    --------
    exkit.measures.cross.followed : who is counted.
    """
    if followed.definitions.empty or lacks(followed, by):
        return not_asked([*by, "before"], x=None, effect="share")
    if (refused := refusal(followed, None, by=by, effect="share")) is not None:
        return refused
    comparable = followed if "wave" in by else _unbroken(followed)
    if comparable.counts.empty:
        return result(pd.DataFrame({"before": [""]}), effect="share", reason="not_comparable")
    found = named_groups(shares(comparable, by=[*by, "before"], ci=ci))
    across = found["changed"] != "" if "changed" in found else pd.Series(False, index=found.index)
    numbers = ["estimate", "std_error", "conf_low", "conf_high"]
    found[numbers] = found[numbers].mask(across)
    found["reason"] = found["reason"].mask(across, "not_comparable")
    return every_group(found, "before", "y")


def _unbroken(followed: Tally) -> Tally:
    """Leave out the pairs of waves between which the question changed."""
    defined = followed.definitions
    broken = defined.loc[defined["changed"] != "", "wave"]
    return replace(followed, counts=followed.counts[~followed.counts["wave"].isin(broken)])


def scenario(pairs: Tally, *, moved: float = 0.10, by: Sequence[str] = (), ci: float = 0.95) -> pd.DataFrame:
    """Calculate what it would add up to if a part of the passives were promoters: a scenario, not a finding.

    Parameters
    ----------
    pairs
        From `ex.cross`.
    moved
        Which part of the passives, as a proportion.
    by
        Group columns.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result, two rows per group, effect `diff`. `of` nps, `x` promoter_group: points of NPS, 100 · moved · share
        of passives. `of` favourable: share of everybody that would recommend the organisation to customers on top of
        those who do, moved · share of passives · (share among promoters - share among passives), if whoever moved
        answered as promoters do now. Interval estimate ± t(df) · SE, z without clusters; no p-value. Extras: `scenario`
        (True), `moved`, and those of `ratios`. `n` people who answered both. Reason `no_answers` without promoters or
        passives.

    Raises
    ------
    ExkitError
        If `moved` is not a proportion.
    """
    if not 0 < moved <= 1:
        raise ExkitError(f"moved is {moved}. Give a proportion of the passives above 0, up to 1: 0.1 for a tenth.")
    figures = scenario_figures(moved)
    found = estimates(pairs, list(figures.values()), by=by, ci=ci)
    if len(found) < len(figures):
        return found.assign(scenario=True, moved=moved)
    of = np.tile(list(figures), len(found) // len(figures))
    found = found.assign(x=np.where(of == "nps", BETWEEN, found["x"]))
    return found.drop(columns=["level", "reference", "between"]).assign(
        p_value=np.nan, of=of, scenario=True, moved=moved
    )
