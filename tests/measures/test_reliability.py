"""α, ω and item-rest correlations: by hand, against another package, at the edges, and by simulation."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pingouin as pg
import pytest

import exkit as ex
from exkit.measures.reliability import alpha_of, one_factor
from exkit.measures.tally import Tally

ATTITUDE = Path(__file__).parents[3] / "shared" / "real" / "attitude.csv"
LQ2002 = ATTITUDE.with_name("lq2002.csv")
HERE = "the folder with real data, shared/real, is not beside the project"


def scale(dataset: Callable[..., Path], items: pd.DataFrame, *, reverse: str = "") -> Tally:
    """Count the items of one scale."""
    low, high = items.min().min(), items.max().max()
    rows = [f"employees,{c},item,voice,number,{low},{high},{'yes' if c == reverse else ''}" for c in items]
    book = "\n".join(["table,variable,role,scale,type,low,high,reverse", *rows])
    return ex.tally(ex.open(dataset(codebook=book + "\n", employees=items)), "voice")


def congeneric(n: int, *, loadings: list[float], seed: int = 1) -> pd.DataFrame:
    """Draw items that measure one thing, each with unit variance."""
    rng = np.random.default_rng(seed)
    loadings = np.array(loadings)
    noise = rng.normal(size=(n, len(loadings))) * np.sqrt(1 - loadings**2)
    items = pd.DataFrame(rng.normal(size=(n, 1)) * loadings + noise, columns=list("abcdefgh")[: len(loadings)])
    return items.round(3)


def true_omega(loadings: list[float]) -> float:
    """Work out ω from the loadings of standardised items."""
    loadings = np.array(loadings)
    return loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())


def test_alpha_is_the_one_that_pingouin_gives(dataset: Callable[..., Path]):
    """With Feldt's interval too."""
    items = congeneric(200, loadings=[0.5, 0.6, 0.7, 0.8])
    row = ex.alpha(scale(dataset, items)).iloc[0]
    value, interval = pg.cronbach_alpha(items)
    assert row["estimate"] == pytest.approx(value, abs=1e-12)
    assert [row["conf_low"], row["conf_high"]] == pytest.approx(list(interval), abs=1e-3)


def test_omega_recovers_the_loadings_it_was_made_with(dataset: Callable[..., Path]):
    """With 20,000 people the estimate is within three standard errors of the truth."""
    loadings = [0.4, 0.5, 0.7, 0.8, 0.6]
    row = ex.omega(scale(dataset, congeneric(20_000, loadings=loadings))).iloc[0]
    assert abs(row["estimate"] - true_omega(loadings)) < 3 * row["std_error"] < 0.02


def test_items_that_cancel_out_have_no_reliability(dataset: Callable[..., Path]):
    """An item and its mirror image: the sum is constant, and nothing is divided by it."""
    answers = np.tile([1.0, 2.0, 4.0, 5.0], 5)
    tally = scale(dataset, pd.DataFrame({"a": answers, "b": 6 - answers}))
    assert ex.alpha(tally)["reason"].tolist() == ["constant"]
    assert ex.item_rest(tally)["reason"].tolist() == ["reversed", "reversed"]


def test_an_item_that_equals_the_others_has_no_margin(dataset: Callable[..., Path]):
    """A correlation of one is given without the false certainty of an interval without width."""
    answers = np.tile([1.0, 2.0, 4.0, 5.0], 5)
    result = ex.item_rest(scale(dataset, pd.DataFrame({"a": answers, "b": answers, "c": answers})))
    assert result["estimate"].tolist() == pytest.approx([1, 1, 1])
    assert result[["conf_low", "conf_high"]].isna().all(axis=None)


def test_alpha_is_at_most_omega_where_items_differ(dataset: Callable[..., Path]):
    """Unequal loadings make α the lower of the two."""
    tally = scale(dataset, congeneric(5000, loadings=[0.3, 0.5, 0.9]))
    assert ex.alpha(tally)["estimate"].iloc[0] < ex.omega(tally)["estimate"].iloc[0]


def test_a_flipped_item_is_reported(dataset: Callable[..., Path]):
    """An item coded the wrong way round correlates negatively with the rest, and says so."""
    items = congeneric(300, loadings=[0.7, 0.7, 0.7, 0.7]).assign(c=lambda d: -d["c"])
    result = ex.item_rest(scale(dataset, items)).set_index("x")
    assert result.loc["c", "reason"] == "reversed"
    assert result.drop(index="c")["reason"].eq("").all()


