"""Fisher's exact test; agreement with R is in `test_agreement`."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.measures.tally import Tally

Crossed = Callable[..., Tally]
FEW = {"promoter": (1, 8), "passive": (5, 4), "detractor": (6, 2)}


def test_each_pair_of_groups_has_a_row(crossed: Crossed):
    """The more enthusiastic one against the other, as in `ratios`."""
    found, ratios = ex.fisher(crossed(FEW)), ex.ratios(crossed(FEW)).query("effect == 'odds_ratio'")
    assert found[["level", "reference"]].to_numpy().tolist() == ratios[["level", "reference"]].to_numpy().tolist()
    assert found["n"].tolist() == [18, 17, 17]
    assert found["n_smallest"].tolist() == [9, 8, 8]
    assert set(found["effect"]) == {"conditional_odds_ratio"}


def test_the_conditional_odds_ratio_is_nearer_to_one(crossed: Crossed):
    """8 × 5 / (1 × 4) = 10 in the sample."""
    found = ex.fisher(crossed(FEW)).iloc[0]
    assert ex.ratios(crossed(FEW)).query("effect == 'odds_ratio'")["estimate"].iloc[0] == 10
    assert 1 < found["estimate"] < 10


def test_the_tails_beyond_the_bounds_are_exact(crossed: Crossed):
    """2.5% of the noncentral hypergeometric distribution; at the estimate its mean is what was counted."""
    row = ex.fisher(crossed(FEW)).iloc[0]
    low, estimate, high = (stats.nchypergeom_fisher(18, 9, 12, row[c]) for c in ("conf_low", "estimate", "conf_high"))
    assert [low.sf(7), high.cdf(8)] == pytest.approx([0.025, 0.025])
    assert estimate.mean() == pytest.approx(8)


def test_p_is_that_of_fisher(crossed: Crossed):
    """The tables that are no likelier than the one found, added up by hand."""
    row, chance = ex.fisher(crossed(FEW)).iloc[0], stats.hypergeom(18, 9, 12).pmf(np.arange(3, 10))
    assert row["p_value"] == pytest.approx(chance[chance <= chance[5] * (1 + 1e-9)].sum())


def test_an_empty_cell_has_a_test_and_no_ratio(crossed: Crossed):
    """No infinity."""
    row = ex.fisher(crossed(FEW | {"detractor": (8, 0)})).iloc[1]
    assert (row["level"], row["reference"], row["reason"]) == ("promoter", "detractor", "zero_cell")
    assert row[["estimate", "conf_low", "conf_high"]].isna().all()
    assert row["p_value"] < 0.01


def test_a_group_in_which_nobody_is_says_so(crossed: Crossed):
    """In each pair that it is in."""
    found = ex.fisher(crossed({"promoter": (1, 8), "detractor": (6, 2)}))
    assert found["reason"].tolist() == ["no_answers", "", "no_answers"]


def test_each_sector_has_its_own_rows(crossed: Crossed):
    """As if it had been filtered first; data without sectors say so."""
    one = pd.DataFrame({"promoter_group": ["promoter", "promoter", "passive", "passive"], "answer": [0.0, 1, 0, 1]})
    counts = pd.concat([one.assign(sector="a", n=[1, 8, 5, 4]), one.assign(sector="b", n=[3, 3, 2, 9])])
    both, alone = ex.fisher(crossed(counts), by=["sector"]), ex.fisher(crossed(counts[counts["sector"] == "b"]))
    assert both["sector"].tolist() == ["a"] * 3 + ["b"] * 3
    assert both.loc[3, "estimate"] == alone.loc[0, "estimate"]
    assert ex.fisher(crossed(FEW), by=["sector"])["reason"].tolist() == ["not_asked"]


def test_weights_and_clusters_change_nothing(crossed: Crossed):
    """Every answer counts once, and the row says that nothing was clustered."""
    rows = [(g, float(a), f"O{i % 5}") for g, ns in FEW.items() for a, n in enumerate(ns) for i in range(n)]
    people = pd.DataFrame(rows, columns=["promoter_group", "answer", "organisation"])
    clustered = crossed(people, cluster="auto")
    clustered.counts["w"] *= 3
    found, plain = ex.fisher(clustered), ex.fisher(crossed(FEW))
    columns = ["estimate", "conf_low", "conf_high", "p_value", "n"]
    assert found[columns].to_numpy() == pytest.approx(plain[columns].to_numpy())
    assert set(found["cluster"]) == {"none"}
