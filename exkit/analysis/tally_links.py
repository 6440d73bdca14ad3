"""Do teams whose people answer one way have customers who answer the same way?

A link between what two surveys asked, straight from their tallies: each question becomes one score per team by its own
statistic, and the scores are correlated. Where a question was not put, or nobody's team is known, the row says so.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from exkit.analysis.linkage import correlate
from exkit.measures.answers import statistic_of
from exkit.measures.tally import NOBODY, Tally
from exkit.measures.units import the_measure, units
from exkit.result import result


def correlate_tallies(
    x: Sequence[Tally], *, y: Tally, ci: float = 0.95, n_boot: int = 2000, seed: int = 1
) -> pd.DataFrame:
    """Correlate the scores of teams on each of some questions with their scores on another.

    Parameters
    ----------
    x
        Tallies of one question each, of one wave: `ex.tally(study, "recommend_work").at(wave="2025")`.
    y
        A tally of the question that each is held against, of the same wave, mostly the customers'.
    ci, n_boot, seed
        As in `ex.correlate`.

    Returns
    -------
    DataFrame
        What `ex.correlate` gives, all teams taken together (`level` pooled), one row per tally of x in their order. A
        team's score is the NPS where the codebook has cut-offs for one, else the favourable share where it says what
        is favourable, else the mean; of each it names the question.

        Further reasons: `no_question` where x or y is not part of these data, `not_asked` where nobody's team is known.

    Raises
    ------
    ExkitError
        If a tally holds several questions.
    """
    of = the_measure(y, None)
    found = [_row(one, the_measure(one, None), y, of, ci=ci, n_boot=n_boot, seed=seed) for one in x]
    return pd.concat(found, ignore_index=True)


def _row(x: Tally, name: str, y: Tally, of: str, **how: float) -> pd.DataFrame:
    """Correlate one question with the other, or say which of the two lacks what."""
    reason = next((_lacking(part) for part in (x, y) if _lacking(part)), "")
    if reason:
        return result(x=name, y=of, effect="r", reason=reason, level="pooled")
    scores = units(x, y, of={name: statistic_of(x, name), of: statistic_of(y, of)})
    return correlate(scores, x=name, y=of, **how)


def _lacking(part: Tally) -> str:
    """Say what a tally lacks to speak of teams."""
    return "no_question" if part.table == NOBODY else "" if "unit" in part.keys else "not_asked"
