"""Do units with better EX have better CX? Links between teams, laid out, drawn and put into words.

A correlation of team scores is soon said to be more than it is. So a sentence names the level that it holds at, the
teams and organisations it rests on and its margin; no link is called absent unless the margin rules out every link of
relevance, and what cannot be told is called just that. In pictures teams and organisations are dots without a name.
"""

from __future__ import annotations

import pandas as pd

from exkit.context import current
from exkit.errors import need_columns
from exkit.present import forest, numbers, scatter
from exkit.present.cells import count_cell, figure_cell, margin_cell
from exkit.present.figures import ALPHA, figure, significant
from exkit.present.names import (
    LEVELS_INSIDE,
    level_names,
    measure_name,
    small,
    statistic_name,
    unit_reason_name,
    wave_of,
)
from exkit.present.protect import protect
from exkit.present.tables import Column, Html, lay_out, p_cell
from exkit.present.words import N_, translator
from exkit.result import group_columns

RELEVANT = 0.10
"""The weakest correlation that is called a link of relevance."""
LEVELS = {
    "within": N_("Within organisations"),
    "between": N_("Between organisations"),
    "pooled": N_("All teams together"),
}
"""What is correlated with what: three different questions."""
CLEAR = {
    ("within", "up"): N_("Within their organisation, teams that score higher on {x} tend to score higher on {y}"),
    ("within", "down"): N_("Within their organisation, teams that score higher on {x} tend to score lower on {y}"),
    ("between", "up"): N_("Organisations that score higher on {x} tend to score higher on {y}"),
    ("between", "down"): N_("Organisations that score higher on {x} tend to score lower on {y}"),
    ("pooled", "up"): N_("Teams that score higher on {x} tend to score higher on {y}"),
    ("pooled", "down"): N_("Teams that score higher on {x} tend to score lower on {y}"),
}
"""What a link says at each level, in either direction."""


def linkage_table(result: pd.DataFrame, *, title: str, language: str | None = None, min_n: int | None = None) -> Html:
    """Lay out correlations by the level that they hold at, a row for each way to take them.

    Parameters
    ----------
    result
        Of `ex.correlate` or `ex.disattenuate`, one pair of measures; results of several levels, methods, weights and
        controls one below the other.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        The table, a group of rows per level.
    """
    language = language or current.language
    _, rows = translator(language), protect(result, min_n=min_n)
    need_columns(rows, "level", "n_organisations", where="the result")
    order = {level: i for i, level in enumerate(LEVELS)}
    told = rows.sort_values("level", key=lambda levels: levels.map(order), kind="stable").to_dict("records")
    columns: list[Column] = [
        (_("Level"), [_(LEVELS[row["level"]]) for row in told]),
        (_("Correlation"), [_way(row, language) for row in told]),
        (_("Result"), [_readable(row, language) for row in told]),
        (_("95% margin"), [margin_cell(row, language=language) for row in told]),
        ("p", [p_cell(row["p_value"], language=language) for row in told]),
        (_("n"), [count_cell(row["n"], language=language) for row in told]),
        (_("Organisations"), [count_cell(row["n_organisations"], language=language) for row in told]),
    ]
    grey = [i for i, row in enumerate(told) if pd.isna(row["estimate"]) or row["reason"] == "above_one"]
    weak = any(row.get("weak_basis") == 1 for row in told)
    notes = (
        [_("Weak basis: corrected correlations rest on team scores of low measurement reliability.")] if weak else []
    )
    return lay_out(
        columns, title=title, at=wave_of(rows), language=language, stub=2, grouped=True, grey=grey, notes=notes
    )


def _way(row: dict, language: str) -> str:
    """Name a correlation by how it was taken: of ranks, weighted, with controls, corrected."""
    _, name = translator(language), statistic_name(pd.Series(row), language=language)
    covar, weight = (str(row[key]) if pd.notna(row.get(key)) else "" for key in ("covar", "weight"))
    if covar:
        named = ", ".join(small(measure_name(c, language=language)) for c in covar.split(", "))
        return _("{statistic}, other things equal: {controls}").format(statistic=name, controls=named)
    if pd.notna(row.get("n_perm")):
        return _("{statistic}, teams shuffled").format(statistic=name)
    return _("{statistic}, weighted by answers").format(statistic=name) if weight else name


def _readable(row: dict, language: str) -> str:
    """Write a correlation, unless it is none."""
    if pd.isna(row["estimate"]) or row["reason"] == "above_one":
        return unit_reason_name(row["reason"], language=language)
    return figure_cell(row, language=language)


