"""The scores that people's answers give to a team: one scale, the other scales of the same people, and their customers.

Before anything is said of teams one asks of each of these whether it belongs to the team at all: `reliabilities` asks
whether teams differ, `agreements` whether the people of one team say the same. Where only a table summed up by unit is
at hand, both say that this is unknown, and it is told which of them could still be known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from exkit.measures.agreement import NOTHING, agreement
from exkit.measures.gather import at_wave, chosen_wave, is_of_wave, measured
from exkit.measures.reliability import alpha
from exkit.measures.tally import NOBODY, Tally, tally, unasked
from exkit.measures.teams import icc, reliability
from exkit.measures.units import measures, outcomes, per_unit
from exkit.result import result

if TYPE_CHECKING:
    from exkit.survey.study import Study


@dataclass(frozen=True)
class TeamScores:
    """Measures of the teams of a study in one wave, and where each comes from.

    Attributes
    ----------
    parts
        Per measure, in order: a tally of it, or a frame with one row per unit where nothing else is known.
    points
        Measures that are an NPS of teams; all others are means.
    customers
        The measure that customers gave; empty if none.
    """

    parts: dict[str, Tally | pd.DataFrame]
    points: list[str]
    customers: str

    @property
    def x(self) -> str:
        """Name the measure that was asked for."""
        return next(iter(self.parts))

    @property
    def asked(self) -> list[str]:
        """Name the measures, that one first."""
        return list(self.parts)

    @property
    def shared(self) -> list[str]:
        """Name the measures that are meant as something people of the team share: all but that of the customers."""
        return [m for m in self.parts if m != self.customers]

    @property
    def level(self) -> str:
        """Say around what units are compared: the mean of their organisation where there are several, else of all."""
        several = any(self.units(m).get("organisation", pd.Series()).nunique() > 1 for m in self.parts)
        return "within" if several else "pooled"

    def units(self, m: str) -> pd.DataFrame:
        """Give the units frame of one measure, unweighted; without rows where nobody's unit is known."""
        part = self.parts[m]
        if isinstance(part, pd.DataFrame):
            return part
        if "unit" not in part.keys or part.table == NOBODY:
            return pd.DataFrame({"unit": [], m: [], f"{m}_n": [], f"{m}_sd": []}, dtype=float)
        return per_unit(part, m, of=self._of(m), weighted=False)

    def reliability(self, m: str, *, level: str, ci: float) -> pd.DataFrame:
        """Estimate ICC(1) and ICC(2) of one measure."""
        part = self.parts[m]
        if isinstance(part, Tally):
            return icc(part, m, of=self._of(m), level=level, ci=ci)
        return reliability(part, m, level=level, ci=ci)

    def _of(self, m: str) -> str:
        """Say what the value of an answer is."""
        return "nps" if m in self.points else "mean"


def team_scores(study: Study, x: str, *, customers: str = "", wave: str = "") -> TeamScores:
    """Take from a study the scores of teams that people's answers make.

    Parameters
    ----------
    study
        An opened dataset.
    x
        A scale or a question put to people, or a column of the table `units`.
    customers
        The question put to customers, by role or name, or a column of the table `units`; none if empty.
    wave
        The wave; the last one in which x was asked, if empty.

    Returns
    -------
    TeamScores
        Of that wave: x; all other scales of the same people, or, where x is a column of the table `units`, all other
        columns there with a standard deviation beside them; and the customers' question, as the NPS where the codebook
        has cut-offs for it, else as the mean. A question that was not asked then is kept, and has nobody's answers.

    Raises
    ------
    ExkitError
        If there is no such measure or wave, with the nearest one.
    """
    first = measured(study, x)
    wave = chosen_wave(first, wave)
    own = _own_name(first, x)
    parts = {own: at_wave(first, wave)}
    parts |= {m: at_wave(part, wave) for m, part in _others(study, first, own).items() if is_of_wave(part, wave)}
    name = ""
    if customers:
        theirs = measured(study, customers)
        name = _own_name(theirs, customers)
        parts |= {name: at_wave(theirs, wave) if is_of_wave(theirs, wave) else unasked([name], by=())}
    return TeamScores(parts, [m for m, part in parts.items() if _has_cut_offs(part, m)], name)


def agreements(teams: TeamScores, *, ci: float = 0.95) -> pd.DataFrame:
    """Estimate how much the people of a team agree, for every measure.

    Parameters
    ----------
    teams
        The scores of teams, of `ex.team_scores`.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        What `ex.agreement` gives of each measure, one below the other; `reliability_unknown` where people's answers are
        not at hand. An NPS has the agreement of the marks that it is made of.
    """
    told = [
        agreement(part, m, ci=ci) if isinstance(part, Tally)
        else result(x=m, effect=["r_wg", "a_wg", "ad", "ad_median"], reason="reliability_unknown", **NOTHING)
        for m, part in teams.parts.items()
    ]  # fmt: skip
    return pd.concat(told, ignore_index=True)


def alphas(teams: TeamScores, *, ci: float = 0.95) -> pd.DataFrame:
    """Estimate Cronbach's α of every scale.

    Parameters
    ----------
    teams
        The scores of teams, of `ex.team_scores`.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        What `ex.alpha` gives of each scale, one below the other; one row `not_asked` where there is no scale.
    """
    scales = [(m, part) for m, part in teams.parts.items() if isinstance(part, Tally) and m in part.items]
    told = [alpha(part, m, ci=ci) for m, part in scales] or [result(x=teams.x, effect="alpha", reason="not_asked")]
    return pd.concat(told, ignore_index=True)


def _own_name(part: Tally | pd.DataFrame, x: str) -> str:
    """Name a measure as its answers, or its column, are named: no role, no table."""
    return measures(part)[0] if isinstance(part, Tally) else x.removeprefix("units.")


def _others(study: Study, first: Tally | pd.DataFrame, own: str) -> dict[str, Tally | pd.DataFrame]:
    """Take what else the same people were asked on a scale."""
    if isinstance(first, Tally):
        scales = {scale: study.codebook.items(scale)[0].table for scale in study.codebook.scales()}
        names = [scale for scale, table in scales.items() if table == first.table and scale != own]
        return dict.fromkeys(names, tally(study, names)) if names else {}
    names = [v.name for v in study.codebook.variables("units") if v.sd_column and v.name != own]
    return {name: outcomes(study, [name]) for name in names}


def _has_cut_offs(part: Tally | pd.DataFrame, m: str) -> bool:
    """Tell whether the codebook says who is a promoter."""
    if not isinstance(part, Tally) or "promoter_from" not in part.definitions:
        return False
    return bool(part.definitions.loc[part.definitions["variable"] == m, "promoter_from"].notna().any())
