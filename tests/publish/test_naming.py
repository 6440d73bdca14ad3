import pytest

from exkit.publish.naming import named, tellable


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<td>Zorg &amp; Welzijn</td>", "Zorg & Welzijn"),
        ('"Huis ""Zorg""",12', 'Huis "Zorg"'),
        ("<p>Cafe\u0301 Noord</p>", "Café Noord"),
        ("about Zorggroep.", "Zorggroep"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, name: str):
    """Escaped in HTML or CSV, with accents stored in two ways, before a full stop."""
    assert named(text, names=[name]) == [name]


@pytest.mark.parametrize("text", ["Participant 12", "Zorgparticipant 1", "participant 1"])
def test_a_part_of_a_word_is_no_name(text: str):
    """Nor the same letters in lower case."""
    assert named(text, names=["Participant 1"]) == []


def test_a_name_inside_ones_own_is_no_finding_and_outside_it_is():
    """Zorg Noord may read its own name, and not that of Zorg."""
    assert named("Zorg Noord", names=["Zorg"], own=["Zorg Noord"]) == []
    assert named("Zorg Noord and Zorg", names=["Zorg"], own=["Zorg Noord"]) == ["Zorg"]


def test_ones_own_name_inside_another_hides_nothing():
    """Zorg may not read of Zorg Noord."""
    assert named("Zorg and Zorg Noord", names=["Zorg", "Zorg Noord"], own=["Zorg"]) == ["Zorg Noord"]


def test_names_that_are_ordinary_words_are_not_looked_for():
    """Words of the kit, of this edition, a number and a letter."""
    names = ["Figures", "Zorg", "12", "Q", "NS", "Zorggroep"]
    assert tellable(names, beside=["The sector Zorg"]) == ("NS", "Zorggroep")
