import pytest

from exkit.errors import ExkitError

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
    codebook = read(f"table,variable,role,low,high,n_column\nemployees,{row}\nemployees,n_t,n,,,\n")
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


def test_a_total_is_divided_by_a_column_of_its_own_table(read):
    """Profit per headcount needs the headcount."""
    head = "table,variable,role,per\nunits,profit,outcome,headcont\n"
    with pytest.raises(ExkitError, match=r"profit: is per 'headcont', which is no variable of units \(row 2\)"):
        read(head + "units,headcount,,\n")


def test_what_a_draft_guessed_is_not_read_and_said_once(notes):
    """The column may stay until it has been looked through."""
    book = "table,variable,role,guess\nemployees,id,respondent,by its name\nemployees,team,unit,by its name\n"
    (told,) = notes(codebook=book, employees={"id": ["a", "b"], "team": "North"})
    assert told == (
        "codebook.csv: column 'guess' tells what was guessed, and is not read. "
        "Take it out when you have looked it through."
    )
