"""What things are called: columns, statistics, groups and reasons, in the reader's words.

Codes are the analysis's language; here each gets the name that a report prints. Names of one's own variables and
answers come from the study's codebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from exkit.context import current
from exkit.present.words import N_, SOURCE, translator
from exkit.result import group_columns

if TYPE_CHECKING:
    from exkit.survey.codebook import Variable
    from exkit.survey.study import Study

EMPTY = "·"
"""What stands where there is nothing."""
JOINED = "\N{WORD JOINER}"
"""Keeps what is on both sides of it in one line."""

BANDS = ("detractors", "passives", "promoters")
"""The shares behind an NPS, from left to right."""

GROUPS = {
    "sector": N_("Sector"),
    "organisation": N_("Organisation"),
    "unit": N_("Team"),
    "wave": N_("Wave"),
    "reference": N_("Compared with"),
    "promoter_group": N_("eNPS group"),
    "mark": N_("eNPS answer"),
    "before": N_("Group in the wave before"),
    "moved": N_("Since the wave before"),
    "source": N_("Whose answers"),
    "size": N_("Answers per team"),
    "claim": N_("Claim"),
    "figure": N_("Published figure"),
}

_PROMOTER_GROUPS = {"promoter": N_("promoters"), "passive": N_("passives"), "detractor": N_("detractors")}

LEVELS = {
    **dict.fromkeys(["promoter_group", "before", "y"], _PROMOTER_GROUPS),
    "moved": {
        "up": N_("employees who moved to a higher group"),
        "stayed": N_("employees who stayed in their group"),
        "down": N_("employees who moved to a lower group"),
    },
    "source": {
        "one_person": N_("one employee, both answers"),
        "same_people": N_("team scores, both from the same employees"),
        "other_people": N_("team scores, each from other employees"),
        "difference": N_("same employees minus other employees"),
    },
}
"""Codes that the analysis gives to groups, per column; all else is named as the data have it."""

LEVELS_INSIDE = {
    "within": N_("within organisations"),
    "between": N_("between organisations"),
    "pooled": N_("over all teams"),
}
"""Inside a sentence: what is correlated, teams around their organisation, organisations, or all teams together."""

QUESTIONS = {
    "recommend_work": N_("Recommendation as employer"),
    "recommend_to_customers": N_("Would recommend to customers (employees)"),
    "recommend": N_("Recommendation by customers"),
}
"""Recommend questions by their role, where these data do not have them and no codebook names them."""

OF_OUTCOMES = ("slope", "ratio", "r_detectable")
"""Statistics whose `y` is an outcome, and no answer."""

STATISTICS = {
    "share": N_("Share"),
    "mean": N_("Mean"),
    "alpha": N_("Cronbach's α"),
    "omega": N_("McDonald's ω"),
    "r": N_("Correlation r"),
    "rho": N_("Rank correlation ρ"),
    "tau_b": N_("Kendall's τ-b"),
    "r_corrected": N_("Corrected correlation"),
    "beta": N_("Standardised slope"),
    "b": N_("Slope"),
    "var_unit": N_("Variance between teams"),
    "var_organisation": N_("Variance between organisations"),
    "var_residual": N_("Variance between people of one team"),
    "icc": N_("Part of the variance between teams and organisations"),
    "icc1": "ICC(1)",
    "icc2": "ICC(2)",
    "r_wg": "r_wg",
    "r_wg_j": "r_wg(j)",
    "a_wg": "a_wg",
    "ad": N_("AD around the mean"),
    "ad_median": N_("AD around the median"),
    "raters": N_("Answers needed per team"),
    "slope": N_("Slope"),
    "ratio": N_("Top against bottom quarter"),
    "r_detectable": N_("Smallest correlation that shows"),
    "matched": N_("Teams with both scores"),
    "r_mean": N_("Mean of organisations"),
    "r_predicted": N_("A next organisation (prediction interval)"),
    "tau": N_("Spread of true links (standard deviation)"),
    "p_positive": N_("Organisations with a true link above zero"),
    "share_positive": N_("Organisations with an observed link above zero"),
    "share_expected": N_("The same, expected if the true link were equal everywhere"),
    "r_cv": N_("Link r × CV"),
    "rho_sigma": N_("Link ρσ"),
    "risk_ratio": N_("Relative risk"),
    "odds_ratio": N_("Odds ratio"),
    "conditional_odds_ratio": N_("Odds ratio (conditional)"),
    "cramers_v": N_("Cramér's V"),
    "gamma": N_("Goodman–Kruskal γ"),
    "diff": N_("Difference"),
    "quantile": N_("Quantile"),
    "rank": N_("Place"),
    "percentile": N_("Others with a lower figure"),
    "distinct": N_("Organisations that can be told from the others"),
    "spread": N_("Spread of true scores (standard deviation)"),
    "g": N_("Hedges' g"),
    "superiority": N_("Probability of superiority"),
    "eta2": N_("Part between groups (η²)"),
    "epsilon2": N_("Part between groups, by rank (ε²)"),
}

COMPARED = {
    "nps": {"effect": "nps", "y": ""},
    "b": {"effect": "b", "y": ""},
    "favourable": {"effect": "share", "y": "favourable"},
    "share": {"effect": "share", "y": "favourable"},
    "mean": {"effect": "mean", "y": ""},
    "score": {"effect": "score", "y": ""},
    "r": {"effect": "r", "y": ""},
    "rho": {"effect": "rho", "y": ""},
    "tau_b": {"effect": "tau_b", "y": ""},
    "r_corrected": {"effect": "r_corrected", "y": ""},
    "beta": {"effect": "beta", "y": ""},
}
"""What a difference, a quantile or a place is of, by its column `of`: the row that each side would be."""

REASONS = {
    "too_few": N_("too few answers to calculate"),
    "too_few_units": N_("too few teams to calculate"),
    "too_few_organisations": N_("too few organisations to calculate"),
    "dominated": N_("one organisation is too large a part of the others"),
    "too_wide": N_("margin too wide for a place"),
    "collinear": N_("follows from the other terms"),
    "one_organisation": N_("only one organisation"),
    "constant": N_("all values are the same"),
    "perfect": N_("a perfect link, which has no margin"),
    "several_waves": N_("several waves at once"),
    "zero_cell": N_("no ratio: one of the groups has none"),
    "base_not_positive": N_("no ratio: the bottom is not clearly above zero"),
    "top_not_positive": N_("no ratio: the top is not clearly above zero"),
    "no_ratio": N_("no ratio of a score in points"),
    "above_one": N_("1 or more: not interpretable"),
    "direction_not_identifiable": N_("direction not identifiable"),
    "n_not_published": N_("number of answers not published"),
    "not_in_kit": N_("analysis not yet in the kit"),
    "not_calculated": N_("not calculated in this edition"),
    "no_criterion": N_("nothing to hold data against"),
    "no_interval": N_("margin unknown"),
    "no_margin": N_("no margin of relevance laid down"),
    "unknown_statistic": N_("unknown statistic"),
    "other_statistic": N_("calculated as another statistic"),
    "one_cluster": N_("margin unknown: a single cluster"),
    "reversed": N_("runs against the other items"),
    "no_answers": N_("nobody answered"),
    "more_than_invited": N_("more answers than invitations"),
    "no_options": N_("possible answers not in the codebook"),
    "not_asked": N_("not part of these data"),
    "no_question": N_("question not part of these data"),
    "not_comparable": N_("trend break: not comparable"),
    "not_identifiable": N_("these data cannot tell"),
    "not_reliable": N_("too unsure to give"),
    "no_signal": N_("teams differ no more than by chance"),
    "no_spread": N_("no differences seen between organisations"),
    "reliability_unknown": N_("reliability unknown"),
    "weight_unknown": N_("number of answers per team unknown"),
    "withheld": N_("not shown"),
    "at_least": N_("a bound: fewer than three people answered otherwise"),
    "at_most": N_("a bound: fewer than three people answered so"),
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
    "items": N_("items of the scale"),
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
    if several_statistics(rows):
        columns.append((_("Statistic"), [statistic_name(row, language=language) for _i, row in rows.iterrows()]))
    if rows["x"].nunique() > 1:
        columns.append((_("Question"), [measure_name(x, language=language) for x in rows["x"]]))
    if of_outcomes(rows) and not rows["y"].eq("").any():
        columns.append((_("Outcome"), [measure_name(y, language=language) for y in rows["y"]]))
    elif rows["y"].nunique() > 1 and not several_statistics(rows):
        columns.append((_("Answer"), level_names("y", rows, language=language)))
    return columns


def group_name(column: str, rows: pd.DataFrame, *, language: str) -> str:
    """Name a group column: a role by its word, a variable by its label in the codebook."""
    column = _meant(column, rows) if column == "level" else column
    if column in GROUPS:
        return translator(language)(GROUPS[column])
    return measure_name(column, language=language)


def measure_name(name: str, *, language: str) -> str:
    """Name a variable or a scale by its label in the codebook, and a group, of which that has no label, by its word."""
    label, words = current.study.label(name, language) if current.study else name, {**GROUPS, **QUESTIONS}
    return translator(language)(words[name]) if label == name and name in words else label


def counted(row: pd.Series) -> str:
    """Say what a difference, a slope or a quantile is of; an amount is a share where the codebook knows yes and no."""
    of = str(row.get("of") or "")
    if of != "amount" or current.study is None:
        return of
    its = [v for v in current.study.codebook.variables() if v.name == row["y"]]
    return "share" if any(v.type == "whole" and (v.low, v.high) == (0, 1) for v in its) else of


def divided(outcomes: list[str], *, language: str) -> list[str]:
    """Say by what the totals of the outcomes are divided, one sentence for each such measure."""
    _, variables = translator(language), current.study.codebook.variables("units") if current.study else []
    by = {v.name: v.per for v in variables if v.per and v.name in outcomes}
    return [
        _("Divided by {measure}: {outcomes}.").format(
            measure=small(measure_name(per, language=language)),
            outcomes=", ".join(small(measure_name(y, language=language)) for y in outcomes if by.get(y) == per),
        )
        for per in dict.fromkeys(by.values())
    ]  # fmt: skip


def small(name: str) -> str:
    """Start a name with a small letter, as inside a sentence, unless it is an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def of_outcomes(rows: pd.DataFrame) -> bool:
    """Tell whether the `y` of a result are outcomes, and no answers."""
    return bool(rows["effect"].isin(OF_OUTCOMES).all() or {"top", "bottom"} <= set(rows))


