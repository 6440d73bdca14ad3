"""The door: what too few people answered does not pass, by any function, in any form."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit import context
from exkit.errors import ExkitError
from exkit.present.protect import AGREED, INSTEAD, KNOWN, PUBLISHED
from exkit.present.show import figure
from exkit.present.tables import Html
from exkit.result import COLUMNS, result

NUMBERS = {
    "estimate": 77.7731, "std_error": 5.4343, "conf_low": 66.6617, "conf_high": 88.8829, "p_value": 0.0434,
    "promoters": 0.83339, "passives": 0.10993, "detractors": 0.05668, "mean": 9.5151, "n_eff": 8.7654,
}  # fmt: skip
"""What is known of the people of one row, and must not be known outside."""

TRACES = {
    "levels": ["77.77", "66.66", "88.88", "5.43", "0.043", "8333", "1099", "0566", "9.51", "8.76",
               r"\+?78\b", r"66[.,]7", r"88[.,]9", "83%", "11%", r"\b6%", r"9[.,]5", r"0\.83", r"0\.11"],
    "differences": ["77.77", "66.66", "88.88", "5.43", "0.043", "8.76", r"77[.,]8", r"66[.,]7", r"88[.,]9", "507"],
    "quarters": ["77.77", "66.66", "88.88", "0.043", r"\+78\b", r"66[.,]7", r"88[.,]9", "55.55", "44.44", r"\b56\b"],
    "reliability": ["7777", "6666", "8288", "8.76", r"0[.,]78\b", r"0[.,]67", r"0[.,]83", r"\b8[.,]8\b"],
    **{kind: ["7777", "6666", "8288", r"0[.,]78\b", r"0[.,]67", r"0[.,]83"] for kind in ("by_size", "aggregation")},
    "agreement": ["7777", "6666", "8288", r"0[.,]78\b", r"0[.,]67", r"0[.,]83", "44%"],
    "singles": ["77.77", "66.66", "88.88", r"77[.,]8", r"66[.,]7", r"88[.,]9", r"55[.,]6"],
    "ratios": ["45%", "31%", "56%"],
    "standing": ["77.77", "66.66", "88.88", "5.43", r"\+?78\b", r"66[.,]7", r"88[.,]9"],
    "held": ["77.77", "66.66", "88.88", "5.43", "0.043", r"77[.,]8", r"66[.,]7", r"88[.,]9"],
    "places": ["7777", "6666", "8288", "78%", "67%", "83%"],
    **{kind: ["7777", "6666", "8288", r"0[.,]78\b", r"0[.,]67", r"0[.,]83"] for kind in ("links", "mixed", "forest")},
    "scatter": ["7777", "6666", "8288", r"3[.,]78\b", r"3[.,]67", r"3[.,]83"],
    "register": ["77.77", "66.66", "88.88", "5.43", "0.043", r"\+78\b", r"66[.,]7", r"88[.,]9"],
    "shares": ["7777", "6666", "8288", "5.43", "0.043", "8.76", r"\b78%", r"66[.,]7%", r"82[.,]9%", r"0\.78"],
}  # fmt: skip
"""How those numbers would look, written in full, rounded, or drawn."""

REGISTERS = ("claims", "verdicts", "headlines")
"""What shows the claims register, and nothing else."""

PICTURES = {
    "plot_bands": "levels",
    "plot_trend": "levels",
    "plot_shares": "shares",
    "plot_points": "differences",
    "plot_teams": "singles",
    "plot_reliability": "by_size",
    "plot_scatter": "scatter",
    "plot_forest": "forest",
    "plot_standing": "standing",
}
"""Which kind of result a plot draws."""

TABLES = {
    "quarter_table": "quarters",
    "aggregation_table": "aggregation",
    "reliability_table": "reliability",
    "sizes_table": "reliability",
    "agreement_table": "agreement",
    "team_table": "singles",
    "beside": "ratios",
    "linkage_table": "links",
    "mixed_table": "mixed",
    "scatter_table": "scatter",
    "consistency_table": "forest",
    "standing_table": "standing held places",
    "in_brief": "held",
}
"""Which kinds of result a table or a list lays out that is made for these only."""


def rows(n: int, *, kind: str) -> pd.DataFrame:
    """Make three rows of a kind of result; the last rests on `n` answers and has the numbers to look for."""
    if kind == "levels":
        shares = {"promoters": 0.2, "passives": 0.2, "detractors": 0.6}
        usual = {"estimate": -40.0, "std_error": 2.0, "conf_low": -44.0, "conf_high": -36.0, "n": 120, "mean": 5.0}
        groups, told = pd.DataFrame({"wave": ["2001", "2002", "2003"]}), {"effect": "nps", "series": 1, "changed": ""}
        return canary(result(groups, x="enps", n_eff=120.0, **told, **usual, **shares), n=n)
    if kind == "differences":
        groups = pd.DataFrame({"level": ["b", "c", "d"], "reference": "a"})
        usual = {"estimate": -40.0, "std_error": 2.0, "conf_low": -44.0, "conf_high": -36.0, "n": 240}
        told = {"effect": "diff", "of": "nps", "between": "sector", "p_value": 0.2, "n_smallest": 120, "n_eff": 240.0}
        return canary(result(groups, x="enps", **told, **usual), n=507, n_smallest=n)
    if kind in ("standing", "held", "places"):
        return of_one(n, kind)
    if kind == "register":
        return register(n)
    if kind == "quarters":
        return quarters(n)
    if kind == "reliability":
        usual = {"estimate": 0.5, "conf_low": 0.4, "conf_high": 0.6, "n": 120, "n_units": 12, "k": 10.0}
        made = result(x=["p", "p", "q", "q", "r", "r"], effect=["icc1", "icc2"] * 3, **usual)
        told = {"estimate": 0.77773, "conf_low": 0.66666, "conf_high": 0.82888, "k": 8.7654}
        return pd.concat([made.iloc[:4], canary(made.iloc[[4]], n=n, **told), canary(made.iloc[[5]], n=n, **told)])
    if kind == "ratios":
        groups = pd.DataFrame({"outcome": ["customer_loyalty", "profitability", "absenteeism"]})
        made = result(groups, effect="ratio", estimate=1.5, conf_low=1.4, conf_high=1.6, n=120)
        return canary(made, n=n, estimate=1.44646, conf_low=1.31313, conf_high=1.55555)
    if kind in ("links", "mixed", "forest", "scatter"):
        return of_links(n, kind)
    if kind in ("aggregation", "agreement", "by_size", "singles"):
        return of_teams(n, kind)
    usual = {"estimate": 0.1, "std_error": 0.02, "conf_low": 0.06, "conf_high": 0.14, "n": 120, "n_eff": 120.0}
    made = result(pd.DataFrame(index=range(3)), x="enps", y=["A", "B", "C"], effect="share", **usual)
    return canary(made, n=n, estimate=0.77773, conf_low=0.66666, conf_high=0.82888)


def of_one(n: int, kind: str) -> pd.DataFrame:
    """Make what is said of one organisation; its own figure, or the last of what it is held against, is looked for."""
    usual = {"estimate": -40.0, "std_error": 2.0, "conf_low": -44.0, "conf_high": -36.0, "n": 120}
    if kind == "standing":
        groups = pd.DataFrame({"whose": ["all", "sector", "own"], "sector": ["", "care", "care"], "organisation": ""})
        return canary(result(groups, x="enps", effect="nps", **usual), n=n)
    groups = pd.DataFrame({"against": ["all", "sector", "all"]})
    if kind == "held":
        return canary(result(groups, x="enps", effect="diff", of="nps", p_value=0.2, **usual), n=n)
    usual |= {"estimate": 3.0, "conf_low": 2.0, "conf_high": 5.0, "n_organisations": 40, "of": "nps"}
    told = {"estimate": 0.77773, "conf_low": 0.66666, "conf_high": 0.82888}
    return canary(result(groups, x="enps", effect=["rank", "rank", "percentile"], **usual), n=n, **told)


def of_teams(n: int, kind: str) -> pd.DataFrame:
    """Make what is said of the scores of teams; the last measure or team has the numbers to look for."""
    usual = {"estimate": 0.5, "conf_low": 0.4, "conf_high": 0.6, "n": 120, "n_units": 12, "k": 10.0, "at": "2025"}
    told = {"estimate": 0.77773, "conf_low": 0.66666, "conf_high": 0.82888}
    if kind == "by_size":
        sizes = pd.DataFrame({"size": [5, 15, 25]})
        return canary(result(sizes, x="p", effect="icc2", **usual), n=n, **told)
    if kind == "aggregation":
        beside = {f"{name}{end}": 0.5 for name in ("icc1", "agreement") for end in ("", "_low", "_high")}
        made = result(x=["p", "q", "r"], effect="icc2", verdict="weak", null="uniform", **beside, **usual)
        return canary(made, n=n, **told)
    if kind == "agreement":
        shares = {"share_high": 0.5, "share_zero": 0.1, "median": 0.5, "null": "uniform"}
        made = result(x=["p", "q", "r"], effect="r_wg", **usual, **shares)
        return canary(made, n=n, share_high=0.44444, **told)
    teams = pd.DataFrame({"unit": [f"t{i}" for i in range(14)]})
    means = {"estimate": 3.0, "conf_low": 2.0, "conf_high": 4.0, "raw": 3.0, "raw_low": 2.0, "raw_high": 4.0}
    told = {"raw": 55.5512, "raw_low": 44.4434, "raw_high": 66.6617}
    return canary(result(teams, x="p", effect="mean", target=3.0, n=120, **means), n=n, **told)


def of_links(n: int, kind: str) -> pd.DataFrame:
    """Make what is said of links between teams; the last row of each measure has the numbers to look for."""
    usual = {"estimate": 0.1, "conf_low": 0.06, "conf_high": 0.14, "n": 120, "n_units": 120, "n_organisations": 12}
    told = {"estimate": 0.77773, "conf_low": 0.66666, "conf_high": 0.82888}
    if kind == "links":
        return canary(result(x="p", y="q", effect="r", level=["within", "between", "pooled"], **usual), n=n, **told)
    if kind == "mixed":
        terms = {
            "x": ["", "p", "q", "r"],
            "effect": ["icc", "b", "b", "b"],
            "level": "",
            "value": "",
            "against": "",
            "of": "",
        }
        return canary(result(y="s", **terms, **usual), n=n, **told)
    if kind == "forest":
        effects = ["r", "r_predicted", "tau", "p_positive", "share_positive", "share_expected", "r_mean"]
        groups = pd.DataFrame({"organisation": ["A", *[""] * 6]})
        return canary(result(groups, x="p", y="q", effect=effects, **usual), n=n, **told)
    groups = pd.DataFrame({"unit": list("ABCDEFGHIJKL")})
    usual |= {"estimate": [3.1, 3.2, 3.3] * 4, "conf_low": 1.5, "conf_high": 3.35, "raw": 3.0, "target": 3.0}
    told = {name: 3 + value for name, value in told.items()}
    return pd.concat([canary(result(groups, x=x, effect="mean", **usual), n=n, **told) for x in ("p", "q")])


def register(n: int) -> pd.DataFrame:
    """Make a claims register of three figures; the last of ours has the numbers to look for, and differs."""
    claims = ex.published("claims").query("statistic == 'nps'")
    usual = {"estimate": 12.0, "std_error": 2.0, "conf_low": 8.0, "conf_high": 16.0, "n": 120}
    return ex.register(claims, canary(result(claims[["claim", "figure"]], effect="nps", **usual), n=n), synthetic=False)


def quarters(n: int) -> pd.DataFrame:
    """Make quarters of three outcomes in points; both means and the difference of the last are to be looked for."""
    usual = {"n": 120, "n_organisations": 12, "n_left_out": 0, "n_without_organisation": 0, "of": ["", "points"] * 3}
    numbers = {"estimate": -40.0, "conf_low": -44.0, "conf_high": -36.0, "p_value": 0.2, "top": 1.0, "bottom": 41.0}
    none = dict.fromkeys(["median", "n_median"], np.nan)
    made = result(y=["p", "p", "q", "q", "r", "r"], effect=["ratio", "diff"] * 3, **numbers, **usual, **none)
    made.loc[made["effect"] == "ratio", [*numbers]] = np.nan
    return canary(made.assign(reason=["no_ratio", ""] * 3), n=n, top=55.5512, bottom=44.4434)


def canary(made: pd.DataFrame, **told: float) -> pd.DataFrame:
    """Give the last row the numbers to look for."""
    numbers = {name: value for name, value in {**NUMBERS, **told}.items() if name in made}
    made.loc[made.index[-1], list(numbers)] = list(numbers.values())
    return made


def doors() -> list[str]:
    """List the public functions of `present` that take a result: whatever they are, also those of tomorrow."""
    public = [name for name, home in ex.HOME.items() if home.startswith("exkit.present.")]
    first = {name: next(iter(inspect.signature(getattr(ex, name)).parameters)) for name in public}
    return [name for name in public if first[name] in ("result", "results")]


def ways_out() -> list[tuple[str, str]]:
    """Pair each of them with each kind of result that it shows."""
    return [(name, kind) for name in doors() for kind in kinds(name)]


def kinds(name: str) -> list[str]:
    """Tell which kinds of result a function shows."""
    if name in TABLES:
        return TABLES[name].split()
    general = [kind for kind in TRACES if kind not in " ".join(TABLES.values()).split()]
    return ["register"] if name in REGISTERS else [PICTURES[name]] if name in PICTURES else general


@pytest.fixture
def out(
    tmp_path: Path, shown: list[str], see: Callable, drawn: Callable, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Call a function and gather everything that leaves it: what is read, what is drawn, what is in the file."""
    monkeypatch.setattr(context.current, "results", tmp_path)
    plots = {kind: getattr(ex, name) for name, kind in PICTURES.items()}

    def read(markup: str) -> str:
        page = see(markup)
        said = [value for tag in page.elements for name, value in tag[1].items() if name in ("aria-label", "alt")]
        return " ".join([page.text, *said])

    def gather(name: str, given: pd.DataFrame, *, kind: str) -> str:
        door = getattr(ex, name)
        takes = inspect.signature(door).parameters
        told = {"title": "Canary", "name": "canary", "plot": plots.get(kind)}
        told |= {"published": ex.published("gallup"), "value": "ratio"}
        told |= {"needed": given.assign(effect="raters", target=0.7)}
        back = door(given, **{word: value for word, value in told.items() if word in takes})
        if hasattr(back, "child_axes"):
            shapes = " ".join(f"{value:.6g}" for value in drawn(back))
            back = f"{shapes} {figure(back, title='Canary', alt='-', table=Html('-'), language='en')}"
        if isinstance(back, pd.DataFrame):
            back = back.to_csv()
        files = " ".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("canary*"))
        return " ".join([read(str(back)), *map(read, shown), files]).replace(",", " , ")

    return gather


