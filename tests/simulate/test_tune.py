import numpy as np
import pandas as pd
import pytest

from exkit.errors import ExkitError
from exkit.simulate.tune import cuts, quarters, ratio, solve


def test_without_answers_a_normal_population_is_cut():
    """Half of it lies below 0."""
    assert cuts(np.array([0.5, 0.975])) == pytest.approx([0, 1.96], abs=0.001)


def test_answers_are_cut_between_two_of_them():
    """A quarter of four answers, one of which counts for two: one lies below."""
    at = cuts(np.array([0.2]), np.array([4.0, 1.0, 2.0, 3.0]), np.array([2.0, 1.0, 1.0, 1.0]))
    assert at.tolist() == [1.5]


def test_a_setting_is_solved():
    """The square root of two."""
    assert solve(lambda x: x**2, 2, between=(0, 2), what="square") == pytest.approx(2**0.5, abs=1e-6)


def test_a_figure_that_cannot_be_had_is_refused():
    """With what can be had."""
    with pytest.raises(ExkitError, match="square cannot be 9 in this study: it lies between 0 and 4"):
        solve(lambda x: x**2, 9, between=(0, 2), what="square")


UNITS = pd.DataFrame({"organisation": ["A"] * 9 + ["B"] * 7, "unit": [f"u{i}" for i in range(16)]})


def test_quarters_are_taken_within_organisations_that_have_eight_units():
    """Nine units have quarters of two; seven have none."""
    place = quarters(UNITS, pd.Series(range(16)), pd.Series(1.0, UNITS.index))
    assert place.tolist() == [-1, -1, 0, 0, 0, 0, 0, 1, 1, *[0] * 7]


def test_units_without_a_value_do_not_count_for_quarters():
    """Of nine units seven have both: too few."""
    value = pd.Series(1.0, UNITS.index).mask([True, True] + [False] * 14)
    assert not quarters(UNITS, pd.Series(range(16)), value).any()


def test_the_ratio_is_of_means():
    """Top over bottom."""
    assert ratio(np.array([1, 1, -1, 0]), np.array([3.0, 5.0, 2.0, 99.0])) == 2.0
