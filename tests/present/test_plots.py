"""Pictures: what they draw is what the result says, no finer than it is printed, and nothing of who is withheld."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.errors import ExkitError
from exkit.present.plots import LONGEST_NAME
from exkit.present.theme import COLOURS, style
from exkit.result import result

FINE = {
    "estimate": 12.345678, "conf_low": 8.123456, "conf_high": 15.987654,
    "promoters": 0.423456, "passives": 0.282828, "detractors": 0.293716,
}  # fmt: skip
"""Numbers with more digits than anybody prints."""


def texts(ax: plt.Axes) -> list[str]:
    """List what is written in a picture."""
    with style():
        ax.figure.canvas.draw()
    found = [text for a in (ax, *ax.child_axes) for text in a.findobj(plt.Text) if text.get_visible()]
    return [text.get_text() for text in found if text.get_text()]


def is_rounded(values: list[float], decimals: int) -> bool:
    """Say whether no number has more decimals than this."""
    return np.allclose(values, np.round(values, decimals), rtol=0, atol=1e-9)


def segments(ax: plt.Axes) -> np.ndarray:
    """List the ends of the intervals that are drawn."""
    return np.array([segment for c in ax.collections if hasattr(c, "get_segments") for segment in c.get_segments()])


def test_bands_are_as_long_as_the_shares(scores: Callable):
    """Detractors from the left, promoters to the right, passives fill what is between."""
    ax = ex.plot_bands(scores(["Care"]))
    assert [bar.get_x() for bar in ax.patches] == pytest.approx([0, 0.30, 0.58])
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([0.30, 0.28, 0.42])


def test_bands_end_at_the_same_place_however_shares_are_rounded(scores: Callable):
    """Shares are rounded one by one; the bar stays whole."""
    ax = ex.plot_bands(scores(["a", "b"], promoters=[0.335, 0.425], passives=[0.335, 0.285], detractors=[0.33, 0.29]))
    assert [max(bar.get_x() + bar.get_width() for bar in ax.patches[i::2]) for i in (0, 1)] == pytest.approx([1, 1])


def test_the_first_group_stands_on_top(scores: Callable):
    """A picture is read as a table is."""
    ax = ex.plot_bands(scores(["first", "second"]))
    written = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert written["first"] > written["second"]


def test_the_score_stands_beside_its_band(scores: Callable):
    """A dot, its interval, and the number signed."""
    inset = ex.plot_bands(scores(["Care"], estimate=-3.2)).child_axes[0]
    assert segments(inset)[0][:, 0].tolist() == pytest.approx([8.1, 15.9])
    assert [text.get_text() for text in inset.texts] == ["−3"]


@pytest.mark.parametrize("plot", ["plot_bands", "plot_trend", "plot_shares", "plot_points"])
def test_coordinates_are_no_finer_than_what_is_printed(scores: Callable, drawn: Callable, plot: str):
    """A coordinate can be read off an SVG to many digits: shares to whole percents, margins to one decimal."""
    given = {
        "plot_bands": scores(["a", "b"], **FINE),
        "plot_trend": scores(["2024", "2025"], by="wave", **FINE),
        "plot_points": scores(["a", "b"], **FINE),
        "plot_shares": result(
            pd.DataFrame(index=range(2)), y=["1", "2"], effect="share", estimate=[0.123456, 0.876544],
            conf_low=0.654321, conf_high=0.765432, n=1240,
        ),
    }  # fmt: skip
    ax = getattr(ex, plot)(given[plot])
    assert is_rounded(drawn(ax), 3 if plot == "plot_shares" else 2)
    inner = ax.child_axes[0] if plot == "plot_bands" else ax
    assert is_rounded(segments(inner).ravel(), 3 if plot == "plot_shares" else 1)


def test_scores_are_drawn_whole(scores: Callable):
    """A dot stands where its number says."""
    inset = ex.plot_bands(scores(["a"], **FINE)).child_axes[0]
    dots = next(c for c in inset.collections if not hasattr(c, "get_segments"))
    assert dots.get_offsets().tolist() == [[12.0, 0.0]]
    line = ex.plot_trend(scores(["2024", "2025"], by="wave", **FINE)).lines[0]
    assert line.get_ydata().tolist() == [12.0, 12.0]


def test_axes_are_as_wide_as_what_is_shown(scores: Callable):
    """The scale does not give away how far a withheld group lies out."""
    shown, hidden = scores(["a", "b"]), scores(["a", "b"], n=[1240, 9], estimate=[12, 99], conf_high=[15.9, 100])
    wide = [ex.plot_bands(rows).child_axes[0].get_xlim() for rows in (shown, hidden)]
    assert wide[0] == wide[1]


def test_a_withheld_group_has_its_name_and_the_reason(scores: Callable):
    """No band, no dot, no number."""
    ax = ex.plot_bands(scores(["Care", "Trade"], n=[9, 9]))
    assert {"Care", "Trade", "not shown"} <= set(texts(ax))
    assert sum(bar.get_width() for bar in ax.patches) == 0
    assert not [text for text in texts(ax) if "%" in text]


def test_an_indicative_score_is_grey(scores: Callable):
    """What is too uncertain looks it."""
    inset = ex.plot_bands(scores(["a", "b"], conf_low=[-40, 8])).child_axes[0]
    lines = next(c for c in inset.collections if hasattr(c, "get_segments"))
    grey = [plt.matplotlib.colors.to_hex(colour) == COLOURS["muted"] for colour in lines.get_colors()]
    assert grey == [False, True]


def test_a_score_without_margin_is_a_dot(scores: Callable):
    """A single cluster has a score and no interval."""
    inset = ex.plot_bands(scores(["a"], conf_low=float("nan"), conf_high=float("nan"))).child_axes[0]
    assert [text.get_text() for text in inset.texts] == ["+12"]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_legend_gives_the_cut_offs(scores: Callable, named_study: Callable, language: str):
    """Which marks make a promoter stands beside the word."""
    named_study(["Care"])
    legend = ex.plot_bands(scores(["Care"]), language=language).get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [
        "Detractors (0–6)",
        "Passives (7–8)",
        "Promoters (9–10)",
    ]


def test_a_trend_stops_where_the_question_changed(scores: Callable):
    """A line per series, a dotted line between them, and what changed."""
    waves = scores(["2022", "2023", "2024"], by="wave", series=[1, 2, 2], changed=["", "question,scale", ""])
    ax = ex.plot_trend(waves)
    lines = [line.get_xdata().tolist() for line in ax.lines if line.get_marker() == "o"]
    assert lines == [[0], [1, 2]]
    assert "trend break: wording, scale" in texts(ax)
    assert 0.5 in [line.get_xdata()[0] for line in ax.lines]


def test_a_trend_without_break_is_one_line(scores: Callable):
    """And nothing says that it breaks."""
    ax = ex.plot_trend(scores(["2023", "2024"], by="wave"))
    assert len([line for line in ax.lines if line.get_marker() == "o"]) == 1
    assert not [text for text in texts(ax) if "break" in text]


def test_waves_are_in_order_whatever_the_order_of_rows(scores: Callable):
    """Time runs to the right."""
    ax = ex.plot_trend(scores(["2025", "2023", "2024"], by="wave", estimate=[3, 1, 2]))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2023", "2024", "2025"]
    assert ax.lines[0].get_ydata().tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("effect", "value", "written"), [("nps", 12.0, "+10"), ("mean", 7.4, "7.4"), ("share", 0.8, "80%")]
)
def test_an_axis_is_written_as_its_statistic_is(scores: Callable, effect: str, value: float, written: str):
    """Points signed, marks to one decimal, shares as percentages."""
    margin = {"conf_low": value, "conf_high": value}
    rows = scores(["2024", "2025"], by="wave", effect=effect, estimate=value, **margin)
    axis = ex.plot_trend(rows, language="en").yaxis
    assert axis.get_major_formatter()(10.0 if effect == "nps" else value, None) == written


def test_a_picture_of_withheld_waves_only_can_be_drawn(scores: Callable, drawn: Callable):
    """It shows when there were waves, and no more."""
    ax = ex.plot_trend(scores(["2024", "2025"], by="wave", n=9))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2024", "2025"]
    assert not [value for value in drawn(ax) if value > 2]


def test_shares_are_bars_in_the_order_of_the_scale(distribution: Callable):
    """One per answer, named, as high as its share, with its margin."""
    ax = ex.plot_shares(distribution([0.2, 0.5, 0.3]))
    assert [bar.get_height() for bar in ax.patches] == [0.2, 0.5, 0.3]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "1", "2"]
    assert len(segments(ax)) == 3


@pytest.mark.parametrize(("plot", "lacking"), [("plot_bands", "detractors"), ("plot_trend", "wave")])
def test_a_result_that_lacks_what_is_drawn_is_refused(distribution: Callable, plot: str, lacking: str):
    """With the name of what it lacks."""
    with pytest.raises(ExkitError, match=f"No column '{lacking}' in the result"):
        getattr(ex, plot)(distribution([0.2, 0.8]))


def test_a_trend_of_several_groups_is_refused(scores: Callable):
    """One line through the figures of two sectors would be nobody's."""
    both = scores(["2024", "2025"] * 2, by="wave")
    both.insert(0, "sector", ["a", "a", "b", "b"])
    with pytest.raises(ExkitError, match=r"plot_trend draws one group, and this result has several rows per wave\."):
        ex.plot_trend(both)


