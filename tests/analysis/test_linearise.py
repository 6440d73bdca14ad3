"""Standard errors of figures of a table."""

from pathlib import Path

import numpy as np
import pytest

import exkit as ex

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.mark.parametrize(
    ("cluster", "risk", "odds"),
    [
        (None, 0.0325801772049513, 0.1350785148674715),
        ("unit", 0.0341560233678987, 0.1366900563040537),
        ("sector", 0.0190009271553191, 0.0854911385102280),
    ],
)
def test_log_ratios_have_the_errors_of_r(cluster: str | None, risk: float, odds: float):
    """R's svyby(~recommends, ~group, design, svymean, covmat=TRUE), then svycontrast of the logs of both ratios."""
    pairs = ex.cross(ex.open(GOLDEN), x="recommend_work", y="recommend_to_customers", cluster=cluster)
    found = ex.ratios(pairs)
    found = found[(found["level"] == "promoter") & (found["reference"] == "passive")].set_index("effect")
    errors = found["std_error"] / found["estimate"]
    assert np.log(found.at["risk_ratio", "estimate"]) == pytest.approx(0.2140956189519249, abs=1e-12)
    assert errors.tolist() == pytest.approx([risk, odds], rel=1e-10)
