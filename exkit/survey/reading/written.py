"""Stored values as the text that a CSV would hold: 7.0 is `7`, a day `2025-12-31`, nothing an empty text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import numpy as np


def texts(cells: Iterable[object]) -> list[str]:
    """Write stored values as text.

    Parameters
    ----------
    cells
        Text, numbers, days, moments, ticks and None.

    Examples
    --------
    >>> texts(["007", 7.0, 1e20, 1.5e-7, True, date(2025, 12, 31), datetime(2025, 12, 31, 23, 30), None])
    ['007', '7', '100000000000000000000', '0.00000015', 'TRUE', '2025-12-31', '2025-12-31 23:30:00', '']
    """
    return [cell if type(cell) is str else WRITTEN[type(cell)](cell) for cell in cells]


def number(value: float) -> str:
    """Write a number in full: 7.0 as 7, never with an exponent, and no number as nothing."""
    return "" if value != value else np.format_float_positional(value, trim="-")


def _moment(moment: datetime) -> str:
    """Write a moment; a day alone if it is midnight."""
    return f"{moment:%Y-%m-%d}" if moment.time() == time() else f"{moment:%Y-%m-%d %H:%M:%S}"


WRITTEN = {
    bool: lambda tick: str(tick).upper(),
    int: str,
    float: number,
    date: date.isoformat,
    datetime: _moment,
    time: lambda clock: f"{clock:%H:%M:%S}",
    timedelta: str,
    type(None): lambda _: "",
}
"""How each kind of cell is written."""
