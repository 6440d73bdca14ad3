"""Correlations corrected for the unreliability of unit means."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.errors import ExkitError

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "p_value"]
STAFF, CUSTOMERS = 15, 40
"""People behind a unit's two means."""


def drawn(
    seed: int,
    *,
    organisations: int = 48,
    each: int = 11,
    rho: float = 0.33,
    icc1: tuple[float, float] = (0.10, 0.04),
    share: float = 0.2,
) -> pd.DataFrame:
    """Draw units whose true values correlate `rho`, each seen through the means of its people."""
    rng, of = np.random.default_rng(seed), np.repeat(np.arange(organisations), each)
    cov = [[1, rho], [rho, 1]]
    mood, own = (rng.multivariate_normal([0, 0], cov, size=n) for n in (organisations, len(of)))
    true = np.sqrt(share) * mood[of] + np.sqrt(1 - share) * own
    units = pd.DataFrame({"organisation": [f"O{i:02d}" for i in of], "unit": [f"U{i:03d}" for i in range(len(of))]})
    for m, people, part, values in zip(["voice", "csat"], [STAFF, CUSTOMERS], icc1, true.T, strict=True):
        within = 1 - part
        units[m] = np.sqrt(part) * values + rng.normal(scale=np.sqrt(within / people), size=len(of))
        units[f"{m}_n"] = people
        units[f"{m}_sd"] = np.sqrt(within * rng.chisquare(people - 1, size=len(of)) / (people - 1))
    return units


def both(units: pd.DataFrame, **how: object) -> tuple[pd.Series, pd.Series]:
    """Give the raw row and the corrected one."""
    result = ex.disattenuate(units, x="voice", y="csat", **how)
    assert result["effect"].tolist() == ["r", "r_corrected"]
    return result.iloc[0], result.iloc[1]


def test_the_planted_correlation_is_recovered():
    """True .33 is seen as about .2 through 15 staff and 40 customers, and comes back."""
    raw, corrected = both(drawn(1))
    assert raw["estimate"] == pytest.approx(0.33 * 0.625, abs=0.1)
    assert corrected["conf_low"] < 0.33 < corrected["conf_high"]
    assert corrected["estimate"] > 1.4 * raw["estimate"]


def test_it_is_unbiased():
    """Over 40 benchmarks the mean is within .02 of the truth, give or take four of its own errors."""
    found = np.array([[row["estimate"] for row in both(drawn(seed), n_boot=2)] for seed in range(40)])
    raw, corrected = found.mean(axis=0)
    assert raw == pytest.approx(0.206, abs=0.02)
    assert abs(corrected - 0.33) < 0.02 + 4 * found[:, 1].std() / np.sqrt(40)


def test_it_is_the_correlation_divided_by_the_root_of_both_reliabilities():
    """Which are those that `reliability` gives, at the same level."""
    units = drawn(2)
    for level in ("pooled", "within"):
        raw, corrected = both(units, level=level)
        icc2 = [ex.reliability(units, m, level=level)["estimate"].iloc[1] for m in ("voice", "csat")]
        assert corrected[["icc2_x", "icc2_y"]].tolist() == pytest.approx(icc2, rel=1e-12)
        assert corrected["estimate"] == pytest.approx(raw["estimate"] / np.sqrt(icc2[0] * icc2[1]), rel=1e-12)
        assert corrected["level"] == raw["level"] == level


def test_the_raw_row_is_that_of_correlate():
    """The one says no other thing than the other."""
    units = drawn(3)
    raw, _ = both(units)
    plain = ex.correlate(units, x="voice", y="csat").iloc[0]
    assert raw[NUMBERS].tolist() == plain[NUMBERS].tolist()


def test_the_reliabilities_are_resampled_too():
    """By hand, for a few organisations: everything made anew with one of them left out."""
    units = drawn(4, organisations=6)
    _, corrected = both(units)
    without = []
    for name in units["organisation"].unique():
        left = units[units["organisation"] != name]
        icc2 = [ex.reliability(left, m)["estimate"].iloc[1] for m in ("voice", "csat")]
        without.append(left[["voice", "csat"]].corr().iloc[0, 1] / np.sqrt(icc2[0] * icc2[1]))
    error = np.sqrt(5) * np.std(without)
    half = stats.t.ppf(0.975, 5) * error
    assert corrected["std_error"] == pytest.approx(error, rel=1e-9)
    assert corrected["conf_low"] == pytest.approx(max(corrected["estimate"] - half, -1), rel=1e-9)
    assert (corrected["interval"], corrected["df"], corrected["cluster"]) == ("jackknife", 5, "organisation")


def test_where_no_organisations_are_declared_units_are_resampled():
    """And said so."""
    raw, corrected = both(drawn(5).drop(columns="organisation"))
    assert (raw["interval"], corrected["interval"]) == ("fisher", "bootstrap")
    assert (corrected["cluster"], corrected["df"]) == ("unit", 527)
    assert corrected["conf_low"] < corrected["estimate"] < corrected["conf_high"]


def test_the_p_value_is_that_of_the_raw_correlation():
    """The one is 0 where the other is."""
    raw, corrected = both(drawn(6))
    assert corrected["p_value"] == raw["p_value"]


def test_an_interval_ends_at_one():
    """No correlation is above it."""
    _, corrected = both(drawn(7, rho=0.85, organisations=20))
    assert corrected["estimate"] < 1
    assert corrected["conf_high"] == 1


