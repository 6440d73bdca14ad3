"""How the kit complains.

A message says what is wrong, where, how many times, and what to do next. A mistake in data or parameters is an
`ExkitError`; it carries the offending rows as a frame, for whoever wants to mend them in a notebook, and the command
line prints it without a traceback.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class ExkitError(Exception):
    """A mistake in data or parameters, told to the person who can mend it.

    Parameters
    ----------
    message
        What, where, how many, next step: sentence case, full stop, the user's own words in quotes.
    rows
        The offending rows, where there are any.
    """

    def __init__(self, message: str, *, rows: pd.DataFrame | None = None) -> None:
        super().__init__(message)
        self.rows = rows


def problems(where: str, found: Iterable[str], *, rows: pd.DataFrame | None = None) -> ExkitError:
    """Make one error of several problems, a line each.

    Examples
    --------
    >>> print(problems("employees.csv", ["q3: value 7 outside 1-5 (row 14)."]))
    1 problem in employees.csv:
      - q3: value 7 outside 1-5 (row 14).
    """
    lines = list(found)
    heading = f"{len(lines)} problem{'s' if len(lines) != 1 else ''} in {where}:"
    return ExkitError("\n".join([heading, *(f"  - {line}" for line in lines)]), rows=rows)


def nearest(name: str, known: Collection[str]) -> str:
    """Suggest the known name that comes closest, as the tail of a message; nothing where none comes close.

    Capitals and outer spaces do not count: they are what is most often mistyped.

    Examples
    --------
    >>> nearest("voise", ["voice", "tools"])
    " Did you mean 'voice'?"
    """
    folded = {str(k).strip().casefold(): k for k in known}
    close = get_close_matches(str(name).strip().casefold(), folded, n=1)
    return f" Did you mean '{folded[close[0]]}'?" if close else ""


def need_columns(frame: pd.DataFrame, *names: str, where: str = "the data") -> None:
    """Complain about the first column that a frame lacks.

    Raises
    ------
    ExkitError
        If one is missing, with the nearest name that is there.
    """
    for name in names:
        if name not in frame.columns:
            raise ExkitError(f"No column '{name}' in {where}.{nearest(name, list(frame.columns))}")


def need_choice(value: str, choices: Collection[str], *, what: str) -> None:
    """Complain about a value that is not among the choices, naming them.

    Raises
    ------
    ExkitError
        If `value` is not one of `choices`.

    Examples
    --------
    >>> need_choice("2205", ["2024", "2025"], what="wave")
    Traceback (most recent call last):
    exkit.errors.ExkitError: No wave '2205'. Did you mean '2025'? There are: 2024, 2025.
    """
    if value not in choices:
        there = ", ".join(str(c) for c in choices)
        raise ExkitError(f"No {what} '{value}'.{nearest(value, choices)} There are: {there}.")
