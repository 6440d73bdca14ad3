"""Where an organisation or a sector stands: beside its benchmark in a table, a picture and sentences.

Nothing of another participant is shown, not even a dot without a name: how organisations differ is told by quantiles
that mix them all. A mean of all answers and a median of organisations are different benchmarks, and each is called what
it is. A place is never given without the places that may be the true one.
"""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.context import current
from exkit.present import numbers
from exkit.present.cells import count_cell, figure_cell, margin_cell
from exkit.present.figures import figure, opened, significant
from exkit.present.names import COMPARED, EMPTY, inside, level_names, small, statistic_name, wave_of, why
from exkit.present.own import KEYS, WHOSE, whose
from exkit.present.plots import SHORT_LINE, few_ticks, printed
from exkit.present.protect import ABSENT, protect
from exkit.present.tables import Html, lay_out, p_cell
from exkit.present.theme import COLOURS, axes, style
from exkit.present.words import N_, translator
from exkit.result import group_columns, result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVELS = ["whose", "sector"]
"""Group columns of `levels`."""
BANDS = (("p10", "p90", 0.30, N_("The middle 80% of organisations")), ("p25", "p75", 0.55, N_("The middle half")))
"""What is drawn of how organisations differ: two quantiles, how strong, and its name."""
MEANS = {
    "own": N_("This organisation"),
    "sector": N_("{sector}: mean of all answers"),
    "all": N_("All participants: mean of all answers"),
}
QUANTILES = {
    ("sector", "p50"): N_("{sector}: median of organisations"),
    ("sector", "p75"): N_("{sector}: here the top quarter of organisations begins"),
    ("all", "p50"): N_("All participants: median of organisations"),
    ("all", "p75"): N_("All participants: here the top quarter of organisations begins"),
}
"""How a row of `levels` is called, whose figure it is and which quantile."""
LACKING = {
    "own": N_("The {what} of this organisation cannot be given: {reason}."),
    "sector": N_("The {what} of the sector {sector} cannot be given: {reason}."),
    "all": N_("The {what} of all participants cannot be given: {reason}."),
}
WITHHELD = {
    "own": N_(
        "The {what} of this organisation is not shown: too few people answered, or what they answered could be worked "
        "out from it."
    ),
    "sector": N_(
        "The {what} of the sector {sector} is not shown: too few people answered, or what they answered could be "
        "worked out from it."
    ),
    "all": N_(
        "The {what} of all participants is not shown: too few people answered, or what they answered could be worked "
        "out from it."
    ),
}
"""What is said where there is no figure."""
LANES = {"own": N_("This organisation"), "sector": "{sector}", "all": N_("All participants")}
FEW = "too_few_organisations"
"""The reason of what is left out beside figures that fewer organisations are enough for."""
BENCHMARKS = {"all": N_("All participants"), "sector": N_("Own sector"), "wave": N_("Wave {wave}")}
"""What an organisation is held against."""


def levels(figures: pd.DataFrame, benchmark: pd.DataFrame, *, of: str = "own") -> pd.DataFrame:
    """Set the figure of the last wave beside its benchmarks: means of all answers, and quantiles of organisations.

    Parameters
    ----------
    figures, benchmark
        Rows of one question, of `ex.own` and `ex.about`: of `ex.standing`, and of `ex.spread` among others.
    of
        What the report is about, the first row: `own`, `sector` or `all`.

    Returns
    -------
    DataFrame
        A result: group columns `whose` and `sector`; rows of the figures themselves, then `quantile` rows.
    """
    if "organisation" not in group_columns(figures) or figures["reason"].isin(ABSENT).all():
        return figures
    wave = figures["wave"].max()
    kinds = WHOSE[WHOSE.index(of) :]
    last = figures[figures["wave"] == wave]
    last = last.assign(whose=whose(last)).sort_values("whose", key=lambda w: w.map(WHOSE.index))
    last = last[last["whose"].isin(kinds)]
    if of not in set(last["whose"]):
        lacking = result(x=figures["x"].iloc[0], effect=figures["effect"].iloc[0], reason="no_answers")
        last = pd.concat([lacking.assign(whose=of, sector="", indicative=False), last], ignore_index=True)
    rows = [last.drop(columns=["series", "changed"], errors="ignore")]
    if "organisation" in group_columns(benchmark):
        its = benchmark[(benchmark["effect"] == "quantile") & (benchmark["wave"] == wave)]
        rows.append(its.assign(whose=whose(its))[lambda d: d["whose"].isin(kinds)])
    found = pd.concat(rows, ignore_index=True)
    columns = {name: found[name] for name in found if name not in (*KEYS, *LEVELS, "of", "at")}
    of_what = found.get("of", pd.Series("", found.index)).fillna("")
    return result(found[LEVELS], **columns, of=of_what, at=wave)


