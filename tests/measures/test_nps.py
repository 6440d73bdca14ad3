"""NPS, shares, favourable share and mean: by hand, at the edges, and on data with a known truth."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.errors import ExkitError
from exkit.measures.tally import Tally

MOBI = Path(__file__).parents[3] / "shared" / "real" / "mobi.csv"


def asked(dataset: Callable[..., Path], marks: list, **columns: object) -> Tally:
    """Count the marks of people who each have a team, a year and whatever else is given."""
    people = {"person": [f"p{i}" for i in range(len(marks))], "team": "North", "year": "2025", "enps": marks}
    return ex.tally(ex.open(dataset(employees=pd.DataFrame({**people, **columns}).convert_dtypes())), "recommend_work")


def test_an_nps_is_promoters_minus_detractors_in_points(dataset: Callable[..., Path]):
    """Three promoters, two passives and five detractors of ten: 30 - 50 = -20."""
    row = ex.nps(asked(dataset, [9, 10, 10, 7, 8, 0, 1, 5, 6, 6])).iloc[0]
    assert row["estimate"] == pytest.approx(-20)
    assert row[["promoters", "passives", "detractors"]].tolist() == pytest.approx([0.3, 0.2, 0.5])
    assert row["mean"] == pytest.approx(6.2)
    assert row["std_error"] == pytest.approx(100 * np.sqrt((0.8 - 0.04) / 9))


def test_the_shares_behind_an_nps_have_margins_of_their_own(dataset: Callable[..., Path]):
    """They are those of the NPS, in its order, each a share of all answers."""
    tally = asked(dataset, [9, 10, 10, 7, 8, 0, 1, 5, 6, 6])
    found = ex.bands(tally).set_index("y")
    assert found["estimate"].to_dict() == pytest.approx({"promoter": 0.3, "passive": 0.2, "detractor": 0.5})
    assert (found["conf_low"] < found["estimate"]).all()
    assert found["n"].tolist() == [10, 10, 10]


def test_who_did_not_answer_is_not_below_the_line(dataset: Callable[..., Path]):
    """One promoter among three answers and three silences: 33, not 17."""
    row = ex.nps(asked(dataset, [9, 7, 8, 99, None, 99])).iloc[0]
    assert (row["n"], round(row["estimate"])) == (3, 33)


@pytest.mark.parametrize("n", range(13))
def test_a_group_of_any_size_gives_a_row_and_no_false_certainty(dataset: Callable[..., Path], n: int):
    """One answer has no interval; more have one with width, however alike they are."""
    groups = ["A"] * n + ["B"] * 5
    result = ex.nps(asked(dataset, [9] * n + [3] * 5, team=groups), by=["unit"]).set_index("unit")
    assert ("A" in result.index) == (n > 0)
    if n == 1:
        assert result.loc["A", "reason"] == "too_few"
        assert np.isnan(result.loc["A", "estimate"])
    if n > 1:
        assert result.loc["A", "conf_low"] < result.loc["A", "conf_high"] <= 100


def test_a_lone_answer_gives_nothing_away(dataset: Callable[..., Path]):
    """Not even through the shares."""
    row = ex.nps(asked(dataset, [9])).iloc[0]
    assert row[["estimate", "promoters", "passives", "detractors", "mean"]].isna().all()


def test_cut_offs_come_from_the_codebook(dataset: Callable[..., Path]):
    """On a scale of 1 to 5 with promoters from 5 and detractors to 3."""
    book = "table,variable,role,low,high,promoter_from,detractor_to\ncustomers,stars,recommend,1,5,5,3\n"
    study = ex.open(dataset(codebook=book, customers={"stars": [5, 5, 4, 3, 1]}))
    assert ex.nps(ex.tally(study, "stars"))["estimate"].iloc[0] == pytest.approx(0)


def test_a_question_without_cut_offs_has_no_nps(dataset: Callable[..., Path]):
    """The message says what the codebook lacks."""
    book = "table,variable,role,low,high\ncustomers,ease,item,1,7\n"
    study = ex.open(dataset(codebook=book, customers={"ease": [1, 7]}))
    with pytest.raises(ExkitError, match="no promoter_from for 'ease'"):
        ex.nps(ex.tally(study, "ease"))


def test_waves_with_other_scales_are_not_pooled(dataset: Callable[..., Path]):
    """Marks of 1 to 10 and of 0 to 10 have no figure in common; wave by wave they have one each."""
    book = """\