@pytest.mark.parametrize(("name", "kind"), ways_out())
def test_nothing_of_nine_people_leaves_by_any_door(out: Callable[..., str], name: str, kind: str):
    """No number of the row, written out or rounded, nor how many they were, in text, picture, table or file."""
    said = out(name, rows(9, kind=kind), kind=kind)
    assert not [trace for trace in TRACES[kind] if re.search(trace.replace("[.,]", "(?:[.,]| , )"), said)]
    assert not re.search(r"(?<![\d.])9(?![\d.%])", said)


ENOUGH = {"agreement": 30, "aggregation": 30, "levels": 200, "shares": 20}
"""Answers with which numbers may be told that take more than ten: agreement, ten of each kind, three who depart."""


@pytest.mark.parametrize(("name", "kind"), ways_out())
def test_what_ten_people_say_does_leave(out: Callable[..., str], name: str, kind: str):
    """The same numbers are there when they rest on one answer more: the test above looks for the right thing."""
    said = out(name, rows(ENOUGH.get(kind, 10), kind=kind), kind=kind)
    if kind == "register" and name in ("sentence", "findings", "verdicts"):
        return  # they count figures, and print none
    if name == "in_brief" or (name in ("sentence", "findings") and kind in ("shares", "by_size")):
        assert not re.search(r"\d", said)  # a distribution or a curve has a picture and a description, and no finding
        return
    assert any(re.search(trace, said) for trace in TRACES[kind])


