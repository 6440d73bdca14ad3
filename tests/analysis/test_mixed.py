"""Mixed models of people in units in organisations: by rows, by hand, at the edges, and by simulation."""

import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

import exkit as ex
from exkit.errors import ExkitError

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "p_value"]
VARIANCES = ["var_unit", "var_organisation", "var_residual"]
TRUTH = {"b": 0.3, "var_unit": 0.10, "var_organisation": 0.05, "var_residual": 3.0}


def drawn(
    seed: int, *, organisations: int = 48, each: int = 11, within: float = TRUTH["b"], between: float = TRUTH["b"]
) -> pd.DataFrame:
    """Draw units of 10 to 60 customers, whose marks go with x: `between` organisations and `within` them."""
    rng, of = np.random.default_rng(seed), np.repeat(np.arange(organisations), each)
    mood, own = 0.4 * rng.normal(size=organisations)[of], 0.6 * rng.normal(size=len(of))
    lasting = np.sqrt(TRUTH["var_organisation"]) * rng.normal(size=organisations)[of]
    mark = 7 + between * mood + within * own + lasting + np.sqrt(TRUTH["var_unit"]) * rng.normal(size=len(of))
    n, variance = rng.integers(10, 61, size=len(of)), TRUTH["var_residual"]
    return pd.DataFrame(
        {
            "organisation": [f"O{i:02d}" for i in of],
            "unit": [f"U{i:03d}" for i in range(len(of))],
            "voice": mood + own,
            "mark": mark + np.sqrt(variance / n) * rng.normal(size=len(of)),
            "mark_n": n,
            "mark_sd": np.sqrt(variance * rng.chisquare(n - 1) / (n - 1)),
        }
    )


def customers(seed: int, *, organisations: int = 8, units: int = 5, waves: int = 3) -> pd.DataFrame:
    """Draw customers, one row each, of units in organisations over waves."""
    rng = np.random.default_rng(seed)
    cells = pd.MultiIndex.from_product(
        [range(organisations), range(units), range(waves)], names=["organisation", "unit", "wave"]
    ).to_frame(index=False)
    cells["unit"] += cells["organisation"] * units
    cells["voice"] = rng.normal(size=len(cells)) + rng.normal(size=organisations * units)[cells["unit"]]
    people = cells.loc[cells.index.repeat(rng.integers(1, 9, size=len(cells)))].reset_index(drop=True)
    lasting = (
        rng.normal(size=organisations)[people["organisation"]] + rng.normal(size=organisations * units)[people["unit"]]
    )
    people["mark"] = 5 + 0.4 * people["voice"] + 0.7 * lasting + rng.normal(size=len(people))
    return people.astype({"organisation": "str", "unit": "str", "wave": "str"})


def summed(people: pd.DataFrame) -> pd.DataFrame:
    """Sum customers up to a units frame."""
    groups = people.groupby(["wave", "organisation", "unit", "voice"])["mark"]
    return groups.agg(mark="mean", mark_n="size", mark_sd="std").reset_index()


def fitted(units: pd.DataFrame, **how: object) -> pd.DataFrame:
    """Fit the mark on voice."""
    return ex.mixed(units, **{"x": "voice", "y": "mark", **how})


def variances(found: pd.DataFrame) -> pd.Series:
    """Take the estimates of the variances."""
    return found.set_index("effect")["estimate"][VARIANCES]


def slopes(found: pd.DataFrame) -> pd.DataFrame:
    """Take the rows of the parts of x, by part."""
    return found[found["effect"].eq("b") & found["x"].eq("voice")].set_index("level")


# ------------------------------------------------------------------------------------------------- against other means


def test_what_a_slope_is_counted_in_is_said():
    """Points where y is an NPS; nothing else of the model is."""
    found = ex.mixed(drawn(1, organisations=6, each=5), x="voice", y="mark", points=["mark"])
    assert found.groupby("effect")["of"].unique().str.join("").to_dict() == {
        "b": "points",
        **dict.fromkeys([*VARIANCES, "icc"], ""),
    }


