"""One figure in running text: its value, its margin, what it rests on, and whether it can be told from zero."""

from __future__ import annotations

import pandas as pd

from exkit.present import numbers
from exkit.present.names import counted, reason_name
from exkit.present.words import translator

ALPHA = 0.05
"""A difference is called statistically significant where its p is below this and its interval leaves zero out."""


def figure(row: pd.Series, *, language: str) -> str:
    """Write the figure of a result row: "+4.3 percentage points (margin 1.0 to 7.6, n = 1,240)"."""
    value = numbers.quantity(row["estimate"], effect=row["effect"], of=counted(row), language=language)
    value = numbers.bound(value, row["reason"])
    return f"{value} ({margin(row, language=language)})"


def margin(row: pd.Series, *, language: str) -> str:
    """Write margin, or why there is none, and number of answers: "margin 8.1 to 15.9, n = 1,240"."""
    _, told = translator(language), {"effect": row["effect"], "of": counted(row), "language": language}
    between = numbers.interval(row["conf_low"], row["conf_high"], **told)
    n = numbers.count(row["n"], language=language) if pd.notna(row["n"]) else ""
    if between:
        said = _("margin {between}, n = {n}").format(between=between, n=n)
    else:
        said = ", ".join(filter(None, [reason_name(row["reason"], language=language), f"n = {n}"]))
    return said.replace("n = ", "n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")


def opened(said: str) -> str:
    """Start a sentence with a capital, unless with a name that has its own: eNPS."""
    return said if said[1:2].isupper() else said[:1].upper() + said[1:]


def certain(row: pd.Series) -> bool:
    """Tell whether a difference or a link can be told from none."""
    return bool((row["conf_low"] > 0 or row["conf_high"] < 0) and row["p_value"] < ALPHA)


def significant(row: pd.Series, *, language: str) -> str:
    """Say whether a difference or a link can be told from none."""
    _ = translator(language)
    return _("statistically significant") if certain(row) else _("not statistically significant")
