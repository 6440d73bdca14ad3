"""The first ten minutes: three exports become projects by what the README says, and every notebook has an answer."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exkit.publish.project import start

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "real"
README = (ROOT / "README.md").read_text()
PAGE = README[README.index("## From your export to a first report") : README.index("## How a number is made")]
FILES = dict(re.findall(r"exkit new (\w+) --from (\w+=\w+\.csv)\n", PAGE))
MOST_LINES = 15

ON_REAL_DATA = pytest.mark.skipif(not REAL.exists(), reason="the folder with real data, shared/real, is not there")
MENDED = {
    "schools": {"boro": {"role": "organisation", "type": "text"}},
    "phone": {
        "CUSL3": {"role": "recommend", "scale": "", "promoter_from": "9", "detractor_to": "6", "favourable_from": ""}
    },
    "army": {},
}
"""What is mended in each drafted codebook, in the columns of its table in the README."""
TOLD = {
    ("schools", "03"): {"scale": "eng_t_11", "customers": "eng_p_11"},
    ("schools", "04"): {"scale": "eng_t_11", "customers": "eng_p_11"},
    ("schools", "05"): {"scale": "eng_t_11"},
    ("phone", "01"): {"question": "recommend"},
}
UNASKED = {
    "en": "These data do not have the question ‘Recommendation as employer’.",
    "nl": "De vraag ‘Aanbeveling als werkgever’ staat niet in deze gegevens.",
}
STOPS = {
    ("phone", "04"): "These customers have no unit. Give a column the role 'unit' in the codebook.",
    ("phone", "05"): "These customers have no unit. Give a column the role 'unit' in the codebook.",
    ("army", "05"): "Of these units only 'lead' is known. Give a table 'units' or 'customers' with outcomes.",
}


def exkit(*words: str, at: Path) -> subprocess.CompletedProcess:
    """Run the command line as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "exkit.cli", *words], cwd=at, capture_output=True, text=True, check=False
    )


def kept(project: str) -> list[str]:
    """Read in the README which rows of a draft are kept."""
    (row,) = re.findall(rf"^\| `{project}` \| [^|]* \| ([^|]*) \|", PAGE, re.MULTILINE)
    names = []
    for one in re.findall(r"`(\w+)`(?: to `(\w+)`)?", row):
        first, last = (re.fullmatch(r"(.*?)(\d*)", name) for name in one)
        numbered = range(int(first[2] or 0), int(last[2] or 0) + 1) if one[1] else ()
        names += [f"{first[1]}{n:0{len(first[2])}}" for n in numbered] or [one[0]]
    return names


def mend(project: Path) -> pd.DataFrame:
    """Do in a drafted codebook what the README says, as in a spreadsheet."""
    path = project / "data" / "codebook.csv"
    draft = pd.read_csv(path, dtype="str", keep_default_na=False, sep=None, engine="python", encoding="utf-8-sig")
    book = draft[draft["variable"].isin(kept(project.name))].drop(columns="guess").set_index("variable", drop=False)
    for name, cells in MENDED[project.name].items():
        book.loc[name, list(cells)] = list(cells.values())
    book.to_csv(path, index=False)
    return book


