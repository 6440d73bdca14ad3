"""What is correlated: samples of units at a level; what they say together is in `test_linkage`."""

import numpy as np
import pandas as pd
import pytest

from exkit.analysis.levels import at_level, laid, questions, refusal
from exkit.errors import ExkitError


def units() -> pd.DataFrame:
    """Two organisations of two teams, one of a single team, and a team without any."""
    homes = ["A", "A", "B", "B", "C", None]
    return pd.DataFrame(
        {"unit": list("abcdef"), "organisation": homes, "voice": [1.0, 3, 2, 6, 5, 4], "csat": [7.0, 8, 6, 9, 7, 5]}
    )


@pytest.mark.parametrize(
    ("level", "rows", "clusters", "spent"), [("pooled", 6, 4, 0), ("within", 4, 2, 1), ("between", 3, 3, 0)]
)
def test_a_level_says_which_rows_there_are(level: str, rows: int, clusters: int, spent: int):
    """Within takes organisations of two units or more and spends their means; between has a row per organisation."""
    part = units() if level != "between" else units().dropna()
    sample = at_level(part, "voice", "csat", level=level)
    assert (len(sample.rows), sample.clusters, sample.spent) == (rows, clusters, spent)
    assert sample.n_organisations == len(sample.kept["organisation"].dropna().unique())


def test_within_is_around_the_mean_of_the_organisation():
    """Opposite values in organisations of two."""
    x = at_level(units(), "voice", "csat", level="within").rows[:, 0]
    assert x[0] == pytest.approx(-x[1])
    assert (x[3] - x[2]) / (x[1] - x[0]) == pytest.approx(2)


def test_a_unit_without_its_number_of_answers_has_no_weight():
    """The harmonic mean of both numbers, where there are both."""
    part = units().assign(voice_n=[4, 4, 4, 4, 4, 4], csat_n=[12, 12, 12, 12, 12, np.nan])
    sample = at_level(part, "voice", "csat", level="pooled", weight="harmonic")
    assert sample.weight.tolist() == pytest.approx([6] * 5)
    assert refusal(units(), "voice", "csat", level="pooled", weight="x") == "weight_unknown"


def test_every_pair_is_asked_of_every_group():
    """Text in place of numbers is a mistake, no measures are one too."""
    asked = [pair for pair, _part in questions(units(), ["voice", "csat"], "csat", by=["organisation"])]
    assert len(asked) == 4 * 2
    with pytest.raises(ExkitError, match=r"'unit' of the units holds text\. A correlation needs numbers"):
        list(questions(units(), "unit", "csat", by=[]))
    with pytest.raises(ExkitError, match="nothing to correlate"):
        list(questions(units(), [], "csat", by=[]))


def test_a_row_says_the_wave_that_all_units_are_of():
    """And what it was not asked stays empty."""
    row = laid([{"x": "voice", "y": "csat"}], units().assign(wave="2025"), [], level="pooled").iloc[0]
    assert row[["at", "level", "n", "interval"]].tolist() == ["2025", "pooled", 0, ""]