@pytest.mark.parametrize("reml", [True, False])
def test_sums_give_what_rows_give_elsewhere(reml: bool):
    """Statsmodels, on customers: slopes, errors (its own are from a numerical curvature), variances and likelihood."""
    people = customers(1)
    model = smf.mixedlm(
        "mark ~ voice + wave", people, groups="organisation", re_formula="1", vc_formula={"unit": "0 + C(unit)"}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        want = model.fit(reml=reml)
    found = fitted(summed(people), covar=["wave"], reml=reml)
    terms = found[found["effect"] == "b"]
    order = ["voice", "wave[T.1]", "wave[T.2]", "Intercept"]
    assert terms["estimate"].to_numpy() == pytest.approx(want.fe_params[order].to_numpy(), abs=1e-4)
    assert terms["std_error"].to_numpy() == pytest.approx(want.bse_fe[order].to_numpy(), rel=5e-3)
    assert variances(found).to_numpy() == pytest.approx([want.vcomp[0], want.cov_re.iloc[0, 0], want.scale], rel=2e-3)
    assert found["log_likelihood"].iloc[0] == pytest.approx(want.llf, abs=1e-4)


def test_balanced_units_have_the_variances_of_mean_squares():
    """By hand: the residual is MSW, and a unit's variance (MSB - MSW) / n; the slope that of unit means, with J - 2."""
    units = drawn(2, organisations=1, each=30).assign(mark_n=50)
    found = fitted(units).set_index("effect")
    line = np.polynomial.Polynomial.fit(units["voice"], units["mark"], 1).convert()
    left = ((units["mark"] - line(units["voice"])) ** 2).sum() / 28
    within = (units["mark_sd"] ** 2).mean()
    assert found.at["var_residual", "estimate"] == pytest.approx(within, rel=1e-8)
    assert found.at["var_unit", "estimate"] == pytest.approx(left - within / 50, rel=1e-8)
    b = found.loc["b"].iloc[0]
    assert b["estimate"] == pytest.approx(line.coef[1], rel=1e-8)
    assert b["std_error"] == pytest.approx(np.sqrt(left / (29 * units["voice"].var())), rel=1e-8)
    assert b["df"] == pytest.approx(28, rel=1e-6)


def test_balanced_organisations_carry_the_slope_between_them():
    """The intercept's error and degrees of freedom are those of organisation means."""
    units = drawn(3, organisations=12).assign(mark_n=25)
    found = ex.mixed(units, x=(), y="mark")
    means = units.groupby("organisation")["mark"].mean()
    assert found["x"].iloc[0] == "intercept"
    assert found["estimate"].iloc[0] == pytest.approx(means.mean(), rel=1e-9)
    assert found["std_error"].iloc[0] == pytest.approx(means.std() / np.sqrt(12), rel=1e-7)
    assert found["df"].iloc[0] == pytest.approx(11, rel=1e-6)


def test_waves_may_be_summed_apart_or_together():
    """Cells of one unit with the same x are one cell: what counts is the customers."""
    people = customers(4).assign(voice=lambda p: p.groupby("unit")["voice"].transform("first"))
    apart = summed(people)
    together = summed(people.assign(wave="all"))
    for name in NUMBERS:
        assert fitted(apart)[name].to_numpy(float) == pytest.approx(fitted(together)[name].to_numpy(float), nan_ok=True)


def test_planted_values_are_found():
    """Within three standard errors, and the standard errors are small."""
    found = fitted(drawn(5, organisations=200)).set_index("effect")
    for effect, truth in TRUTH.items():
        row = found.loc[effect] if effect != "b" else found.loc["b"].iloc[0]
        assert abs(row["estimate"] - truth) < 3 * row["std_error"]
        assert row["std_error"] < truth / 4
    assert found.at["icc", "estimate"] == pytest.approx(0.15 / 3.15, abs=0.01)


# ---------------------------------------------------------------------------------------------------- within, between


def test_within_and_between_are_told_apart():
    """Planted as .5 between organisations and .1 within: both are found, and so is that they differ."""
    found = fitted(drawn(6, organisations=150, within=0.1, between=0.9), level="within_between")
    parts = slopes(found)
    assert list(parts.index) == ["between", "within"]
    assert (parts["conf_low"] < [0.9, 0.1]).all()
    assert (parts["conf_high"] > [0.9, 0.1]).all()
    diff = found[found["effect"] == "diff"].iloc[0]
    assert diff[["level", "against", "of"]].tolist() == ["between", "within", "b"]
    assert diff["estimate"] == pytest.approx(parts["estimate"]["between"] - parts["estimate"]["within"], rel=1e-9)
    assert diff["p_value"] < 0.001


def test_the_parts_are_means_of_organisations_and_what_is_around_them():
    """As columns of one's own."""
    units = drawn(7)
    mean = units.groupby("organisation")["voice"].transform("mean")
    by_hand = ex.mixed(units.assign(above=mean, around=units["voice"] - mean), x=["above", "around"], y="mark")
    found = fitted(units, level="within_between")
    assert found["estimate"].iloc[:3].to_numpy() == pytest.approx(by_hand["estimate"].iloc[:3].to_numpy(), rel=1e-9)
    assert found["df"].iloc[:3].to_numpy() == pytest.approx(by_hand["df"].iloc[:3].to_numpy(), rel=1e-5)
    assert found["around"].iloc[:2].tolist() == ["", "organisation"]


def test_without_organisations_units_and_their_waves_are_the_parts():
    """A team's mean over its years, and the year's deviation from it."""
    units = summed(customers(8)).drop(columns="organisation")
    mean = units.groupby("unit")["voice"].transform("mean")
    by_hand = ex.mixed(units.assign(above=mean, around=units["voice"] - mean), x=["above", "around"], y="mark")
    found = fitted(units, level="within_between")
    assert slopes(found)["around"].to_dict() == {"between": "", "within": "unit"}
    assert found["estimate"].iloc[:3].to_numpy() == pytest.approx(by_hand["estimate"].iloc[:3].to_numpy(), rel=1e-9)


def test_organisations_units_and_waves_are_three_parts():
    """Each less the one above it."""
    found = fitted(summed(customers(9)), level="within_between")
    assert slopes(found)["around"].to_dict() == {"between": "", "within": "organisation", "over_waves": "unit"}
    diffs = found[found["effect"] == "diff"]
    assert [*zip(diffs["level"], diffs["against"], strict=True)] == [("between", "within"), ("within", "over_waves")]


def test_a_part_without_differences_is_left_out_and_says_so():
    """A measure taken once does not move over waves; its other parts are as without the waves."""
    people = customers(10).assign(voice=lambda p: p.groupby("unit")["voice"].transform("first"))
    found = fitted(summed(people), level="within_between")
    assert slopes(found)["reason"].to_dict() == {"between": "", "within": "", "over_waves": "constant"}
    assert found.loc[found["effect"] == "diff", "reason"].tolist() == ["", "constant"]
    assert slopes(found).loc["over_waves", NUMBERS].isna().all()


# ------------------------------------------------------------------------------------------------------------ controls


def test_a_text_control_has_a_row_for_every_value_but_the_first():
    """Which it is held against."""
    units = drawn(11).assign(sector=lambda u: np.array(["b", "a", "c"])[np.arange(len(u)) % 3])
    found = fitted(units, covar=["sector"])
    sector = found[found["x"] == "sector"]
    assert [*zip(sector["value"], sector["against"], strict=True)] == [("b", "a"), ("c", "a")]
    by_hand = fitted(units.assign(b=units["sector"] == "b", c=1.0 * (units["sector"] == "c")), covar=["b", "c"])
    assert found["estimate"].to_numpy() == pytest.approx(by_hand["estimate"].to_numpy(), rel=1e-9)


def test_a_control_that_follows_from_others_is_named():
    """Nothing is left out in silence: the row says which, and there are no numbers."""
    units = drawn(12).assign(size=1.0, twice=lambda u: 2 * u["voice"] - 3)
    found = fitted(units, covar=["twice"])
    assert found["reason"].tolist()[:3] == ["not_identifiable", "collinear", "not_identifiable"]
    assert found[NUMBERS].isna().all(axis=None)


def test_a_control_may_have_any_name():
    """Nothing of the kit's own is in its way."""
    units = drawn(29, organisations=12).assign(size=lambda u: u["mark_n"] % 5)
    want = fitted(units, covar=["size"])["estimate"].to_numpy()
    for name in ("people", "mean", "squares", "spread"):
        assert fitted(units.rename(columns={"size": name}), covar=[name])["estimate"].to_numpy() == pytest.approx(want)


def test_a_constant_control_changes_nothing():
    """Its row says that it does not vary."""
    units = drawn(13).assign(sector="a")
    found, without = fitted(units, covar=["sector"]), fitted(units)
    assert found["reason"].tolist()[:2] == ["", "constant"]
    assert found.drop(index=1)["estimate"].to_numpy() == pytest.approx(without["estimate"].to_numpy(), rel=1e-12)


# ---------------------------------------------------------------------------------------------------------- invariance


@pytest.mark.parametrize("level", ["pooled", "within_between"])
@pytest.mark.parametrize(("shift", "scale"), [(1e6, 1.0), (0.0, 1e9), (0.0, 1e-9), (-5e5, 1e3)])
def test_the_scale_of_y_is_only_its_scale(shift: float, scale: float, level: str):
    """Shifted and stretched marks have shifted and stretched slopes, and the same t, icc and degrees of freedom."""
    units = drawn(14, organisations=12)
    plain = fitted(units, level=level)
    other = fitted(units.assign(mark=shift + scale * units["mark"], mark_sd=scale * units["mark_sd"]), level=level)
    t = [(found["estimate"] / found["std_error"]).iloc[0] for found in (plain, other)]
    assert t[1] == pytest.approx(t[0], rel=1e-6)
    assert other["df"].iloc[0] == pytest.approx(plain["df"].iloc[0], rel=1e-5)
    assert other["estimate"].iloc[0] == pytest.approx(scale * plain["estimate"].iloc[0], rel=1e-6)
    assert other["standardised"].iloc[0] == pytest.approx(plain["standardised"].iloc[0], rel=1e-6)
    assert variances(other).to_numpy() == pytest.approx(scale**2 * variances(plain).to_numpy(), rel=1e-5)
    assert other["estimate"].iloc[-1] == pytest.approx(plain["estimate"].iloc[-1], rel=1e-5)


@pytest.mark.parametrize(("shift", "scale"), [(1e6, 1.0), (0.0, 1e9), (1e9, 1e3), (0.0, 1e-9)])
def test_the_scale_of_x_is_only_its_scale(shift: float, scale: float):
    """The slope is per unit of x; p, variances and the log-likelihood but for the scale of the terms are the same."""
    units = drawn(15, organisations=12)
    plain, other = fitted(units), fitted(units.assign(voice=shift + scale * units["voice"]))
    assert scale * other["estimate"].iloc[0] == pytest.approx(plain["estimate"].iloc[0], rel=1e-6)
    assert other["p_value"].iloc[0] == pytest.approx(plain["p_value"].iloc[0], rel=1e-4)
    assert variances(other).to_numpy() == pytest.approx(variances(plain).to_numpy(), rel=1e-5)
    moved = other["log_likelihood"].iloc[0] - plain["log_likelihood"].iloc[0]
    assert moved == pytest.approx(-np.log(scale), abs=1e-4)


def test_the_order_of_rows_does_not_matter():
    """Nor is the frame changed."""
    units = drawn(16)
    before = units.copy()
    shuffled = fitted(units.sample(frac=1, random_state=1))
    assert shuffled["estimate"].to_numpy() == pytest.approx(fitted(units)["estimate"].to_numpy(), rel=1e-8)
    pd.testing.assert_frame_equal(units, before)


# ------------------------------------------------------------------------------------------------------------ the edge


def test_a_variance_of_zero_is_an_estimate_and_said():
    """Marks that differ less between units than chance would make them."""
    units = drawn(17, organisations=1, each=40).assign(mark=lambda u: 7 + 0.01 * (np.arange(len(u)) % 2))
    found = fitted(units).set_index("effect")
    assert found.at["var_unit", "estimate"] == 0
    assert found.at["var_unit", "reason"] == found.at["icc", "reason"] == "no_interval"
    assert found["boundary"].all()
    assert found.at["icc", "estimate"] == 0
    n, people = units["mark_n"], units["mark_n"].sum()
    spread = np.average((units["voice"] - np.average(units["voice"], weights=n)) ** 2, weights=n)
    error = np.sqrt(found.at["var_residual", "estimate"] / (people * spread))
    assert found.loc["b"].iloc[0]["std_error"] == pytest.approx(error, rel=1e-9)


def test_one_organisation_leaves_units_only():
    """And the row of organisations says so."""
    found = fitted(drawn(18, organisations=1, each=30)).set_index("effect")
    assert found.at["var_organisation", "reason"] == "one_organisation"
    assert (found["n_organisations"] == 1).all()
    assert found.loc["b", "reason"].eq("").all()


def test_organisations_of_one_unit_each_are_units():
    """The two cannot be told apart, and the row of organisations says so."""
    units = drawn(19, organisations=40, each=1)
    found, without = fitted(units), fitted(units.drop(columns="organisation"))
    assert found.set_index("effect").at["var_organisation", "reason"] == "not_identifiable"
    assert found["estimate"].to_numpy() == pytest.approx(without["estimate"].to_numpy(), nan_ok=True)
    assert without.set_index("effect").at["var_organisation", "reason"] == "not_asked"


def test_units_of_the_same_name_in_two_organisations_are_two():
    """A unit belongs to its organisation."""
    units = drawn(20, organisations=12)
    renamed = units.assign(unit=units.groupby("organisation").cumcount())
    assert fitted(renamed)["n_units"].iloc[0] == 132
    assert fitted(renamed)["estimate"].to_numpy() == pytest.approx(fitted(units)["estimate"].to_numpy(), rel=1e-9)


def test_rows_that_lack_something_are_left_out():
    """Customers, x, a control, an organisation, a standard deviation, a name: as if they were not there."""
    units = drawn(21).assign(size=1.0 * (np.arange(528) % 7))
    holes = {"mark": 0, "mark_n": 1, "voice": 2, "size": 3, "organisation": 4, "mark_sd": 5, "unit": 6}
    holed = units.copy()
    for name, row in holes.items():
        holed[name] = holed[name].where(holed.index != row)
    holed.loc[7, "mark_n"], holed.loc[8, "voice"] = 0, np.inf
    found, want = fitted(holed, covar=["size"]), fitted(units.drop(index=range(9)), covar=["size"])
    pd.testing.assert_frame_equal(found, want)


def test_a_lone_customer_has_no_deviation_and_counts():
    """One is enough in some units, not in all."""
    units = drawn(22, organisations=6)
    units.loc[0, ["mark_n", "mark_sd"]] = [1, np.nan]
    assert fitted(units)["n"].iloc[0] == units["mark_n"].sum()


REASONS = {
    "no rows": (lambda u: u.head(0), "no_answers"),
    "one unit": (lambda u: u.head(1), "constant"),
    "two units": (lambda u: u.head(2), "too_few_units"),
    "no customers": (lambda u: u.assign(mark=np.nan), "no_answers"),
    "nobody counted": (lambda u: u.assign(mark_n=0), "no_answers"),
    "no number of customers": (lambda u: u.drop(columns="mark_n"), "reliability_unknown"),
    "no deviations": (lambda u: u.drop(columns="mark_sd"), "reliability_unknown"),
    "constant x": (lambda u: u.assign(voice=3), "constant"),
    "constant y": (lambda u: u.assign(mark=7.0, mark_sd=0.0), "constant"),
    "all customers of a unit alike": (lambda u: u.assign(mark_sd=0.0), "not_identifiable"),
    "one customer a unit": (lambda u: u.assign(mark_n=1), "not_identifiable"),
    "x tells organisations apart, of which there are two": (
        lambda u: u.head(22).assign(voice=lambda v: 1.0 * (v["organisation"] == "O00")),
        "too_few_organisations",
    ),
    "nothing but holes": (lambda u: u.assign(voice=np.nan, mark_n=np.nan), "no_answers"),
}


@pytest.mark.parametrize("how", REASONS)
def test_a_hostile_frame_gives_a_reason(how: str):
    """Never a traceback, and no number."""
    spoil, reason = REASONS[how]
    found = fitted(spoil(drawn(23, organisations=6)))
    assert found["reason"].iloc[0] == reason
    assert found["reason"].ne("").all()
    assert found[NUMBERS].isna().all(axis=None)


def test_one_unit_of_several_waves_is_too_few():
    """Its waves are not units."""
    units = summed(customers(24, organisations=1, units=1, waves=12))
    assert fitted(units)["reason"].iloc[0] == "too_few_units"


def test_y_that_follows_x_entirely_leaves_no_variance_between_units():
    """A perfect separation of marks by x: the slope stands, and units are at 0."""
    found = fitted(drawn(25, organisations=6).assign(mark=lambda u: 7 + u["voice"]))
    assert found["estimate"].iloc[0] == pytest.approx(1, abs=1e-6)
    assert (variances(found)[["var_unit", "var_organisation"]] == 0).all()


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"x": "vioce"}, r"No column 'vioce' in the units\. Did you mean 'voice'\?"),
        ({"x": "mark"}, r"'mark' is both y and a term\."),
        ({"covar": ["mark"]}, r"'mark' is both y and a term\."),
        ({"x": "organisation"}, r"'organisation' holds text, not numbers\."),
        ({"level": "within"}, r"No level 'within'\."),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(how: dict, says: str):
    """With what to do."""
    with pytest.raises(ExkitError, match=says):
        fitted(drawn(26, organisations=2), **how)


