"""Do promoters recommend us to customers: shares, ratios, association."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.analysis.contingency import ORDERED, RATIOS, cramers_v
from exkit.analysis.linearise import estimates
from exkit.errors import ExkitError
from exkit.measures.cross import SCORES
from exkit.measures.tally import Tally

Crossed = Callable[..., Tally]
PUBLISHED = {"promoter": (62, 248), "passive": (410, 90), "detractor": (184, 6)}


def people(rng: np.random.Generator, *, organisations: int = 20, each: int = 30, spread: float = 0.4) -> pd.DataFrame:
    """Draw people whose organisation colours both answers; yes by 80, 18 and 3%, before it does."""
    mood = np.repeat(rng.normal(0, spread, organisations), each)
    felt = mood + rng.normal(0, 1, mood.size)
    group = np.select([felt > 0.5, felt < -0.9], ["promoter", "detractor"], "passive")
    chance = pd.Series(group).map({"promoter": 1.4, "passive": -1.5, "detractor": -3.5}).to_numpy() + mood
    answer = (rng.random(mood.size) < 1 / (1 + np.exp(-chance))).astype(float)
    names = np.repeat([f"O{i:02d}" for i in range(organisations)], each)
    return pd.DataFrame({"organisation": names, "promoter_group": group, "answer": answer})


def test_each_group_has_its_share(crossed: Crossed):
    """Promoters first, of the valid answers of their own group."""
    found = ex.recommending(crossed(PUBLISHED))
    assert found["promoter_group"].tolist() == ["promoter", "passive", "detractor"]
    assert found["estimate"].tolist() == pytest.approx([0.80, 0.18, 6 / 190])
    assert ((found["conf_low"] < found["estimate"]) & (found["estimate"] < found["conf_high"])).all()


def test_each_share_has_its_exact_interval_too(crossed: Crossed):
    """Clopper and Pearson's, which holds Wilson's and is that of scipy."""
    found = ex.recommending(crossed(PUBLISHED))
    exact = [stats.binomtest(yes, no + yes).proportion_ci() for no, yes in PUBLISHED.values()]
    assert found[["exact_low", "exact_high"]].to_numpy() == pytest.approx(np.array([[e.low, e.high] for e in exact]))


def test_with_organisations_the_exact_interval_widens(crossed: Crossed):
    """At the effective number of answers."""
    drawn = people(np.random.default_rng(3), spread=1)
    wide, narrow = ex.recommending(crossed(drawn, cluster="auto")), ex.recommending(crossed(drawn))
    assert (wide["exact_high"] - wide["exact_low"] > narrow["exact_high"] - narrow["exact_low"]).all()


def test_a_group_in_which_nobody_is_says_so(crossed: Crossed):
    """In its own row, in every ratio that needs it, and not in the others."""
    pairs = crossed({"promoter": (20, 80), "detractor": (70, 30)})
    shares, ratios = ex.recommending(pairs), ex.ratios(pairs)
    assert shares["reason"].tolist() == ["", "no_answers", ""]
    assert shares["n"].tolist() == [100, 0, 100]
    assert set(ratios.loc[ratios[["level", "reference"]].eq("passive").any(axis="columns"), "reason"]) == {"no_answers"}
    assert ex.association(pairs)["reason"].tolist() == ["", "", ""]


def test_most_recommenders_are_promoters(crossed: Crossed):
    """248 of 344; and the overall share is the sum over groups of size times share."""
    found = ex.recommenders(crossed(PUBLISHED)).set_index("y")
    assert found.at["promoter", "estimate"] == pytest.approx(248 / 344)
    assert found["n"].tolist() == [344] * 3
    assert ex.favourable(crossed(PUBLISHED))["estimate"].iloc[0] == pytest.approx(0.344)


def test_a_zero_cell_gives_a_reason_and_no_infinity(crossed: Crossed):
    """No detractor recommends: no ratio against them; the others stand."""
    found = ex.ratios(crossed(PUBLISHED | {"detractor": (190, 0)})).set_index(["effect", "reference", "level"])
    assert found.loc["risk_ratio"].loc["detractor", "reason"].tolist() == ["zero_cell", "zero_cell"]
    assert found.loc[found["reason"] != "", ["estimate", "conf_low", "conf_high", "p_value"]].isna().all(axis=None)
    assert found.at[("odds_ratio", "passive", "promoter"), "reason"] == ""


def test_everybody_saying_yes_is_constant(crossed: Crossed):
    """Nothing varies, nothing goes together."""
    found = ex.association(crossed({"promoter": (0, 80), "passive": (0, 18), "detractor": (0, 3)}))
    assert set(found["reason"]) == {"constant"}
    assert found["estimate"].isna().all()


def test_everybody_a_promoter_is_constant_too(crossed: Crossed):
    """One group alone has no association with anything."""
    assert set(ex.association(crossed({"promoter": (20, 80)}))["reason"]) == {"constant"}


def test_groups_that_answer_alike_have_a_v_of_zero_with_a_bound(crossed: Crossed):
    """An interval is never of zero width."""
    row = ex.association(crossed({"promoter": (50, 50), "passive": (50, 50), "detractor": (50, 50)})).iloc[0]
    assert (row["reason"], row["estimate"], row["conf_low"]) == ("", 0, 0)
    assert row["conf_high"] > 0.1


def test_a_perfect_order_has_no_interval(crossed: Crossed):
    """γ is 1 where all promoters say yes and all detractors no."""
    found = ex.association(crossed({"promoter": (0, 50), "detractor": (50, 0)})).set_index("effect")
    assert found["reason"].to_dict() == {"cramers_v": "perfect", "gamma": "perfect", "r": "perfect"}
    assert found.loc["gamma", ["estimate", "conf_low"]].tolist() == pytest.approx([1, np.nan], nan_ok=True)


def test_one_person_is_too_few(crossed: Crossed):
    """No figure, no traceback."""
    pairs = crossed({"promoter": (0, 1)})
    assert set(ex.association(pairs)["reason"]) == {"too_few"}
    assert set(ex.ratios(pairs)["reason"]) == {"no_answers"}
    assert ex.recommending(pairs)["reason"].tolist() == ["too_few", "no_answers", "no_answers"]


def test_organisations_make_it_less_sure(crossed: Crossed):
    """With clusters the standard error of a ratio, the p-value and V's interval allow for them."""
    drawn = people(np.random.default_rng(1), spread=1)
    alone, together = crossed(drawn), crossed(drawn, cluster="auto")
    wide, narrow = ex.ratios(together), ex.ratios(alone)
    assert (wide["cluster"] == "organisation").all()
    assert (wide["df"] == 19).all()
    assert wide["std_error"].mean() > narrow["std_error"].mean()
    v, v_alone = ex.association(together).iloc[0], ex.association(alone).iloc[0]
    assert v["estimate"] == v_alone["estimate"]
    assert v["p_value"] > v_alone["p_value"]


