"""What comes first: paths within units, beside the two models that are fooled."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.analysis.panel import MODELS
from exkit.errors import ExkitError

OWN = 0.3
"""What a measure carries over to itself, in every study drawn here."""


def study(
    organisations: int = 48, *, to_nps: float, to_voice: float, lasting: float = 0.5, waves: int = 4, seed: int = 1
) -> pd.DataFrame:
    """Draw eleven units per organisation with given paths within units, about 15 staff and 40 customers each.

    The true values have variance 1. A part `lasting` of it never moves, three tenths of which is the organisation's;
    ICC(1) is .10 for staff and .04 for customers.
    """
    rng, units = np.random.default_rng(seed), 11 * organisations
    paths, together = np.array([[OWN, to_voice], [to_nps, OWN]]), np.array([[1, 0.3], [0.3, 1]])
    news = np.linalg.cholesky(together - paths @ together @ paths.T)
    moves = [np.linalg.cholesky(together) @ rng.standard_normal((2, units))]
    for _ in range(waves - 1):
        moves.append(paths @ moves[-1] + news @ rng.standard_normal((2, units)))
    shared = np.repeat(rng.standard_normal((2, organisations)), 11, axis=1)
    level = np.linalg.cholesky([[1, 0.4], [0.4, 1]]) @ (
        np.sqrt(0.3) * shared + np.sqrt(0.7) * rng.standard_normal((2, units))
    )
    true = np.sqrt(lasting) * level + np.sqrt(1 - lasting) * np.array(moves)
    sd = np.array([3.0, np.sqrt(24)])[:, None]
    n = np.maximum(rng.poisson(np.array([15, 40])[:, None], true.shape), 2)
    seen = true + rng.standard_normal(true.shape) * sd / np.sqrt(n)
    spread = sd * np.sqrt(rng.chisquare(n - 1) / (n - 1))
    unit = np.tile(np.arange(units), waves)
    frame = pd.DataFrame({"wave": np.repeat(np.arange(2022, 2022 + waves), units), "unit": unit}).astype("str")
    for i, name in enumerate(("voice", "nps")):
        frame = frame.assign(
            **{name: seen[:, i].ravel(), f"{name}_n": n[:, i].ravel(), f"{name}_sd": spread[:, i].ravel()}
        )
    return frame.assign(organisation=(unit // 11).astype("str"))


def paths(units: pd.DataFrame) -> pd.DataFrame:
    """Estimate, and look rows up by model and direction."""
    return ex.lead_lag(units, x="voice", y="nps").set_index(["model", "x", "y"])


@pytest.fixture(scope="module")
def many() -> pd.DataFrame:
    """What 1,760 units say of paths .20 and .10."""
    return paths(study(160, to_nps=0.2, to_voice=0.1))


def test_the_last_model_recovers_paths_within_units(many: pd.DataFrame):
    """Each within four of its errors, which are small here."""
    for x, y, true in (("voice", "nps", 0.2), ("nps", "voice", 0.1), ("voice", "voice", OWN), ("nps", "nps", OWN)):
        row = many.loc[(MODELS[-1], x, y)]
        assert abs(row["estimate"] - true) < 4 * row["std_error"] < 0.3


def test_without_sampling_variances_paths_shrink(many: pd.DataFrame):
    """Chance movement carries nothing over."""
    for x, y, true in (("voice", "nps", 0.2), ("voice", "voice", OWN), ("nps", "nps", OWN)):
        row = many.loc[("ri_clpm", x, y)]
        assert row["estimate"] + 2 * row["std_error"] < true


def test_reliability_within_units_is_that_of_the_design(many: pd.DataFrame):
    """Half of the true variance moves, 9/15 and 24/40 are sampling: .5 of 1.1."""
    assert many.loc[many.index.isin(MODELS[-1:], level=0), "reliability"].to_numpy() == pytest.approx(0.445, abs=0.06)
    assert many.loc[many.index.isin(MODELS[:-1], level=0), "reliability"].isna().all()


def test_the_plain_model_finds_both_directions_where_there_is_none():
    """Units that differ lastingly, and no path at all."""
    found = paths(study(to_nps=0, to_voice=0, lasting=0.7))
    for x, y in (("voice", "nps"), ("nps", "voice")):
        assert found.at[("clpm", x, y), "p_value"] < 0.01
        assert found.at[("ri_clpm_sampling", x, y), "p_value"] > 0.05


def test_the_result_has_four_paths_per_model():
    """Those between the measures first; with the clusters it rests on."""
    found = ex.lead_lag(study(20, to_nps=0.2, to_voice=0.1), x="voice", y="nps")
    assert list(found["model"].unique()) == list(MODELS)
    assert list(zip(found["x"], found["y"], strict=True))[:4] == [
        ("voice", "nps"), ("nps", "voice"), ("voice", "voice"), ("nps", "nps")
    ]  # fmt: skip
    assert (found[["n", "waves", "n_organisations", "df"]] == [220, 4, 20, 19]).all(axis=None)
    assert (found["cluster"] == "organisation").all()
    assert found["conf_low"].lt(found["estimate"]).all()


def test_within_one_organisation_units_are_the_clusters():
    """And a column of organisations is not needed."""
    one = study(20, to_nps=0.2, to_voice=0.1).drop(columns="organisation")
    found = ex.lead_lag(one, x="voice", y="nps")
    assert (found["cluster"] == "unit").all()
    assert found["df"].dropna().eq(219).all()


def test_a_unit_that_lacks_a_wave_enters_with_the_others():
    """A tenth of the values gone at random moves the plain path by less than two of its errors."""
    units = study(20, to_nps=0.2, to_voice=0.1)
    gaps = units.assign(voice=units["voice"].mask(np.random.default_rng(2).random(len(units)) < 0.1))
    full, holed = (paths(frame).loc[("clpm", "voice", "nps")] for frame in (units, gaps))
    assert 0 < abs(full["estimate"] - holed["estimate"]) < 2 * full["std_error"]
    assert holed["n"] > 200


def test_sampling_variances_are_pooled_per_wave():
    """A unit's own standard deviation does not matter, only that of its wave: they may change places."""
    units = study(20, to_nps=0.2, to_voice=0.1).assign(voice_n=15)
    turned = units.assign(voice_sd=units.groupby("wave")["voice_sd"].transform(lambda sd: sd.to_numpy()[::-1]))
    pd.testing.assert_frame_equal(paths(units), paths(turned))


