"""Links in groups of units and their differences: by hand, on the sample, at the edges, and by simulation."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.errors import ExkitError

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "p_value"]
OF = ["r", "r_corrected", "beta"]


def drawn(
    seed: int, *, organisations: int = 48, each: int = 6, high: float = 0.6, low: float = 0.2, icc1: float = 0.3
) -> pd.DataFrame:
    """Draw organisations with units of much and of little contact, whose true links are `high` and `low`."""
    rng = np.random.default_rng(seed)
    of = np.repeat(np.arange(organisations), 2 * each)
    contact = np.tile(np.repeat(["high", "low"], each), organisations)
    link = np.where(contact == "high", high, low)
    moods = rng.normal(size=(2, organisations))[:, of]
    voice, own = rng.normal(size=(2, len(of)))
    true = np.sqrt(0.2) * moods + np.sqrt(0.8) * np.stack([voice, link * voice + np.sqrt(1 - link**2) * own])
    true[1] = np.where(contact == "high", true[1] - 0.5, true[1])
    units = pd.DataFrame({"organisation": [f"O{i:02d}" for i in of], "unit": [f"U{i:03d}" for i in range(len(of))]})
    units["contact"] = contact
    for m, values in zip(["voice", "csat"], true, strict=True):
        people = rng.integers(10, 31, len(of))
        units[m] = np.sqrt(icc1) * values + np.sqrt((1 - icc1) / people) * rng.normal(size=len(of))
        units[f"{m}_n"] = people
        units[f"{m}_sd"] = np.sqrt((1 - icc1) * rng.chisquare(people - 1) / (people - 1))
    return units


def parts(units: pd.DataFrame, **how: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the rows of groups by group and effect, and those of pairs by what they are a difference of."""
    found = ex.moderation(units, **{"x": "voice", "y": "csat", **how})
    of_pairs = found["effect"] == "diff"
    return found[~of_pairs].set_index(["level", "effect"]), found[of_pairs].set_index("of")


def test_the_correlations_are_those_of_disattenuate_and_their_difference_that_of_link_gap():
    """One statistic, one number."""
    units = drawn(1)
    for level in ("pooled", "within"):
        groups, pairs = parts(units, level=level)
        links = ex.disattenuate(units, x="voice", y="csat", by=["contact"], level=level).set_index(
            ["contact", "effect"]
        )
        gap = ex.link_gap(units, x="voice", y="csat", between="contact", level=level).iloc[0]
        for key in links.index:
            assert groups.loc[key, NUMBERS].tolist() == links.loc[key, NUMBERS].tolist()
        assert pairs.loc["r", NUMBERS].tolist() == gap[NUMBERS].tolist()
        assert groups["link_level"].eq(level).all()
        assert pairs["between"].eq("contact").all()


def test_a_slope_is_in_standard_deviations_of_all_units():
    """So that it is on one scale in both groups: least squares on measures standardised over all."""
    units = drawn(2)
    groups, _ = parts(units)
    z = (units[["voice", "csat"]] - units[["voice", "csat"]].mean()) / units[["voice", "csat"]].std()
    for name in ("high", "low"):
        its = z[units["contact"] == name]
        assert groups.loc[(name, "beta"), "estimate"] == pytest.approx(stats.linregress(*its.to_numpy().T).slope)


def test_within_units_are_around_the_units_of_their_group_in_their_organisation():
    """A group's own mean in an organisation says nothing of the link in that group."""
    units = drawn(3)
    groups, _ = parts(units, level="within")
    measures = units[["voice", "csat"]]
    around = measures - measures.groupby([units["organisation"], units["contact"]]).transform("mean")
    its = (around / measures.std())[units["contact"] == "high"]
    assert groups.loc[("high", "beta"), "estimate"] == pytest.approx(stats.linregress(*its.to_numpy().T).slope)