def made(project: str, folder: Path) -> Path:
    """Start a project from one of the files, its codebook mended."""
    table, file = FILES[project].split("=")
    start(folder / project, files=[(table, REAL / file)])
    mend(folder / project)
    return folder / project


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Start the project that the README shows, once for all tests that only read it."""
    return made("phone", tmp_path_factory.mktemp("first"))


def run(notebook: Path, language: str, **told: str) -> tuple[str, str]:
    """Make the page of a notebook; give it, its spaces all plain, and what went wrong."""
    given = [word for name, value in told.items() for word in ("-p", name, value)]
    page = notebook.with_suffix(f".{language}.html")
    done = exkit("run", str(notebook), *given, "--language", language, "--output", page.name, at=notebook.parent)
    text = page.read_text() if page.exists() else ""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("&#x27;", "'"), done.stderr


@ON_REAL_DATA
@pytest.mark.parametrize("project", FILES)
def test_an_export_is_sound_after_the_readmes_commands(tmp_path: Path, project: str):
    """`exkit new`, at most fifteen lines of codebook, `exkit check`: nothing wrong, no note on the kit's own file."""
    shutil.copy(REAL / FILES[project].split("=")[1], tmp_path)
    started = exkit("new", project, "--from", FILES[project], at=tmp_path)
    assert (started.returncode, started.stderr) == (0, "")
    book = mend(tmp_path / project)
    assert sorted(book["variable"]) == sorted(kept(project))
    assert 1 + len(book) <= MOST_LINES
    checked = exkit("check", "data", at=tmp_path / project)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.endswith("data-check.html\nNothing wrong in 'data'.\n")
    assert "codebook.csv: " not in checked.stdout


@ON_REAL_DATA
def test_the_readme_shows_the_codebook_that_is_left(phone: Path):
    """The lines on the page are the draft, mended, in the columns that say something."""
    shown = re.search(r"```csv\n(.*?)```", PAGE, re.DOTALL)[1]
    book = pd.read_csv(phone / "data" / "codebook.csv", dtype="str", keep_default_na=False)
    assert book[shown.split("\n")[0].split(",")].to_csv(index=False) == shown


@ON_REAL_DATA
def test_a_failed_check_says_what_the_readme_says(phone: Path, tmp_path: Path):
    """A scale that is too short in the codebook: how many rows, and which way out."""
    book = shutil.copytree(phone / "data", tmp_path / "data") / "codebook.csv"
    text = book.read_text()
    cusco = next(line for line in text.splitlines() if "CUSCO" in line)
    book.write_text(text.replace(cusco, cusco.replace(",10,", ",7,").replace(",8,", ",7,")))
    checked = exkit("check", "data", at=tmp_path)
    quoted = re.search(r"`Wrong: (.*?) \(112 rows: …\)`", PAGE)[1]
    assert f"Wrong: {quoted} (112 rows: 3, 7, 9" in checked.stdout
    assert (checked.returncode, checked.stderr) == (1, "1 problem in 'data'.\n")


@ON_REAL_DATA
def test_the_first_page_of_the_readme_is_made(phone: Path):
    """As it is written there, in the project's own folder: the customers' NPS of a 1-10 question."""
    command = re.search(r"exkit (run notebooks/01_enps\.ipynb .*)\n", PAGE)[1]
    done = exkit(*command.split(), at=phone)
    assert (done.returncode, done.stdout) == (0, "01-enps.html\n")
    assert "The customer NPS is +14 " in (phone / "01-enps.html").read_text().replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.long
@ON_REAL_DATA
@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("project", FILES)
def test_every_notebook_has_an_answer(tmp_path: Path, project: str, language: str):
    """A page, with a sentence for what is missing, or one message; never a traceback."""
    folder = made(project, tmp_path)
    for notebook in sorted((folder / "notebooks").glob("0[1-5]*.ipynb")):
        question = (project, notebook.name[:2])
        page, said = run(notebook, language, **TOLD.get(question, {}))
        assert "Traceback" not in page + said
        assert (page == "") == (question in STOPS)
        assert STOPS.get(question, "") in said
        assert (UNASKED[language] in page) == (question[1] in ("01", "02") and question != ("phone", "01"))


MARKS = {
    "engagement": {3: "S", 9: "S"},
    "engagement_n": {3: "S", 9: "S"},
    "engagement_sd": {3: "S", 9: "S", 15: "."},
    "parents_recommend": {5: "NDA"},
    "parents_recommend_n": {5: "NDA"},
    "parents_recommend_sd": {5: "NDA"},
    "absence": {7: ".", 8: ".", 12: "*"},
}
"""Cells of a table of schools in which nothing was published, by column and row."""