def test_every_function_that_takes_a_result_is_tried():
    """The doors that we know of are found, so the search for new ones works."""
    known = {"protect", "table", "sentence", "describe", "key_figures", "report", "save", *PICTURES}
    assert known <= set(doors())


def test_figures_from_print_are_nobodys_answers():
    """What was worked out from published shares has no number of answers, and is shown."""
    shares = {"promoter": 0.80, "passive": 0.18, "detractor": 0.03}
    worked_out = ex.implied({"promoter": 0.31, "passive": 0.50, "detractor": 0.19}, recommending=shares)
    assert ex.protect(worked_out)["estimate"].notna().all()


@pytest.mark.parametrize(("n", "passes"), [(9, False), (10, True), (11, True)])
def test_ten_answers_may_be_shown_and_nine_may_not(scores: Callable, n: int, passes: bool):
    """The smallest group that may be shown has ten answers."""
    row = ex.protect(scores(["Care"], n=n, effect="mean")).iloc[0]
    assert (row["reason"], pd.notna(row["estimate"])) == (("", True) if passes else ("withheld", False))


@pytest.mark.parametrize(("detractors", "passes"), [(9, False), (10, True), (0, False)])
def test_an_nps_tells_of_ten_detractors_and_not_of_nine(scores: Callable, detractors: int, passes: bool):
    """With its n and its margin it tells how many there are."""
    row = ex.protect(scores(["Care"], n=100, promoters=0.5, detractors=detractors / 100)).iloc[0]
    assert (row["reason"], pd.notna(row["promoters"])) == (("", True) if passes else ("withheld", False))


