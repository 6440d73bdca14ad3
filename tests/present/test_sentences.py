"""Findings in sentences: what is said is what the numbers say, in both languages, and no more than that."""

import re
from collections.abc import Callable

import pandas as pd
import pytest

import exkit as ex
from exkit.context import LANGUAGES
from exkit.present.lint import causal_words
from exkit.result import result

MARGIN = "margin 8.1 to 15.9, n = 1,240"


def shares(*estimates: float, **columns: object) -> pd.DataFrame:
    """Make favourable shares of sectors a, b, …, within a margin of three points."""
    groups = pd.DataFrame({"sector": list("abcdef")[: len(estimates)]})
    low, high = [e - 0.03 for e in estimates], [e + 0.03 for e in estimates]
    usual = {"y": "favourable", "effect": "share", "conf_low": low, "conf_high": high, "n": 500}
    return result(groups, estimate=list(estimates), **usual | columns)


def sentence(*given: object, **told: object) -> str:
    """Word a result, with plain spaces for those that do not break."""
    return ex.sentence(*given, **told).replace("\N{NO-BREAK SPACE}", " ")


def describe(*given: object, **told: object) -> str:
    """Describe a result, with plain spaces for those that do not break."""
    return ex.describe(*given, **told).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def results(scores: Callable, differences: Callable, distribution: Callable) -> dict[str, pd.DataFrame]:
    """Every kind of finding that there is a sentence for."""
    waves = {"by": "wave", "series": [1, 2, 2], "changed": ["", "question,scale", ""]}
    pairs = [("b", "a"), ("c", "a"), ("d", "a")]
    by_sector = differences(pairs[:2], between="wave")
    by_sector.insert(0, "sector", ["Care", "Trade"])
    without_margin = {"conf_low": float("nan"), "conf_high": float("nan")}
    return {
        "one figure": scores(["Care"]),
        "one withheld figure": scores(["Care"], n=9),
        "one figure without margin": scores(["Care"], reason="one_cluster", **without_margin),
        "one that all agree on": scores(["Care"], reason="constant", effect="mean", **without_margin),
        "groups": scores(["a", "b", "c"], estimate=[5, -12, 30]),
        "groups, some withheld": scores(["a", "b", "c", "d"], estimate=[5, -12, 30, 40], n=[40, 40, 9, 3]),
        "groups, one left": scores(["a", "b", "c"], n=[40, 9, 3]),
        "groups, all withheld": scores(["a", "b"], n=9),
        "groups, all uncertain": scores(["a", "b"], conf_low=-80),
        "differences": differences(pairs, between="sector", conf_low=[0.6, -0.6, -9], conf_high=[9, 9, -2]),
        "differences that cannot be compared": differences(pairs, reason="not_comparable", estimate=float("nan")),
        "differences of too few": differences(pairs, n_smallest=9),
        "differences of a single cluster": differences(pairs, reason="one_cluster", estimate=float("nan")),
        "differences within groups": by_sector,
        "differences of shares": differences(pairs, of="favourable", estimate=0.043, conf_low=0.01, conf_high=0.09),
        "a family": ex.adjust(differences(pairs, p_value=[0.001, 0.02, 0.4])),
        "a family, some withheld": ex.adjust(differences(pairs, n_smallest=[9, 40, 40])),
        "an exploration": ex.adjust(differences(pairs), method="bh"),
        "not asked": result(pd.DataFrame({"sector": [""]}), effect="nps", reason="not_asked"),
        "no earlier wave": result(
            pd.DataFrame({"level": [""], "reference": [""]}), effect="diff", of="nps", between="wave",
            reason="not_asked",
        ),
        "course": scores(["2023", "2024", "2025"], by="wave", estimate=[5, 8, 12]),
        "course with a break": scores(["2023", "2024", "2025"], **waves),
        "course of which waves are withheld": scores(["2023", "2024", "2025"], n=[40, 9, 40], **waves),
        "distribution": distribution([0.2, 0.5, 0.3]),
        "withheld distribution": distribution([0.2, 0.8], n=9),
        "favourable": shares(0.6, 0.8),
        "quantiles": ex.quantiles(scores(list("abcdefghijklmno"), estimate=range(15))),
        "items": result(pd.DataFrame(index=range(2)), x=["q1", "q2"], y="s", effect="r", estimate=[0.4, 0.5],
                        conf_low=0.3, conf_high=0.6, n=40),
    }  # fmt: skip