def test_shares_of_several_groups_are_refused(distribution: Callable):
    """Bars of two sectors side by side would look like one distribution."""
    both = pd.concat([distribution([0.2, 0.8])] * 2)
    with pytest.raises(ExkitError, match=r"plot_shares draws one group, and this result has several rows per answer\."):
        ex.plot_shares(both)


def test_axes_can_be_given(scores: Callable):
    """A picture can be part of a larger one, drawn before or not."""
    figure, (left, right) = plt.subplots(ncols=2)
    figure.canvas.draw()
    assert ex.plot_bands(scores(["$x^{2$"]), ax=left) is left
    assert ex.plot_trend(scores(["$x^{2$", "b"], by="wave"), ax=right) is right
    figure.canvas.draw()
    assert len(plt.get_fignums()) == 1


def test_drawing_leaves_the_settings_alone(scores: Callable):
    """The house style is for the kit's pictures only."""
    before = dict(plt.rcParams)
    ex.plot_bands(scores(["Care"]))
    ex.plot_trend(scores(["2024"], by="wave"))
    assert dict(plt.rcParams) == before


def test_hostile_names_are_drawn_as_they_are(hostiles: list[str], scores: Callable):
    """No name is read as a formula, hidden for its first sign or dropped; a long one is cut, on one line."""
    ax = ex.plot_bands(scores(hostiles))
    lines = [" ".join(name.split()) for name in hostiles]
    cut = [line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1]}…" for line in lines]
    assert set(cut) <= set(texts(ax))
    assert not [text for text in ax.texts if text.get_text() in cut and text.get_parse_math()]
    assert len(ax.patches) == 3 * len(hostiles)