@pytest.fixture
def schools(tmp_path: Path) -> Callable[..., Path]:
    """Start a project from a table that was summed up by school, without some of its columns."""
    draw, n = np.random.default_rng(5), 48
    true = draw.normal(size=n)
    table = pd.DataFrame(
        {
            "school": [f"School {i:02}" for i in range(n)],
            "trust": [f"Trust {i // 12}" for i in range(n)],
            "engagement": (3.5 + 0.4 * true + draw.normal(0, 0.2, n)).round(2),
            "engagement_n": draw.integers(11, 60, n),
            "engagement_sd": draw.uniform(0.6, 1.1, n).round(2),
            "parents_recommend": (7.2 + 0.5 * true + draw.normal(0, 0.4, n)).round(2),
            "parents_recommend_n": draw.integers(20, 80, n),
            "parents_recommend_sd": draw.uniform(1.2, 2.0, n).round(2),
            "absence": (5 - 0.5 * true + draw.normal(0, 0.8, n)).round(1),
        }
    ).astype("object")
    for column, marks in MARKS.items():
        table.loc[list(marks), column] = list(marks.values())

    def write(*without: str) -> Path:
        table.drop(columns=list(without)).to_csv(tmp_path / "schools.csv", index=False)
        start(tmp_path / "mine", files=[("units", tmp_path / "schools.csv")])
        return tmp_path / "mine"

    return write


def test_suppression_marks_are_proposed_as_missing_and_counted(schools: Callable):
    """`S`, `NDA`, `.` and `*` among numbers: in the draft per column, and in the report of the check."""
    project = schools()
    book = pd.read_csv(project / "data" / "codebook.csv", dtype="str", keep_default_na=False, encoding="utf-8-sig")
    proposed = book.set_index("variable")["missing"]
    assert proposed[list(MARKS)].to_dict() == {
        name: "|".join(dict.fromkeys(marks.values())) for name, marks in MARKS.items()
    }
    checked = exkit("check", "data", "--output", "check.html", at=project)
    assert (checked.returncode, "Wrong" in checked.stdout) == (0, False)
    page = (project / "check.html").read_text()
    counted = page[page.index("Answers that are missing, by variable") :]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr.*?</tr>", counted, re.DOTALL)]
    found = {row[0]: row[1:4] for row in rows if row[0] in MARKS}
    assert found == {name: ["48", "0", str(len(marks))] for name, marks in MARKS.items()}


def test_a_summed_up_table_with_its_spread_has_a_reliability(schools: Callable):
    """The draft tells the notebook which score is whose; a school whose SD was withheld is not in the reliability."""
    page, said = run(schools() / "notebooks" / "03_aggregation.ipynb", "en")
    assert said == ""
    assert "ICC(2) is 0.86 (margin 0.64 to 0.94)" in page
    assert "Not shown: 2 teams with too few answers." in page
    assert "These data have no scale that is made of items." in page


@pytest.mark.long
@pytest.mark.parametrize("spread", [True, False])
def test_a_summed_up_table_goes_through_every_notebook(schools: Callable, spread: bool):
    """With SD the link is corrected; without it is not, and the page says why. Nobody was asked to recommend."""
    without = () if spread else ("engagement_sd", "parents_recommend_sd")
    project, told = schools(*without), {"scale": "engagement", "customers": "parents_recommend"}
    pages = {}
    for notebook in sorted((project / "notebooks").glob("0[1-5]*.ipynb")):
        given = {"03": told, "04": told, "05": {"scale": "engagement"}}.get(notebook.name[:2], {})
        pages[notebook.name[:2]], said = run(notebook, "en", **given)
        assert said == ""
    assert [UNASKED["en"] in pages[number] for number in ("01", "02")] == [True, True]
    assert ("Whether one may speak of teams on engagement is unknown" in pages["03"]) == (not spread)
    assert "both are known of 45 (94%)" in pages["04"]
    assert ("Corrected for chance in the team scores it is 0.76" in pages["04"]) == spread
    assert ("their measurement reliability is unknown, since respondents were not supplied" in pages["04"]) != spread
    assert ("reliability unknown" in pages["05"]) == (not spread)
