import pytest

from exkit.survey.check import check

BOOK = """\
table,variable,role
customers,guest,respondent
customers,branch,unit
customers,mark,
units,team,unit
"""


@pytest.fixture
def shared(dataset):
    """Check customers of the units A and B under a rule."""

    def shared(branches: list[str], rule: str = "", units: tuple[str, ...] = ("A", "B"), **files: str):
        guests = [f"c{n}" for n in range(len(branches))]
        customers = {"guest": guests, "branch": branches, "mark": 7}
        files = {"study.yml": f"shared: {{customers: {rule}}}\n" if rule else ""} | files
        return check(dataset(codebook=BOOK, files=files, customers=customers, units={"team": [*units]}))

    return shared


def branches(checked) -> list[str]:
    """Give the unit of each customer."""
    assert checked.breaches.empty, checked.breaches["message"].tolist()
    return checked.study_parts["tables"]["customers"]["branch"].tolist()


def test_customers_of_several_units_are_a_breach_unless_a_rule_is_declared(shared):
    """Whose customers would they be?"""
    (told,) = shared(["A", "A;B"]).breaches["message"]
    assert told == (
        "customers.csv: branch: 'A;B' several units (row 3). "
        "Say how they are shared out in study.yml: `shared: {customers: equal}`, or first."
    )


def test_the_first_unit_may_have_them(shared):
    """A blank beside the sign is none of the name."""
    assert branches(shared(["B", "B; A", "A;B"], "first")) == ["B", "B", "A"]


def test_they_may_be_dealt_out_and_each_counts_once(shared):
    """Half of them to each, n as it was, within what chance allows: 4 standard errors are 40 of 400."""
    found = branches(shared(["A;B"] * 400, "equal"))
    assert len(found) == 400
    assert set(found) == {"A", "B"}
    assert abs(found.count("A") - 200) < 40


def test_who_gets_whom_does_not_hang_on_the_order_of_the_rows(shared, dataset):
    """It hangs on who they are."""
    first = branches(shared(["A;B"] * 20, "equal"))
    customers = {"guest": [f"c{n}" for n in reversed(range(20))], "branch": "A;B", "mark": 7}
    turned = check(dataset(codebook=BOOK, customers=customers))
    assert branches(turned) == first[::-1]


def test_those_who_were_shared_are_noted(shared):
    """With their rows."""
    (note,) = shared(["A", "A;B"], "equal").notes["message"]
    assert note == ("customers.csv: branch: several units, of which one counts, by 'equal' in study.yml (row 3).")


def test_a_name_with_the_sign_in_it_is_a_name(shared):
    """It is a unit itself."""
    assert branches(shared(["A;B", "A"], units=("A", "B", "A;B"))) == ["A;B", "A"]


def test_codes_may_be_shared_too(shared):
    """The crosswalk comes after."""
    checked = shared(["F1;F2"], "first", **{"crosswalk.csv": "unit,code\nA,F1\nB,F2\n"})
    assert branches(checked) == ["A"]


def test_customers_without_a_name_are_dealt_by_their_place(dataset):
    """The same each time."""
    book = BOOK.replace("customers,guest,respondent\n", "")
    files = {"study.yml": "shared: {customers: equal}"}
    folder = dataset(
        codebook=book, files=files, customers={"branch": ["A;B"] * 20, "mark": 7}, units={"team": ["A", "B"]}
    )
    assert set(branches(check(folder))) == {"A", "B"}
    assert branches(check(folder)) == branches(check(folder))
