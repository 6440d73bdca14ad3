"""What published shares imply."""

import pandas as pd
import pytest

import exkit as ex
from exkit.errors import ExkitError

SIZES = {"promoter": 0.31, "passive": 0.50, "detractor": 0.19}
RECOMMENDING = {"promoter": 0.80, "passive": 0.18, "detractor": 0.03}


@pytest.fixture
def found() -> pd.DataFrame:
    """What 31/50/19 and 80/18/3 imply."""
    return ex.implied(SIZES, recommending=RECOMMENDING).set_index(["effect", "level", "reference", "y", "of"])


def pick(found: pd.DataFrame, **wanted: str) -> pd.Series:
    """Take the one row with these labels."""
    rows = found.reset_index()
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    assert len(rows) == 1
    return rows.iloc[0]


def test_a_third_of_all_recommend_and_most_of_them_are_promoters(found: pd.DataFrame):
    """34.4% of everybody, 72% of them promoters: not printed, but implied."""
    assert pick(found, effect="share", y="favourable")["estimate"] == pytest.approx(0.3437)
    assert pick(found, effect="share", y="promoter")["estimate"] == pytest.approx(0.248 / 0.3437)


@pytest.mark.parametrize(
    ("effect", "reference", "value"),
    [
        ("diff", "passive", 0.62),
        ("diff", "detractor", 0.77),
        ("risk_ratio", "passive", 80 / 18),
        ("risk_ratio", "detractor", 80 / 3),
        ("odds_ratio", "passive", (80 / 20) / (18 / 82)),
        ("odds_ratio", "detractor", (80 / 20) / (3 / 97)),
    ],
)
def test_promoters_against_the_others(found: pd.DataFrame, effect: str, reference: str, value: float):
    """62 and 77 points, 4.4 and 26.7 times, odds 18.2 and 129 times."""
    row = pick(found, effect=effect, level="promoter", reference=reference)
    assert row["estimate"] == pytest.approx(value)


def test_rounding_alone_leaves_a_ratio_wide_open(found: pd.DataFrame):
    """80 and 3 per cent: a ratio of 22.7 to 32.2, odds of 107 to 161."""
    ratio = pick(found, effect="risk_ratio", level="promoter", reference="detractor")
    odds = pick(found, effect="odds_ratio", level="promoter", reference="detractor")
    assert (ratio["lowest"], ratio["highest"]) == pytest.approx((0.795 / 0.035, 0.805 / 0.025))
    assert [round(odds[end]) for end in ("lowest", "highest")] == [107, 161]


def test_the_two_answers_of_one_person_correlate_at_61(found: pd.DataFrame):
    """Where colleagues' unit means correlate at .16."""
    assert round(pick(found, effect="r")["estimate"], 2) == 0.61


def test_a_tenth_of_the_passives_is_five_points(found: pd.DataFrame):
    """And 3.1 percentage points, labelled as a scenario."""
    scenario = found[found["scenario"]].droplevel([0, 1, 2, 3])["estimate"]
    assert scenario.to_dict() == pytest.approx({"nps": 5.0, "favourable": 0.031})


def test_no_figure_pretends_to_have_a_margin(found: pd.DataFrame):
    """Without an n there is no interval, and every row says so."""
    assert set(found["reason"]) == {"n_not_published"}
    assert found[["conf_low", "conf_high", "std_error"]].isna().all(axis=None)


def test_a_share_that_may_be_zero_has_no_upper_bound():
    """Against a printed 0% there is no ratio; against what may be 0 there is one without an upper bound."""
    none = ex.implied(SIZES, recommending=RECOMMENDING | {"detractor": 0.0})
    ratio = pick(none, effect="risk_ratio", level="promoter", reference="detractor")
    assert ratio["reason"] == "zero_cell"
    assert ratio[["estimate", "lowest", "highest"]].isna().all()
    hardly = ex.implied(SIZES, recommending=RECOMMENDING | {"detractor": 0.005})
    open_ended = pick(hardly, effect="risk_ratio", level="promoter", reference="detractor")
    assert open_ended["lowest"] == pytest.approx(79.5)
    assert pd.isna(open_ended["highest"])


def test_percentages_are_to_be_proportions():
    """80 is no share."""
    with pytest.raises(ExkitError, match=r"The share of 'promoter' is 80. Give a proportion from 0 to 1."):
        ex.implied(SIZES, recommending=RECOMMENDING | {"promoter": 80})


def test_groups_are_to_be_everybody():
    """Sizes that do not sum to 1 within their rounding are not those of one table."""
    with pytest.raises(ExkitError, match=r"The sizes of the groups sum to 0.9, not to 1."):
        ex.implied(SIZES | {"passive": 0.40}, recommending=RECOMMENDING)


def test_an_unknown_group_is_named():
    """With the nearest one that there is."""
    with pytest.raises(ExkitError, match=r"No promoter group 'passives'\. Did you mean 'passive'"):
        ex.implied({**SIZES, "passives": 0.5}, recommending=RECOMMENDING)
