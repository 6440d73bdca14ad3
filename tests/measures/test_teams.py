"""ICC(1) and ICC(2): by hand, against R and another package, at the edges, and by simulation."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pingouin as pg
import pytest
from scipy import stats
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

import exkit as ex
from exkit.errors import ExkitError
from exkit.measures.tally import Tally
from exkit.measures.teams import anova, anova_sums

GOLDEN = Path(__file__).parents[1] / "golden"
BH1996 = Path(__file__).parents[3] / "shared" / "real" / "bh1996.csv"
HERE = "the folder with real data, shared/real, is not beside the project"


def people(*, organisations: int = 4, units: int = 5, least: int = 2, most: int = 9, seed: int = 1) -> pd.DataFrame:
    """Draw answers of people in units of unequal size in organisations."""
    rng = np.random.default_rng(seed)
    size = rng.integers(least, most + 1, organisations * units)
    unit = np.repeat(np.arange(len(size)), size)
    organisation = unit // units
    voice = 3 + 0.4 * rng.normal(size=organisations)[organisation] + 0.5 * rng.normal(size=len(size))[unit]
    voice = voice + rng.normal(size=len(unit))
    return pd.DataFrame({"organisation": organisation, "unit": unit, "voice": voice}).astype(
        {"organisation": "str", "unit": "str"}
    )


def summed(answers: pd.DataFrame) -> pd.DataFrame:
    """Sum people up to a units frame."""
    groups = answers.groupby(["organisation", "unit"])["voice"]
    return groups.agg(voice="mean", voice_n="size", voice_sd="std").reset_index()


@cache
def golden(x: str) -> Tally:
    """Count a question of the golden study."""
    return ex.tally(ex.open(GOLDEN), x)


def coefficients(result: pd.DataFrame) -> list[float]:
    """Take ICC(1) and ICC(2)."""
    assert list(result["effect"]) == ["icc1", "icc2"]
    return result["estimate"].tolist()


def test_three_teams_by_hand():
    """Means 2, 3 and 4 of two people who differ by 2 each: MSB 2, MSW 2, so nothing goes with the team."""
    frame = pd.DataFrame({"unit": list("abc"), "voice": [2.0, 3.0, 4.0], "voice_n": 2, "voice_sd": np.sqrt(2)})
    found = ex.reliability(frame, "voice")
    assert found["msb"].tolist() == pytest.approx([2, 2])
    assert found["msw"].tolist() == pytest.approx([2, 2])
    assert coefficients(found) == pytest.approx([0, 0], abs=1e-12)


@pytest.mark.filterwarnings("ignore")  # pingouin's own, about pandas
def test_balanced_teams_have_the_icc_that_pingouin_gives():
    """ICC1 and ICC1k of Shrout and Fleiss, with the same interval and p-value."""
    answers = people(organisations=1, units=8, least=5, most=5)
    answers = answers.assign(rater=answers.groupby("unit").cumcount())
    want = pg.intraclass_corr(answers, targets="unit", raters="rater", ratings="voice").iloc[[0, 3]]
    found = ex.reliability(summed(answers).drop(columns="organisation"), "voice")
    assert coefficients(found) == pytest.approx(want["ICC"].tolist(), abs=1e-9)
    interval = np.array(want.filter(regex="CI").iloc[:, 0].tolist())
    assert found[["conf_low", "conf_high"]].to_numpy() == pytest.approx(interval, abs=0.0051)
    assert found["p_value"].tolist() == pytest.approx(want.filter(regex="^pval").iloc[:, 0].tolist(), rel=1e-9)


def test_unequal_teams_have_the_mean_squares_of_people():
    """A sum of units is no loss: the analysis of variance of all people gives the same."""
    answers = people()
    table = anova_lm(ols("voice ~ C(unit)", answers).fit())
    row = ex.reliability(summed(answers), "voice").iloc[0]
    assert [row["msb"], row["msw"]] == pytest.approx(table["mean_sq"].tolist(), rel=1e-10)
    assert row["p_value"] == pytest.approx(table["PR(>F)"].iloc[0], rel=1e-9)
    assert row["k"] == pytest.approx(len(answers) / 20)


def test_within_organisations_what_these_differ_in_is_taken_out():
    """MSB is that of units nested in organisations."""
    answers = people()
    of_units, of_organisations = (anova_lm(ols(f"voice ~ C({by})", answers).fit()) for by in ("unit", "organisation"))
    row = ex.reliability(summed(answers), "voice", level="within").iloc[1]
    msb = (of_units["sum_sq"].iloc[0] - of_organisations["sum_sq"].iloc[0]) / (20 - 4)
    msw = of_units.loc["Residual", "mean_sq"]
    assert row["estimate"] == pytest.approx(1 - msw / msb, rel=1e-9)
    assert row["level"] == "within"
    assert row["estimate"] < ex.reliability(summed(answers), "voice")["estimate"].iloc[1]


def test_the_margin_leaves_out_one_organisation_at_a_time():
    """The error of log F is the jackknife's, worked out by doing it."""
    frame, f = summed(people()), lambda d: (lambda r: r["msb"] / r["msw"])(ex.reliability(d, "voice").iloc[0])
    logs = np.log([f(frame[frame["organisation"] != name]) for name in frame["organisation"].unique()])
    factor = np.exp(stats.t.ppf(0.975, 3) * np.sqrt(3 * np.var(logs)))
    row = ex.reliability(frame, "voice").iloc[1]
    assert [row["conf_low"], row["conf_high"]] == pytest.approx([1 - factor / f(frame), 1 - 1 / (f(frame) * factor)])
    assert (row["cluster"], row["interval"], row["n_organisations"]) == ("organisation", "jackknife", 4)


