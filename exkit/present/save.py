"""Saving results beside a report, protected: what is not on the page is not in the file either."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from exkit.context import current
from exkit.errors import ExkitError
from exkit.present.protect import protect

if TYPE_CHECKING:
    import pandas as pd


def save(result: pd.DataFrame, *, name: str, min_n: int | None = None) -> None:
    """Write a protected result to the results folder of this run, as CSV in full precision.

    Parameters
    ----------
    result
        Any result.
    name
        Name of the file, without ending: lower-case letters, digits and underscores.
    min_n
        Smallest group that may be shown.

    Raises
    ------
    ExkitError
        If the name would not do as a file name.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name):
        raise ExkitError(f"'{name}' will not do as the name of a saved result. Use lower-case letters, digits and _.")
    current.results.mkdir(parents=True, exist_ok=True)
    protect(result, min_n=min_n).to_csv(current.results / f"{name}.csv", index=False, lineterminator="\n")