def test_what_rests_on_few_units_is_not_shown():
    """However many customers they have."""
    found = ex.protect(fitted(drawn(27, organisations=1, each=9)))
    assert found["estimate"].isna().all()


def test_five_thousand_units_take_less_than_a_second():
    """With two levels of random effects, and the best of three tries."""
    units, took = drawn(28, organisations=100, each=50), []
    for _ in range(3):
        start = time.perf_counter()
        fitted(units)
        took.append(time.perf_counter() - start)
    assert min(took) < 1


# --------------------------------------------------------------------------------------------------------- simulations


def coverage(replicates: int, *, organisations: int, level: str = "pooled") -> dict[str, float]:
    """Count how often the intervals hold the truth, per effect (per part of x)."""
    hits = []
    for seed in range(replicates):
        found = fitted(drawn(seed, organisations=organisations), level=level)
        found = found[found["x"].ne("intercept") & found["effect"].isin(TRUTH)]
        inside = found["conf_low"].le(found["effect"].map(TRUTH)) & found["conf_high"].ge(found["effect"].map(TRUTH))
        hits.append(inside.where(found["conf_low"].notna()).set_axis(found["level"] + found["effect"]))
    return pd.DataFrame(hits).astype(float).mean().to_dict()


def test_the_intervals_cover():
    """In 100 benchmarks of 10 organisations, within four Monte Carlo errors of 95%."""
    found = coverage(100, organisations=10)
    assert found["pooledb"] == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 100))


@pytest.mark.long
@pytest.mark.parametrize(
    ("organisations", "level"), [(10, "pooled"), (10, "within_between"), (20, "pooled"), (48, "pooled")]
)
def test_the_intervals_cover_in_the_long_run(organisations: int, level: str, record: Callable[[str, float], None]):
    """Of 2,000 benchmarks slopes in 94 to 96%, give or take two Monte Carlo errors; variances in 92 to 98%.

    A slope is falsely found as often as its interval misses: to add x to y moves the estimate, and not its error.
    """
    found = coverage(2000, organisations=organisations, level=level)
    of = f"{organisations} organisations of 11 units of 10 to 60 customers, 2,000 replicates"
    for name, share in found.items():
        if name.endswith("b"):
            record(f"coverage of the mixed model's slope, {name.removesuffix('b')}, {of}", share)
            assert 0.93 <= share <= 0.97
        elif level == "pooled":
            record(f"coverage of the mixed model's {name}, {of}", share)
            assert 0.92 <= share <= 0.98
