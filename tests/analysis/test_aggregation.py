"""The verdict on unit scores: each rule by its bounds, what it rests on, and the sample."""

from pathlib import Path

import pandas as pd
import pytest

import exkit as ex
from exkit.analysis.aggregation import VERDICTS
from exkit.errors import ExkitError
from exkit.result import result


def icc(icc1: tuple[float, float, float], icc2: tuple[float, float, float], **columns: object) -> pd.DataFrame:
    """Give a result of ICC(1) and ICC(2): estimate, lower and upper end."""
    estimate, low, high = zip(icc1, icc2, strict=True)
    told = {"x": "voice", "n": 500, **columns}
    return result(effect=["icc1", "icc2"], estimate=estimate, conf_low=low, conf_high=high, **told)


def agreed(low: float, high: float, **columns: object) -> pd.DataFrame:
    """Give a result of agreement on one question under one null."""
    told = {"x": "voice", "effect": "r_wg", "null": "uniform", **columns}
    return result(estimate=(low + high) / 2, conf_low=low, conf_high=high, **told)


SAMPLE = Path(__file__).parents[2] / "data" / "sample"
SURE, SOUND, FAIR = (0.2, 0.1, 0.3), (0.8, 0.7, 0.9), (0.75, 0.69, 0.8)
NOBODY = agreed(0.5, 0.6, x="other")
"""Agreement on something else."""


@pytest.mark.parametrize(
    ("icc1", "icc2", "agreement", "verdict"),
    [
        (SURE, SOUND, agreed(0.70, 0.8), "justified"),
        (SURE, SOUND, agreed(0.69, 0.8), "weak"),
        (SURE, FAIR, agreed(0.70, 0.8), "weak"),
        (SURE, SOUND, agreed(0.30, 0.49), "not_justified"),
        (SURE, SOUND, agreed(0.30, 0.50), "weak"),
        ((0.1, 0.0, 0.3), SOUND, agreed(0.70, 0.8), "not_justified"),
        ((-0.1, -0.2, -0.01), (-1, -2, -0.1), agreed(0.70, 0.8), "not_justified"),
        (SURE, SOUND, NOBODY, "justified"),
        (SURE, FAIR, NOBODY, "weak"),
        (SURE, SOUND, agreed(float("nan"), float("nan"), reason="no_options"), "weak"),
    ],
)
def test_the_first_rule_that_fits_gives_the_verdict(icc1: tuple, icc2: tuple, agreement: pd.DataFrame, verdict: str):
    """Held against the ends of the intervals: .70 is enough, and an ICC(1) that may be 0 is not."""
    assert ex.aggregation(icc(icc1, icc2), agreement)["verdict"].tolist() == [verdict]


def test_without_a_margin_nothing_is_judged():
    """Respondents were not supplied, or there is a single organisation to be within."""
    unknown = result(x="voice", effect=["icc1", "icc2"], reason="reliability_unknown", level="pooled")
    row = ex.aggregation(unknown, agreed(0.7, 0.8)).iloc[0]
    assert (row["verdict"], row["reason"]) == ("unknown", "reliability_unknown")
    single = result(x="voice", effect=["icc1", "icc2"], estimate=[0.3, 0.9], reason="one_cluster")
    assert ex.aggregation(single, agreed(0.7, 0.8))["verdict"].tolist() == ["unknown"]


def test_the_strictest_null_counts():
    """Whichever stands first."""
    both = pd.concat([agreed(0.6, 0.66, null="slightly_skewed"), agreed(0.8, 0.9)], ignore_index=True)
    for agreement in (both, both.iloc[::-1]):
        row = ex.aggregation(icc(SURE, SOUND), agreement).iloc[0]
        assert (row["verdict"], row["agreement"], row["null"]) == ("weak", pytest.approx(0.63), "slightly_skewed")


def test_other_measures_of_agreement_do_not_count():
    """A distance of .9 marks is no agreement of .9."""
    distance = agreed(0.9, 0.9, effect="ad", null="")
    row = ex.aggregation(icc(SURE, SOUND), pd.concat([distance, agreed(0.6, 0.7)])).iloc[0]
    assert row["agreement"] == pytest.approx(0.65)


def test_a_row_tells_what_it_rests_on():
    """ICC(2) in full, ICC(1) and agreement with their ends."""
    reliability = icc(SURE, SOUND, level="within", k=9.5, n_units=52, n_organisations=5, at="2025", p_value=0.01)
    row = ex.aggregation(reliability, agreed(0.7, 0.8, at="2025")).iloc[0]
    assert row[["effect", "estimate", "conf_low", "conf_high", "n", "p_value"]].tolist() == ["icc2", *SOUND, 500, 0.01]
    assert row[["icc1", "icc1_low", "icc1_high"]].tolist() == list(SURE)
    assert row[["agreement", "agreement_low", "agreement_high"]].tolist() == pytest.approx([0.75, 0.7, 0.8])
    assert row[["level", "k", "n_units", "n_organisations", "at"]].tolist() == ["within", 9.5, 52, 5, "2025"]


def test_each_measure_and_level_has_a_row():
    """In the order of the reliabilities."""
    two = pd.concat([icc(SURE, SOUND), icc(SURE, FAIR, level="within"), icc(SURE, SOUND, x="pride")], ignore_index=True)
    found = ex.aggregation(two, agreed(0.7, 0.8))
    assert found["x"].tolist() == ["voice", "voice", "pride"]
    assert found["verdict"].tolist() == ["justified", "weak", "justified"]
    assert found["agreement"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("reliability", "agreement", "message"),
    [
        (icc(SURE, SOUND).iloc[[1]], agreed(0.7, 0.8), "icc1 and icc2 of a measure"),
        (
            icc(SURE, SOUND),
            agreed(0.7, 0.8).assign(sector="a")[["sector", *agreed(0.7, 0.8)]],
            "Agreement is by sector",
        ),
        (icc(SURE, SOUND, at="2024"), agreed(0.7, 0.8, at="2025"), "of wave 2024, agreement of wave 2025"),
    ],
)
def test_what_does_not_belong_together_is_refused(reliability: pd.DataFrame, agreement: pd.DataFrame, message: str):
    """Half of a result, groups, another wave."""
    with pytest.raises(ExkitError, match=message):
        ex.aggregation(reliability, agreement)


def test_the_sample_is_a_weak_basis_at_its_size():
    """Planted ICC(1) .10 at 15 people makes an ICC(2) of .62: teams differ, single scores are unsure."""
    tally = ex.tally(ex.open(SAMPLE), "engagement").at(wave="2025")
    row = ex.aggregation(ex.icc(tally), ex.agreement(tally)).iloc[0]
    assert row["verdict"] == "weak"
    assert row["icc1_low"] <= 0.10 <= row["icc1_high"]
    assert row["agreement_low"] > 0.7
    assert row["verdict"] in VERDICTS
