"""How far organisations lie apart, in words."""

import pandas as pd

import exkit as ex
from exkit.result import result

SPREAD = {"x": "enps", "effect": "spread", "of": "nps", "n": 900, "n_organisations": 48, "seen": 10.0, "share": 0.49}


def test_a_spread_is_said_with_what_of_it_is_chance():
    """In points for an NPS."""
    row = result(pd.DataFrame({"wave": ["2025"]}), **SPREAD, estimate=7.0, conf_low=5.0, conf_high=9.5, p_value=0.001)
    assert ex.sentence(row, language="en") == (
        "The NPS of 48 organisations has a standard deviation of 10.0 points. Part of that is chance: of their true "
        "scores it is estimated at 7.0 points (margin 5.0 to 9.5), so that 49% of the variance seen between "
        "organisations is more than chance."
    )


def test_where_organisations_differ_by_chance_alone_it_says_so():
    """No share is told."""
    row = result(pd.DataFrame({"wave": ["2025"]}), **SPREAD, estimate=1.0, conf_low=0.0, conf_high=4.0, p_value=0.4)
    assert "no more than chance among those who answered gives" in ex.sentence(row, language="en")


def test_who_stands_out_is_counted_beside_chance():
    """Before and after correction, and nobody is named."""
    row = result(
        pd.DataFrame({"wave": ["2025"]}), x="enps", effect="distinct", of="nps", estimate=1 / 48, n=900, n_distinct=1,
        n_uncorrected=6, expected=2.4, family=48, adjusted_by="holm",
    )  # fmt: skip
    assert ex.sentence(row, language="en") == (
        "Organisations that differ from the others in NPS by a statistically significant amount, each tested on its "
        "own: 6 of 48; by chance alone it would be about 2.4. After correction for their number (Holm) it is 1."
    )


def test_too_few_organisations_are_said_to_be_so():
    """With the reason."""
    row = result(
        pd.DataFrame({"wave": ["2025"]}), x="enps", effect="spread", of="nps", n=90, reason="too_few_organisations"
    )
    said = "How far organisations lie apart in NPS cannot be told: too few organisations to calculate."
    assert ex.sentence(row, language="en") == said
