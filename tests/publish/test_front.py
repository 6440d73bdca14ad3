import re
from pathlib import Path

from exkit.publish.naming import named

from .conftest import PARTICIPANTS


def test_nothing_public_names_a_participant(delivered: Path):
    """Pages, results, indexes, and the names of files."""
    public = [path for path in delivered.rglob("*") if "internal" not in path.relative_to(delivered).parts]
    texts = [path.read_text() for path in public if path.is_file()]
    assert len(texts) == 1 + 2 * 4 + 1
    assert {name for text in texts for name in named(text, names=list(PARTICIPANTS))} == set()
    assert not [path for path in public if re.search("zorggroep|winkel|huis|sum|lang", path.name)]


def test_the_public_index_lists_the_pages_of_sectors_under_their_question(delivered: Path):
    """After the chapters, by the names of sectors; it does not lead inside."""
    page = (delivered / "nl" / "index.html").read_text()
    chapter, heading, first, second = (
        page.index(told)
        for told in (
            '<a href="organisations.html" lang="nl">How far apart are they?</a>',
            "<h2>How does this sector do?</h2>",
            '<a href="sector-report-care.html" lang="nl">care</a>',
            '<a href="sector-report-trade.html" lang="nl">trade</a>',
        )
    )
    assert chapter < heading < first < second
    assert "internal" not in page


def test_a_page_of_a_sector_says_of_which(delivered: Path):
    """In its title and under its heading, and it leads back to the index."""
    page = (delivered / "en" / "sector-report-care.html").read_text()
    assert "<title>How does this sector do? – care – Annual report</title>" in page
    assert '<p class="dataset">care · A small study · 1 November 2025</p>' in page
    assert '<a href="index.html">Annual report</a>' in page


def test_the_status_says_whose_page_it_is(delivered: Path):
    """It stands inside."""
    page = (delivered / "internal" / "status.html").read_text()
    assert "14_organisation_report.ipynb · Kleine Winkel · English" in page
