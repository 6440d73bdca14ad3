import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from exkit.errors import ExkitError
from exkit.publish.publish import publish, run

STATUS = {f"internal/{name}{more}.html" for name in ("index", "status", "audit") for more in ("", "-en")}
STATUS |= {"internal/status.json"}

SAVED = {"results/enps.csv", "internal/results/enps.csv"}


def saves(name: str, *, estimate: float = 0.5) -> str:
    """Write a cell that saves a share."""
    made = f"result(effect='share', estimate={estimate}, conf_low=0.45, conf_high=0.55, n=400)"
    return f"import exkit as ex\nfrom exkit.result import result\nex.save({made}, name='{name}')"


def reads(name: str) -> str:
    """Write a cell that shows what was saved under a name."""
    shown = "f\"<p>{len(rows)} {rows['estimate'].sum():g} {set(rows['reason'])}</p>\""
    return f"import exkit as ex\nrows = ex.saved('{name}')\nshow({shown})"


def files(folder: Path) -> set[str]:
    """Names of all files in a folder, hidden ones too; those of the ledger apart."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {name for name in names if not name.startswith("internal/ledger/")}


def test_an_edition_becomes_pages_results_and_indexes(edition: Callable[..., Path], report: Callable[..., Path]):
    """One page per language, and nothing else lies about."""
    path = edition()
    report("# How enthusiastic are they?", "show('<p>+12</p>')", saves("enps"))
    outcomes = publish(path).outcomes
    assert [outcome.problem for outcome in outcomes] == ["", ""]
    pages = {f"{language}/{name}.html" for language in ("nl", "en") for name in ("01-enps", "index")}
    assert files(path.with_suffix("")) == {"index.html", *SAVED, *STATUS, *pages}


def test_the_same_edition_gives_the_same_bytes(edition: Callable[..., Path]):
    """Publishing again changes nothing."""
    path = edition()
    publish(path)
    first = {page: page.read_bytes() for page in path.with_suffix("").rglob("*.html")}
    publish(path)
    assert first == {page: page.read_bytes() for page in path.with_suffix("").rglob("*.html")}


def test_a_page_says_what_made_it_and_names_no_folder_of_this_machine(edition: Callable[..., Path], tmp_path: Path):
    """Data, parameters and versions are in the foot; the banner says that the data are made up."""
    path = edition()
    publish(path)
    page = (path.with_suffix("") / "nl" / "01-enps.html").read_text()
    for said in (
        "Een klein onderzoek",
        "wave",
        "min_n = 10",
        "pandas",
        "Fictieve voorbeeldgegevens",
        "../en/01-enps.html",
    ):
        assert said in page
    assert str(tmp_path) not in page


def test_a_page_that_fails_does_not_stop_the_others(edition: Callable[..., Path], report: Callable[..., Path]):
    """It is told, kept aside and not linked; nothing is at its final path."""
    path = edition(notebooks=("00_bad", "01_enps"))
    report("# Bad", "## Can we?", "raise ValueError('person p1 said 3')", name="00_bad")
    outcomes = publish(path).outcomes
    folder = path.with_suffix("")
    assert [bool(outcome.problem) for outcome in outcomes] == [True, True, False, False]
    assert not (folder / "nl" / "00-bad.html").exists()
    assert "00-bad" not in (folder / "nl" / "index.html").read_text()
    assert "01-enps.html" in (folder / "nl" / "index.html").read_text()


def test_a_failed_notebook_keeps_nothing_of_respondents(edition: Callable[..., Path], report: Callable[..., Path]):
    """Only the code and the name of the error are left."""
    path = edition(notebooks=("00_bad", "01_enps"))
    report(
        "# Bad",
        "print('person' + ' p1 said 3')",
        "raise ValueError('person' + ' p1 said 3')",
        name="00_bad",
    )
    publish(path)
    kept = (path.with_suffix("") / "failed" / "nl" / "00_bad.ipynb").read_text()
    outputs = [output for cell in json.loads(kept)["cells"] for output in cell.get("outputs", [])]
    assert outputs == [{"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []}]
    assert "person p1" not in kept


def test_a_page_links_only_to_languages_that_exist(edition: Callable[..., Path], report: Callable[..., Path]):
    """When the English page fails, the Dutch page does not point to it."""
    path = edition()
    report("# Half", "assert language == 'nl'")
    publish(path)
    assert "../en/01-enps.html" not in (path.with_suffix("") / "nl" / "01-enps.html").read_text()


def test_a_failing_page_leaves_the_page_of_an_earlier_run_alone(
    edition: Callable[..., Path], report: Callable[..., Path]
):
    """What readers have is not taken away by a mistake."""
    path = edition()
    publish(path)
    before = (path.with_suffix("") / "nl" / "01-enps.html").read_bytes()
    report("# Now bad", "1 / 0")
    publish(path)
    assert (path.with_suffix("") / "nl" / "01-enps.html").read_bytes() == before


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("parameters: {wav: '2025'}", "no notebook has parameter 'wav'. Did you mean 'wave'?"),
        ("parameters: {wave: 2025}", "wave = '2025' is not text"),
        ("parameters: {wave: '2205'}", "No wave '2205'. Did you mean '2025'?"),
    ],
)
def test_a_wrong_parameter_stops_before_anything_is_executed(edition: Callable[..., Path], more: str, told: str):
    """Everything is checked first; nothing is written."""
    path = edition(more)
    with pytest.raises(ExkitError) as complaint:
        publish(path)
    assert told in str(complaint.value)
    assert not path.with_suffix("").exists()


def test_a_missing_dataset_stops_before_anything_is_executed(edition: Callable[..., Path]):
    """The nearest folder is named."""
    path = edition()
    path.write_text(path.read_text().replace("dataset: data", "dataset: dat"))
    with pytest.raises(ExkitError, match="Did you mean 'data'"):
        publish(path)
    assert not path.with_suffix("").exists()


def test_an_edition_is_not_written_through_a_link(edition: Callable[..., Path], tmp_path: Path):
    """The folder of an edition may not lead elsewhere."""
    path = edition()
    (tmp_path / "elsewhere").mkdir()
    path.with_suffix("").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ExkitError, match="symbolic link"):
        publish(path)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_notebook_of_an_edition_must_take_what_editions_tell(
    edition: Callable[..., Path], notebook: Callable[..., Path]
):
    """A notebook that cannot be told the smallest group would show groups that the edition hides."""
    path = edition()
    notebook("# Deaf", parameters='dataset: str = "../data"\nlanguage: str = "en"')
    with pytest.raises(ExkitError, match=r"01_enps\.ipynb has no parameter 'min_n'"):
        publish(path)


def test_one_notebook_is_run_with_own_parameters(edition: Callable[..., Path], tmp_path: Path):
    """The page appears where it was asked for."""
    edition()
    outcome = run(tmp_path / "notebooks" / "01_enps.ipynb", given={"language": "nl"}, at=tmp_path / "out" / "page.html")
    assert outcome.problem == ""
    assert '<html lang="nl">' in outcome.page.read_text()


def test_one_notebook_may_not_show_smaller_groups_by_itself(edition: Callable[..., Path], tmp_path: Path):
    """That takes a reason, and only an edition can give one."""
    edition()
    with pytest.raises(ExkitError, match="min_n = 5 is below 10"):
        run(tmp_path / "notebooks" / "01_enps.ipynb", given={"min_n": "5"}, at=tmp_path / "page.html")


def test_a_page_that_is_too_large_is_not_published(edition: Callable[..., Path], report: Callable[..., Path]):
    """A page is sent by mail and opened on a telephone."""
    path = edition()
    report("# Large", "show('<p>' + 'x' * 700_000 + '</p>')")
    outcomes = publish(path).outcomes
    assert all("more than 600,000" in outcome.problem for outcome in outcomes)
    assert files(path.with_suffix("")) == {"index.html", "nl/index.html", "en/index.html", *STATUS}


def test_a_later_chapter_reads_what_an_earlier_one_saved(edition: Callable[..., Path], report: Callable[..., Path]):
    """In the order of the edition, whatever the names of the notebooks."""
    path = edition(notebooks=("09_first", "01_second"))
    report("# First", saves("claims_01"), saves("claims_02", estimate=0.25), name="09_first")
    report("# Second", reads("claims_01"), reads("claims_*"), reads("nothing"), name="01_second")
    assert [outcome.problem for outcome in publish(path).outcomes] == [""] * 4
    for language in ("nl", "en"):
        page = (path.with_suffix("") / language / "01-second.html").read_text()
        assert all(f"<p>{shown}</p>" in page for shown in ("1 0.5 {''}", "2 0.75 {''}", "1 0 {'not_calculated'}"))


def test_a_chapter_does_not_read_a_later_one(edition: Callable[..., Path], report: Callable[..., Path]):
    """Also not what a later chapter saved when the edition was built before."""
    path = edition(notebooks=("01_early", "02_late"))
    report("# Early", reads("enps"), name="01_early")
    report("# Late", saves("enps"), name="02_late")
    for _build in range(2):
        publish(path)
    assert "not_calculated" in (path.with_suffix("") / "nl" / "01-early.html").read_text()


def test_results_of_an_earlier_build_or_of_a_failing_chapter_are_gone(
    edition: Callable[..., Path], report: Callable[..., Path]
):
    """Neither published nor read; the chapters around the failing one are made."""
    path = edition(notebooks=("01_a", "02_b", "03_c"))
    report("# A", saves("kept"), saves("dropped"), name="01_a")
    report("# B", saves("middle"), name="02_b")
    report("# C", reads("kept"), reads("dropped"), reads("middle"), name="03_c")
    publish(path)
    folder = path.with_suffix("")
    assert files(folder / "results") == {"kept.csv", "dropped.csv", "middle.csv"}
    report("# A", saves("kept"), name="01_a")
    report("# B", saves("middle"), "1 / 0", name="02_b")
    outcomes = publish(path).outcomes
    assert [bool(outcome.problem) for outcome in outcomes] == [False, False, True, True, False, False]
    assert files(folder / "results") == {"kept.csv"}
    assert (folder / "en" / "03-c.html").read_text().count("{'not_calculated'}") == 2
    assert "middle.csv" not in (folder / "en" / "index.html").read_text()


def test_what_is_saved_may_not_depend_on_the_language(edition: Callable[..., Path], report: Callable[..., Path]):
    """The second language is told, and the first does not point to it."""
    path = edition()
    report("# Mixed", saves("enps").replace("0.5,", "0.5 if language == 'nl' else 0.6,", 1))
    outcomes = publish(path).outcomes
    assert [("in another language" in outcome.problem) for outcome in outcomes] == [False, True]
    assert "../en/01-enps.html" not in (path.with_suffix("") / "nl" / "01-enps.html").read_text()


def test_two_chapters_may_not_save_under_one_name(edition: Callable[..., Path], report: Callable[..., Path]):
    """The first keeps the name."""
    path = edition(notebooks=("01_a", "02_b"))
    report("# A", saves("enps"), name="01_a")
    report("# B", saves("enps", estimate=0.9), name="02_b")
    outcomes = publish(path).outcomes
    assert ["by an earlier chapter" in outcome.problem for outcome in outcomes] == [False, False, True, True]
    assert "0.5" in (path.with_suffix("") / "results" / "enps.csv").read_text()


def test_a_file_that_is_no_result_is_not_published(edition: Callable[..., Path], report: Callable[..., Path]):
    """Nobody has checked what it discloses."""
    path = edition()
    report("# Raw", "import os, pathlib\n(pathlib.Path(os.environ['EXKIT_RESULTS']) / 'people.csv').write_text('p1,3')")
    assert all("people" in outcome.problem for outcome in publish(path).outcomes)
    assert not (path.with_suffix("") / "results").exists()


def test_everything_of_an_edition_is_the_same_bytes_twice(edition: Callable[..., Path], report: Callable[..., Path]):
    """Indexes, results and status too, also where a chapter fails."""
    path = edition(notebooks=("01_a", "02_b"))
    report("# A", saves("enps"), name="01_a")
    report("# B", "1 / 0", name="02_b")
    built = []
    for _build in range(2):
        publish(path)
        folder = path.with_suffix("")
        built.append({name: (folder / name).read_bytes() for name in files(folder) if not name.startswith("failed/")})
    assert built[0] == built[1]


def test_an_index_numbers_its_chapters_and_lists_the_results(edition: Callable[..., Path], report: Callable[..., Path]):
    """A failed chapter keeps its number and is not named; each file is described in the language of the index."""
    path = edition(notebooks=("01_a", "02_b", "03_c"))
    report("# A?", saves("enps"), name="01_a")
    report("# B?", "1 / 0", name="02_b")
    report("# C?", name="03_c")
    publish(path)
    index = (path.with_suffix("") / "nl" / "index.html").read_text()
    assert re.findall(r'class="number"[^>]*>(\d)</span><a href="([^"]+)"', index) == [
        ("1", "01-a.html"),
        ("3", "03-c.html"),
    ]
    assert "02-b" not in index
    assert '<a href="../results/enps.csv">enps.csv</a> <span>Aandeel, 1 rij</span>' in index
    assert '<a href="../en/index.html" lang="en"' in index


def test_the_status_tells_every_page_and_quotes_nobody(
    edition: Callable[..., Path], report: Callable[..., Path], tmp_path: Path
):
    """Made or failed and why, in each language and for programs; what Python says of an error stays away."""
    path = edition(notebooks=("01_a", "02_b"))
    report("# A?", saves("enps"), name="01_a")
    report("# B?", "## Can we?", "raise ValueError('person p1 said 3')", name="02_b")
    publish(path)
    folder = path.with_suffix("")
    told = json.loads((folder / "internal" / "status.json").read_text())
    assert [(one["chapter"], one["language"], one["made"]) for one in told["pages"]] == [
        (1, "nl", True), (1, "en", True), (2, "nl", False), (2, "en", False),
    ]  # fmt: skip
    assert told["pages"][2]["problem"] == '02_b.ipynb stopped under "Can we?": ValueError.'
    assert told["results"] == [{"file": "results/enps.csv", "chapter": 1}]
    for name, word in {"status.html": "mislukt", "status-en.html": "failed"}.items():
        page = (folder / "internal" / name).read_text()
        assert word in page
        assert "person p1" not in page
        assert str(tmp_path) not in page
    pages = [page.read_text() for page in folder.rglob("*.html") if not page.name.startswith("status")]
    assert not any("status" in re.findall(r'href="[^"]*"', page) for page in pages)


def test_a_page_bears_the_look_of_its_edition(edition: Callable[..., Path]):
    """Colours, fonts and logo, the logo with its words in the language of the page."""
    path = edition(
        "theme: {accent: '#7a1460', font: 'Corbel, Segoe UI, sans-serif', logo: logo.svg, "
        "logo_alt: {nl: Bureau Voorbeeld, en: Example Research}}"
    )
    (path.parents[1] / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    publish(path)
    for name, alt in {"nl/01-enps": "Bureau Voorbeeld", "en/index": "Example Research"}.items():
        page = (path.with_suffix("") / f"{name}.html").read_text()
        assert "--exkit-accent: #7a1460; --accent-dark: #" in page
        assert '--sans: Corbel, "Segoe UI", sans-serif;' in page
        assert '<img src="data:image/svg+xml;base64,' in page
        assert f'alt="{alt}"' in page


def test_one_notebook_replaces_its_own_earlier_results(
    tmp_path: Path, edition: Callable[..., Path], report: Callable[..., Path]
):
    """Made by itself, too, nothing stale stays; and it reads what JupyterLab saved beside it."""
    edition()
    at = tmp_path / "out" / "page.html"
    (tmp_path / "notebooks" / "results").mkdir()
    for name in ("first", "second"):
        notebook = report("# Alone?", saves(name), reads("nothing"))
        assert run(notebook, given={}, at=at).problem == ""
    assert files(tmp_path / "out") == {"page.html", "page/results/second.csv"}


def test_a_notebook_that_asks_is_told_title_and_date(
    edition: Callable[..., Path], notebook: Callable[..., Path], report: Callable[..., Path]
):
    """In the language of its page, so that a report can say how it is cited."""
    path = edition()
    shows = ["".join(cell["source"]) for cell in json.loads(report("# Title").read_text())["cells"]]
    told = f"{shows[1]}\nedition: str = ''\ndate: str = ''"
    notebook(shows[0], shows[2], "show(f'<p>{edition}, {date}.</p>')", parameters=told)
    assert [outcome.problem for outcome in publish(path).outcomes] == ["", ""]
    assert "<p>Jaarrapport, 1 november 2025.</p>" in (path.with_suffix("") / "nl" / "01-enps.html").read_text()
