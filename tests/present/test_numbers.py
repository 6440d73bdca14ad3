"""The one formatter: rounding, separators, signs, and how each statistic is printed."""

import math

import pandas as pd
import pytest

from exkit.errors import ExkitError
from exkit.present import numbers
from exkit.survey.published import STATISTICS

ROUNDING = [
    (12.5, 0, "13"),
    (13.5, 0, "14"),
    (-20.5, 0, "−21"),
    (0.5, 0, "1"),
    (2.675, 2, "2,68"),
    (1.005, 2, "1,01"),
    (2.5, 1, "2,5"),
    (20.15 - 20.1, 1, "0,1"),  # floats make it 0.0499999999999972
    (0.1 + 0.2, 1, "0,3"),
    (2.674999, 2, "2,67"),  # no dust: six digits that mean it
    (1234.6, 1, "1.234,6"),
    (0.9, 2, "0,90"),
    (1e20, 0, "100.000.000.000.000.000.000"),
]


@pytest.mark.parametrize(("value", "decimals", "printed"), ROUNDING)
def test_a_number_is_rounded_once_half_away_from_zero(value, decimals, printed):
    """Halves go up, or down below zero, also where binary fractions put them a hair under a half."""
    assert numbers.number(value, decimals=decimals, language="nl") == printed


