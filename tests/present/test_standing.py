"""One's own figure beside its benchmarks, in a table, a picture and sentences."""

import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import exkit as ex
from exkit.result import result

KEYS = ["sector", "organisation", "wave"]


def figures(*, n: int = 100, half: float = 5.0) -> pd.DataFrame:
    """Give the figures of all, of the sector care and of A."""
    keys = pd.DataFrame([("", "", "2025"), ("care", "", "2025"), ("care", "A", "2025")], columns=KEYS)
    estimates, clusters = pd.Series([10.0, 8.0, 20.0]), ["organisation", "organisation", "unit"]
    ends = {"conf_low": estimates - half, "conf_high": estimates + half}
    told = {"n": [4000, 600, n], "n_clusters": [40, 6, 9], "cluster": clusters}
    return result(keys, x="enps", effect="nps", estimate=estimates, **ends, **told)


def benchmark(**changed: object) -> pd.DataFrame:
    """Give quantiles, differences and places of A."""
    of_all = [("", "", "quantile", f"p{p}", value) for p, value in ((10, -4), (25, 3), (50, 9), (75, 16), (90, 22))]
    of_own = [("care", "A", "diff", "", 10.0), ("care", "A", "rank", "", 3.0), ("care", "A", "percentile", "", 0.95)]
    rows = pd.DataFrame([*of_all, *of_own], columns=["sector", "organisation", "effect", "y", "estimate"])
    ends = {"diff": (2.0, 18.0), "rank": (1, 12), "percentile": (0.7, 1.0)}
    told = {"conf_low": [ends.get(e, (None, None))[0] for e in rows["effect"]],
            "conf_high": [ends.get(e, (None, None))[1] for e in rows["effect"]],
            "p_value": [0.01 if e == "diff" else None for e in rows["effect"]]}  # fmt: skip
    about = {"of": "nps", "n_organisations": 40, "against": "all", "reference": ""}
    frame = result(rows[["sector", "organisation"]].assign(wave="2025"), x="enps", effect=rows["effect"], y=rows["y"],
                   estimate=rows["estimate"], **told, n=100, **about)  # fmt: skip
    return frame.assign(**changed)


def own(rows: pd.DataFrame) -> pd.DataFrame:
    """Take what the report of A has."""
    return ex.about(ex.own(rows, organisation="A"), "enps")


def levels(**told: object) -> pd.DataFrame:
    """Set A beside its benchmarks."""
    return ex.levels(own(figures(**told)), own(benchmark()))


def test_a_figure_is_said_with_its_benchmarks():
    """Mean of all answers and median of organisations, each by its name."""
    assert ex.sentence(levels(), language="en").replace("\N{NO-BREAK SPACE}", " ") == (
        "The NPS of this organisation is +20 (margin 15.0 to 25.0, n = 100). The NPS of the sector care, over all "
        "answers, is +8 (margin 3.0 to 13.0, n = 600). The NPS of all participants, over all answers, is +10 (margin "
        "5.0 to 15.0, n = 4,000). About half of the 40 organisations score above +9, the median, and the top quarter "
        "begins at +16."
    )


def test_a_figure_that_is_not_shown_is_said_kindly():
    """Its benchmarks are there."""
    said = ex.sentence(levels(n=4), language="en")
    assert said.startswith("The NPS of this organisation is not shown: too few people or organisations")
    assert "The NPS of all participants, over all answers, is +10" in said


def test_what_is_not_shown_is_said_once_and_its_lane_says_so():
    """Of an organisation and its sector in one sentence; no lane is empty without a word."""
    rows = figures(n=4)
    rows.loc[rows["organisation"].eq("") & rows["sector"].eq("care"), "n"] = 4
    hidden = ex.levels(own(rows), own(benchmark()))
    said = ex.sentence(hidden, language="en")
    assert said.startswith("The NPS of this organisation and the sector care is not shown: too few people")
    assert said.count("not shown") == 1
    ax = ex.plot_standing(hidden, language="en")
    assert [text.get_text() for text in ax.texts].count("not shown") == 2
    plt.close(ax.figure)


def test_who_did_not_answer_has_only_benchmarks():
    """Such as an organisation without customers."""
    rows = figures().query("organisation != 'A'")
    found = ex.levels(ex.about(rows, "enps"), own(benchmark()))
    assert found["whose"].head(1).tolist() == ["own"]
    assert found["reason"].iloc[0] == "no_answers"


def test_a_table_names_each_benchmark():
    """The quantiles that are drawn are not all in it."""
    page = ex.standing_table(levels(), title="Own", language="en")
    names = re.findall(r'<th[^>]*scope="row"[^>]*>(.*?)</th>', page)
    assert names == [
        "This organisation",
        "Care: mean of all answers",
        "All participants: mean of all answers",
        "All participants: median of organisations",
        "All participants: here the top quarter of organisations begins",
    ]


