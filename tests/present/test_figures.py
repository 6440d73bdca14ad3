"""One figure in running text."""

import pandas as pd
import pytest

from exkit.present.figures import figure, margin, opened, significant

ROW = pd.Series(
    {"effect": "diff", "of": "favourable", "y": "", "estimate": 0.043, "conf_low": 0.01, "conf_high": 0.076,
     "p_value": 0.01, "n": 1240, "reason": ""}
)  # fmt: skip


def test_a_figure_has_its_unit_its_margin_and_what_it_rests_on():
    """In the order in which it is read."""
    written = figure(ROW, language="nl").replace("\N{NO-BREAK SPACE}", " ")
    assert written == "+4,3 procentpunt (marge 1,0 tot 7,6, n = 1.240)"


def test_a_figure_without_margin_says_why():
    """A single cluster has none."""
    lone = pd.Series({**ROW, "conf_low": None, "conf_high": None, "reason": "one_cluster"})
    assert margin(lone, language="en").startswith("margin unknown: a single cluster, n")


@pytest.mark.parametrize(("low", "p", "said"), [(0.01, 0.01, ""), (-0.01, 0.01, "not "), (0.01, 0.2, "not ")])
def test_significant_takes_both_the_interval_and_the_test(low: float, p: float, said: str):
    """Where they disagree, the careful one is followed."""
    row = pd.Series({**ROW, "conf_low": low, "p_value": p})
    assert significant(row, language="en") == f"{said}statistically significant"


def test_a_sentence_starts_with_a_capital_but_a_name_keeps_its_own():
    """As eNPS does."""
    assert [opened(said) for said in ("klant-NPS: +14", "eNPS: +12", "")] == ["Klant-NPS: +14", "eNPS: +12", ""]
