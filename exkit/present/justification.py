"""How a study was done, for who wants to judge its figures.

What the study says of itself in `study.yml` (whom, how, when, for whom), what the data say (who took part, how many
answered, what the weights and the clusters cost), and what the figures mean (definitions, whose margins, what is not
shown). What nobody wrote down is called so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from exkit.context import current
from exkit.present import numbers
from exkit.present.figures import opened
from exkit.present.names import cut_offs, level_names, reason_name, statistic_name
from exkit.present.protect import protect
from exkit.present.tables import Html, lay_out
from exkit.present.words import N_, translator
from exkit.result import group_columns

if TYPE_CHECKING:
    from exkit.survey.study import Study

SAID = {
    "frame": N_("Who was asked"),
    "mode": N_("Way of asking"),
    "fieldwork": N_("Fieldwork"),
    "sponsor": N_("Commissioned by"),
    "weighting": N_("Weighting"),
}
"""Entries of `study.yml`, and what they are called."""

ALIKE = {
    "organisation": N_(
        "{n} answers count for precision as {effective}, since people in one organisation resemble each other "
        "(design effect {deff})."
    ),
    "unit": N_(
        "{n} answers count for precision as {effective}, since people in one team resemble each other "
        "(design effect {deff})."
    ),
}
"""What clustered answers are worth, by what the clusters are."""


def justification(
    study: Study,
    *,
    response: pd.DataFrame,
    figure: pd.DataFrame,
    title: str,
    language: str | None = None,
    min_n: int | None = None,
) -> Html:
    """Account for a study in a table: a row for each thing that a reader must know to judge its figures.

    Parameters
    ----------
    study
        An opened dataset.
    response
        Of `ex.response`, with or without waves.
    figure
        The main figure, one row of `ex.nps`: its design effects and its definition are told.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        The table.
    """
    language = language or current.language
    _, row = translator(language), protect(figure, min_n=min_n).iloc[0]
    told = {_(name): _said(study, entry, language) for entry, name in SAID.items()}
    least = numbers.count(current.min_n if min_n is None else min_n, language=language)
    account = {
        _("Data"): _data(study, language),
        **told,
        _("Weighting"): " ".join([told[_("Weighting")], _weights(row, language)]),
        _("Response"): _responses(protect(response, min_n=min_n), language),
        _("Precision"): _precision(row, language),
        _("Definition"): _definition(row, language),
        _("Margins"): _(
            "They speak for the participants of this benchmark, not for a whole sector or country, and cover chance "
            "error only: not who chose to take part or to answer."
        ),
        _("Small groups"): _("Groups of fewer than {least} answers are not shown.").format(least=least),
    }
    account = {name: words for name, words in account.items() if words}
    return lay_out(
        [(_("Part"), list(account)), (_("Account"), list(account.values()))],
        title=title, language=language, stub=1, align="left",
    )  # fmt: skip


def _data(study: Study, language: str) -> str:
    """Name the study, and say that it is made up where it is."""
    _ = translator(language)
    made_up = _("Synthetic sample data: no real organisation, employee or customer is in it.")
    return " ".join(filter(None, [f"{study.title(language)}.", made_up if study.synthetic else ""]))


def _said(study: Study, entry: str, language: str) -> str:
    """Quote what the study says of itself: in this language, else in the other one."""
    words = study.about[entry] or {}
    said = words.get(language) or next(iter(words.values()), "") or translator(language)("not given")
    return opened(f"{said.rstrip('.')}.")


def _weights(row: pd.Series, language: str) -> str:
    """Say what the weights alone cost in precision."""
    _ = translator(language)
    kish = row.get("deff_kish")
    if pd.isna(kish):
        return ""
    if kish <= 1:
        return _("Every answer counts once.")
    deff = numbers.number(kish, decimals=2, language=language)
    return _("The design effect of the weights alone (Kish) is {deff}.").format(deff=deff)


def _responses(response: pd.DataFrame, language: str) -> str:
    """Write the response of each wave: "2025: 62% (1,240 of 2,000)."""
    waves = level_names("wave", response, language=language) if "wave" in group_columns(response) else [""]
    rows = response.to_dict("records")
    said = [": ".join(filter(None, [wave, _response(row, language)])) for wave, row in zip(waves, rows, strict=True)]
    return opened(f"{'; '.join(said)}.")


def _response(row: dict, language: str) -> str:
    """Write one response with its counts, or why it is not known."""
    if pd.isna(row["estimate"]):
        return reason_name(row["reason"], language=language)
    said = translator(language)("{share} ({answered} of {invited})")
    return said.format(
        share=numbers.percent(row["estimate"], language=language),
        answered=numbers.count(row["answered"], language=language),
        invited=numbers.count(row["n"], language=language),
    )


def _precision(row: pd.Series, language: str) -> str:
    """Say what clustered answers are worth."""
    _ = translator(language)
    if row.get("cluster") not in ALIKE or pd.isna(row.get("deff")):
        return ""
    return _(ALIKE[row["cluster"]]).format(
        n=numbers.count(row["n"], language=language),
        effective=numbers.count(row["n_eff"], language=language),
        deff=numbers.number(row["deff"], decimals=1, language=language),
    )


def _definition(row: pd.Series, language: str) -> str:
    """Define the score by the marks that the codebook counts."""
    if row["effect"] != "nps" or not (marks := cut_offs(str(row["x"]))):
        return ""
    said = translator(language)(
        "{score}: the share of promoters ({promoters}) minus the share of detractors ({detractors}), in points from "
        "−100 to +100. Passives ({passives}) count in the total."
    )
    return said.format(score=statistic_name(row, language=language), **marks)