def test_a_picture_has_one_dot_a_lane_and_bands_for_the_rest():
    """Own, sector and all; the bands are the middle half and the middle 80%."""
    ax = ex.plot_standing(levels(), language="en")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["All participants", "Care", "This organisation"]
    dots = [tuple(c.get_offsets()[0]) for c in ax.collections if hasattr(c, "get_sizes") and len(c.get_sizes())]
    assert dots == [(10.0, 0), (8.0, 1), (20.0, 2)]
    assert sorted((bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches) == [(-4.0, 22.0), (3.0, 16.0)]
    plt.close(ax.figure)


def test_what_is_drawn_is_rounded_as_printed():
    """No coordinate tells more than the page."""
    rows = figures().assign(estimate=[10.123, 8.456, 20.4])
    ax = ex.plot_standing(ex.levels(own(rows), own(benchmark())), language="en")
    dots = [c.get_offsets()[0][0] for c in ax.collections if hasattr(c, "get_sizes") and len(c.get_sizes())]
    assert dots == [10.0, 8.0, 20.0]
    plt.close(ax.figure)


def test_a_difference_is_said_with_its_verdict():
    """Size, margin, and whether it can be told from none."""
    said = ex.sentence(ex.differences(own(benchmark())), language="en")
    size = "The NPS differs from that of all participants together by +10.0 points (margin 2.0 to 18.0)"
    assert said == f"{size}: statistically significant."
    page = ex.standing_table(ex.differences(own(benchmark())), title="D", language="en")
    assert "[2.0, 18.0]" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_a_wave_that_is_not_there_has_a_name_all_the_same():
    """No row is called after nothing."""
    first = own(benchmark(against="wave", estimate=None, conf_low=None, conf_high=None, reason="no_answers"))
    page = ex.standing_table(ex.differences(first), title="D", language="en")
    assert "An earlier wave" in page
    assert "·" not in page.partition("An earlier wave")[0]
    assert "held against that of an earlier wave: nobody answered" in ex.sentence(ex.differences(first), language="en")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "NPS: higher than all participants together (statistically significant)."),
        ({"conf_low": -1.0}, "NPS: no statistically significant difference with all participants together."),
        ({"estimate": -9.0, "conf_low": -16.0, "conf_high": -2.0}, "NPS: lower than all participants together"),
    ],
)
def test_in_brief_a_difference_has_a_verdict_and_no_figure(told: dict[str, float], said: str):
    """The figures follow further down; what cannot be compared is left out."""
    page = ex.in_brief(ex.differences(own(benchmark(**told))), language="en")
    assert said in page
    assert not re.search(r"\d", page)
    lacking, hidden = own(benchmark(estimate=None, reason="too_few_organisations")), own(benchmark(n=3))
    nothing = [ex.differences(lacking), ex.differences(hidden), result(x="recommend", reason="no_question")]
    assert ex.in_brief(*nothing, language="en") == ""


def test_in_brief_all_that_is_alike_is_said_together():
    """Two benchmarks and a wave in one breath."""
    three = [benchmark(against=against, reference="2024", conf_low=-1.0) for against in ("all", "sector", "wave")]
    page = ex.in_brief(ex.differences(own(pd.concat(three))), language="nl")
    assert "geen statistisch significant verschil met alle deelnemers samen, de eigen sector en 2024." in page


def test_a_place_is_said_with_the_places_that_may_be_true():
    """And never by itself."""
    said = ex.sentence(ex.places(own(benchmark())), language="en")
    assert said == (
        "Among all participants its true place is somewhere between 1 and 12 of 40; the one that was seen is 3. It "
        "scores higher than 95% of the other participants; allowing for chance that is somewhere from 70% to 100%."
    )
    page = ex.standing_table(ex.places(own(benchmark())), title="P", language="en")
    assert "[1, 12]" in page.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_cannot_be_compared_gives_the_reason(language: str):
    """For a difference and for a place; nothing where the figure is withheld, which the levels say."""
    few = own(benchmark(estimate=None, conf_low=None, conf_high=None, reason="too_few_organisations"))
    said = ex.sentence(ex.differences(few), language=language) + ex.sentence(ex.places(few), language=language)
    assert said.count({"nl": "te weinig organisaties", "en": "too few organisations"}[language]) == 2
    withheld = own(benchmark(n=3))
    assert ex.sentence(ex.differences(withheld), language=language) == ""
    assert ex.sentence(ex.places(withheld), language=language) == ""


def test_nothing_of_a_question_that_was_not_asked():
    """One row says so, and passes through."""
    row = result(x="recommend", reason="no_question")
    for rows in (ex.levels(row, row), ex.differences(row), ex.places(row), ex.through_waves(row), ex.latest(row)):
        assert rows["reason"].tolist() == ["no_question"]