def several_statistics(rows: pd.DataFrame) -> bool:
    """Tell whether rows hold statistics of more than one kind, so that each has to be named."""
    kinds = rows.drop_duplicates(["effect", "of"] if "of" in rows else ["effect"])
    return len({statistic_name(row, language=SOURCE) for _i, row in kinds.iterrows()}) > 1


def _meant(column: str, rows: pd.DataFrame) -> str:
    """Say what a column holds: answers those of the question, sides of a comparison levels of what is compared."""
    if column == "y" and not set(rows["y"]) <= set(_PROMOTER_GROUPS):
        return str(rows["x"].iloc[0]).rpartition(".")[2]
    return str(rows["between"].iloc[0]) if column in ("level", "reference") and "between" in rows else column


def statistic_name(row: pd.Series, *, language: str) -> str:
    """Name the statistic of a result row; an NPS by who was asked, a share by what was said.

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
    of = row.get("of") or ""
    if row["effect"] == "nps":
        return _nps_name(str(row["x"]), language)
    if row["effect"] == "score":
        return measure_name(str(row["x"]), language=language)
    if row["effect"] == "diff" and of in COMPARED:
        return _("Difference in {what}").format(what=inside(measured(row), language=language))
    if row["y"] == "response":
        return _("Response")
    if row["effect"] == "share":
        return _share_name(str(row["x"]), str(row["y"]), language)
    return _(STATISTICS.get(row["effect"], row["effect"]))


def measured(row: pd.Series) -> pd.Series:
    """Give a row of what was measured: the row itself, or what it is a difference, a quantile or a place of."""
    of = row.get("of")
    return pd.Series({"x": row["x"], **COMPARED[of]}) if of in COMPARED else row


def heading_name(row: pd.Series, *, language: str) -> str:
    """Name the statistic of a row above its figures: of a score also from which to which answer it runs."""
    name, ends = statistic_name(row, language=language), _ends(str(row["x"])) if row["effect"] == "score" else ""
    return f"{name} ({ends})" if ends else name


def _ends(x: str) -> str:
    """Write from which to which answer a question, or all items of a scale, run."""
    book = current.study.codebook if current.study else None
    asked = [v for v in book.variables() if x in (v.name, v.scale)] if book else []
    ends = {marks(v.low, v.high) for v in asked}
    return ends.pop().replace("–", f"{JOINED}–{JOINED}") if len(ends) == 1 else ""


def titled(title: str, rows: pd.DataFrame, *, language: str) -> str:
    """Put what was measured in a title, for `{what}`, in the reader's language; leave any other title as it is."""
    if "{what}" not in title:
        return title
    what = statistic_name(measured(rows.iloc[0]), language=language)
    return translator(language)(title).format(what=what)


