"""χ² of a clustered or weighted sample."""

from pathlib import Path

import pytest

import exkit as ex

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.mark.parametrize(
    ("cluster", "f", "p"),
    [
        (None, 124.292408689474, 1.54008175491729e-53),
        ("unit", 124.298733018212, 2.21708213682667e-37),
        ("sector", 183.509663151532, 2.93371975120332e-09),
    ],
)
def test_the_f_is_that_of_r(cluster: str | None, f: float, p: float):
    """svychisq(~group + recommends, svydesign(ids = ~1 or ~cluster, weights = ~weight)), R's survey 4.1."""
    pairs = ex.cross(ex.open(GOLDEN), x="recommend_work", y="recommend_to_customers", cluster=cluster)
    row = ex.association(pairs).iloc[0]
    assert row["chi2"] / (row["deff"] * row["chi2_df"]) == pytest.approx(f, rel=1e-12)
    assert row["p_value"] == pytest.approx(p, rel=1e-9)