@pytest.mark.parametrize("level", ["pooled", "within"])
def test_resamples_of_sums_are_those_of_units(level: str):
    """Organisation 0 twice, 1 not at all: the counts times the sums say what the units drawn so say."""
    frame = summed(people())
    counts = np.array([[2, 0, 1, 1]])
    parts = [frame[frame["organisation"] == name] for name in "0023"]
    drawn = pd.concat([part.assign(organisation=str(i)) for i, part in enumerate(parts)])
    want = ex.reliability(drawn, "voice", level=level)["estimate"].iloc[1]
    assert anova(counts @ anova_sums(frame, "voice"), level=level)["icc2"].tolist() == pytest.approx([want])


def test_large_numbers_lose_no_digits():
    """Revenue in euros has the reliability of revenue in euros above ten million."""
    frame = summed(people())
    shifted = ex.reliability(frame.assign(voice=frame["voice"] + 1e7), "voice")
    assert coefficients(shifted) == pytest.approx(coefficients(ex.reliability(frame, "voice")), abs=1e-7)


def test_a_lone_person_counts_and_has_no_deviation():
    """As in R, a unit of one is a unit, and adds nothing within."""
    answers = people(organisations=1, least=1, most=4, seed=3)
    assert (answers.groupby("unit").size() == 1).any()
    table = anova_lm(ols("voice ~ C(unit)", answers).fit())
    row = ex.reliability(summed(answers), "voice").iloc[0]
    assert [row["msb"], row["msw"]] == pytest.approx(table["mean_sq"].tolist(), rel=1e-10)
    assert row["n_units"] == 5


def test_a_negative_icc_is_given_as_it_is():
    """Teams that are more alike than chance would make them."""
    frame = pd.DataFrame({"unit": list("abc"), "voice": [3.0, 3.1, 2.9], "voice_n": 5, "voice_sd": 1.0})
    found = ex.reliability(frame, "voice")
    assert (found["estimate"] < 0).all()
    assert (found["conf_low"] < found["estimate"]).all()


HOSTILE = {
    "reliability_unknown": {"voice_sd": None},
    "no_answers": {"voice": np.nan},
    "constant": {"voice": 3.7, "voice_sd": 0.0},
    "not_identifiable": {"voice_sd": 0.0},
    "several_waves": {"wave": list("123")},
    "too_few": {"voice": [3.0, np.nan, np.nan]},
}


@pytest.mark.parametrize("reason", HOSTILE)
def test_hostile_units_give_a_reason(reason: str):
    """Never a number, nor a traceback."""
    frame = pd.DataFrame({"unit": list("abc"), "voice": [3.0, 3.5, 4.1], "voice_n": 7, "voice_sd": 1.0})
    frame = frame.assign(**HOSTILE[reason]).dropna(axis="columns", how="all" if reason != "no_answers" else "any")
    frame = frame.assign(voice=frame.get("voice", np.nan))
    found = ex.reliability(frame, "voice")
    assert list(found["reason"]) == [reason] * 2
    assert found["estimate"].isna().all()


def test_teams_of_equal_means_are_not_identifiable():
    """No spread between teams: ICC(2) would be minus infinity."""
    frame = pd.DataFrame({"unit": list("abc"), "voice": [0.1 + 0.2, 0.3, 0.3], "voice_n": 7, "voice_sd": 1.0})
    assert list(ex.reliability(frame, "voice")["reason"]) == ["not_identifiable"] * 2


