"""Agreement within units: by hand, on real data as in R, at the edges, and by simulation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import exkit as ex
from exkit.errors import ExkitError
from exkit.measures.tally import Items, Tally

REAL = Path(__file__).parents[3] / "shared" / "real"
HERE = "the folder with real data, shared/real, is not beside the project"
KEYS = "table,variable,role,scale,low,high,reverse\nemployees,unit,unit,,,,\nemployees,organisation,organisation,,,,\n"
FIVE = [("r_wg", "uniform"), ("r_wg", "slightly_skewed"), ("a_wg", ""), ("ad", ""), ("ad_median", "")]


@pytest.fixture
def asked(dataset: Callable[..., Path]) -> Callable[..., Tally]:
    """Count answers per unit: `asked({"a": [3, 3, 4]})`, of several items `asked({"a": [(3, 5), (4, 4)]})`."""

    def count(given: Mapping[str, Sequence], *, low: object = 1, high: object = 5, **columns: object) -> Tally:
        people = [(unit, *np.atleast_1d(answer)) for unit, answers in given.items() for answer in answers]
        frame = pd.DataFrame(people)
        frame.columns = ["unit", *(f"q{i}" for i in range(frame.shape[1] - 1))]
        items = list(frame.columns[1:])
        scale = "voice" if len(items) > 1 else ""
        book = KEYS + "".join(f"employees,{item},item,{scale},{low},{high},\n" for item in items)
        roles = "".join(f"employees,{name},{name},,,,\n" for name in columns if name != "organisation")
        frame = frame.assign(**{"organisation": "all", **columns}).convert_dtypes()
        return ex.tally(ex.open(dataset(codebook=book + roles, employees=frame)), scale or "q0")

    return count


def estimates(found: pd.DataFrame) -> list[float]:
    """Take the estimates in order, of a five-point item."""
    assert list(zip(found["effect"].str.replace("_j", ""), found["null"], strict=True)) == FIVE
    return found["estimate"].tolist()


# -------------------------------------------------------------------------------------------------------------- by hand


def test_four_people_who_differ_little(asked: Callable):
    """3, 3, 4 and 4: s² is 1/3, and everybody is half a mark from mean and median."""
    found = ex.agreement(asked({"a": [3, 3, 4, 4]}))
    room = (6 * 3.5 - 3.5**2 - 5) * 4 / 3
    assert estimates(found) == pytest.approx([1 - 1 / 6, 1 - 1 / 3 / 1.34, 1 - 2 / 3 / room, 0.5, 0.5])
    assert found["n"].tolist() == [4] * 5


def test_the_slightly_skewed_null_is_the_variance_of_its_shares():
    """Shares of .05, .15, .20, .35 and .25 of the answers 1 to 5."""
    shares, marks = np.array([0.05, 0.15, 0.20, 0.35, 0.25]), np.arange(1, 6)
    assert shares @ marks**2 - (shares @ marks) ** 2 == pytest.approx(1.34)


def test_a_scale_agrees_more_than_its_items(asked: Callable):
    """Two items with variances 1 and 1/3: their mean, stepped up for two items."""
    found = ex.agreement(asked({"a": [(3, 4), (4, 4), (5, 5)]}))
    r = 1 - (1 + 1 / 3) / 2 / 2
    assert found["effect"].tolist()[:2] == ["r_wg_j"] * 2
    assert found["estimate"].iloc[0] == pytest.approx(2 * r / (2 * r + 1 - r))
    assert found["estimate"].iloc[3] == pytest.approx((2 / 3 + 4 / 9) / 2)


def test_people_who_all_say_the_same_agree_fully(asked: Callable):
    """1, and no distance; also where the answer is at the end of the scale."""
    for mark in (4, 5):
        assert estimates(ex.agreement(asked({"a": [mark] * 4}))) == [1, 1, 1, 0, 0]


def test_more_disagreement_than_chance_is_set_to_0_and_counted(asked: Callable):
    """Half says 1 and half 5, in one of two units."""
    found = ex.agreement(asked({"a": [1, 1, 5, 5], "b": [4, 4, 4, 4]}))
    assert found["estimate"].tolist()[:2] == [0.5, 0.5]
    assert found["share_zero"].tolist()[:2] == [0.5, 0.5]
    assert found["share_zero"].iloc[2:].isna().all()


def test_exactly_as_much_as_chance_is_0_and_was_not_set(asked: Callable):
    """1 and 3 have a variance of 2, that of the uniform null."""
    found = ex.agreement(asked({"a": [1, 3]}), by=["unit"]).iloc[0]
    assert found["estimate"] == pytest.approx(0, abs=1e-12)
    assert found["share_zero"] == 0


def test_the_median_is_another_centre_than_the_mean(asked: Callable):
    """1, 1, 1 and 5: around the mean of 2 the average distance is 1.5, around the median of 1 it is 1."""
    found = ex.agreement(asked({"a": [1, 1, 1, 5]})).set_index("effect")["estimate"]
    assert found[["ad", "ad_median"]].tolist() == [1.5, 1]


def test_a_mean_too_near_the_end_leaves_no_room_to_disagree():
    """With one of four people at the other end it would be 2: at 1.2 a_wg is not defined."""
    frame = pd.DataFrame({"unit": ["a", "b"], "q": [1.2, 3.0], "q_n": 4.0, "q_sd": 0.4})
    found = ex.agreement(frame, "q", options=(1, 5)).set_index("effect")
    assert (found.loc["a_wg", "n_units"], found.loc["a_wg", "n"]) == (1, 4)
    assert found.loc["r_wg", "n_units"].tolist() == [2, 2]


@pytest.mark.parametrize(("low", "high", "null"), [(1, 10, 8.25), (0, 10, 10), (0, 4, 2), (1, 7, 4)])
def test_the_null_follows_the_number_of_answers(asked: Callable, low: int, high: int, null: float):
    """(A² - 1)/12; the skewed one is known for five answers alone, wherever they start."""
    found = ex.agreement(asked({"a": [2, 3, 3, 4]}, low=low, high=high))
    assert found["estimate"].iloc[0] == pytest.approx(1 - 2 / 3 / null)
    assert ("slightly_skewed" in set(found["null"])) == (null == 2)
    assert found["criterion"].tolist()[-1] == pytest.approx((high - low + 1) / 6)


def test_yes_and_no_leave_a_wg_nothing_to_tell(asked: Callable):
    """Two answers differ as much as their mean allows, whatever people say."""
    found = ex.agreement(asked({"a": [0, 1, 1, 1], "b": [1, 1, 1, 1, 0]}, low=0, high=1)).set_index("effect")
    assert found["reason"].to_dict()["a_wg"] == "not_identifiable"
    assert found.loc["r_wg", "estimate"] == pytest.approx((0 + 1 - 0.2 / 0.25) / 2)


# ----------------------------------------------------------------------------------------------------------- many units


def test_the_mean_is_over_units_and_each_counts_once(asked: Callable):
    """Large and small alike; median, high share and people beside it."""
    tally = asked({"a": [3, 3, 4, 4] * 5, "b": [1, 5], "c": [4, 4, 4]})
    each = ex.agreement(tally, by=["unit"]).query("null == 'uniform'")
    row = ex.agreement(tally).iloc[0]
    assert each["unit"].tolist() == ["a", "b", "c"]
    assert row["estimate"] == pytest.approx(each["estimate"].mean())
    assert row["median"] == pytest.approx(each["estimate"].median())
    assert (row["share_high"], row["n"], row["n_units"]) == (pytest.approx(2 / 3), 25, 3)


def test_a_unit_of_one_has_no_agreement_and_is_counted(asked: Callable):
    """Nobody to agree with."""
    tally = asked({"a": [3, 4, 4], "b": [5]})
    found, alone = ex.agreement(tally), ex.agreement(tally, by=["unit"]).query("unit == 'b'")
    assert found["n_alone"].tolist() == [1] * 5
    assert found["n_units"].tolist() == [1] * 5
    assert alone["reason"].tolist() == ["too_few"] * 5
    assert alone["estimate"].isna().all()


def test_only_complete_answers_count(asked: Callable):
    """Who skipped an item of the scale is left out of all of them."""
    full, holes = {"a": [(3, 4), (5, 2)]}, {"a": [(3, 4), (5, 2), (1, None)]}
    pd.testing.assert_frame_equal(ex.agreement(asked(holes)), ex.agreement(asked(full)))


def test_subgroups_of_the_tally_change_nothing(dataset: Callable[..., Path]):
    """People are counted by job as well; agreement is of all people of the unit, unless it is asked by job."""
    people = pd.DataFrame({"unit": "a", "job": list("xxyy"), "q": [3, 5, 4, 4]})
    book = "table,variable,role,low,high\nemployees,unit,unit,,\nemployees,job,group,,\nemployees,q,item,1,5\n"
    study = ex.open(dataset(codebook=book, employees=people))
    by_job = ex.tally(study, "q", by=["job"])
    pd.testing.assert_frame_equal(ex.agreement(by_job), ex.agreement(ex.tally(study, "q")))
    assert ex.agreement(by_job, by=["job"]).query("effect == 'ad'")["estimate"].tolist() == [1, 0]


def test_weights_do_not_count():
    """The golden study has weights."""
    study = ex.open(Path(__file__).parents[1] / "golden")
    plain = replace(study, tables={name: table.assign(weight=1.0) for name, table in study.tables.items()})
    found, want = (ex.agreement(ex.tally(s, "engagement").at(wave="2024")) for s in (study, plain))
    pd.testing.assert_frame_equal(found, want)


def test_waves_are_told_apart_or_refused(asked: Callable):
    """A person's years are not so many raters."""
    tally = asked({"a": [3, 5, 4, 4]}, wave=["1", "1", "2", "2"])
    assert ex.agreement(tally)["reason"].tolist() == ["several_waves"] * 4
    by_wave = ex.agreement(tally, by=["wave"]).query("effect == 'ad'")
    assert by_wave[["wave", "estimate"]].to_numpy().tolist() == [["1", 1], ["2", 0]]
    assert ex.agreement(tally.at(wave="2"))["at"].tolist() == ["2"] * 5


