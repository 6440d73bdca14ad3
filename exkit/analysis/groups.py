"""Groups of units, ready to be asked whether they differ.

Groups are made once, by the quantiles of a measure over all units or by a column that the units have, and then asked
one question each: how far apart are two of them (`two_groups`), and do all of them differ (`anova`). These are the
tests of the textbooks, so that what others published can be worked out again. They take every unit for an independent
draw: organisations are unknown to them. Where units belong to organisations, `ex.quarters` and `ex.jonckheere` are the
ones to rest a conclusion on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from exkit.errors import ExkitError, need_choice, need_columns
from exkit.measures.units import DUST, KEYS
from exkit.result import result

SIDES = ("level_mean", "level_sd", "level_n", "reference_mean", "reference_sd", "reference_n")
"""Extras that describe the two groups of a comparison."""

Figures = dict[str, object]
"""Columns of one result row."""


@dataclass(frozen=True)
class Groups:
    """The values of one outcome in groups of units.

    Attributes
    ----------
    values
        An array per group that has units, in the order of the groups.
    about
        What every result row says: `y`, `n`, `n_smallest`, `n_organisations`, `at`.
    reason
        Why they cannot be compared, if so.
    """

    values: list[np.ndarray]
    about: Figures
    reason: str


def quantile_groups(units: pd.DataFrame, x: str, *, into: int = 4) -> pd.DataFrame:
    """Divide units by the quantiles of a measure over all units, whatever their organisation.

    Parameters
    ----------
    units
        One row per unit of one wave.
    x
        The measure.
    into
        Number of groups: 4 for quarters.

    Returns
    -------
    DataFrame
        The units that have x, with the column `{x}_group`, an ordered category from 1 (lowest) to `into`. The cuts are
        quantiles of type 7 (linear, as numpy and R's default); a unit exactly on a cut is below it. Ties therefore make
        groups of unequal size, and may leave one empty: nobody is placed by name.

    Raises
    ------
    ExkitError
        If there is no such measure, or fewer than two groups are asked for.

    See Also
    --------
    exkit.analysis.quarters.quarters : quarters within organisations, by rank.

    References
    ----------
    Hyndman & Fan (1996), Am. Stat. 50, 361-365.

    Examples
    --------
    >>> teams = pd.DataFrame({"unit": list("abcdef"), "voice": [3, 1, 2, 2, 5, 4]})
    >>> quantile_groups(teams, "voice", into=2)["voice_group"].tolist()
    [2, 1, 1, 1, 2, 2]
    """
    need_columns(units, x, where="the units")
    if into < 2:
        raise ExkitError(f"Units are divided into two groups or more, not {into}.")
    known = units[np.isfinite(_numbers(units, x))]
    cuts = np.quantile(known[x], np.arange(1, into) / into) if len(known) else np.zeros(into - 1)
    group = np.searchsorted(cuts, known[x], side="left") + 1
    return known.assign(**{f"{x}_group": pd.Categorical(group, categories=range(1, into + 1), ordered=True)})


def by_outcome(
    units: pd.DataFrame,
    figures: Callable[[list[np.ndarray]], Figures],
    *,
    y: str | Sequence[str],
    between: str,
    effect: str,
    extras: Sequence[str],
    pair: tuple[object, object] | None = None,
) -> pd.DataFrame:
    """Ask one question of every outcome: a result, one row each.

    Parameters
    ----------
    units, y, between
        As in `ex.t_test`.
    figures
        From the values of the groups to the columns of a row, or its `reason`.
    effect, extras
        Name of the statistic; names of the columns behind it.
    pair
        The two groups that are compared; all groups that have units if not given.

    Returns
    -------
    DataFrame
        A result, with the group columns `level` and `reference` for a pair.
    """
    asked = list(_asked(units, [y] if isinstance(y, str) else list(y), between, pair))
    rows = [group.about | ({"reason": group.reason} if group.reason else figures(group.values)) for group in asked]
    found = pd.DataFrame(rows)
    found = found.reindex(columns=list(dict.fromkeys([*found, *extras])))
    sides = pd.DataFrame([list(map(str, pair))] * len(found), columns=["level", "reference"]) if pair else None
    return result(sides, x=between, effect=effect, between=between, cluster="unit", **found)


def _asked(units: pd.DataFrame, ys: list[str], between: str, pair: tuple[object, object] | None) -> Iterator[Groups]:
    """Give the groups of every outcome: the two that are asked for, in that order, or all that have units."""
    known = between in units or between not in KEYS
    need_columns(units, *ys, *([between] if known else []), where="the units")
    waves = units["wave"].unique() if "wave" in units else [""]
    kind = pd.Categorical(units[between] if known else [""] * len(units))
    for level in pair or () if known else ():
        need_choice(level, list(kind.categories), what=between)
    refused = "several_waves" if len(waves) > 1 else "" if known else "not_asked"
    for y in ys:
        rows = units.assign(kind=kind, value=_numbers(units, y))
        rows = rows[np.isfinite(rows["value"]) & rows["kind"].isin(pair or kind.categories) & (refused == "")]
        parts = [rows[rows["kind"] == one] for one in pair or kind.categories]
        parts = [part for part in parts if pair or len(part)]
        about = {
            "y": y, "n": len(rows), "n_smallest": _smallest(parts, f"{y}_n"),
            "n_organisations": rows["organisation"].nunique() if "organisation" in rows else 0,
            "at": waves[0] if len(waves) == 1 else "",
        }  # fmt: skip
        values = [part["value"].to_numpy() for part in parts]
        yield Groups(values, about, refused or _reason(values))


def _numbers(units: pd.DataFrame, name: str) -> np.ndarray:
    """Take a measure as numbers."""
    if not pd.api.types.is_numeric_dtype(units[name]):
        raise ExkitError(f"'{name}' is not a measure of the units: it holds text, not numbers.")
    return units[name].to_numpy(float, na_value=np.nan)


def _smallest(parts: list[pd.DataFrame], people: str) -> int:
    """Count the smallest group: its people where they are known, else its units; never more than all units."""
    sizes = [part[people].sum() if people in part else len(part) for part in parts]
    return int(min([*sizes, sum(map(len, parts))]))


def _reason(values: list[np.ndarray]) -> str:
    """Say why groups cannot be compared, if so."""
    if not any(map(len, values)):
        return "no_answers"
    if len(values) < 2 or min(map(len, values)) < 2:
        return "too_few_units"
    return "" if vary(np.concatenate(values)) else "constant"


def vary(values: np.ndarray) -> bool:
    """Tell whether values differ by more than binary fractions do.

    Parameters
    ----------
    values
        At least one.

    Returns
    -------
    bool
        Whether they do.
    """
    return np.ptp(values) > DUST * np.abs(values).max()


def sides(values: list[np.ndarray]) -> Figures:
    """Describe the two groups that are compared.

    Parameters
    ----------
    values
        Of either group.

    Returns
    -------
    dict
        The columns `SIDES`.
    """
    named = zip(("level", "reference"), values, strict=True)
    return {
        f"{side}_{name}": number
        for side, own in named
        for name, number in {"mean": own.mean(), "sd": own.std(ddof=1), "n": len(own)}.items()
    }


def tails(ci: float) -> np.ndarray:
    """Give the probability of a statistic at most as high as the one found, at the lower and at the upper bound.

    Parameters
    ----------
    ci
        Confidence level.

    Returns
    -------
    ndarray
        Two probabilities, the higher one first.
    """
    return np.array([1 + ci, 1 - ci]) / 2
