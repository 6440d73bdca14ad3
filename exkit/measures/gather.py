"""All that is known of the units of a study, beside one measure of them.

Whether teams that score high on a scale also do well is asked of every outcome at once: what is on record in the table
`units`, and what their customers answered. A study may hold the people themselves or a table that was already summed
up by unit; here both become one units frame of one wave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from exkit.errors import ExkitError, need_choice, need_columns
from exkit.measures.tally import Tally, tally
from exkit.measures.teams import reliability
from exkit.measures.units import KEYS, measures, outcomes, per_unit, units

if TYPE_CHECKING:
    from exkit.measures.team_scores import TeamScores
    from exkit.survey.codebook import Variable
    from exkit.survey.study import Study

ASKED = ("recommend", "outcome", "")
"""Roles of what customers answered: no names, no groups."""


@dataclass(frozen=True)
class Gathered:
    """The units of a study in one wave, with every measure that is known of them.

    Attributes
    ----------
    units
        A units frame, see `ex.units`.
    unweighted
        The same with unweighted means, from which reliability is estimated.
    x
        The measure that units are held apart by.
    outcomes
        The measures that x is held against: those asked for, else all others, those on record first.
    points
        Those of them that are an NPS.
    """

    units: pd.DataFrame
    unweighted: pd.DataFrame
    x: str
    outcomes: list[str]
    points: list[str]

    @property
    def asked(self) -> list[str]:
        """Name x, and every outcome that people answered."""
        return [self.x, *(m for m in self.outcomes if f"{m}_n" in self.unweighted)]

    @property
    def level(self) -> str:
        """Say around what units are compared: the mean of their organisation where there are several, else of all."""
        several = "organisation" in self.unweighted and self.unweighted["organisation"].nunique() > 1
        return "within" if several else "pooled"

    def reliability(self, m: str, *, level: str, ci: float) -> pd.DataFrame:
        """Estimate ICC(1) and ICC(2) of one measure."""
        return reliability(self.unweighted, m, level=level, ci=ci)


def gather(
    study: Study, x: str, *, y: str | Sequence[str] = (), beside: Sequence[str] = (), wave: str = ""
) -> Gathered:
    """Bring together what is known of the units of a study.

    Parameters
    ----------
    study
        An opened dataset.
    x
        A scale or a question put to people, or an outcome of the table `units`.
    y
        What x is held against, likewise: one name or several. All outcomes, if not given.
    beside
        Further columns of the table `units`, groups or controls, as they stand there; an empty name is none.
    wave
        The wave; the last one in which x was asked, if empty.

    Returns
    -------
    Gathered
        Of that wave, x and all outcomes: from the table `units` what `ex.outcomes` takes; from the customers every
        question with a scale from low to high, as the NPS where the codebook has cut-offs for it, else as the mean. A y
        that was not asked, or not in that wave, is there without values.

    Raises
    ------
    ExkitError
        If there is no such measure, column or wave, if nobody's unit is known, or if x is all that is known of them.
    """
    questions = [v for v in _questions(study) if x not in (v.name, f"{v.table}.{v.name}")]
    first, wanted = measured(study, x), [measured(study, name) for name in ([y] if isinstance(y, str) else y)]
    x, asked = _names(first)[0], [m for part in wanted for m in _names(part)]
    wave, columns = chosen_wave(first, wave), [name for name in beside if name]
    others = [*(wanted or _beside(study, x, questions)), *_columns(study, columns)]
    parts = [at_wave(part, wave) for part in (first, *others) if is_of_wave(part, wave)]
    of = {m: "nps" for part in parts[1:] if isinstance(part, Tally) for m in measures(part) if m in _scored(questions)}
    joined = _with(units(*parts, of=of), [*asked, *columns])
    found = asked or [m for m in _names(joined) if m not in (x, *columns)]
    if not found:
        raise ExkitError(f"Of these units only '{x}' is known. Give a table 'units' or 'customers' with outcomes.")
    unweighted = _with(units(*_unweighted(parts, of)), [*asked, *columns])
    return Gathered(joined, unweighted, x, found, [m for m in found if of.get(m) == "nps"])


def reliabilities(teams: Gathered | TeamScores, *, level: str = "", ci: float = 0.95) -> pd.DataFrame:
    """Estimate ICC(1) and ICC(2) of every measure that people answered.

    Parameters
    ----------
    teams
        The units of a study, of `ex.gather` or `ex.team_scores`.
    level
        `pooled` or `within`, see `ex.reliability`. If empty, within organisations, as it belongs to links within
        organisations; pooled where there are no several.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        What `ex.reliability` gives of each measure, unweighted, one below the other.
    """
    level = level or teams.level
    return pd.concat([teams.reliability(m, level=level, ci=ci) for m in teams.asked], ignore_index=True)


def _questions(study: Study) -> list[Variable]:
    """List what customers were asked on a scale, as far as one knows whose customers they are."""
    if "customers" not in study.tables or "unit" not in study.people("customers"):
        return []
    asked = [v for v in study.codebook.variables("customers") if v.role in ASKED and v.type in ("whole", "number")]
    return [v for v in asked if v.low is not None and v.high is not None]


def _scored(questions: list[Variable]) -> set[str]:
    """Name the questions of which there is an NPS."""
    return {name for v in questions if v.promoter_from is not None for name in (v.name, f"{v.table}.{v.name}")}


def measured(study: Study, x: str) -> Tally | pd.DataFrame:
    """Take one measure of the units, whether people were asked or it is on record."""
    on_record = [v.name for v in study.codebook.variables("units") if x in (v.name, f"units.{v.name}")]
    return outcomes(study, on_record) if on_record else tally(study, x)


def _names(part: Tally | pd.DataFrame) -> list[str]:
    """Name the measures of a part."""
    if isinstance(part, Tally):
        return measures(part)
    return [m for m in part if m not in KEYS and not m.endswith(("_n", "_sd"))]


def _columns(study: Study, names: list[str]) -> list[pd.DataFrame]:
    """Take columns of the table `units` as they stand, if any are wanted."""
    if not names:
        return []
    table = study.people("units")
    need_columns(table, *names, where="units")
    return [table[[*(key for key in KEYS if key in table and key not in names), *names]]]


def _with(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Add columns without values for what nobody was asked in this wave."""
    return frame.assign(**{name: float("nan") for name in names if name not in frame})


