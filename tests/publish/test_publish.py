import json
from collections.abc import Callable
from pathlib import Path

import pytest

from exkit.errors import ExkitError
from exkit.publish.publish import publish, run


def files(folder: Path) -> set[str]:
    """Names of all files in a folder, hidden ones too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_an_edition_becomes_pages_results_and_indexes(edition: Callable[..., Path], report: Callable[..., Path]):
    """One page per language, and nothing else lies about."""
    path = edition()
    save = "import os, pathlib\n(pathlib.Path(os.environ['EXKIT_RESULTS']) / 'enps.csv').write_text('x')"
    report("# How enthusiastic are they?", "show('<p>+12</p>')", save)
    outcomes = publish(path)
    assert [outcome.problem for outcome in outcomes] == ["", ""]
    pages = {f"{language}/{name}.html" for language in ("nl", "en") for name in ("01-enps", "index")}
    assert files(path.with_suffix("")) == {"index.html", "results/enps.csv", *pages}


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
    outcomes = publish(path)
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
    outcomes = publish(path)
    assert all("more than 600,000" in outcome.problem for outcome in outcomes)
    assert files(path.with_suffix("")) == {"index.html", "nl/index.html", "en/index.html"}
