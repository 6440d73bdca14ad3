"""Permutation tests of correlations within organisations."""

import itertools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.errors import ExkitError


def drawn(seed: int, *, organisations: int = 12, each: int = 8, rho: float = 0.3, between: float = 0.0) -> pd.DataFrame:
    """Draw units whose measures correlate `rho` within organisations, which differ, and `between` between them."""
    rng, of = np.random.default_rng(seed), np.repeat(np.arange(organisations), each)
    own = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=len(of))
    mood = rng.multivariate_normal([0, 0], [[1, between], [between, 1]], size=organisations)
    voice, csat = (own + mood[of]).T
    return pd.DataFrame(
        {"organisation": [f"O{i:02d}" for i in of], "unit": range(len(of)), "voice": voice, "csat": csat}
    )


def only(units: pd.DataFrame, **how: object) -> pd.Series:
    """Test voice with csat: the one row."""
    result = ex.permutation(units, **{"x": "voice", "y": "csat", **how})
    assert len(result) == 1
    return result.iloc[0]


def test_it_comes_near_to_all_permutations():
    """Of three organisations of four, 24³ ways: every one of them, by hand."""
    units = drawn(1, organisations=3, each=4)
    around = units[["voice", "csat"]] - units.groupby("organisation")[["voice", "csat"]].transform("mean")
    sums = []
    for name in units["organisation"].unique():
        x, y = around[units["organisation"] == name].to_numpy().T
        sums.append([x @ y[list(order)] for order in itertools.permutations(range(4))])
    every = np.add.outer(np.add.outer(sums[0], sums[1]), sums[2]).ravel()
    exact = np.mean(np.abs(every) >= abs(sum(its[0] for its in sums)) - 1e-12)
    found = only(units, n_perm=20_000)["p_value"]
    assert abs(found - exact) < 4 * np.sqrt(exact * (1 - exact) / 20_000)


def test_one_organisation_is_tested_as_scipy_does():
    """All its units are shuffled, and so are those of no organisation."""
    units = drawn(2, organisations=1, each=40, rho=0.25)
    shuffle = stats.PermutationMethod(n_resamples=9999, rng=np.random.default_rng(3))
    want = stats.pearsonr(units["voice"], units["csat"], method=shuffle).pvalue
    for frame, shuffled in ((units, "unit"), (units.drop(columns="organisation"), "unit")):
        row = only(frame, level="pooled")
        assert row["p_value"] == pytest.approx(want, abs=4 * np.sqrt(want * (1 - want) * (1 / 9999 + 1 / 5000)))
        assert row["shuffled"] == shuffled


def test_the_estimate_is_that_of_correlate():
    """At the level that is asked, and with ranks."""
    units = drawn(4)
    for how in ({"level": "within"}, {"level": "pooled"}, {"method": "spearman"}):
        want = ex.correlate(units, x="voice", y="csat", **{"level": "within", **how}).iloc[0]
        row = only(units, **how)
        assert row[["effect", "estimate", "n"]].tolist() == want[["effect", "estimate", "n"]].tolist()
        assert row["shuffled"] == "organisation"


def test_a_link_between_organisations_is_not_one_within():
    """Organisations that differ in both keep doing so when their units are shuffled: the null is about units."""
    units = drawn(5, organisations=30, rho=0, between=0.95)
    assert ex.correlate(units, x="voice", y="csat")["p_value"].iloc[0] < 0.01
    pooled, within = only(units, level="pooled"), only(units, level="within")
    assert pooled["p_value"] == within["p_value"] > 0.05
    assert pooled["estimate"] > within["estimate"] + 0.2


def test_a_p_value_is_never_zero():
    """The order that was seen is one of the orders."""
    assert only(drawn(6, organisations=20, rho=0.8), n_perm=99)["p_value"] == 1 / 100


def test_the_same_seed_gives_the_same_p_value():
    """And another one nearly the same."""
    units = drawn(7, rho=0.15)
    first, again, other = (only(units, seed=seed)["p_value"] for seed in (1, 1, 2))
    assert first == again != other
    assert first == pytest.approx(other, abs=0.05)


def test_it_sees_a_link_where_there_is_none_in_one_of_twenty():
    """Within four Monte Carlo errors, in 200 small benchmarks of few organisations that differ."""
    p = [only(drawn(seed, organisations=5, each=6, rho=0), n_perm=199)["p_value"] for seed in range(200)]
    assert abs(np.mean(np.array(p) <= 0.05) - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 200)


def test_each_pair_has_a_row_in_each_group():
    """Groups in front, and no interval."""
    units = drawn(8).assign(sector=lambda u: np.where(u["organisation"] < "O06", "a", "b"), wave="2025")
    found = ex.permutation(units, x="voice", y="csat", by=["sector"], n_perm=99)
    assert found["sector"].tolist() == ["a", "b"]
    assert found[["std_error", "conf_low", "conf_high"]].isna().all(axis=None)
    assert found["at"].eq("2025").all()


@pytest.mark.parametrize("method", ["pearson", "spearman"])
@pytest.mark.parametrize("level", ["pooled", "within"])
@pytest.mark.parametrize(
    ("spoil", "reasons"),
    [
        (lambda u: u.head(0), {"no_answers"}),
        (lambda u: u.head(1), {"too_few_units"}),
        (lambda u: u.assign(csat=np.nan), {"no_answers"}),
        (lambda u: u.assign(csat=np.inf), {"no_answers"}),
        (lambda u: u.assign(voice=7.0), {"constant"}),
        (lambda u: u.assign(voice=0.1 + 0.2, csat=1 / 3), {"constant"}),
        (lambda u: u.assign(voice=u["organisation"].str[1:].astype(float) / 3), {"constant"}),
        (lambda u: u.groupby("organisation").head(1), {"constant", "too_few_units"}),
        (lambda u: u.groupby("organisation").head(2), {""}),
        (lambda u: u.assign(csat=-3 * u["voice"]), {""}),
        (lambda u: pd.concat([u.assign(wave="2024"), u.assign(wave="2025")]), {"several_waves"}),
        (lambda u: u.assign(csat=np.where(u["organisation"] < "O06", np.nan, u["csat"])), {""}),
    ],
)
def test_a_hostile_frame_gives_a_reason(spoil: Callable, reasons: set, level: str, method: str):
    """Never a traceback, and a p-value where there is no reason."""
    row = only(spoil(drawn(9)), level=level, method=method, n_perm=99)
    assert row["reason"] in reasons
    assert (row["reason"] == "") == (0 < row["p_value"] <= 1)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"x": "voise"}, r"No column 'voise' in the units\. Did you mean 'voice'\?"),
        ({"level": "between"}, r"No level 'between'\."),
        ({"method": "kendall"}, r"No method 'kendall'\."),
        ({"n_perm": 20}, r"n_perm is 20\. A p-value takes at least 99 shuffles\."),
        ({"y": "organisation"}, r"Column 'organisation' of the units holds text\."),
    ],
)
def test_a_mistake_is_told(how: dict, message: str):
    """What, where, and what was perhaps meant."""
    with pytest.raises(ExkitError, match=message):
        only(drawn(10), **how)
