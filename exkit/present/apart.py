"""How far organisations lie apart, in words that name none of them.

Two things are told: how much of what is seen between organisations is more than chance, and how many of them can be
told from the others. The second is less than what it is taken for: with many organisations some stand out by chance.
"""

from __future__ import annotations

import pandas as pd

from exkit.present import numbers
from exkit.present.figures import ALPHA, opened
from exkit.present.names import inside, measure_name, measured, method_name, small, why
from exkit.present.words import translator


def finding(rows: pd.DataFrame, *, language: str) -> str | None:
    """Word how far organisations lie apart, or how many can be told from the others.

    Parameters
    ----------
    rows
        A protected result of `ex.true_spread` or `ex.distinct`.
    language
        Language of the reader.

    Returns
    -------
    str or None
        A sentence or more per question; None for any other result.
    """
    if rows["effect"].eq("spread").all():
        return " ".join(_spread(row, language) for _i, row in rows.iterrows())
    if rows["effect"].eq("distinct").all():
        return " ".join(_distinct(row, rows, language) for _i, row in rows.iterrows())
    return None


def _what(row: pd.Series, language: str) -> str:
    """Name what was measured: an NPS by its name, a mean by what it is the mean of."""
    if row.get("of") in ("nps", "share", "favourable"):
        return inside(measured(row), language=language)
    return small(measure_name(row["x"], language=language))


def _spread(row: pd.Series, language: str) -> str:
    """Word the spread of true scores beside that of the figures."""
    _, what = translator(language), _what(row, language)
    if pd.isna(row["estimate"]):
        said = _("How far organisations lie apart in {what} cannot be told: {reason}.")
        return said.format(what=what, reason=why(row["reason"], language=language))
    told = {"effect": "spread", "of": row["of"], "language": language}
    written = {
        "what": what,
        "k": numbers.count(row["n_organisations"], language=language),
        "seen": numbers.quantity(row["seen"], **told),
        "true": numbers.quantity(row["estimate"], **told),
        "between": numbers.interval(row["conf_low"], row["conf_high"], **told),
        "share": numbers.percent(row["share"], language=language),
    }
    said = _(
        "The {what} of {k} organisations has a standard deviation of {seen}. Part of that is chance: of their true "
        "scores it is estimated at {true} (margin {between}), so that {share} of the variance seen between "
        "organisations is more than chance."
    )
    none = _(
        "The {what} of {k} organisations has a standard deviation of {seen}, which is no more than chance among those "
        "who answered gives: of their true scores it is estimated at {true} (margin {between})."
    )
    return (said if row["p_value"] < ALPHA else none).format(**written)


def _distinct(row: pd.Series, rows: pd.DataFrame, language: str) -> str:
    """Word how many organisations stand out, and how many chance alone would make stand out."""
    _, what = translator(language), _what(row, language)
    if pd.isna(row["estimate"]):
        said = _("Organisations are not held against the others in {what}: {reason}.")
        return said.format(what=what, reason=why(row["reason"], language=language))
    counts = {
        name: numbers.count(row[column], language=language)
        for name, column in (("k", "family"), ("alone", "n_uncorrected"), ("left", "n_distinct"))
    }
    said = _(
        "Organisations that differ from the others in {what} by a statistically significant amount, each tested on its "
        "own: {alone} of {k}; by chance alone it would be about {expected}. After correction for their number "
        "({method}) it is {left}."
    )
    expected = numbers.number(row["expected"], decimals=1, language=language)
    return opened(said.format(what=what, expected=expected, method=method_name(rows), **counts))
