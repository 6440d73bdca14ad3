"""Publication tables: a result becomes an HTML table with a caption, an id, and every number as a reader writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from exkit.context import current
from exkit.present import numbers
from exkit.present.names import (
    BANDS,
    EMPTY,
    changes,
    counted,
    divided,
    heading_name,
    level_names,
    marks,
    method_name,
    of_outcomes,
    reason_name,
    several_statistics,
    stub,
    wave_of,
)
from exkit.present.protect import protect
from exkit.present.words import N_, text, translator
from exkit.result import group_columns

if TYPE_CHECKING:
    from exkit.survey.codebook import Variable
    from exkit.survey.study import Study

UNBROKEN = "\N{NO-BREAK SPACE}"
"""Keeps the parts of a number in one line of a narrow column."""

Column = tuple[str, list[str]]
"""A heading and the cells below it."""
MOST_ANSWERS = 5
"""Answers that have room side by side."""
MANY_COLUMNS, FEW_ROWS = 4, 6
"""From how many columns on, and up to how many rows, a table of figures is a card per row on a narrow page."""
ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tfoot": "rowgroup", "tr": "row", "td": "cell"}
"""What the parts of a table are, however they are shown."""
SCOPES = {"row": "rowheader", "col": "columnheader"}
"""What a heading is, by what it heads."""
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
    notes = _notes(rows, min_n, language)
    rows, figures = _crossed(rows, language) if _is_crossed(rows) else (rows, [*_figures(rows, language)])
    heads = stub(rows, language=language)
    return lay_out(
        [*heads, *figures],
        title=title,
        at=wave_of(rows),
        language=language,
        stub=len(heads),
        grouped=len(heads) == 2 and "reference" not in rows,
        grey=rows.index[rows["indicative"] | rows["estimate"].isna()].tolist(),
        notes=notes,
    )


def _is_crossed(rows: pd.DataFrame) -> bool:
    """Tell whether rows are the shares of a few answers in several groups: a table with the answers side by side."""
    groups, answers = group_columns(rows), rows["y"].nunique()
    shares = rows["effect"].eq("share").all() and 1 < answers <= MOST_ANSWERS
    return bool(groups) and shares and rows.groupby(groups, dropna=False).size().eq(answers).all()


def _crossed(rows: pd.DataFrame, language: str) -> tuple[pd.DataFrame, list[Column]]:
    """Write the shares of a group's answers side by side; give the first row of each group to name it by."""
    told = zip(_estimates(rows, language), rows.to_dict("records"), strict=True)
    cells = [f"{cell} {_margin(row, language)}" if pd.notna(row["estimate"]) else cell for cell, row in told]
    rows = rows.assign(cell=cells, answer=level_names("y", rows, language=language))
    figures = [(answer, part["cell"].tolist()) for answer, part in rows.groupby("answer", sort=False)]
    first = rows.drop_duplicates(group_columns(rows)).reset_index(drop=True)
    return first, [*figures, _n(first, language)]


def _figures(rows: pd.DataFrame, language: str) -> Iterator[Column]:
    """Write the figures, column by column."""
    _ = translator(language)
    for band in (b for b in BANDS if b in rows):
        yield _(BAND_HEADINGS[band]), [numbers.percent(v, language=language) or EMPTY for v in rows[band]]
    if rows["effect"].eq("slope").all() and "mean_y" in rows:
        yield _("Mean of all teams"), [_mean_of_teams(row, language) for row in rows.to_dict("records")]
    several = several_statistics(rows)
    yield _("Result") if several else heading_name(rows.iloc[0], language=language), _estimates(rows, language)
    if "lowest" in rows:
        yield _("Range that rounding leaves"), [_range(row, language) for row in rows.to_dict("records")]
        return
    yield _("95% margin"), [_margin(row, language) for row in rows.to_dict("records")]
    if "mean" in rows:
        yield _("Mark"), [numbers.number(v, decimals=1, language=language) or EMPTY for v in rows["mean"]]
    if rows["p_value"].notna().any():
        adjusted = "p_adjusted" in rows
        heading = _("p ({method})").format(method=method_name(rows)) if adjusted else "p"
        yield heading, [p_cell(p, language=language) for p in rows["p_adjusted" if adjusted else "p_value"]]
    yield _n(rows, language)


