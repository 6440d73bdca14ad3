"""Consistency over organisations: by hand, against another package, at the edges, and by simulation."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.analysis.consistency import EFFECTS
from exkit.analysis.random_effects import combine
from exkit.errors import ExkitError

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "p_value"]


def drawn(seed: int, *, organisations: int = 48, r: float = 0.2, tau: float = 0.0) -> pd.DataFrame:
    """Draw organisations of 8 to 12 units whose true links vary around `r`, by `tau` on the scale of z."""
    rng = np.random.default_rng(seed)
    of = np.repeat(np.arange(organisations), rng.integers(8, 13, organisations))
    link = np.tanh(np.arctanh(r) + tau * rng.normal(size=organisations))[of]
    voice = rng.normal(size=len(of))
    csat = link * voice + np.sqrt(1 - link**2) * rng.normal(size=len(of))
    mood = rng.normal(size=(2, organisations))[:, of]
    return pd.DataFrame({"organisation": [f"O{i:02d}" for i in of], "unit": [f"U{i:03d}" for i in range(len(of))],
                         "voice": voice + mood[0], "csat": csat + mood[1]})  # fmt: skip


def parts(units: pd.DataFrame, **how: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the rows of organisations, and what is said of all by its effect."""
    found = ex.consistency(units, x="voice", y="csat", **how)
    own = found["effect"] == "r"
    assert tuple(found.loc[~own, "effect"]) == EFFECTS
    assert found.loc[~own, "organisation"].eq("").all()
    return found[own], found[~own].set_index("effect")


def test_each_organisation_has_its_own_correlation():
    """As textbooks have it, with Fisher's interval."""
    units = drawn(1, organisations=6)
    own, _ = parts(units)
    assert own["organisation"].tolist() == sorted(units["organisation"].unique())
    for _, row in own.iterrows():
        its = units[units["organisation"] == row["organisation"]]
        want = stats.pearsonr(its["voice"], its["csat"])
        assert [row["estimate"], row["p_value"]] == pytest.approx([want.statistic, want.pvalue], rel=1e-9)
        assert row[["conf_low", "conf_high"]].tolist() == pytest.approx(list(want.confidence_interval()), rel=1e-9)
        assert row["n"] == len(its)


def test_an_organisation_has_the_correlation_that_correlate_gives():
    """The one says no other thing than the other."""
    units = drawn(2, organisations=6)
    plain = ex.correlate(units, x="voice", y="csat", by=["organisation"])
    own, _ = parts(units)
    assert own[NUMBERS].to_numpy() == pytest.approx(plain[NUMBERS].to_numpy(), rel=1e-9)


def test_all_together_rest_on_random_effects_of_z():
    """Each organisation's z with variance 1/(m-3)."""
    own, all_of_them = parts(drawn(3, tau=0.3))
    want = combine(np.arctanh(own["estimate"].to_numpy()), 1 / (own["n"].to_numpy() - 3))
    mean, tau, predicted = (all_of_them.loc[effect] for effect in ("r_mean", "tau", "r_predicted"))
    half = stats.t.ppf(0.975, 47) * want.std_error
    assert mean["estimate"] == predicted["estimate"] == pytest.approx(np.tanh(want.mean))
    assert mean[["conf_low", "conf_high"]].tolist() == pytest.approx(np.tanh([want.mean - half, want.mean + half]))
    assert mean["p_value"] == pytest.approx(2 * stats.t.sf(want.mean / want.std_error, 47))
    assert (tau["estimate"], tau["q"], tau["p_value"], tau["df"]) == (want.tau, want.q, want.p_value, 47)
    assert tau["conf_low"] < tau["estimate"] < tau["conf_high"]
    assert predicted["conf_low"] < mean["conf_low"] < mean["conf_high"] < predicted["conf_high"]
    assert all_of_them.loc["p_positive", "estimate"] == pytest.approx(stats.norm.cdf(want.mean / want.tau))
    assert all_of_them["n_organisations"].eq(48).all()
    assert mean["n"] == own["n"].sum()


def test_ten_units_each_and_a_link_of_one_fifth_show_in_seven_of_ten_organisations():
    """If all are equal: the share to hold the observed one against."""
    units = drawn(4, organisations=40)
    units = units.groupby("organisation").head(8)
    own, all_of_them = parts(units)
    mean = all_of_them.loc["r_mean", "estimate"]
    row = all_of_them.loc["share_expected"]
    assert row["estimate"] == pytest.approx(stats.norm.cdf(np.arctanh(mean) * np.sqrt(5)))
    assert stats.norm.cdf(np.arctanh(0.2) * np.sqrt(7)) == pytest.approx(0.70, abs=0.005)
    assert all_of_them.loc["share_positive", "estimate"] == (own["estimate"] > 0).mean()
    assert (row["n"], all_of_them.loc["share_positive", "n"]) == (40, 40)