def mixed_table(result: pd.DataFrame, *, title: str, language: str | None = None, min_n: int | None = None) -> Html:
    """Lay out a mixed model: a slope for each term, and how much of the differences lies with teams.

    Parameters
    ----------
    result
        Of `ex.mixed`.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        The table, a row per term, without the intercept.
    """
    language = language or current.language
    _, rows = translator(language), protect(result, min_n=min_n)
    need_columns(rows, "level", "value", "against", "n_organisations", where="the result")
    slopes = rows[rows["effect"].eq("b") & rows["x"].ne("intercept")]
    slopes = slopes.assign(effect=slopes["effect"].mask(slopes["of"] == "points", "slope"))
    told = [*slopes.to_dict("records"), *rows[rows["effect"] == "icc"].to_dict("records")]
    columns: list[Column] = [
        (_("Term"), [_term(row, language) for row in told]),
        (_("Slope"), [_readable(row, language) for row in told]),
        (_("95% margin"), [margin_cell(row, language=language) for row in told]),
        ("p", [p_cell(row["p_value"], language=language) for row in told]),
    ]
    grey = [i for i, row in enumerate(told) if pd.isna(row["estimate"])]
    notes = []
    if pd.notna(rows["n_units"].iloc[0]):
        counted = {name: count_cell(rows[name].iloc[0], language=language) for name in ("n", "n_units")}
        notes.append(_("Rests on {n} answers about {n_units} teams.").format(**counted))
    return lay_out(columns, title=title, at=wave_of(rows), language=language, stub=1, grey=grey, notes=notes)


def _term(row: dict, language: str) -> str:
    """Name a term of a mixed model."""
    _ = translator(language)
    if row["effect"] == "icc":
        return _("Part of all differences that goes with team and organisation")
    name = measure_name(row["x"], language=language)
    if row["value"]:
        named = {side: level_names(row["x"], pd.DataFrame([{row["x"]: row[side], "x": row["x"]}]), language=language)[0]
                 for side in ("value", "against")}  # fmt: skip
        return _("{measure}: {value} against {against}").format(measure=name, **named)
    if row["level"] in ("within", "between") and not row["n_organisations"] <= 1:
        return _("{measure}, {level}").format(measure=name, level=_(LEVELS_INSIDE[row["level"]]))
    return name


def finding(rows: pd.DataFrame, *, language: str) -> str | None:
    """Word a finding on a link between teams.

    Parameters
    ----------
    rows
        A protected result.
    language
        Language of the reader.

    Returns
    -------
    str or None
        One or more sentences; None for any other result.
    """
    if "n_both" in rows:
        return _matched(rows.iloc[0], language)
    if scatter.is_scatter(rows):
        return scatter.finding(rows, language=language)
    if forest.is_forest(rows):
        return forest.finding(rows, language=language)
    if rows["effect"].eq("r_detectable").all() and rows["estimate"].isna().all() and len(rows) == 1:
        reason = unit_reason_name(rows["reason"].iloc[0], language=language)
        return translator(language)("How strong a link must be to show cannot be told: {reason}.").format(reason=reason)
    if "link_level" in rows:
        return _moderated(rows, language)
    if {"b", "icc"} <= set(rows["effect"]):
        return _mixed(rows, language)
    one_pair = len(rows) == rows["effect"].nunique() and not group_columns(rows)
    if {"level", "n_organisations"} <= set(rows) and one_pair and set(rows["effect"]) in ({"r"}, {"r", "r_corrected"}):
        return _link(rows.set_index("effect", drop=False), language)
    return None


def _matched(row: pd.Series, language: str) -> str:
    """Word how many teams have both measures; teams themselves are not named."""
    _ = translator(language)
    told = {
        "x": small(measure_name(row["x"], language=language)),
        "y": small(measure_name(row["y"], language=language)),
    }
    if pd.isna(row["estimate"]):
        nobody = row["reason"] == "no_answers"
        said = _("No team has both {x} and {y}: {reason}.") if nobody else _("Teams with both {x} and {y}: {reason}.")
        unasked = nobody and current.study is not None and current.study.codebook.lacks(row["y"])
        reason = "no_question" if unasked else row["reason"]
        return said.format(**told, reason=unit_reason_name(reason, language=language))
    told |= {name: numbers.count(row[name], language=language) for name in ("n", "n_both", "n_only_x", "n_only_y")}
    said = [
        _("Of {n} teams of which {x} or {y} is known, both are known of {n_both} ({share}).").format(
            **told, share=numbers.percent(row["estimate"], language=language)
        )
    ]
    only = [
        _("{n} of which only {measure} is known").format(n=told[f"n_only_{side}"], measure=told[side])
        for side in ("x", "y")
        if row[f"n_only_{side}"]
    ]
    if only:
        said.append(_("Left out: {teams}.").format(teams="; ".join(only)))
    return " ".join(said)


