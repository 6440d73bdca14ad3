"""Where an organisation or a sector stands, in sentences: its figure, what it differs from, where it may truly be.

What is not shown is said kindly and in the same words whatever the reason. A place is never said without the places
that may be the true one, and a difference never without whether it can be told from none.
"""

from __future__ import annotations

from html import escape

import pandas as pd
from babel.lists import format_list

from exkit.context import current
from exkit.present import numbers
from exkit.present.figures import certain, figure, opened, significant
from exkit.present.names import inside, level_names, measured, small, statistic_name, why
from exkit.present.own import LEVELS
from exkit.present.protect import protect
from exkit.present.tables import Html
from exkit.present.words import N_, translator
from exkit.result import group_columns

WHOSE = {"own": N_("this organisation"), "sector": N_("the sector {sector}"), "all": N_("all participants")}
"""Whose figure it is, inside a sentence."""
AGAINST = {"all": N_("all participants together"), "sector": N_("its sector")}
"""What a figure is held against, besides an earlier one of its own."""
AMONG = {"all": N_("Among all participants"), "sector": N_("Within its sector")}
OTHERS = {"all": N_("the other participants"), "sector": N_("the others in its sector")}


def in_brief(*results: pd.DataFrame, language: str | None = None, min_n: int | None = None) -> Html:
    """List what differs by more than chance, a line per result and without figures.

    Parameters
    ----------
    results
        Of `differences`, one per question.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        A list; nothing where nothing can be compared.
    """
    language = language or current.language
    lines = [_in_brief(protect(rows, min_n=min_n), language) for rows in results]
    items = "".join(f"<li>{escape(line)}</li>" for line in lines if line)
    return Html(f'<ul class="findings">{items}</ul>' if items else "")


def _in_brief(rows: pd.DataFrame, language: str) -> str:
    """Say in one line with what there is a difference, and with what there is none."""
    _, known = translator(language), rows[rows["effect"].eq("diff") & rows["estimate"].notna()]
    if known.empty:
        return ""
    sides = {N_("higher than {whom} (statistically significant)"): [],
             N_("lower than {whom} (statistically significant)"): [],
             N_("no statistically significant difference with {whom}"): []}  # fmt: skip
    higher, lower, alike = sides
    for _i, row in known.iterrows():
        sides[alike if not certain(row) else higher if row["estimate"] > 0 else lower].append(_whom(row, language))
    said = [_(verdict).format(whom=format_list(whom, locale=language)) for verdict, whom in sides.items() if whom]
    return f"{opened(_measured(known.iloc[0], language))}: {'; '.join(said)}."


def finding(rows: pd.DataFrame, *, language: str) -> str | None:
    """Word where an organisation or a sector stands.

    Parameters
    ----------
    rows
        A protected result of `levels`, `differences` or `places`.
    language
        Language of the reader.

    Returns
    -------
    str or None
        One or more sentences; None for any other result.
    """
    if group_columns(rows) == LEVELS:
        return _levels(rows, language)
    if group_columns(rows) != ["against"]:
        return None
    told = {"rank": _rank, "percentile": _percentile, "diff": _difference}
    # What is withheld is told with the figure itself.
    rows = rows[rows["reason"] != "withheld"]
    # Why there is no place is said once.
    again = rows["effect"].eq("rank") & rows["estimate"].isna() & rows["reason"].duplicated()
    records = [row for _i, row in rows[~again].iterrows()]
    return " ".join(filter(None, [told[row["effect"]](row, language) for row in records]))


def _levels(rows: pd.DataFrame, language: str) -> str:
    """Word the figure and its benchmarks."""
    _, means = translator(language), rows[rows["effect"] != "quantile"]
    sectors = level_names("sector", means, language=language)
    whose = [_(WHOSE[kind]).format(sector=sector) for kind, sector in zip(means["whose"], sectors, strict=True)]
    means = means.assign(named=whose)
    hidden, shown = (means[means["reason"].eq("withheld") == withheld] for withheld in (True, False))
    said = [_level(row, language) for _i, row in shown.iterrows()]
    if means["indicative"].iloc[0]:
        said.insert(1, _("That margin is too wide to rest a conclusion on."))
    return " ".join([*_hidden(hidden, language), *said, *_quantiles(rows, language)])


def _hidden(rows: pd.DataFrame, language: str) -> list[str]:
    """Word in one sentence whose figures are withheld."""
    if rows.empty:
        return []
    said = translator(language)(
        "The {what} of {whose} is not shown: too few people or organisations took part, or what they answered could be "
        "worked out from it."
    )
    what, whose = inside(rows.iloc[0], language=language), format_list(list(rows["named"]), locale=language)
    return [opened(said.format(what=what, whose=whose))]