def test_a_declared_reversed_item_is_turned_first(dataset: Callable[..., Path]):
    """Then nothing runs against the rest."""
    items = congeneric(300, loadings=[0.7, 0.7, 0.7, 0.7]).assign(c=lambda d: -d["c"])
    assert ex.item_rest(scale(dataset, items, reverse="c"))["reason"].eq("").all()


def test_a_constant_item_is_reported_and_not_absorbed(dataset: Callable[..., Path]):
    """There is no α of a scale with an item on which all agree; the item is named."""
    tally = scale(dataset, congeneric(50, loadings=[0.7, 0.7, 0.7]).assign(d=1.0))
    assert ex.alpha(tally)["reason"].tolist() == ["constant"]
    assert ex.omega(tally)["reason"].tolist() == ["constant"]
    result = ex.item_rest(tally).set_index("x")
    assert result.loc["d", "reason"] == "constant"
    assert np.isnan(result.loc["d", "estimate"])


def test_few_answers_and_few_items_give_a_reason(dataset: Callable[..., Path]):
    """Nine complete answers are too few; two items do not identify a factor."""
    assert ex.alpha(scale(dataset, congeneric(9, loadings=[0.7, 0.7, 0.7])))["reason"].tolist() == ["too_few"]
    pair = scale(dataset, congeneric(100, loadings=[0.7, 0.7]))
    assert ex.omega(pair)["reason"].tolist() == ["not_identifiable"]
    assert ex.alpha(pair)["estimate"].notna().all()


def test_a_fit_that_does_not_settle_gives_no_omega():
    """An item that is the factor itself leaves no unique variance: a Heywood case."""
    corr = np.array([[1, 0.99, 0.1], [0.99, 1, 0.9], [0.1, 0.9, 1.0]])
    assert one_factor(corr, method="ml") is None


def covered(n: int, loadings: list[float], replicates: int) -> float:
    """Count how often the interval of ω holds the truth."""
    from exkit.measures.reliability import omega
    from exkit.measures.tally import moments

    truth, hits = true_omega(loadings), 0
    people = pd.DataFrame({"weight": np.ones(n)})
    for seed in range(replicates):
        block = moments(congeneric(n, loadings=loadings, seed=seed), people, [])
        tally = Tally("employees", [], pd.DataFrame({"variable": []}), pd.DataFrame(), {}, {"voice": block}, None)
        row = omega(tally).iloc[0]
        hits += row["conf_low"] <= truth <= row["conf_high"]
    return hits / replicates


def test_the_interval_of_omega_covers():
    """In 300 samples of 200 people, within four Monte Carlo errors of 95%."""
    assert abs(covered(200, [0.5, 0.6, 0.7, 0.8, 0.6], 300) - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 300)


@pytest.mark.long
def test_the_interval_of_omega_covers_in_the_long_run(record: Callable[..., None]):
    """94 to 96% of 5,000 samples."""
    coverage = covered(200, [0.5, 0.6, 0.7, 0.8, 0.6], 5000)
    record("coverage of ω, n = 200, 5 items, 5,000 replicates", coverage)
    assert 0.94 <= coverage <= 0.96


@pytest.mark.skipif(not ATTITUDE.exists(), reason=HERE)
def test_alpha_of_the_attitude_data_is_the_published_one(dataset: Callable[..., Path]):
    """Seven scores of thirty departments: .84314277 (R)."""
    items = pd.read_csv(ATTITUDE, index_col=0).astype(float)
    assert alpha_of(items.cov().to_numpy()) == pytest.approx(0.84314277, abs=1e-8)
    assert ex.alpha(scale(dataset, items))["estimate"].iloc[0] == pytest.approx(0.84314277, abs=1e-8)


@pytest.mark.skipif(not LQ2002.exists(), reason=HERE)
def test_alpha_of_eleven_leadership_items_is_the_published_one(dataset: Callable[..., Path]):
    """2,042 people: .90223657 (R)."""
    items = pd.read_csv(LQ2002).filter(regex=r"^LEAD\d\d").astype(float)
    assert items.shape[1] == 11
    assert ex.alpha(scale(dataset, items))["estimate"].iloc[0] == pytest.approx(0.90223657, abs=1e-8)