@pytest.mark.parametrize("promoters", [0.0, 0.09])
def test_an_nps_tells_of_ten_promoters_too(scores: Callable, promoters: float):
    """Nine of a hundred are as few as nine detractors."""
    assert ex.protect(scores(["Care"], n=100, promoters=promoters))["reason"].tolist() == ["withheld"]


@pytest.mark.parametrize(
    ("count", "told", "reason"),
    [(40, 0.925, "at_least"), (38, 0.925, "at_least"), (37, 0.925, ""), (0, 0.075, "at_most"), (3, 0.075, "")],
)
def test_a_share_from_which_hardly_anyone_departs_is_a_bound(count: int, told: float, reason: str):
    """Of forty people, with none, two and three who answered otherwise: nobody sees whether it were all of them."""
    row = ex.protect(result(effect="share", estimate=count / 40, conf_low=0.5, conf_high=0.6, n=40)).iloc[0]
    assert row["estimate"] == pytest.approx(told)
    assert row["reason"] == reason


def test_a_bound_looks_the_same_for_everybody_and_almost_everybody():
    """Neither its margin nor what stands beside it tells the two apart."""
    given = result(effect="share", estimate=[1.0, 0.95], std_error=[0.0, 0.03], n_eff=[40, 35], n=40)
    assert len(ex.protect(given).drop_duplicates()) == 1


