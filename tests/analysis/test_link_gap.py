"""Differences between the correlations of two groups of units."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.errors import ExkitError

NUMBERS = ["std_error", "conf_low", "conf_high", "p_value"]


def drawn(
    seed: int, *, rho: tuple[float, float] = (0.6, 0.2), organisations: int = 24, each: int = 10, share: float = 0.3
) -> pd.DataFrame:
    """Draw units of two sectors, half of the organisations each, and of much and little contact within each of them."""
    rng, of = np.random.default_rng(seed), np.repeat(np.arange(organisations), each)
    sector = np.where(of < organisations / 2, "care", "retail")
    part = np.where(sector == "care", *rho)
    z = np.sqrt(share) * rng.normal(size=(organisations, 2))[of] + np.sqrt(1 - share) * rng.normal(size=(len(of), 2))
    units = pd.DataFrame({"sector": sector, "organisation": [f"O{i:02d}" for i in of], "unit": np.arange(len(of))})
    contact = np.where(np.arange(len(of)) % 2, "high", "low")
    return units.assign(contact=contact, voice=z[:, 0], csat=part * z[:, 0] + np.sqrt(1 - part**2) * z[:, 1])


def only(units: pd.DataFrame, **how: object) -> pd.Series:
    """Compare the sectors: the one row."""
    result = ex.link_gap(units, **{"x": "voice", "y": "csat", "between": "sector", "against": "retail", **how})
    assert len(result) == 1
    return result.iloc[0]


def test_units_that_stand_alone_are_compared_as_fisher_did():
    """The z of two independent correlations, its p-value, and the interval of Zou."""
    units = drawn(1).drop(columns="organisation")
    row = only(units)
    r = [part[["voice", "csat"]].corr().iloc[0, 1] for _, part in units.groupby("sector")]
    z = np.diff(np.arctanh(r))[0] / -np.sqrt(2 / (120 - 3))
    low, high = (np.tanh(np.arctanh(r) + sign * stats.norm.ppf(0.975) / np.sqrt(117)) for sign in (-1, 1))
    assert row[["estimate", "z", "p_value"]].tolist() == pytest.approx([r[0] - r[1], z, 2 * stats.norm.sf(abs(z))])
    assert row["conf_low"] == pytest.approx(r[0] - r[1] - np.hypot(r[0] - low[0], high[1] - r[1]))
    assert row["conf_high"] == pytest.approx(r[0] - r[1] + np.hypot(high[0] - r[0], r[1] - low[1]))
    assert (row["effect"], row["of"], row["n"], row["n_smallest"], row["cluster"]) == ("diff", "r", 240, 120, "unit")


def test_sectors_share_no_organisation_and_are_independent():
    """Each has the error over its own organisations; degrees of freedom are Welch's."""
    units = drawn(2)
    row = only(units)
    each = ex.correlate(units, x="voice", y="csat", by=["sector"])
    error = each["std_error"] / (1 - each["estimate"] ** 2)
    z = (np.arctanh(each["estimate"][0]) - np.arctanh(each["estimate"][1])) / np.hypot(*error)
    df = (error**2).sum() ** 2 / (error**4 / 11).sum()
    assert (row["correlation"], row["cluster"]) == (0, "organisation")
    assert row[["z", "df", "p_value"]].tolist() == pytest.approx([z, df, 2 * stats.t.sf(abs(z), df)])
    assert row[["r_level", "r_reference"]].tolist() == each["estimate"].tolist()


def test_groups_that_share_organisations_are_not_independent():
    """The same units in two waves, seen nearly alike: their difference is far surer than that of strangers."""
    units = drawn(3)
    rng = np.random.default_rng(4)
    again = units.assign(csat=units["csat"] + 0.1 * rng.normal(size=len(units)))
    waves = pd.concat([units.assign(wave="2024"), again.assign(wave="2025")])
    row = only(waves, between="wave", against="2024")
    assert row["correlation"] > 0.9
    assert (row["df"], row["level"], row["reference"]) == (23, "2025", "2024")
    alone = ex.correlate(units, x="voice", y="csat")["std_error"].iloc[0]
    assert row["std_error"] < 0.5 * alone
    nobody = only(waves.drop(columns="organisation"), between="wave", against="2024")
    assert nobody["correlation"] > 0.9
    assert nobody["cluster"] == "unit"


def test_the_joint_error_is_that_of_leaving_organisations_out_of_both():
    """By hand, for teams with much and with little contact in the same organisations."""
    units = drawn(5, organisations=10)
    row = only(units, between="contact", against="low")
    z = {
        name: [
            np.arctanh(part[part["organisation"] != out][["voice", "csat"]].corr().iloc[0, 1])
            for out in units["organisation"].unique()
        ]
        for name, part in units.groupby("contact")
    }
    error = np.sqrt(9) * np.std(np.subtract(z["high"], z["low"]))
    own = np.arctanh(row["r_level"]) - np.arctanh(row["r_reference"])
    assert row["z"] == pytest.approx(own / error, rel=1e-9)


