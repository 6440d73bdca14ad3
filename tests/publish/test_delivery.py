import csv
import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from exkit.publish import made
from exkit.publish.delivery import packed
from exkit.publish.fan import with_files
from exkit.publish.naming import named
from exkit.publish.publish import publish

from .conftest import PARTICIPANTS, write_benchmark

PAGES = {f"{language}/14-organisation-report.html" for language in ("nl", "en")}
FILES = PAGES | {"index.html", "index-en.html", "results.csv"}


def folder_of(folder: Path, name: str) -> Path:
    """Give the folder of an organisation."""
    return folder / "internal" / "deliveries" / with_files([name], what="organisation")[0].file


def texts(folder: Path) -> dict[str, str]:
    """Read all files of a delivery."""
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def table(path: Path) -> list[dict[str, str]]:
    """Read a CSV file as text."""
    return list(csv.DictReader(path.read_text().splitlines()))


@pytest.mark.parametrize("name", PARTICIPANTS)
def test_an_organisation_gets_its_pages_its_figures_and_nobody_elses_name(delivered: Path, name: str):
    """Its own name is there; in what is packed there is the same."""
    there = texts(folder_of(delivered, name))
    others = [other for other in PARTICIPANTS if other != name]
    assert set(there) == FILES
    assert [file for file, text in there.items() if named(text, names=others, own=[name])] == []
    assert [file for file, text in there.items() if not named(text, names=[name.strip()])] == []
    at = folder_of(delivered, name)
    with ZipFile(at.with_name(f"{at.name}.zip")) as box:
        inside = {one.removeprefix(f"{at.name}/"): box.read(one).decode() for one in box.namelist()}
    assert inside == there


def test_the_figures_are_its_own_of_its_sector_and_of_everybody(delivered: Path):
    """No row of another organisation or another sector; no column that says nothing."""
    rows = table(folder_of(delivered, "Zorggroep") / "results.csv")
    assert [(row["sector"], row["organisation"]) for row in rows] == [("care", "Zorggroep"), ("care", ""), ("", "")]
    everything = table(delivered / "internal" / "results" / "standing.csv")
    for row in rows:
        same = [one for one in everything if all(one[key] == row[key] for key in ("sector", "organisation"))]
        assert [one["n"] for one in same] == [row["n"]]
    assert all(any(row[column] for row in rows) for column in rows[0])


def test_a_name_that_a_spreadsheet_would_calculate_is_text(delivered: Path):
    """Numbers stay numbers."""
    row = table(folder_of(delivered, "=SUM(A1)") / "results.csv")[0]
    assert row["organisation"] == "'=SUM(A1)"
    assert float(row["conf_low"]) == 1.0


def test_a_delivery_leads_nowhere_but_to_itself(delivered: Path):
    """Every link in it works from it alone."""
    at = folder_of(delivered, "Zorggroep Noord")
    for page in at.rglob("*.html"):
        links = re.findall(r'href="([^"#]+)', page.read_text())
        assert links
        for link in links:
            assert (page.parent / link).resolve().is_relative_to(at.resolve()), link
            assert (page.parent / link).is_file(), link


def test_a_delivery_says_whose_it_is_and_whom_to_ask(delivered: Path):
    """In the language of the list."""
    at = folder_of(delivered, "Zorggroep")
    assert "Deze map is voor Zorggroep." in (at / "index.html").read_text()
    assert "Bel ons." in (at / "index.html").read_text()
    assert "Call us." in (at / "index-en.html").read_text()


def test_the_default_of_a_notebook_is_on_nobodys_page(delivered: Path):
    """It may be another participant's name."""
    assert 'class="code"' in texts(folder_of(delivered, "Zorggroep"))["nl/14-organisation-report.html"]
    assert "organisation: str" not in texts(folder_of(delivered, "Zorggroep"))["nl/14-organisation-report.html"]


