"""Empirical Bayes means of units: by hand, at the edges, and closer to the truth by simulation."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.errors import ExkitError

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high"]


def drawn(
    seed: int, *, organisations: int = 20, each: int = 11, icc1: float = 0.10, share: float = 0.3
) -> tuple[pd.Series, pd.DataFrame]:
    """Draw true means of units, `share` of their variance going with organisations, and what 5 to 25 people say."""
    rng, of = np.random.default_rng(seed), np.repeat(np.arange(organisations), each)
    people = rng.integers(5, 26, len(of))
    true = np.sqrt(share) * rng.normal(size=organisations)[of] + np.sqrt(1 - share) * rng.normal(size=len(of))
    true = np.sqrt(icc1) * true
    units = pd.DataFrame({"organisation": [f"O{i:02d}" for i in of], "unit": [f"U{i:03d}" for i in range(len(of))]})
    units["voice"] = true + np.sqrt((1 - icc1) / people) * rng.normal(size=len(of))
    units["voice_n"] = people
    units["voice_sd"] = np.sqrt((1 - icc1) * rng.chisquare(people - 1) / (people - 1))
    return pd.Series(true), units


def test_four_teams_by_hand():
    """Ten people each, variance 4 within: noise .4; means 1, 2, 3, 4 vary 5/3, so that the signal is 5/3 - .4."""
    units = pd.DataFrame({"unit": list("abcd"), "voice": [1.0, 2.0, 3.0, 4.0], "voice_n": 10, "voice_sd": 2.0})
    found = ex.shrunken(units, "voice")
    part = (5 / 3 - 0.4) / (5 / 3)
    assert found["reliability"].tolist() == pytest.approx([part] * 4)
    assert found["estimate"].tolist() == pytest.approx(2.5 + part * (units["voice"] - 2.5))
    assert found["target"].tolist() == pytest.approx([2.5] * 4)
    assert found["signal"].tolist() == pytest.approx([np.sqrt(5 / 3 - 0.4)] * 4)
    assert found["raw_high"].iloc[0] == pytest.approx(1 + stats.t.ppf(0.975, 36) * np.sqrt(0.4))


def test_with_equal_numbers_the_part_that_stays_is_icc2():
    """The reliability of a unit's mean."""
    _, units = drawn(1)
    units = units.assign(voice_n=12)
    for level in ("pooled", "within"):
        want = ex.reliability(units, "voice", level=level)["estimate"].iloc[1]
        assert ex.shrunken(units, "voice", level=level)["reliability"].tolist() == pytest.approx([want] * 220)


def test_the_estimate_is_the_best_linear_predictor():
    """Henderson's equations for one organisation, solved outright, give the same means and the same error."""
    _, units = drawn(2, organisations=1, each=6)
    found = ex.shrunken(units, "voice", level="within")
    trust = ex.reliability(units, "voice").iloc[0]
    signal, noise = found["signal"].iloc[0] ** 2, trust["msw"] / units["voice_n"]
    z = np.column_stack([np.ones(6), np.eye(6)])
    inverse = np.linalg.inv(z.T @ np.diag(1 / noise) @ z + np.diag([0, *[1 / signal] * 6]))
    mean = z @ inverse @ z.T @ (units["voice"] / noise)
    assert found["estimate"].tolist() == pytest.approx(mean.tolist(), rel=1e-9)
    known = np.sqrt(np.diag(z @ inverse @ z.T))
    assert (found["std_error"] > known).all()
    at_target = (found["raw"] - found["target"]).abs().argmin()
    assert found["std_error"].iloc[at_target] == pytest.approx(known[at_target], rel=0.02)


def test_few_people_are_drawn_further():
    """And every mean lies between the raw one and its target."""
    _, units = drawn(3)
    found = ex.shrunken(units, "voice")
    small, large = (found[units["voice_n"] == n]["reliability"].iloc[0] for n in (5, 25))
    assert small < large
    between = (found["estimate"] - found["target"]) / (found["raw"] - found["target"])
    assert between.tolist() == pytest.approx(found["reliability"].tolist())


