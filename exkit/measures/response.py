"""How many of those who were invited answered.

A response is counted, not estimated: it describes who is in the data, and has no margin. How many people were invited
stands in a column of `units`, or, of the last wave as a whole, in `study.yml`. Answers from units for which nobody
wrote down the invitations are left out of the response, and out of the response alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.result import result

if TYPE_CHECKING:
    from exkit.survey.study import Study


def response(study: Study, *, by: Sequence[str] = (), wave: str = "", invited: str = "invited") -> pd.DataFrame:
    """Count the response among employees.

    Parameters
    ----------
    study
        An opened dataset.
    by
        Group columns: `wave`, `sector`, `organisation` or `unit`.
    wave
        The last wave to count; all of them if empty.
    invited
        The column of `units` with the number of people invited.

    Returns
    -------
    DataFrame
        A result with effect `share` and `y` "response": `estimate` = answered / `n`, `n` the number invited; the extra
        `answered`. No interval. `reason` is `not_asked` where the number invited is not known, and `more_than_invited`
        where more people answered than were invited.

    Examples
    --------
    >>> import exkit as ex
    >>> response(ex.open("data/sample"), by=["wave"])[["wave", "answered", "n"]].tail(1)
       wave  answered      n
    3  2025      8193  12808
    """
    asked = _asked(study, invited)
    if asked is None or "employees" not in study.tables:
        return _unknown(by)
    answers, keys = study.people("employees"), [key for key in ("unit", "wave") if key in asked]
    if any(key not in frame for key in by for frame in (asked, answers)):
        return _unknown(by)
    answers = answers.merge(asked[keys], on=keys) if keys else answers
    asked, answers = _until(asked, wave), _until(answers, wave)
    counts = {
        "n": asked.groupby(_groups(asked, by))["invited"].sum(),
        "answered": answers.groupby(_groups(answers, by)).size(),
    }
    counted = pd.DataFrame(counts).fillna(0).astype(int)
    return _result(counted.reset_index(names=list(by) or ["all"]), by)


def _unknown(by: Sequence[str]) -> pd.DataFrame:
    """Give the row that says these data do not have the response."""
    groups = pd.DataFrame({key: [""] for key in by}, index=[0])
    return result(groups, y="response", effect="share", reason="not_asked", answered=0)


def _asked(study: Study, invited: str) -> pd.DataFrame | None:
    """List the numbers invited, per unit and wave or of the last wave; None where nobody wrote them down."""
    if invited in study.tables.get("units", ()):
        units = study.people("units")
        return units.assign(invited=units[invited]).dropna(subset="invited")
    if study.about["invited"] is None:
        return None
    known = {"invited": [study.about["invited"]]} | ({"wave": study.waves[-1:]} if study.waves else {})
    return pd.DataFrame(known)


def _until(rows: pd.DataFrame, wave: str) -> pd.DataFrame:
    """Take the rows up to and including a wave."""
    return rows[rows["wave"] <= wave] if wave and "wave" in rows else rows


def _groups(rows: pd.DataFrame, by: Sequence[str]) -> list:
    """Name the groups of rows; one where none is asked for."""
    return [rows[key] for key in by] or [pd.Series("", index=rows.index)]


def _result(counted: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Lay out counts as a result."""
    too_many, nobody = counted["answered"] > counted["n"], counted["n"] == 0
    share = (counted["answered"] / counted["n"].where(~nobody)).mask(too_many)
    reason = np.select([nobody, too_many], ["not_asked", "more_than_invited"], "")
    return result(counted[list(by)], y="response", effect="share", estimate=share, n=counted["n"], reason=reason,
                  answered=counted["answered"])  # fmt: skip