def test_two_waves_cannot_tell_a_direction():
    """One row says so."""
    found = ex.lead_lag(study(to_nps=0.2, to_voice=0.1, waves=2), x="voice", y="nps")
    assert found["reason"].tolist() == ["direction_not_identifiable"]
    assert found["estimate"].isna().all()


def test_a_table_without_waves_cannot_tell_a_direction():
    """As one wave cannot."""
    units = study(to_nps=0.2, to_voice=0.1, waves=1).drop(columns="wave")
    assert ex.lead_lag(units, x="voice", y="nps")["reason"].tolist() == ["direction_not_identifiable"]


def test_a_wave_in_which_one_was_not_asked_does_not_count():
    """Three waves of staff and two of customers are two."""
    units = study(to_nps=0.2, to_voice=0.1, waves=3)
    units["nps"] = units["nps"].mask(units["wave"] == "2024")
    assert ex.lead_lag(units, x="voice", y="nps")["reason"].tolist() == ["direction_not_identifiable"]


def test_without_respondents_the_last_model_says_that_reliability_is_unknown():
    """The other two are given for contrast."""
    found = ex.lead_lag(study(20, to_nps=0.2, to_voice=0.1).drop(columns="nps_sd"), x="voice", y="nps")
    last = found["model"] == MODELS[-1]
    assert (found.loc[last, "reason"] == "reliability_unknown").all()
    assert found.loc[~last, "estimate"].notna().all()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    {
        "one unit": (lambda units: units[units["unit"] == "0"], "too_few"),
        "29 units": (lambda units: units[units["unit"].astype(int) < 29], "too_few"),
        "constant scores": (lambda units: units.assign(nps=7.1), "constant"),
        "no values": (lambda units: units.assign(nps=np.nan), "direction_not_identifiable"),
        "nothing finite": (lambda units: units.assign(nps=np.inf), "direction_not_identifiable"),
        "no rows": (lambda units: units.iloc[:0], "direction_not_identifiable"),
        "one measure twice": (lambda units: units.assign(nps=2 * units["voice"]), "not_identifiable"),
    }.values(),
)
def test_hostile_data_get_a_reason(spoil: Callable[[pd.DataFrame], pd.DataFrame], reason: str):
    """Never a traceback, never a number."""
    found = ex.lead_lag(spoil(study(4, to_nps=0.2, to_voice=0.1)), x="voice", y="nps")
    assert (found["reason"] == reason).all()
    assert found[["estimate", "std_error", "conf_low", "conf_high", "p_value"]].isna().all(axis=None)