def test_a_question_that_got_another_scale_has_the_null_of_each_wave(dataset: Callable[..., Path]):
    """1 to 5 in the first wave and 1 to 10 in the second."""
    book = "table,variable,wave,role,low,high\nemployees,unit,,unit,,\nemployees,wave,,wave,,\n"
    book += "employees,q,1,item,1,5\nemployees,q,2,item,1,10\n"
    people = pd.DataFrame({"unit": "a", "wave": ["1", "1", "2", "2"], "q": [3, 4, 3, 4]})
    found = ex.agreement(ex.tally(ex.open(dataset(codebook=book, employees=people)), "q"), by=["wave"])
    assert found.query("null == 'uniform'")["estimate"].tolist() == pytest.approx([1 - 0.5 / 2, 1 - 0.5 / 8.25])
    assert found["wave"].tolist() == ["1"] * 5 + ["2"] * 4


# ----------------------------------------------------------------------------------------------------------- the margin


def marks(*, organisations: int, seed: int = 1) -> pd.DataFrame:
    """Draw a frame of five units per organisation, as much spread as chance has it."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"organisation": np.repeat(np.arange(organisations), 5).astype("str")})
    frame["unit"] = np.arange(len(frame)).astype("str")
    return frame.assign(q=rng.uniform(2, 4, len(frame)), q_n=9.0, q_sd=rng.uniform(0.5, 1.3, len(frame)))


def test_the_margin_leaves_out_one_organisation_at_a_time():
    """Worked out by doing it."""
    frame = marks(organisations=4).iloc[:-2]
    row = ex.agreement(frame, "q", options=(1, 5)).iloc[0]
    without = [
        ex.agreement(frame[frame["organisation"] != name], "q", options=(1, 5))["estimate"].iloc[0] for name in "0123"
    ]
    assert row["std_error"] == pytest.approx(np.sqrt(3) * np.std(without))
    share, half = row["estimate"], stats.t.ppf(0.975, 3) * row["std_error"]
    ends = special.logit(share) + np.array([-1, 1]) * half / (share * (1 - share))
    assert [row["conf_low"], row["conf_high"]] == pytest.approx(special.expit(ends).tolist())
    assert (row["cluster"], row["interval"], row["n_organisations"]) == ("organisation", "jackknife", 4)


@pytest.mark.parametrize("organisation", ["one", None])
def test_within_one_organisation_units_are_left_out(organisation: str | None):
    """Whose error is the textbook's of a mean."""
    frame = marks(organisations=2).drop(columns="organisation")
    frame = frame if organisation is None else frame.assign(organisation=organisation)
    row = ex.agreement(frame, "q", options=(1, 5)).iloc[0]
    values = (1 - frame["q_sd"] ** 2 / 2).to_numpy()
    assert (row["std_error"], row["df"]) == (pytest.approx(stats.sem(values)), 9)
    assert (row["cluster"], row["n_organisations"]) == ("unit", 0 if organisation is None else 1)


