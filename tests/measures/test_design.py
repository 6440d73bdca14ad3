"""Standard errors: each against the formula worked out by another route."""

import numpy as np
import pandas as pd
import pytest

from exkit.measures.design import means, weigh


def answers(seed: int = 1) -> pd.DataFrame:
    """Draw weighted answers of 40 people in 8 teams of 4 organisations in 2 strata."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(8), 5)
    return pd.DataFrame(
        {
            "unit": unit.astype(str),
            "organisation": (unit // 2).astype(str),
            "stratum": (unit // 4).astype(str),
            "w": rng.uniform(0.5, 2, 40),
            "y": rng.integers(-1, 2, 40) * 100.0,
        }
    )


def sums(people: pd.DataFrame) -> pd.DataFrame:
    """Give each person a row of sums."""
    return weigh(people.assign(n=1, w2=people["w"] ** 2), people["y"])


def linearised(people: pd.DataFrame, cluster: str) -> float:
    """Work out the squared standard error with plain loops over strata and clusters."""
    mean, total = np.average(people["y"], weights=people["w"]), people["w"].sum()
    squared = 0.0
    for _, stratum in people.groupby("stratum"):
        z = [(c["w"] * (c["y"] - mean)).sum() / total for _, c in stratum.groupby(cluster)]
        squared += len(z) / (len(z) - 1) * sum((v - np.mean(z)) ** 2 for v in z)
    return squared


def test_organisations_are_the_clusters_of_a_figure_across_organisations():
    """Strata and clusters as in the textbook; two organisations in each of two strata leave two degrees of freedom."""
    people = answers()
    row = means(sums(people)).iloc[0]
    assert row["std_error"] ** 2 == pytest.approx(linearised(people, "organisation"), rel=1e-12)
    assert (row["cluster"], row["n_clusters"], row["df"]) == ("organisation", 4, 2)


def test_units_are_the_clusters_within_one_organisation():
    """An organisation's own figure takes its teams as clusters."""
    people = answers()[lambda d: d["organisation"] == "1"]
    row = means(sums(people)).iloc[0]
    assert row["std_error"] ** 2 == pytest.approx(linearised(people, "unit"), rel=1e-12)
    assert (row["cluster"], row["df"]) == ("unit", 1)


def test_groups_choose_their_clusters_each_for_itself():
    """A sector of one organisation is clustered by unit, beside a sector of three clustered by organisation."""
    people = answers().assign(sector=lambda d: np.where(d["organisation"] == "0", "alone", "others"), stratum="")
    found = means(sums(people), by=["sector"]).set_index("sector")
    assert list(found.loc[["alone", "others"], "cluster"]) == ["unit", "organisation"]
    for sector, cluster in {"alone": "unit", "others": "organisation"}.items():
        expected = linearised(people[people["sector"] == sector], cluster)
        assert found.loc[sector, "std_error"] ** 2 == pytest.approx(expected, rel=1e-12)


def test_people_are_independent_within_one_unit():
    """A team's own figure: every person a cluster of one."""
    people = answers()[lambda d: d["unit"] == "3"].assign(person=range(5))
    row = means(sums(people.drop(columns="person"))).iloc[0]
    assert row["std_error"] ** 2 == pytest.approx(linearised(people, "person"), rel=1e-12)


def test_a_mean_of_rows_and_of_their_sums_is_the_same():
    """What is summed per cell first gives the same figures as row by row."""
    people = answers()
    by_row = means(sums(people))
    by_cell = sums(people).groupby(["unit", "organisation", "stratum"]).sum(numeric_only=True).reset_index()
    pd.testing.assert_frame_equal(by_row, means(by_cell), check_exact=False, rtol=1e-12)


def test_constant_weights_are_no_weights():
    """Everybody counting for 2.5 is everybody counting for one."""
    plain, weighted = (means(sums(answers().assign(w=w, stratum="")), cluster=None) for w in (1.0, 2.5))
    columns = ["estimate", "std_error", "n_eff", "deff", "deff_kish"]
    np.testing.assert_allclose(plain[columns], weighted[columns], rtol=1e-12)
    assert plain["n_eff"].iloc[0] == pytest.approx(40)


def test_the_effective_number_is_never_more_than_the_number():
    """Clusters that are more alike than chance would have it do not buy answers."""
    balanced = pd.DataFrame({"unit": np.repeat(list("abcd"), 10), "y": np.tile([100.0, -100.0], 20), "w": 1.0})
    row = means(sums(balanced)).iloc[0]
    assert row["std_error"] == 0
    assert row["n_eff"] == 40


def test_a_stratum_with_one_cluster_leaves_the_error_unknown():
    """There is no spread to be seen within it."""
    people = answers().assign(stratum=lambda d: np.where(d["organisation"] == "0", "lone", "rest"))
    assert means(sums(people))["std_error"].isna().all()


def test_where_all_answer_alike_weights_still_cost_answers():
    """Spread cannot tell how many answers there are in effect, so that Kish's factor does: (1+1+1+3)² / 12 = 3."""
    people = answers().head(4).assign(y=100.0, w=[1.0, 1.0, 1.0, 3.0])
    row = means(sums(people), cluster=None).iloc[0]
    assert (row["n"], row["n_eff"]) == (4, pytest.approx(3))