def test_links_that_differ_are_seen_to():
    """Half the organisations with the link, half against it: no consistency, whatever the mean."""
    units = pd.concat(
        [drawn(5, r=0.7, organisations=24), drawn(6, r=-0.3, organisations=24).replace("O", "P", regex=True)]
    )
    _, all_of_them = parts(units)
    assert all_of_them.loc["tau", "p_value"] < 0.001
    row = all_of_them.loc["p_positive"]
    assert row["conf_low"] < row["estimate"] < row["conf_high"] < 0.9
    assert all_of_them.loc["r_predicted", "conf_low"] < 0


def test_where_no_spread_is_seen_the_part_above_zero_has_bounds_only():
    """It would be 1 by estimate, which ten units each cannot know."""
    _, all_of_them = parts(drawn(0, r=0.2))
    row = all_of_them.loc["p_positive"]
    assert all_of_them.loc["tau", "estimate"] == 0
    assert (row["reason"], row["conf_high"]) == ("no_spread", 1)
    assert np.isnan(row["estimate"])
    assert row["conf_low"] < 0.98


def test_small_organisations_are_left_out_and_counted():
    """Under 8 units with both measures; they are named, without a number."""
    units = drawn(7, organisations=10)
    small = units["organisation"].isin(["O00", "O01"]) & (units.groupby("organisation").cumcount() >= 7)
    own, all_of_them = parts(units.assign(csat=units["csat"].mask(small)))
    assert own["reason"].tolist() == ["too_few_units"] * 2 + [""] * 8
    assert own[NUMBERS].head(2).isna().all(axis=None)
    assert own["n"].tolist()[:2] == [7, 7]
    assert all_of_them["n_left_out"].eq(2).all()
    assert all_of_them["n_organisations"].eq(8).all()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda its: its.assign(voice=0.1 + 0.2), "constant"),
        (lambda its: its.assign(csat=-2 * its["voice"]), "perfect"),
        (lambda its: its.assign(csat=np.nan), "no_answers"),
        (lambda its: its.head(2), "too_few_units"),
    ],
)
def test_an_organisation_without_a_correlation_says_why(spoil: Callable, reason: str):
    """The others are not troubled by it."""
    units = drawn(8, organisations=10)
    its, others = units[units["organisation"] == "O00"], units[units["organisation"] != "O00"]
    own, all_of_them = parts(pd.concat([spoil(its), others]))
    assert own["reason"].tolist() == [reason] + [""] * 9
    assert own[NUMBERS[1:]].iloc[0].isna().all()
    assert np.isnan(own["estimate"].iloc[0]) != (reason == "perfect")
    _, alone = parts(others)
    assert all_of_them[NUMBERS].to_numpy() == pytest.approx(alone[NUMBERS].to_numpy(), nan_ok=True)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda u: u.head(0), "no_answers"),
        (lambda u: u.head(1), "one_organisation"),
        (lambda u: u.assign(csat=np.nan), "no_answers"),
        (lambda u: u.assign(organisation="one"), "one_organisation"),
        (lambda u: u.drop(columns="organisation"), "not_asked"),
        (lambda u: u.assign(organisation=None), "not_asked"),
        (lambda u: u.groupby("organisation").head(2), "too_few_organisations"),
        (lambda u: u[u["organisation"] < "O04"], "too_few_organisations"),
        (lambda u: u.assign(voice=7), "too_few_organisations"),
        (lambda u: pd.concat([u.head(12).assign(organisation=name) for name in "abcdef"]), "not_identifiable"),
        (lambda u: pd.concat([u.assign(wave="2024"), u.assign(wave="2025")]), "several_waves"),
    ],
)
def test_a_hostile_frame_gives_a_reason(spoil: Callable, reason: str):
    """Never a traceback, and never a silent number."""
    _, all_of_them = parts(spoil(drawn(9, organisations=10)))
    assert all_of_them["reason"].eq(reason).all()
    assert all_of_them[NUMBERS].isna().all(axis=None)


