"""Families of tests."""

import numpy as np
import pandas as pd
import pingouin as pg
import pytest

from exkit.analysis.multiplicity import adjust
from exkit.errors import ExkitError

P = [0.001, 0.02, 0.03, 0.2, 0.9]


@pytest.mark.parametrize(
    ("method", "other"), {"holm": "holm", "bh": "fdr_bh", "by": "fdr_by", "bonferroni": "bonf"}.items()
)
def test_adjusted_values_are_those_of_pingouin(method: str, other: str):
    """Two packages, one answer."""
    adjusted = adjust(pd.DataFrame({"p_value": P}), method=method)
    np.testing.assert_allclose(adjusted["p_adjusted"], pg.multicomp(P, method=other)[1])


def test_rows_without_a_p_value_are_no_part_of_the_family():
    """They stay in the result and are not counted."""
    adjusted = adjust(pd.DataFrame({"p_value": [0.01, np.nan, 0.04]}))
    assert adjusted["family"].tolist() == [2, 2, 2]
    assert np.isnan(adjusted["p_adjusted"][1])


def test_a_family_without_any_p_value_is_empty():
    """Nothing to adjust is not an error."""
    assert adjust(pd.DataFrame({"p_value": [np.nan]}))["family"].tolist() == [0]


def test_an_unknown_method_is_named():
    """With the ones that there are."""
    with pytest.raises(ExkitError, match="No method 'hlm'. Did you mean 'holm'"):  # noqa: RUF043 - the dot is a dot
        adjust(pd.DataFrame({"p_value": P}), method="hlm")