def test_a_group_that_gives_another_one_away_is_withheld(scores: Callable):
    """One of three sectors has seven people, who would follow from the total and the other two."""
    given = scores(["", "a", "b", "c"], n=[107, 7, 49, 51], effect="mean")
    assert ex.protect(given)["reason"].tolist() == ["", "withheld", "withheld", ""]


def test_a_few_people_who_are_in_no_group_are_protected_like_a_group(scores: Callable):
    """Two sectors and a total that is five more: one sector is withheld, so that the five are not what is left."""
    given = scores(["", "a", "b"], n=[107, 50, 52], effect="mean")
    assert ex.protect(given)["reason"].tolist() == ["", "withheld", ""]


def test_it_is_the_number_of_people_that_counts(scores: Callable):
    """Nine people who weigh as much as a thousand stay nine people."""
    row = ex.protect(scores(["Care"], n=9, n_eff=1000.0, sum_w=1000.0)).iloc[0]
    assert row["reason"] == "withheld"


def test_it_is_the_answers_to_that_very_question_that_count(dataset: Callable[..., Path]):
    """Forty people of whom nine answered this question are nine."""
    people = {"person": range(40), "team": "North", "year": "2025", "enps": [9] * 9 + [99] * 31}
    tally = ex.tally(ex.open(dataset(employees=people)), "recommend_work")
    assert ex.protect(ex.nps(tally))["reason"].tolist() == ["withheld"]


