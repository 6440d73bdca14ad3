"""Correlations corrected for the unreliability of unit means."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.analysis.attenuation import corrected_correlations
from exkit.analysis.levels import at_level
from exkit.analysis.linkage import MANY, correlations
from exkit.errors import ExkitError
from exkit.measures.resample import resamples, spread

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "p_value"]
PEOPLE = {"voice": (15, 15), "csat": (40, 40)}
"""The fewest and the most people behind a unit's two means."""
UNEQUAL = {"voice": (5, 25), "csat": (10, 70)}
"""The same where units differ much."""


def drawn(
    seed: int,
    *,
    organisations: int = 48,
    each: int = 11,
    rho: float = 0.33,
    icc1: tuple[float, float] = (0.10, 0.04),
    share: float = 0.2,
    people: dict[str, tuple[int, int]] = PEOPLE,
) -> pd.DataFrame:
    """Draw units whose true values correlate `rho`, each seen through the means of its people."""
    rng, of = np.random.default_rng(seed), np.repeat(np.arange(organisations), each)
    cov = [[1, rho], [rho, 1]]
    mood, own = (rng.multivariate_normal([0, 0], cov, size=n) for n in (organisations, len(of)))
    true = np.sqrt(share) * mood[of] + np.sqrt(1 - share) * own
    units = pd.DataFrame({"organisation": [f"O{i:02d}" for i in of], "unit": [f"U{i:03d}" for i in range(len(of))]})
    for (m, (low, high)), part, values in zip(people.items(), icc1, true.T, strict=True):
        within, n = 1 - part, rng.integers(low, high, size=len(of), endpoint=True)
        units[m] = np.sqrt(part) * values + rng.normal(scale=np.sqrt(within / n))
        units[f"{m}_n"] = n
        units[f"{m}_sd"] = np.sqrt(within * rng.chisquare(n - 1) / (n - 1))
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


@pytest.mark.parametrize("people", [PEOPLE, UNEQUAL], ids=["equal", "unequal"])
def test_it_is_unbiased(people: dict):
    """Over 25 benchmarks the mean is within .02 of the truth, give or take four of its own errors."""
    found = np.array([both(drawn(seed, people=people), n_boot=2)[1]["estimate"] for seed in range(25)])
    assert abs(found.mean() - 0.33) < 0.02 + 4 * found.std() / np.sqrt(25)


def test_it_is_the_correlation_divided_by_the_root_of_both_reliabilities():
    """Which are ICC(2) where all units have equally many people, at the same level."""
    units = drawn(2)
    for level in ("pooled", "within"):
        raw, corrected = both(units, level=level)
        icc2 = [ex.reliability(units, m, level=level)["estimate"].iloc[1] for m in ("voice", "csat")]
        for row in (raw, corrected):
            assert row[["icc2_x", "icc2_y"]].tolist() == pytest.approx(icc2, rel=1e-12)
            assert row[["reliability_x", "reliability_y"]].tolist() == pytest.approx(icc2, rel=1e-12)
        assert corrected["estimate"] == pytest.approx(raw["estimate"] / np.sqrt(icc2[0] * icc2[1]), rel=1e-12)
        assert corrected["level"] == raw["level"] == level


@pytest.mark.parametrize("level", ["pooled", "within"])
def test_units_of_unequal_size_have_the_reliability_of_their_own_means(level: str):
    """One minus mean sampling variance over variance, by hand; lower than ICC(2), that of a unit of average size."""
    units, groups, left = drawn(3, people=UNEQUAL), 1, 1 - 1 / 528
    m, noise = units["voice"] - units["voice"].mean(), units["voice_sd"] ** 2 / units["voice_n"]
    if level == "within":
        m, groups, left = m - m.groupby(units["organisation"]).transform("mean"), 48, 1 - 1 / 11
    want = 1 - (noise * left).sum() / (m**2).sum()
    _, corrected = both(units, level=level)
    assert groups in (1, 48)
    assert corrected["reliability_x"] == pytest.approx(want, rel=1e-9)
    assert corrected["reliability_x"] < corrected["icc2_x"] - 0.02


