import pytest

from exkit.errors import ExkitError
from exkit.survey.check import check


def test_a_sound_dataset_has_no_breaches(dataset):
    """Nothing to mend, and everything a study needs."""
    checked = check(dataset())
    assert checked.breaches.empty
    assert set(checked.study_parts) >= {"tables", "codebook", "digest"}


def test_everything_is_found_at_once(dataset):
    """A doubled person, a mark too high, text for a mark, a team in two spellings, an unknown setting."""
    employees = {"person": ["p1", "p1", "p2"], "team": ["North", "north", "North"], "year": 2025, "enps": [11, "x", 9]}
    checked = check(dataset(employees=employees, files={"study.yml": "titel: x"}))
    assert sorted(checked.breaches["problem"]) == ["doubled", "not_a_number", "outside_range", "spelling", "study_yml"]


def test_breaches_carry_the_rows_to_mend(dataset):
    """As a spreadsheet numbers them."""
    employees = {"person": list("abc"), "team": "North", "year": 2025, "enps": [9, 11, 12]}
    breach = check(dataset(employees=employees)).breaches.iloc[0]
    assert (breach["file"], breach["variable"], breach["n"], breach["rows"]) == ("employees.csv", "enps", 2, (3, 4))


def test_a_dataset_with_breaches_makes_no_study(dataset):
    """Nothing half-read leaves the check."""
    employees = {"person": ["p1"], "team": "North", "year": 2025, "enps": [11]}
    assert check(dataset(employees=employees)).study_parts == {}


def test_a_table_that_the_codebook_does_not_describe_is_noted(dataset):
    """Nothing is left out in silence."""
    checked = check(
        dataset(employees={"person": ["p1"], "team": "North", "year": 2025, "enps": [9]}, customers="a\n1\n")
    )
    assert checked.breaches.empty
    assert checked.notes["message"].tolist() == [
        "customers.csv: not read, since codebook.csv has no row of the table customers. Add its columns there."
    ]


def test_a_folder_without_a_codebook_is_no_dataset(dataset):
    """The nearest file is suggested."""
    folder = dataset()
    (folder / "codebook.csv").rename(folder / "code_book.csv")
    assert check(folder).breaches["message"].tolist() == ["codebook.csv: not in 'study'. Did you mean 'code_book.csv'?"]


def test_a_folder_that_is_not_there_is_answered_with_the_nearest(dataset):
    """Its sibling."""
    with pytest.raises(ExkitError, match=r"there is no such folder\. Did you mean 'study'"):
        check(dataset().parent / "studdy")


def test_an_address_is_not_fetched():
    """The kit reads no network."""
    with pytest.raises(ExkitError, match="is an address"):
        check("https://example.org/study")


def test_the_digest_follows_every_byte_and_every_name(dataset):
    """Another byte or another name, another digest; notes beside the data do not count."""
    folder = dataset()
    first = check(folder).study_parts["digest"]
    (folder / "notes.txt").write_text("not data")
    assert check(folder).study_parts["digest"] == first
    (folder / "employees.csv").rename(folder / "employees-2025.csv")
    second = check(folder).study_parts["digest"]
    (folder / "employees-2025.csv").write_text((folder / "employees-2025.csv").read_text() + "\n")
    assert len({first, second, check(folder).study_parts["digest"]}) == 3