def test_a_difference_is_as_small_as_its_smallest_group(differences: Callable):
    """A thousand people compared with nine say something of the nine."""
    few, enough = differences([("b", "a")], n=1009, n_smallest=9), differences([("b", "a")], n=20, n_smallest=10)
    assert ex.protect(few)["reason"].tolist() == ["withheld"]
    assert ex.protect(enough)["reason"].tolist() == [""]


def test_rows_that_compare_nothing_are_judged_by_their_own_number(scores: Callable, differences: Callable):
    """Also below rows that do compare groups, as in what answers the published claims."""
    both = pd.concat([scores(["Care", "Trade"], n=[9, 40]), differences([("b", "a")], n=1009, n_smallest=10)])
    assert ex.protect(both)["reason"].tolist() == ["withheld", "", ""]
    assert ex.protect(ex.protect(both))["reason"].tolist() == ["withheld", "", ""]


@pytest.mark.parametrize("kind", TRACES)
def test_protecting_twice_changes_nothing(kind: str):
    """Each function protects what it is given, also what was protected before."""
    once = ex.protect(rows(9, kind=kind))
    pd.testing.assert_frame_equal(ex.protect(once), once)


@pytest.mark.parametrize("kind", TRACES)
def test_a_withheld_row_keeps_its_name_and_no_number(kind: str):
    """Every number is gone, the count too; who it is about and what was asked stay."""
    before, after = rows(9, kind=kind).iloc[-1], ex.protect(rows(9, kind=kind)).iloc[-1]
    numbers = [c for c in rows(9, kind=kind).select_dtypes("number").columns if c not in ("series", "family")]
    numbers = [c for c in numbers if c not in ("claim", "size", *PUBLISHED)]
    assert after[numbers].isna().all()
    names = [c for c in before.index if c not in (*numbers, *PUBLISHED, *INSTEAD, "reason")]
    assert after[names].tolist() == before[names].tolist()


@pytest.mark.parametrize(
    "told", [["nine", "say yes"], [np.float64(1), None], [True, False], pd.to_datetime(["2025-01-01", "2025-01-02"])]
)
def test_what_is_not_known_to_be_harmless_is_withheld(scores: Callable, told: object):
    """An extra of any type may tell of the people in a row."""
    extra = scores(["Care", "Trade"], n=[9, 9]).assign(extra=pd.Series(told, dtype=object).to_numpy())
    assert ex.protect(extra)["extra"].isna().all()


def test_numbers_kept_as_objects_are_withheld_too(scores: Callable):
    """How pandas happens to hold a number does not matter."""
    held = scores(["Care", "Trade"], n=[9, 40]).astype({"estimate": object, "conf_low": object})
    assert ex.protect(held)["estimate"].tolist()[1:] == [12.0]
    assert ex.protect(held)[["estimate", "conf_low"]].isna().iloc[0].all()


def test_numbers_are_withheld_wherever_they_stand(scores: Callable):
    """An estimate that was moved to the front is no group."""
    moved = scores(["Care"], n=9)[["sector", "estimate", "n", *(c for c in COLUMNS if c not in ("estimate", "n"))]]
    assert ex.protect(moved)[["estimate", "n"]].isna().all(axis=None)


def test_rows_stay_in_their_order(scores: Callable):
    """The reader's order is the analyst's."""
    given = scores(["c", "a", "b"], n=[40, 9, 50])
    assert ex.protect(given)["sector"].tolist() == ["c", "a", "b"]
    assert ex.protect(given)["reason"].tolist() == ["", "withheld", ""]


def test_withheld_rows_look_alike_whatever_the_reason():
    """Nobody, three people, nine of one mind, a single cluster: all the same to the reader."""
    codes, groups = ["no_answers", "too_few", "constant", "one_cluster"], pd.DataFrame({"sector": list("abcd")})
    given = result(groups, x="q", effect="nps", estimate=[np.nan, np.nan, 100, 5], n=[0, 3, 9, 9], reason=codes)
    shown = ex.protect(given).drop(columns="sector")
    assert shown["reason"].tolist() == ["withheld"] * 4
    assert len(shown.drop_duplicates()) == 1