def test_each_sector_has_its_own_rows(crossed: Crossed):
    """As if it had been filtered first."""
    drawn = people(np.random.default_rng(2))
    drawn["sector"] = np.where(drawn["organisation"] < "O10", "a", "b")
    both = ex.association(crossed(drawn, cluster="auto"), by=["sector"])
    alone = ex.association(crossed(drawn[drawn["sector"] == "a"], cluster="auto"))
    assert both["sector"].tolist() == ["a"] * 3 + ["b"] * 3
    numbers = ["estimate", "conf_low", "conf_high", "p_value", "n"]
    assert both.loc[both["sector"] == "a", numbers].to_numpy() == pytest.approx(alone[numbers].to_numpy())


def test_data_without_sectors_say_so(crossed: Crossed):
    """One row with a reason, from each of the four."""
    for function in (ex.recommending, ex.recommenders, ex.ratios, ex.association):
        found = function(crossed(PUBLISHED), by=["sector"])
        assert found["reason"].tolist() == ["not_asked"]


def test_a_plain_tally_is_no_cross_tally(crossed: Crossed):
    """The message says how to count."""
    pairs = crossed(PUBLISHED)
    plain = Tally(pairs.table, [], pairs.counts, pairs.definitions, {}, {}, None)
    with pytest.raises(ExkitError, match=r"Count with ex.cross\(study, x=..., y=...\)"):
        ex.ratios(plain)


def test_those_with_enthusiastic_customers_are_compared_with_the_others(dataset: Callable[..., Path]):
    """Not with the average that they are part of: 29 against 10.5, where all have 12."""
    book = """\
table,variable,role,low,high,promoter_from,detractor_to
employees,enps,recommend_work,0,10,9,6
employees,delighted,,0,1,,
"""
    marks = {1: [9] * 100 + [7] * 58 + [3] * 42, 0: [9] * 710 + [7] * 1122 + [3] * 468}
    rows = [(said, mark) for said, given in marks.items() for mark in given]
    said, enps = zip(*rows, strict=True)
    study = ex.open(dataset(codebook=book, employees={"delighted": said, "enps": enps}))
    tally = ex.tally(study, "recommend_work", by=["delighted"])
    row = ex.compare(tally, between="delighted").iloc[0]
    assert ex.nps(tally)["estimate"].iloc[0] == pytest.approx(12)
    assert row["estimate"] == pytest.approx(29 - (12 - 0.08 * 29) / 0.92)