def test_people_who_are_all_alone_are_too_few():
    """Nobody shares a unit, so that nothing is known of the spread within."""
    frame = pd.DataFrame({"unit": list("abc"), "voice": [3.0, 3.5, 4.1], "voice_n": 1, "voice_sd": np.nan})
    assert list(ex.reliability(frame, "voice")["reason"]) == ["too_few"] * 2


def test_within_one_organisation_of_several_units_there_is_no_margin():
    """Leave that one out, and there is no spread between units."""
    frame = summed(people()).query("organisation == '0' or unit == '9'")
    found = ex.reliability(frame, "voice", level="within")
    assert list(found["reason"]) == ["one_cluster"] * 2
    assert found["conf_low"].isna().all()


def test_units_without_organisations_are_not_within_any():
    """The data cannot say."""
    frame = summed(people()).drop(columns="organisation")
    assert list(ex.reliability(frame, "voice", level="within")["reason"]) == ["not_asked"] * 2


def test_a_unit_of_an_unknown_organisation_counts_only_when_pooled():
    """It is around the mean of all, but around that of no organisation."""
    frame = summed(people())
    frame.loc[0, "organisation"] = None
    assert ex.reliability(frame, "voice")["n_units"].tolist() == [20, 20]
    assert ex.reliability(frame, "voice", level="within")["n_units"].tolist() == [19, 19]


def test_a_measure_of_text_is_refused():
    """The contact level of a unit is no score."""
    with pytest.raises(ExkitError, match="'level' is not a measure of the units"):
        ex.reliability(pd.DataFrame({"unit": ["a"], "level": ["high"]}), "level")


def test_the_reliability_of_weighted_means_is_theirs():
    """Weights that vary by half leave a reliability of .58 where plain means have .625: the share of true variance."""
    rng, n = np.random.default_rng(1), 15
    weight = rng.lognormal(0, np.sqrt(np.log(1.25)), (20_000, n))
    answers = np.sqrt(0.1) * rng.normal(size=(20_000, 1)) + np.sqrt(0.9) * rng.normal(size=(20_000, n))
    kish = n * (weight**2).sum(axis=1) / weight.sum(axis=1) ** 2
    mean = (weight * answers).sum(axis=1) / weight.sum(axis=1)
    frame = pd.DataFrame({"unit": range(20_000), "voice": mean, "voice_n": n})
    frame = frame.assign(voice_sd=np.sqrt(answers.var(axis=1, ddof=1) * kish))
    assert coefficients(ex.reliability(frame, "voice"))[1] == pytest.approx(0.1 / mean.var(), abs=0.01)


def test_several_waves_are_refused_and_one_is_not():
    """A person's years are not so many raters."""
    tally = golden("engagement")
    assert list(ex.icc(tally)["reason"]) == ["several_waves"] * 2
    found = ex.icc(tally.at(wave="2024"))
    assert list(found["reason"]) == [""] * 2
    assert list(found["at"]) == ["2024"] * 2


def test_an_icc_is_unweighted():
    """Weights of the study do not enter."""
    study = ex.open(GOLDEN)
    plain = {name: table.assign(weight=1.0) for name, table in study.tables.items()}
    pair = [ex.icc(ex.tally(s, "recommend_work").at(wave="2024")) for s in (study, replace(study, tables=plain))]
    pd.testing.assert_frame_equal(*pair)


def test_an_nps_has_the_icc_of_its_scores():
    """Points or -1/0/1: the part that goes with the team is the same."""
    tally = golden("customers.recommend").at(wave="2024")
    score = tally.counts.assign(answer=np.select([tally.counts["answer"] >= 9, tally.counts["answer"] <= 6], [1, -1]))
    want = coefficients(ex.icc(replace(tally, counts=score)))
    assert coefficients(ex.icc(tally, of="nps")) == pytest.approx(want)


def test_data_without_organisations_have_no_icc_of_them():
    """The golden study has teams only."""
    tally = golden("engagement").at(wave="2024")
    assert list(ex.icc(tally, group="organisation")["reason"]) == ["not_asked"] * 2


