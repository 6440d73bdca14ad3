"""The units frame: people become units, one row per unit and wave.

For every measure `m` it has a column `m`, the unit's value; where people stand behind it, `m_n`, how many answered, and
`m_sd`, how much they differ. From here on it does not matter whether a study held people or a table that was already
summed up by unit: everything said about units needs no more than this frame, and does with less where less is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.errors import ExkitError, need_choice, need_columns
from exkit.measures.answers import answers, nobody, values
from exkit.measures.tally import Tally

if TYPE_CHECKING:
    from exkit.survey.codebook import Variable
    from exkit.survey.study import Study

KEYS = ["wave", "sector", "organisation", "unit"]
"""The key columns of a units frame, as far as they are known."""
DUST = 1e-12
"""What binary fractions leave of zero, as a part of the whole."""


def units(*parts: Tally | pd.DataFrame, of: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Bring measures of the same units together, whoever they were asked of.

    Parameters
    ----------
    parts
        Tallies, each question and scale of which becomes a measure, and frames that have one row per unit (and wave):
        from `ex.outcomes`, or of one's own. Units are joined by `unit` and `wave`; one that a part lacks has no value
        there. A part without waves belongs to the one wave of the others.
    of
        The statistic of a question, where it is not `mean`, the mean answer: {"recommend": "nps"} for the NPS in
        points, `favourable` for the favourable share. A scale has the mean of its scores.

    Returns
    -------
    DataFrame
        `wave`, `sector`, `organisation`, `unit` as far as known, all text, in that order and sorted. Per measure `m`:
        `m`, the mean over the unit's valid answers, weighted where the study declares weights; `m_n`, the number of
        valid answers, unweighted; `m_sd`, how much people of the unit differ, in units of `m` (points for an NPS), so
        that `m_sd`² / `m_n` is the sampling variance of `m`. Without weights that is their standard deviation, n-1;
        weights make a mean less sure, and multiply it by √(n Σw² / (Σw)²), Kish's factor of the unit's own weights.
        Answers of people without a unit are left out.

    Raises
    ------
    ExkitError
        If there are no units, if two parts have a measure of the same name, if a unit stands twice in one part or in
        two organisations or sectors at once, or if parts have different waves and one of them has none.

    Examples
    --------
    >>> staff = pd.DataFrame({"unit": ["a", "b"], "voice": [3.2, 4.0], "voice_n": [12, 9], "voice_sd": [0.8, 0.6]})
    >>> profit = pd.DataFrame({"unit": ["b", "c"], "profit": [1.5, 2.5]})
    >>> units(staff, profit)
      unit  voice  voice_n  voice_sd  profit
    0    a    3.2     12.0       0.8     NaN
    1    b    4.0      9.0       0.6     1.5
    2    c    NaN      NaN       NaN     2.5
    """
    if not parts:
        raise ExkitError("There is nothing to make units of: give a tally or a frame with one row per unit.")
    asked = [name for part in parts if isinstance(part, Tally) for name in measures(part)]
    for name in of or {}:
        need_choice(name, asked, what="question")
    frames = [frame for part in parts for frame in _frames(part, of or {})]
    return _joined(_in_one_wave(frames))


def outcomes(study: Study, names: Sequence[str] | None = None) -> pd.DataFrame:
    """Take the outcomes of a study's units, as they stand in its table `units`: profit, exits, absence, results.

    Parameters
    ----------
    study
        An opened dataset with a table `units`.
    names
        Which of them; all if not given. An outcome is a variable with the role `outcome`, or one that the codebook
        gives an `n_column` or `sd_column`: a survey that comes already summed up by unit.

    Returns
    -------
    DataFrame
        A units frame. An outcome with `per` in the codebook is divided by that column (profit per head), and missing
        where that is 0, negative or missing. `n_column` and `sd_column` become `m_n` and `m_sd`.

    Raises
    ------
    ExkitError
        If there is no such table or outcome, or a column that the codebook names is not there.
    """
    table = study.people("units")
    there = {v.name: v for v in study.codebook.variables("units") if v.role == "outcome" or v.n_column or v.sd_column}
    for name in names or []:
        need_choice(name, there, what="outcome")
    if "unit" not in table:
        raise ExkitError(
            "The table 'units' does not say whose its rows are. Give a column the role 'unit' in the codebook."
        )
    columns = {key: table[key] for key in KEYS if key in table}
    for name in there if names is None else names:
        columns |= _outcome(table, there[name])
    return _sound(pd.DataFrame(columns))


def _outcome(table: pd.DataFrame, variable: Variable) -> dict[str, pd.Series]:
    """Give the columns of one outcome."""
    name, beside = variable.name, {"n": variable.n_column, "sd": variable.sd_column}
    need_columns(table, name, *filter(None, [variable.per, *beside.values()]), where="units")
    value = table[name] / table[variable.per].where(table[variable.per] > 0) if variable.per else table[name]
    return {name: value} | {f"{name}_{what}": table[column] for what, column in beside.items() if column}


def measures(tally: Tally) -> list[str]:
    """List what a tally can say of a unit: its questions and its scales."""
    return [*tally.definitions["variable"].unique(), *tally.scores]


def the_measure(tally: Tally, x: str | None) -> str:
    """Name the question or scale that is meant: the only one where none is named."""
    there = measures(tally)
    if x is None and len(there) != 1:
        raise ExkitError(f"Say which question is meant with x: {', '.join(there) or 'the tally has none'}.")
    need_choice(x or there[0], there, what="question")
    return x or there[0]


