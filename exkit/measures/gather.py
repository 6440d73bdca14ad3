"""All that is known of the units of a study, beside one measure of them.

Whether teams that score high on a scale also do well is asked of every outcome at once: what is on record in the table
`units`, and what their customers answered. A study may hold the people themselves or a table that was already summed
up by unit; here both become one units frame of one wave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from exkit.errors import ExkitError, need_choice
from exkit.measures.tally import Tally, tally
from exkit.measures.teams import reliability
from exkit.measures.units import KEYS, measures, outcomes, per_unit, units

if TYPE_CHECKING:
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
        All other measures, those on record first.
    points
        Those of them that are an NPS.
    """

    units: pd.DataFrame
    unweighted: pd.DataFrame
    x: str
    outcomes: list[str]
    points: list[str]


def gather(study: Study, x: str, *, wave: str = "") -> Gathered:
    """Bring together what is known of the units of a study.

    Parameters
    ----------
    study
        An opened dataset.
    x
        A scale or a question put to people, or an outcome of the table `units`.
    wave
        The wave; the last one in which x was asked, if empty.

    Returns
    -------
    Gathered
        Of that wave, x and all outcomes: from the table `units` what `ex.outcomes` takes; from the customers every
        question with a scale from low to high, as the NPS where the codebook has cut-offs for it, else as the mean.

    Raises
    ------
    ExkitError
        If there is no such measure or wave, if nobody's unit is known, or if x is all that is known of the units.
    """
    questions = [v for v in _questions(study) if x not in (v.name, f"{v.table}.{v.name}")]
    first = _measured(study, x)
    wave = _chosen(first, wave)
    parts = [_at(part, wave) for part in (first, *_beside(study, x, questions)) if _is_of(part, wave)]
    of = {m: "nps" for part in parts[1:] if isinstance(part, Tally) for m in measures(part) if m in _scored(questions)}
    joined = units(*parts, of=of)
    found = [m for m in joined if m not in KEYS and m != x and not m.endswith(("_n", "_sd"))]
    if not found:
        raise ExkitError(f"Of these units only '{x}' is known. Give a table 'units' or 'customers' with outcomes.")
    return Gathered(joined, units(*_unweighted(parts, of)), x, found, [m for m in found if of.get(m) == "nps"])


def reliabilities(gathered: Gathered, *, ci: float = 0.95) -> pd.DataFrame:
    """Estimate ICC(1) and ICC(2) of x and of every outcome that people answered.

    Parameters
    ----------
    gathered
        The units of a study.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        What `ex.reliability` gives of each measure, unweighted, one below the other: within organisations, as it
        belongs to links within organisations, or pooled where there are none.
    """
    frame = gathered.unweighted
    level = "within" if "organisation" in frame and frame["organisation"].nunique() > 1 else "pooled"
    answered = [m for m in (gathered.x, *gathered.outcomes) if m == gathered.x or f"{m}_n" in frame]
    return pd.concat([reliability(frame, m, level=level, ci=ci) for m in answered], ignore_index=True)


def _questions(study: Study) -> list[Variable]:
    """List what customers were asked on a scale, as far as one knows whose customers they are."""
    if "customers" not in study.tables or "unit" not in study.people("customers"):
        return []
    asked = [v for v in study.codebook.variables("customers") if v.role in ASKED and v.type in ("whole", "number")]
    return [v for v in asked if v.low is not None and v.high is not None]


def _scored(questions: list[Variable]) -> set[str]:
    """Name the questions of which there is an NPS."""
    return {name for v in questions if v.promoter_from is not None for name in (v.name, f"{v.table}.{v.name}")}


def _measured(study: Study, x: str) -> Tally | pd.DataFrame:
    """Take one measure of the units, whether people were asked or it is on record."""
    on_record = [v.name for v in study.codebook.variables("units") if x in (v.name, f"units.{v.name}")]
    return outcomes(study, on_record) if on_record else tally(study, x)


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


def _chosen(first: Tally | pd.DataFrame, wave: str) -> str:
    """Name the wave that is meant: the last, unless one is named."""
    there = _waves(first)
    if wave and there:
        need_choice(wave, there, what="wave")
    return wave if wave or not there else there[-1]


def _is_of(part: Tally | pd.DataFrame, wave: str) -> bool:
    """Tell whether a part has the wave that is meant; one without waves belongs to any."""
    there = _waves(part)
    return not wave or not there or wave in there


def _at(part: Tally | pd.DataFrame, wave: str) -> Tally | pd.DataFrame:
    """Take one wave of a part; the last where none is meant."""
    if isinstance(part, Tally):
        return part.at(wave=wave)
    there = _waves(part)
    return part[part["wave"] == (wave or there[-1])] if there else part


def _unweighted(parts: list[Tally | pd.DataFrame], of: Mapping[str, str]) -> Iterator[pd.DataFrame]:
    """Give the parts as frames, answers counting alike."""
    for part in parts:
        if isinstance(part, Tally):
            yield from (per_unit(part, m, of=of.get(m, "mean"), weighted=False) for m in measures(part))
        else:
            yield part