def test_a_difference_is_that_of_its_two_sides():
    """Level minus reference, for each of the three."""
    groups, pairs = parts(drawn(4))
    assert pairs[["level", "reference"]].drop_duplicates().to_numpy().tolist() == [["low", "high"]]
    for of in OF:
        sides = [groups.loc[(name, of), "estimate"] for name in ("low", "high")]
        assert pairs.loc[of, "estimate"] == pytest.approx(sides[0] - sides[1])
    assert pairs["n"].eq(576).all()
    assert pairs["n_smallest"].eq(288).all()


def test_organisations_are_left_out_of_both_groups_at_once():
    """The error of a difference by hand, for a few organisations."""
    units = drawn(5, organisations=8)
    _, pairs = parts(units)
    held = units[["voice", "csat"]].std()
    left = []
    for name in units["organisation"].unique():
        rest = units[units["organisation"] != name].groupby("contact")
        slope = {group: stats.linregress(its["voice"], its["csat"]).slope for group, its in rest}
        left.append((slope["low"] - slope["high"]) * held["voice"] / held["csat"])
    error = np.sqrt(7) * np.std(left)
    row = pairs.loc["beta"]
    assert row["std_error"] == pytest.approx(error, rel=1e-9)
    assert row["conf_high"] - row["estimate"] == pytest.approx(stats.t.ppf(0.975, 7) * error, rel=1e-9)
    assert row["p_value"] == pytest.approx(2 * stats.t.sf(abs(row["estimate"]) / error, 7), rel=1e-9)
    assert (row["df"], row["interval"]) == (7, "jackknife")


def test_the_difference_of_corrected_correlations_leaves_out_both_at_once_too():
    """Correlations and reliabilities made anew each time."""
    units = drawn(6, organisations=8)
    _, pairs = parts(units)
    left = []
    for name in units["organisation"].unique():
        rest = ex.disattenuate(units[units["organisation"] != name], x="voice", y="csat", by=["contact"])
        high, low = rest.loc[rest["effect"] == "r_corrected", "estimate"]
        left.append(low - high)
    assert pairs.loc["r_corrected", "std_error"] == pytest.approx(np.sqrt(7) * np.std(left), rel=1e-9)


def test_the_moderation_planted_in_the_sample_is_found():
    """.73 with much customer contact and .42 without, once corrected: both are within their margins."""
    study = ex.open(SAMPLE)
    asked = [ex.tally(study, name).at(wave="2025") for name in ("engagement", "recommend")]
    contact = study.tables["units"][["team", "wave", "contact"]].rename(columns={"team": "unit"})
    units = ex.units(*asked, of={"recommend": "nps"}).merge(contact, on=["unit", "wave"])
    groups, pairs = parts(units, x="engagement", y="recommend", by="contact")
    for name, truth in {"high": 0.73, "low": 0.42}.items():
        row = groups.loc[(name, "r_corrected")]
        assert row["conf_low"] < truth < row["conf_high"]
    row = pairs.loc["r_corrected"]
    assert row["conf_low"] < 0.42 - 0.73 < row["conf_high"] < 0
    assert row["p_value"] < 0.05
    assert pairs["at"].eq("2025").all()


def test_without_respondents_nothing_is_corrected():
    """Correlations and slopes stand."""
    units = drawn(7).drop(columns=["voice_n", "voice_sd"])
    groups, pairs = parts(units)
    assert groups.xs("r_corrected", level="effect")["reason"].eq("reliability_unknown").all()
    assert pairs["reason"].to_dict() == {"r": "", "r_corrected": "reliability_unknown", "beta": ""}
    assert pairs.loc["r_corrected", NUMBERS].isna().all()