def per_unit(tally: Tally, x: str, *, of: str = "mean", unit: str = "unit", weighted: bool = True) -> pd.DataFrame:
    """Sum up one question or scale per unit and wave.

    Parameters
    ----------
    tally
        Counts of answers.
    x
        One of its `measures`.
    of
        The value of an answer: `mean`, `nps` or `favourable`.
    unit
        The key that says the unit: `unit`, or `organisation` to take organisations for units.
    weighted
        Whether weights count, in the mean and in how sure it is.

    Returns
    -------
    DataFrame
        A units frame of one measure; its column `unit` holds the values of that key.
    """
    if unit not in tally.keys:
        raise ExkitError(f"These {tally.table} have no {unit}. Give a column the role '{unit}' in the codebook.")
    sums = _sums(tally, x, of)
    by = [key for key in ("wave", unit) if key in sums]
    groups = sums.groupby(by, observed=True, sort=True)
    total = groups[["n", "w", "w2", "y", "yy", "wy"]].sum()
    n, w, value = total["n"], total["w"].where(total["w"] > 0), total["y"] / total["n"]
    variance = (total["yy"] - total["y"] * value) / (n - 1).where(n > 1)
    variance = variance.mask(variance <= DUST * (1 + value**2), 0.0)
    if weighted:
        value, variance = total["wy"] / w, variance * n * total["w2"] / w**2
    above = groups[[key for key in ("sector", "organisation") if key in sums and key != unit]].first()
    frame = above.assign(**{x: value, f"{x}_n": n.astype(float), f"{x}_sd": np.sqrt(variance)})
    return _sound(frame.reset_index().rename(columns={unit: "unit"}))


def _sums(tally: Tally, x: str, of: str) -> pd.DataFrame:
    """Sum a value per key: y and y², unweighted, and y, weighted, beside people, weights and squared weights."""
    if x in tally.scores:
        if of != "mean":
            raise ExkitError(f"'{x}' is a scale: of it there is the mean score, no {of}.")
        block = tally.scores[x]
        return block.keys.assign(y=block.sums[0, :, 0], yy=block.products[0, :, 0, 0], wy=block.sums[1, :, 0])
    if nobody(tally, x):
        return tally.counts.iloc[:0].assign(y=0.0, yy=0.0, wy=0.0)
    counts, _ = answers(tally, x, by=[key for key in ("wave",) if key in tally.keys])
    y = values(counts, of)
    return counts.assign(y=counts["n"] * y, yy=counts["n"] * y**2, wy=counts["w"] * y)


def _frames(part: Tally | pd.DataFrame, of: Mapping[str, str]) -> list[pd.DataFrame]:
    """Give a part as units frames: one for each measure of a tally."""
    if isinstance(part, Tally):
        return [per_unit(part, x, of=of.get(x, "mean")) for x in measures(part)]
    return [_sound(part)]


def _sound(frame: pd.DataFrame) -> pd.DataFrame:
    """Put the keys in front, as text; leave out rows without a unit, and refuse a unit that is there twice."""
    need_columns(frame, "unit", where="the units")
    frame = frame[frame["unit"].notna()]
    keys = [key for key in KEYS if key in frame]
    frame = frame.assign(**{key: frame[key].astype("str") for key in keys})
    at = [key for key in ("wave", "unit") if key in keys]
    twice = frame[frame.duplicated(at, keep=False)]
    if len(twice):
        raise ExkitError(
            f"Unit '{twice['unit'].iloc[0]}' is there more than once{' in one wave' if 'wave' in keys else ''} "
            f"({len(twice)} such rows). A units frame has one row per unit and wave.",
            rows=twice,
        )
    return frame[[*keys, *(column for column in frame if column not in keys)]].reset_index(drop=True)


def _in_one_wave(frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Give parts without waves the wave of the others."""
    waves = sorted({wave for frame in frames if "wave" in frame for wave in frame["wave"].dropna()})
    if not waves or all("wave" in frame for frame in frames):
        return frames
    if len(waves) > 1:
        raise ExkitError(f"One part has waves ({', '.join(waves)}) and another has none. Take one wave of the first.")
    return [frame.assign(wave=frame.get("wave", waves[0])) for frame in frames]


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Lay units frames side by side."""
    _refuse_namesakes(frames)
    at = [key for key in ("wave", "unit") if key in frames[0]]
    places = [_place(frames, at, key) for key in ("sector", "organisation") if any(key in frame for frame in frames)]
    own = [frame.set_index(at).drop(columns=["sector", "organisation"], errors="ignore") for frame in frames]
    joined = pd.concat([*places, *own], axis="columns", join="outer").sort_index().reset_index()
    return _sound(joined)


def _place(frames: list[pd.DataFrame], at: list[str], key: str) -> pd.Series:
    """Look up the sector or organisation of each unit in all parts, which must agree."""
    said = pd.concat([frame[[*at, key]] for frame in frames if key in frame]).dropna(subset=[key]).drop_duplicates()
    torn = said[said.duplicated(at, keep=False)]
    if len(torn):
        unit = torn["unit"].iloc[0]
        names = " and ".join(f"'{name}'" for name in torn.loc[torn["unit"] == unit, key].unique())
        raise ExkitError(f"Unit '{unit}' is in {names} at once. Give each {key} units of its own.", rows=torn)
    return said.set_index(at)[key]


def _refuse_namesakes(frames: list[pd.DataFrame]) -> None:
    """Refuse two parts with a measure of one name."""
    names = pd.Series([column for frame in frames for column in frame if column not in KEYS], dtype="str")
    twice = names[names.duplicated()]
    if len(twice):
        name = twice.iloc[0]
        raise ExkitError(
            f"Two parts have a column '{name}'. Name them apart: make a frame of one part, ex.units(part), and rename "
            f"what it has of '{name}' before they are joined."
        )
