"""The report of a check: what was read, what must be mended, what may be wrong, what was repaired or assumed.

It names files, columns and rows, so that whoever holds the data can find them there. It does not repeat what people
wrote: of answers it shows numbers and the names of teams and waves, never ids and never words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from exkit.present import numbers
from exkit.present.meanings import BREACHES, NOTES, SUSPICIONS
from exkit.present.names import EMPTY
from exkit.present.tables import Column, Html, lay_out
from exkit.present.words import N_, translator

if TYPE_CHECKING:
    from exkit.survey.check import Checked
    from exkit.survey.codebook import Codebook, Variable

TABLES = {
    "employees": N_("Employees"),
    "customers": N_("Customers"),
    "units": N_("Teams"),
    "organisations": N_("Organisations"),
    "actions": N_("What was done with feedback"),
}
"""The tables of a dataset in the reader's words."""

KEYS = ("wave", "unit", "organisation")
PLAIN_NAMES = ("unit", "organisation", "sector", "wave", "group", "stratum")
"""Roles whose values are names of groups."""

NUMBERS_ONLY = re.compile(r"-?[0-9.,]{1,8}(, -?[0-9.,]{1,8})*")
"""Longer ones may be telephone numbers."""
MOST_ROWS = 200
"""Findings of one kind that are listed."""
SHOWN_ROWS = 10


class Part(NamedTuple):
    """One part of a report: its heading and what stands below it."""

    heading: str
    content: Html


def check_report(checked: Checked, suspicions: pd.DataFrame, *, language: str) -> list[Part]:
    """Tell what a check found.

    Parameters
    ----------
    checked
        From `exkit.survey.check.check`.
    suspicions
        From `exkit.survey.doubting.suspicions.suspicions`.
    language
        Language of the reader.

    Returns
    -------
    list of Part
        From the verdict to the answers that are missing; a part that has nothing to tell says so.
    """
    _, codebook = translator(language), checked.contents.get("codebook")
    is_repair = checked.notes["problem"] == "read_as"
    found = (
        (_("What must be mended"), N_("What must be mended, by problem"), checked.breaches, BREACHES),
        (_("What may be wrong"), N_("What may be wrong, by suspicion"), suspicions, SUSPICIONS),
        (_("What was repaired, as declared"), N_("Repairs, as declared"), checked.notes[is_repair], NOTES),
        (_("What was assumed"), N_("What was assumed in reading"), checked.notes[~is_repair], NOTES),
    )
    return [
        Part(_("Verdict"), _verdict(checked.breaches, suspicions, language)),
        Part(_("What was read"), _read(checked, language)),
        *(Part(heading, _found(rows, codebook, meanings, title, language)) for heading, title, rows, meanings in found),
        Part(_("Answers that are missing"), _missing(checked.contents, language)),
    ]


def _verdict(breaches: pd.DataFrame, suspicions: pd.DataFrame, language: str) -> Html:
    """Say in a sentence or two whether the data can be used."""
    _, n, m = translator(language), len(breaches), len(suspicions)
    mend = _.plural(
        "{n} thing must be mended before these data can be used.",
        "{n} things must be mended before these data can be used.",
        n,
    )
    look = _.plural("{n} thing may be wrong: look at it.", "{n} things may be wrong: look at them.", m)
    said = [
        mend.format(n=numbers.count(n, language=language)) if n else _("Nothing stops these data from being used."),
        look.format(n=numbers.count(m, language=language)) if m else "",
    ]
    return Html(f'<p class="finding headline">{escape(" ".join(filter(None, said)))}</p>')


def _paragraph(words: str) -> Html:
    """Write a sentence."""
    return Html(f"<p>{escape(words)}</p>")


def _read(checked: Checked, language: str) -> Html:
    """Lay out what was read: a row for each table."""
    _ = translator(language)
    if not checked.contents:
        return _paragraph(_("No table could be read: the codebook must be sound first."))
    headings = [_("Table"), _("Files"), _("Rows"), _("Variables"), _("Waves"), _("Teams"), _("Organisations")]
    rows = [_read_table(checked.contents, name, language) for name in checked.contents["codebook"].tables]
    columns = [(heading, list(cells)) for heading, cells in zip(headings, zip(*rows, strict=True), strict=True)]
    return lay_out(columns, title=N_("What was read, by table"), language=language, stub=1, align="left")