def test_a_difference_that_is_there_is_seen():
    """.6 against .2 within organisations."""
    row = only(drawn(6, organisations=60), level="within")
    assert row["conf_low"] > 0.1
    assert row["p_value"] < 0.01
    assert (row["link_level"], row["between"]) == ("within", "sector")


def test_it_sees_a_difference_where_there_is_none_in_one_of_twenty():
    """Within four Monte Carlo errors of 5%, in 200 benchmarks of 20 organisations."""
    p = [only(drawn(seed, rho=(0.3, 0.3), organisations=20), between="contact", against="low")["p_value"]
         for seed in range(200)]  # fmt: skip
    assert abs(np.mean(np.array(p) < 0.05) - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 200)


def test_all_pairs_are_compared_where_no_reference_is_named():
    """Each later name with each earlier one, within each group."""
    units = drawn(7).assign(
        region=lambda u: u["unit"] % 3, half=lambda u: np.where(u["organisation"] < "O12", "a", "b")
    )
    found = ex.link_gap(units, x="voice", y="csat", between="region", by=["half"])
    assert found[["half", "level", "reference"]].to_numpy().tolist() == [
        [half, *pair] for half in "ab" for pair in ([1, 0], [2, 0], [2, 1])
    ]


def test_the_other_coefficients_can_be_compared_too():
    """Ranks, and pairs."""
    units = drawn(8)
    for method, effect in {"spearman": "rho", "kendall": "tau_b"}.items():
        row = only(units, method=method)
        each = ex.correlate(units, x="voice", y="csat", by=["sector"], method=method)["estimate"]
        assert (row["of"], row["estimate"]) == (effect, pytest.approx(each[0] - each[1]))


@pytest.mark.parametrize("level", ["pooled", "within", "between"])
@pytest.mark.parametrize(
    ("spoil", "reasons"),
    [
        (lambda u: u.head(0).assign(sector="care"), {"not_asked"}),
        (lambda u: u.drop(columns="sector"), {"not_asked"}),
        (lambda u: u[u["sector"] == "retail"], {"not_asked"}),
        (lambda u: u.assign(csat=np.nan), {"no_answers"}),
        (lambda u: u.assign(csat=u["csat"].where(u["sector"] == "retail", np.inf)), {"no_answers"}),
        (lambda u: u.assign(voice=u["voice"].where(u["sector"] == "retail", 3.0)), {"constant"}),
        (lambda u: u.assign(csat=u["csat"].where(u["sector"] == "retail", u["voice"])), {"perfect"}),
        (lambda u: u[(u["sector"] == "retail") | (u["unit"] < 2)], {"too_few_units"}),
        (lambda u: u[(u["sector"] == "retail") | (u["organisation"] == "O00")], {"one_cluster", "too_few_units"}),
        (lambda u: pd.concat([u.assign(wave="2024"), u.assign(wave="2025")]), {"several_waves"}),
        (lambda u: u.groupby("organisation").head(2), {""}),
    ],
)
def test_a_hostile_frame_gives_a_reason(spoil: Callable, reasons: set, level: str):
    """Never a traceback, and no margin beside a reason."""
    units = spoil(drawn(9))
    against = "retail" if len(units) and "sector" in units else None
    row = only(units, level=level, against=against)
    assert row["reason"] in reasons
    assert row[NUMBERS].isna().all() if row["reason"] else row[NUMBERS].notna().all()


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"between": "sectr"}, r"No column 'sectr' in the units\. Did you mean 'sector'\?"),
        ({"against": "retial"}, r"No sector 'retial'\. Did you mean 'retail'\?"),
        ({"level": "withn"}, r"No level 'withn'\. Did you mean 'within'\?"),
        ({"method": "phi"}, r"No method 'phi'\."),
        ({"y": "unit_name"}, r"No column 'unit_name' in the units\."),
    ],
)
def test_a_mistake_is_told(how: dict, message: str):
    """What, where, and what was perhaps meant."""
    with pytest.raises(ExkitError, match=message):
        only(drawn(10), **how)


@pytest.mark.parametrize("organisations", [8, 120])
def test_groups_with_the_same_values_differ_by_nothing_that_has_an_error(organisations: int):
    """Not an interval around 0 that comes of rounding, without a p-value."""
    units = drawn(11, organisations=organisations)
    twice = pd.concat([units.assign(contact=contact) for contact in ("high", "low")], ignore_index=True)
    row = only(twice, between="contact", against="low")
    assert (row["estimate"], row["reason"]) == (0, "not_identifiable")
    assert row[NUMBERS].isna().all()