def test_the_callers_frame_is_not_changed():
    """Nor need its index be in order."""
    units = study(20, to_nps=0.2, to_voice=0.1)
    shuffled = units.sample(frac=1, random_state=1)
    before = shuffled.copy()
    pd.testing.assert_frame_equal(paths(shuffled), paths(units), rtol=1e-6)
    pd.testing.assert_frame_equal(shuffled, before)


def test_a_measure_is_not_compared_with_itself():
    """It comes neither before nor after."""
    with pytest.raises(ExkitError, match=r"'voice' is both x and y\. Choose two measures\."):
        ex.lead_lag(study(4, to_nps=0.2, to_voice=0.1), x="voice", y="voice")


def test_an_unknown_measure_is_named():
    """With the nearest."""
    with pytest.raises(ExkitError, match=r"No column 'voise' in the units\. Did you mean 'voice'\?"):
        ex.lead_lag(study(4, to_nps=0.2, to_voice=0.1), x="voise", y="nps")


def test_text_is_no_measure():
    """It cannot rise or fall."""
    with pytest.raises(ExkitError, match=r"'organisation' holds no numbers\."):
        ex.lead_lag(study(4, to_nps=0.2, to_voice=0.1), x="voice", y="organisation")


def test_a_unit_with_two_rows_in_a_wave_is_told():
    """With the rows."""
    units = study(4, to_nps=0.2, to_voice=0.1)
    with pytest.raises(ExkitError, match="Unit '0' has more than one row in wave '2022'") as told:
        ex.lead_lag(pd.concat([units, units.iloc[:1]]), x="voice", y="nps")
    assert len(told.value.rows) == 2


@pytest.mark.long
@pytest.mark.parametrize(("to_nps", "to_voice", "lasting"), [(0.2, 0.1, 0.5), (0.0, 0.0, 0.7)])
def test_the_last_model_is_unbiased_and_its_interval_covers(
    record: Callable[[str, float], None], to_nps: float, to_voice: float, lasting: float
):
    """528 units, four waves, 300 studies; a study that cannot tell is counted, and not in the mean."""
    drawn = [study(to_nps=to_nps, to_voice=to_voice, lasting=lasting, seed=seed) for seed in range(300)]
    found = pd.concat(ex.lead_lag(units, x="voice", y="nps") for units in drawn)
    between = found[found["x"] != found["y"]].assign(true=lambda d: np.where(d["x"] == "voice", to_nps, to_voice))
    between["covered"] = between["conf_low"].le(between["true"]) & between["conf_high"].ge(between["true"])
    about = f"paths {to_nps:.2f} and {to_voice:.2f}, {lasting:.0%} lasting, 528 units, 4 waves, 300 replicates"
    for (model, x), rows in between.groupby(["model", "x"]):
        told, which = rows[rows["reason"] == ""], f"{model} {'EX to CX' if x == 'voice' else 'CX to EX'}, {about}"
        record(f"mean of {which}", told["estimate"].mean())
        record(f"found by {which}", told["p_value"].lt(0.05).mean())
        if model == MODELS[-1]:
            record(f"coverage of {which}", told["covered"].mean())
            record(f"half width of {which}", (told["conf_high"] - told["conf_low"]).median() / 2)
            record(f"without an answer, {which}", (rows["reason"] != "").mean())
    last = between[(between["model"] == MODELS[-1]) & (between["reason"] == "")]
    assert len(last) > 0.85 * 600
    for true, rows in last.groupby("x"):
        off = rows["estimate"] - rows["true"]
        assert abs(off.mean()) < 4 * off.std() / np.sqrt(len(rows)), true
        assert rows["covered"].mean() > 0.95 - 4 * np.sqrt(0.95 * 0.05 / len(rows)), true
