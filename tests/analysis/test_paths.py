"""Paths and interactions: against R, other packages and drawn truth, at the edges, and by simulation."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from exkit.analysis.paths import mediate, moderate
from exkit.errors import ExkitError
from exkit.measures.block import Block, block

SHARED = Path(__file__).parents[3] / "shared"
MEDIATION = SHARED / "real" / "mediation.csv"
XMY = {"x": "x", "m": "m", "y": "y"}
XWY = {"x": "x", "w": "m", "y": "y"}
PATHS = ["a", "b", "total", "direct", "indirect"]


def drawn(
    rng: np.random.Generator, *, organisations: int = 48, units: int = 11, each: int = 15,
    a: float = 0.4, b: float = 0.3, direct: float = 0.2, interaction: float = 0.1,
) -> pd.DataFrame:  # fmt: skip
    """Draw people whose organisation and unit colour all that they say."""
    unit = np.repeat(np.arange(organisations * units), each)
    organisation = unit // units

    def noise() -> np.ndarray:
        of_organisation, of_unit = rng.normal(0, 0.3, organisations), rng.normal(0, 0.3, organisations * units)
        return of_organisation[organisation] + of_unit[unit] + rng.normal(0, 1, len(unit))

    x = 3 + noise()
    m = 1 + a * x + noise()
    y = b * m + direct * x + interaction * (x - 3) * (m - 2.2) + noise()
    return pd.DataFrame({"organisation": organisation.astype(str), "unit": unit.astype(str), "x": x, "m": m, "y": y})


def made(people: pd.DataFrame, **how: object) -> Block:
    """Sum what is needed for both questions."""
    return block(people, ["x", "m", "y"], products=[("x", "m")], **how)


def estimates(found: pd.DataFrame) -> dict[str, float]:
    """Give the estimates by name."""
    return found.set_index("effect")["estimate"].to_dict()


@pytest.mark.skipif(not MEDIATION.exists(), reason="the folder with real data, shared/real, is not beside the project")
def test_a_published_mediation_is_repeated():
    """Path b holds x equal, so that a·b is the indirect path; the published .654173 is m alone, with x left out."""
    three = block(pd.read_csv(MEDIATION), ["X", "M", "Y"])
    found = estimates(mediate(three, x="X", m="M", y="Y"))
    published = {"a": 0.561015, "total": 0.396126, "direct": 0.039604, "indirect": 0.356522}
    assert {name: found[name] for name in published} == pytest.approx(published, abs=1e-6)
    assert found["a"] * found["b"] == pytest.approx(0.356522, abs=1e-6)
    assert estimates(mediate(three, x="M", m="X", y="Y"))["total"] == pytest.approx(0.654173, abs=1e-6)


def test_weights_and_controls_are_those_of_weighted_least_squares():
    """As statsmodels has it, from rows."""
    people = drawn(np.random.default_rng(1), organisations=6).assign(
        z=lambda d: np.sin(np.arange(len(d))), weight=lambda d: 1 + np.cos(np.arange(len(d))) ** 2
    )
    weighted = _weighted(people, ["x", "m", "y", "z"])
    found = estimates(mediate(weighted, **XMY, covar=["z"]))
    full = smf.wls("y ~ x + m + z", people, weights=people["weight"]).fit().params
    first = smf.wls("m ~ x + z", people, weights=people["weight"]).fit().params
    assert [found["a"], found["b"], found["direct"]] == pytest.approx([first["x"], full["m"], full["x"]], rel=1e-9)
    assert found["indirect"] == pytest.approx(found["total"] - found["direct"], rel=1e-9)


def _weighted(people: pd.DataFrame, names: list[str]) -> Block:
    """Sum respondents with their weights."""
    from exkit.measures.tally import moments

    summed = moments(people[names], people, ["organisation", "unit"])
    return Block(summed.names, summed.keys, summed.sums, summed.products)


def test_an_interaction_is_that_of_least_squares():
    """With slopes at the mean of w and a standard deviation either side, controls included."""
    people = drawn(np.random.default_rng(2), organisations=6).assign(z=lambda d: np.sin(np.arange(len(d))))
    found = moderate(block(people, ["x", "m", "y", "z"], products=[("m", "x")]), **XWY, covar=["z"])
    fit = smf.ols("y ~ x * m + z", people).fit().params
    at = people["m"].mean() + people["m"].std() * np.array([-1, 0, 1])
    assert found["estimate"].tolist() == pytest.approx([fit["x:m"], *(fit["x"] + fit["x:m"] * at)], rel=1e-9)
    assert found["w_value"].iloc[1:].tolist() == pytest.approx(at)
    numbers = people[["x", "m", "y", "z"]]
    scaled = smf.ols("y ~ x * m + z", (numbers - numbers.mean()) / numbers.std()).fit().params
    assert found["standardised"].iloc[0] == pytest.approx(scaled["x:m"], rel=1e-9)


def test_within_units_paths_are_those_with_a_dummy_for_each_unit():
    """The difference between units is taken out of x, m, y and the product."""
    people = drawn(np.random.default_rng(3), organisations=4, units=4)
    within = made(people, within="unit")
    fit = smf.ols("y ~ x + m + C(unit)", people).fit().params
    found = mediate(within, **XMY)
    assert found["estimate"].iloc[[1, 3]].tolist() == pytest.approx([fit["m"], fit["x"]], rel=1e-9)
    assert set(found["within"]) == {"unit"}


def test_known_paths_and_a_known_interaction_are_recovered():
    """In 48 organisations each interval holds what was drawn."""
    people = drawn(np.random.default_rng(4))
    found = mediate(made(people), **XMY).set_index("effect")
    truth = {"a": 0.4, "b": 0.3, "total": 0.32, "direct": 0.2, "indirect": 0.12}
    for path, value in truth.items():
        assert found.at[path, "conf_low"] < value < found.at[path, "conf_high"]
        assert found.at[path, "estimate"] == pytest.approx(value, abs=0.05)
    row = moderate(made(people), **XWY).iloc[0]
    assert row["conf_low"] < 0.1 < row["conf_high"]
    assert (row["cluster"], row["n_clusters"], row["interval"]) == ("organisation", 48, "bootstrap")


def test_the_interval_of_an_indirect_path_leans_to_its_long_side():
    """A product of two uncertain slopes is skewed; p says what the interval says."""
    people = drawn(np.random.default_rng(9), units=2, a=0.25, b=0.25)
    row = mediate(made(people), **XMY).set_index("effect").loc["indirect"]
    assert row["conf_high"] - row["estimate"] > row["estimate"] - row["conf_low"]
    assert (row["conf_low"] > 0) == (row["p_value"] < 0.05)


def test_the_same_seed_gives_the_same_interval():
    """And another gives nearly the same."""
    three = made(drawn(np.random.default_rng(5)))
    first, again, other = (mediate(three, **XMY, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first["conf_low"].equals(other["conf_low"])
    assert first["conf_low"].tolist() == pytest.approx(other["conf_low"].tolist(), abs=0.01)


def test_within_one_organisation_units_are_resampled():
    """As for any figure within one organisation."""
    people = drawn(np.random.default_rng(6), organisations=1, units=24)
    found = mediate(made(people), **XMY)
    assert found[["cluster", "n_clusters"]].drop_duplicates().to_numpy().tolist() == [["unit", 24]]


def test_few_organisations_are_left_out_one_at_a_time():
    """Six do not make a bootstrap; the interval is that of the jackknife."""
    found = mediate(made(drawn(np.random.default_rng(7), organisations=6)), **XMY)
    assert set(found["interval"]) == {"jackknife"}
    assert (found["conf_low"] < found["estimate"]).all()


def test_answers_that_do_not_hang_together_have_the_errors_of_least_squares():
    """A frame without organisations and units: Wishart's distribution knows no rows."""
    people = drawn(np.random.default_rng(8), organisations=40, units=1, each=10).drop(columns=["organisation", "unit"])
    found = mediate(made(people), **XMY, n_boot=20_000).set_index("effect")
    fit = smf.ols("y ~ x + m", people).fit().bse
    assert found.loc[["b", "direct"], "std_error"].tolist() == pytest.approx([fit["m"], fit["x"]], rel=0.03)
    assert set(found["cluster"]) == {"none"}