@pytest.fixture
def said(results: dict[str, pd.DataFrame], see: Callable) -> Callable[[str, str], list[str]]:
    """Say one of them in each way: `said("groups", "nl")` gives sentence, description and key figures."""

    def say(kind: str, language: str) -> list[str]:
        told = {"language": language}
        figures = see(ex.key_figures(results[kind], **told)).text
        return [sentence(results[kind], **told), describe(results[kind], **told), figures]

    return say


KINDS = [
    "one figure", "one withheld figure", "one figure without margin", "one that all agree on", "groups",
    "groups, some withheld", "groups, one left", "groups, all withheld", "groups, all uncertain", "differences",
    "differences that cannot be compared", "differences of too few", "differences of a single cluster",
    "differences within groups", "differences of shares", "a family", "a family, some withheld", "an exploration",
    "not asked", "no earlier wave", "course", "course with a break", "course of which waves are withheld",
    "distribution", "withheld distribution", "favourable", "quantiles", "items",
]  # fmt: skip


def test_every_kind_is_tried(results: dict[str, pd.DataFrame]):
    """The list above names the results below it."""
    assert list(results) == KINDS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_sentence_claims_a_cause(said: Callable, kind: str, language: str):
    """A survey shows what goes together; and what is significant is statistically so."""
    assert [hit for text in said(kind, language) for hit in causal_words(text, language=language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_sentence_has_a_hole(said: Callable, kind: str, language: str):
    """No empty brackets, no field left open, no `nan`, no code, no doubled sign; prose ends with a full stop."""
    for text in said(kind, language):
        assert not re.search(r"\(\s*[,)]|\{|\}|\bnan\b|None|<NA>|[a-z]_[a-z]|  |: :|;;|: \.|n = *[,.;)]|n = $", text)
    assert all(text.endswith(".") for text in said(kind, language)[:2] if text)


def test_one_figure_has_its_margin_its_number_and_its_shares(scores: Callable, named_study: Callable):
    """The level, and what it is made of."""
    named_study(["Care"])
    assert sentence(scores(["Care"]), language="en") == (
        f"The eNPS is +12 ({MARGIN}). 42% are promoters (9–10), 28% passives (7–8) and 30% detractors (0–6); "
        "the mean mark is 7.4."
    )


def test_one_figure_in_dutch_has_dutch_numbers(scores: Callable):
    """Decimal comma, dot for thousands, no space before the percent sign."""
    text = sentence(scores(["Care"], estimate=-3.2), language="nl")
    assert all(part in text for part in ("−3 (marge 8,1 tot 15,9, n = 1.240)", "42%", "28%", "30%", "7,4"))


def test_a_withheld_figure_gives_its_reason_only(scores: Callable):
    """Nothing of what it was."""
    assert sentence(scores(["Care"], n=9)) == "NPS: not shown."


def test_a_figure_without_margin_says_why(said: Callable):
    """A single cluster has no spread."""
    sentence, described, figures = said("one figure without margin", "en")
    why = "margin unknown: a single cluster, n = 1,240"
    assert f"is +12 ({why})." in sentence
    assert f"Care: +12 ({why})" in described
    assert figures == f"NPS · Care +12 {why}"


def test_groups_are_told_by_their_ends(scores: Callable):
    """The lowest and the highest, each with its margin and its name."""
    text = sentence(scores(["a", "b", "c"], estimate=[5, -12, 30], conf_low=[1, -16, 26], conf_high=[9, -8, 34]))
    assert text == (
        "NPS runs from −12 (margin −16.0 to −8.0, n = 1,240) for b to +30 (margin 26.0 to 34.0, n = 1,240) for c."
    )


def test_groups_that_are_not_shown_are_counted(said: Callable):
    """A withheld group is never the lowest or the highest."""
    text = said("groups, some withheld", "en")[0]
    assert "for b to +5" in text
    assert text.endswith("for a. 2 groups are not shown, to protect who answered.")


def test_uncertain_groups_are_left_out_and_counted(scores: Callable):
    """The ends of a range are where chance plays most."""
    text = sentence(scores(["a", "b", "c"], estimate=[5, 6, 90], conf_low=[1, 2, 20], conf_high=[9, 9, 99]))
    assert "for a to +6" in text
    assert text.endswith("1 group has too wide a margin to be counted here.")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("groups, all withheld", "2 groups are not shown, to protect who answered."),
        ("groups, all uncertain", "No group has enough answers, or a margin that is narrow enough, to compare."),
    ],
)
def test_without_two_groups_nothing_is_compared(said: Callable, kind: str, text: str):
    """And it says why."""
    assert said(kind, "en")[0] == text