def differences(benchmark: pd.DataFrame, *, of: str = "own") -> pd.DataFrame:
    """Take the differences of one organisation, or sector, with what it is held against.

    Parameters
    ----------
    benchmark
        Rows of one question, of `ex.own` and `ex.about`: of `ex.held_against` and `ex.changes`.
    of
        Whose: `own`, `sector` or `all`.

    Returns
    -------
    DataFrame
        A result with the group column `against`.
    """
    return _of_one(benchmark, ["diff"], of)


def places(benchmark: pd.DataFrame) -> pd.DataFrame:
    """Take the places of one organisation.

    Parameters
    ----------
    benchmark
        Rows of one question, of `ex.own` and `ex.about`: of `ex.ranks`.

    Returns
    -------
    DataFrame
        A result with the group column `against`.
    """
    return _of_one(benchmark, ["rank", "percentile"], "own")


def _of_one(benchmark: pd.DataFrame, effects: list[str], of: str) -> pd.DataFrame:
    """Take the rows of some statistics, of the last wave, grouped by what is held against."""
    if "organisation" not in group_columns(benchmark) or benchmark["reason"].isin(ABSENT).all():
        return benchmark
    its = benchmark[benchmark["effect"].isin(effects) & (whose(benchmark) == of)]
    if its.empty:
        nobody = {"x": benchmark["x"].iloc[0], "of": benchmark["of"].iloc[0], "reason": "no_answers"}
        return result(pd.DataFrame({"against": ["all"]}), effect=effects[0], **nobody, n_organisations=np.nan)
    its = its[(its["wave"] == its["wave"].max()) & ((its["effect"] != "percentile") | its["estimate"].notna())]
    columns = {name: its[name] for name in its if name not in (*KEYS, "against")}
    return result(its[["against"]], **columns, at=its["wave"].iloc[0])


def level_table(result: pd.DataFrame, *, title: str, language: str | None = None, min_n: int | None = None) -> Html:
    """Lay out one's own figure beside its benchmarks, each called what it is.

    Parameters
    ----------
    result
        Of `levels`.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        The table; of the quantiles the median, and where the top quarter begins.
    """
    language = language or current.language
    _, rows = translator(language), protect(result, min_n=min_n)
    told = rows[rows["effect"].ne("quantile") | (rows["y"] == "p50") | ((rows["y"] == "p75") & (rows["reason"] != FEW))]
    told = told.sort_values("whose", key=lambda w: w.map(WHOSE.index), kind="stable")
    records, names = told.to_dict("records"), _names(told, language)
    columns = [
        (_("Whose"), names),
        (statistic_name(rows.iloc[0], language=language), [figure_cell(row, language=language) for row in records]),
        (_("95% margin"), [margin_cell(row, language=language) for row in records]),
        (_("Organisations"), [_organisations(row, language) for row in records]),
        (_("n"), [count_cell(row["n"] if pd.notna(row["estimate"]) else 0, language=language) for row in records]),
    ]
    grey = [i for i, row in enumerate(records) if row["indicative"] or pd.isna(row["estimate"])]
    notes = [_("A median, and where the top quarter begins, describe the participants themselves and have no margin.")]
    return lay_out(columns, title=title, at=wave_of(rows), language=language, stub=1, grey=grey, notes=notes)