def inside(row: pd.Series, *, language: str) -> str:
    """Name the statistic of a result row inside a sentence: a small letter, unless it is a name or an abbreviation."""
    name = statistic_name(row, language=language)
    return name if row["effect"] in ("alpha", "omega", "cramers_v", "gamma") else small(name)


def _share_name(x: str, y: str, language: str) -> str:
    """Name a share by what was said, and by whom where employees speak of customers."""
    _, variable = translator(language), _asked(x)
    to_customers = x == "promoter_group" or (variable is not None and variable.role == "recommend_to_customers")
    if y in _PROMOTER_GROUPS and to_customers:
        return _("Share of those who would recommend to customers (according to employees)")
    if y != "favourable":
        return _(STATISTICS["share"])
    if to_customers:
        return _("Share who would recommend to customers (according to employees)")
    yes_or_no = variable is not None and (variable.low, variable.high, variable.favourable_from) == (0, 1, 1)
    return _("Share saying yes") if yes_or_no else _("Favourable share")


def _nps_name(x: str, language: str) -> str:
    """Tell the eNPS from the NPS that customers give."""
    _ = translator(language)
    if x == "promoter_group":
        return _("eNPS")
    variable = _asked(x)
    if variable is None:
        return "NPS"
    return _("eNPS") if variable.table == "employees" else _("Customer NPS")


