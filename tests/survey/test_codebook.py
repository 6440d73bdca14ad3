import pytest

from exkit.errors import ExkitError
from exkit.survey.codebook import Codebook


@pytest.fixture
def read(tmp_path):
    """Read a codebook from its text."""

    def read(text):
        path = tmp_path / "codebook.csv"
        path.write_text(text)
        return Codebook.read(path)

    return read


SMALL = """\
table,variable,role,scale,low,high,label_en,label_nl
employees,year,wave,,,,,
employees,team,unit,,,,Team,
employees,enps,recommend_work,,0,10,Recommend as employer,Aanbeveling als werkgever
employees,q1,item,engagement,1,5,,
employees,q2,item,engagement,1,5,,
customers,team,unit,,,,,
customers,mark,recommend,,0,10,,
"""


def test_a_variable_is_found_by_name_by_table_and_name_and_by_role(read):
    """Whatever the column is called, its role finds it."""
    codebook = read(SMALL)
    assert {codebook.variable(n).name for n in ("enps", "employees.enps", "recommend_work")} == {"enps"}


def test_an_unknown_variable_is_answered_with_the_nearest(read):
    """One suggestion."""
    with pytest.raises(ExkitError, match="No variable 'recomend_work' in the codebook"):
        read(SMALL).variable("recomend_work")


def test_a_name_in_two_tables_needs_the_table(read):
    """The message says what to write."""
    with pytest.raises(ExkitError, match=r"Write 'employees\.team' or 'customers\.team'"):
        read(SMALL).variable("team")


def test_a_table_may_be_given_to_tell_them_apart(read):
    """The same name, another table."""
    assert read(SMALL).variable("team", table="customers").table == "customers"


def test_a_role_names_its_column_or_nothing(read):
    """Customers have no waves here."""
    codebook = read(SMALL)
    assert (codebook.role("unit", table="customers"), codebook.role("wave", table="customers")) == ("team", None)


def test_items_of_a_scale_come_in_order(read):
    """As the codebook lists them."""
    assert [item.name for item in read(SMALL).items("engagement")] == ["q1", "q2"]


def test_an_unknown_scale_is_answered_with_the_nearest(read):
    """One suggestion."""
    with pytest.raises(ExkitError, match="Did you mean 'engagement'"):
        read(SMALL).items("engagment")


def test_a_label_falls_back_on_the_other_language_and_then_on_the_name(read):
    """No reader meets an empty label."""
    codebook = read(SMALL)
    labels = [codebook.variable(name, table="employees").label("nl") for name in ("enps", "team", "q1")]
    assert labels == ["Aanbeveling als werkgever", "Team", "q1"]


def test_a_0_to_10_recommendation_has_the_usual_cutoffs(read):
    """Promoters give 9 or 10, detractors 0 to 6."""
    variable = read(SMALL).variable("enps")
    assert (variable.promoter_from, variable.detractor_to) == (9, 6)


def test_another_scale_must_give_its_cutoffs(read):
    """Nobody guesses what a promoter is on 1-10."""
    with pytest.raises(ExkitError, match="without promoter_from and detractor_to"):
        read("table,variable,role,low,high\ncustomers,mark,recommend,1,10\n")


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("team,unit,,,", "text"),
        ("weight,weight,,,", "number"),
        ("day,date,,,", "date"),
        ("q1,item,1,5,", "whole"),
        ("days_ill,,,,", "number"),
        ("satisfied,,1,7,", "whole"),
        ("margin,outcome,0,100,", "number"),
        ("saf_t,item,0,10,n_t", "number"),
    ],
)
def test_an_empty_type_follows_from_the_role_and_the_scale(read, row, kind):
    """Names are text, answers whole numbers, weights, outcomes and means numbers."""
    codebook = read(f"table,variable,role,low,high,n_column\nemployees,{row}\n")
    assert codebook.variables()[0].type == kind