def _names(rows: pd.DataFrame, language: str) -> list[str]:
    """Name each row of `levels`."""
    _, sectors = translator(language), level_names("sector", rows, language=language)
    kinds = zip(rows["whose"], rows["effect"], rows["y"], sectors, strict=True)
    return [
        _(QUANTILES[kind, y] if effect == "quantile" else MEANS[kind]).format(sector=opened(sector))
        for kind, effect, y, sector in kinds
    ]


def _organisations(row: dict, language: str) -> str:
    """Count the organisations behind a figure of several."""
    if pd.isna(row["estimate"]):
        return EMPTY
    several = row.get("n_organisations") if row["effect"] == "quantile" else row.get("n_clusters")
    counted = row["whose"] != "own" and (row["effect"] == "quantile" or row.get("cluster") == "organisation")
    return count_cell(several, language=language) if counted else EMPTY


def difference_table(
    result: pd.DataFrame, *, title: str, language: str | None = None, min_n: int | None = None
) -> Html:
    """Lay out the differences with the benchmarks and with the wave before.

    Parameters
    ----------
    result
        Of `differences`.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        The table, a row per benchmark.
    """
    language = language or current.language
    _, records = translator(language), protect(result, min_n=min_n).to_dict("records")
    columns = [
        (_("Held against"), [_benchmark(row, language) for row in records]),
        (_("Difference"), [figure_cell(row, language=language) for row in records]),
        (_("95% margin"), [margin_cell(row, language=language) for row in records]),
        ("p", [p_cell(row["p_value"], language=language) for row in records]),
    ]
    grey = [i for i, row in enumerate(records) if pd.isna(row["estimate"])]
    notes = [
        _(
            "The difference is with the benchmark that this organisation is part of; p is that of the test against the "
            "others."
        ),
        _("Differences are taken before rounding."),
    ]
    held = any(row["against"] != "wave" for row in records)
    return lay_out(
        columns, title=title, at=wave_of(result), language=language, stub=1, grey=grey, notes=notes[not held :]
    )


def _benchmark(row: dict, language: str) -> str:
    """Name what is held against."""
    reference = row.get("reference")
    wave = reference if isinstance(reference, str) and reference else EMPTY
    return translator(language)(BENCHMARKS[row["against"]]).format(wave=wave)


def place_table(result: pd.DataFrame, *, title: str, language: str | None = None, min_n: int | None = None) -> Html:
    """Lay out the places that were seen beside those that may be the true ones.

    Parameters
    ----------
    result
        Of `places`.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        The table, a row per benchmark and statistic.
    """
    language = language or current.language
    _, rows = translator(language), protect(result, min_n=min_n)
    records = rows.to_dict("records")
    columns = [
        (_("Among"), [_benchmark(row, language) for row in records]),
        (_("Statistic"), [statistic_name(pd.Series(row), language=language) for row in records]),
        (_("As seen"), [figure_cell(row, language=language) for row in records]),
        (_("95% margin"), [margin_cell(row, language=language) for row in records]),
        (_("Organisations"), [count_cell(row.get("n_organisations"), language=language) for row in records]),
    ]
    grey = [i for i, row in enumerate(records) if pd.isna(row["estimate"])]
    return lay_out(columns, title=title, at=wave_of(rows), language=language, stub=2, grey=grey)