def _level(row: pd.Series, language: str) -> str:
    """Word one figure, or that there is none."""
    _, told = translator(language), {"what": inside(row, language=language), "whose": row["named"]}
    if pd.isna(row["estimate"]):
        said = _("The {what} of {whose} cannot be given: {reason}.")
    elif row["whose"] == "own":
        said = _("The {what} of {whose} is {figure}.")
    else:
        said = _("The {what} of {whose}, over all answers, is {figure}.")
    reason = why(row["reason"], language=language)
    return opened(said.format(**told, reason=reason, figure=figure(row, language=language)))


def _quantiles(rows: pd.DataFrame, language: str) -> list[str]:
    """Word the median of organisations, and where the top quarter begins."""
    _, its = translator(language), rows[(rows["effect"] == "quantile") & (rows["whose"] == "all")].set_index("y")
    if its.empty or pd.isna(its.at["p50", "estimate"]):
        return []
    written = {
        y: numbers.estimate(row["estimate"], effect="quantile", of=row["of"], language=language)
        for y, row in its.iterrows()
    }
    told = {"k": numbers.count(its.at["p50", "n_organisations"], language=language)}
    median = _("About half of the {k} organisations score above {p50}, the median of organisations.")
    quarter = _(
        "About half of the {k} organisations score above {p50}, the median, and the top quarter begins at {p75}."
    )
    return [(quarter if written["p75"] else median).format(**told, p50=written["p50"], p75=written["p75"])]


def _difference(row: pd.Series, language: str) -> str:
    """Word one difference with a benchmark, or with the wave before."""
    _, told = translator(language), {"what": _measured(row, language), "whom": _whom(row, language)}
    if pd.isna(row["estimate"]):
        said = _("The {what} is not held against that of {whom}: {reason}.")
        return opened(said.format(**told, reason=why(row["reason"], language=language)))
    said = (
        _("Since {whom} the {what} has changed by {figure}: {verdict}.")
        if row["against"] == "wave"
        else _("The {what} differs from that of {whom} by {figure}: {verdict}.")
    )
    told |= {"figure": _of_difference(row, language), "verdict": significant(row, language=language)}
    return opened(said.format(**told))


def _measured(row: pd.Series, language: str) -> str:
    """Name what was measured, inside a sentence."""
    return small(statistic_name(measured(row), language=language))


def _whom(row: pd.Series, language: str) -> str:
    """Name what a figure is held against: a benchmark, or a wave."""
    _, wave = translator(language), row.get("reference")
    if row["against"] in AGAINST:
        return _(AGAINST[row["against"]])
    return wave if isinstance(wave, str) and wave else _("an earlier wave")


def _of_difference(row: pd.Series, language: str) -> str:
    """Write a difference with its margin; whose answers it rests on the levels say."""
    told = {"effect": "diff", "of": row["of"], "language": language}
    value = numbers.quantity(row["estimate"], **told)
    between = numbers.interval(row["conf_low"], row["conf_high"], **told)
    margin = translator(language)("margin {between}").format(between=between) if between else ""
    return f"{value} ({margin})" if margin else value


def _rank(row: pd.Series, language: str) -> str:
    """Word a place with the places that may be the true one."""
    _, among = translator(language), translator(language)(AMONG[row["against"]])
    if pd.isna(row["estimate"]):
        return _("{among} it has no place: {reason}.").format(among=among, reason=why(row["reason"], language=language))
    said = _("{among} its true place is somewhere between {low} and {high} of {k}; the one that was seen is {seen}.")
    counts = {"low": "conf_low", "high": "conf_high", "seen": "estimate", "k": "n_organisations"}
    return said.format(
        among=among, **{name: numbers.count(row[column], language=language) for name, column in counts.items()}
    )


def _percentile(row: pd.Series, language: str) -> str:
    """Word which part of the others has a lower figure; nothing where the place says why there is none."""
    if pd.isna(row["estimate"]):
        return ""
    _, told = translator(language), {"effect": "percentile", "language": language}
    said = _("It scores higher than {seen} of {others}; allowing for chance that is somewhere from {between}.")
    between = numbers.interval(row["conf_low"], row["conf_high"], **told)
    seen, others = numbers.estimate(row["estimate"], **told), _(OTHERS[row["against"]])
    return said.format(seen=seen, others=others, between=between)
