"""How dates are written: as 2025-12-31, or in the one other way that `study.yml` declares.

`03-04-2025` is a day in March or in April: nobody can tell, so it is asked for. A date is the day that stands in the
file. A time behind it is left out and its zone is not used, so that half past eleven on New Year's Eve stays in the old
year, wherever the computer stands.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pandas as pd

from exkit.survey.codebook import Codebook
from exkit.survey.findings import Findings
from exkit.survey.reading.files import Table
from exkit.survey.reading.texts import apart, column_of

ORDERS = (("dd", "mm", "yyyy"), ("mm", "dd", "yyyy"), ("yyyy", "mm", "dd"))
WRITTEN = tuple(mark.join(order) for mark, order in product(["-", "/", ".", ""], ORDERS))
"""Ways to write a date that `study.yml` may declare under `date_format`."""

ISO = "yyyy-mm-dd"
ADVICE = "Write it as 2025-12-31, or say how dates are written in study.yml: `date_format: dd-mm-yyyy`."

_CLOCK = "[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[AaPp][Mm])?"
_TIME = rf"(?P<time>[T ]{_CLOCK}(?: ?(?:Z|UTC|[+-][0-9:]{{2,6}}))?)?"


def in_plain_dates(table: Table, codebook: Codebook, *, date_format: str | None, findings: Findings) -> Table:
    """Write the dates of a table as 2025-12-31.

    Parameters
    ----------
    table
        The table as it stands in its files.
    codebook
        Which of its columns are dates, and which texts are missing codes.
    date_format
        How dates are written, one of `WRITTEN`; dates as 2025-12-31 are read besides.
    findings
        Gets a note of the times that were left out.

    Returns
    -------
    Table
        What cannot be read as a date stays as it stands; the table itself is not changed.
    """
    text = table.text.copy(deep=False)
    for v in codebook.variables(table.name):
        if v.type == "date" and v.name in text:
            codes, distinct = apart(text[v.name])
            read = _read(distinct.mask(distinct.isin(v.missing)), date_format or ISO)
            text[v.name] = column_of(read["date"].fillna(distinct), codes)
            _note_times(table, v.name, read["time"].notna().take(codes).to_numpy(), findings)
    return replace(table, text=text)


def _read(text: pd.Series, date_format: str) -> pd.DataFrame:
    """Take dates and times apart: `date` as 2025-12-31, missing where it is no day of the calendar, and `time`."""
    declared, iso = (text.str.extract(_pattern(way)) for way in (date_format, ISO))
    parts = declared.fillna(iso)
    date = parts["yyyy"] + "-" + parts["mm"].str.zfill(2) + "-" + parts["dd"].str.zfill(2)
    is_day = pd.to_datetime(date, format="%Y-%m-%d", errors="coerce").notna()
    return pd.DataFrame({"date": date.where(is_day), "time": parts["time"].where(is_day)})


def _pattern(date_format: str) -> str:
    """Describe dates that are written in one way; the zero of 01 may be left out where a mark follows."""
    few = "{1,2}" if re.search("[^ymd]", date_format) else "{2}"
    digits = {"yyyy": "[0-9]{4}", "mm": f"[0-9]{few}", "dd": f"[0-9]{few}"}
    date = re.sub("yyyy|mm|dd", lambda part: f"(?P<{part[0]}>{digits[part[0]]})", date_format.replace(".", r"\."))
    return rf"\A{date}{_TIME}\Z"


def _note_times(table: Table, column: str, timed: pd.Series, findings: Findings) -> None:
    """Note in how many rows of each file there was a time."""
    for file, n in table.origin.loc[timed, "file"].value_counts(sort=False).items():
        if n:
            text = f"times are left out, each date keeps the day that is written ({n:,})"
            findings.note(str(file), "time", text, variable=column, n=int(n))