def test_a_unit_of_one_person_has_the_sampling_variance_of_the_others():
    """Its own cannot be seen."""
    units = drawn(19, people=UNEQUAL)
    lone = units.index < 100
    units = units.assign(voice_n=units["voice_n"].mask(lone, 1), voice_sd=units["voice_sd"].mask(lone))
    n, sd = units["voice_n"], units["voice_sd"]
    inside = ((n - 1) * sd**2).sum() / (n - 1).sum()
    want = 1 - (sd**2 / n).fillna(inside).mean() / units["voice"].var()
    assert both(units, n_boot=2)[0]["reliability_x"] == pytest.approx(want, rel=1e-9)


def test_the_raw_row_is_that_of_correlate():
    """The one says no other thing than the other."""
    units = drawn(3)
    raw, _ = both(units)
    plain = ex.correlate(units, x="voice", y="csat").iloc[0]
    assert raw[NUMBERS].tolist() == plain[NUMBERS].tolist()


def test_the_reliabilities_are_resampled_too():
    """By hand, for a few organisations: everything made anew with one of them left out."""
    units = drawn(4, organisations=6, people=UNEQUAL)
    _, corrected = both(units)
    without = []
    for name in units["organisation"].unique():
        left = units[units["organisation"] != name]
        noise = [(left[f"{m}_sd"] ** 2 / left[f"{m}_n"]).mean() / left[m].var() for m in ("voice", "csat")]
        without.append(left[["voice", "csat"]].corr().iloc[0, 1] / np.sqrt(np.prod(1 - np.array(noise))))
    error = np.sqrt(5) * np.std(without)
    half = stats.t.ppf(0.975, 5) * error
    assert corrected["std_error"] == pytest.approx(error, rel=1e-9)
    assert corrected["conf_low"] == pytest.approx(max(corrected["estimate"] - half, -1), rel=1e-9)
    assert (corrected["interval"], corrected["df"], corrected["cluster"]) == ("jackknife", 5, "organisation")


def test_where_no_organisations_are_declared_units_are_resampled():
    """Drawn where they are many, left out in turn where they are not; and said so."""
    for organisations, way in ((48, "bootstrap"), (8, "jackknife")):
        units = drawn(5, organisations=organisations, icc1=(0.2, 0.2)).drop(columns="organisation")
        raw, corrected = both(units)
        assert (raw["interval"], corrected["interval"]) == ("fisher", way)
        assert (corrected["cluster"], corrected["df"]) == ("unit", len(units) - 1)
        assert corrected["conf_low"] < corrected["estimate"] < corrected["conf_high"]


def test_resamples_of_many_organisations_are_drawn():
    """From 100 on, to nearly the same error as leaving them out has."""
    units = drawn(20, organisations=100)
    many, fewer = both(units)[1], both(units[units["organisation"] != "O99"])[1]
    assert (many["interval"], fewer["interval"]) == ("bootstrap", "jackknife")
    assert many["std_error"] == pytest.approx(fewer["std_error"], rel=0.15)


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
    units, taken = drawn(8, organisations=100, each=50), []
    for _ in range(3):
        start = time.process_time()
        both(units)
        taken.append(time.process_time() - start)
    assert min(taken) < 1


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
    assert raw[["icc2_y", "reliability_y"]].isna().all()
    assert (raw[["icc2_x", "reliability_x"]] > 0.5).all()


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
    assert corrected["reliability_y"] < 0.5
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
        (lambda u: u.assign(csat=np.inf), "no_answers"),
        (lambda u: u.assign(csat=np.where(u.index < 20, u["csat"], np.nan)), "too_few_units"),
        (lambda u: u.assign(csat_n=np.inf), "reliability_unknown"),
        (lambda u: u.assign(voice_n=u["voice_n"].where(u.index > 500)), "too_few_units"),
        (lambda u: u.groupby("organisation").head(1).head(30).assign(organisation="A"), "one_organisation"),
    ],
)
def test_a_hostile_frame_gives_a_reason(spoil: Callable, reason: str):
    """Never a traceback."""
    _, corrected = both(spoil(drawn(16)))
    assert corrected["reason"] == reason
    assert reason == "perfect" or corrected[NUMBERS].isna().all()