def test_each_pair_has_its_rows():
    """Two EX measures with one CX measure."""
    units = drawn(10, organisations=6).assign(tools=lambda u: -u["voice"], wave="2025")
    found = ex.consistency(units, x=["voice", "tools"], y="csat")
    assert list(found.columns[:3]) == ["organisation", "x", "y"]
    assert found.groupby("x").size().to_dict() == {"voice": 12, "tools": 12}
    assert found["at"].eq("2025").all()
    means = found[found["effect"] == "r_mean"]["estimate"].tolist()
    assert means[0] == pytest.approx(-means[1])


def test_the_callers_frame_stays_as_it_was():
    """Not a column more."""
    units = drawn(11)
    before = units.copy()
    parts(units)
    pd.testing.assert_frame_equal(units, before)


def test_a_mistake_is_told():
    """What, where, and what was perhaps meant."""
    with pytest.raises(ExkitError, match=r"No column 'voise' in the units\. Did you mean 'voice'\?"):
        ex.consistency(drawn(12), x="voise", y="csat")


# ---------------------------------------------------------------------------------------------------------- simulations


def behaviour(replicates: int, *, organisations: int, r: float, tau: float) -> dict[str, float]:
    """Measure how intervals cover and what would be said, over many benchmarks."""
    rng, z = np.random.default_rng(1), np.arctanh(r)
    following = np.tanh(z + tau * rng.normal(size=1000))
    part = stats.norm.cdf(z / tau) if tau else float(r > 0)
    seen = []
    for seed in range(replicates):
        _, found = parts(drawn(seed, organisations=organisations, r=r, tau=tau), n_boot=1000, seed=replicates + seed)
        low, high = found["conf_low"], found["conf_high"]
        predicted = (low["r_predicted"] <= following) & (following <= high["r_predicted"])
        seen.append(
            {
                "coverage of the mean link": low["r_mean"] <= r <= high["r_mean"],
                "coverage of the prediction interval": predicted.mean(),
                "coverage of the part above 0": low["p_positive"] <= part <= high["p_positive"],
                "coverage of tau": low["tau"] <= tau <= high["tau"],
                "mean of tau": found.loc["tau", "estimate"],
                "tau at 0": found.loc["tau", "estimate"] == 0,
                "mean of the part above 0, where there is one": found.loc["p_positive", "estimate"],
                "a part above 0 of surely more than .8": low["p_positive"] > 0.8,
                "a part above 0 of surely more than .5": low["p_positive"] > 0.5,
                "a prediction interval above 0": low["r_predicted"] > 0,
                "a spread beyond chance (p < .05)": found.loc["tau", "p_value"] < 0.05,
            }
        )
    return pd.DataFrame(seen).astype(float).mean().to_dict()


def test_the_intervals_cover():
    """In 100 benchmarks of 20 organisations whose links differ, within four Monte Carlo errors of 95%."""
    found = behaviour(100, organisations=20, r=0.2, tau=0.3)
    for name in ("mean link", "prediction interval", "part above 0"):
        assert found[f"coverage of the {name}"] == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 100))


@pytest.mark.long
@pytest.mark.parametrize("organisations", [10, 20, 48])
@pytest.mark.parametrize(("r", "tau"), [(0.2, 0.0), (0.0, 0.0), (0.2, 0.15), (0.2, 0.3)])
def test_it_says_consistently_no_sooner_than_it_may(
    organisations: int, r: float, tau: float, record: Callable[[str, float], None]
):
    """1,000 benchmarks: intervals cover in 92% at least; equal organisations seem to differ in 3 to 7%."""
    found = behaviour(1000, organisations=organisations, r=r, tau=tau)
    of = f"true links {r:.2f} with spread {tau:.2f}, {organisations} organisations of 8 to 12 units, 1,000 replicates"
    for name, value in found.items():
        if not (name == "coverage of the part above 0" and r == tau == 0):
            record(f"consistency: {name}, {of}", value)
    assert found["coverage of the mean link"] >= 0.92
    assert found["coverage of the prediction interval"] >= 0.92
    if tau or r:
        assert found["coverage of the part above 0"] >= 0.92
    if tau == 0:
        assert 0.03 <= found["a spread beyond chance (p < .05)"] <= 0.07
    if r == 0:
        assert found["a part above 0 of surely more than .5"] <= 0.04


def test_a_measure_goes_with_itself_perfectly():
    """No organisation has a correlation that could differ from another's."""
    units = pd.DataFrame({"organisation": np.repeat(list("abcdef"), 9), "voice": np.arange(54.0) ** 2})
    found = ex.consistency(units, x="voice", y="voice")
    assert found["reason"].tolist() == ["perfect"] * 6 + ["too_few_organisations"] * 6