def test_the_same_files_packed_in_another_order_are_the_same_bytes():
    """No clock, no order of a disk."""
    assert packed({"a": b"1", "b": b"2"}) == packed({"b": b"2", "a": b"1"})


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a benchmark of two organisations in one language, and keep the kit's own fingerprint still."""
    monkeypatch.setattr(made, "kit", lambda: "the kit")
    path = write_benchmark(tmp_path, names={"Noordhof": "care", "Zuidhof": "care"})
    path.write_text(path.read_text().replace("[nl, en]", "[nl]"))
    return path


def replace_in(path: Path, old: str, new: str) -> None:
    """Change a notebook."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_second_run_leaves_deliveries_alone_and_takes_away_what_does_not_belong(small: Path):
    """The very same files; what somebody put there is not sent along."""
    publish(small)
    deliveries = small.with_suffix("") / "internal" / "deliveries"
    before = {path: path.stat().st_ino for path in deliveries.rglob("*") if path.is_file()}
    (folder_of(small.with_suffix(""), "Noordhof") / "notes.txt").write_text("about Zuidhof")
    publish(small)
    assert {path: path.stat().st_ino for path in deliveries.rglob("*") if path.is_file()} == before


def test_a_page_that_names_another_participant_is_not_made_and_nothing_is_packed(small: Path):
    """The page says which name; the delivery that is whole stays."""
    publish(small)
    folder, notebook = small.with_suffix(""), small.parents[1] / "notebooks" / "14_organisation_report.ipynb"
    replace_in(notebook, "import html", "show('<p>Noordhof</p>'); import html")
    done = publish(small)
    told = [outcome.problem for outcome in done.outcomes if outcome.problem]
    assert len(told) == 1
    assert "would name 'Noordhof'" in told[0]
    zips = sorted(path.name for path in (folder / "internal" / "deliveries").glob("*.zip"))
    assert zips == [f"{folder_of(folder, 'Noordhof').name}.zip"]


def test_what_names_a_participant_is_not_made_public(small: Path):
    """Neither a page, nor a saved result whatever its columns are called; inside, the result is."""
    notebooks, folder = small.parents[1] / "notebooks", small.with_suffix("")
    saves = "ex.save(result(x='enps', effect='nps', against='Zuid' + 'hof', estimate=3.0, n=900), name='of_one')"
    before = "people = study"
    replace_in(notebooks / "organisations.ipynb", before, f"{saves}; {before}")
    replace_in(notebooks / "sector_report.ipynb", "show(f'<p>{sector}</p>')", "show('<p>Zuidhof</p>')")
    told = [outcome.problem for outcome in publish(small).outcomes if outcome.problem]
    assert len(told) == 1
    assert "sector-report-care.html would name 'Zuidhof'" in told[0]
    public = [path for path in folder.rglob("*") if path.is_file() and "internal" not in path.parts]
    assert not [path for path in public if re.search("Noordhof|Zuidhof", f"{path}{path.read_text()}")]
    assert (folder / "internal" / "results" / "of_one.csv").exists()


def test_a_correction_of_ones_page_is_told_to_that_one_only(small: Path):
    """The list that goes with the page names both versions; the one from before is packed no more."""
    publish(small)
    told = "{page: 14_organisation_report/Noordhof, version: '1.1', date: 2026-01-15, changed: {nl: Hersteld.}}"
    small.write_text(small.read_text() + f"errata: [{told}]\n")
    assert [one.reader.name for one in publish(small).outcomes if one.made] == ["Noordhof"]
    at, other = (folder_of(small.with_suffix(""), name) for name in ("Noordhof", "Zuidhof"))
    for file in ("index.html", "nl/14-organisation-report.html"):
        assert "Versie 1.1, 15 januari 2026." in (at / file).read_text()
        assert "Versie 1.1" not in (other / file).read_text()
    assert set(texts(at)) == {"index.html", "results.csv", "nl/14-organisation-report.html"}
    aside = small.with_suffix("") / "internal" / "withdrawn" / "deliveries" / at.name / "nl"
    assert [path.name for path in aside.iterdir()] == ["14-organisation-report-1.0.html"]
