import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

LOOP = "while True: pass"


@pytest.fixture(autouse=True)
def _interruptible() -> Iterator[None]:
    """Let what is started here be interrupted, also where the tests run in a shell's background and are not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Write a project with a good notebook and a sound dataset."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "codebook.csv").write_text(
        "table,variable,role,low,high\nemployees,year,wave,,\nemployees,enps,recommend_work,0,10\n"
    )
    (data / "employees.csv").write_text("year,enps\n2024,9\n2025,3\n")
    write(tmp_path / "good.ipynb", "1 + 1")
    return tmp_path


def write(path: Path, code: str) -> None:
    """Write a notebook of one cell of code."""
    v4 = nbformat.v4
    told = 'dataset: str = "data"  # where the data are\nwave: str = ""\nlanguage: str = "en"\nmin_n: int = 10'
    cells = [
        v4.new_markdown_cell("# Is it so?\n\n## Looking"),
        v4.new_code_cell(told, metadata={"tags": ["parameters"]}),
        v4.new_code_cell(code),
    ]
    nbformat.write(v4.new_notebook(cells=cells), path)


def exkit(*words: str, at: Path) -> subprocess.CompletedProcess:
    """Run the command line as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "exkit.cli", *words], cwd=at, capture_output=True, text=True, check=False
    )


def test_run_makes_a_page_and_prints_where_it_is(project: Path):
    """Status 0, the page's path on standard output."""
    done = exkit("run", "good.ipynb", "-p", "wave", "2025", "-p", "min_n", "20", "--language", "nl", at=project)
    assert (done.returncode, done.stdout) == (0, "good.html\n")
    assert "wave = 2025" in (project / "good.html").read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-p", "mnin", "5"], "good.ipynb has no parameter 'mnin'. Did you mean 'min_n'? It takes: dataset, wave,"),
        (["-p", "min_n", "many"], "min_n = 'many' is not a whole number."),
        (["-p", "wave", "2205"], "No wave '2205'. Did you mean '2025'?"),
        (["-p", "dataset", "dat"], "Did you mean 'data'?"),
        (["-p", "wave", "2025", "-p", "wave", "2024"], "Parameter 'wave' is given twice."),
        (["-p", "dataset", "https://example.org/data"], "is an address"),
        (["--output", "s3://bucket/page.html"], "is an address"),
        (["--language", "fr"], "No language 'fr'."),
        (["-p", "wave"], "requires 2 arguments"),
    ],
)
def test_a_wrong_word_stops_with_status_2(project: Path, words: list[str], told: str):
    """A sentence on standard error, no traceback, nothing written."""
    done = exkit("run", "good.ipynb", *words, at=project)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in project.iterdir()) == ["data", "good.ipynb"]


def test_a_notebook_that_fails_gives_status_1(project: Path):
    """The message names notebook, heading and cause, and there is no page."""
    write(project / "bad.ipynb", "import sys; sys.exit(0)")
    done = exkit("run", "bad.ipynb", at=project)
    assert done.returncode == 1
    assert 'bad.ipynb stopped under "Looking": it ended itself' in done.stderr
    assert not (project / "bad.html").exists()


