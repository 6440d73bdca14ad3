"""The claims register on a page: what was published, what these data say of it, and what that is worth.

Beside each published figure stands ours, and four things that are told apart and never merged into one mark: where the
figure comes from (provenance), whether ours is the same figure (definition), whether our data can be evidence at all
(basis), and what they say (verdict). A figure that these data cannot answer is listed too, with the reason.

Figures stand in lists of terms rather than in a table: nine columns do not fit a telephone, six terms do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import pairwise

import pandas as pd

from exkit.context import current
from exkit.errors import need_columns
from exkit.present import numbers
from exkit.present.names import small, why
from exkit.present.protect import protect
from exkit.present.tables import Html
from exkit.present.words import N_, translator

THEMES = {
    "01_enps": N_("Enthusiasm of employees"),
    "02_promoters": N_("Recommending to customers"),
    "03_aggregation": N_("Scales and team scores"),
    "04_linkage": N_("EX and CX of teams"),
    "05_quartiles": N_("Highest and lowest quartile"),
    "06_both_axes": N_("Both axes"),
    "07_absence_turnover": N_("Absence, turnover and span of control"),
    "08_drivers": N_("Associated factors"),
    "09_lead_lag": N_("Order in time"),
    "11_business_case": N_("Business case"),
    "12_maturity": N_("Maturity and follow-up"),
    "13_annual_report": N_("Goals"),
    "": N_("Other claims"),
}
"""What the claims that one notebook answers are about, in the order of the notebooks."""

VERDICTS = {
    "agrees": N_("In line"),
    "differs": N_("Differs"),
    "supports": N_("Points the same way"),
    "contradicts": N_("Points the other way"),
    "undecided": N_("Undecided"),
    "by_design": N_("By design"),
    "not_comparable": N_("Not comparable"),
    "not_testable": N_("Not testable on these data"),
}

SAID = {
    "agrees": N_("In line: within {m} of {v}."),
    "differs": N_("Differs: {e} against {v}."),
    "supports": N_("Points the same way."),
    "contradicts": N_("Points the other way."),
    "undecided": N_("Undecided: compatible with {v} and with a difference of {m} or more."),
    "by_design": N_("Synthetic data set to this figure: it shows the calculation, not the claim."),
    "not_comparable": N_("Not comparable: {difference}."),
    "not_testable": N_("Cannot be tested with these data: {reason}."),
}
"""What a verdict says of one figure."""

PROVENANCES = {
    "sourced_n": N_("sourced, with n"),
    "sourced": N_("sourced, no n"),
    "second_hand": N_("second-hand"),
    "unsourced": N_("unsourced"),
}
DEFINITIONS = {
    "same": N_("same"),
    "partly": N_("partly the same"),
    "different": N_("different"),
    "not_published": N_("not published"),
}
BASES = {
    "observed": N_("observed"),
    "calibrated": N_("synthetic, set to this figure"),
    "fictitious": N_("synthetic, not set to this figure"),
}

BOUNDED = ("direction", "threshold")


def claims(result: pd.DataFrame, *, language: str | None = None, min_n: int | None = None) -> Html:
    """List the published figures by theme: what was published, ours, and the four things that are told of each.

    Parameters
    ----------
    result
        The claims register, as `ex.register` gives it, or some of its rows.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        A section per theme, and a last one for what these data cannot answer, folded away by theme.
    """
    language = language or current.language
    rows = _protected(result, min_n=min_n)
    if _synthetic(rows):
        rows = rows.replace({"basis": {"observed": "fictitious"}})
    _, answered = translator(language), rows["verdict"] != "not_testable"
    sections = [_section(_(THEMES[theme]), _list(part, language)) for theme, part in _themes(rows[answered])]
    folded = [_folded(_(THEMES[theme]), part, language) for theme, part in _themes(rows[~answered])]
    return Html("".join([*sections, _section(_(VERDICTS["not_testable"]), "".join(folded)) if folded else ""]))


def verdicts(result: pd.DataFrame, *, language: str | None = None, min_n: int | None = None) -> Html:
    """Set large how many figures got each verdict.

    Parameters
    ----------
    result
        The claims register, as `ex.register` gives it.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        A list of verdicts and numbers; verdicts that no figure got are left out. Nothing where this edition has no
        register.
    """
    if _lacking(result):
        return Html("")
    language = language or current.language
    _, found = translator(language), _protected(result, min_n=min_n)["verdict"].value_counts()
    counted = [
        f"<div><dt>{escape(_(VERDICTS[verdict]))}</dt>"
        f'<dd class="value">{numbers.count(n, language=language)}</dd></div>'
        for verdict, n in found.reindex(list(VERDICTS)).dropna().items()
    ]
    return Html(f'<dl class="key-figures counts">{"".join(counted)}</dl>')


def headlines(result: pd.DataFrame, *, language: str | None = None, min_n: int | None = None) -> Html:
    """List the figures that may be a headline: those that differ, and survive the correction for their number.

    Parameters
    ----------
    result
        The claims register, as `ex.register` gives it.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        A list of claims; nothing where none may, or where this edition has no register.
    """
    if _lacking(result):
        return Html("")
    rows = _protected(result, min_n=min_n)
    return Html(_list(rows[rows["headline"]], language or current.language))


def finding(rows: pd.DataFrame, *, language: str) -> str:
    """Word what a register says as a whole: how much could be tested, and how much of that is chance.

    Parameters
    ----------
    rows
        A claims register that went through `protect`.
    language
        Language of the reader.

    Returns
    -------
    str
        A few sentences of plain text.
    """
    _, answered = translator(language), int((rows["verdict"] != "not_testable").sum())
    said = _(
        "The register holds {claims} claims with {figures} figures and statements; "
        "{answered} can be held against these data."
    )
    counts = {"claims": rows["claim"].nunique(), "figures": len(rows), "answered": answered}
    said = said.format(**{name: numbers.count(n, language=language) for name, n in counts.items()})
    return " ".join([said, *_chance(rows, language), *_headlines(rows, language)])


def _lacking(result: pd.DataFrame) -> bool:
    """Say whether a saved register is not there."""
    return bool(result["reason"].eq("not_calculated").all()) and "verdict" not in result


def _protected(result: pd.DataFrame, *, min_n: int | None) -> pd.DataFrame:
    """Take a register through the door."""
    rows = protect(result, min_n=min_n)
    need_columns(rows, "claim", "figure", "verdict", "analysis", where="this register")
    return rows


def _chance(rows: pd.DataFrame, language: str) -> Iterator[str]:
    """Word how many of the tested figures differ by chance."""
    _, tested = translator(language), int(rows["family"].max())
    if not tested:
        yield _("No figure could be tested for a difference.")
        return
    said = translator(language).plural(
        "Of {k} testable claim about {chance} differs by chance.",
        "Of {k} testable claims about {chance} differ by chance.",
        tested,
    )
    decimals = 1 if tested > 1 else 2  # .05 would be doubled by one
    chance = numbers.number(rows["by_chance"].max(), decimals=decimals, language=language)
    yield said.format(k=numbers.count(tested, language=language), chance=chance)


def _headlines(rows: pd.DataFrame, language: str) -> Iterator[str]:
    """Word what may be a headline; in synthetic data nothing may."""
    _, held = translator(language), int(rows["headline"].sum())
    if _synthetic(rows):
        yield _("The data are fictitious: no verdict here says anything of a claim itself.")
    elif rows["family"].max():
        yield _("Only a figure that differs and survives the correction for their number (Holm) may be a headline.")
        said = translator(language).plural("That is {n} here.", "Those are {n} here.", held)
        yield said.format(n=numbers.count(held, language=language)) if held else _("There is none here.")


def _synthetic(rows: pd.DataFrame) -> bool:
    """Say whether the data are the sample study, which was set to some of the figures."""
    return bool((rows["basis"] == "calibrated").any())


def _themes(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Split claims by what they are about."""
    for theme in THEMES:
        if len(part := rows[rows["analysis"] == theme]):
            yield theme, part