def test_units_without_an_organisation_are_a_cluster_of_their_own():
    """They count, and are no organisation."""
    frame = marks(organisations=3)
    frame["organisation"] = frame["organisation"].where(frame["organisation"] != "2")
    row = ex.agreement(frame, "q", options=(1, 5)).iloc[0]
    assert (row["n_units"], row["df"], row["n_organisations"]) == (15, 2, 2)


def test_an_interval_stays_on_the_scale():
    """No agreement is above 1, and no distance below 0."""
    frame = marks(organisations=3).assign(q_sd=lambda f: np.where(f["organisation"] == "0", 1.3, 0.01))
    found = ex.agreement(frame, "q", options=(1, 5)).set_index("effect")
    low, high = (found.loc["r_wg", end].iloc[0] for end in ("conf_low", "conf_high"))
    assert 0 < low < found.loc["r_wg", "estimate"].iloc[0] < high < 1
    assert -1 < found.loc["a_wg", "conf_low"] < found.loc["a_wg", "conf_high"] < 1


def test_each_group_has_a_margin_of_its_own():
    """Sectors apart are what they are alone."""
    frame = marks(organisations=8).assign(sector=lambda f: np.where(f["organisation"] < "4", "x", "y"))
    found = ex.agreement(frame, "q", by=["sector"], options=(1, 5))
    alone = ex.agreement(frame[frame["sector"] == "x"], "q", options=(1, 5))
    pd.testing.assert_frame_equal(found[found["sector"] == "x"].drop(columns="sector"), alone)


