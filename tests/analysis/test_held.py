"""Organisations held against the benchmark that they are part of."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.measures.tally import Tally

RNG = np.random.default_rng


def tallied(people: pd.DataFrame) -> Tally:
    """Count answers, a row per person: `organisation`, `answer`, and other keys; perhaps a `weight`."""
    keys = [key for key in ("wave", "sector", "organisation", "unit") if key in people]
    weight = people.get("weight", pd.Series(1.0, people.index))
    people = people.assign(n=1, w=weight, w2=weight**2)
    counts = (
        people.groupby([*keys, "answer"], dropna=False)[["n", "w", "w2"]].sum().reset_index().assign(variable="enps")
    )
    scale = {"low": 0.0, "high": 10.0, "promoter_from": 9.0, "detractor_to": 6.0, "favourable_from": 9.0}
    defined = pd.DataFrame({"variable": ["enps"], "wave": "2025", "series": 1, "changed": "", **scale})
    return Tally("employees", keys, counts, defined, {}, {}, "auto")


def drawn(
    rng: np.random.Generator, moods: np.ndarray, *, teams: int = 8, each: int = 12, between_teams: float = 0.3
) -> pd.DataFrame:
    """Draw people of organisations with these moods, in teams that differ."""
    k = len(moods)
    team = rng.normal(0, between_teams, (k, teams, 1))
    felt = moods[:, None, None] + team + rng.normal(0, 1, (k, teams, each))
    marks = np.clip(np.rint(7.4 + 1.5 * felt), 0, 10).ravel()
    names = np.repeat([f"O{o:02d}" for o in range(k)], teams * each)
    units = np.repeat([f"O{o:02d}-{t}" for o in range(k) for t in range(teams)], each)
    return pd.DataFrame({"wave": "2025", "organisation": names, "unit": units, "answer": marks})


def test_it_agrees_with_a_calculation_by_hand():
    """Own minus all; errors of own teams and of the other organisations, by plain arithmetic, scaled by 1 - w."""
    people = drawn(RNG(1), RNG(2).normal(0, 0.4, 8))
    row = ex.held_against(tallied(people), of="mean").set_index("organisation").loc["O03"]
    own, rest = people[people["organisation"] == "O03"], people[people["organisation"] != "O03"]
    errors, dfs = [], []
    for part, cluster in ((own, "unit"), (rest, "organisation")):
        means = part.groupby(cluster)["answer"].mean()
        errors.append(means.var() / len(means))
        dfs.append(len(means) - 1)
    part = len(rest) / len(people)
    assert row["estimate"] == pytest.approx(own["answer"].mean() - people["answer"].mean())
    assert row["std_error"] == pytest.approx(part * np.sqrt(sum(errors)))
    df = sum(errors) ** 2 / sum(e**2 / d for e, d in zip(errors, dfs, strict=True))
    t = (own["answer"].mean() - rest["answer"].mean()) / np.sqrt(sum(errors))
    assert row["p_value"] == pytest.approx(2 * stats.t.sf(abs(t), df))
    halves = [stats.t.ppf(0.975, d) * np.sqrt(e) for d, e in zip(dfs, errors, strict=True)]
    assert row["conf_high"] - row["estimate"] == pytest.approx(part * np.hypot(*halves))


def test_weights_count_in_the_figure_in_its_error_and_in_the_part_of_the_whole():
    """The same by hand, of an NPS: linearised over teams of one's own, and over the other organisations."""
    people = drawn(RNG(14), RNG(15).normal(0, 0.4, 9)).assign(weight=RNG(16).uniform(0.5, 2.5, 9 * 96))
    row = ex.held_against(tallied(people)).set_index("organisation").loc["O04"]
    score = 100.0 * ((people["answer"] >= 9).astype(int) - (people["answer"] <= 6))
    people = people.assign(wy=people["weight"] * score)
    own, rest = people[people["organisation"] == "O04"], people[people["organisation"] != "O04"]
    figures, errors = [], []
    for part, cluster in ((own, "unit"), (rest, "organisation")):
        w, mean = part["weight"].sum(), part["wy"].sum() / part["weight"].sum()
        sums = part.groupby(cluster)[["wy", "weight"]].sum()
        z = (sums["wy"] - mean * sums["weight"]) / w
        figures.append(mean)
        errors.append(len(z) / (len(z) - 1) * (z**2).sum())
    part = rest["weight"].sum() / people["weight"].sum()
    assert row["estimate"] == pytest.approx(figures[0] - people["wy"].sum() / people["weight"].sum())
    assert row["estimate"] == pytest.approx(part * (figures[0] - figures[1]))
    assert row["std_error"] == pytest.approx(part * np.sqrt(sum(errors)))


def test_no_figure_of_the_rest_is_given():
    """Neither its mean nor the difference with it is any number of the result."""
    people = drawn(RNG(3), RNG(4).normal(0, 0.4, 8))
    tally = tallied(people)
    found = ex.held_against(tally)
    numbers = found.select_dtypes("number").to_numpy(float).ravel()
    for name in found["organisation"]:
        left = tallied(people[people["organisation"] != name])
        rest = ex.nps(left).iloc[0]
        own = ex.nps(tallied(people[people["organisation"] == name])).iloc[0]["estimate"]
        for secret in (rest["estimate"], rest["std_error"], rest["n"], own - rest["estimate"]):
            assert not np.isclose(numbers, secret, rtol=1e-9, atol=1e-9).any()