def test_within_a_unit_is_drawn_toward_its_own_organisation():
    """Whose mean is that of its units, the surer ones counting more."""
    _, units = drawn(4, share=0.8)
    found = ex.shrunken(units, "voice", level="within")
    assert found.groupby("organisation")["target"].nunique().eq(1).all()
    own = units.assign(w=1 / (found["signal"] ** 2 + found["signal"] ** 2 * (1 / found["reliability"] - 1)))
    mean = (own["w"] * own["voice"]).groupby(own["organisation"]).sum() / own.groupby("organisation")["w"].sum()
    assert found["target"].tolist() == pytest.approx(units["organisation"].map(mean).tolist())
    assert ex.shrunken(units, "voice")["target"].nunique() == 1


def test_a_unit_alone_in_its_organisation_keeps_its_mean():
    """It is its own target; how sure it is, its people alone say."""
    _, units = drawn(5)
    units.loc[0, "organisation"] = "alone"
    row = ex.shrunken(units, "voice", level="within").iloc[0]
    assert row["estimate"] == pytest.approx(row["raw"])
    msw = ex.reliability(units, "voice", level="within")["msw"].iloc[0]
    assert row["std_error"] == pytest.approx(np.sqrt(msw / units["voice_n"].iloc[0]))


def test_a_unit_whose_people_agree_is_not_thereby_sure():
    """Its noise is that of all units."""
    _, units = drawn(6)
    changed = units.assign(voice_sd=units["voice_sd"].where(units.index != 0, 0.0), voice_n=10)
    found = ex.shrunken(changed, "voice")
    assert found["reliability"].nunique() == 1


def test_rows_are_the_units_in_their_order():
    """Named by organisation and unit, with the people behind each."""
    _, units = drawn(7)
    units = units.sample(frac=1, random_state=1).assign(wave="2025")
    found = ex.shrunken(units, "voice")
    assert list(found.columns[:2]) == ["organisation", "unit"]
    assert found["unit"].tolist() == units["unit"].tolist()
    assert found["n"].tolist() == units["voice_n"].tolist()
    assert found["raw"].tolist() == units["voice"].tolist()
    assert found["at"].eq("2025").all()


def test_the_callers_frame_stays_as_it_was():
    """Not a column more."""
    _, units = drawn(8)
    before = units.copy()
    ex.shrunken(units, "voice", level="within")
    pd.testing.assert_frame_equal(units, before)


# ------------------------------------------------------------------------------------------------------ nothing to draw


def test_where_units_differ_no_more_than_chance_all_shrink_to_the_mean():
    """Which is said, and has no margin: it is not known that they are the same."""
    units = pd.DataFrame({"unit": list("abc"), "voice": [3.0, 3.1, 2.9], "voice_n": 5, "voice_sd": 1.0})
    found = ex.shrunken(units, "voice")
    assert found["estimate"].tolist() == pytest.approx([3.0] * 3)
    assert found["reason"].eq("no_signal").all()
    assert found[["std_error", "conf_low", "conf_high"]].isna().all(axis=None)
    assert found["raw"].tolist() == [3.0, 3.1, 2.9]
    assert found[["raw_low", "raw_high"]].notna().all(axis=None)


def test_a_unit_of_which_less_is_known_has_its_own_reason():
    """The others are drawn as if it were not there."""
    _, units = drawn(9)
    spoilt = units.assign(
        voice=units["voice"].mask(units.index == 0),
        voice_n=units["voice_n"].astype(float).mask(units.index == 1),
        organisation=units["organisation"].mask(units.index == 2),
    )
    found, others = (ex.shrunken(frame, "voice", level="within") for frame in (spoilt, units.drop(index=[0, 1, 2])))
    assert found["reason"].tolist()[:4] == ["no_answers", "reliability_unknown", "not_asked", ""]
    assert found[NUMBERS].iloc[:3].isna().all(axis=None)
    assert found["raw"].iloc[:3].isna().tolist() == [True, False, False]
    assert found["estimate"].tolist()[3:] == pytest.approx(others["estimate"].tolist())