def test_hostile_waves_and_answers_are_drawn_as_they_are(hostiles: list[str], scores: Callable, distribution: Callable):
    """Names stand along an axis too."""
    trend = ex.plot_trend(scores(hostiles, by="wave"))
    assert set(hostiles) <= {label.get_text() for label in trend.get_xticklabels()}
    bars = ex.plot_shares(distribution([0.05] * len(hostiles)).assign(y=hostiles))
    assert [label.get_text() for label in bars.get_xticklabels()] == hostiles
    assert not [label for ax in (trend, bars) for label in ax.get_xticklabels() if label.get_parse_math()]


def test_points_stand_in_the_order_of_the_rows(scores: Callable):
    """The first on top, each with its name beside it and its number above."""
    ax = ex.plot_points(scores(["first", "second"], estimate=[12.0, -3.0]))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["second", "first"]
    assert [text.get_text() for text in ax.texts] == ["−3", "+12"]


def test_points_of_differences_are_held_against_none(differences: Callable, scores: Callable):
    """A line at zero, and what the numbers are counted in; a score has no such line."""
    ax = ex.plot_points(differences([("b", "a")]))
    assert [line.get_xdata()[0] for line in ax.lines] == [0]
    assert ax.get_xlabel().endswith("(points)")
    assert not ex.plot_points(scores(["Care"])).lines


def test_points_are_of_one_statistic(scores: Callable, differences: Callable):
    """Points and percentages do not share an axis."""
    with pytest.raises(ExkitError, match="plot_points draws one statistic, and this result has several"):
        ex.plot_points(pd.concat([scores(["Care"]), differences([("b", "a")])]))


def test_a_long_name_is_broken_beside_its_point(scores: Callable):
    """So that the picture keeps its width on a phone."""
    label = ex.plot_points(scores(["Education and research institutes"])).get_yticklabels()[0].get_text()
    assert "\n" in label
    assert max(map(len, label.split("\n"))) <= 20


def test_ratios_are_drawn_on_a_logarithmic_axis():
    """Half as much and twice as much are equally far from no difference, which has a tick."""
    rows = result(y=["profit", "exits", "nps"], effect="ratio", estimate=[1.23, 0.62, None], conf_low=[1.1, 0.5, None],
                  conf_high=[1.4, 0.7, None], n=200, reason=["", "", "no_ratio"])  # fmt: skip
    ax = ex.plot_points(rows, language="nl")
    assert ax.get_xscale() == "log"
    assert [line.get_xdata()[0] for line in ax.lines] == [1]
    assert 1 in ax.get_xticks()
    said = [" ".join(text.get_text().split()) for text in ax.texts]
    assert said == ["−38%", "+23%", "geen verhouding van een score in punten"]


def test_a_bound_is_drawn_as_one():
    """Nobody of thirty said yes: the picture says at most 10%, and not 10%."""
    rows = result(pd.DataFrame({"mark": [0.0, 9.0]}), x="q", effect="share", estimate=[0.0, 0.5], n=30)
    drawn = texts(ex.plot_points(rows.assign(conf_low=0.0, conf_high=0.6), language="en"))
    assert "≤ 10%" in drawn
    assert "10%" not in drawn