def test_a_truth_that_was_planted_is_found():
    """One organisation is a whole standard deviation above the others: it stands out, and only it after correction."""
    moods = np.zeros(24)
    moods[7] = 1.0
    held = ex.held_against(tallied(drawn(RNG(5), moods)))
    assert held.loc[held["p_value"].idxmin(), "organisation"] == "O07"
    row = held.set_index("organisation").loc["O07"]
    assert row["conf_low"] > 0
    told = ex.distinct(held).iloc[0]
    assert (told["n_distinct"], told["family"], told["estimate"]) == (1, 24, 1 / 24)
    assert told["expected"] == pytest.approx(1.2)


@pytest.mark.parametrize(("organisations", "reason"), [(1, "one_organisation"), (5, "too_few_organisations"), (6, "")])
def test_a_benchmark_has_five_others(organisations: int, reason: str):
    """With fewer, nothing is compared."""
    found = ex.held_against(tallied(drawn(RNG(6), np.zeros(organisations))))
    assert found["reason"].tolist() == [reason] * organisations
    assert found["estimate"].isna().all() == bool(reason)


def test_the_others_are_not_one_that_outweighs_them():
    """Its own figure would show, being more than two fifths of the rest. It is itself held against the others."""
    people = drawn(RNG(7), np.zeros(8))
    many = people[people["organisation"] == "O00"]
    found = ex.held_against(tallied(pd.concat([people, *[many] * 4]))).set_index("organisation")
    assert found.loc["O00", "reason"] == ""
    assert (found.drop("O00")["reason"] == "dominated").all()


def test_a_sector_is_a_benchmark_of_its_own():
    """Of six organisations it has five others; of four it has not, while all participants together do."""
    people = drawn(RNG(8), np.zeros(10))
    people["sector"] = np.where(people["organisation"] < "O06", "a", "b")
    found = ex.held_against(tallied(people)).set_index(["against", "sector"]).sort_index()
    assert found.loc["all", "reason"].eq("").all()
    assert found.loc[("sector", "a"), "reason"].eq("").all()
    assert found.loc[("sector", "b"), "reason"].eq("too_few_organisations").all()
    assert found.loc[("sector", "a"), "n_organisations"].eq(6).all()


def test_an_organisation_of_one_person_has_no_difference():
    """Its own figure has no margin; it is in the benchmark of the others."""
    people = drawn(RNG(9), np.zeros(7))
    lone = people.head(1).assign(organisation="O99", unit="O99-0")
    found = ex.held_against(tallied(pd.concat([people, lone]))).set_index("organisation")
    assert found.loc["O99", "reason"] == "too_few"
    assert found.loc["O01", "n_organisations"] == 8


def test_people_without_an_organisation_are_part_of_the_benchmark():
    """They are in the mean of all answers, and nobody's own."""
    people = drawn(RNG(10), np.zeros(7))
    nobody = people.head(50).assign(organisation=None, unit=None)
    both = pd.concat([people, nobody])
    found = ex.held_against(tallied(both), of="mean").set_index("organisation")
    own = people.loc[people["organisation"] == "O03", "answer"].mean()
    assert len(found) == 7
    assert found.at["O03", "estimate"] == pytest.approx(own - both["answer"].mean())


def test_two_teams_that_happen_to_agree_are_not_sure_of_themselves():
    """The same answers in both say nothing of how much teams differ: the test is not surer than the margin."""
    people = drawn(RNG(12), RNG(13).normal(0, 0.2, 20))
    few = pd.DataFrame({"answer": ([9] * 6 + [7] * 4 + [3] * 2) * 2, "organisation": "O99", "wave": "2025"})
    few["unit"] = ["O99-a"] * 12 + ["O99-b"] * 12
    row = ex.held_against(tallied(pd.concat([people, few]))).set_index("organisation").loc["O99"]
    assert row["conf_low"] < 0 < row["conf_high"]
    assert row["p_value"] > 0.05


def alarms(replicates: int, *, organisations: int, spread: float, of: str, teams: int = 8) -> float:
    """Count how often one of so many teams that does not differ in truth is said to differ."""
    rng, said, tested = RNG(11), 0, 0
    for _ in range(replicates):
        moods = rng.normal(0, spread, organisations)
        moods[:3] = 0.0
        people = drawn(rng, moods)
        small = people["organisation"].isin(["O00", "O01", "O02"]) & (people["unit"].str[4:].astype(int) >= teams)
        found = ex.held_against(tallied(people[~small]), of=of).set_index("organisation")["p_value"]
        said += int((found[["O00", "O01", "O02"]] < 0.05).sum())
        tested += 3
    return said / tested


def test_false_alarms_are_rare():
    """Within four Monte Carlo errors of 5%, in a few simulated benchmarks."""
    assert abs(alarms(40, organisations=16, spread=0.3, of="mean") - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 120)


@pytest.mark.long
@pytest.mark.parametrize(("organisations", "spread", "of"), [(8, 0.3, "nps"), (20, 0.3, "nps"), (48, 0.3, "mean")])
def test_false_alarms_in_the_long_run(organisations: int, spread: float, of: str, record: Callable[[str, float], None]):
    """3 to 6% of 3,000 tests of organisations that are at the mean of the others in truth."""
    found = alarms(1000, organisations=organisations, spread=spread, of=of)
    record(f"false alarms of one's own {of} against the rest, {organisations} organisations, 3,000 tests", found)
    assert 0.03 <= found <= 0.06


@pytest.mark.long
@pytest.mark.parametrize("teams", [2, 3, 4])
def test_false_alarms_of_few_teams_in_the_long_run(teams: int, record: Callable[[str, float], None]):
    """At most 6% of 900 tests: they are careful, since so few teams say little of their own error."""
    found = alarms(300, organisations=12, spread=0.3, of="nps", teams=teams)
    record(f"false alarms of one's own nps of {teams} teams against the rest, 12 organisations, 900 tests", found)
    assert found <= 0.06