def _asked(x: str) -> Variable | None:
    """Look up the question that a row is of; None where it is of none, or of one that nobody was asked."""
    if current.study is None or x == "promoter_group" or current.study.codebook.lacks(x):
        return None
    if x in current.study.codebook.scales():
        return None
    return current.study.codebook.variable(x)


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
    for i, column in enumerate(group_columns(rows)):
        parts[i] = who_said(parts[i], column, rows, language=language)
    if not parts:
        return [", ".join(filter(None, [_("All answers"), wave_of(rows)]))] * len(rows)
    if "reference" in group_columns(rows):
        at = group_columns(rows).index("level")
        pairs = zip(*parts[at : at + 2], strict=True)
        parts[at : at + 2] = [[_("{level} against {reference}").format(level=a, reference=b) for a, b in pairs]]
    return [", ".join(row) for row in zip(*parts, strict=True)]


def who_said(names: Sequence[str], column: str, rows: pd.DataFrame, *, language: str) -> list[str]:
    """Name the groups of a yes/no question, in running text, by who said so; leave all others as they are."""
    _, study = translator(language), current.study
    asked = [v for v in study.codebook.variables() if v.name == _meant(column, rows)] if study else []
    if not any((v.low, v.high) == (0, 1) for v in asked):
        return list(names)
    unknown = _("unknown")
    return [name if name == unknown else _("those who said ‘{answer}’").format(answer=name) for name in names]


def level_names(column: str, rows: pd.DataFrame, *, language: str) -> list[str]:
    """Name the groups of a column: answers of a choice variable by their labels, all else as the data have it."""
    _, study = translator(language), current.study
    unknown, codes = _("unknown"), LEVELS.get(_meant(column, rows), {})
    if codes:
        of_all = EMPTY if column == "reference" else _("All answers")
        return [_(codes.get(value, str(value))) if value != "" else of_all for value in rows[column]]
    if column == "mark":
        named = {value: _("mark {mark}").format(mark=f"{value:g}") for value in rows[column] if value != ""}
        return [named.get(value, _("All answers")) for value in rows[column]]
    if column == "size":
        return [_("{n} answers").format(n=value) for value in rows[column]]
    if study is None:
        return [unknown if pd.isna(value) else str(value) for value in rows[column]]
    variables = _labelled(_meant(column, rows), rows, study)

    def name(value: object) -> str:
        labels = (study.value_label(v.name, value, language, table=v.table) for v in variables)
        return next((label for label in labels if label != str(value)), str(value))

    return [unknown if pd.isna(value) else name(value) for value in rows[column]]


def _labelled(column: str, rows: pd.DataFrame, study: Study) -> list[Variable]:
    """List the variables whose labels a column may have, those of the table that was asked first."""
    variables = study.codebook.variables()
    asked = {v.table for v in variables if {v.name, v.role, v.scale, f"{v.table}.{v.name}"} & set(rows["x"])}
    its = [v for v in variables if column in (v.name, v.role)]
    return sorted(its, key=lambda v: v.table not in asked)


def method_name(rows: pd.DataFrame) -> str:
    """Name the correction for many tests after who made it, as in every language."""
    return METHODS[rows["adjusted_by"].iloc[0]]


def reason_name(reason: str, *, language: str) -> str:
    """Put a reason into words."""
    return translator(language)(REASONS[reason]) if reason else ""


def unit_reason_name(reason: str, *, language: str) -> str:
    """Put the reason of a result into words whose n counts teams or organisations, and no answers."""
    if reason == "withheld":
        return translator(language)("too few to show")
    return reason_name(reason, language=language)


def why(reason: str, *, language: str) -> str:
    """Put a reason into words as a sentence gives it, behind a colon."""
    if reason == "withheld":
        return translator(language)("this would tell too much of who answered")
    return reason_name(reason, language=language)


def changes(codes: str, *, language: str) -> str:
    """Say in words what changed about a question: "wording, scale"."""
    _ = translator(language)
    return ", ".join(_(CHANGES.get(code.strip(), code.strip())) for code in str(codes).split(",") if code.strip())