def _moderated(rows: pd.DataFrame, language: str) -> str:
    """Word the link in each group of teams, and how far these lie apart: as observed, and corrected where known."""
    _, named = translator(language), level_names("level", rows, language=language)
    rows = rows.assign(group=named, beside=level_names("reference", rows, language=language))
    between = small(measure_name(rows["between"].iloc[0] or "contact", language=language))
    if rows["estimate"].isna().all():
        reason = unit_reason_name(rows["reason"].iloc[0], language=language)
        return _("Whether the link differs by {between} cannot be told: {reason}.").format(
            between=between, reason=reason
        )
    said = [_("By {between}, {level}.").format(between=between, level=_(LEVELS_INSIDE[rows["link_level"].iloc[0]]))]
    for effect, pattern in {
        "": _("‘{group}’: {figures}."),
        "diff": _("‘{group}’ less ‘{beside}’: {figures}."),
    }.items():
        its = rows[(rows["effect"] == "diff") == bool(effect)]
        for _pair, part in its.groupby(["group", "beside"], sort=False):
            if figures := _observed_and_corrected(part, language):
                said.append(pattern.format(**part[["group", "beside"]].iloc[0], figures=figures))
    return " ".join(said)


def _observed_and_corrected(part: pd.DataFrame, language: str) -> str:
    """Write a correlation, or a difference of two, and behind it the corrected one where there is one to read."""
    _, said = translator(language), []
    kinds = {"r": _("correlation {figure}"), "r_corrected": _("corrected {figure}")}
    for kind, pattern in kinds.items():
        its = part[(part["effect"] == kind) | (part["effect"].eq("diff") & part["of"].eq(kind))]
        for _i, row in its[its["estimate"].notna() & its["reason"].ne("above_one")].iterrows():
            verdict = f", {significant(row, language=language)}" if row["effect"] == "diff" else ""
            said.append(pattern.format(figure=figure(row, language=language)) + verdict)
    return "; ".join(said)


def _mixed(rows: pd.DataFrame, language: str) -> str:
    """Word the slope of a mixed model: of teams around their organisation where there are several."""
    _, terms = translator(language), rows[rows["effect"] == "b"]
    inside = terms[(terms["level"] == "within") & (terms["n_organisations"] > 1)]
    row = (inside if len(inside) else terms).iloc[0]
    told = {side: small(measure_name(row[side], language=language)) for side in ("x", "y")}
    if pd.isna(row["estimate"]):
        reason = unit_reason_name(row["reason"], language=language)
        return _("There is no mixed model of {y} on {x}: {reason}.").format(**told, reason=reason)
    of = row["of"] or "b"
    told["b"] = numbers.quantity(row["estimate"], effect="slope", of=of, language=language)
    told["verdict"] = significant(row, language=language)
    told["between"] = numbers.interval(row["conf_low"], row["conf_high"], effect="slope", of=of, language=language)
    said = (
        _(
            "Other terms being equal, 1 more on {x} than the organisation's own mean goes with a difference of "
            "{b} in {y}"
        )
        if len(inside)
        else _("Other terms being equal, 1 more on {x} goes with a difference of {b} in {y}")
    )
    return _("{said} (margin {between}): {verdict}.").format(said=said.format(**told), **told)


def described(rows: pd.DataFrame, *, language: str) -> str | None:
    """Put a picture of unnamed teams or organisations into words: how many there are, and what they show together.

    Parameters
    ----------
    rows
        A protected result.
    language
        Language of the reader.

    Returns
    -------
    str or None
        None for any other result, each row of which may be told.
    """
    if scatter.is_scatter(rows):
        return scatter.described(rows, language=language)
    return forest.described(rows, language=language) if forest.is_forest(rows) else None


def _link(rows: pd.DataFrame, language: str) -> str:
    """Word a correlation: a clear link, none of relevance, or too uncertain to call; then what it is when corrected."""
    row = rows.loc["r"]
    if pd.isna(row["estimate"]):
        return translator(language)("The correlation of {x} with {y} {level} is not given: {reason}.").format(
            **_named(row, language), reason=unit_reason_name(row["reason"], language=language)
        )
    said = [VERDICTS[_verdict(row)](row, language)]
    if "r_corrected" in rows.index:
        said.append(_corrected(rows.loc["r_corrected"], language))
    return " ".join(said)