@pytest.mark.parametrize("level", ["pooled", "within"])
@pytest.mark.parametrize(
    ("spoil", "reasons"),
    [
        (lambda u: u.head(0), {"no_answers"}),
        (lambda u: u.head(1), {"too_few"}),
        (lambda u: u.head(22).iloc[::11], {"", "too_few", "no_signal"}),
        (lambda u: u.assign(voice=np.nan), {"no_answers"}),
        (lambda u: u.assign(voice_n=np.nan), {"reliability_unknown"}),
        (lambda u: u.drop(columns=["voice_n", "voice_sd"]), {"reliability_unknown"}),
        (lambda u: u.assign(voice_n=1), {"too_few"}),
        (lambda u: u.assign(voice=3), {"not_identifiable"}),
        (lambda u: u.assign(voice=3, voice_sd=0.0), {"constant"}),
        (lambda u: u.assign(voice_sd=0.0), {"not_identifiable"}),
        (lambda u: u.drop(columns="organisation"), {"", "not_asked"}),
        (lambda u: u.assign(organisation=None), {"", "no_answers", "reliability_unknown"}),
        (lambda u: pd.concat([u.assign(wave="2024"), u.assign(wave="2025")]), {"several_waves"}),
    ],
)
def test_a_hostile_frame_gives_a_reason(spoil: Callable, reasons: set, level: str):
    """Never a traceback, and never a number without a margin unless a reason stands beside it."""
    found = ex.shrunken(spoil(drawn(10)[1]), "voice", level=level)
    assert set(found["reason"]) <= reasons
    assert found.loc[found["reason"] == "", NUMBERS].notna().all(axis=None)
    assert found.loc[~found["reason"].isin(["", "no_signal"]), NUMBERS].isna().all(axis=None)


def test_a_mistake_is_told():
    """As anywhere else."""
    _, units = drawn(11)
    with pytest.raises(ExkitError, match=r"No column 'voise' in the units\. Did you mean 'voice'\?"):
        ex.shrunken(units, "voise")
    with pytest.raises(ExkitError, match=r"No level 'between'\."):
        ex.shrunken(units, "voice", level="between")


# ---------------------------------------------------------------------------------------------------------- simulations


def against_truth(replicates: int, **how: object) -> tuple[float, float]:
    """Give the share of units whose true mean the interval holds, and the squared error as a part of the raw one."""
    level, hits, error = how.pop("level", "within"), [], []
    for seed in range(replicates):
        true, units = drawn(seed, **how)
        found = ex.shrunken(units, "voice", level=level)
        error.append([((found[of] - true) ** 2).mean() for of in ("estimate", "raw")])
        if found["reason"].eq("").all():
            hits.append(((found["conf_low"] <= true) & (true <= found["conf_high"])).mean())
    return float(np.mean(hits)), float(np.divide(*np.mean(error, axis=0)))


def test_shrunken_means_are_closer_to_the_truth_and_know_how_close():
    """About half the squared error of raw means, and true means inside 95% of the intervals, in 30 benchmarks."""
    coverage, error = against_truth(30)
    assert error < 0.65
    assert coverage == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / (30 * 220)))


@pytest.mark.long
@pytest.mark.parametrize(
    ("organisations", "each", "icc1", "level"),
    [
        *[(organisations, 11, 0.10, level) for organisations in (10, 20, 48) for level in ("pooled", "within")],
        (1, 10, 0.10, "within"),
        (48, 11, 0.02, "within"),
    ],
)
def test_the_intervals_hold_true_means_in_the_long_run(
    organisations: int, each: int, icc1: float, level: str, record: Callable[[str, float], None]
):
    """92 to 98% of the true means of 1,000 benchmarks, and a smaller squared error than raw means have."""
    coverage, error = against_truth(1000, organisations=organisations, each=each, icc1=icc1, level=level)
    kind = (
        f"shrunken means, {level}, ICC(1) {icc1:.2f}, {organisations} organisations of {each} units, 1,000 replicates"
    )
    record(f"coverage of {kind}", coverage)
    record(f"squared error against raw means, {kind}", error)
    assert 0.92 <= coverage <= 0.98
    assert error < 1