# ------------------------------------------------------------------------------------------------------ frames of units


def test_a_frame_of_units_says_of_a_question_what_its_answers_say(asked: Callable):
    """Mean, number and deviation are enough for r_wg and a_wg, and not for the distances."""
    tally = asked({"a": [3, 3, 4, 5], "b": [1, 2, 4], "c": [2]})
    told, found = ex.agreement(tally), ex.agreement(ex.units(tally), "q0", options=(1, 5))
    columns = ["effect", "null", "estimate", "conf_low", "conf_high", "n", "n_units", "n_alone", "share_high"]
    pd.testing.assert_frame_equal(found[columns].head(3), told[columns].head(3))
    assert found["reason"].tolist()[3:] == ["reliability_unknown"] * 2


@pytest.mark.parametrize("lost", [["q_sd"], ["q_n"], ["q_n", "q_sd"]])
def test_a_frame_without_deviations_has_no_agreement(lost: list[str]):
    """Respondents were not supplied."""
    found = ex.agreement(marks(organisations=3).drop(columns=lost), "q", options=(1, 5))
    assert found["reason"].tolist() == ["reliability_unknown"] * 5
    assert found["estimate"].isna().all()


def test_the_callers_frame_stays_as_it_was():
    """Column by column."""
    frame = marks(organisations=3)
    before = frame.copy()
    ex.agreement(frame, "q", by=["organisation"], options=(1, 5))
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f: ex.agreement(f, "q"), r"say which measure is meant, and its options: x='voice', options=\(1, 5\)"),
        (lambda f: ex.agreement(f, options=(1, 5)), "say which measure is meant"),
        (lambda f: ex.agreement(f, "p", options=(1, 5)), "No column 'p' in the units"),
        (lambda f: ex.agreement(f, "unit", options=(1, 5)), "it holds text"),
        (lambda f: ex.agreement(f, "q", by=["sektor"], options=(1, 5)), "No column 'sektor' in the answers"),
    ],
)
def test_a_mistaken_call_is_answered(call: Callable, message: str):
    """What, where, and what to do."""
    with pytest.raises(ExkitError, match=message):
        call(marks(organisations=2))


def test_a_tally_knows_its_options(asked: Callable):
    """From the codebook, and from nowhere else."""
    with pytest.raises(ExkitError, match="A tally has its options from the codebook"):
        ex.agreement(asked({"a": [3, 4]}), options=(1, 5))


# ------------------------------------------------------------------------------------------------------------ bad input


def test_nobody_and_nothing_give_a_reason(asked: Callable, dataset: Callable[..., Path]):
    """No question, no answers, no units, no such groups, nobody together, no options."""
    tally = asked({"a": [3, 4], "b": [5, 5]})
    nobody = ex.tally(ex.open(dataset()), "recommend")
    answered = replace(tally, counts=tally.counts.iloc[:0])
    unitless = replace(tally, keys=[], counts=tally.counts.drop(columns="unit"))
    reasons = {
        "no_question": ex.agreement(nobody),
        "no_answers": ex.agreement(answered),
        "not_asked": pd.concat([ex.agreement(unitless), ex.agreement(tally, by=["sector"])]),
        "too_few": ex.agreement(asked({"a": [3], "b": [4]})),
        "no_options": ex.agreement(asked({"a": [3, 4]}, low="", high="")),
    }
    for reason, found in reasons.items():
        assert set(found["reason"]) == {reason}
        assert found["estimate"].isna().all()
    assert ex.agreement(tally, by=[""])["reason"].tolist() == ["no_question"] * 4


