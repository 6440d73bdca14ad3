"""Names: codes become the reader's words, and one's own words stay what they are."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import exkit as ex
from exkit.context import LANGUAGES
from exkit.present import names
from exkit.result import result

CODEBOOK = """\
table,variable,role,type,low,high,label_en,label_nl
employees,person,respondent,,,,,
employees,branch,sector,choice,,,Line of trade,Bedrijfstak
employees,gender,group,choice,,,Gender,Geslacht
employees,enps,recommend_work,,0,10,Recommend as employer,Aanbeveling als werkgever
customers,client,respondent,,,,,
customers,recommend,recommend,,0,10,,
"""
VALUES = """\
table,variable,value,label_en,label_nl
employees,branch,c,Care,Zorg
employees,branch,t,Trade,
employees,gender,f,Woman,Vrouw
"""


@pytest.fixture
def study(dataset: Callable[..., Path]) -> None:
    """Open a study with a codebook and value labels in two languages."""
    people = {"person": ["p", "q"], "branch": ["c", "t"], "gender": "f", "enps": 9}
    clients = {"client": ["k"], "recommend": [8]}
    ex.open(dataset(codebook=CODEBOOK, files={"values.csv": VALUES}, employees=people, customers=clients))


def groups(**columns: object) -> pd.DataFrame:
    """Make a result with these groups."""
    return result(pd.DataFrame(columns), x="enps", effect="nps", estimate=1.0, n=40)


def test_a_key_has_the_kits_own_word():
    """Sector, wave and the like are called the same in every report."""
    rows = groups(sector=["a"], wave=["2025"])
    assert [names.group_name(c, rows, language="nl") for c in ("sector", "wave")] == ["Sector", "Meting"]


@pytest.mark.usefixtures("study")
def test_a_subgroup_has_its_own_label():
    """What it is called is the codebook's business, per language."""
    rows = groups(gender=["f"])
    assert [names.group_name("gender", rows, language=language) for language in ("en", "nl")] == ["Gender", "Geslacht"]


def test_without_a_study_a_column_is_called_what_it_is_called():
    """A result made by hand can be shown too."""
    assert names.group_name("gender", groups(gender=["f"]), language="nl") == "gender"


@pytest.mark.usefixtures("study")
def test_a_level_has_its_label_in_the_readers_language():
    """Else in the other language, else itself."""
    rows = groups(sector=["c", "t", "x", None])
    assert names.level_names("sector", rows, language="nl")[:3] == ["Zorg", "Trade", "x"]
    assert names.level_names("sector", rows, language="en") == ["Care", "Trade", "x", "unknown"]


def test_a_level_of_two_tables_has_the_label_of_the_one_that_was_asked(dataset: Callable):
    """Customers who are 1 are no men because employees who are 1 are."""
    book = "table,variable,role,type,low,high\nemployees,gender,group,choice,,\nemployees,enps,recommend_work,,0,10\n"
    book += "customers,gender,group,choice,,\ncustomers,nps,recommend,,0,10\n"
    labels = "table,variable,value,label_en\nemployees,gender,1,men\ncustomers,gender,1,women\n"
    people = {"gender": ["1"] * 12, "enps": 9}, {"gender": ["1"] * 12, "nps": 9}
    study = ex.open(dataset(codebook=book, files={"values.csv": labels}, employees=people[0], customers=people[1]))
    said = [ex.nps(ex.tally(study, x, by=["gender"]), by=["gender"]) for x in ("recommend_work", "recommend")]
    assert [names.level_names("gender", rows, language="en") for rows in said] == [["men"], ["women"]]


@pytest.mark.usefixtures("study")
def test_both_sides_of_a_comparison_are_named_by_what_is_compared(differences: Callable):
    """A level of a comparison between sectors is a sector."""
    rows = differences([("c", "t")], between="sector")
    assert names.row_names(rows, language="en") == ["Care against Trade"]
    assert names.group_name("level", rows, language="en") == "Sector"


@pytest.mark.usefixtures("study")
def test_a_comparison_within_groups_names_the_group_too(differences: Callable):
    """Else two rows of one table would have one name."""
    rows = differences([("2025", "2024")] * 2)
    rows.insert(0, "sector", ["c", "t"])
    assert names.row_names(rows, language="en") == ["Care, 2025 against 2024", "Trade, 2025 against 2024"]


def test_rows_are_named_by_all_their_groups():
    """Parts are joined by a comma."""
    assert names.row_names(groups(sector=["a", "b"], wave=["1", "2"]), language="en") == ["a, 1", "b, 2"]


@pytest.mark.usefixtures("study")
def test_rows_without_groups_are_named_by_question_or_answer(distribution: Callable):
    """Whatever tells them apart."""
    assert names.row_names(distribution([0.2, 0.8]), language="en") == ["0", "1"]
    items = result(pd.DataFrame(index=range(2)), x=["enps", "tools"], y="scale", effect="r", estimate=0.5, n=40)
    assert names.row_names(items, language="en") == ["Recommend as employer", "tools"]