def _verdict(row: pd.Series) -> str:
    """Say what a margin leaves open: no link of relevance, a clear one, or too little to tell; `bare` without one."""
    if pd.isna(row["conf_low"]):
        return "bare"
    if row["conf_low"] > -RELEVANT and row["conf_high"] < RELEVANT:
        return "none"
    certain = (row["conf_low"] > 0 or row["conf_high"] < 0) and row["p_value"] < ALPHA
    return "clear" if certain else "unsure"


def _named(row: pd.Series, language: str) -> dict[str, str]:
    """Give the parts of a sentence on a link."""
    _ = translator(language)
    return {
        "x": small(measure_name(row["x"], language=language)),
        "y": small(measure_name(row["y"], language=language)),
        "level": _(LEVELS_INSIDE[row["level"]]),
        "r": numbers.estimate(row["estimate"], effect=row["effect"], language=language),
        "margin": _margin(row, language),
        "relevant": numbers.number(RELEVANT, decimals=2, language=language),
    }


def _margin(row: pd.Series, language: str) -> str:
    """Write the margin of a link with what it rests on: "margin 0.10 to 0.30, 534 teams in 48 organisations"."""
    _ = translator(language)
    between = numbers.interval(row["conf_low"], row["conf_high"], effect=row["effect"], language=language)
    why = unit_reason_name(row["reason"], language=language)
    said = _("margin {between}").format(between=between) if between else why
    return ", ".join(filter(None, [said, _rests_on(row, language)]))


def _rests_on(row: pd.Series, language: str) -> str:
    """Count the teams, and the organisations where there are several."""
    _, n, k = translator(language), row["n"], row["n_organisations"]
    counted = {name: numbers.count(value, language=language) for name, value in {"n": n, "k": k}.items()}
    if row["level"] == "between":
        return _("{n} organisations").format(**counted)
    return (_("{n} teams in {k} organisations") if k > 1 else _("{n} teams")).format(**counted)


def _clear(row: pd.Series, language: str) -> str:
    """Word a link that is there, in its direction."""
    _, told = translator(language), _named(row, language)
    said = _(CLEAR[row["level"], "up" if row["estimate"] > 0 else "down"]).format(**told)
    return _("{said}: the correlation {level} is {r} ({margin}).").format(said=said, **told)


def _none(row: pd.Series, language: str) -> str:
    """Word that there is no link of relevance: the margin lies between the weakest two that would be."""
    return translator(language)(
        "No link of relevance seen between {x} and {y}: the correlation {level} is {r} ({margin}), and the margin "
        "rules out links of {relevant} or stronger, in either direction."
    ).format(**_named(row, language))


def _unsure(row: pd.Series, language: str) -> str:
    """Word that it cannot be told whether there is a link."""
    return translator(language)(
        "Whether {x} goes with {y} is too uncertain to call: the correlation {level} is {r} ({margin}). Both a "
        "correlation of 0 and one of {relevant} or stronger fit these data."
    ).format(**_named(row, language))


def _bare(row: pd.Series, language: str) -> str:
    """Word a link without a margin, with the reason."""
    return translator(language)("The correlation of {x} with {y} {level} is {r} ({margin}).").format(
        **_named(row, language)
    )


VERDICTS = {"clear": _clear, "none": _none, "unsure": _unsure, "bare": _bare}


def _corrected(row: pd.Series, language: str) -> str:
    """Word the corrected correlation with the reliabilities that it rests on, or why there is none."""
    _, named = translator(language), _named(row, language)
    if row["reason"] == "reliability_unknown":
        return _(
            "How much of the link chance in the team scores hides cannot be told: their measurement reliability is "
            "unknown, since respondents were not supplied."
        )
    trust = {
        side: numbers.estimate(row[f"reliability_{side}"], effect="icc2", language=language) for side in ("x", "y")
    }
    if row["reason"] == "above_one":
        return _(
            "Corrected for chance in the team scores it comes out at a strength of 1 or more, which cannot be "
            "interpreted (measurement reliabilities {icc2_x} and {icc2_y})."
        ).format(icc2_x=trust["x"], icc2_y=trust["y"])
    if pd.isna(row["estimate"]):
        reason = unit_reason_name(row["reason"], language=language)
        return _("It is not corrected for chance in the team scores: {reason}.").format(reason=reason)
    between = numbers.interval(row["conf_low"], row["conf_high"], effect="r", language=language)
    said = _(
        "Corrected for chance in the team scores it is {r} (margin {between}); the measurement reliability of the team "
        "scores is {icc2_x} for {x} and {icc2_y} for {y}."
    ).format(**named, between=between, icc2_x=trust["x"], icc2_y=trust["y"])
    return f"{said} {_('That is a weak basis: a reliability below 0.50.')}" if row["weak_basis"] == 1 else said