def test_items_with_other_options_have_no_common_null(dataset: Callable[..., Path]):
    """One item from 1 to 5, one from 1 to 7."""
    book = KEYS + "employees,a,item,voice,1,5,\nemployees,b,item,voice,1,7,\n"
    people = pd.DataFrame({"unit": "x", "organisation": "o", "a": [1, 2], "b": [6, 7]})
    found = ex.agreement(ex.tally(ex.open(dataset(codebook=book, employees=people)), "voice"))
    assert found["reason"].tolist() == ["no_options"] * 4


def test_marks_between_whole_numbers_have_no_options(dataset: Callable[..., Path]):
    """4.5 is none of the answers 1 to 5."""
    book = "table,variable,role,scale,type,low,high\nemployees,unit,unit,,text,,\n"
    book += "employees,a,item,,number,1,5\nemployees,b,item,voice,number,1,5\n"
    study = ex.open(dataset(codebook=book, employees={"unit": ["x", "x"], "a": [4.5, 3], "b": [4.5, 3]}))
    assert {*ex.agreement(ex.tally(study, "a"))["reason"], *ex.agreement(ex.tally(study, "voice"))["reason"]} == {
        "no_options"
    }


def test_a_measure_that_no_unit_has_is_nobodys():
    """All of it is missing."""
    frame = marks(organisations=2).assign(q=np.nan)
    assert ex.agreement(frame, "q", options=(1, 5))["reason"].tolist() == ["no_answers"] * 4


def test_one_unit_has_an_estimate_and_no_margin(asked: Callable):
    """There is nothing to leave out."""
    found = ex.agreement(asked({"a": [3, 4, 4]}))
    assert found["reason"].tolist() == ["one_cluster"] * 5
    assert found["estimate"].notna().all()
    assert found["conf_low"].isna().all()


def test_units_that_agree_alike_have_no_margin(asked: Callable):
    """An interval is never of zero width."""
    found = ex.agreement(asked({"a": [3, 3, 4], "b": [4, 3, 3], "c": [3, 4, 3]}))
    assert found["reason"].tolist() == ["constant"] * 5
    assert found["conf_low"].isna().all()


# ------------------------------------------------------------------------------------------------------------ real data


@pytest.mark.skipif(not REAL.exists(), reason=HERE)
def test_companies_of_soldiers_agree_on_their_leaders_as_in_r(dataset: Callable[..., Path]):
    """2,042 soldiers in 49 companies, 11 items; R's multilevel::rwg.j and α."""
    soldiers = pd.read_csv(REAL / "lq2002.csv").rename(columns={"COMPID": "unit"})
    items = [f"LEAD{i:02d}" for i in range(1, 12)]
    book = KEYS.replace("employees,organisation,organisation,,,,\n", "")
    book += "".join(f"employees,{item},item,leadership,1,5,\n" for item in items)
    tally = ex.tally(ex.open(dataset(codebook=book, employees=soldiers[["unit", *items]])), "leadership")
    row, each = ex.agreement(tally).iloc[0], ex.agreement(tally, by=["unit"]).query("null == 'uniform'")
    got = [row["estimate"], row["median"], each["estimate"].min(), ex.alpha(tally)["estimate"].iloc[0]]
    assert got == pytest.approx([0.8677849, 0.87010766, 0.7748996, 0.90223657], abs=1e-7)
    assert (row["n"], row["n_units"]) == (2042, 49)