def _n(rows: pd.DataFrame, language: str) -> Column:
    """Write the number of answers."""
    written = [EMPTY if pd.isna(n) or not n else numbers.count(n, language=language) for n in rows["n"]]
    return translator(language)("n"), written


def _range(row: dict, language: str) -> str:
    """Write from where to where a figure runs that was worked out from rounded ones."""
    told = {"effect": row["effect"], "of": counted(row), "language": language}
    return numbers.interval_cell(row["lowest"], row["highest"], **told).replace(" ", UNBROKEN) or EMPTY


def _estimates(rows: pd.DataFrame, language: str) -> list[str]:
    """Write the estimates, or why there is none that can be read: a correlation above 1 is none."""
    # Outcomes are counted each in its own way, so that a heading cannot say it for all of them.
    write = numbers.quantity if of_outcomes(rows) else numbers.estimate
    return [
        (
            numbers.bound(
                write(row["estimate"], effect=row["effect"], of=counted(row), language=language), row["reason"]
            )
            if row["reason"] != "above_one"
            else ""
        )
        or reason_name(row["reason"], language=language)
        for row in rows.to_dict("records")
    ]


def _mean_of_teams(row: dict, language: str) -> str:
    """Write the mean of an outcome, which tells how much a slope is."""
    return numbers.estimate(row["mean_y"], effect=counted(row), language=language) or EMPTY


def p_cell(p: float, *, language: str) -> str:
    """Write a p-value under a heading that says so."""
    return numbers.p_value(p, language=language).removeprefix("p = ").removeprefix("p ").replace(" ", UNBROKEN) or EMPTY


def _margin(row: dict, language: str) -> str:
    """Write the interval of one row, or why its estimate has none."""
    written = numbers.interval_cell(
        row["conf_low"], row["conf_high"], effect=row["effect"], of=counted(row), language=language
    )
    alone = pd.notna(row["estimate"]) and row["reason"] != "above_one"
    lacking = reason_name(row["reason"], language=language) if alone else ""
    return written.replace(" ", UNBROKEN) or lacking or EMPTY


def _notes(rows: pd.DataFrame, min_n: int | None, language: str) -> list[str]:
    """Say below the table what was withheld, marked or rounded."""
    _ = translator(language)
    notes = []
    if (rows["reason"] == "withheld").any():
        least = numbers.count(current.min_n if min_n is None else min_n, language=language)
        notes.append(
            _(
                "Not shown: groups of fewer than {least} answers, an NPS with fewer than {least} promoters or "
                "detractors, and others from which these could be worked out."
            ).format(least=least)
        )
    if rows["reason"].isin(numbers.BOUNDS).any():
        notes.append(_("With ≥ or ≤ stands a bound: fewer than three people answered otherwise than the rest."))
    if rows["indicative"].any():
        notes.append(_("Grey figures are indicative: their margin is too wide to rest a conclusion on."))
    if set(BANDS) <= set(rows.columns) and _odd_sum(rows[list(BANDS)]):
        notes.append(_("Shares are rounded one by one and need not add up to 100%."))
    if rows["effect"].eq("diff").any() and rows["estimate"].notna().any():
        notes.append(_("Differences are taken before rounding."))
    if of_outcomes(rows):
        notes += divided(list(rows["y"]), language=language)
    if rows.get("weak_basis", pd.Series(0)).eq(1).any():
        notes.append(_("Weak basis: corrected correlations rest on team scores of low measurement reliability."))
    if "p_adjusted" in rows:
        notes.append(_("p is corrected for the number of comparisons; the margins are not."))
    return notes


def _odd_sum(shares: pd.DataFrame) -> bool:
    """Say whether rounded shares add up to something else than 100%."""
    whole = shares.dropna().map(lambda v: int(numbers.rounded(100 * v, decimals=0)))
    return bool((whole.sum(axis="columns") != 100).any())