def test_a_single_figure_is_of_all_participants():
    """There is nothing to tell apart."""
    assert names.row_names(result(effect="nps", estimate=1.0), language="en") == ["All answers"]


def test_above_its_figures_a_score_has_the_answers_that_it_runs_along(dataset: Callable[..., Path]):
    """In one line; nothing where its items run along different ones."""
    book = (
        "table,variable,role,scale,low,high\nemployees,person,respondent,,,\nemployees,a,item,voice,1,5\n"
        "employees,b,item,voice,1,5\nemployees,c,item,mixed,1,5\nemployees,d,item,mixed,0,10\n"
    )
    ex.open(dataset(codebook=book, employees={"person": ["p"], "a": 1, "b": 2, "c": 3, "d": 4}))
    score = result(x="voice", effect="score").iloc[0]
    assert names.heading_name(score, language="en").replace(names.JOINED, "") == "voice (1–5)"
    assert names.statistic_name(score, language="en") == "voice"
    assert names.heading_name(result(x="mixed", effect="score").iloc[0], language="en") == "mixed"
    assert names.heading_name(result(x="voice", effect="mean").iloc[0], language="en") == "Mean"


@pytest.mark.usefixtures("study")
@pytest.mark.parametrize(("x", "name"), [("enps", "eNPS"), ("recommend", "Customer NPS"), ("", "NPS")])
def test_an_nps_is_named_by_who_was_asked(x: str, name: str):
    """The employees' score and the customers' never bear the same name."""
    assert names.statistic_name(result(x=x, effect="nps").iloc[0], language="en") == name
    difference = result(x=x, effect="diff", of="nps").iloc[0]
    assert names.statistic_name(difference, language="en") == f"Difference in {names.small(name)}"


def test_a_favourable_share_is_named_so():
    """A share of what, is the question."""
    assert names.statistic_name(result(effect="share", y="favourable").iloc[0], language="en") == "Favourable share"
    assert names.statistic_name(result(effect="share", y="7").iloc[0], language="en") == "Share"


@pytest.mark.usefixtures("study")
def test_cut_offs_are_those_of_the_codebook():
    """A reader sees which marks make a promoter."""
    assert names.cut_offs("enps") == {"promoters": "9–10", "passives": "7–8", "detractors": "0–6"}


def test_cut_offs_are_unknown_without_a_study():
    """Nothing is assumed."""
    assert names.cut_offs("enps") is None


@pytest.mark.parametrize(
    ("cuts", "marks"),
    [("1,10,9,6", ["9–10", "7–8", "1–6"]), ("1,5,5,3", ["5", "4", "1–3"]), ("0,10,8,7", ["8–10", "·", "0–7"])],
)
def test_cut_offs_of_other_scales(dataset: Callable[..., Path], cuts: str, marks: list[str]):
    """One mark is no range, and where every mark is taken there are no passives."""
    low, high, top, bottom = cuts.split(",")
    book = (
        "table,variable,role,low,high,promoter_from,detractor_to\nemployees,person,respondent,,,,\n"
        f"employees,enps,recommend_work,{low},{high},{top},{bottom}\n"
    )
    ex.open(dataset(codebook=book, employees={"person": ["p"], "enps": [3]}))
    assert list(names.cut_offs("enps").values()) == marks


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words(language: str):
    """Whatever code an analysis gives, a reader gets a reason; no code is printed as it stands."""
    words = {reason: names.reason_name(reason, language=language) for reason in names.REASONS}
    assert all(words.values())
    assert not [reason for reason, said in words.items() if "_" in said]
    assert names.reason_name("", language=language) == ""


def test_what_changed_is_listed():
    """Several things may change at once."""
    assert names.changes("question,scale", language="en") == "wording, scale"
    assert names.changes("", language="en") == ""


@pytest.mark.parametrize("method", ["holm", "bh", "bonferroni", "hochberg", "hommel", "by"])
def test_every_correction_has_a_name(differences: Callable, method: str):
    """Whatever `ex.adjust` can do can be shown."""
    assert names.method_name(ex.adjust(differences([("b", "a")]), method=method))[0].isupper()


def test_hostile_names_stay_themselves(hostiles: list[str], named_study: Callable):
    """Names are looked up and joined; nothing in them is read."""
    named_study(hostiles)
    kinds = groups(kind=[str(i) for i in range(len(hostiles))])
    assert names.level_names("kind", kinds, language="nl") == hostiles
    assert names.row_names(groups(sector=hostiles), language="nl") == hostiles
    labels = [names.group_name(f"g{i}", kinds, language="en") for i in range(len(hostiles))]
    assert [" ".join(label.split()) for label in labels] == [" ".join(name.split()) for name in hostiles]


def test_a_figure_of_all_groups_says_so_beside_those_of_each():
    """A row of a table is never without a name."""
    rows = groups(level=["promoter", ""], reference=["passive", ""]).assign(between="promoter_group")
    assert names.level_names("level", rows, language="en") == ["promoters", "All answers"]
    assert names.level_names("reference", rows, language="en") == ["passives", names.EMPTY]