def test_each_difference_says_whether_it_is_distinguishable(said: Callable):
    """By its interval: on one side of zero or not."""
    first, second, third = re.findall(r"Between .*?\.(?= Between|$)", said("differences", "en")[0])
    assert first.startswith("Between a and b the difference in NPS is +4.5 points (margin 0.6 to 9.0, n = 3,751): stat")
    assert second.endswith("(margin −0.6 to 9.0, n = 3,751): not statistically significant.")
    assert third.endswith("(margin −9.0 to −2.0, n = 3,751): statistically significant.")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("differences that cannot be compared", "b and a cannot be compared: trend break."),
        ("differences of too few", "B and a are not compared: this would tell too much of who answered."),
        ("differences of a single cluster", "B and a are not compared: margin unknown: a single cluster."),
    ],
)
def test_what_is_not_compared_says_why(said: Callable, kind: str, text: str):
    """A break is not the same as too few answers."""
    assert said(kind, "en")[0].startswith(text)


def test_a_difference_within_a_group_names_the_group(said: Callable):
    """Else two sentences would say different things of the same pair."""
    text = said("differences within groups", "en")[0]
    assert text.startswith("Care: Between a and b")
    assert " Trade: Between a and c" in text


def test_a_difference_of_shares_is_in_percentage_points(said: Callable):
    """A percentage of a percentage confuses everybody."""
    assert "is +4.3 percentage points (margin 1.0 to 9.0, n = 3,751)" in said("differences of shares", "en")[0]


def test_a_family_says_how_many_hold(said: Callable):
    """After correction for their number, named by whose correction it is."""
    assert said("a family", "en")[0] == (
        "Statistically significant after correction for their number (Holm): 2 of 3 comparisons."
    )
    assert "(Benjamini–Hochberg)" in said("an exploration", "en")[0]


