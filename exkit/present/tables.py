"""Publication tables: a result becomes an HTML table with a caption, an id, and every number as a reader writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from exkit.context import current
from exkit.present import numbers
from exkit.present.names import BANDS, EMPTY, changes, marks, method_name, reason_name, statistic_name, stub, wave_of
from exkit.present.protect import protect
from exkit.present.words import N_, text, translator

if TYPE_CHECKING:
    from exkit.survey.codebook import Variable
    from exkit.survey.study import Study

UNBROKEN = "\N{NO-BREAK SPACE}"
"""Keeps the parts of a number in one line of a narrow column."""

Column = tuple[str, list[str]]
"""A heading and the cells below it."""
BAND_HEADINGS = {"detractors": N_("Detractors"), "passives": N_("Passives"), "promoters": N_("Promoters")}


class Html(str):
    """Markup that the kit made itself: every name in it is escaped."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


def slug(title: str) -> str:
    """Make an id of a title: lower-case letters, digits and hyphens; a hash where it has none of those.

    Examples
    --------
    >>> slug("eNPS by sector, 2025")
    'enps-by-sector-2025'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or f"x-{sha256(title.encode()).hexdigest()[:8]}"


def table(result: pd.DataFrame, *, title: str, language: str | None = None, min_n: int | None = None) -> Html:
    """Lay out a result as a table: groups, estimate with its margin, number of answers.

    Parameters
    ----------
    result
        Any result. With two group columns the first makes groups of rows.
    title
        The caption, in English; a catalogue key. The table's id is made of it.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        The table, in a region that scrolls by itself where it is wider than the page.
    """
    language = language or current.language
    rows = protect(result, min_n=min_n).reset_index(drop=True)
    heads = stub(rows, language=language)
    return _html(
        [*heads, *_figures(rows, language)],
        title=title,
        at=wave_of(rows),
        language=language,
        stub=len(heads),
        grouped=len(heads) == 2 and "reference" not in rows,
        grey=rows.index[rows["indicative"] | rows["estimate"].isna()].tolist(),
        notes=_notes(rows, min_n, language),
    )


def _figures(rows: pd.DataFrame, language: str) -> Iterator[Column]:
    """Write the figures, column by column."""
    _ = translator(language)
    for band in (b for b in BANDS if b in rows):
        yield _(BAND_HEADINGS[band]), [numbers.percent(v, language=language) or EMPTY for v in rows[band]]
    yield statistic_name(rows.iloc[0], language=language), _estimates(rows, language)
    yield _("95% margin"), [_margin(row, language) for row in rows.to_dict("records")]
    if "mean" in rows:
        yield _("Mark"), [numbers.number(v, decimals=1, language=language) or EMPTY for v in rows["mean"]]
    if rows["p_value"].notna().any():
        adjusted = "p_adjusted" in rows
        heading = _("p ({method})").format(method=method_name(rows)) if adjusted else "p"
        yield heading, [_p_value(p, language) for p in rows["p_adjusted" if adjusted else "p_value"]]
    yield _("n"), [EMPTY if pd.isna(n) or not n else numbers.count(n, language=language) for n in rows["n"]]


def _estimates(rows: pd.DataFrame, language: str) -> list[str]:
    """Write the estimates, or why there is none."""
    return [
        numbers.estimate(row["estimate"], effect=row["effect"], of=row.get("of") or "", language=language)
        or reason_name(row["reason"], language=language)
        for row in rows.to_dict("records")
    ]


def _p_value(p: float, language: str) -> str:
    """Write a p-value under a heading that says so."""
    return numbers.p_value(p, language=language).removeprefix("p = ").removeprefix("p ").replace(" ", UNBROKEN) or EMPTY


def _margin(row: dict, language: str) -> str:
    """Write the interval of one row, or why its estimate has none."""
    written = numbers.interval_cell(
        row["conf_low"], row["conf_high"], effect=row["effect"], of=row.get("of") or "", language=language
    )
    lacking = reason_name(row["reason"], language=language) if pd.notna(row["estimate"]) else ""
    return written.replace(" ", UNBROKEN) or lacking or EMPTY


def _notes(rows: pd.DataFrame, min_n: int | None, language: str) -> list[str]:
    """Say below the table what was withheld, marked or rounded."""
    _ = translator(language)
    notes = []
    if (rows["reason"] == "withheld").any():
        least = numbers.count(current.min_n if min_n is None else min_n, language=language)
        notes.append(_("Too few answers: groups of fewer than {least} are not shown.").format(least=least))
    if rows["indicative"].any():
        notes.append(_("Grey figures are indicative: their margin is too wide to rest a conclusion on."))
    if set(BANDS) <= set(rows.columns) and _odd_sum(rows[list(BANDS)]):
        notes.append(_("Shares are rounded one by one and need not add up to 100%."))
    if rows["effect"].eq("diff").any() and rows["estimate"].notna().any():
        notes.append(_("Differences are taken before rounding."))
    if "p_adjusted" in rows:
        notes.append(_("p is corrected for the number of comparisons; the margins are not."))
    return notes


def _odd_sum(shares: pd.DataFrame) -> bool:
    """Say whether rounded shares add up to something else than 100%."""
    whole = shares.dropna().map(lambda v: int(numbers.rounded(100 * v, decimals=0)))
    return bool((whole.sum(axis="columns") != 100).any())


def wording(study: Study, x: str, *, title: str, language: str | None = None) -> Html:
    """Lay out how a question was asked, wave by wave: its words, its scale, its cut-offs, and where it changed.

    Parameters
    ----------
    study
        An opened dataset.
    x
        The question: a variable or a role.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.

    Returns
    -------
    Html
        The table.
    """
    language = language or current.language
    _, variable, waves = translator(language), study.codebook.variable(x), study.waves or [""]
    asked = study.codebook.definitions(variable, waves)
    words = {v.wave: v for wave in waves for v in study.codebook.asked(variable.table, wave) if v.name == variable.name}
    rows = asked.to_dict("records")
    columns = [
        (_("Wave"), [row["wave"] or _("all") for row in rows]),
        (_("Question"), [_asked(words.get(row["wave"], words.get("", variable)), language) for row in rows]),
        (_("Scale"), [marks(row["low"], row["high"]) for row in rows]),
        (_("Promoters"), [marks(row["promoter_from"], row["high"]) for row in rows]),
        (_("Detractors"), [marks(row["low"], row["detractor_to"]) for row in rows]),
        (_("Trend break"), [changes(row["changed"], language=language) or EMPTY for row in rows]),
    ]
    return _html(columns, title=title, language=language, stub=1, align="left")


def _asked(variable: Variable, language: str) -> str:
    """Give the words of a question, or say that the codebook does not have them."""
    return (
        variable.question(language)
        if variable.question_en or variable.question_nl
        else translator(language)("not given")
    )


def _html(
    columns: Sequence[Column],
    *,
    title: str,
    at: str = "",
    language: str,
    stub: int,
    align: str = "right",
    grouped: bool = False,
    grey: Sequence[int] = (),
    notes: Sequence[str] = (),
) -> Html:
    """Let great_tables build a table of written cells; caption, id and the page's own style are ours.

    The first `stub` columns name the rows, the others stand `align`; `grouped` makes groups of rows of the first.
    """
    from great_tables import GT, html, loc, style

    # Headings are the reader's words, and two may be the same; within great_tables a column goes by its number.
    names, caption = (
        [f"c{i}" for i in range(len(columns))],
        escape(", ".join(filter(None, [text(title, language=language), at]))),
    )
    cells = pd.DataFrame({name: written for name, (_heading, written) in zip(names, columns, strict=True)})
    headings = {name: html(escape(heading)) for name, (heading, _written) in zip(names, columns, strict=True)}
    head = names[1] if grouped else names[0]
    built = GT(cells, id=slug(title), rowname_col=head if stub else None, groupname_col=names[0] if grouped else None)
    built = built.cols_label(headings)
    figures = names[stub:]
    built = built.cols_align("left", columns=names[:stub]).cols_align(align, columns=figures)
    if stub:
        built = built.tab_stubhead(headings[head])
    if len(grey):
        muted = style.css("color: var(--exkit-muted, #5b6673)")
        built = built.tab_style(muted, loc.body(columns=figures, rows=list(grey)))
    for note in notes:
        built = built.tab_source_note(html(escape(note)))
    raw = built.as_raw_html()
    opened, body = raw[raw.index("<table") : raw.index("</table>")].split(">", 1)
    made = f'{opened} id="{slug(title)}"><caption>{caption}</caption>{body}</table>'
    return Html(f'<div class="exkit-table" role="region" tabindex="0" aria-label="{caption}">{made}</div>')