@pytest.mark.parametrize("level", ["pooled", "within"])
def test_organisations_of_two_units_are_enough(level: str):
    """As long as there are many of them."""
    _, corrected = both(drawn(21, each=2, icc1=(0.3, 0.3)), level=level)
    assert corrected["reason"] == ""
    assert corrected[NUMBERS].notna().all()


def test_text_is_no_measure():
    """And none of its numbers."""
    with pytest.raises(ExkitError, match=r"'voice_n' is not a measure of the units: it holds text, not numbers\."):
        both(drawn(22).assign(voice_n="many"))


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
@pytest.mark.parametrize(
    ("organisations", "level", "rho", "icc1", "people"),
    [
        *[(organisations, "pooled", 0.33, (0.10, 0.04), PEOPLE) for organisations in (10, 20, 48)],
        *[(organisations, "pooled", 0.33, (0.10, 0.04), UNEQUAL) for organisations in (10, 20, 48)],
        *[(organisations, "within", 0.33, (0.10, 0.04), UNEQUAL) for organisations in (10, 20, 48)],
        *[(48, "pooled", 0.33, icc1, UNEQUAL) for icc1 in ((0.04, 0.04), (0.10, 0.10))],
        *[(organisations, "pooled", 0.0, (0.10, 0.04), UNEQUAL) for organisations in (10, 20, 48)],
    ],
)
def test_it_is_unbiased_and_covers_in_the_long_run(
    organisations: int, level: str, rho: float, icc1: tuple, people: dict, record: Callable[[str, float], None]
):
    """Both intervals cover in 92 to 98%, and the bias is below .02, in benchmarks of 11 units an organisation.

    1,000 of 48 organisations, and more of fewer, so that the Monte Carlo error of the bias is .004 or less.
    """
    replicates = {10: 4000, 20: 2000, 48: 1000}[organisations]
    how = {"organisations": organisations, "rho": rho, "icc1": icc1, "people": people}
    # The first resample is the sample itself; in the others each organisation is left out in turn, as it is by the kit.
    counts = np.vstack([np.ones(organisations), resamples(organisations, n_boot=2, seed=1, enough=MANY)])
    found = {"raw": [], "corrected": []}
    for seed in range(replicates):
        sample = at_level(drawn(seed, **how), "voice", "csat", level=level)
        found["raw"].append(np.arctanh(correlations(sample, counts)))
        found["corrected"].append(corrected_correlations(sample, counts, ["voice", "csat"], level=level))
    sizes = "15 staff, 40 customers" if people is PEOPLE else "5-25 staff, 10-70 customers"
    of = f"{level} correlation of units of {rho}, ICC(1) {icc1[0]} and {icc1[1]}, {organisations} organisations"
    of = f"{of}, {sizes}, {replicates:,} replicates"
    for name, figures in found.items():
        estimate, left_out = (part.squeeze() for part in np.split(np.array(figures), [1], axis=1))
        error = [spread(values, clusters=organisations, enough=MANY) for values in left_out]
        truth = rho if name == "corrected" else estimate.mean()
        far = np.abs(estimate - truth) > stats.t.ppf(0.975, organisations - 1) * np.array(error)
        record(f"coverage of the {name} {of}", 1 - far[np.isfinite(error)].mean())
        assert 0.92 <= 1 - far[np.isfinite(error)].mean() <= 0.98
    record(f"bias of the corrected {of}", bias := np.nanmean(estimate) - rho)
    assert abs(bias) < 0.02