def test_two_thousand_resamples_take_less_than_a_second():
    """Of 5,000 units."""
    units = drawn(8, organisations=100, each=50)
    start = time.perf_counter()
    both(units)
    assert time.perf_counter() - start < 1


# ------------------------------------------------------------------------------------------------- when it is not made


def refused(units: pd.DataFrame, **how: object) -> str:
    """Give the reason of the corrected row, which then has no number."""
    _, corrected = both(units, **how)
    assert corrected[NUMBERS].isna().all()
    return corrected["reason"]


def test_it_is_not_made_without_respondents():
    """The raw row stands, and says nothing of reliability."""
    units = drawn(9).drop(columns="csat_sd")
    raw, _ = both(units)
    assert refused(units) == "reliability_unknown"
    assert raw["reason"] == ""
    assert np.isnan(raw["icc2_y"])
    assert raw["icc2_x"] > 0.5


def test_it_is_not_made_of_few_units():
    """29 are too few, 30 are not."""
    units = drawn(10, icc1=(0.3, 0.3), organisations=6, each=5)
    assert refused(units.head(29)) == "too_few_units"
    assert both(units)[1]["reason"] == ""


def test_it_is_not_made_of_an_organisations_own_correlation():
    """However many units it has."""
    assert refused(drawn(11, organisations=1, each=60)) == "one_organisation"


def test_it_is_not_made_where_a_reliability_may_be_zero():
    """What counts is the lower end of its interval, so that the rule is on the design."""
    assert refused(drawn(12, icc1=(0.10, 0.002))) == "not_reliable"


def test_a_weak_basis_is_marked():
    """An ICC(2) below .5, surely above 0."""
    raw, corrected = both(drawn(13, icc1=(0.10, 0.015)))
    assert corrected["icc2_y"] < 0.5
    assert (raw["weak_basis"], corrected["weak_basis"]) == (False, True)
    assert not both(drawn(14))[1]["weak_basis"]


def test_a_value_above_one_is_kept_and_no_correlation():
    """It has a reason, and neither an interval nor a p-value."""
    units = drawn(15, rho=0.99, icc1=(0.05, 0.02))
    units = units.assign(csat=units["csat"] + 0.3 * units["voice"])
    _, corrected = both(units)
    assert corrected["estimate"] >= 1
    assert corrected["reason"] == "above_one"
    assert corrected[["std_error", "conf_low", "conf_high", "p_value"]].isna().all()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda u: u.head(0), "no_answers"),
        (lambda u: u.head(1), "too_few_units"),
        (lambda u: u.assign(csat=np.nan), "no_answers"),
        (lambda u: u.assign(voice=3), "constant"),
        (lambda u: u.assign(csat=u["voice"]), "perfect"),
        (lambda u: u.assign(voice_n=np.nan), "reliability_unknown"),
        (lambda u: u.assign(voice_n=1), "too_few"),
        (lambda u: u.assign(voice_sd=0.0), "not_identifiable"),
        (lambda u: pd.concat([u.assign(wave="2024"), u.assign(wave="2025")]), "several_waves"),
    ],
)
def test_a_hostile_frame_gives_a_reason(spoil: Callable, reason: str):
    """Never a traceback."""
    _, corrected = both(spoil(drawn(16)))
    assert corrected["reason"] == reason
    assert reason == "perfect" or corrected[NUMBERS].isna().all()


def test_each_group_has_both_rows():
    """Sectors apart."""
    units = drawn(17).assign(sector=lambda u: np.where(u["organisation"] < "O24", "a", "b"))
    found = ex.disattenuate(units, x="voice", y="csat", by=["sector"])
    assert found["sector"].tolist() == list("aabb")
    assert found["reason"].eq("").all()
    assert list(found.columns[:4]) == ["sector", "x", "y", "effect"]


def test_organisations_have_no_reliability_here():
    """The level between is not corrected."""
    with pytest.raises(ExkitError, match=r"No level 'between'\. There are: pooled, within\."):
        both(drawn(18), level="between")


# --------------------------------------------------------------------------------------------------------- simulations


@pytest.mark.long
@pytest.mark.parametrize(("organisations", "rho"), [(10, 0.33), (20, 0.33), (48, 0.33), (48, 0.0)])
def test_it_is_unbiased_and_covers_in_the_long_run(
    organisations: int, rho: float, record: Callable[[str, float], None]
):
    """1,000 benchmarks of 11 units: bias below .02, raw and corrected interval covering in 92 to 98%."""
    rows = [
        both(drawn(seed, organisations=organisations, rho=rho), n_boot=500, seed=1000 + seed) for seed in range(1000)
    ]
    raw, corrected = (pd.DataFrame(side) for side in zip(*rows, strict=True))
    made = corrected[corrected["reason"].isin(["", "above_one"])]
    of = f"a correlation of units of {rho}, {organisations} organisations, 15 staff, 40 customers, 1,000 replicates"
    bias = made["estimate"].mean() - rho
    record(f"bias of the corrected {of[2:]}", bias)
    assert abs(bias) < 0.02
    for name, side, truth in (("raw", raw, rho * 0.625), ("corrected", corrected[corrected["reason"] == ""], rho)):
        coverage = ((side["conf_low"] <= truth) & (truth <= side["conf_high"])).mean()
        record(f"coverage of the {name} {of[2:]}", coverage)
        assert 0.92 <= coverage <= 0.98
