"""One person answering twice, and colleagues answering once each."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.measures.tally import Tally

Crossed = Callable[..., Tally]
SCORES = {"promoter": 1, "passive": 0, "detractor": -1}


def drawn(
    rng: np.random.Generator,
    *,
    organisations: int = 48,
    units: int = 11,
    each: int = 15,
    link: float = 0.5,
    source: float = 0.7,
) -> pd.DataFrame:
    """Draw people of units whose two moods are linked, and who colour both answers with a mood of their own."""
    mood = moods(rng, organisations, units, link=link)
    own = rng.normal(size=(organisations * units, each))
    noise = np.sqrt(1 - source**2) * rng.normal(size=(2, organisations * units, each))
    x, y = mood.T[:, :, None] + source * own + noise
    names = np.repeat([f"O{i:02d}" for i in range(organisations)], units)
    frame = {
        "organisation": np.repeat(names, each),
        "unit": np.repeat([f"{name}-{i}" for i, name in enumerate(names)], each),
        "promoter_group": np.select([x > 0.5, x < -0.9], ["promoter", "detractor"], "passive").ravel(),
        "answer": (y > 0.4).astype(float).ravel(),
    }
    return pd.DataFrame(frame)


def moods(rng: np.random.Generator, organisations: int, units: int, *, link: float) -> np.ndarray:
    """Draw the moods of units, partly those of their organisation."""
    spread = 0.25 * np.array([[1, link], [link, 1]])
    shared = rng.multivariate_normal([0, 0], 0.3 * spread, organisations)
    return np.repeat(shared, units, axis=0) + rng.multivariate_normal([0, 0], 0.7 * spread, organisations * units)


def truth(link: float) -> float:
    """The correlation of what units would say if everybody in an endless unit answered."""
    x, y = moods(np.random.default_rng(0), 4000, 100, link=link).T
    expected = stats.norm.sf(0.5 - x) - stats.norm.cdf(-0.9 - x)
    return float(np.corrcoef(expected, stats.norm.sf(0.4 - y))[0, 1])


def test_other_people_are_all_pairs_of_colleagues(crossed: Crossed):
    """The covariance between colleagues, pair by pair and then between units, beside the same from the result."""
    people = drawn(np.random.default_rng(1), organisations=2, units=3, each=4)
    people["x"] = people["promoter_group"].map(SCORES)
    teams = [team for _, team in people.groupby("unit")]
    pairs = [np.mean([a * b for i, a in enumerate(t["x"]) for j, b in enumerate(t["answer"]) if i != j]) for t in teams]
    means = people.groupby("unit")[["x", "answer"]].mean()
    apart = np.mean([a * b for i, a in enumerate(means["x"]) for j, b in enumerate(means["answer"]) if i != j])
    expected = (np.mean(pairs) - apart) / np.sqrt(means.var().prod())
    row = ex.same_source(crossed(people.drop(columns="x"))).set_index(["source", "effect"]).loc[("other_people", "r")]
    assert row["estimate"] == pytest.approx(expected)


def test_the_plain_rows_are_plain_correlations(crossed: Crossed):
    """Over people, and over the means of units."""
    people = drawn(np.random.default_rng(2), organisations=5)
    found = ex.same_source(crossed(people)).set_index(["source", "effect"])
    people["x"] = people["promoter_group"].map(SCORES)
    means = people.groupby("unit")[["x", "answer"]].mean()
    assert found.at[("one_person", "r"), "estimate"] == pytest.approx(people["x"].corr(people["answer"]))
    assert found.at[("same_people", "r"), "estimate"] == pytest.approx(means["x"].corr(means["answer"]))
    assert found["n"].tolist() == [len(people), *[55] * 5]


def test_what_colleagues_share_is_recovered(crossed: Crossed):
    """Corrected, between other people it is what was planted; the same people make it look stronger."""
    people = drawn(np.random.default_rng(3), organisations=100, each=20, link=0.3)
    found = ex.same_source(crossed(people)).set_index(["source", "effect"])
    other, same = (found.loc[(source, "r_corrected")] for source in ("other_people", "same_people"))
    assert other["conf_low"] < truth(0.3) < other["conf_high"]
    assert same["conf_low"] > truth(0.3)
    assert found.loc[("difference", "diff"), "conf_low"] > 0


def test_without_a_common_source_nothing_is_lost(crossed: Crossed):
    """The interval of the difference holds 0."""
    people = drawn(np.random.default_rng(4), source=0.0)
    row = ex.same_source(crossed(people)).set_index("source").loc["difference"]
    assert row["conf_low"] < 0 < row["conf_high"]


def test_the_same_seed_gives_the_same_interval(crossed: Crossed):
    """Repeatable by default."""
    pairs = crossed(drawn(np.random.default_rng(5)))
    pd.testing.assert_frame_equal(ex.same_source(pairs), ex.same_source(pairs))


def test_several_waves_are_not_several_raters(crossed: Crossed):
    """Take one; or have a row for each."""
    people = drawn(np.random.default_rng(6), organisations=6)
    pairs = crossed(pd.concat([people.assign(wave=wave) for wave in ("2024", "2025")]))
    assert set(ex.same_source(pairs)["reason"]) == {"several_waves"}
    each = ex.same_source(pairs, by=["wave"])
    assert each["wave"].tolist() == ["2024"] * 6 + ["2025"] * 6
    assert each["estimate"].notna().any()


def test_few_units_are_correlated_but_not_corrected(crossed: Crossed):
    """Under 30 units the corrected rows say so."""
    found = ex.same_source(crossed(drawn(np.random.default_rng(7), organisations=2)))
    assert found["reason"].tolist() == ["", "", "", "", *["too_few_units"] * 2]
    assert (found["interval"] == "jackknife").all()


def test_an_organisation_of_its_own_resamples_its_units(crossed: Crossed):
    """And is not corrected, however many units it has."""
    found = ex.same_source(crossed(drawn(np.random.default_rng(8), organisations=1, units=40)))
    assert set(found["cluster"]) == {"unit"}
    assert found["reason"].tolist() == ["", "", "", "", *["one_organisation"] * 2]


def test_units_that_do_not_differ_are_not_corrected(crossed: Crossed):
    """A reliability whose interval reaches 0 is nothing to divide by."""
    rng = np.random.default_rng(9)
    people = drawn(rng)
    people["unit"] = rng.permutation(people["unit"].to_numpy())
    people["organisation"] = people["unit"].str[:3]
    found = ex.same_source(crossed(people))
    assert set(found.loc[found["effect"] == "r_corrected", "reason"]) == {"not_reliable"}


@pytest.mark.parametrize(("units", "each"), [(1, 20), (2, 20), (20, 1)])
def test_too_few_units_or_people_give_a_reason(crossed: Crossed, units: int, each: int):
    """No traceback, no number."""
    found = ex.same_source(crossed(drawn(np.random.default_rng(10), organisations=1, units=units, each=each)))
    assert set(found["reason"]) == {"too_few"}
    assert found["estimate"].isna().all()


def test_everybody_saying_yes_is_constant(crossed: Crossed):
    """Nothing goes together with a constant."""
    people = drawn(np.random.default_rng(11), organisations=4).assign(answer=1.0)
    assert ex.same_source(crossed(people))["reason"].iloc[0] == "constant"


def test_people_without_a_unit_are_in_none(crossed: Crossed):
    """They are left out, and data without units have no such figure."""
    people = drawn(np.random.default_rng(12), organisations=4)
    lone = people.head(10).assign(unit=None)
    found = ex.same_source(crossed(pd.concat([people, lone])))
    assert set(found["n_respondents"]) == {len(people)}
    assert set(ex.same_source(crossed(lone))["reason"]) == {"too_few"}
    assert ex.same_source(crossed(people.drop(columns="unit")))["reason"].tolist() == ["not_asked"]


@pytest.mark.long
@pytest.mark.parametrize("organisations", [20, 48])
def test_the_intervals_cover_in_the_long_run(
    organisations: int, crossed: Crossed, record: Callable[[str, float], None]
):
    """92 to 98% of 1,000 benchmarks hold the truth between other people, which is met on average."""
    true, held, found = truth(0.5), 0, []
    for seed in range(1000):
        people = drawn(np.random.default_rng(seed), organisations=organisations)
        result = ex.same_source(crossed(people), seed=seed, n_boot=1000).set_index(["source", "effect"])
        row = result.loc[("other_people", "r_corrected")]
        held += bool(row["conf_low"] <= true <= row["conf_high"])
        found.append(row["estimate"])
    of = f"r between colleagues, corrected, {organisations} organisations, 1,000 replicates"
    record(f"coverage of {of}", held / 1000)
    record(f"bias of {of}", np.nanmean(found) - true)
    assert 0.92 <= held / 1000 <= 0.98
    assert abs(np.nanmean(found) - true) < 0.02