def test_a_family_counts_what_can_be_shown(said: Callable):
    """A withheld comparison does not count, in either number."""
    assert said("a family, some withheld", "en")[0].endswith("(Holm): 0 of 2 comparisons.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_division_that_is_not_there_is_said(said: Callable, language: str):
    """By its name, in sentence and description; there are no key figures of it."""
    sentence, described, figures = said("not asked", language)
    assert "sector" in sentence
    assert described == sentence
    assert figures == ""


def test_a_course_runs_from_the_first_wave_to_the_last(scores: Callable):
    """Two figures with their margins."""
    text = sentence(scores(["2025", "2023", "2024"], by="wave", estimate=[12, 5, 8]), language="en")
    assert text == f"The NPS was +5 ({MARGIN}) in 2023 and is +12 ({MARGIN}) in 2025."


def test_a_course_starts_at_the_last_break(said: Callable):
    """Figures before it are not mentioned, and it says why."""
    text = said("course with a break", "en")[0]
    assert "in 2024 and is" in text
    assert text.endswith(
        "The question changed in 2024 (wording, scale); earlier figures cannot be compared with later ones."
    )


def test_a_break_stays_where_it_was_when_that_wave_is_withheld(scores: Callable):
    """The question changed in the wave in which it changed."""
    waves = scores(
        ["2022", "2023", "2024", "2025"], by="wave", n=[40, 9, 40, 40], series=[1, 2, 2, 2],
        changed=["", "question", "", ""],
    )  # fmt: skip
    assert "in 2024 and is" in sentence(waves)
    assert "The question changed in 2023 (wording);" in sentence(waves)


def test_a_bound_among_groups_is_said_to_be_one(scores: Callable):
    """Beside the picture, where it is drawn like a figure."""
    shares = scores(["a", "b"], effect="share", y="favourable", estimate=[0.1, 0.6], conf_low=0.0, conf_high=0.7)
    found = ex.protect(shares, max_margin=1).assign(reason=["at_most", ""])
    said = ex.sentence(found, language="en")
    assert "≤ 10%" in said
    assert said.endswith("With ≥ or ≤ stands a bound: fewer than three people answered otherwise than the rest.")


def test_one_wave_is_no_course(said: Callable, scores: Callable):
    """What is left after a break and a withheld wave cannot be compared."""
    assert said("course of which waves are withheld", "en")[0] == "No two waves can be compared."
    hidden = scores(["2024", "2025"], by="wave", n=9)
    assert ex.sentence(hidden, language="en") == "No wave is shown, to protect who answered."


def test_a_description_has_a_clause_for_every_row(scores: Callable):
    """Who cannot see the picture gets all of it, the withheld rows too."""
    assert describe(scores(["Care", "Trade"], n=[40, 9]), language="en") == (
        "NPS by sector: Care: +12 (margin 8.1 to 15.9, n = 40), detractors 30%, passives 28%, promoters 42%; "
        "Trade: not shown."
    )


def test_a_description_of_a_trend_says_where_it_breaks(said: Callable):
    """A dotted line is seen by those who see."""
    assert "promoters 42%, trend break: wording, scale; 2025" in said("course with a break", "en")[1]


def test_a_distribution_is_described_answer_by_answer(said: Callable):
    """With the number of answers once."""
    assert said("distribution", "en")[1] == "Shares of the answers, n = 1,240: 0: 20%; 1: 50%; 2: 30%."
    assert said("withheld distribution", "en")[1] == "Shares of the answers: not shown."


def test_shares_of_groups_are_described_group_by_group(said: Callable):
    """Each with its own name, margin and number."""
    assert said("favourable", "en")[1] == (
        "Favourable share by sector: a: 60% (margin 57.0% to 63.0%, n = 500); b: 80% (margin 77.0% to 83.0%, n = 500)."
    )


def test_rows_without_groups_have_names_of_their_own(said: Callable):
    """Answers, quantiles and items are told apart."""
    assert said("distribution", "en")[0] == ""
    assert "0: " in said("distribution", "en")[1]
    assert "p50: +7" in said("quantiles", "en")[1]
    assert "q1: 0.40" in said("items", "en")[1]


def test_key_figures_are_terms_with_values(scores: Callable, differences: Callable, see: Callable):
    """Name, value, margin: several results side by side."""
    made = ex.key_figures(scores(["Care"]), differences([("2025", "2024")]), language="en")
    page = see(made)
    assert [tag for tag, _ in page.elements] == ["dl", *["div", "dt", "dd", "dd"] * 2]
    assert page.text == (
        f"NPS · Care +12 {MARGIN} Difference in NPS · 2025 against 2024 +4.5 margin 0.6 to 9.6, n = 3,751"
    )


def test_key_figures_that_are_uncertain_or_withheld_are_grey(scores: Callable, see: Callable):
    """They are marked as such; a withheld one has no margin."""
    page = see(ex.key_figures(scores(["a", "b", "c"], n=[40, 40, 9], conf_low=[8, -40, 8])))
    assert [value["class"] for value in page.all("dd")] == [
        "value", "margin", "value indicative", "margin", "value withheld",
    ]  # fmt: skip


def test_what_these_data_cannot_tell_is_no_key_figure(scores: Callable, results: dict, see: Callable):
    """It is left out, and the others stay."""
    assert see(ex.key_figures(results["not asked"], scores(["Care"]))).text.startswith("NPS · Care")


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_names_are_said_as_they_are(hostile: str, scores: Callable, differences: Callable, language: str):
    """No name breaks a sentence, also where it looks like a field of one."""
    waves = scores([hostile, "~"], by="wave", series=1)
    pair = differences([(hostile, "~")], between="sector", reason=["not_comparable"])
    for rows in (scores([hostile, "b"], estimate=[1, 2]), waves, differences([(hostile, "~")]), pair):
        assert hostile in sentence(rows, language=language)
        assert hostile in describe(rows, language=language)


def test_hostile_names_make_no_markup_in_key_figures(hostile: str, scores: Callable, see: Callable):
    """A name stays a name."""
    named, plain = (see(ex.key_figures(scores([name]))) for name in (hostile, "Care"))
    assert named.shape == plain.shape
    assert " ".join(hostile.split()) in named.text


def test_hostile_labels_are_said_as_they_are(hostiles: list[str], named_study: Callable):
    """Labels from the codebook too."""
    tally = ex.tally(named_study(hostiles), "enps", by=["kind"])
    described = describe(ex.nps(tally, by=["wave", "kind", "unit"]))
    assert all(described.count(" ".join(name.split())) >= 1 or described.count(name) >= 1 for name in hostiles)