def test_rounding_equals_arithmetic_in_whole_numbers():
    """Every half per cent from -2 to 2, rounded to whole per cents, agrees with arithmetic on integers."""
    halves = range(-400, 401)
    expected = [math.copysign((abs(half) + 1) // 2, half) for half in halves]
    assert [numbers.rounded(half / 200, decimals=2) * 100 for half in halves] == expected


def test_both_languages_have_their_own_separators():
    """Dutch has a full stop between thousands and a decimal comma, English the other way round."""
    assert numbers.number(1234.6, decimals=1, language="nl") == "1.234,6"
    assert numbers.number(1234.6, decimals=1, language="en") == "1,234.6"


@pytest.mark.parametrize("value", [-0.04, -0.0, 0.0, 0.04, -1e-300])
def test_zero_has_no_sign(value):
    """What rounds to zero is zero: no minus of its own, no plus of the NPS."""
    assert numbers.number(value, decimals=1, language="en", signed=True) == "0.0"


def test_a_signed_number_has_a_plus_or_a_real_minus():
    """The minus is the character of that name, not a hyphen."""
    assert numbers.number(12, decimals=0, language="nl", signed=True) == "+12"
    assert numbers.number(-3, decimals=0, language="nl", signed=True) == "\N{MINUS SIGN}3"


@pytest.mark.parametrize("nothing", [float("nan"), None, pd.NA])
def test_a_number_that_is_not_there_is_not_printed(nothing):
    """Every function of the formatter prints nothing, so that a caller can put a reason in its place."""
    printed = [
        numbers.number(nothing, decimals=1, language="nl"),
        numbers.count(nothing, language="nl"),
        numbers.percent(nothing, language="nl"),
        numbers.p_value(nothing, language="nl"),
        numbers.estimate(nothing, effect="nps", language="nl"),
        numbers.quantity(nothing, effect="diff", of="nps", language="nl"),
        numbers.interval(nothing, 3.0, effect="nps", language="nl"),
        numbers.interval_cell(1.0, nothing, effect="nps", language="nl"),
    ]
    assert set(printed) == {""}


def test_a_bound_without_end_is_printed_as_such():
    """An interval that is open at one side says so."""
    assert numbers.interval(-math.inf, 3, effect="nps", language="en") == "−∞ to 3.0"


@pytest.mark.parametrize(("share", "printed"), [(0.285, "29%"), (0.8, "80%"), (1, "100%"), (0.004, "0%")])
def test_a_share_is_a_whole_percentage_without_a_space(share, printed):
    """The same in both languages; 0.285 × 100 is a hair under 28.5 in floats and still 29."""
    assert {numbers.percent(share, language=language) for language in ("nl", "en")} == {printed}


def test_a_percentage_can_have_decimals():
    """Response rates and the like are asked for with one."""
    assert numbers.percent(0.1234, decimals=1, language="nl") == "12,3%"


def test_counts_have_thousands():
    """As in: respons 62% (1.240 van 2.000)."""
    assert numbers.count(1240, language="nl") == "1.240"
    assert numbers.count(1240, language="en") == "1,240"


@pytest.mark.parametrize(
    ("p", "printed"),
    [
        (0.034, "p = 0,034"),
        (0.0004, "p < 0,001"),
        (0, "p < 0,001"),
        (0.001, "p = 0,001"),
        (0.99961, "p > 0,999"),
        (1, "p > 0,999"),
    ],
)
def test_a_p_value_is_never_printed_as_nought_or_one(p, printed):
    """What would round to a certainty is printed as a bound."""
    assert numbers.p_value(p, language="nl") == printed


ESTIMATES = [
    ("nps", "", 11.6, "+12", "+12"),
    ("nps", "", -20.5, "−21", "−21"),
    ("nps", "", -0.3, "0", "0"),
    ("share", "", 0.344, "34%", "34%"),
    ("mean", "", 7.35, "7,4", "7.4"),
    ("r", "", 0.9, "0,90", "0.90"),
    ("r", "", -0.155, "−0,16", "−0.16"),
    ("alpha", "", 0.845, "0,85", "0.85"),
    ("omega", "", 1, "1,00", "1.00"),
    ("ratio", "", 1.23, "+23%", "+23%"),
    ("ratio", "", 0.79, "−21%", "−21%"),
    ("ratio", "", 1.0, "0%", "0%"),
    ("diff", "nps", 4.25, "+4,3", "+4.3"),
    ("diff", "share", -0.0425, "−4,3", "−4.3"),
    ("diff", "mean", 0.25, "+0,3", "+0.3"),
    ("quantile", "nps", 12.4, "+12", "+12"),
    ("quantile", "share", 0.8, "80%", "80%"),
]


@pytest.mark.parametrize(("effect", "of", "value", "nl", "en"), ESTIMATES)
def test_an_estimate_is_printed_as_its_statistic_is(effect, of, value, nl, en):
    """Sign, unit and decimals follow from the effect of a result row."""
    assert numbers.estimate(value, effect=effect, of=of, language="nl") == nl
    assert numbers.estimate(value, effect=effect, of=of, language="en") == en


@pytest.mark.parametrize(
    ("effect", "of", "low", "high", "nl", "en"),
    [
        ("nps", "", 8.1, 15.9, "8,1 tot 15,9", "8.1 to 15.9"),
        ("nps", "", -3.25, 1, "−3,3 tot 1,0", "−3.3 to 1.0"),
        ("share", "", 0.745, 0.85, "74,5% tot 85,0%", "74.5% to 85.0%"),
        ("mean", "", 7.3, 7.52, "7,3 tot 7,5", "7.3 to 7.5"),
        ("r", "", -0.06, 0.201, "−0,06 tot 0,20", "−0.06 to 0.20"),
        ("ratio", "", 0.98, 1.31, "−2% tot 31%", "−2% to 31%"),
        ("diff", "share", 0.002, 0.084, "0,2 tot 8,4", "0.2 to 8.4"),
    ],
)
def test_an_interval_in_running_text_has_a_word_between_its_bounds(effect, of, low, high, nl, en):
    """Bounds have a minus where they need one and never a plus."""
    assert numbers.interval(low, high, effect=effect, of=of, language="nl") == nl
    assert numbers.interval(low, high, effect=effect, of=of, language="en") == en


def test_an_interval_in_a_table_stands_in_brackets():
    """Dutch separates the bounds by a semicolon, since the comma is taken."""
    assert numbers.interval_cell(8.1, 15.9, effect="nps", language="nl") == "[8,1; 15,9]"
    assert numbers.interval_cell(8.1, 15.9, effect="nps", language="en") == "[8.1, 15.9]"


@pytest.mark.parametrize(
    ("of", "value", "nl", "en"),
    [
        ("nps", 4.3, "+4,3 punten", "+4.3 points"),
        ("share", 0.043, "+4,3 procentpunt", "+4.3 percentage points"),
        ("mean", 0.3, "+0,3", "+0.3"),
    ],
)
def test_a_difference_in_running_text_says_what_it_is_counted_in(of, value, nl, en):
    """A difference of percentages is not a percentage."""
    assert numbers.quantity(value, effect="diff", of=of, language="nl") == nl
    assert numbers.quantity(value, effect="diff", of=of, language="en") == en


def test_an_estimate_that_shows_its_own_unit_gets_no_word():
    """An eNPS is printed signed, a share with its sign, and neither with a word behind it."""
    assert numbers.quantity(12, effect="nps", language="nl") == "+12"
    assert numbers.quantity(0.8, effect="share", language="nl") == "80%"


@pytest.mark.parametrize(
    ("effect", "value", "printed"),
    [
        ("nps", 12, "+12"),
        ("share", 0.31, "31%"),
        ("share", 0.344, "34,4%"),
        ("ratio", 0.60, "−40%"),
        ("ratio", 1.23, "+23%"),
        ("r", 0.3, "0,30"),
        ("r2", 0.00853, "0,00853"),
        ("mean", 7.55, "7,55"),
    ],
)
def test_a_figure_of_others_keeps_the_decimals_they_gave_it(effect, value, printed):
    """Rounding what somebody else printed would be another figure."""
    assert numbers.printed(value, effect=effect, language="nl") == printed
    assert numbers.printed(float("nan"), effect=effect, language="nl") == ""


def test_whatever_a_claim_may_be_about_can_be_printed():
    """A statistic of the claims table is known here; a difference is printed as what it compares."""
    assert set(STATISTICS) - {"diff"} <= set(numbers.STYLES)


def test_an_unknown_statistic_is_refused():
    """Nobody said how it is printed, so it cannot be printed by accident."""
    with pytest.raises(ExkitError, match="No effect 'npss'"):
        numbers.estimate(1, effect="npss", language="nl")


def test_a_difference_needs_what_it_compares():
    """Points and percentage points look the same, so a difference must say which it is."""
    with pytest.raises(ExkitError, match=r"No difference of ''\. There are: nps, "):
        numbers.estimate(1, effect="diff", language="nl")


def test_an_unknown_language_is_refused():
    """The kit writes the languages that it has words for."""
    with pytest.raises(ExkitError, match="No language 'fr'"):
        numbers.number(1, decimals=0, language="fr")


@pytest.mark.parametrize(
    ("value", "low", "high", "printed"),
    [
        (4404.86, 2624.0, 6185.7, "+4.405 [2.624; 6.186]"),
        (-0.837, -1.13, -0.546, "−0,84 [−1,13; −0,55]"),
        (0.0228, 0.0002, 0.0455, "+0,023 [0,000; 0,046]"),
        (-0.00055, -0.00084, -0.00027, "−0,00055 [−0,00084; −0,00027]"),
    ],
)
def test_an_amount_has_the_decimals_that_its_size_asks_for(value: float, low: float, high: float, printed: str):
    """Euros, days, minutes, complaints a visit; a margin as many as its width deserves."""
    told = {"effect": "slope", "of": "amount", "language": "nl"}
    assert f"{numbers.estimate(value, **told)} {numbers.interval_cell(low, high, **told)}" == printed


def test_a_mean_amount_has_three_digits_and_no_sign():
    """Whole where it is large."""
    means = [numbers.estimate(v, effect="amount", language="en") for v in (23556.4, 7.544, 0.01234, 0.0)]
    assert means == ["23,556", "7.54", "0.0123", "0"]
