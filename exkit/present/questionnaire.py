"""The questionnaire, as the codebook has it: every question that was asked, in its own words, with its answers.

A question that changed has a row for each of its wordings, with the waves that it was asked in and what changed: who
compares figures of two years can see whether the same was asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from exkit.context import current
from exkit.present.names import changes, marks
from exkit.present.tables import Html, lay_out
from exkit.present.words import N_, translator

if TYPE_CHECKING:
    from exkit.survey.codebook import Variable
    from exkit.survey.study import Study

ASKED = {
    "employees": N_("Questions to employees"),
    "customers": N_("Questions to customers"),
    "organisations": N_("Questions to organisations"),
    "units": N_("Questions about teams"),
    "actions": N_("Questions about what was done with feedback"),
}
"""The tables of a study, by who was asked."""

Row = tuple[str, str, str, str]
"""Who was asked, what it is about, the question, the answers."""


def questionnaire(study: Study, *, title: str, language: str | None = None) -> Html:
    """Lay out all questions of a study, by who was asked.

    Parameters
    ----------
    study
        An opened dataset.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.

    Returns
    -------
    Html
        The table, or a sentence where the codebook has no questions.
    """
    language = language or current.language
    _ = translator(language)
    rows = [row for v in study.codebook.variables() for row in _rows(study, v, language)]
    if not rows:
        return Html(f"<p>{escape(_('The codebook has no questions.'))}</p>")
    headings = [_("Asked of"), _("Subject"), _("Question"), _("Answers")]
    columns = [(heading, list(cells)) for heading, cells in zip(headings, zip(*rows, strict=True), strict=True)]
    return lay_out(columns, title=title, language=language, stub=2, align="left", grouped=True)


def _rows(study: Study, variable: Variable, language: str) -> Iterator[Row]:
    """Give a variable a row for each way in which it was asked; none if it was not asked at all."""
    _ = translator(language)
    for series in _series(study, variable):
        asked, waves, changed = series["asked"], series["waves"], series["changed"]
        if not (asked.question_en or asked.question_nl):
            continue
        subject = ", ".join(filter(None, [asked.label(language), waves]))
        what = _("Trend break: {what}.").format(what=changes(changed, language=language)) if changed else ""
        question = " ".join(filter(None, [asked.question(language), what]))
        yield _(ASKED[asked.table]), subject, question, _answers(study, asked, language)


def _series(study: Study, variable: Variable) -> Iterator[dict]:
    """Tell the ways apart in which a variable was asked: as asked, in which waves, and what changed."""
    waves = study.waves or [""]
    words = {v.wave: v for wave in waves for v in study.codebook.asked(variable.table, wave) if v.name == variable.name}
    defined = study.codebook.definitions(variable, waves)
    for series, rows in defined.groupby("series"):
        first, last = rows["wave"].iloc[0], rows["wave"].iloc[-1]
        yield {
            "asked": words.get(first, words.get("", variable)),
            "waves": ("–".join(dict.fromkeys([first, last])) if defined["series"].max() > 1 else ""),
            "changed": rows["changed"].iloc[0] if series > 1 else "",
        }


def _answers(study: Study, variable: Variable, language: str) -> str:
    """Write the answers that could be given: their names, or the range of marks and the names that some have."""
    _ = translator(language)
    values = study.values[(study.values["table"] == variable.table) & (study.values["variable"] == variable.name)]
    named = {
        value: study.value_label(variable.name, value, language, table=variable.table) for value in values["value"]
    }
    ranged = variable.low is not None and variable.high is not None
    inside = {value: name for value, name in named.items() if value not in variable.missing}
    if variable.type == "choice" or (ranged and len(inside) == variable.high - variable.low + 1):
        return " / ".join(named.values())
    remarks = [f"{value} = {name}" for value, name in inside.items()] + [_("reverse scored")] * variable.reverse
    mark = marks(variable.low, variable.high) if ranged else _("own answer")
    others = [name for value, name in named.items() if value in variable.missing]
    return " / ".join([f"{mark} ({', '.join(remarks)})" if remarks else mark, *others])
