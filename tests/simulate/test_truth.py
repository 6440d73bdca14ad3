import pytest

from exkit.errors import ExkitError
from exkit.simulate.truth import Published, Truth


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"r_units": 1.2}, "r_units is 1.2. A correlation or path lies between -1 and 1."),
        ({"path_ex_cx": -1.5}, "path_ex_cx is -1.5. A correlation or path"),
        ({"icc_engagement": 1.0}, "icc_engagement is 1. It is a part of the variance: from 0, below 1."),
        ({"organisations": 0}, "organisations is 0. There must be at least one."),
        ({"units": (9, 5)}, "units is 9 to 5. Give the fewest first, at least one."),
        ({"units": (4, 7)}, "units is 4 to 7: quarters need 8 in an organisation. Give more units."),
        ({"waves": ("2025", "2024")}, "waves is 2025, 2024. Give at least one, each once, in order."),
        ({"waves": ()}, "waves is empty."),
        (
            {"published": Published(enps=(0.4, 0.5, 0.2))},
            "promoters, passives and detractors sum to 110%, not to 100%.",
        ),
        ({"published": Published(strives=1.2)}, "strives is 1.2. A share lies between 0 and 1."),
        ({"published": Published(recommending=(0.8, 0.2, -0.1))}, "recommending[2] is -0.1. A share lies"),
        ({"r_units": 0.9}, "r_units is 0.9: it cannot lie above the mean of r_high and r_low, 0.575,"),
        (
            {"r_high": 0.99, "r_low": 0.3},
            "r_high is 0.99: beside r_organisations and r_within it needs a correlation of",
        ),
        ({"part_organisations": 0.6, "part_within": 0.4}, "leave no stable part."),
        ({"autoregression": 0.95}, "autoregression and paths do not go with r_within. Make them smaller."),
        ({"leadership_orientation": 0.9, "communication_orientation": 0.8}, "explain more than all of it."),
    ],
)
def test_what_cannot_be_true_is_refused_with_the_reason(settings, told):
    """Before anything is drawn."""
    with pytest.raises(ExkitError) as refused:
        Truth(**settings)
    assert told in str(refused.value)


def test_everything_that_cannot_be_is_told_at_once():
    """Not one mistake at a time."""
    with pytest.raises(ExkitError, match="2 problems in the truth of this study"):
        Truth(r_units=2, staff=0)


def test_without_published_figures_few_units_will_do():
    """Quarters are only needed where they are tuned."""
    assert Truth(units=(2, 3), published=None).units == (2, 3)


def test_the_correlations_of_both_groups_and_of_all_units_hold_together():
    """The parts of the variance, put together again, give the three correlations that were asked for."""
    t = Truth()
    rest = t.part_organisations * t.r_organisations + t.part_within * t.r_within
    for name, r in t.r_stable.items():
        assert (rest + t.part_stable * r) / (1 - t.offset_squared) == pytest.approx(getattr(t, f"r_{name}"))
    pooled = rest + t.part_stable * sum(t.r_stable.values()) / 2 - t.offset_squared
    assert pooled == pytest.approx(t.r_units)
