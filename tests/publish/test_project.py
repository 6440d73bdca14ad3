"""A project of one's own."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from exkit.errors import ExkitError
from exkit.publish.edition import read_edition
from exkit.publish.parameters import parameters
from exkit.publish.project import start
from exkit.publish.publish import publish
from exkit.survey.check import check

ROOT = Path(__file__).parents[2]
STAFF = "person_id,team,enps,voice1,voice2\n" + "".join(
    f"p{i},{'North' if i % 2 else 'South'},{(i * 7) % 11},{1 + i % 5},{1 + (i // 3) % 5}\n" for i in range(66)
)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Write an export of a survey."""
    path = tmp_path / "export.csv"
    path.write_text(STAFF)
    return path


def test_a_project_from_a_file_is_sound_and_can_be_published(tmp_path: Path, export: Path):
    """The file is copied, its codebook drafted; the edition's first page is made, and says what the data say."""
    folder = tmp_path / "mine"
    drafted = start(folder, files=[("", export)])
    assert check(folder / "data").breaches["message"].tolist() == []
    assert (folder / "data" / "export.csv").read_text() == STAFF
    edition = folder / "reports" / "report.yml"
    text = edition.read_text()
    assert read_edition(edition).notebooks == ["notebooks/01_enps.ipynb", "notebooks/03_aggregation.ipynb"]
    assert "# - notebooks/04_linkage.ipynb  # asks for" in text
    edition.write_text(text.replace("[nl, en]", "[en]").replace("  - notebooks/03", "  # - notebooks/03"))
    (made,) = publish(edition).outcomes
    assert made.problem == ""
    assert "66" in made.page.read_text()
    assert drafted.files == {"employees": [{"file": "export.csv"}]}


def test_the_notebooks_are_told_what_there_is(tmp_path: Path, export: Path):
    """Where the data are, and which scale there is instead of the sample's."""
    start(tmp_path / "mine", files=[("", export)])
    told = {one.name: one.default for one in parameters(tmp_path / "mine" / "notebooks" / "03_aggregation.ipynb")}
    assert (told["dataset"], told["scale"], told["customers"]) == ("../data", "voice", "")


def test_a_project_without_files_says_what_to_do(tmp_path: Path):
    """An empty dataset, all notebooks, and a README that begins with a codebook."""
    assert start(tmp_path / "mine") is None
    assert [path.name for path in (tmp_path / "mine" / "data").iterdir()] == ["study.yml"]
    assert "exkit codebook data/" in (tmp_path / "mine" / "README.md").read_text()
    assert len(read_edition(tmp_path / "mine" / "reports" / "report.yml").notebooks) == 8


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["export.csv", "export.csv"], "'export.csv' is the name of more than one file"),
        (["values.csv"], "'values.csv' has a name that a project uses itself"),
        (["exprt.csv"], "There is no such file. Did you mean 'export.csv'?"),
    ],
)
def test_files_that_cannot_be_taken_are_told_before_anything_is_written(
    tmp_path: Path, export: Path, names: list[str], told: str
):
    """A folder appears whole or not at all."""
    with pytest.raises(ExkitError, match=told.replace("?", r"\?")):
        start(tmp_path / "mine", files=[("", export.with_name(name)) for name in names])
    assert not (tmp_path / "mine").exists()
    assert not list(tmp_path.glob(".exkit-work-*"))


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path, export: Path):
    """Whatever it is; an empty one is taken."""
    with pytest.raises(ExkitError, match="is there and not empty"):
        start(tmp_path, files=[("", export)])
    (tmp_path / "mine").mkdir()
    start(tmp_path / "mine")
    assert (tmp_path / "mine" / "README.md").exists()


@pytest.mark.long
def test_a_project_can_be_started_and_published_from_a_wheel(tmp_path: Path, export: Path):
    """The notebooks travel with the package: nothing of the project's own folder is needed."""
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(installed)
    environment = os.environ | {"PYTHONPATH": str(installed)}

    def exkit(*words: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "exkit.cli", *words]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    started = exkit("new", "mine", "--from", export.name)
    assert (started.returncode, started.stderr) == (0, "")
    where = [sys.executable, "-c", "import exkit.publish.project as p; print(p.NOTEBOOKS)"]
    found = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout
    assert Path(found.strip()).is_relative_to(installed)
    made = exkit("publish", "mine/reports/report.yml")
    assert (made.returncode, made.stderr.count("failed")) == (0, 0)