TRUTHS = {
    "independent": [[0.155, 0.155], [0.25, 0.25], [0.095, 0.095]],
    "weak": [[0.125, 0.185], [0.25, 0.25], [0.110, 0.080]],
    "published": [[0.062, 0.248], [0.41, 0.09], [0.16, 0.03]],
}


def simple_samples(replicates: int, truth: str, crossed: Crossed, *, n: int) -> tuple[pd.Series, float]:
    """How often the intervals of simple samples hold the truth, and how often independence is rejected."""
    table = np.array(TRUTHS[truth])
    drawn = np.random.default_rng(1).multinomial(n, table.ravel(), size=replicates)
    index = pd.MultiIndex.from_product(
        [range(replicates), SCORES, [0, 1]], names=["sector", "promoter_group", "answer"]
    )
    counts = pd.Series(drawn.ravel(), index=index, name="n").reset_index().query("n > 0")
    pairs = crossed(counts)
    true = {figure.effect: float(figure.of(table)) for figure in [*ORDERED, RATIOS[0]]} | {
        "cramers_v": cramers_v(table)
    }
    found = pd.concat([ex.association(pairs, by=["sector"]), estimates(pairs, RATIOS[:1], by=["sector"])])
    held = found["conf_low"].le(found["effect"].map(true)) & found["conf_high"].ge(found["effect"].map(true))
    rejected = found.loc[found["effect"] == "cramers_v", "p_value"] < 0.05
    return held.groupby(found["effect"]).mean(), float(rejected.mean())


@pytest.mark.parametrize("truth", TRUTHS)
def test_intervals_of_simple_samples_cover(truth: str, crossed: Crossed):
    """95% of 500 samples of 200, within four Monte Carlo errors; without association 5% false alarms."""
    held, rejected = simple_samples(500, truth, crossed, n=200)
    error = 4 * np.sqrt(0.95 * 0.05 / 500)
    assert (abs(held - 0.95) < error).all()
    assert truth != "independent" or abs(rejected - 0.05) < error


@pytest.mark.long
@pytest.mark.parametrize("n", [50, 200, 1000])
@pytest.mark.parametrize("truth", TRUTHS)
def test_intervals_of_simple_samples_cover_in_the_long_run(
    truth: str, n: int, crossed: Crossed, record: Callable[[str, float], None]
):
    """93 to 97% of 5,000 samples; of 50 people, few of whom break the order, 89% for γ."""
    held, rejected = simple_samples(5000, truth, crossed, n=n)
    for effect, share in held.items():
        record(f"coverage of {effect} of promoter groups, {truth}, n = {n}, 5,000 replicates", share)
        assert (0.93 if n > 50 else 0.89) <= share <= 0.97
    if truth == "independent":
        record(f"false alarms of independence of promoter groups, n = {n}, 5,000 replicates", rejected)
        assert 0.04 <= rejected <= 0.06


def coverage(replicates: int, crossed: Crossed, *, organisations: int) -> pd.Series:
    """How often the intervals hold the figures of an endless benchmark; each replicate is a sector of one tally."""

    def figures(drawn: pd.DataFrame) -> pd.DataFrame:
        pairs = crossed(drawn, cluster="auto")
        return pd.concat([ex.association(pairs, by=["sector"]), estimates(pairs, RATIOS[:1], by=["sector"])])

    rng = np.random.default_rng(0)
    true = figures(people(rng, organisations=4000, each=250).assign(sector=0)).set_index("effect")["estimate"]
    drawn = people(rng, organisations=organisations * replicates)
    found = figures(drawn.assign(sector=drawn["organisation"].str[1:].astype(int) // organisations))
    held = found["conf_low"].lt(found["effect"].map(true)) & found["conf_high"].gt(found["effect"].map(true))
    return held.groupby(found["effect"]).mean()


@pytest.mark.long
@pytest.mark.parametrize("organisations", [10, 20, 48])
def test_intervals_across_organisations_cover_in_the_long_run(
    organisations: int, crossed: Crossed, record: Callable[[str, float], None]
):
    """93 to 97% of 2,000 benchmarks."""
    for name, share in coverage(2000, crossed, organisations=organisations).items():
        record(f"coverage of {name} of promoter groups, {organisations} organisations, 2,000 replicates", share)
        assert 0.93 <= share <= 0.97