def _section(heading: str, inside: str) -> str:
    """Set claims under a heading."""
    return f'<section class="theme"><h3>{escape(heading)}</h3>{inside}</section>'


def _folded(theme: str, rows: pd.DataFrame, language: str) -> str:
    """Fold claims away behind their theme and their number."""
    summary = escape(f"{theme} ({numbers.count(len(rows), language=language)})")
    return f'<details class="exkit-folded"><summary>{summary}</summary>{_list(rows, language)}</details>'


def _list(rows: pd.DataFrame, language: str) -> str:
    """List claims, each with its figures; nothing where there are none."""
    items = [_claim(number, figures, language) for number, figures in rows.groupby("claim", sort=False)]
    return f'<ul class="claims">{"".join(items)}</ul>' if items else ""


def _claim(number: object, rows: pd.DataFrame, language: str) -> str:
    """Lay out one claim: its figures, and below the last of those that are read alike how they are read."""
    readings = [*rows[f"reading_{language}"].mask(rows["verdict"] == "not_comparable", ""), ""]
    ends = [reading if reading != after else "" for reading, after in pairwise(readings)]
    figures = [
        _figure(row, language) + _note(reading) for (_i, row), reading in zip(rows.iterrows(), ends, strict=True)
    ]
    return f'<li><span class="number">{escape(str(number))}</span>{"".join(figures)}</li>'


def _note(said: str) -> str:
    """Set a remark as a sentence."""
    capital = re.sub(r"\w", lambda first: first.group().upper(), said, count=1)
    return f'<p class="note">{escape(capital)}.</p>' if said else ""


