"""Verdicts on published figures."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from exkit.analysis.claims import register, verdict
from exkit.errors import ExkitError
from exkit.measures.intervals import adjusted_wald, wilson
from exkit.result import COLUMNS, result
from exkit.survey.published import published

Z = stats.norm.ppf(0.975)
PUBLISHED = {
    "n_published": np.nan,
    "definition": "same",
    "reading_en": "",
    "basis": "observed",
    "reason": "",
    "df": np.nan,
}
FIGURES = {
    "nps": {"kind": "value", "statistic": "nps", "published": 12.0, "digit_half": 0.5, "margin": 5.0},
    "share": {"kind": "value", "statistic": "share", "published": 0.2, "digit_half": 0.005, "margin": 0.05},
    "ratio": {"kind": "ratio", "statistic": "ratio", "published": 1.23, "digit_half": 0.005, "margin": 1.1},
    "range": {"kind": "range", "statistic": "share", "published_low": 0.45, "published_high": 0.5, "margin": 0.05},
    "positive": {"kind": "direction", "statistic": "r", "published_low": 0.0},
    "negative": {"kind": "direction", "statistic": "r", "published_high": 0.0},
    "majority": {"kind": "threshold", "statistic": "share", "published_low": 0.5},
}
EMPTY = dict.fromkeys(["published", "published_low", "published_high", "digit_half", "margin", "df"], np.nan)


def pairs(figure: str, low: object, estimate: object, high: object, **changed: object) -> pd.DataFrame:
    """Lay a published figure beside estimates of ours."""
    row = {**EMPTY, **PUBLISHED, **FIGURES[figure]}
    ours = {"effect": row["statistic"], "estimate": estimate, "std_error": np.nan, "conf_low": low, "conf_high": high}
    return pd.DataFrame({**row, **ours, **changed}, index=range(np.size(estimate)))


def said(figure: str, low: float, estimate: float, high: float, **changed: object) -> str:
    """Give the verdict on one pair."""
    return verdict(pairs(figure, low, estimate, high, **changed))["verdict"].iloc[0]


def judged(promoters: np.ndarray, detractors: np.ndarray, n: int) -> pd.Series:
    """Judge each of many samples against a published +12."""
    low, high = adjusted_wald(promoters, detractors, n=n, q=Z)
    return verdict(pairs("nps", low, 100 * (promoters - detractors), high))["verdict"]


def drawn(score: float, n: int, *, size: int = 4000) -> pd.Series:
    """Draw simple samples from a population with this eNPS and half passives, and judge each against +12."""
    up = 0.25 + score / 200
    counts = np.random.default_rng(n).multinomial(n, [up, 0.5, 0.5 - up], size=size)
    return judged(counts[:, 0] / n, counts[:, 2] / n, n)


@pytest.mark.parametrize(
    ("truth", "n", "expected", "share"),
    [
        (12, 100, "undecided", 0.96),
        (12, 2000, "agrees", 0.64),
        (12, 5000, "agrees", 0.99),
        (5, 400, "differs", 0.46),
        (0, 1000, "differs", 1.00),
    ],
)
def test_the_rule_behaves_as_was_laid_down(truth: float, n: int, expected: str, share: float):
    """Of 4,000 simple samples against a published +12, so many get this verdict."""
    # Four Monte Carlo errors, and half of the second digit.
    assert (drawn(truth, n) == expected).mean() == pytest.approx(share, abs=0.005 + 4 * np.sqrt(0.25 / 4000))


@pytest.mark.parametrize(("n", "at_most"), [(20, 0.05), (50, 0.05), (100, 0.04), (200, 0.04), (400, 0.04)])
def test_a_true_figure_seldom_differs(n: int, at_most: float):
    """To two decimals, by enumeration of all samples: the nominal .05 of a tiny one, .04 from 100 answers on."""
    promoters, detractors = np.indices((n + 1, n + 1)).reshape(2, -1)
    possible = promoters + detractors <= n
    promoters, detractors = promoters[possible], detractors[possible]
    counts = np.stack([promoters, n - promoters - detractors, detractors], axis=1)
    chance = stats.multinomial.pmf(counts, n, [0.31, 0.5, 0.19])
    assert round(chance[judged(promoters / n, detractors / n, n) == "differs"].sum(), 2) <= at_most


@pytest.mark.parametrize("n", [1000, 2000, 5000, 20000])
def test_a_true_figure_differs_ever_more_seldom(n: int):
    """Rounding weighs more as chance weighs less."""
    assert (drawn(12, n) == "differs").mean() <= 0.04


@pytest.mark.parametrize(
    ("low", "estimate", "high", "expected"),
    [
        (10.0, 12.0, 14.0, "agrees"),
        (7.5, 12.0, 16.5, "agrees"),
        (7.4, 12.0, 16.5, "undecided"),
        (12.6, 14.0, 15.4, "agrees"),
        (12.4, 16.0, 19.6, "undecided"),
        (12.6, 16.0, 19.4, "differs"),
        (2.0, 7.0, 11.4, "differs"),
        (-20.0, 12.0, 44.0, "undecided"),
    ],
)
def test_a_score_is_held_against_a_rounded_score(low: float, estimate: float, high: float, expected: str):
    """Half a point for rounding on either side; within five points agrees, and small certain differences too."""
    assert said("nps", low, estimate, high) == expected


def test_a_ratio_is_compared_on_the_log_scale():
    """1.23 times or divided by 1.10 is as far; on the plain scale 1.12 would be nearer than 1.35."""
    up, down = 1.225 * 1.0999, 1.23**2 / 1.225 / 1.0999
    assert said("ratio", 1.2, 1.23, up) == said("ratio", down, 1.23, 1.26) == "agrees"
    assert said("ratio", 1.2, 1.23, up + 0.005) == said("ratio", down - 0.006, 1.23, 1.26) == "undecided"
    assert said("ratio", 0.95, 1.05, 1.15) == "differs"


def test_a_range_is_held_against_its_nearest_end():
    """45 to 50 percent: within it there is no difference, beyond it as much as from its end."""
    assert said("range", 0.44, 0.47, 0.50) == "agrees"
    assert said("range", 0.51, 0.55, 0.59) == said("range", 0.36, 0.40, 0.44) == "differs"
    assert said("range", 0.48, 0.52, 0.56) == "undecided"


@pytest.mark.parametrize(
    ("figure", "low", "estimate", "high", "expected"),
    [
        ("positive", 0.05, 0.2, 0.35, "supports"),
        ("positive", -0.35, -0.2, -0.05, "contradicts"),
        ("positive", -0.1, 0.1, 0.3, "undecided"),
        ("negative", -0.35, -0.2, -0.05, "supports"),
        ("negative", 0.05, 0.2, 0.35, "contradicts"),
        ("majority", 0.51, 0.6, 0.69, "supports"),
        ("majority", 0.3, 0.4, 0.49, "contradicts"),
        ("majority", 0.45, 0.55, 0.65, "undecided"),
    ],
)
def test_a_bound_must_be_cleared_by_the_whole_interval(
    figure: str, low: float, estimate: float, high: float, expected: str
):
    """On the claimed side, on the other side, or across."""
    assert said(figure, low, estimate, high) == expected


def test_the_first_rule_that_fits_wins():
    """Not testable before not comparable before by design before everything else."""
    calibrated = {"basis": "calibrated"}
    assert said("nps", 10, 12, 14, **calibrated) == "by_design"
    assert said("nps", 10, 12, 14, **calibrated, definition="different") == "not_comparable"
    assert said("nps", np.nan, 12, np.nan, **calibrated, definition="different") == "not_testable"
    assert said("positive", 0.05, 0.2, 0.35, **calibrated) == "by_design"


def test_an_unpublished_definition_needs_a_sensible_reading():
    """Without one nobody knows what the figure is of."""
    assert said("nps", 10, 12, 14, definition="not_published") == "not_comparable"
    assert said("nps", 10, 12, 14, definition="not_published", reading_en="Own question.") == "agrees"


def test_a_published_n_widens_what_agrees_and_what_differs():
    """20% of 160: its own error is √(.2·.8/160) = .0316, so that ours at 26% no longer differs."""
    low, high = wilson(0.26, n=3000, q=Z)
    assert said("share", low, 0.26, high) == "differs"
    row = verdict(pairs("share", low, 0.26, high, n_published=160.0)).iloc[0]
    assert (row["verdict"], row["published_error"]) == ("undecided", pytest.approx(0.0316, abs=5e-5))


def test_l_and_u_are_those_of_the_definition():
    """With normal intervals: (e - v) ± (z √(s² + s_v²) + h), here by hand at the edge of differing."""
    s, s_v = 0.012, np.sqrt(0.2 * 0.8 / 160)
    edge = 0.2 + Z * np.hypot(s, s_v) + 0.005
    verdicts = [said("share", e - Z * s, e, e + Z * s, n_published=160.0) for e in (edge - 1e-9, edge + 1e-9)]
    assert verdicts == ["undecided", "differs"]


def test_a_p_value_is_below_five_percent_exactly_where_it_differs():
    """Whatever the degrees of freedom."""
    estimate = np.linspace(13, 30, 200)
    for df in (np.nan, 4, 30):
        q = stats.t.ppf(0.975, df if df == df else np.inf)
        found = verdict(pairs("nps", estimate - 3 * q, estimate, estimate + 3 * q, df=df))
        assert ((found["p_value"] < 0.05) == (found["verdict"] == "differs")).all()
        by_hand = 2 * stats.t.sf((estimate - 12.5) / 3, df if df == df else np.inf)
        np.testing.assert_allclose(found["p_value"], by_hand)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"statistic": "smiles"}, "unknown_statistic"),
        ({"kind": "rumour"}, "unknown_statistic"),
        ({"effect": "mean"}, "other_statistic"),
        ({"margin": np.nan}, "no_margin"),
        ({"kind": "none"}, "no_criterion"),
    ],
)
def test_what_cannot_be_held_against_data_says_why(changed: dict, reason: str):
    """A reason in the row, and no verdict on a number that is of something else."""
    row = verdict(pairs("nps", 10, 12, 14, **changed)).iloc[0]
    assert (row["verdict"], row["reason"]) == ("not_testable", reason)
    assert np.isnan(row["estimate"]) == (reason in ("unknown_statistic", "other_statistic"))


@pytest.mark.parametrize(("low", "high"), [(np.nan, np.nan), (12, 12), (-np.inf, np.inf)])
def test_without_an_interval_nothing_is_tested(low: float, high: float):
    """Unknown, of zero width, or endless."""
    row = verdict(pairs("nps", low, 12, high)).iloc[0]
    assert (row["verdict"], row["reason"]) == ("not_testable", "no_interval")


def test_a_ratio_that_may_be_zero_is_not_tested():
    """It has no logarithm."""
    row = verdict(pairs("ratio", -0.1, 1.2, 2.5)).iloc[0]
    assert (row["verdict"], row["reason"]) == ("not_testable", "no_interval")


def test_a_result_without_numbers_keeps_its_own_reason():
    """Too few answers is why."""
    assert verdict(pairs("nps", np.nan, np.nan, np.nan, reason="too_few"))["reason"].tolist() == ["too_few"]


def answers(*rows: tuple) -> pd.DataFrame:
    """Make results: claim, figure, effect, low, estimate, high."""
    columns = ["claim", "figure", "effect", "conf_low", "estimate", "conf_high"]
    found = pd.DataFrame(rows, columns=columns)
    return result(found[["claim", "figure"]], **{name: found[name] for name in columns[2:]}, n=1000)


OURS = answers(
    (1, "enps", "nps", 2.0, 5.0, 8.0), (1, "promoters", "share", 0.33, 0.36, 0.39),
    (1, "detractors", "share", 0.155, 0.18, 0.205), (8, "absence", "ratio", 0.8, 0.9, 0.98),
)  # fmt: skip


def test_the_register_leaves_no_figure_out():
    """One row each, in the order of the claims, laid out as a result."""
    claims = published("claims")
    told = register(claims, OURS, synthetic=False)
    assert told[["claim", "figure"]].equals(claims[["claim", "figure"]])
    assert list(told.columns[: 2 + len(COLUMNS)]) == ["claim", "figure", *COLUMNS]
    assert ((told["reason"] != "") == (told["verdict"] == "not_testable")).all()


def test_figures_that_were_not_calculated_say_why():
    """Not yet in the kit, nobody asked, not calculated here."""
    told = register(published("claims"), OURS, synthetic=False).set_index(["claim", "figure"])
    reasons = [told.at[key, "reason"] for key in [(12, "catalyst"), (39, "budgets"), (2, "promoters")]]
    assert reasons == ["not_in_kit", "not_asked", "not_calculated"]


def test_only_a_difference_that_survives_holm_is_a_headline():
    """By chance .05 of the figures that could differ do; a direction cannot."""
    told = register(published("claims"), OURS, synthetic=False).set_index(["claim", "figure"])
    assert told["family"].unique().tolist() == [3]
    assert told["by_chance"].unique() == pytest.approx([0.15])
    assert told.loc[1, "verdict"].to_dict() == {"enps": "differs", "promoters": "differs", "detractors": "agrees"}
    assert told.at[(8, "absence"), "verdict"] == "supports"
    assert told.index[told["headline"]].tolist() == [(1, "enps"), (1, "promoters")]


def test_a_lone_small_p_value_among_many_is_no_headline():
    """It differs at .03, and among three that is .09."""
    error = 4.0
    e = 12.5 + stats.norm.isf(0.03 / 2) * error
    ours = answers(
        (1, "enps", "nps", e - Z * error, e, e + Z * error), (1, "promoters", "share", 0.28, 0.31, 0.34),
        (1, "detractors", "share", 0.165, 0.19, 0.215),
    )  # fmt: skip
    row = register(published("claims"), ours, synthetic=False).iloc[0]
    assert (row["verdict"], row["headline"]) == ("differs", False)
    assert row[["p_value", "p_adjusted"]].tolist() == pytest.approx([0.03, 0.09])


def test_synthetic_data_show_the_calculation_and_not_the_claim():
    """What the sample was set to is by design; what it was not set to is judged."""
    told = register(published("claims"), OURS, synthetic=True).set_index(["claim", "figure"])
    assert told.loc[1, "verdict"].unique().tolist() == ["by_design"]
    assert told.at[(8, "absence"), "verdict"] == "supports"
    assert told["family"].unique().tolist() == [0]


def test_synthetic_data_make_no_headline():
    """Turnover was not set to the figure, and differs from it by far."""
    ours = answers((9, "turnover", "ratio", 0.97, 1.0, 1.03))
    for synthetic in (True, False):
        row = register(published("claims"), ours, synthetic=synthetic).set_index(["claim", "figure"]).loc[9, "turnover"]
        assert (row["verdict"], row["headline"]) == ("differs", not synthetic)


def test_a_register_without_a_single_result_is_complete():
    """Nothing could be calculated, and every row says so."""
    told = register(published("claims"), OURS.iloc[:0], synthetic=False)
    assert (told["verdict"] == "not_testable").all()
    assert (told["reason"] != "").all()


def test_a_frame_without_rows_needs_no_columns():
    """Nothing was saved by any chapter."""
    nothing = register(published("claims"), pd.DataFrame(), synthetic=False)
    pd.testing.assert_frame_equal(nothing, register(published("claims"), OURS.iloc[:0], synthetic=False))


def test_what_a_difference_is_of_and_how_few_it_rests_on_are_kept():
    """The one to print it by, the other to withhold it by; where none is given it is n that counts."""
    ours = OURS.assign(of="nps", n_smallest=[7, np.nan, 12, 12], df=40.0)
    told = register(published("claims"), ours, synthetic=False).set_index(["claim", "figure"])
    assert told.loc[1, "n_smallest"].tolist() == [7, 1000, 12]
    assert told.loc[1, "of"].tolist() == ["nps"] * 3
    assert told.at[(2, "promoters"), "of"] == ""


def test_a_claim_with_an_unknown_statistic_has_a_reason_in_its_row():
    """Never a wrong number."""
    claims = published("claims")
    row = register(claims.assign(statistic="smiles"), OURS, synthetic=False).iloc[0]
    assert (row["verdict"], row["reason"]) == ("not_testable", "unknown_statistic")
    assert np.isnan(row["estimate"])


def test_an_answer_to_no_claim_is_told_with_the_nearest():
    """One suggestion."""
    with pytest.raises(ExkitError, match=r"No published figure '1 epns'\. Did you mean '1 enps'\?"):
        register(published("claims"), OURS.replace({"figure": {"enps": "epns"}}), synthetic=False)


def test_a_claim_is_known_by_its_number_however_it_was_saved():
    """As text, or as 1.0 where it stood beside a result without a claim."""
    told = register(published("claims"), OURS.assign(claim="1.0", figure="enps").iloc[:1], synthetic=False)
    assert told.set_index(["claim", "figure"]).at[(1, "enps"), "estimate"] == OURS["estimate"].iloc[0]


def test_two_answers_to_one_figure_are_told():
    """Nobody chooses in silence."""
    with pytest.raises(ExkitError, match="Two results answer the published figure '1 enps'"):
        register(published("claims"), pd.concat([OURS, OURS.iloc[:1]]), synthetic=False)


def test_the_frames_stay_as_they_were():
    """Neither the claims nor the results change."""
    claims = published("claims")
    before, ours = claims.copy(), OURS.copy()
    register(claims, ours, synthetic=True)
    pd.testing.assert_frame_equal(claims, before)
    pd.testing.assert_frame_equal(ours, OURS)