def test_the_smallest_group_can_be_chosen(scores: Callable):
    """An argument beats the kernel's own minimum, upwards and downwards."""
    given = scores(["Care", "Trade"], n=[5, 40], effect="mean")
    assert ex.protect(given, min_n=5)["reason"].tolist() == ["", ""]
    assert ex.protect(given, min_n=41)["reason"].tolist() == ["withheld", "withheld"]


def test_the_kernels_own_minimum_holds_unless_told_otherwise(scores: Callable, monkeypatch: pytest.MonkeyPatch):
    """What `ex.open` was told goes for every function."""
    monkeypatch.setattr(context.current, "min_n", 30)
    assert ex.protect(scores(["Care"], n=29))["reason"].tolist() == ["withheld"]


@pytest.mark.parametrize("min_n", [0, -3, float("nan")])
def test_a_minimum_below_one_is_refused(scores: Callable, min_n: float):
    """A door that lets everything pass is no door."""
    with pytest.raises(ExkitError, match=r"min_n is the smallest group that may be shown: 1 or more, not"):
        ex.protect(scores(["Care"]), min_n=min_n)


def test_what_was_not_asked_stays_not_asked():
    """Data without sectors have nothing to withhold."""
    given = result(pd.DataFrame({"sector": [""]}), effect="nps", reason="not_asked")
    assert ex.protect(given)["reason"].tolist() == ["not_asked"]


@pytest.mark.parametrize("reason", KNOWN)
def test_what_holds_whoever_answered_stays_said(reason: str):
    """No answer of anybody can be read from it."""
    assert ex.protect(result(effect="nps", reason=reason))["reason"].tolist() == [reason]


def test_a_published_figure_is_open_in_a_register_and_nowhere_else(scores: Callable):
    """What others published stays beside ours that is withheld; a column of that name elsewhere does not."""
    told = ex.protect(register(9)).iloc[-1]
    assert told[["published", "kind", "verdict", "headline"]].tolist() == [12.0, "value", "not_testable", False]
    assert ex.protect(scores(["Care"], n=9).assign(published=7.0))["published"].isna().all()


@pytest.mark.parametrize("effect", AGREED)
@pytest.mark.parametrize(("n", "passes"), [(29, False), (30, True)])
def test_agreement_of_fewer_than_thirty_people_does_not_pass(effect: str, n: int, passes: bool):
    """Whatever the smallest group that may be shown, whether of one team or of several."""
    units = pd.DataFrame({"unit": ["a"]})
    row = ex.protect(result(units, effect=effect, estimate=0.6, n=n, n_units=1, null="uniform"), min_n=1).iloc[0]
    assert (row["reason"], pd.notna(row["estimate"])) == (("", True) if passes else ("withheld", False))
    assert row["null"] == "uniform"


@pytest.mark.parametrize(
    ("effect", "estimate", "passes"),
    [("r_wg", 1.0, False), ("r_wg_j", 0.996, False), ("r_wg_j", 0.99, True), ("a_wg", 1.0, False), ("a_wg", -1.0, True),
     ("ad", 0.0, False), ("ad_median", 0.004, False), ("ad", 0.01, True), ("r", 1.0, True)],
)  # fmt: skip
def test_full_agreement_does_not_pass(effect: str, estimate: float, passes: bool):
    """It would tell what each of them answered; nor does what is printed as if it were full."""
    row = ex.protect(result(effect=effect, estimate=estimate, n=500, n_units=20)).iloc[0]
    assert (row["reason"], pd.notna(row["estimate"])) == (("", True) if passes else ("withheld", False))


def test_what_tells_of_single_units_is_left_out_where_these_are_few():
    """A median of nine teams, and the share of them that was set to 0."""
    told = {"median": 0.8, "share_high": 1.0, "share_zero": 0.0, "n_units": [9, 10]}
    shown = ex.protect(result(effect="r_wg", estimate=[0.7, 0.8], n=300, **told))
    assert shown["estimate"].notna().all()
    assert shown[["median", "share_high", "share_zero"]].notna().to_numpy().tolist() == [[False] * 3, [True] * 3]
    pd.testing.assert_frame_equal(ex.protect(shown), shown)