def _figure(row: pd.Series, language: str) -> str:
    """Lay out one figure: the claim, what is measured here, and the six terms."""
    _ = translator(language)
    terms = {
        _("Published"): _published(row, language),
        _("These data"): _ours(row, language),
        _("Provenance"): _provenance(row, language),
        _("Definition"): (_(DEFINITIONS[row["definition"]]), ""),
        _("Basis"): (_(BASES[row["basis"]]), ""),
        _("Verdict"): (_verdict(row, language), _("May be a headline.") if row["headline"] else ""),
    }
    grey = {_("These data")} if row["indicative"] or pd.isna(row["estimate"]) else set()
    set_out = "".join(_term(name, *said, grey=name in grey) for name, said in terms.items())
    measured = _("Measured here: {what}.") if row["verdict"] != "not_testable" else _("To be measured: {what}.")
    measured = measured.format(what=small(row[f"wording_{language}"]))
    return (
        f'<p class="claim">{escape(row[f"text_{language}"])}</p><p class="note">{escape(measured)}</p>'
        f'<dl class="facts">{set_out}</dl>'
    )


def _term(name: str, said: str, beside: str, *, grey: bool) -> str:
    """Set one term with what is said of it, and a remark beside it."""
    value = '<dd class="indicative">' if grey else "<dd>"
    return (
        f"<div><dt>{escape(name)}</dt>{value}{escape(said)}</dd>"
        + (f'<dd class="margin">{escape(beside)}</dd>' if beside else "") + "</div>"
    )  # fmt: skip


def _published(row: pd.Series, language: str) -> tuple[str, str]:
    """Write the published figure, and how many answers it rests on."""
    _ = translator(language)
    if row["kind"] in BOUNDED:
        kind = _("direction, no figure") if row["kind"] == "direction" else _("threshold")
        return _bound(row, language), kind
    known = pd.notna(row["n_published"])
    n = _count(row["n_published"], language) if known else _("n not published")
    return _figure_of_others(row, language) or _("no figure"), n


def _bound(row: pd.Series, language: str) -> str:
    """Write which side of a bound is claimed."""
    _ = translator(language)
    above = pd.notna(row["published_low"])
    bound = row["published_low"] if above else row["published_high"]
    if row["statistic"] in ("ratio", "or") and bound == 1:
        return _("higher") if above else _("lower")
    written = numbers.printed(bound, effect=row["statistic"], language=language) if bound else _("zero")
    return (_("above {bound}") if above else _("below {bound}")).format(bound=written)


def _figure_of_others(row: pd.Series, language: str) -> str:
    """Write the published figure or range as it was printed; nothing where there is none."""
    _, effect = translator(language), row["statistic"] if row["statistic"] in numbers.STYLES else ""
    value, low, high = (
        _plain_or(row[column], effect, language) for column in ("published", "published_low", "published_high")
    )
    return value or (_("{low} to {high}").format(low=low, high=high) if low else "")


def _plain_or(value: float, effect: str, language: str) -> str:
    """Write a figure of others by its statistic; without a known one as the plain number that it is."""
    if effect:
        return numbers.printed(value, effect=effect, language=language)
    return numbers.number(value, decimals=0, language=language)


def _ours(row: pd.Series, language: str) -> tuple[str, str]:
    """Write our figure with its margin and number of answers."""
    _ = translator(language)
    if pd.isna(row["estimate"]):
        return _("no figure"), ""
    how = {"effect": row["effect"], "of": row["of"], "language": language}
    between = numbers.interval(row["conf_low"], row["conf_high"], **how)
    return numbers.quantity(row["estimate"], **how), ", ".join(filter(None, [between, _count(row["n"], language)]))


def _count(n: float, language: str) -> str:
    """Write a number of answers, kept in one line."""
    return f"n = {numbers.count(n, language=language)}".replace(" ", "\N{NO-BREAK SPACE}")


def _provenance(row: pd.Series, language: str) -> tuple[str, str]:
    """Say where a figure comes from, in which articles it stands and whom they cite."""
    _, articles = translator(language), ", ".join(row["source"].split())
    cited = _("{articles}, citing {origin}").format(articles=articles, origin=row["origin"])
    return _(PROVENANCES[row["provenance"]]), cited if row["origin"] else articles


def _verdict(row: pd.Series, language: str) -> str:
    """Say in a sentence what these data say of a figure."""
    _, verdict = translator(language), row["verdict"]
    if verdict == "undecided" and row["kind"] in BOUNDED:
        return _("Undecided.")
    return _(SAID[verdict]).format(
        v=_figure_of_others(row, language),
        e=_ours(row, language)[0],
        m=_relevant(row, language),
        reason=why(row["reason"], language=language),
        difference=row[f"reading_{language}"] or _("definition not published"),
    )


def _relevant(row: pd.Series, language: str) -> str:
    """Write which difference would be relevant."""
    _, effect, m = translator(language), row["statistic"], row["margin"]
    if effect == "ratio":
        return _("a factor {m}").format(m=numbers.number(m, decimals=2, language=language))
    if effect not in ("nps", "share"):
        return numbers.number(m, decimals=numbers.style(effect).decimals, language=language) if pd.notna(m) else ""
    shown = numbers.number(m * numbers.style(effect).times, decimals=0, language=language)
    return f"{shown} {numbers.points('diff', of=effect, language=language)}"
