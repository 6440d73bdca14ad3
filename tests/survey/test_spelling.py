import pytest

from exkit.survey.spelling import alike, folded

OTHERS = ["NORTH", " North", "North\u00a0", "North\u200b", "\ufeffNorth", "Ｎorth", "No\u00adrth"]


@pytest.mark.parametrize("other", OTHERS)
def test_what_looks_alike_is_folded_alike(other):
    """Capitals, blanks, characters without a width, forms of a letter."""
    assert folded(other) == folded("North")


def test_another_name_is_another_name():
    """A letter more is no spelling."""
    assert alike(["North", "Northe", "North 1"]) == []


def test_spellings_are_grouped_in_the_order_they_came():
    """None is taken for the right one."""
    assert alike(["b ", "A", "B", "a"]) == [["b ", "B"], ["A", "a"]]