def test_paths_are_found_within_groups():
    """One set per sector, its name in front; what these data cannot tell apart is said in one row."""
    people = drawn(np.random.default_rng(10), organisations=8).assign(
        sector=lambda d: np.where(d["organisation"] < "4", "a", "b")
    )
    found = mediate(made(people), **XMY, by=["sector"])
    assert found[["sector", "effect"]].to_numpy().tolist() == [[s, path] for s in "ab" for path in PATHS]
    alone = mediate(made(people[people["sector"] == "b"]), **XMY)
    assert found["estimate"].tail(5).tolist() == pytest.approx(alone["estimate"].tolist())
    assert mediate(made(people), **XMY, by=["wave"])["reason"].tolist() == ["not_asked"]


def test_several_waves_are_not_one_sample():
    """Their people may be the same ones: a wave is taken, or each is looked at."""
    people = pd.concat([drawn(np.random.default_rng(year), organisations=6).assign(wave=str(year)) for year in (1, 2)])
    both = made(people)
    refused = mediate(both, **XMY)
    assert (refused["reason"].tolist(), "at" in refused) == (["several_waves"], False)
    assert moderate(both, **XWY, by=["wave"])["wave"].tolist() == ["1"] * 4 + ["2"] * 4
    assert mediate(both.at(wave=""), **XMY)["at"].tolist() == ["2"] * 5


