"""The published figures: what others have printed, as tables that travel with the kit.

The claims of the articles that the kit re-runs, one row per printed figure, and the benchmark tables that they are
compared with. An empty number means "not published", and nothing is filled in from memory. `data/published/README.md`
says what each column holds; whatever does not live up to that is told, all of it at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from exkit.errors import nearest, need_choice, problems
from exkit.survey.findings import Findings, in_rows, quoted
from exkit.survey.reading.facts import Dialect
from exkit.survey.reading.files import read_file
from exkit.survey.values import numbers

PACKAGE = Path(__file__).parents[1]
FOLDER = next(
    (home / "data" / "published" for home in (PACKAGE, PACKAGE.parent) if (home / "data" / "published").is_dir()),
    PACKAGE / "data" / "published",
)
"""Inside the package where it was installed, beside it where it is worked on."""

TABLES = {
    "claims": [
        "claim", "figure", "source", "origin", "kind", "statistic", "value", "low", "high", "digit_half", "n",
        "provenance", "definition", "margin", "basis", "analysis", "reason", "text_en", "text_nl", "wording_en",
        "wording_nl", "reading_en", "reading_nl",
    ],
    "sources": ["source", "title", "author", "publisher", "date", "cites", "note_en", "note_nl"],
    "gallup": ["outcome", "edition", "ratio", "tag", "outcome_en", "outcome_nl", "note_en", "note_nl"],
    "gallup_editions": ["edition", "studies", "organisations", "industries", "countries", "n_units", "n", "tag"],
    "correlations": ["x", "y", "corrected", "observed", "n_units", "studies", "tag", "y_en", "y_nl"],
    "studies": ["study", "year", "group", "effect", "value", "n", "n_of", "tag", "finding_en", "finding_nl"],
    "dutch_series": ["series", "period", "effect", "value", "n", "tag", "note_en", "note_nl"],
}  # fmt: skip
"""The columns of each table."""

NUMBERS = {
    "claim", "value", "low", "high", "digit_half", "n", "margin", "edition", "ratio", "studies", "organisations",
    "industries", "countries", "n_units", "corrected", "observed", "year",
}  # fmt: skip

KINDS = {
    "value": ("statistic", "value", "digit_half", "margin"),
    "ratio": ("statistic", "value", "digit_half", "margin"),
    "range": ("statistic", "low", "high", "margin"),
    "direction": ("statistic",),
    "threshold": ("statistic",),
    "none": ("reason",),
}
"""What a claim may be, and what its row must hold to be held against data."""

STATISTICS = (
    "nps", "share", "mean", "sd", "r", "ratio", "diff", "b", "beta", "total", "indirect", "interaction", "g", "or",
    "auc",
)  # fmt: skip
"""Statistics that a claim can be about, under the names that results give them."""

WORDS = {
    "kind": tuple(KINDS),
    "statistic": (*STATISTICS, "rank", ""),
    "provenance": ("sourced_n", "sourced", "second_hand", "unsourced"),
    "definition": ("same", "partly", "different", "not_published"),
    "basis": ("observed", "calibrated"),
    "reason": ("", "not_in_kit", "not_asked", "no_criterion"),
    "tag": ("", "F", "S", "F/S"),
}
"""Columns that hold one of a few words. Tags: F read in a source, S quoted by a second one."""


def published(name: str) -> pd.DataFrame:
    """Read a table of published figures.

    Parameters
    ----------
    name
        `claims` (one row per printed figure, key `claim` and `figure`), `sources` (the articles), `gallup` (ratio of
        top to bottom quartile per outcome and edition), `gallup_editions`, `correlations` (Harter, Schmidt & Hayes
        2002), `studies`, `dutch_series`.

    Returns
    -------
    DataFrame
        Text as text, empty where there is none; numbers as numbers, NaN where they were not published. An NPS is in
        points, a share a proportion, a ratio a ratio.

    Raises
    ------
    ExkitError
        If there is no such table, or it does not hold what it should, with every problem in it.

    Examples
    --------
    >>> claims = published("claims")
    >>> claims.loc[claims["claim"] == 1, ["figure", "value", "n", "provenance"]]
           figure  value   n provenance
    0        enps  12.00 NaN    sourced
    1   promoters   0.31 NaN    sourced
    2  detractors   0.19 NaN    sourced
    """
    need_choice(name, list(TABLES), what="published table")
    path, findings = FOLDER / f"{name}.csv", Findings()
    text = read_file(path, known=TABLES[name], dialect=Dialect(), findings=findings)
    if text is None:
        raise problems(path.name, [breach.message for breach in findings.breaches])
    wrong = list(_wrong_columns(text, TABLES[name])) or list(_wrong_cells(text))
    if wrong:
        raise problems(path.name, wrong)
    table = text.assign(**{column: numbers(text[column]) for column in text if column in NUMBERS})
    wrong = list(_wrong_claims(table)) if name == "claims" else []
    if wrong:
        raise problems(path.name, wrong)
    return table.astype({"claim": int}) if name == "claims" else table


def _wrong_columns(text: pd.DataFrame, columns: list[str]) -> Iterator[str]:
    """Tell which columns are missing, and which are not known."""
    for column in columns:
        if column not in text:
            yield f"no column '{column}'.{nearest(column, list(text))}"
    for column in text.columns.difference(columns, sort=False):
        yield f"no such column as '{column}'.{nearest(column, columns)}"


def _wrong_cells(text: pd.DataFrame) -> Iterator[str]:
    """Tell which cells hold no number where one belongs, or a word that is not known."""
    for column in text:
        if column in NUMBERS:
            wrong = text.index[numbers(text[column]).isna() & (text[column] != "")]
            yield from _told(text, column, wrong, "not a number")
        elif column in WORDS:
            wrong = text.index[~text[column].isin(WORDS[column])]
            near = nearest(text.at[wrong[0], column], WORDS[column]) if len(wrong) else ""
            yield from _told(text, column, wrong, f"not a {column}", near)


def _told(text: pd.DataFrame, column: str, wrong: pd.Index, what: str, advice: str = "") -> Iterator[str]:
    """Word what is wrong in some cells of a column, if any."""
    if len(wrong):
        yield f"{column}: {quoted(text.loc[wrong, column].unique())} {what} ({in_rows(wrong + 2)}).{advice}"


def _wrong_claims(claims: pd.DataFrame) -> Iterator[str]:
    """Tell which claims are there twice, or lack what their kind needs."""
    doubled = claims.index[claims.duplicated(["claim", "figure"])]
    if len(doubled):
        yield f"claim and figure: there already ({in_rows(doubled + 2)})."
    for kind, needed in KINDS.items():
        rows = claims[claims["kind"] == kind]
        for column in needed:
            lacks = rows.index[rows[column].isna() | (rows[column] == "")]
            if len(lacks):
                yield f"{column}: empty, and a {kind} needs it ({in_rows(lacks + 2)})."
    bounded = claims[claims["kind"].isin(["direction", "threshold"])]
    wrong = bounded.index[bounded["low"].isna() == bounded["high"].isna()]
    if len(wrong):
        yield f"low and high: a direction or threshold has one of them ({in_rows(wrong + 2)})."
