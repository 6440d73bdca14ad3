import pytest

from exkit.publish.contrast import LEAST, contrast, readable


def test_contrast_is_that_of_the_guidelines():
    """Black on white is 21, a colour on itself 1, and the order does not matter."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#123456", "#123456") == 1
    assert contrast("#ffffff", "#000000") == contrast("#000000", "#ffffff")


@pytest.mark.parametrize("colour", ["#ffd23f", "#ffffff", "#777777", "#14607a", "#000000"])
@pytest.mark.parametrize("on", ["#fffffe", "#14181c"])
def test_the_nearest_readable_colour_can_be_read(colour: str, on: str):
    """Whatever one starts from, on a light and on a dark page."""
    found = readable(colour, on=on)
    assert contrast(found, on) >= LEAST
    assert (found == colour) == (contrast(colour, on) >= LEAST)


def test_the_style_sheet_has_the_dark_paper_that_colours_are_held_against():
    """Otherwise what was found readable need not be."""
    from exkit.present.theme import DARK_PAPER
    from exkit.publish.render import TEMPLATE

    assert f"--exkit-paper: {DARK_PAPER};" in (TEMPLATE / "style.css").read_text()