@pytest.mark.parametrize("drop", ["none", "one"])
def test_units_of_one_organisation_or_of_none_are_resampled(drop: str):
    """And nothing is corrected in one organisation."""
    units = drawn(8, organisations=1, each=60)
    units = units.drop(columns="organisation") if drop == "none" else units
    groups, pairs = parts(units)
    assert pairs.loc[["r", "beta"], NUMBERS].notna().all(axis=None)
    assert pairs.loc["beta", "cluster"] == "unit"
    assert (pairs.loc["beta", "interval"], pairs.loc["beta", "df"]) == ("bootstrap", 119)
    assert groups.loc[("high", "beta"), "df"] == 59
    assert pairs.loc["r_corrected", "reason"] == ("one_organisation" if drop == "one" else "")


def test_groups_that_share_no_organisation_are_compared_too():
    """Each organisation has units of one kind only."""
    units = drawn(9)
    units = units[(units["contact"] == "high") == (units["organisation"] < "O24")]
    _, pairs = parts(units)
    assert pairs["reason"].eq("").all()
    assert pairs.loc["beta", "df"] == 47


def test_three_groups_have_three_pairs():
    """And each pair its three differences."""
    units = drawn(10).assign(contact=lambda u: u["contact"].mask(u.index % 3 == 0, "middle"))
    groups, pairs = parts(units)
    assert len(groups) == 9
    assert pairs[["level", "reference"]].drop_duplicates().to_numpy().tolist() == [
        ["low", "high"],
        ["middle", "high"],
        ["middle", "low"],
    ]
    assert len(pairs) == 9


def test_a_group_of_under_thirty_units_is_not_compared():
    """Its own rows stand, as far as they can."""
    units = drawn(11)
    few = pd.concat([units[units["contact"] == "high"], units[units["contact"] == "low"].head(29)])
    groups, pairs = parts(few)
    assert pairs["reason"].eq("too_few_units").all()
    assert pairs[NUMBERS].isna().all(axis=None)
    assert pairs["n_smallest"].eq(29).all()
    assert groups.loc[("low", "r"), "reason"] == ""
    assert groups.loc[("low", "r_corrected"), "reason"] == "too_few_units"


def test_units_without_a_group_are_left_out():
    """They are no group of their own."""
    units = drawn(12)
    nameless = units.assign(contact=units["contact"].mask(units.index < 12))
    found, want = (ex.moderation(frame, x="voice", y="csat") for frame in (nameless, units.drop(index=range(12))))
    assert found[NUMBERS].to_numpy() == pytest.approx(want[NUMBERS].to_numpy(), nan_ok=True)


@pytest.mark.parametrize("level", ["pooled", "within"])
@pytest.mark.parametrize(
    ("spoil", "reasons"),
    [
        (lambda u: u.head(0), {"no_answers", "not_asked"}),
        (lambda u: u.head(1), {"too_few_units", "not_asked", "no_answers"}),
        (lambda u: u.assign(csat=np.nan), {"no_answers"}),
        (lambda u: u.assign(voice=3), {"constant"}),
        (lambda u: u.assign(csat=u["voice"]), {"perfect", "not_asked"}),
        (lambda u: u.assign(contact="high"), {"", "not_asked"}),
        (lambda u: u.assign(contact=None), {"no_answers", "not_asked"}),
        (lambda u: u.head(5).assign(contact=u["unit"]), {"too_few_units", "no_answers"}),
        (lambda u: u.groupby(["organisation", "contact"]).head(1), {"", "too_few_units", "no_answers"}),
        (lambda u: u.assign(organisation=None), {"", "not_asked", "no_answers", "too_few_units", "one_organisation"}),
        (lambda u: pd.concat([u.assign(wave="2024"), u.assign(wave="2025")]), {"several_waves"}),
    ],
)
def test_a_hostile_frame_gives_a_reason(spoil: Callable, reasons: set, level: str):
    """Never a traceback, and never a number without a margin unless a reason stands beside it."""
    found = ex.moderation(spoil(drawn(13, organisations=6)), x="voice", y="csat", level=level)
    assert set(found["reason"]) <= reasons
    assert found.loc[found["reason"] == "", NUMBERS].notna().all(axis=None)
    refused = ~found["reason"].isin(["", "perfect"])
    assert found.loc[refused, NUMBERS].isna().all(axis=None)