HOSTILE = {
    "too_few": lambda people: people.head(12),
    "constant": lambda people: people.assign(y=4.1),
    "not_identifiable": lambda people: people.assign(m=2 * people["x"] + 1),
    "no_answers": lambda people: people.assign(y=np.nan),
}


@pytest.mark.parametrize("analysis", [lambda b: mediate(b, **XMY), lambda b: moderate(b, **XWY)], ids=["m", "w"])
@pytest.mark.parametrize("level", ["", "unit"])
@pytest.mark.parametrize("reason", HOSTILE)
def test_where_nothing_can_be_said_a_reason_is(reason: str, level: str, analysis: Callable[[Block], pd.DataFrame]):
    """No number, no traceback, no warning."""
    people = HOSTILE[reason](drawn(np.random.default_rng(11), organisations=6))
    found = analysis(made(people, within=level))
    assert set(found["reason"]) == {reason}
    assert found[["estimate", "std_error", "conf_low", "conf_high", "p_value"]].isna().all(axis=None)


def test_a_perfect_fit_has_no_margin():
    """What is certain in the sample is given without the false certainty of an interval without width."""
    people = drawn(np.random.default_rng(12), organisations=6).assign(y=lambda d: d["x"] + 2 * d["m"])
    found = mediate(made(people), **XMY).set_index("effect")
    assert found.loc[["b", "direct"], "estimate"].tolist() == pytest.approx([2, 1])
    assert found["reason"].to_dict() == {"a": "", "b": "perfect", "total": "", "direct": "perfect", "indirect": ""}
    assert np.isnan(found.at["b", "conf_low"])


def test_people_without_an_organisation_are_a_cluster_like_any_other():
    """A name for it changes nothing."""
    people = drawn(np.random.default_rng(13), organisations=24)
    nameless = people.assign(organisation=people["organisation"].where(people["organisation"] != "9"))
    columns = ["estimate", "std_error", "n", "n_clusters"]
    one, other = (mediate(made(d), **XMY)[columns].to_numpy(float) for d in (people, nameless))
    assert one[:, [0, 2, 3]] == pytest.approx(other[:, [0, 2, 3]], rel=1e-9)
    assert one[:, 1] == pytest.approx(other[:, 1], rel=0.1)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda b: mediate(b, x="x", m="n", y="y"), "No variable in the block 'n'."),
        (lambda b: mediate(b, x="x", m="x", y="y"), "'x' is named twice."),
        (lambda b: moderate(b, x="x", w="y", y="m"), "The block has no product of 'x' and 'y'."),
        (lambda b: mediate(b, **XMY, by=["sektor"]), "No group column 'sektor'. Did you mean 'sector'?"),
        (lambda b: mediate(b, **XMY, n_boot=10), "n_boot is 10."),
    ],
)
def test_a_mistake_is_told(ask: Callable[[Block], pd.DataFrame], message: str):
    """Before anything is estimated."""
    three = made(drawn(np.random.default_rng(14), organisations=2))
    with pytest.raises(ExkitError) as caught:
        ask(three)
    assert str(caught.value).startswith(message)


def simulated(replicates: int, **shape: float) -> dict[str, float]:
    """Count how often the intervals of drawn benchmarks hold the indirect path, and the interaction."""
    truth = {"a": 0.4, "b": 0.3, "interaction": 0.1} | shape
    hits = {"indirect": 0, "interaction": 0}
    for seed in range(replicates):
        both = made(drawn(np.random.default_rng(seed), **shape))
        indirect = mediate(both, **XMY, n_boot=1000, seed=seed).iloc[4]
        interaction = moderate(both, **XWY, n_boot=1000, seed=seed).iloc[0]
        hits["indirect"] += indirect["conf_low"] <= truth["a"] * truth["b"] <= indirect["conf_high"]
        hits["interaction"] += interaction["conf_low"] <= truth["interaction"] <= interaction["conf_high"]
    return {path: held / replicates for path, held in hits.items()}


def test_the_intervals_cover():
    """In 60 small benchmarks, within four Monte Carlo errors of 95%."""
    for coverage in simulated(60, organisations=20, units=4, each=6).values():
        assert abs(coverage - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 60)


@pytest.mark.long
@pytest.mark.parametrize("slopes", [{"a": 0.4, "b": 0.3}, {"a": 0.1, "b": 0.1}], ids=["strong", "weak"])
@pytest.mark.parametrize("organisations", [6, 20, 48])
def test_the_intervals_cover_in_the_long_run(
    organisations: int, slopes: dict[str, float], record: Callable[[str, float], None]
):
    """In 1,000 benchmarks, 92 to 98%."""
    for path, coverage in simulated(1000, organisations=organisations, units=6, each=8, **slopes).items():
        of = f"a = {slopes['a']}, b = {slopes['b']}, {organisations} organisations, 1,000 replicates"
        record(f"coverage of the {path} path, {of}" if path == "indirect" else f"coverage of an {path}, {of}", coverage)
        assert 0.92 <= coverage <= 0.98