def test_a_verdict_on_unit_scores_that_may_not_be_told_is_unknown():
    """And what it rests on is gone; that of the others stands."""
    rests = {"verdict": "justified", "icc1": 0.2, "agreement": 0.8, "null": "uniform"}
    shown = ex.protect(result(x=["a", "b"], effect="icc2", estimate=0.8, n=[29, 30], **rests))
    assert shown["verdict"].tolist() == ["unknown", "justified"]
    assert shown[["icc1", "agreement"]].isna().to_numpy().tolist() == [[True] * 2, [False] * 2]


def test_not_asked_is_no_way_past_the_door(scores: Callable):
    """A row that says it was not asked, and has numbers all the same, loses them."""
    assert ex.protect(scores(["Care"], n=9, reason="not_asked"))["estimate"].isna().all()


@pytest.mark.parametrize(
    ("effect", "of", "half", "indicative"),
    [
        ("nps", "", 15.0, False),
        ("nps", "", 15.1, True),
        ("share", "", 0.10, False),
        ("share", "", 0.11, True),
        ("diff", "nps", 30.0, False),
        ("diff", "favourable", 0.30, False),
        ("mean", "", 3.0, False),
    ],
)
def test_a_wide_margin_makes_a_figure_indicative(effect: str, of: str, half: float, indicative: bool):
    """Beyond 15 points, or 10 percentage points, either way; a mean has no limit."""
    row = result(effect=effect, of=of, estimate=0.4, conf_low=-half, conf_high=half, n=40)
    assert ex.protect(row)["indicative"].tolist() == [indicative]


def test_the_widest_margin_can_be_chosen(scores: Callable):
    """An argument beats the kit's own limit."""
    assert ex.protect(scores(["Care"]), max_margin=3)["indicative"].tolist() == [True]


def test_a_withheld_row_is_not_called_indicative(scores: Callable):
    """How wide a margin was would say how few there were."""
    assert ex.protect(scores(["Care"], n=9, conf_low=-80))["indicative"].tolist() == [False]


@pytest.mark.parametrize("name", doors())
def test_the_callers_frame_stays_as_it_was(out: Callable[..., str], name: str):
    """Whoever shows a result still has all of it."""
    kind = kinds(name)[0]
    given, same = rows(9, kind=kind), rows(9, kind=kind)
    out(name, given, kind=kind)
    pd.testing.assert_frame_equal(given, same)


@pytest.mark.parametrize("name", [name for name in doors() if name not in (*PICTURES, *REGISTERS)])
def test_a_frame_that_is_no_result_is_refused(out: Callable[..., str], name: str):
    """Rows of people cannot be shown by mistake."""
    with pytest.raises(ExkitError, match=r"No column 'estimate' in this result\. Did you mean 'estimates'\?"):
        out(name, rows(10, kind="levels").rename(columns={"estimate": "estimates"}), kind="levels")


@pytest.mark.parametrize("name", doors())
def test_a_result_without_rows_is_refused(out: Callable[..., str], name: str):
    """An empty table or picture would say nothing, and not that it does."""
    kind = kinds(name)[0]
    with pytest.raises(ExkitError, match="no rows: there is nothing to show"):
        out(name, rows(10, kind=kind).head(0), kind=kind)


def test_a_margin_of_ones_own_survives_the_next_door(scores: Callable):
    """What was judged with another limit is not judged again by the table that shows it."""
    wide = ex.protect(scores(["Care"], n=40, conf_low=-8.0, conf_high=32.0), max_margin=30)
    assert ex.protect(wide)["indicative"].tolist() == [False]
    assert ex.protect(wide, max_margin=10)["indicative"].tolist() == [True]
    assert ex.protect(ex.protect(wide, max_margin=10), min_n=50)["indicative"].tolist() == [False]


@pytest.mark.parametrize(("agreement", "n"), [(0.8, 29), (0.996, 400)])
def test_agreement_that_may_not_be_shown_may_not_be_shown_beside_a_verdict(agreement: float, n: int):
    """Of few, or full: neither the value nor what follows from it."""
    verdict = result(x="voice", effect="icc2", estimate=0.8, n=n, verdict="justified", agreement=agreement)
    row = ex.protect(verdict).iloc[0]
    assert (row["verdict"], row["reason"]) == ("unknown", "withheld")
    assert row[["estimate", "agreement", "n"]].isna().all()