@pytest.mark.skipif(not BH1996.exists(), reason=HERE)
@pytest.mark.parametrize(("x", "want"), [("HRS", [0.13310668, 0.9196732]), ("LEAD", [0.12702755, 0.91561297])])
def test_companies_of_soldiers_have_the_published_icc(dataset: Callable[..., Path], x: str, want: list[float]):
    """7,382 soldiers in 99 companies (R's multilevel)."""
    soldiers = pd.read_csv(BH1996, usecols=["GRP", x]).rename(columns={"GRP": "unit"})
    book = f"table,variable,role,type\nemployees,unit,unit,text\nemployees,{x},item,number\n"
    found = ex.icc(ex.tally(ex.open(dataset(codebook=book, employees=soldiers)), x))
    assert coefficients(found) == pytest.approx(want, abs=1e-7)
    assert found["n_units"].tolist() == [99, 99]


def drawn(replicates: int, *, organisations: int, skewed: bool) -> Iterator[pd.DataFrame]:
    """Draw studies of 11 units of 15 people per organisation: organisations carry .03 of the variance, units .07.

    Skewed answers are 1, 0 or -1 with shares of about 62, 27 and 11%, as promoters, passives and detractors are.
    """
    rng = np.random.default_rng(1)
    organisation = np.repeat(np.arange(organisations).astype("str"), 11)
    for _ in range(replicates):
        means = np.sqrt(0.03) * rng.normal(size=(organisations, 1)) + np.sqrt(0.07) * rng.normal(
            size=(organisations, 11)
        )
        answers = means.reshape(-1, 1) + np.sqrt(0.9) * rng.normal(size=(11 * organisations, 15))
        answers = np.digitize(answers, [-1.2, -0.3]) - 1.0 if skewed else answers
        spread = {"voice": answers.mean(axis=1), "voice_n": 15, "voice_sd": answers.std(axis=1, ddof=1)}
        yield pd.DataFrame({"organisation": organisation, **spread})


def shared(r: float, *, skewed: bool) -> float:
    """Work out the covariance of the answers of two people, drawn as above with a correlation of r below the cuts."""
    if not skewed:
        return r
    both = stats.multivariate_normal([0, 0], [[1, r], [r, 1]], allow_singular=True)
    pairs = [(a, b) for a in (-1.2, -0.3) for b in (-1.2, -0.3)]
    return sum(both.cdf([a, b]) - stats.norm.cdf(a) * stats.norm.cdf(b) for a, b in pairs)


def truth(level: str, *, skewed: bool) -> np.ndarray:
    """Work out ICC(1) and ICC(2) of 15 people as drawn."""
    everything, unit, organisation = (shared(r, skewed=skewed) for r in (1, 0.10, 0.03))
    out = organisation if level == "within" else 0
    icc1 = (unit - out) / (everything - out)
    return np.array([icc1, 15 * icc1 / (1 + 14 * icc1)])


def covered(replicates: int, *, organisations: int, level: str, skewed: bool) -> float:
    """Count how often the intervals hold the truth: ICC(1) and ICC(2) together, since both follow from one F."""
    want, hits = truth(level, skewed=skewed), 0
    for frame in drawn(replicates, organisations=organisations, skewed=skewed):
        found = ex.reliability(frame, "voice", level=level)
        hits += bool(((found["conf_low"] <= want) & (want <= found["conf_high"])).all())
    return hits / replicates


def test_planted_coefficients_are_found():
    """With 400 organisations both are within three standard errors of what was drawn, and these are small."""
    (frame,) = drawn(1, organisations=400, skewed=False)
    for level in ("pooled", "within"):
        found = ex.reliability(frame, "voice", level=level)
        off = np.abs(found["estimate"] - truth(level, skewed=False))
        assert (off < 3 * found["std_error"]).all()
        assert (found["std_error"] < 0.02).all()


def test_the_intervals_cover():
    """In 100 benchmarks of 20 organisations, within four Monte Carlo errors of 95%."""
    found = covered(100, organisations=20, level="pooled", skewed=True)
    assert found == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 100))


@pytest.mark.long
@pytest.mark.parametrize("skewed", [False, True])
@pytest.mark.parametrize(
    ("level", "organisations"), [("pooled", 5), ("pooled", 20), ("pooled", 48), ("within", 1), ("within", 48)]
)
def test_the_intervals_cover_in_the_long_run(record: Callable[..., None], organisations: int, level: str, skewed: bool):
    """92 to 97% of 2,000 benchmarks, and 93% at least with 48 organisations."""
    found = covered(2000, organisations=organisations, level=level, skewed=skewed)
    kind = f"{'skewed scores' if skewed else 'marks'}, {organisations} organisations, {level}, 2,000 replicates"
    record(f"coverage of ICC(1) and ICC(2), {kind}", found)
    assert (0.93 if organisations >= 48 else 0.92) <= found <= 0.97