@pytest.mark.parametrize(
    ("sent", "status"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.long)]
)
def test_an_interrupted_run_leaves_nothing(project: Path, sent: signal.Signals, status: int):
    """Kernel ended, work folder swept, the shell's usual status."""
    write(project / "loop.ipynb", f"import pathlib, os; pathlib.Path('pid').write_text(str(os.getpid()))\n{LOOP}")
    started = subprocess.Popen(
        [sys.executable, "-m", "exkit.cli", "run", "loop.ipynb"], cwd=project, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 60
    while not (project / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    started.send_signal(sent)
    _, told = started.communicate(timeout=60)
    assert (started.returncode, b"Traceback" in told) == (status, False)
    kernel = int((project / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)
    assert sorted(path.name for path in project.iterdir()) == ["data", "good.ipynb", "loop.ipynb", "pid"]


@pytest.mark.parametrize(
    ("sent", "status"), [pytest.param(signal.SIGINT, 130, marks=pytest.mark.long), (signal.SIGTERM, 143)]
)
def test_an_interrupted_edition_leaves_nothing(project: Path, sent: signal.Signals, status: int):
    """Neither do its chapters, which run side by side: no kernel, no page, no notebook that seems to have failed."""
    for name in ("one", "two"):
        note = f"import pathlib, os; pathlib.Path('pid-{name}').write_text(str(os.getpid()))"
        write(project / f"{name}.ipynb", f"{note}\n{LOOP}")
    (project / "reports").mkdir()
    (project / "reports" / "small.yml").write_text(
        "title: {en: Small, nl: Klein}\ndate: 2025-11-01\ndataset: data\nlanguages: [nl, en]\n"
        "notebooks: [one.ipynb, two.ipynb]\n"
    )
    words = ["publish", "reports/small.yml", "--workers", "2"]
    started = subprocess.Popen([sys.executable, "-m", "exkit.cli", *words], cwd=project, stderr=subprocess.PIPE)
    noted, deadline = [project / "pid-one", project / "pid-two"], time.monotonic() + 60
    while not all(path.exists() for path in noted) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    started.send_signal(sent)
    _, told = started.communicate(timeout=60)
    assert (started.returncode, b"Traceback" in told) == (status, False)
    for path in noted:
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.read_text()), 0)
    assert [path.name for path in (project / "reports").iterdir()] == ["small.yml"]


def test_params_lists_what_a_notebook_can_be_told(project: Path):
    """Name, type, default and meaning, a line each."""
    done = exkit("params", "good.ipynb", at=project)
    assert done.stdout.splitlines()[0] == "dataset: str = 'data'  # where the data are"


def test_sample_makes_a_study_that_check_is_content_with(project: Path):
    """The folder on standard output, and a seed of one's own in its truth."""
    done = exkit("sample", "made-up", "--seed", "7", at=project)
    assert (done.returncode, done.stdout) == (0, "made-up\n")
    assert json.loads((project / "made-up" / "truth.json").read_text())["seed"] == 7
    assert exkit("check", "made-up", at=project).returncode == 0


def test_sample_does_not_write_over_data(project: Path):
    """Status 2, and everything as it was."""
    done = exkit("sample", "data", at=project)
    assert (done.returncode, "something else than a made-up study" in done.stderr) == (2, True)


def test_codebook_drafts_one_and_says_what_to_do_next(project: Path):
    """Beside the file, never over another; TABLE= says which table a file is."""
    rows = "".join(f"p{i},{i % 11}\n" for i in range(40))
    (project / "guests.csv").write_text("guest_id,nps\n" + rows)
    done = exkit("codebook", "customers=guests.csv", at=project)
    assert (done.returncode, done.stderr) == (0, "")
    assert "guests.csv is taken for customers: as you said (40 rows)." in done.stdout
    assert "  recommend: nps" in done.stdout
    assert '- {file: "guests.csv"}' in done.stdout
    assert done.stdout.endswith("Then: exkit check .\n")
    again = exkit("codebook", "guests.csv", at=project)
    assert (again.returncode, again.stdout) == (2, "")
    assert "'codebook.csv' exists, and is never overwritten." in again.stderr


def test_new_starts_a_project_that_check_is_content_with(project: Path):
    """Its folder is printed; what is not empty is refused."""
    rows = "".join(f"p{i},{'AB'[i % 2]},{i % 11}\n" for i in range(40))
    (project / "export.csv").write_text("person_id,team,enps\n" + rows)
    done = exkit("new", "mine", "--from", "export.csv", at=project)
    assert (done.returncode, done.stderr) == (0, "")
    assert "  recommend_work: enps" in done.stdout
    assert exkit("check", "data", at=project / "mine").returncode == 0
    refused = exkit("new", "mine", at=project)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "'mine' is there and not empty." in refused.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["codebook", "exprt.csv"], "There is no such file."),
        (["codebook", "good.ipynb"], "problem"),
        (["codebook", "data/employees.csv", "--language", "fr"], "No language 'fr'."),
        (["codebook", "data/employees.csv", "--output", "no/where.csv"], "No folder 'no'"),
        (["new", "mine", "--from", "exprt.csv"], "There is no such file."),
    ],
)
def test_a_draft_that_cannot_be_made_stops_with_status_2(project: Path, words: list[str], told: str):
    """A sentence on standard error, no traceback, nothing written."""
    done = exkit(*words, at=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in project.iterdir()) == ["data", "good.ipynb"]


def test_check_is_content_with_sound_data(project: Path):
    """Status 0, and a page named after the folder."""
    done = exkit("check", "data", at=project)
    assert (done.returncode, done.stdout) == (0, "data-check.html\nNothing wrong in 'data'.\n")
    assert "Can these data be used?" in (project / "data-check.html").read_text()