def plot_standing(
    result: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None, min_n: int | None = None
) -> Axes:
    """Draw one's own figure with its margin above the benchmarks and, as bands, how organisations differ.

    Parameters
    ----------
    result
        Of `levels`.
    ax
        Axes to draw in; new ones if not given.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Axes
        A lane for each of own, sector and all participants: a dot with its margin, a mark at the median, and bands that
        hold the middle half and the middle 80% of organisations. No other organisation is drawn; values are rounded as
        they would be printed.
    """
    language = language or current.language
    rows = printed(protect(result, min_n=min_n))
    lanes = [kind for kind in WHOSE if kind in set(rows["whose"])][::-1]
    ax = axes(height=0.95 + 0.55 * len(lanes)) if ax is None else ax
    with style():
        for y, kind in enumerate(lanes):
            _lane(ax, y, rows[rows["whose"] == kind], language)
        ax.set_yticks(range(len(lanes)), [_lane_name(rows, kind, language) for kind in lanes], parse_math=False)
        ax.set(ylim=(-0.6, len(lanes) - 0.4), xlabel=fill(statistic_name(rows.iloc[0], language=language), 40))
        ax.tick_params(axis="y", length=0)
        ax.margins(x=0.08)
        effect = rows["effect"].iloc[0]
        ax.xaxis.set_major_formatter(lambda v, _at: numbers.tick(v, effect=effect, language=language))
        ax.xaxis.set_major_locator(few_ticks())
        ax.spines[["left", "right", "top"]].set_visible(False)
        _legend(ax)
    return ax


def _lane(ax: Axes, y: int, rows: pd.DataFrame, language: str) -> None:
    """Draw what is known of one level."""
    _ = translator(language)
    at = rows[rows["effect"] == "quantile"].set_index("y")["estimate"].dropna()
    for low, high, alpha, name in BANDS:
        if {low, high} <= set(at.index):
            ax.barh(y, at[high] - at[low], left=at[low], height=0.5, color=COLOURS["neutral"], alpha=alpha + 0.4,
                    linewidth=0, label=_(name))  # fmt: skip
    if "p50" in at:
        ax.vlines(at["p50"], y - 0.25, y + 0.25, colors=COLOURS["negative"], linewidth=2.4,
                  label=_("Median of organisations"))  # fmt: skip
    mean = rows[(rows["effect"] != "quantile") & rows["estimate"].notna()]
    for row in mean.to_dict("records"):
        colour = COLOURS["muted"] if row["indicative"] else COLOURS["accent"]
        ax.hlines(y, row["conf_low"], row["conf_high"], colors=colour, linewidth=1.6)
        ax.scatter(row["estimate"], y, c=colour, s=30, zorder=3, label=_("Mean of all answers, with its margin"))
        written = numbers.estimate(row["estimate"], effect=row["effect"], language=language)
        ax.annotate(written, (row["estimate"], y), (0, 5), textcoords="offset points", ha="center", fontsize=8.5,
                    color=COLOURS["ink"])  # fmt: skip


def _lane_name(rows: pd.DataFrame, kind: str, language: str) -> str:
    """Name a lane in short lines."""
    its = rows[rows["whose"] == kind]
    name = translator(language)(LANES[kind]).format(sector=opened(level_names("sector", its, language=language)[0]))
    return fill(name, SHORT_LINE)


def _legend(ax: Axes) -> None:
    """Say once what each mark is, above the picture, in lines that a phone has room for."""
    marks = dict(zip(*ax.get_legend_handles_labels()[::-1], strict=True))
    ax.legend(marks.values(), marks, loc="lower left", bbox_to_anchor=(0, 1), ncols=1, borderpad=0, borderaxespad=0.4,
              handlelength=1.2, handletextpad=0.5, labelspacing=0.3, fontsize=8)  # fmt: skip


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
    _ = translator(language)
    means, said = rows[rows["effect"] != "quantile"], []
    names = dict(zip(means.index, level_names("sector", means, language=language), strict=True))
    for i, row in means.iterrows():
        what = {"what": inside(row, language=language), "sector": names[i], "at": row["at"]}
        if pd.isna(row["estimate"]):
            pattern = (WITHHELD if row["reason"] == "withheld" else LACKING)[row["whose"]]
            said.append(opened(_(pattern).format(**what, reason=why(row["reason"], language=language))))
            continue
        pattern = {
            "own": N_("The {what} of this organisation is {figure}."),
            "sector": N_("The {what} of all answers in the sector {sector} is {figure}."),
            "all": N_("The {what} of all participants' answers together is {figure}."),
        }[row["whose"]]
        said.append(opened(_(pattern).format(**what, figure=figure(row, language=language))))
        said += (
            [_("That margin is too wide to rest a conclusion on.")] if row["indicative"] and i == means.index[0] else []
        )
    return " ".join([*said, *_quantiles(rows, language)])


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
    median = _("Half of the {k} organisations score above {p50}, the median of organisations.")
    quarter = _("Half of the {k} organisations score above {p50}, the median, and the top quarter begins at {p75}.")
    return [(quarter if written["p75"] else median).format(**told, p50=written["p50"], p75=written["p75"])]


