from collections.abc import Callable

import pandas as pd
import pytest

import exkit as ex
from exkit.survey.check import check
from exkit.survey.persons import numbered

IDS = [f"p{n:03}" for n in range(200)]


def series(ids: list[str]) -> pd.Series:
    """Write ids as a column."""
    return pd.Series(ids, dtype="str")


def test_a_person_keeps_one_number_and_nobody_shares_it():
    """Over several rows, and for any number of people."""
    numbers = numbered(series(IDS + IDS[::-1]))
    assert numbers[:200].tolist() == numbers[200:].tolist()[::-1]
    assert sorted(numbers[:200], key=int) == [str(n) for n in range(1, 201)]


def test_the_order_of_rows_changes_nobodys_number():
    """Nothing but the ids decides."""
    turned = series(IDS[::-1])
    assert dict(zip(turned, numbered(turned), strict=True)) == dict(zip(IDS, numbered(series(IDS)), strict=True))


def test_numbers_follow_neither_the_file_nor_the_alphabet():
    """Who has a list of staff in order learns nothing: as far from it as chance would have it."""
    numbers = numbered(series(IDS)).astype(int)
    assert abs(numbers.corr(pd.Series(range(200)))) < 0.2


def test_other_people_in_the_file_give_everybody_another_number():
    """Two deliveries cannot be laid beside each other."""
    before, after = numbered(series(IDS)), numbered(series([*IDS, "new"]))[:200]
    assert (before == after).mean() < 0.1


def test_whoever_has_no_id_has_no_number():
    """They are not made one person."""
    assert numbered(series(["a", None, None])).isna().tolist() == [False, True, True]


def test_a_study_never_holds_what_the_file_held(dataset: Callable):
    """Neither the frames nor what a study says of itself."""
    study = ex.open(dataset())
    assert study.people("employees")["respondent"].tolist() == study.tables["employees"]["person"].tolist()
    assert set(study.people("employees")["respondent"]) == {"1", "2"}
    assert "p1" not in repr(study)


CLUSTERED = """\
table,variable,role,low,high
employees,person,respondent,,
employees,household,cluster,,
employees,region,stratum,,
employees,enps,recommend_work,0,10
"""


def test_a_cluster_is_a_number_too(dataset: Callable):
    """It may be a household, or a teacher by name, and is still shared; how a sample was drawn is no secret."""
    columns = {"person": ["p1", "p2", "p3"], "household": ["Visser", "Visser", "Bakker"], "region": "North"}
    table = ex.open(dataset(codebook=CLUSTERED, employees=columns | {"enps": 9})).tables["employees"]
    assert table["household"].tolist() in (["1", "1", "2"], ["2", "2", "1"])
    assert set(table["region"]) == {"North"}


@pytest.mark.parametrize("role", ["respondent", "cluster"])
def test_ids_are_no_choice(dataset: Callable, role: str):
    """A list of their values would tell them, and their numbers would get the labels of others."""
    book = f"table,variable,role,type\nemployees,x,{role},choice\n"
    (breach,) = check(dataset(codebook=book, employees={"x": ["1", "2"]})).breaches["message"]
    assert breach.startswith(f"codebook.csv: x: type 'choice' does not fit role '{role}'")


@pytest.fixture
def counted(dataset: Callable) -> Callable[[bool], pd.DataFrame]:
    """Compare two waves of sixty people, one of whom went from 0 to 10, their rows in one order or the other."""

    def compared(turned: bool) -> pd.DataFrame:
        rows = [(f"p{n}", year, (3 * n + n // 7) % 11) for year in ("2024", "2025") for n in range(60)]
        rows[60] = ("p0", "2025", 10)
        rows = rows[::-1] if turned else rows
        people, years, marks = zip(*rows, strict=True)
        study = ex.open(dataset(employees={"person": people, "team": "North", "year": years, "enps": marks}))
        tally = ex.tally(study, "recommend_work", cluster="respondent")
        return ex.compare(tally, between="wave", against="previous")

    return compared


def test_waves_of_the_same_people_stay_linked(counted: Callable):
    """The margin is that of sixty differences, 200 and 59 times 0: by hand 200 / 60, as the difference itself."""
    found = counted(turned=False).iloc[0]
    assert found[["estimate", "std_error"]].astype(float).tolist() == pytest.approx([200 / 60, 200 / 60])


def test_results_do_not_hang_on_the_order_of_rows(counted: Callable):
    """To the last digit."""
    pd.testing.assert_frame_equal(counted(turned=False), counted(turned=True), check_exact=True)