def test_check_lists_breaches_with_status_1(project: Path):
    """Each breach is a line; the page has them too, in the reader's language."""
    (project / "data" / "employees.csv").write_text("year,enps\n2024,11\n2025,3\n")
    done = exkit("check", "data", "--language", "nl", "--output", "verslag.html", at=project)
    assert done.returncode == 1
    assert "Wrong: employees.csv: enps: value '11' outside 0-10 (row 2)." in done.stdout
    assert "Antwoorden liggen buiten de schaal." in (project / "verslag.html").read_text()


def test_check_points_out_what_may_be_wrong_with_status_0(project: Path):
    """A suspicion is a line, and no breach."""
    (project / "data" / "employees.csv").write_text("year,enps\n" + "2025,1\n2025,10\n" * 9)
    done = exkit("check", "data", at=project)
    assert done.returncode == 0
    assert "Look: employees.csv: enps: nobody answered 0 on a scale of 0-10" in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["dota"], "there is no such folder. Did you mean 'data'?"),
        (["data", "--language", "fr"], "No language 'fr'."),
        (["data", "--output", "https://example.org/x.html"], "is an address"),
    ],
)
def test_check_refuses_what_it_cannot_do_with_status_2(project: Path, words: list[str], told: str):
    """No such data, no such language, no such place."""
    done = exkit("check", *words, at=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_publish_tells_each_page_and_gives_status_1_when_one_failed(project: Path):
    """The good page is made, the bad one told; the index's path is printed."""
    (project / "reports").mkdir()
    write(project / "bad.ipynb", "1 / 0")
    (project / "reports" / "small.yml").write_text(
        "title: {en: Small}\ndate: 2025-11-01\ndataset: data\nlanguages: [en]\nnotebooks: [bad.ipynb, good.ipynb]\n"
    )
    done = exkit("publish", "reports/small.yml", at=project)
    assert (done.returncode, done.stdout) == (1, "reports/small/index.html\n")
    assert "ZeroDivisionError" in done.stderr
    assert "1 of 2 pages failed." in done.stderr
    assert (project / "reports" / "small" / "en" / "good.html").exists()


@pytest.mark.parametrize("verb", ["publish", "run", "params", "check"])
def test_help_gives_an_example(verb: str, tmp_path: Path):
    """Each verb's help shows how it is used."""
    assert f"Example: exkit {verb} " in exkit(verb, "--help", at=tmp_path).stdout


def test_help_needs_no_heavy_library(tmp_path: Path):
    """Help is there at once: it imports no pandas and no Jupyter."""
    heavy = ["pandas", "nbformat", "nbconvert", "papermill"]
    code = f"import sys, json, exkit.cli; print(json.dumps([name for name in {heavy} if name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_publish_says_what_it_would_make_and_what_is_up_to_date(project: Path):
    """A dry run on standard output, then the run, then nothing left to do; each with its count."""
    (project / "reports").mkdir()
    (project / "reports" / "small.yml").write_text(
        "title: {en: Small}\ndate: 2025-11-01\ndataset: data\nlanguages: [en]\nnotebooks: [good.ipynb]\n"
    )
    page = "reports/small/en/good.html"
    foreseen = exkit("publish", "reports/small.yml", "--check", at=project)
    assert (foreseen.returncode, foreseen.stdout) == (0, f"to make     {page}\n")
    assert not (project / page).exists()
    done = exkit("publish", "reports/small.yml", "--workers", "1", at=project)
    assert f"made        {page}\n" in done.stderr
    again = exkit("publish", "reports/small.yml", "--only", "good", at=project)
    assert f"up to date  {page}\nPages: 0 made, 1 up to date, 0 failed." in again.stderr
    wrong = exkit("publish", "reports/small.yml", "--only", "god", at=project)
    assert (wrong.returncode, wrong.stderr) == (2, "No page 'god'. Did you mean 'good'?\n")


SMALL_FILES = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))\n"
SMALL_FILES += "sys.argv[0] = 'exkit'; runpy.run_module('exkit.cli', run_name='__main__')"


@pytest.mark.parametrize("words", [("new", "mine", "--from", "staff.csv"), ("codebook", "staff.csv")])
def test_a_full_disk_is_one_message_and_leaves_nothing(tmp_path: Path, words: tuple[str, ...]):
    """Tried with files that may not grow: neither half a project nor half a codebook."""
    (tmp_path / "staff.csv").write_text("id,team,enps\n" + "".join(f"p{i},{'NS'[i % 2]},{i % 11}\n" for i in range(60)))
    done = subprocess.run(
        [sys.executable, "-c", SMALL_FILES, *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be written: files may not be as large. Raise the limit, and run it again.\n" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["staff.csv"]
