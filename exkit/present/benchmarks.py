"""The published tables that claims are held against, laid out as they were printed.

Each number bears the tag that says how it is known, and where none was published the cell says so. Nothing here comes
from the data of a study.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
from babel.dates import format_date

from exkit.context import current
from exkit.errors import need_choice
from exkit.present import numbers
from exkit.present.tables import Column, Html, lay_out
from exkit.present.words import N_, translator
from exkit.survey.published import published

TAGS = N_("F: read in the source. S: quoted by a second source. F/S: some of both.")
"""What the tags of published numbers mean."""

SERIES = {
    "integron_enps": N_("Integron, eNPS"),
    "analitiqs_enps": N_("AnalitiQs, eNPS"),
    "integron_b2b_nps": N_("Integron, NPS among business customers"),
    "cbs_absence": N_("Statistics Netherlands (CBS), absence"),
}
FIGURES = {
    "nps": "NPS",
    "promoters": N_("Promoters"),
    "passives": N_("Passives"),
    "detractors": N_("Detractors"),
    "share": N_("Absence rate"),
}
SCALES = {"engagement": N_("Engagement"), "satisfaction": N_("Overall satisfaction")}
GROUPS = {
    "all": N_("all"),
    "high_contact": N_("much customer contact"),
    "low_contact": N_("little customer contact"),
    "customer_impression": N_("customer impression"),
    "revenue_growth": N_("revenue growth"),
}
COUNTED = {
    "employers": N_("employers"),
    "companies": N_("companies"),
    "units": N_("business units"),
    "employees": N_("employees"),
    "studies": N_("studies"),
}
SYMBOLS = {
    "b": ("b", "mean"),
    "r": ("r", "r"),
    "r2": ("R²", "r2"),
    "r_corrected": (N_("corrected r"), "r"),
    "coefficient": (N_("coefficient"), "r"),
    "risk_ratio": (N_("times as many"), "risk_ratio"),
}
"""How the number of a study is called, and the statistic that it is written as."""
DATES = {1: "y", 2: "MMMM y", 3: "d MMMM y"}
"""How a date is written, by how many of year, month and day are known."""


def benchmark(name: str, *, title: str, language: str | None = None) -> Html:
    """Lay out a table of published figures, each number with its tag, "not published" where there is none.

    Parameters
    ----------
    name
        `gallup`, `gallup_editions`, `correlations`, `studies`, `dutch_series`, or `sources` (the articles).
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.

    Returns
    -------
    Html
        The table.

    Raises
    ------
    ExkitError
        If there is no such table.
    """
    need_choice(name, list(LAYOUTS), what="benchmark table")
    language = language or current.language
    _, (columns, notes) = translator(language), LAYOUTS[name](published(name), language)
    grouped = name in GROUPED
    notes = notes if name == "sources" else [*notes, _(TAGS)]
    return lay_out(
        columns, title=title, language=language, stub=2 if grouped else 1, grouped=grouped, align="left", notes=notes
    )


def _gallup(table: pd.DataFrame, language: str) -> tuple[list[Column], list[str]]:
    """Set editions side by side, an outcome a row."""
    _, outcome, note = translator(language), f"outcome_{language}", f"note_{language}"
    rows = table.astype({"edition": int}).to_dict("records")
    cells = pd.DataFrame({row[outcome]: {} for row in rows}).T
    for row in rows:
        written = numbers.printed(row["ratio"], effect="ratio", language=language)
        cells.loc[row[outcome], str(row["edition"])] = _tagged(written, row["tag"], language)
    own = _("Median over studies of the difference between highest and lowest quartile, within organisations.")
    notes = [f"{row['edition']}, {row[outcome]}: {row[note]}." for row in rows if row[note]]
    return [(_("Outcome"), list(cells.index)), *((year, list(cells[year])) for year in cells)], [own, *notes]


def _gallup_editions(table: pd.DataFrame, language: str) -> tuple[list[Column], list[str]]:
    """Say what each edition rests on, editions side by side."""
    _ = translator(language)
    counted = {
        "studies": _("Studies"), "organisations": _("Organisations"), "industries": _("Industries"),
        "countries": _("Countries"), "n_units": _("Business units"), "n": _("Employees"),
    }  # fmt: skip
    editions = [
        (f"{row['edition']:.0f}", [_tagged(_written(row[name], language), row["tag"], language) for name in counted])
        for row in table.to_dict("records")
    ]
    return [(_("Number of"), list(counted.values())), *editions], []


def _written(n: float, language: str) -> str:
    """Write a number of answers, teams or studies; nothing where there is none."""
    return "" if pd.isna(n) else numbers.count(n, language=language)


def _correlations(table: pd.DataFrame, language: str) -> tuple[list[Column], list[str]]:
    """Set corrected and observed correlations side by side, by what they are correlations of."""
    _ = translator(language)

    def written(column: str) -> list[str]:
        return [numbers.printed(r, effect="r", language=language) or _("not published") for r in table[column]]

    columns = [
        (_("Scale"), [_(SCALES[x]) for x in table["x"]]),
        (_("Outcome"), table[f"y_{language}"].tolist()),
        (_("Corrected correlation"), written("corrected")),
        (_("Observed correlation"), written("observed")),
        (_("Business units"), _counts(table["n_units"], language=language)),
        (_("Studies"), _counts(table["studies"], language=language)),
        _tags(table, language),
    ]
    return columns, []


def _studies(table: pd.DataFrame, language: str) -> tuple[list[Column], list[str]]:
    """List other studies, one number or finding a row."""
    _ = translator(language)
    rows = table.to_dict("records")
    columns = [
        (_("Study"), [f"{row['study']} ({row['year']:.0f})" for row in rows]),
        (_("Group"), [_(GROUPS[row["group"]]) for row in rows]),
        (_("Finding"), [row[f"finding_{language}"] for row in rows]),
        (_("Figure"), [_of_study(row, language) for row in rows]),
        (_("n"), [_n_of_study(row, language) for row in rows]),
        _tags(table, language),
    ]
    return columns, []


def _of_study(row: dict, language: str) -> str:
    """Write the number of a study with its symbol."""
    _ = translator(language)
    if pd.isna(row["value"]):
        return _("not published")
    symbol, effect = SYMBOLS[row["effect"]]
    written = numbers.printed(row["value"], effect=effect, language=language)
    return f"{written} {_(symbol)}" if effect == "risk_ratio" else f"{_(symbol)} = {written}"


def _n_of_study(row: dict, language: str) -> str:
    """Write how many of what a study rests on."""
    _ = translator(language)
    if pd.isna(row["n"]):
        return _("not published")
    return f"{numbers.count(row['n'], language=language)} {_(COUNTED[row['n_of']])}"


def _dutch_series(table: pd.DataFrame, language: str) -> tuple[list[Column], list[str]]:
    """List the Dutch series, one below the other."""
    _ = translator(language)
    rows = table.to_dict("records")
    columns = [
        (_("Series"), [_(SERIES[row["series"]]) for row in rows]),
        (_("Period"), [_period(row["period"], language) for row in rows]),
        (
            _("Figure"),
            [
                _("eNPS") if row["effect"] == "nps" and "enps" in row["series"] else _(FIGURES[row["effect"]])
                for row in rows
            ],
        ),
        (_("Value"), [_of_series(row, language) for row in rows]),
        (_("n"), _counts(table["n"], language=language)),
        _tags(table, language),
    ]
    noted = table.loc[table[f"note_{language}"] != ""].drop_duplicates(["series", f"note_{language}"])
    notes = [f"{_(SERIES[row['series']])}: {row[f'note_{language}']}." for row in noted.to_dict("records")]
    return columns, notes


def _period(period: str, language: str) -> str:
    """Write a year, or a quarter of one."""
    year, _dash, quarter = period.partition("-Q")
    return translator(language)("{year}, quarter {q}").format(year=year, q=quarter) if quarter else year


def _of_series(row: dict, language: str) -> str:
    """Write the number of a series."""
    effect = "nps" if row["effect"] == "nps" else "share"
    return numbers.printed(row["value"], effect=effect, language=language)


def _sources(table: pd.DataFrame, language: str) -> tuple[list[Column], list[str]]:
    """List the articles that the claims were read in."""
    _ = translator(language)

    def known(column: str) -> list[str]:
        return [value or _("unknown to us") for value in table[column]]

    columns = [
        (_("Source"), table["source"].tolist()),
        (_("Title"), known("title")),
        (_("Author"), known("author")),
        (_("Published by"), known("publisher")),
        (_("Date"), [_in_words(day, language) or _("unknown to us") for day in table["date"]]),
        (_("Cites"), [cited or _("nobody by name") for cited in table["cites"]]),
    ]
    noted = table[table[f"note_{language}"] != ""]
    notes = [f"{row['source']}: {row[f'note_{language}']}." for row in noted.to_dict("records")]
    return columns, notes


def _in_words(day: str, language: str) -> str:
    """Write a date of which perhaps only the year, or the month, is known."""
    parts = [int(part) for part in day.split("-") if part]
    whole = [*parts, 1, 1][:3]
    return format_date(date(*whole), DATES[len(parts)], locale=language) if parts else ""


def _counts(column: pd.Series, *, language: str) -> list[str]:
    """Write numbers of answers, teams or studies."""
    return [_written(n, language) or translator(language)("not published") for n in column.astype(float)]


def _tagged(written: str, tag: str, language: str) -> str:
    """Write a number with its tag."""
    return f"{written} ({tag})" if written else translator(language)("not published")


def _tags(table: pd.DataFrame, language: str) -> Column:
    """Say of each row how it is known."""
    _ = translator(language)
    return _("Known from"), [tag or _("not published") for tag in table["tag"]]


LAYOUTS = {
    "gallup": _gallup,
    "gallup_editions": _gallup_editions,
    "correlations": _correlations,
    "studies": _studies,
    "dutch_series": _dutch_series,
    "sources": _sources,
}
GROUPED = ("correlations", "dutch_series")
"""Tables whose first column makes groups of rows."""
