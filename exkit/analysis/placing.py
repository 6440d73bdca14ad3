"""Which units are the top quarter of their organisation, and which the bottom quarter?

Quarters are made within each organisation, by rank: quarters across organisations would mostly tell sectors apart. An
organisation enters with at least eight units that have both measures; what does not enter is counted, not hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from exkit.errors import ExkitError, need_columns
from exkit.measures.units import KEYS

LEAST = 8
"""Units that an organisation needs, so that a quarter is two of them."""


@dataclass(frozen=True)
class Placed:
    """The units of one group that entered, each with its quarter.

    Attributes
    ----------
    key
        Values of the group columns, then the names of x and y.
    units
        Columns `organisation`, `unit`, `x`, `y`, `people` (who answered x or y, the fewer of them; NaN where neither is
        known) and `quarter` (1 the bottom, 4 the top), one row per unit.
    about
        Extras of every result row: `n_units` and `n_organisations` that entered, `n_left_out` organisations,
        `n_without_organisation` units, `ties`; and `at`, the wave.
    reason
        Why there are no quarters, if so: `not_asked`, `several_waves`, `no_answers`, `constant` or `too_few_units`.
    """

    key: dict[str, object]
    units: pd.DataFrame
    about: dict[str, int | str]
    reason: str

    @property
    def cluster(self) -> str:
        """What is sampled: organisations, or the units of a single one."""
        return "organisation" if self.about["n_organisations"] > 1 else "unit"


def place(units: pd.DataFrame, *, x: str | Sequence[str], y: str | Sequence[str], by: Sequence[str]) -> list[Placed]:
    """Place units in the quarters of their organisation, for each group and each pair of measures.

    Parameters
    ----------
    units
        One row per unit (and wave): `unit`, `organisation` if there are several, x, y and the columns of `by`.
    x, y
        Names of measures: units are ranked by x.
    by
        Group columns.

    Returns
    -------
    list of Placed
        Groups, then x, then y. The ⌊m/4⌋ lowest and highest of m units are the quarters 1 and 4, and the halves of
        what lies between 2 and 3. Equal values are put in the order of the units' names; `ties` counts the units whose
        place in or out of quarter 1 or 4 was decided so. An organisation in which quarters 1 and 4 share a
        value of x has no quarters, and is left out.

    Raises
    ------
    ExkitError
        If a column is not there, or a measure is not numeric.
    """
    xs, ys = ([names] if isinstance(names, str) else list(names) for names in (x, y))
    need_columns(units, "unit", *xs, *ys, *(key for key in by if key not in KEYS), where="the units")
    for name in (*xs, *ys):
        if not pd.api.types.is_numeric_dtype(units[name]):
            raise ExkitError(f"'{name}' is not a measure of the units: it holds text, not numbers.")
    return [
        _placed(part, {**group, "x": one, "y": other})
        for group, part in _groups(units, by)
        for one, other in product(xs, ys)
    ]


def _groups(units: pd.DataFrame, by: Sequence[str]) -> Iterator[tuple[dict[str, object], pd.DataFrame]]:
    """Split units by the group columns; where the data have no such groups there is one, of which nothing is known."""
    if not by or units.empty or not set(by) <= set(units):
        yield dict.fromkeys(by, ""), units
        return
    for name, part in units.groupby(list(by), dropna=False, observed=True):
        yield dict(zip(by, name, strict=True)), part


def _placed(part: pd.DataFrame, key: dict[str, object]) -> Placed:
    """Place the units of one group by one measure."""
    waves = part["wave"].astype("string").fillna("").unique() if "wave" in part else [""]
    refused = "several_waves" if len(waves) > 1 else "" if set(key) <= {*part, "x", "y"} else "not_asked"
    part = part.iloc[:0] if refused else part
    every = pd.DataFrame({"x": part[key["x"]].astype(float), "y": part[key["y"]].astype(float), "unit": part["unit"]})
    every = every.assign(organisation=part.get("organisation", ""), people=_people(part, key)).reset_index(drop=True)
    both = every[np.isfinite(every[["x", "y"]]).all(axis="columns")]
    ranked = _ranked(both.dropna(subset="organisation"))
    entered = ranked[ranked["enters"]].drop(columns="enters").reset_index(drop=True)
    about = {
        "n_units": len(entered),
        "n_organisations": entered["organisation"].nunique(),
        "n_left_out": every["organisation"].nunique() - entered["organisation"].nunique(),
        "n_without_organisation": int(both["organisation"].isna().sum()),
        "ties": int(entered.pop("tied").sum()),
        "at": waves[0] if len(waves) == 1 else "",
    }
    return Placed(key, entered, about, refused or _reason(ranked, entered))


def _people(part: pd.DataFrame, key: dict[str, object]) -> pd.Series | float:
    """Count who answered, per unit, for the measure that fewer people answered."""
    counts = [f"{key[m]}_n" for m in ("x", "y") if f"{key[m]}_n" in part]
    return part[counts].min(axis="columns") if counts else np.nan


def _ranked(both: pd.DataFrame) -> pd.DataFrame:
    """Rank units by x within their organisation: `quarter`, `tied`, and whether the organisation `enters`."""
    ranked = both.sort_values(["organisation", "x", "unit"], ignore_index=True)
    home = ranked.groupby("organisation", sort=False)["x"]
    place, m = home.cumcount(), home.transform("size").astype(int)
    k = m // 4
    quarter = 1 + (place >= k) + (2 * place >= m) + (place >= m - k)
    low, high = _edges(ranked, quarter == 1), _edges(ranked.assign(x=-ranked["x"]), quarter == 4)
    at_low, at_high = low.eq(ranked["x"], axis="index"), high.eq(-ranked["x"], axis="index")
    tied = at_low.all(axis="columns") | at_high.all(axis="columns")
    return ranked.assign(quarter=quarter, tied=tied, enters=(m >= LEAST) & (low["inside"] < -high["inside"]))


def _edges(ranked: pd.DataFrame, lowest: pd.Series) -> pd.DataFrame:
    """Give per unit the two values at the edge of its organisation's lowest quarter: `inside` and `outside` it."""
    home = ranked["organisation"]
    inside = ranked["x"].where(lowest).groupby(home, sort=False).transform("max")
    outside = ranked["x"].mask(lowest).groupby(home, sort=False).transform("min")
    return pd.DataFrame({"inside": inside, "outside": outside})


def _reason(ranked: pd.DataFrame, entered: pd.DataFrame) -> str:
    """Say why there are no quarters, if so."""
    if ranked.empty:
        return "no_answers"
    if entered.empty:
        large = ranked.groupby("organisation")["x"].size().max() >= LEAST
        return "constant" if large else "too_few_units"
    varies = entered.groupby("organisation")["y"].nunique().max() > 1
    return "" if varies else "constant"
