import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from exkit.errors import ExkitError
from exkit.publish.fan import Reader, need_named, readers, with_files
from exkit.publish.layout import Layout
from exkit.survey.study import open as open_study

CODEBOOK = """\
table,variable,role,scale,low,high
employees,person,respondent,,,
employees,team,unit,,,
employees,firm,organisation,,,
employees,branch,sector,,,
employees,year,wave,,,
employees,enps,recommend_work,,0,10
"""

NAMES = [
    "CON", "con", "NUL.", "aux.txt", "trailing.", "trailing ..", "a/b", "a\\b", "../../etc/passwd", "..", ".", "/", "~",
    "C:\\temp", "x" * 200, "y" * 199 + "é", "😀", "😀😀", "<script>alert(1)</script>", "O'Brien", 'The "Best"',
    "`rm -rf`", "$HOME", "%2e%2e%2f", "café", "Zorg & Welzijn", "Zorg, Welzijn", "Zorg/Welzijn", "zorg welzijn",
    "ZORG WELZIJN",
    "日本", "中国", "Ωmega", "naïve", "Ætna", "Straße", "İstanbul", "istanbul", "ǅ", "a:b", "a*b", "a?b", "a|b", "a;b",
    "a,b", "-rf", "--help", "=1+1", "@me", "+31", "null", "NaN!", "007", "7", "1E5", "index", "page", "failed",
    "internal", "en", "nl",
]  # fmt: skip
"""Sixty names that have gone wrong somewhere."""


@pytest.fixture
def study(dataset: Callable[..., Path]) -> Callable[..., object]:
    """Open a study of these organisations, one person each."""

    def make(firms: list[str], *, branches: list[str] | None = None, years: list[str] | None = None) -> object:
        n = len(firms)
        columns = {"person": [f"p{i}" for i in range(n)], "team": [f"t{i}" for i in range(n)], "firm": firms}
        columns |= {"branch": branches or ["care"] * n, "year": years or ["2025"] * n, "enps": [9] * n}
        return open_study(dataset(codebook=CODEBOOK, employees=columns))

    return make


def test_sixty_names_have_sixty_folders_inside_the_edition(tmp_path: Path):
    """Short, plain, different whatever the file system thinks of capitals, and nowhere else."""
    made = with_files(NAMES, what="organisation")
    assert len({one.file for one in made}) == len(NAMES)
    layout = Layout(tmp_path / "annual")
    for one in made:
        assert len(one.file) <= 69
        assert set(one.file) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert layout.delivery(one).parent == layout.deliveries


def test_a_name_in_two_ways_of_storing_its_accents_is_a_mistake():
    """They look alike and would share a folder."""
    both = [unicodedata.normalize(form, "Café Zuid") for form in ("NFC", "NFD")]
    with pytest.raises(ExkitError, match=r"(?s)1 problem in the names of organisations.*would have the same files"):
        with_files(both, what="organisation")


def test_sectors_have_plain_names_and_those_that_would_clash_a_mark():
    """Also where nothing of a name is left."""
    made = with_files(["Zorg", "Bouw & Infra", "Bouw, Infra", "日本", "中国"], what="sector")
    files = {one.name: one.file for one in made}
    assert files["Zorg"] == "zorg"
    assert len(set(files.values())) == 5
    assert files["Bouw & Infra"].startswith("bouw-infra-")
    assert files["日本"].startswith("page-")


def test_only_those_of_the_reported_wave_have_pages(study: Callable[..., object]):
    """Who took part before and not now is not reported on."""
    opened = study(["old", "new", "both", "both"], years=["2024", "2025", "2024", "2025"])
    assert [one.name for one in readers(opened, what="organisation", wave="2025")] == ["both", "new"]
    assert [one.name for one in readers(opened, what="organisation", wave="")] == ["both", "new", "old"]


def test_data_without_organisations_are_told(dataset: Callable[..., Path]):
    """The edition asks for something that is not there."""
    with pytest.raises(ExkitError, match=r"each\.organisation: the data name no organisation in wave '2025'\."):
        readers(open_study(dataset()), what="organisation", wave="2025")


def test_a_page_that_nobody_has_is_answered_with_the_nearest():
    """Names are easily misspelt."""
    with pytest.raises(ExkitError, match=r"No page 'Zorgroep'\. Did you mean 'Zorggroep'\?"):
        need_named(["Zorgroep"], known=["Zorggroep", "Bouw"])


def test_a_delivery_that_leads_elsewhere_is_refused(tmp_path: Path):
    """A link in the folder of deliveries could lead anywhere."""
    layout = Layout(tmp_path / "annual")
    layout.deliveries.mkdir(parents=True)
    (layout.deliveries / "x-12345678").symlink_to(tmp_path)
    with pytest.raises(ExkitError, match="lies outside"):
        layout.page(Path("14_report.ipynb"), "nl", Reader("organisation", "x", "x-12345678"))
