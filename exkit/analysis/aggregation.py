"""May people be summed up to a unit's score, and may the score be called the unit's own?

Two things are asked of it. Units must differ by more than chance, and so much that a unit's mean can be relied on:
ICC(1) and ICC(2). And the people of a unit must say about the same, where the score is meant as something that they
share. The verdict is a fixed rule on the intervals of both, so that few units cannot be luckier than many.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from exkit.errors import ExkitError, need_columns
from exkit.measures.agreement import HIGH
from exkit.measures.raters import TARGET
from exkit.result import COLUMNS, group_columns, result

VERDICTS = ("justified", "weak", "not_justified", "unknown")
LACKING = 0.50
"""Agreement below which people are said not to agree."""
BESIDE = ("level", "k", "n_units", "n_organisations", "at")
"""What a row tells of the reliability that it rests on."""


def aggregation(reliability: pd.DataFrame, agreement: pd.DataFrame) -> pd.DataFrame:
    """Judge of each measure whether its unit scores are justified.

    Parameters
    ----------
    reliability
        A result of `ex.icc` or `ex.reliability`, or several below one another.
    agreement
        Results of `ex.agreement` of the same measures and wave, over all units. A measure that is not in it is judged
        by its reliability alone: a mean of customers does not say that they agree.

    Returns
    -------
    DataFrame
        A result, one row per measure: its `icc2` with all that belongs to it, and in `verdict` the first that holds:

        `unknown`: ICC(2) has no interval; `reason` says why (`reliability_unknown` where respondents were not
        supplied). `not_justified`: the interval of ICC(1) reaches 0, or that of the mean agreement lies wholly below
        .50. `justified`: the intervals of ICC(2) and of the mean agreement lie wholly at .70 or above. `weak`: neither.

        Agreement is the mean r_wg, of a scale r_wg(j), under the strictest null that was taken. Extras: `verdict`;
        `icc1`, `icc1_low`, `icc1_high`; `agreement`, `agreement_low`, `agreement_high` and its `null`, empty where it
        was not asked for or is not known; `level`, `k`, `n_units`, `n_organisations`, `at`.

    Raises
    ------
    ExkitError
        If these are not such results, if agreement is told apart by groups, or if both are of different waves.

    Notes
    -----
    .70 for ICC(2) and for agreement, and .50 as the end of weak agreement, are those of LeBreton & Senter (2008); that
    ICC(1) must differ from 0, that of Bliese (2000); that agreement is asked for only where the score is meant as
    shared, that of Chan (1998). They are conventions, used for estimates; here they are held against intervals.

    References
    ----------
    LeBreton & Senter (2008), Organ. Res. Methods 11, 815-852; Bliese (2000), in Klein & Kozlowski, Multilevel theory,
    research and methods in organizations, 349-381; Chan (1998), J. Appl. Psychol. 83, 234-246; Woehr, Loignon, Schmidt,
    Loughry & Ohland (2015), Organ. Res. Methods 18, 704-737, for how they are used.

    Examples
    --------
    >>> interval = {"conf_low": [0.1, 0.74], "conf_high": [0.3, 0.9]}
    >>> icc = result(x="voice", effect=["icc1", "icc2"], estimate=[0.2, 0.8], **interval)
    >>> r_wg = result(x="voice", effect="r_wg", estimate=0.75, conf_low=0.71, conf_high=0.79, null="uniform")
    >>> aggregation(icc, r_wg)[["x", "effect", "estimate", "verdict", "agreement"]]
           x effect  estimate    verdict  agreement
    0  voice   icc2       0.8  justified       0.75
    """
    icc1, icc2 = _paired(reliability)
    shared = _strictest(agreement, icc2)
    rows = result(
        icc2[group_columns(icc2)], **icc2[COLUMNS], verdict="", **_interval(icc1, "icc1"),
        **_interval(shared, "agreement"), null=shared["null"].fillna(""), **icc2[[c for c in BESIDE if c in icc2]],
    )  # fmt: skip
    # Where agreement is not asked for, it is no condition.
    at_least = rows["agreement_low"].where(icc2["x"].isin(agreement["x"]), 1.0)
    holds = [
        rows["conf_low"].isna(),
        (rows["icc1_low"] <= 0) | (rows["agreement_high"] < LACKING),
        (rows["conf_low"] >= TARGET) & (at_least >= HIGH),
    ]
    return rows.assign(verdict=np.select(holds, ["unknown", "not_justified", "justified"], "weak"))


def _paired(reliability: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take ICC(1) and ICC(2) of each measure, in the same order."""
    need_columns(reliability, *COLUMNS, where="the reliabilities")
    both = [reliability[reliability["effect"] == effect].reset_index(drop=True) for effect in ("icc1", "icc2")]
    if both[0].empty or not both[0]["x"].equals(both[1]["x"]):
        raise ExkitError("Give the reliabilities as ex.icc or ex.reliability returns them: icc1 and icc2 of a measure.")
    return both[0], both[1]


def _strictest(agreement: pd.DataFrame, icc2: pd.DataFrame) -> pd.DataFrame:
    """Take the agreement on each measure under its strictest null; empty for a measure without."""
    need_columns(agreement, *COLUMNS, where="the agreement")
    if groups := group_columns(agreement):
        raise ExkitError(f"Agreement is by {', '.join(groups)}. Give that of all units: ex.agreement(tally).")
    rows = agreement[agreement["effect"].isin(["r_wg", "r_wg_j"])].sort_values("estimate", kind="stable")
    rows = rows.drop_duplicates("x").set_index("x").reindex(icc2["x"]).reset_index()
    rows = rows.reindex(columns=[*COLUMNS, "null", "at"])
    waves = [set(frame["at"].dropna()) for frame in (icc2.reindex(columns=rows.columns), rows)]
    if all(waves) and not waves[1] <= waves[0]:
        there, here = (", ".join(sorted(of)) for of in waves)
        raise ExkitError(f"Reliability is of wave {there}, agreement of wave {here}. Take both of one wave.")
    return rows


def _interval(rows: pd.DataFrame, name: str) -> dict[str, pd.Series]:
    """Name an estimate and the ends of its interval."""
    return {name: rows["estimate"], f"{name}_low": rows["conf_low"], f"{name}_high": rows["conf_high"]}