def _read_table(contents: Mapping, name: str, language: str) -> tuple[str, ...]:
    """Say of one table what was read, or that it could not be."""
    _ = translator(language)
    if name not in contents["tables"]:
        return (_(TABLES[name]), _("not read"), *[EMPTY] * 5)
    values = contents["tables"][name]
    wave, unit, organisation = (contents["codebook"].role(role, table=name) for role in KEYS)
    return (
        _(TABLES[name]),
        ", ".join(contents["sources"][name].headers),
        numbers.count(contents["rows"][name].sum(), language=language),
        numbers.count(len(values.columns), language=language),
        ", ".join(sorted(str(one) for one in values[wave].dropna().unique())) if wave in values else EMPTY,
        *(
            numbers.count(values[key].nunique(), language=language) if key in values else EMPTY
            for key in (unit, organisation)
        ),
    )


def _found(
    found: pd.DataFrame, codebook: Codebook | None, meanings: Mapping[str, str], title: str, language: str
) -> Html:
    """Lay out findings of one kind: below what each problem means, where it is."""
    _ = translator(language)
    if found.empty:
        return _paragraph(_("Nothing."))
    order = {problem: at for at, problem in enumerate(dict.fromkeys(found["problem"]))}
    rows = found.sort_values("problem", key=lambda codes: codes.map(order), kind="stable").head(MOST_ROWS)
    columns: list[Column] = [
        (_("Problem"), [_(meanings.get(one.problem, one.problem)) for one in rows.itertuples()]),
        (_("File"), list(rows["file"])),
        (_("Variable"), [one or EMPTY for one in rows["variable"]]),
        (_("Value"), [_value(one.value, one.variable, codebook) or EMPTY for one in rows.itertuples()]),
        (_("n"), [numbers.count(n, language=language) if n else EMPTY for n in rows["n"]]),
        (_("In rows"), [_in_rows(numbered, language) or EMPTY for numbered in rows["rows"]]),
    ]
    more = len(found) - len(rows)
    note = _("{n} more are listed by 'exkit check' itself.").format(n=numbers.count(more, language=language))
    told = {"title": title, "language": language, "notes": [note] if more else []}
    return lay_out(columns, stub=2, align="left", grouped=True, **told)


def _value(value: str, variable: str, codebook: Codebook | None) -> str:
    """Give a value that may be repeated: of answers only numbers and names of groups."""
    if not variable:
        return value
    its = [v for v in codebook.variables() if v.name == variable] if codebook else []
    return value if its and all(_may_be_shown(value, v) for v in its) else ""


def _may_be_shown(value: str, variable: Variable) -> bool:
    """Tell whether a value is no id and nothing that somebody wrote."""
    if variable.role in PLAIN_NAMES:
        return True
    return variable.type in ("whole", "number") and NUMBERS_ONLY.fullmatch(value) is not None


def _in_rows(rows: tuple[int, ...], language: str) -> str:
    """Name the first rows, as a spreadsheet numbers them."""
    shown = ", ".join(str(row) for row in rows[:SHOWN_ROWS])
    more = len(rows) - SHOWN_ROWS
    said = translator(language)("{rows} and {n} more")
    return said.format(rows=shown, n=numbers.count(more, language=language)) if more > 0 else shown


def _missing(contents: Mapping, language: str) -> Html:
    """Lay out how many cells of each variable hold no answer: a row for each variable with any."""
    _ = translator(language)
    unanswered = contents.get("unanswered", pd.DataFrame())
    if unanswered.empty:
        return _paragraph(_("None."))
    counts = unanswered.assign(kind=(unanswered["code"] == "").map({True: "empty", False: "code"}))
    counts = counts.pivot_table(index=["table", "variable"], columns="kind", values="n", aggfunc="sum", sort=False)
    counts = counts.reindex(columns=["empty", "code"]).fillna(0).reset_index()
    asked = [_asked(contents, table, name) for table, name in zip(counts["table"], counts["variable"], strict=True)]
    shares = (counts["empty"] + counts["code"]) / asked
    columns = [
        (_("Table"), [_(TABLES[table]) for table in counts["table"]]),
        (_("Variable"), list(counts["variable"])),
        (_("Rows"), [numbers.count(n, language=language) for n in asked]),
        (_("Empty"), [numbers.count(n, language=language) for n in counts["empty"]]),
        (_("Declared missing"), [numbers.count(n, language=language) for n in counts["code"]]),
        (_("Share"), [numbers.percent(share, language=language, decimals=1) for share in shares]),
    ]
    title = N_("Answers that are missing, by variable")
    return lay_out(columns, title=title, language=language, stub=2, grouped=True)


def _asked(contents: Mapping, table: str, name: str) -> int:
    """Count the rows in which a variable was asked."""
    asked = contents["codebook"].asked
    return sum(n for wave, n in contents["rows"][table].items() if any(v.name == name for v in asked(table, str(wave))))
