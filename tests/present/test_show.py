"""Showing: a picture never goes without its title, its words and its table, and takes its looks from the page."""

import re
from collections.abc import Callable
from contextlib import nullcontext

import matplotlib.pyplot as plt
import pytest

import exkit as ex
from exkit.errors import ExkitError
from exkit.present.show import figure
from exkit.present.tables import Html
from exkit.present.theme import COLOURS, ON


@pytest.fixture
def picture(scores: Callable) -> Callable[..., Html]:
    """Make the markup of a picture of these groups."""

    def make(*names: str, title: str = "eNPS by sector", language: str = "en") -> Html:
        rows = scores(list(names or ("Care", "Trade")))
        told = {"title": title, "language": language}
        return figure(ex.plot_bands(rows), alt=ex.describe(rows), table=ex.table(rows, **told), **told)

    return make


@pytest.mark.parametrize("lacking", ["title", "alt", "table"])
@pytest.mark.parametrize("instead", [None, "", "  "])
def test_a_picture_without_words_is_refused(scores: Callable, shown: list[str], lacking: str, instead: str | None):
    """Who cannot see it would have nothing."""
    rows = scores(["Care"])
    given = {"title": "T", "alt": ex.describe(rows), "table": ex.table(rows, title="T"), lacking: instead}
    with pytest.raises(ExkitError, match=rf"A picture needs its {lacking}: ex\.show\(axes, title="):
        ex.show(ex.plot_bands(rows), **given)
    assert shown == []


def test_a_table_of_a_picture_must_be_one_that_the_kit_made(scores: Callable, shown: list[str]):
    """Other text would be taken for markup."""
    with pytest.raises(ExkitError, match="A picture needs its table"):
        ex.show(ex.plot_bands(scores(["Care"])), title="T", alt="A", table="<script>alert(1)</script>")
    assert shown == []


def test_a_picture_is_drawn_for_wide_and_for_narrow_screens(picture: Callable, see: Callable):
    """Two drawings of one figure; the page shows the one that fits."""
    drawings = see(picture()).all("svg")
    assert [drawing["class"] for drawing in drawings] == ["wide", "narrow"]
    assert "display:none" in drawings[1]["style"]
    wide, narrow = (float(drawing["viewbox"].split()[2]) for drawing in drawings)
    assert wide > 1.5 * narrow


def test_laying_a_picture_out_beforehand_draws_the_same(picture: Callable, monkeypatch: pytest.MonkeyPatch):
    """Byte for byte what matplotlib draws when it is left to lay out by itself, which takes longer."""
    beforehand = picture("Care", "A rather long name of a sector")
    monkeypatch.setattr("exkit.present.show._laid_out", lambda _figure: nullcontext())
    assert picture("Care", "A rather long name of a sector") == beforehand


def test_a_drawing_says_what_it_shows(picture: Callable, see: Callable):
    """It is an image with a title and a description that exist."""
    page = see(picture())
    for drawing in page.all("svg"):
        assert drawing["role"] == "img"
        assert set(drawing["aria-labelledby"].split()) <= set(page.ids)
    assert len(page.all("title")) == len(page.all("desc")) == 2
    assert "NPS by sector: Care: +12 (margin 8.1 to 15.9, n = 1,240)" in page.text


def test_the_numbers_are_one_click_away(picture: Callable, see: Callable):
    """The table stands folded below its picture."""
    page = see(picture())
    tags = [tag for tag, _ in page.elements]
    assert tags.index("figure") < tags.index("svg") < tags.index("details") < tags.index("table")
    assert "open" not in page.all("details")[0]


def test_no_two_elements_share_an_id(picture: Callable, see: Callable):
    """In one figure, nor in two on a page."""
    page = see(picture() + picture(title="Another"))
    assert len(page.ids) == len(set(page.ids))


def test_whatever_a_drawing_refers_to_is_in_it(picture: Callable, see: Callable):
    """Clips and symbols were renamed along with the ids."""
    made = picture()
    referred = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', made)
    assert referred
    assert {one or other for one, other in referred} <= set(see(made).ids)


def test_colours_follow_the_page(picture: Callable):
    """Every colour of the house is a variable, so that a picture goes along into the dark."""
    bare = re.sub(r"var\(--exkit-[a-z]+, #[0-9a-f]{6}\)", "", picture())
    assert not [value for value in COLOURS.values() if value in bare]
    assert set(re.findall(r"#[0-9a-f]{6}\b", bare)) <= set(ON.values())


def test_the_font_is_the_pages(picture: Callable, see: Callable):
    """Text in a drawing is text, in the font of the page."""
    texts = see(picture()).all("text")
    assert texts
    assert all("var(--exkit-font, sans-serif)" in text["style"] for text in texts)
    assert "DejaVu" not in picture()


def test_the_same_picture_is_the_same_bytes(picture: Callable):
    """No date, no random id."""
    assert picture() == picture()


def test_of_what_is_withheld_altogether_the_words_are_enough(scores: Callable, shown: list[str]):
    """No table of cells that all say the same."""
    ex.report(scores(["Care", "Trade"], n=9), title="T", plot=ex.plot_bands, language="en")
    assert len(shown) == 1
    assert "2 groups are not shown" in shown[0]