@pytest.mark.skipif(not REAL.exists(), reason=HERE)
def test_platoons_have_the_cohesion_that_r_finds(dataset: Callable[..., Path]):
    """Eleven people, one of whom skipped an item: r_wg(j), a_wg and AD of two platoons."""
    people = pd.read_csv(REAL / "cohesion.csv").drop(columns="UNIT").rename(columns={"PLATOON": "unit"})
    book = "table,variable,role,scale,low,high\nemployees,unit,unit,,,\n"
    book += "".join(f"employees,COH0{i},item,cohesion,1,5\n" for i in range(1, 6))
    tally = ex.tally(ex.open(dataset(codebook=book, employees=people.convert_dtypes())), "cohesion")
    found = ex.agreement(tally, by=["unit"]).query("null != 'slightly_skewed'")
    wide = found.pivot_table(index="unit", columns="effect", values="estimate")
    assert wide["r_wg_j"].to_dict() == pytest.approx({"1ST": 0.756579, "2ND": 0.831473}, abs=5e-7)
    assert wide["a_wg"].to_dict() == pytest.approx({"1ST": 0.51, "2ND": 0.569148}, abs=5e-7)
    assert wide["ad"].to_dict() == pytest.approx({"1ST": 0.75, "2ND": 0.755556}, abs=5e-7)


# ---------------------------------------------------------------------------------------------------------- simulations


@pytest.mark.parametrize(("low", "high"), [(1, 5), (0, 10), (0, 1)])
def test_people_who_answer_at_random_do_not_agree(asked: Callable, low: int, high: int):
    """Twenty units of 1,000 people, every answer equally likely: r_wg is within .03 of 0."""
    rng = np.random.default_rng(1)
    tally = asked({str(u): rng.integers(low, high + 1, 1000) for u in range(20)}, low=low, high=high)
    row = ex.agreement(tally).iloc[0]
    assert 0 <= row["estimate"] < 0.03
    assert 0.2 < row["share_zero"] < 0.8


def studies(number: int, *, organisations: int, apart: float, seed: int) -> Tally:
    """Draw studies, told apart by the key `study`: three five-point items, 11 units per organisation, 15 people each.

    Units differ in their means and in their agreement. So do organisations, half as much; not at all with `apart` 0.
    """
    rng, options, homes = np.random.default_rng(seed), np.arange(1.0, 6.0), number * organisations
    home = np.repeat(np.arange(homes), 11)
    keys = pd.DataFrame({"study": home // organisations, "organisation": home.astype("str"), "n": 15})
    keys["unit"] = np.arange(len(keys)).astype("str")
    mean, width = (
        apart * part * rng.normal(size=homes)[home] + 2 * part * rng.normal(size=len(home)) for part in (0.15, 0.1)
    )
    own = 0.6 * rng.normal(size=(len(home), 15, 1)) + 0.8 * rng.normal(size=(len(home), 15, 3))
    said = np.clip(np.rint(3.5 + mean[:, None, None] + np.exp(width)[:, None, None] * own), 1, 5)
    given = np.stack([(said == option).sum(axis=1) for option in options], axis=2).astype(float)
    block = {"q": Items(list("abc"), keys, np.empty(0), np.empty(0), options, given)}
    return Tally("employees", list(keys.columns), pd.DataFrame(), pd.DataFrame({"variable": []}), block, block, "auto")


def covered(replicates: int, *, organisations: int) -> dict[str, float]:
    """Count how often the interval of the mean holds the mean of 22,000 units.

    Of a single organisation it is the interval of that one's own units, which are then like all others.
    """
    apart, held = float(organisations > 1), []
    truth = ex.agreement(studies(1, organisations=2000, apart=apart, seed=0))["estimate"].to_numpy()
    for seed in range(1, replicates // 100 + 1):
        found = ex.agreement(studies(100, organisations=organisations, apart=apart, seed=seed), by=["study"])
        inside = (found["conf_low"] <= np.tile(truth, 100)) & (np.tile(truth, 100) <= found["conf_high"])
        held.append(inside.groupby(found["effect"] + " " + found["null"]).mean())
    return pd.concat(held, axis="columns").mean(axis="columns").to_dict()


def test_the_interval_covers():
    """In 100 benchmarks of 20 organisations, within four Monte Carlo errors of 95%."""
    found = covered(100, organisations=20)
    assert found["r_wg_j uniform"] == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 100))


@pytest.mark.long
@pytest.mark.parametrize("organisations", [1, 5, 10, 20, 48])
def test_the_interval_covers_in_the_long_run(record: Callable[[str, float], None], organisations: int):
    """92 to 98% of 2,000 benchmarks, for each measure."""
    for measure, found in covered(2000, organisations=organisations).items():
        kind = f"{organisations} organisations of 11 units of 15 people, 2,000 replicates"
        record(f"coverage of the mean {measure.strip().replace('_', ' ')} over units, {kind}", found)
        assert 0.92 <= found <= 0.98
