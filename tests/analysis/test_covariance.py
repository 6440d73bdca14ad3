"""How sure two groups are, and how far they move together."""

import numpy as np
import pandas as pd
import pytest

from exkit.analysis.covariance import DESIGN, dependent, independent


def alone(**columns: list[float]) -> pd.DataFrame:
    """Give groups by themselves, with an interval of two errors to either side."""
    rows = pd.DataFrame(columns)
    return rows.assign(conf_low=rows["estimate"] - rows["half"], conf_high=rows["estimate"] + rows["half"])


def test_errors_of_independent_groups_add_up():
    """With Welch's degrees of freedom, by hand."""
    a, b = (alone(estimate=[e], std_error=[s], half=[0.0], df=[d]) for e, s, d in ((10, 3.0, 4), (5, 4.0, 9)))
    row = independent(a, b, ci=0.95).iloc[0]
    assert row[["of_level", "of_reference", "both", "tested"]].tolist() == pytest.approx([9, 16, 0, 5])
    assert row["df"] == pytest.approx(25**2 / (81 / 4 + 256 / 9))


@pytest.mark.parametrize(("own", "tested"), [(10.0, 10 / 2.0), (-10.0, 10 / 2.0)])
def test_an_interval_that_is_wider_than_the_error_counts(own: float, tested: float):
    """On the side of the other group; at df 60 the quantile is 2.0003."""
    a = alone(estimate=[own], std_error=[0.0], half=[10.0], df=[60])
    b = alone(estimate=[0.0], std_error=[0.0], half=[0.0], df=[60])
    assert independent(a, b, ci=0.95)["tested"].iloc[0] == pytest.approx(tested, rel=1e-3)


def sums(means: dict[str, dict[str, float]], *, stratum: dict[str, str] | None = None) -> pd.DataFrame:
    """Lay out ten people per cluster and wave, of whom only the mean matters."""
    rows = [(wave, cluster, 10, 10.0, 10 * mean) for wave, its in means.items() for cluster, mean in its.items()]
    found = pd.DataFrame(rows, columns=["wave", "cluster", "n", "w", "wy"]).assign(**{DESIGN: 0})
    found = found.assign(w2=10.0, wyy=0.0, w2y=0.0, w2yy=0.0)
    return found if stratum is None else found.assign(stratum=found["cluster"].map(stratum))


PAIR = pd.DataFrame({DESIGN: [0], "level": ["b"], "reference": ["a"]}, index=[7])


def test_the_covariance_of_equal_clusters_is_that_of_their_means():
    """Divided by their number, as the variances are."""
    means = {"a": {"p": 1.0, "q": 3.0, "r": 8.0}, "b": {"p": 2.0, "q": 2.0, "r": 11.0}}
    row = dependent(sums(means), PAIR, between="wave").loc[7]
    of_a, of_b = (list(means[wave].values()) for wave in "ab")
    wanted = np.cov(of_b, of_a) / 3
    assert row[["of_level", "both", "of_reference"]].tolist() == pytest.approx(
        [wanted[0, 0], wanted[0, 1], wanted[1, 1]]
    )
    assert row["tested"] ** 2 == pytest.approx(np.var(np.subtract(of_b, of_a), ddof=1) / 3)
    assert row["df"] == 2


def test_strata_are_centred_by_themselves():
    """Two of two clusters: degrees of freedom are clusters minus strata."""
    means = {"a": {"p": 1.0, "q": 3.0, "r": 11.0, "s": 18.0}, "b": {"p": 2.0, "q": 2.0, "r": 11.0, "s": 15.0}}
    row = dependent(sums(means, stratum={"p": "1", "q": "1", "r": "2", "s": "2"}), PAIR, between="wave").loc[7]
    halves = [np.cov([2, 2], [1, 3]), np.cov([11, 15], [11, 18])]
    assert row["both"] == pytest.approx(sum(half[0, 1] * 2 for half in halves) / 16)
    assert row["df"] == 2


@pytest.mark.parametrize(
    "means",
    [
        {"a": {"p": 1.0, "q": 3.0}, "b": {"r": 1.0, "s": 3.0}},
        {"a": {"p": 1.0, "q": 3.0}, "b": {"p": 2.0, "q": 4.0}},
    ],
)
def test_groups_without_common_clusters_or_that_move_alike_have_no_pooled_design(means: dict):
    """They are left to `independent`."""
    assert dependent(sums(means), PAIR, between="wave").empty