table,variable,wave,role,low,high,promoter_from,detractor_to
customers,year,,wave,,,,
customers,mark,2024,recommend,1,10,9,6
customers,mark,2025,recommend,0,10,9,6
"""
    tally = ex.tally(ex.open(dataset(codebook=book, customers={"year": [2024, 2024, 2025, 2025], "mark": 9})), "mark")
    with pytest.raises(ExkitError, match="changed its scale or cut-offs"):
        ex.nps(tally)
    assert ex.nps(tally, by=["wave"])["series"].tolist() == [1, 2]
    assert ex.nps(tally, by=["wave"])["changed"].tolist() == ["", "scale"]


def test_data_without_sectors_say_so(dataset: Callable[..., Path]):
    """A division that was not asked is a reason, not an error; a misspelt one is an error."""
    tally = asked(dataset, [9, 3])
    assert ex.nps(tally, by=["sector"])["reason"].tolist() == ["not_asked"]
    with pytest.raises(ExkitError, match="No group column 'setor'"):
        ex.nps(tally, by=["setor"])


def test_shares_list_every_mark_of_the_scale(dataset: Callable[..., Path]):
    """Marks that nobody gave have share 0 and an interval; the shares add up to one."""
    result = ex.shares(asked(dataset, [9, 9, 3, 10]))
    assert result["y"].tolist() == [str(mark) for mark in range(11)]
    assert result["estimate"].sum() == pytest.approx(1)
    assert (result["conf_high"] > result["conf_low"]).all()


def test_a_favourable_share_counts_from_the_codebooks_mark(dataset: Callable[..., Path]):
    """Four of five answers are 4 or higher."""
    book = "table,variable,role,low,high,favourable_from\nemployees,voice,item,1,5,4\n"
    study = ex.open(dataset(codebook=book, employees={"voice": [4, 4, 5, 5, 3]}))
    row = ex.favourable(ex.tally(study, "voice")).iloc[0]
    assert (row["effect"], row["estimate"], row["n"]) == ("share", pytest.approx(0.8), 5)


def test_a_mean_on_which_all_agree_has_no_interval(dataset: Callable[..., Path]):
    """It is said to be constant, and not given a width of zero."""
    row = ex.mean(asked(dataset, [7, 7, 7])).iloc[0]
    assert (row["estimate"], row["reason"]) == (7, "constant")
    assert np.isnan(row["conf_low"])


def test_teams_with_the_same_mean_are_not_people_with_the_same_answer(dataset: Callable[..., Path]):
    """Two teams that differ within and not between have the margin of as many people on their own."""
    row = ex.mean(asked(dataset, [9, 3, 9, 3], team=["A", "A", "B", "B"])).iloc[0]
    assert (row["estimate"], row["reason"]) == (6, "")
    assert row["conf_low"] < 6 < row["conf_high"]


def test_few_teams_that_are_alike_by_luck_are_not_sure(dataset: Callable[..., Path]):
    """The margin of a mean is that of as many people on their own, or wider."""
    marks = [9, 3, 8, 2, 7, 4, 9, 3, 8, 2, 7, 5]
    found = ex.mean(asked(dataset, marks, team=["A"] * 6 + ["B"] * 6)).iloc[0]
    alone = np.std(marks, ddof=1) / np.sqrt(12)
    assert found["std_error"] < alone
    assert found["conf_high"] - found["estimate"] == pytest.approx(stats.t.ppf(0.975, 1) * alone)


def covered(sizes: list[int], *, of: Callable, alike: float, replicates: int) -> float:
    """Count how often an organisation's margin holds its true figure; of an answer so much is its team's."""
    rng, k = np.random.default_rng(8), len(sizes)
    team = np.repeat(np.arange(k), sizes)
    moods, own = rng.normal(size=(replicates, k))[:, team], rng.normal(size=(replicates, len(team)))
    marks = np.clip(np.rint(7.4 + 2 * (np.sqrt(alike) * moods + np.sqrt(1 - alike) * own)), 0, 10)
    organisation = np.repeat(np.arange(replicates), len(team))
    people = {"organisation": organisation, "unit": k * organisation + np.tile(team, replicates)}
    counts = pd.DataFrame({**people, "answer": marks.ravel()}).groupby([*people, "answer"]).size().rename("n")
    counts = counts.reset_index().assign(variable="enps", w=counts.to_numpy(float), w2=counts.to_numpy(float))
    scale = {"low": 0.0, "high": 10.0, "promoter_from": 9.0, "detractor_to": 6.0, "favourable_from": 9.0}
    defined = pd.DataFrame({"variable": ["enps"], "wave": "", "series": 1, "changed": "", **scale})
    found = of(Tally("employees", list(people), counts, defined, {}, {}, "auto"), by=["organisation"])
    bounds = stats.norm.cdf((np.arange(10) + 0.5 - 7.4) / 2)
    chance = np.diff(bounds, prepend=0, append=1)
    truth = 100 * (chance[9:].sum() - chance[:7].sum()) if of is ex.nps else chance @ np.arange(11)
    return ((found["conf_low"] <= truth) & (truth <= found["conf_high"])).mean()


@pytest.mark.parametrize("of", [ex.nps, ex.mean])
def test_the_margin_of_few_teams_holds_the_figure_of_the_organisation(of: Callable):
    """Of 300 organisations of three teams, at least 95% within four Monte Carlo errors."""
    assert covered([10] * 3, of=of, alike=0.1, replicates=300) >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / 300)


@pytest.mark.long
@pytest.mark.parametrize("alike", [0.05, 0.15])
@pytest.mark.parametrize(
    ("sizes", "least"),
    [([10] * 2, 0.94), ([10] * 3, 0.94), ([10] * 8, 0.94), ([60, 10, 10], 0.92), ([60, *[10] * 5], 0.87)],
)
@pytest.mark.parametrize("of", [ex.nps, ex.mean], ids=["nps", "mean"])
def test_the_margin_of_few_teams_in_the_long_run(
    of: Callable, sizes: list[int], least: float, alike: float, record: Callable[[str, float], None]
):
    """At least 94% of 4,000; less where one team outweighs the others, as everywhere that clusters are so unequal."""
    found = covered(sizes, of=of, alike=alike, replicates=4000)
    teams = ", ".join(map(str, sizes)) if len(set(sizes)) > 1 else f"{len(sizes)} times {sizes[0]}"
    what = {ex.nps: "eNPS", ex.mean: "mean"}[of]
    record(f"coverage of an organisation's {what}, teams of {teams}, ICC(1) {alike}, 4,000 replicates", found)
    assert found >= least


def test_nothing_that_is_given_is_changed(dataset: Callable[..., Path]):
    """Statistics leave the tally as it was."""
    tally = asked(dataset, [9, 3, 7])
    before = tally.counts.copy()
    for statistic in (ex.nps, ex.shares, ex.mean):
        statistic(tally, by=["wave"])
    pd.testing.assert_frame_equal(tally.counts, before)


def test_a_known_nps_is_recovered(dataset: Callable[..., Path]):
    """Of 4,000 people drawn with 35% promoters and 25% detractors the interval holds +10."""
    rng = np.random.default_rng(7)
    row = ex.nps(asked(dataset, list(rng.choice([9, 8, 4], 4000, p=[0.35, 0.40, 0.25])))).iloc[0]
    assert row["conf_low"] < 10 < row["conf_high"]
    assert row["conf_high"] - row["conf_low"] < 6


@pytest.mark.skipif(not MOBI.exists(), reason="the folder with real data, shared/real, is not beside the project")
def test_the_mobile_operators_customers_give_the_published_answer(dataset: Callable[..., Path]):
    """A 1-10 item: 9-10 minus 1-6 is 14.0 points, with a standard error of 4.901 (R)."""
    book = "table,variable,role,low,high,promoter_from,detractor_to\ncustomers,CUSL3,recommend,1,10,9,6\n"
    row = ex.nps(ex.tally(ex.open(dataset(codebook=book, customers=MOBI.read_text())), "CUSL3")).iloc[0]
    plug_in = row["std_error"] * np.sqrt((row["n"] - 1) / row["n"])
    assert row["estimate"] == pytest.approx(14.0)
    assert {round(row["std_error"], 3), round(plug_in, 3)} & {4.901}


def test_a_figure_of_one_wave_says_which(dataset: Callable[..., Path]):
    """A score without its year is no figure to publish."""
    tally = asked(dataset, [9, 3, 7], year=["2024", "2025", "2025"])
    assert ex.nps(tally.at(wave=""))["at"].tolist() == ["2025"]
    assert "at" not in ex.nps(tally)


def test_a_question_that_nobody_answered_says_so(dataset: Callable[..., Path]):
    """It was asked; there is nothing to estimate."""
    tally = asked(dataset, [99, None, 99])
    for statistic in (ex.nps, ex.shares, ex.mean):
        assert statistic(tally)["reason"].tolist() == ["no_answers"]
