"""Organisations apart by how high they are."""

import pandas as pd
import pytest

from exkit.analysis.split import split

NAMES = ("few", "many")
UNITS = pd.DataFrame(
    {"unit": list("abcde"), "organisation": ["A", "A", "B", "C", None], "exits": [0.3, 0.5, 0.41, None, 0.9]}
)


def test_an_organisation_is_of_one_kind_with_all_its_units():
    """A is at the limit of .40 with a mean of .40, B above it; of C nothing is known, and e has no organisation."""
    found = split(UNITS, "exits", above=0.40, names=NAMES, key="leave")
    assert found[["unit", "leave"]].to_numpy().tolist() == [["a", "few"], ["b", "few"], ["c", "many"]]


@pytest.mark.parametrize("lacking", ["exits", "organisation"])
def test_units_that_lack_the_measure_or_organisations_are_of_no_kind(lacking: str):
    """Whoever goes on finds the columns, and no rows."""
    found = split(UNITS.drop(columns=lacking), "exits", above=0.40, names=NAMES, key="leave")
    assert found.empty
    assert {"leave", "exits"} <= set(found)


def test_the_callers_frame_is_not_changed():
    """It has no new column."""
    same = UNITS.copy()
    split(UNITS, "exits", above=0.40, names=NAMES, key="leave")
    pd.testing.assert_frame_equal(UNITS, same)