def wording(study: Study, x: str, *, title: str, language: str | None = None) -> Html:
    """Lay out how a question was asked, a row until it changed: its words, its scale, its cut-offs, and what changed.

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
        The table; nothing where it was not asked.
    """
    language = language or current.language
    if study.codebook.lacks(x):
        return Html("")
    _, variable, waves = translator(language), study.codebook.variable(x), study.waves or [""]
    asked = study.codebook.definitions(variable, waves)
    words = {v.wave: v for wave in waves for v in study.codebook.asked(variable.table, wave) if v.name == variable.name}
    last = asked.groupby("series")["wave"].last()
    rows = asked.drop_duplicates("series").assign(until=list(last)).to_dict("records")
    columns = [
        (_("Wave"), ["–".join(dict.fromkeys([row["wave"], row["until"]])) or _("all") for row in rows]),
        (_("Question"), [_asked(words.get(row["wave"], words.get("", variable)), language) for row in rows]),
        (_("Scale"), [_scale(study, variable, row, language) for row in rows]),
        *(_cut_offs(rows, language) if asked["promoter_from"].notna().any() else []),
        (_("Trend break"), [changes(row["changed"], language=language) or EMPTY for row in rows]),
    ]
    return lay_out(columns, title=title, language=language, stub=1, align="left")


def _scale(study: Study, variable: Variable, row: dict, language: str) -> str:
    """Write from which to which answer a question runs; of a yes/no question their names."""
    if (row["low"], row["high"]) != (0, 1):
        return marks(row["low"], row["high"])
    told = {"language": language, "table": variable.table}
    return " / ".join(study.value_label(variable.name, row[end], **told) for end in ("low", "high"))


def _cut_offs(rows: Sequence[dict], language: str) -> list[Column]:
    """Write which marks are those of promoters and of detractors."""
    _ = translator(language)
    return [
        (_("Promoters"), [marks(row["promoter_from"], row["high"]) for row in rows]),
        (_("Detractors"), [marks(row["low"], row["detractor_to"]) for row in rows]),
    ]


def _asked(variable: Variable, language: str) -> str:
    """Give the words of a question, or say that the codebook does not have them."""
    return (
        variable.question(language)
        if variable.question_en or variable.question_nl
        else translator(language)("not given")
    )


def lay_out(
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

    Parameters
    ----------
    columns
        Headings with the cells below them.
    title
        The caption, in English; a catalogue key. The table's id is made of it.
    at
        The wave that all figures are of, put behind the title.
    language
        Language of the reader.
    stub
        How many of the first columns name the rows.
    align
        Where the other columns stand: `right` or `left`.
    grouped
        Make groups of rows of the first column.
    grey
        Rows that are not to be relied on.
    notes
        Sentences below the table.

    Returns
    -------
    Html
        The table, in a region that scrolls by itself where it is wider than the page.
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
    as_cards = align == "left" or (len(columns) >= MANY_COLUMNS and len(cells) <= FEW_ROWS)
    kind, made = ("exkit-table cards", _cards(made, headings)) if as_cards else ("exkit-table", made)
    return Html(f'<div class="{kind}" role="region" tabindex="0" aria-label="{caption}">{made}</div>')


def _cards(table: str, headings: Mapping[str, Html]) -> str:
    """Give each cell its heading, for narrow pages on which a row is a card, and say what is what: cards are no table.

    Browsers take a table's meaning from how it is shown; the roles keep it where rows and cells become blocks.
    """
    named = {name.removeprefix("c"): heading.to_html() for name, heading in headings.items()}
    table = re.sub(r'<td (?=[^>]*-c(\d+)")', lambda m: f'<td data-label="{named[m[1]]}" ', table)
    for tag, role in ROLES.items():
        table = table.replace(f"<{tag}", f'<{tag} role="{role}"')
    return re.sub(r'scope="(row|col)(group)?"', lambda m: f'{m[0]} role="{SCOPES[m[1]]}"', table)
