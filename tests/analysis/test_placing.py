"""Units in the quarters of their organisation."""

import numpy as np
import pandas as pd
import pytest

from exkit.analysis.placing import Placed, place
from exkit.errors import ExkitError


def units(x: list[float], *, organisation: str = "A", y: list[float] | None = None) -> pd.DataFrame:
    """Give one organisation's units, named in the order of the alphabet."""
    names = [f"{organisation}{i:02}" for i in range(len(x))]
    return pd.DataFrame({"organisation": organisation, "unit": names, "x": x, "y": y or list(range(len(x)))})


def placed(*organisations: pd.DataFrame) -> Placed:
    """Place the units of some organisations."""
    return place(pd.concat(organisations), x="x", y="y", by=[])[0]


def quarter(found: Placed, number: int) -> list[str]:
    """Name the units of one quarter."""
    return found.units.loc[found.units["quarter"] == number, "unit"].tolist()


def test_a_quarter_of_eleven_units_is_two():
    """Rounded down, at both ends; the other seven lie between."""
    found = placed(units([5, 1, 4, 2, 3, 9, 8, 7, 6, 11, 10]))
    assert (quarter(found, 1), quarter(found, 4)) == (["A01", "A03"], ["A10", "A09"])
    assert found.units["quarter"].value_counts().to_dict() == {1: 2, 2: 4, 3: 3, 4: 2}


def test_quarters_are_made_within_organisations():
    """An organisation that scores high throughout still has a bottom quarter."""
    found = placed(units(list(range(8))), units(list(range(100, 108)), organisation="B"))
    assert quarter(found, 1) == ["A00", "A01", "B00", "B01"]


def test_ties_at_the_edge_are_put_in_order_of_names_and_counted():
    """Three units share the value at the lower edge, of whom one lies inside; a tie in the middle does not count."""
    found = placed(units([1, 2, 2, 2, 5, 5, 8, 9]))
    assert (quarter(found, 1), found.about["ties"]) == (["A00", "A01"], 3)


def test_a_tie_inside_a_quarter_decides_nothing():
    """Both are in, whatever their names."""
    assert placed(units([1, 1, 2, 3, 4, 5, 6, 6])).about["ties"] == 0


def test_an_organisation_of_seven_is_left_out_and_counted():
    """Seven units with both measures, of nine."""
    few = units([1, 2, 3, 4, 5, 6, 7, np.nan, 9], organisation="B", y=[1, 2, 3, 4, 5, 6, 7, 8, np.inf])
    found = placed(units(list(range(8))), few)
    assert {k: found.about[k] for k in ("n_units", "n_organisations", "n_left_out")} == {
        "n_units": 8,
        "n_organisations": 1,
        "n_left_out": 1,
    }


def test_an_organisation_whose_quarters_share_a_value_is_left_out():
    """Of seven equal units and a higher one, names alone would put a unit at the bottom rather than at the top."""
    found = placed(units(list(range(8))), units([3] * 7 + [4], organisation="B"))
    assert (set(found.units["organisation"]), found.about["n_left_out"]) == ({"A"}, 1)


def test_units_without_an_organisation_are_counted():
    """They are nobody's top or bottom."""
    lost = units(list(range(9))).assign(organisation=None)
    found = placed(units(list(range(8))), lost)
    assert (found.about["n_without_organisation"], found.about["n_units"]) == (9, 8)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (units([1, 2, 3]), "too_few_units"),
        (units([2] * 8), "constant"),
        (units(list(range(8)), y=[7] * 8), "constant"),
        (units([np.nan] * 8), "no_answers"),
        (units(list(range(8))).iloc[:0], "no_answers"),
        (pd.concat([units(list(range(8))).assign(wave=w) for w in ("2024", "2025")]), "several_waves"),
    ],
    ids=["few", "x", "y", "missing", "nobody", "waves"],
)
def test_what_has_no_quarters_says_why(frame: pd.DataFrame, reason: str):
    """One code for each."""
    assert place(frame, x="x", y="y", by=[])[0].reason == reason


def test_a_group_that_the_data_do_not_have_was_not_asked():
    """No sector is known of these units."""
    found = place(units(list(range(8))), x="x", y="y", by=["sector"])
    assert [(f.key["sector"], f.reason) for f in found] == [("", "not_asked")]


def test_a_column_that_is_missing_is_named_with_the_nearest():
    """As everywhere."""
    with pytest.raises(ExkitError, match=r"No column 'voise' in the units\. Did you mean 'voice'\?"):
        place(units([1]).assign(voice=1), x="voise", y="y", by=[])


def test_text_is_no_measure():
    """It has no order that could be meant."""
    with pytest.raises(ExkitError, match=r"'x' is not a measure of the units: it holds text, not numbers\."):
        place(units([1]).assign(x="high"), x="x", y="y", by=[])


def test_the_callers_frame_is_not_changed():
    """Neither its columns nor its order."""
    mine = units([3, 1, 2])
    place(before := mine.copy(), x="x", y="y", by=[])
    pd.testing.assert_frame_equal(before, mine)