def _difference(row: pd.Series, language: str) -> str:
    """Word one difference with a benchmark, or with the wave before."""
    _, against = translator(language), row["against"]
    reference = row.get("reference")
    wave = reference if isinstance(reference, str) else ""
    told = {"what": small(_compared(row, language)), "wave": wave}
    if pd.isna(row["estimate"]):
        pattern = {
            "all": N_("The {what} is not held against that of all participants: {reason}."),
            "sector": N_("The {what} is not held against that of its sector: {reason}."),
            "wave": N_("The {what} is not held against that of {wave}: {reason}.")
            if wave
            else N_("The {what} is not held against that of an earlier wave: {reason}."),
        }[against]
        return opened(_(pattern).format(**told, reason=why(row["reason"], language=language)))
    pattern = {
        "all": N_("The {what} differs from that of all participants by {figure}: {verdict}."),
        "sector": N_("The {what} differs from that of its sector by {figure}: {verdict}."),
        "wave": N_("Since {wave} the {what} has changed by {figure}: {verdict}."),
    }[against]
    verdict = significant(row, language=language)
    return opened(_(pattern).format(**told, figure=_of_difference(row, language), verdict=verdict))


def _compared(row: pd.Series, language: str) -> str:
    """Name what a difference is a difference of."""
    return statistic_name(pd.Series({"x": row["x"], **COMPARED[row["of"]]}), language=language)


def _of_difference(row: pd.Series, language: str) -> str:
    """Write a difference with its margin; whose answers it rests on the levels say."""
    told = {"effect": "diff", "of": row["of"], "language": language}
    value = numbers.quantity(row["estimate"], **told)
    between = numbers.interval(row["conf_low"], row["conf_high"], **told)
    margin = translator(language)("margin {between}").format(between=between) if between else ""
    return f"{value} ({margin})" if margin else value


def _rank(row: pd.Series, language: str) -> str:
    """Word a place with the places that may be the true one."""
    _ = translator(language)
    if pd.isna(row["estimate"]):
        pattern = {
            "all": N_("It has no place among all participants: {reason}."),
            "sector": N_("It has no place within its sector: {reason}."),
        }[row["against"]]
        return _(pattern).format(reason=why(row["reason"], language=language))
    pattern = {
        "all": N_(
            "Among all participants its true place is somewhere between {low} and {high} of {k}; place {seen} was seen."
        ),
        "sector": N_(
            "Within its sector its true place is somewhere between {low} and {high} of {k}; place {seen} was seen."
        ),
    }[row["against"]]
    counts = {"low": "conf_low", "high": "conf_high", "seen": "estimate", "k": "n_organisations"}
    return _(pattern).format(**{name: numbers.count(row[c], language=language) for name, c in counts.items()})


def _percentile(row: pd.Series, language: str) -> str:
    """Word which part of the others has a lower figure; nothing where the place says why there is none."""
    if pd.isna(row["estimate"]):
        return ""
    _ = translator(language)
    pattern = {
        "all": N_(
            "It scores higher than {seen} of the other participants; allowing for chance that is somewhere from "
            "{between}."
        ),
        "sector": N_(
            "It scores higher than {seen} of the others in its sector; allowing for chance that is somewhere from "
            "{between}."
        ),
    }[row["against"]]
    told = {"effect": "percentile", "language": language}
    between = numbers.interval(row["conf_low"], row["conf_high"], **told)
    return _(pattern).format(seen=numbers.estimate(row["estimate"], **told), between=between)