def test_reverse_and_missing_codes_are_read(read):
    """Yes or no, and codes with bars between them."""
    variable = read("table,variable,low,high,reverse,missing\nemployees,q,1,5,yes,98|99\n").variable("q")
    assert (variable.reverse, variable.missing) == (True, ("98", "99"))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("employes,q,,,,,,,,", "no table 'employes' (row 2). Did you mean 'employees'?"),
        ("employees,q,unti,,,,,,,", "no role 'unti' (row 2). Did you mean 'unit'?"),
        ("employees,q,,wole,,,,,,", "no type 'wole' (row 2). Did you mean 'whole'?"),
        ("employees,q,,,one,5,,,,", "low 'one' is not a number"),
        ("employees,q,,,5,1,,,,", "low 5 is above high 1"),
        ("employees,q,recommend_work,,0,10,9,,,", "has only one of promoter_from and detractor_to"),
        ("employees,q,recommend_work,,0,10,6,9,,", "detractor_to 9 is not below promoter_from 6"),
        ("employees,q,recommend_work,,0,10,12,6,,", "promoter_from 12 is outside 0-10"),
        ("employees,q,,,1,5,,,8,", "favourable_from 8 is outside 1-5"),
        ("employees,q,,,1,5,,,,maybe", "no reverse 'maybe'"),
        ("employees,q,,,,,,,,yes", "is reversed, for which low and high must be known"),
        ("employees,unit,,,1,5,,,,", "has a name that the kit uses itself"),
        ("employees,year,wave,whole,,,,,,", "type 'whole' does not fit role 'wave'"),
        ("employees,q,,text,1,5,,,,", "type 'text' does not fit a variable with a scale"),
        ("employees,w,weight,text,,,,,,", "type 'text' does not fit a variable with a scale, or a weight, n or sd"),
        ("employees,,,,,,,,,", "a row names no variable"),
    ],
)
def test_a_codebook_that_contradicts_itself_is_refused(read, row, told):
    """Each mistake is told with its row."""
    header = "table,variable,role,type,low,high,promoter_from,detractor_to,favourable_from,reverse\n"
    with pytest.raises(ExkitError) as refused:
        read(header + row + "\n")
    assert told in str(refused.value)


def test_everything_wrong_is_told_at_once_with_its_rows(read):
    """Three mistakes, three lines, and a frame to mend them by."""
    with pytest.raises(ExkitError, match="3 problems") as refused:
        read("table,variable,role,low,high\nemployees,a,unti,,\nemployees,b,,5,1\nemployees,c,,x,\n")
    assert sorted(refused.value.rows["rows"]) == [(2,), (3,), (4,)]


def test_a_column_that_a_codebook_does_not_have_is_answered_with_the_nearest(read):
    """One suggestion."""
    with pytest.raises(ExkitError, match=r"no such column as 'label_eng'.* Did you mean 'label_en'"):
        read("table,variable,label_eng\nemployees,q,Q\n")


def test_a_variable_has_one_row_for_a_wave(read):
    """Which of two would hold?"""
    with pytest.raises(ExkitError, match=r"q: has more than one row for a wave \(2 rows: 2, 3\)"):
        read("table,variable,wave\nemployees,q,2024\nemployees,q,2024\n")


def test_only_one_column_can_be_the_unit(read):
    """Both columns are named."""
    with pytest.raises(ExkitError, match="2 problems"):
        read("table,variable,role\nemployees,team,unit\nemployees,branch,unit\n")


CHANGING = """\
table,variable,role,wave,low,high,promoter_from,detractor_to,question_en,mode
employees,year,wave,,,,,,,
employees,enps,recommend_work,2023,1,10,9,6,Would you?,online
employees,enps,recommend_work,2024,0,10,9,6,Would you?,online
employees,enps,recommend_work,2025,0,10,9,6,How likely?,phone
employees,enps,recommend_work,2026,0,10,9,6,How likely?,phone
"""


def test_a_series_breaks_where_the_question_changes(read):
    """Another scale, then other words and another mode, then nothing."""
    codebook = read(CHANGING)
    told = codebook.definitions(codebook.variable("enps"), ["2023", "2024", "2025", "2026"])
    assert told["series"].tolist() == [1, 2, 3, 3]
    assert told["changed"].tolist() == ["", "scale", "question,mode", ""]
    assert told["low"].tolist() == [1, 0, 0, 0]


def test_a_wave_in_which_it_was_not_asked_is_absent(read):
    """2022 came before the question."""
    codebook = read(CHANGING)
    assert codebook.definitions(codebook.variable("enps"), ["2022", "2023"])["wave"].tolist() == ["2023"]


def test_a_row_for_one_wave_goes_before_the_row_for_all(read):
    """The exception beside the rule."""
    codebook = read("table,variable,wave,low,high\nemployees,q,,1,5\nemployees,q,2025,1,7\n")
    told = codebook.definitions(codebook.variable("q"), ["2024", "2025"])
    assert told["high"].tolist() == [5, 7]


def test_a_study_without_waves_has_one_definition(read):
    """The wave is empty text."""
    codebook = read(SMALL)
    assert codebook.definitions(codebook.variable("mark"), [""])["series"].tolist() == [1]