def test_data_without_such_groups_say_so():
    """A frame without sectors has no sectors to tell apart."""
    found = ex.moderation(drawn(14), x="voice", y="csat", by="sector")
    assert found["reason"].eq("not_asked").all()


def test_without_a_column_there_are_no_groups():
    """One row per pair of measures, that says so."""
    found = ex.moderation(drawn(14), x=["voice", "csat"], y="voice_n", by="")
    assert found[["x", "reason"]].to_numpy().tolist() == [["voice", "not_asked"], ["csat", "not_asked"]]


def test_the_callers_frame_stays_as_it_was():
    """Not a column more."""
    units = drawn(15)
    before = units.copy()
    ex.moderation(units, x="voice", y="csat", level="within")
    pd.testing.assert_frame_equal(units, before)


def test_a_mistake_is_told():
    """What, where, and what was perhaps meant."""
    with pytest.raises(ExkitError, match=r"No column 'contakt' in the units\. Did you mean 'contact'\?"):
        ex.moderation(drawn(16), x="voice", y="csat", by="contakt")
    with pytest.raises(ExkitError, match=r"No level 'between'\."):
        ex.moderation(drawn(16), x="voice", y="csat", level="between")


# ---------------------------------------------------------------------------------------------------------- simulations


def seen(replicates: int, *, organisations: int, high: float, low: float) -> dict[str, tuple[float, float]]:
    """Say per difference how often its interval holds the true one, and how often p < .05."""
    rows = [parts(drawn(seed, organisations=organisations, high=high, low=low))[1] for seed in range(replicates)]
    found = pd.concat(rows)
    # Organisations are drawn without a link, so that over all units the true one is .8 of that within them.
    truth = 0.8 * (low - high)
    held = (found["conf_low"] <= truth) & (truth <= found["conf_high"])
    of = found[found["reason"] == ""].index
    return {name: (held[found.index == name].sum() / (of == name).sum(), (found.loc[name, "p_value"] < 0.05).mean())
            for name in OF}  # fmt: skip


def test_the_interval_of_a_corrected_difference_covers():
    """In 25 benchmarks of 20 organisations, within four Monte Carlo errors of 95%."""
    coverage, _ = seen(25, organisations=20, high=0.6, low=0.2)["r_corrected"]
    assert coverage == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 25))


@pytest.mark.long
@pytest.mark.parametrize(("organisations", "replicates"), [(10, 1000), (20, 1000), (48, 200)])
def test_equal_links_seldom_seem_to_differ(organisations: int, replicates: int, record: Callable[[str, float], None]):
    """Without a true difference false alarms in 3.5 to 6.5% of drawn benchmarks, within two Monte Carlo errors."""
    of = f"{organisations} organisations of six units in each group, {replicates:,} replicates"
    error = 2 * np.sqrt(0.05 * 0.95 / replicates)
    for name, (coverage, alarms) in seen(replicates, organisations=organisations, high=0.4, low=0.4).items():
        record(f"moderation: false alarms of a difference of {name}, true links .40, {of}", alarms)
        assert 0.035 - error <= alarms <= 0.065 + error
        assert coverage == pytest.approx(1 - alarms, abs=0.01)


@pytest.mark.long
@pytest.mark.parametrize("organisations", [20, 48])
def test_links_that_differ_are_found(organisations: int, record: Callable[[str, float], None]):
    """True .6 against .2: how often that is seen, and the interval of the corrected difference in 92 to 98%."""
    of = f"true links .60 and .20, {organisations} organisations of six units in each group, 1,000 replicates"
    found = seen(1000, organisations=organisations, high=0.6, low=0.2)
    for name, (_, hits) in found.items():
        record(f"moderation: found a difference of {name}, {of}", hits)
    record(f"moderation: coverage of a difference of r_corrected, {of}", found["r_corrected"][0])
    assert 0.92 <= found["r_corrected"][0] <= 0.98
