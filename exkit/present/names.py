"""What things are called: columns, statistics, groups and reasons, in the reader's words.

Codes are the analysis's language; here each gets the name that a report prints. Names of one's own variables and
answers come from the study's codebook.
"""

from __future__ import annotations

import pandas as pd

from exkit.context import current
from exkit.present.words import N_, translator
from exkit.result import group_columns

EMPTY = "·"
"""What stands where there is nothing."""

BANDS = ("detractors", "passives", "promoters")
"""The shares behind an NPS, from left to right."""

GROUPS = {
    "sector": N_("Sector"),
    "organisation": N_("Organisation"),
    "unit": N_("Team"),
    "wave": N_("Wave"),
    "reference": N_("Compared with"),
}

STATISTICS = {
    "share": N_("Share"),
    "mean": N_("Mean"),
    "alpha": N_("Cronbach's α"),
    "omega": N_("McDonald's ω"),
    "r": N_("Correlation r"),
    "diff": N_("Difference"),
    "quantile": N_("Quantile"),
}

REASONS = {
    "too_few": N_("too few answers to calculate"),
    "constant": N_("everybody gave the same answer"),
    "one_cluster": N_("margin unknown: a single cluster"),
    "reversed": N_("runs against the other items"),
    "no_answers": N_("nobody answered"),
    "not_asked": N_("not part of these data"),
    "not_comparable": N_("trend break: not comparable"),
    "not_identifiable": N_("these data cannot tell"),
    "not_reliable": N_("the calculation did not settle"),
    "reliability_unknown": N_("reliability unknown"),
    "withheld": N_("too few answers"),
}

METHODS = {
    "holm": "Holm",
    "bh": "Benjamini–Hochberg",
    "bonferroni": "Bonferroni",
    "hochberg": "Hochberg",
    "hommel": "Hommel",
    "by": "Benjamini–Yekutieli",
}

CHANGES = {
    "question": N_("wording"),
    "scale": N_("scale"),
    "cutoffs": N_("cut-offs"),
    "mode": N_("way of asking"),
    "population": N_("who was asked"),
}


def stub(rows: pd.DataFrame, *, language: str) -> list[tuple[str, list[str]]]:
    """Tell the rows of a result apart: headings with names, of its groups and of the questions and answers that differ.

    Parameters
    ----------
    rows
        A result.
    language
        Language of the reader.

    Returns
    -------
    list of tuple
        Per column its heading and the name of each row; none for a single figure.
    """
    _ = translator(language)
    columns = [(group_name(c, rows, language=language), level_names(c, rows, language=language))
               for c in group_columns(rows)]  # fmt: skip
    if rows["x"].nunique() > 1:
        columns.append((_("Question"), [_label(x, language) for x in rows["x"]]))
    if rows["y"].nunique() > 1:
        columns.append((_("Answer"), level_names("y", rows, language=language)))
    return columns


def group_name(column: str, rows: pd.DataFrame, *, language: str) -> str:
    """Name a group column: a role by its word, a variable by its label in the codebook."""
    column = _meant(column, rows) if column == "level" else column
    if column in GROUPS:
        return translator(language)(GROUPS[column])
    return _label(column, language)


def _label(name: str, language: str) -> str:
    """Name a variable by its label in the codebook."""
    return current.study.label(name, language) if current.study else name


def _meant(column: str, rows: pd.DataFrame) -> str:
    """Say what a column holds: answers those of the question, sides of a comparison levels of what is compared."""
    if column == "y":
        return str(rows["x"].iloc[0]).rpartition(".")[2]
    return str(rows["between"].iloc[0]) if column in ("level", "reference") and "between" in rows else column


def statistic_name(row: pd.Series, *, language: str) -> str:
    """Name the statistic of a result row; an NPS by who was asked.

    Parameters
    ----------
    row
        A row of a result.
    language
        Language of the reader.

    Returns
    -------
    str
        eNPS for the question to employees about work, customer NPS for the one to customers.
    """
    _ = translator(language)
    if row["effect"] == "nps":
        return _nps_name(str(row["x"]), language)
    if row["effect"] == "diff" and row.get("of") == "nps":
        return _("Difference in {what}").format(what=_nps_name(str(row["x"]), language))
    if row["y"] == "favourable":
        return _("Favourable share")
    return _(STATISTICS.get(row["effect"], row["effect"]))


def _nps_name(x: str, language: str) -> str:
    """Tell the eNPS from the NPS that customers give."""
    _ = translator(language)
    if current.study is None or not x:
        return "NPS"
    variable = current.study.codebook.variable(x)
    return _("eNPS") if variable.role == "recommend_work" else _("customer NPS")


def cut_offs(x: str) -> dict[str, str] | None:
    """Write the marks of promoters, passives and detractors, as last asked: {"promoters": "9–10", …}."""
    if current.study is None:
        return None
    v = current.study.codebook.variable(x)
    return {
        "promoters": marks(v.promoter_from, v.high),
        "passives": marks(v.detractor_to + 1, v.promoter_from - 1),
        "detractors": marks(v.low, v.detractor_to),
    }


def marks(low: float, high: float) -> str:
    """Write a range of marks.

    Examples
    --------
    >>> marks(9, 10), marks(5, 5), marks(8, 7)
    ('9–10', '5', '·')
    """
    if low == high:
        return f"{low:g}"
    return f"{low:g}–{high:g}" if low < high else EMPTY


def wave_of(rows: pd.DataFrame) -> str:
    """Name the wave that all rows are of, if there is one."""
    waves = set(rows["at"]) if "at" in rows else set()
    return str(waves.pop()) if len(waves) == 1 else ""


def row_names(rows: pd.DataFrame, *, language: str) -> list[str]:
    """Name the rows of a result by what tells them apart, parts joined by a comma."""
    _ = translator(language)
    parts = [names for _heading, names in stub(rows, language=language)]
    if not parts:
        return [", ".join(filter(None, [_("All answers"), wave_of(rows)]))] * len(rows)
    if "reference" in group_columns(rows):
        at = group_columns(rows).index("level")
        pairs = zip(*parts[at : at + 2], strict=True)
        parts[at : at + 2] = [[_("{level} against {reference}").format(level=a, reference=b) for a, b in pairs]]
    return [", ".join(row) for row in zip(*parts, strict=True)]


def level_names(column: str, rows: pd.DataFrame, *, language: str) -> list[str]:
    """Name the groups of a column: answers of a choice variable by their labels, all else as the data have it."""
    unknown, study = translator(language)("unknown"), current.study
    if study is None:
        return [unknown if pd.isna(value) else str(value) for value in rows[column]]
    variables = [v.name for v in study.codebook.variables() if _meant(column, rows) in (v.name, v.role)]

    def name(value: object) -> str:
        labels = (study.value_label(variable, value, language) for variable in variables)
        return next((label for label in labels if label != str(value)), str(value))

    return [unknown if pd.isna(value) else name(value) for value in rows[column]]


def method_name(rows: pd.DataFrame) -> str:
    """Name the correction for many tests after who made it, as in every language."""
    return METHODS[rows["adjusted_by"].iloc[0]]


def reason_name(reason: str, *, language: str) -> str:
    """Put a reason into words."""
    return translator(language)(REASONS[reason]) if reason else ""


def changes(codes: str, *, language: str) -> str:
    """Say in words what changed about a question: "wording, scale"."""
    _ = translator(language)
    return ", ".join(_(CHANGES.get(code.strip(), code.strip())) for code in str(codes).split(",") if code.strip())