def test_a_title_takes_the_name_of_what_was_measured(scores: Callable, shown: list[str]):
    """Of a figure its own, of a difference that of both sides; any other title stays as it is."""
    gap = scores(["Care"], effect="diff", of="nps", p_value=0.02).drop(columns=["promoters", "passives", "detractors"])
    for rows in (scores(["Care"]), gap):
        ex.report(rows, title="{what}: differences", language="nl")
    captions = [re.search(r"<caption>(.*?)</caption>", made)[1] for made in shown if "<caption>" in made]
    assert captions == ["NPS: verschillen", "NPS: verschillen"]


def test_a_shown_picture_is_put_away(scores: Callable, shown: list[str]):
    """The notebook does not show it a second time, and memory stays free."""
    rows = scores(["Care"])
    ex.report(rows, title="T", plot=ex.plot_bands)
    assert plt.get_fignums() == []
    assert len(shown) == 2


def test_a_title_is_put_into_the_readers_language(picture: Callable, see: Callable):
    """In the caption and in the drawings alike."""
    assert see(picture(language="nl")).text.count("eNPS per sector") == 4


def test_a_finding_is_a_paragraph(shown: list[str]):
    """Plain text is shown as plain text."""
    ex.show("R&D scores <b>+12</b>.")
    assert shown == ['<p class="finding">R&amp;D scores &lt;b&gt;+12&lt;/b&gt;.</p>']


def test_nothing_said_is_nothing_shown(shown: list[str]):
    """An empty finding leaves no empty paragraph."""
    ex.show("")
    assert shown == []


def test_a_table_is_shown_as_it_is(scores: Callable, shown: list[str]):
    """Markup of the kit's own goes through whole."""
    made = ex.table(scores(["Care"]), title="T")
    ex.show(made)
    assert shown == [made]


def test_a_table_can_be_folded_behind_its_title(scores: Callable, shown: list[str]):
    """For what few readers look for."""
    ex.show(ex.table(scores(["Care"]), title="T & U"), title="T & U", folded=True)
    assert shown[0].startswith('<details class="exkit-folded"><summary>T &amp; U</summary>')


def test_a_report_is_a_finding_and_a_picture(scores: Callable, shown: list[str]):
    """The sentence first."""
    ex.report(scores(["Care", "Trade"]), title="T", plot=ex.plot_bands)
    assert [made[:12] for made in shown] == ['<p class="fi', "<figure clas"]


def test_a_report_without_plot_is_a_finding_and_a_table(scores: Callable, shown: list[str]):
    """A picture is not always worth it."""
    ex.report(scores(["Care", "Trade"]), title="T")
    assert [made[:8] for made in shown] == ["<p class", "<div cla"]


@pytest.mark.parametrize("plot", [None, "plot_bands"])
def test_a_folded_report_says_its_finding_and_folds_the_rest(scores: Callable, shown: list[str], plot: str | None):
    """Picture or table are behind the title; the finding is not."""
    ex.report(scores(["Care", "Trade"]), title="T", plot=plot and getattr(ex, plot), folded=True)
    assert len(shown) == 2
    assert shown[0].startswith('<p class="finding">')
    assert shown[1].startswith('<details class="exkit-folded"><summary>T</summary>')


def test_a_report_takes_minimum_and_language_along(scores: Callable, shown: list[str]):
    """To sentence, picture, description and table alike."""
    ex.report(scores(["Care", "Trade"], n=[12, 40]), title="T", plot=ex.plot_bands, min_n=30, language="nl")
    page = " ".join(shown)
    assert "niet getoond" in page
    assert "fewer than" not in page
    assert "n = 12" not in page
    assert ">12<" not in page


def test_hostile_names_make_no_markup_in_a_picture(hostiles: list[str], picture: Callable, see: Callable):
    """The page has the elements and attributes of any other picture, and the names as they are."""
    named, plain = see(picture(*hostiles)), see(picture(*(f"Care {i}" for i in range(len(hostiles)))))
    assert set(named.shape) == set(plain.shape)
    assert len(named.ids) == len(set(named.ids))
    assert all(named.text.count(" ".join(name.split())) >= 3 for name in hostiles)


def test_a_hostile_title_makes_no_markup(hostile: str, scores: Callable, see: Callable, shown: list[str]):
    """Nor does a finding or a folded title."""
    for name in (hostile, "Care"):
        ex.show(f"A finding on {name}.")
        ex.show(ex.table(scores([name]), title=f"T {name}"), title=f"T {name}", folded=True)
    assert [see(made).shape for made in shown[:2]] == [see(made).shape for made in shown[2:]]
    assert all(" ".join(hostile.split()) in see(made).text for made in shown[:2])


def test_what_is_no_picture_cannot_be_shown_as_one(scores: Callable, shown: list[str]):
    """A result is shown by `ex.report`, protected; by itself it is refused, and nothing of it appears."""
    with pytest.raises(ExkitError):
        ex.show(scores(["Care"], n=3))
    assert shown == []


def test_a_report_may_have_a_table_of_its_own(scores: Callable, shown: list[str]):
    """Beside the picture; where that table has nothing to show, there is neither."""
    rows = scores(["Care", "Trade"])
    ex.report(rows, plot=ex.plot_bands, table=lambda *_, **__: Html("<table><caption>Own</caption></table>"), title="T")
    assert "<caption>Own</caption>" in shown[-1]
    ex.report(rows, plot=ex.plot_bands, table=lambda *_, **__: Html(""), title="T")
    assert "<svg" not in shown[-1]