def _beside(study: Study, x: str, questions: list[Variable]) -> Iterator[Tally | pd.DataFrame]:
    """Take what else is known of the units."""
    if "units" in study.tables:
        yield outcomes(study).drop(columns=[x, f"{x}_n", f"{x}_sd"], errors="ignore")
    if questions:
        yield tally(study, [f"{v.table}.{v.name}" for v in questions])


def _waves(part: Tally | pd.DataFrame) -> list[str]:
    """List the waves of a part, in order; none where it has none."""
    frames = [part.counts, *(block.keys for block in part.scores.values())] if isinstance(part, Tally) else [part]
    return sorted({wave for frame in frames if "wave" in frame for wave in frame["wave"].dropna()})


def chosen_wave(first: Tally | pd.DataFrame, wave: str) -> str:
    """Name the wave that is meant: the last, unless one is named."""
    there = _waves(first)
    if wave and there:
        need_choice(wave, there, what="wave")
    return wave if wave or not there else there[-1]


def is_of_wave(part: Tally | pd.DataFrame, wave: str) -> bool:
    """Tell whether a part has the wave that is meant; one without waves belongs to any."""
    there = _waves(part)
    return not wave or not there or wave in there


def at_wave(part: Tally | pd.DataFrame, wave: str) -> Tally | pd.DataFrame:
    """Take one wave of a part; the last where none is meant."""
    there = _waves(part)
    if isinstance(part, Tally):
        return part.at(wave=wave) if there else part
    return part[part["wave"] == (wave or there[-1])] if there else part


def _unweighted(parts: list[Tally | pd.DataFrame], of: Mapping[str, str]) -> Iterator[pd.DataFrame]:
    """Give the parts as frames, answers counting alike."""
    for part in parts:
        if isinstance(part, Tally):
            yield from (per_unit(part, m, of=of.get(m, "mean"), weighted=False) for m in measures(part))
        else:
            yield part
