"""What people are and wrote stays in the file, and what is in the file stays on the computer.

Canaries: each id, address and comment holds a word that stands nowhere else, and everything that comes out is searched
for it. And a guard at the door: a witness in every Python process, which stops and writes down whoever asks for a way
out.
"""

import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest

import exkit as ex
from exkit.survey.check import check

ROOT = Path(__file__).parents[1]
CANARY = "kanarie"
PEOPLE = 40
BOOK = """\
table,variable,role,type,low,high
employees,person,respondent,,,
employees,team,unit,,,
employees,year,wave,,,
employees,day,date,,,
employees,gender,group,choice,,
employees,enps,recommend_work,,0,10
employees,said,comment,,,
"""
VALUES = "table,variable,value,label_en,label_nl\nemployees,gender,f,female,vrouw\nemployees,gender,m,male,man\n"


def canaries(where: str, n: int = PEOPLE) -> list[str]:
    """Make words that stand nowhere else."""
    return [f"{CANARY} {where} {number}" for number in range(n)]


def staff() -> pd.DataFrame:
    """Make employees who are full of canaries: who they are, their address, what they said, what nobody asked."""
    columns = {"person": canaries("id"), "team": ["North", "South"] * (PEOPLE // 2), "year": "2025"}
    columns |= {"day": "2025-10-01", "gender": ["f", "m"] * (PEOPLE // 2), "enps": [n % 11 for n in range(PEOPLE)]}
    address = [f"{CANARY}.{n}@example.org" for n in range(PEOPLE)]
    return pd.DataFrame(columns).assign(said=canaries("said"), address=address, more=canaries("more"))


def found_in(folder: Path) -> list[str]:
    """Name the files that hold a canary, by their name or in their bytes."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if CANARY in path.name or CANARY.encode() in path.read_bytes().lower()]


def exkit(*words: str, cwd: Path, **surroundings: str) -> subprocess.CompletedProcess:
    """Run the command line as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "exkit.cli", *words],
        cwd=cwd, env={**os.environ, **surroundings}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def written(dataset: Callable) -> Callable[..., Path]:
    """Write the study with canaries, something in it changed; a project beside it stays free of them."""

    def write(employees: pd.DataFrame | str | None = None, *, book: str = BOOK, **files: str) -> Path:
        table = staff() if employees is None else employees
        text = table if isinstance(table, str) else table.to_csv(index=False)
        named = {name.replace("_", "."): content for name, content in files.items()}
        return dataset(codebook=book, files={"values.csv": VALUES, "employees.csv": text, **named})

    return write


def test_an_opened_study_has_no_canary(written: Callable):
    """Nor has anything that it holds on to: every byte of it is searched, and the search does find them in a file."""
    study = ex.open(written())
    assert CANARY.encode() in pickle.dumps(staff())
    assert CANARY.encode() not in pickle.dumps(study)
    assert CANARY not in repr(study) + repr(vars(study))


def test_a_check_keeps_none_either(written: Callable):
    """Of a table that is sound or not, only where the rows came from."""
    sound = check(written())
    broken = check(written(staff().assign(enps="99")))
    assert len(sound.breaches) == 0 < len(broken.breaches)
    assert CANARY.encode() not in pickle.dumps(sound) + pickle.dumps(broken)


def changed(**columns: object) -> Callable[[], pd.DataFrame]:
    """Let columns hold something else."""
    return lambda: staff().assign(**columns)


def once(name: str) -> Callable[[], pd.DataFrame]:
    """Let one cell of a column hold what somebody said."""
    said = lambda table: table[name].where(table.index != 3, table["said"] + " and so on")  # noqa: E731
    return lambda: staff().astype("str").assign(**{name: said})


BROKEN = {
    "everybody twice": (lambda: pd.concat([staff(), staff()]), {}),
    "nobody has a name": (changed(person=["", *canaries("id")[1:]]), {}),
    "comments as text": (staff, {"book": BOOK.replace("said,comment,", "said,,text")}),
    "comments as a group": (staff, {"book": BOOK.replace("said,comment,", "said,group,text")}),
    "comments as numbers": (staff, {"book": BOOK.replace("said,comment,", "said,,")}),
    "comments as marks": (staff, {"book": BOOK.replace("said,comment,,,", "said,item,,1,5")}),
    "comments as days": (staff, {"book": BOOK.replace("said,comment,", "said,,date")}),
    "addresses as a group": (staff, {"book": f"{BOOK}employees,address,group,text,,\n"}),
    "comments among marks": (once("enps"), {}),
    "a word among marks": (changed(enps=[CANARY, *["7"] * (PEOPLE - 1)]), {}),
    "two words among marks": (changed(enps=[f"{CANARY} 3", *["7"] * (PEOPLE - 1)]), {}),
    "a word among choices": (changed(gender=[CANARY, *["f"] * (PEOPLE - 1)]), {}),
    "comments among days": (once("day"), {}),
    "comments among choices": (once("gender"), {}),
    "comments as choices": (changed(gender=canaries("gender")), {}),
    "ids in values.csv": (staff, {"values_csv": f"{VALUES}employees,person,{CANARY} id 3,Jo,\n" * 2}),
    "comments in values.csv": (staff, {"values_csv": f"{VALUES}employees,said,{CANARY} said 3,,\n"}),
    "no header": (lambda: staff().to_csv(index=False, header=False), {}),
    "a cell too many": (lambda: staff().to_csv(index=False) + f"{CANARY},{CANARY},,,,,,,,,{CANARY}\n", {}),
    "an open quote": (lambda: staff().to_csv(index=False) + f'"{CANARY},North,2025\n', {}),
    "garbled letters": (lambda: staff().to_csv(index=False).replace("said 3", "saidÃ© 3"), {}),
    "one answer per row": (
        lambda: "person,team,year,question,answer\n" + f"{CANARY} id,North,2025,enps,9\n" * 2,
        {"study_yml": "files: {employees: [{file: employees.csv, format: long, respondent: person, question: question,"
                      " answer: answer}]}\n"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("employees", "files"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_no_finding_repeats_any(written: Callable, tmp_path: Path, employees: Callable, files: dict, language: str):
    """Neither on the screen, nor on the page, nor in what the exception carries."""
    from exkit.publish.checked import publish_check
    from exkit.survey.doubting.suspicions import suspicions

    folder = written(employees(), **files)
    checked = check(folder)
    assert len(checked.breaches)
    suspected = suspicions(checked)
    page = publish_check(checked, suspected, dataset=folder, language=language, at=tmp_path / "check.html")
    told = [frame.to_json() for frame in (checked.breaches, checked.notes, suspected)]
    with pytest.raises(ex.ExkitError) as wrong:
        ex.open(folder)
    assert CANARY not in "".join([*told, str(wrong.value), wrong.value.rows.to_json(), page.read_text()])


def test_the_command_line_repeats_none(written: Callable, tmp_path: Path):
    """Of a check, and of the draft of a codebook, with what it writes."""
    folder = written(pd.concat([staff(), staff()]))
    out = tmp_path / "out"
    out.mkdir()
    checked = exkit("check", str(folder), cwd=out)
    drafted = exkit("codebook", f"employees={folder / 'employees.csv'}", "--output", "codebook.csv", cwd=out)
    assert (checked.returncode, drafted.returncode) == (1, 0), checked.stderr + drafted.stderr
    assert CANARY not in checked.stdout + checked.stderr + drafted.stdout + drafted.stderr
    assert len(list(out.iterdir())) == 3
    assert found_in(out) == []


FAILING = {
    "row": "raise ValueError(study.people('employees').iloc[3].to_dict())",
    "key": "{}[study.people('employees')['respondent'].iloc[3]]",
    "frame": "study.tables['employees']['nothing']",
    "shown": "display(study.tables['employees']); print(study.tables); 1 / 0",
    "variable": "ex.tally(study, 'said')",
    "written": "import sys; print(study.tables['employees'].to_csv(), file=sys.stderr); sys.exit(1)",
}


@pytest.fixture
def project(written: Callable, tmp_path: Path) -> Callable[..., Path]:
    """Lay out an edition of notebooks that each do one thing with the study, away from its data."""

    def project(cells: dict[str, str]) -> Path:
        folder = tmp_path / "project"
        (folder / "notebooks").mkdir(parents=True)
        for name, code in cells.items():
            made = [nbformat.v4.new_markdown_cell(f"# The {name}"), nbformat.v4.new_code_cell(
                f'dataset: str = "{written()}"  # the data\nlanguage: str = "en"  # of the page\n'
                'min_n: int = 10  # smallest group\n', metadata={"tags": ["parameters"]})]  # fmt: skip
            made.append(nbformat.v4.new_code_cell("import exkit as ex\nstudy = ex.open(dataset, language=language)"))
            made.append(nbformat.v4.new_code_cell(code))
            nbformat.write(nbformat.v4.new_notebook(cells=made), folder / "notebooks" / f"{name}.ipynb")
        listed = ", ".join(f"notebooks/{name}.ipynb" for name in cells)
        (folder / "reports").mkdir()
        (folder / "reports" / "edition.yml").write_text(
            f"title: {{en: Report, nl: Verslag}}\ndate: 2025-11-28\ndataset: {written()}\n"
            f"languages: [en]\nnotebooks: [{listed}]\n"
        )
        return folder

    return project


def test_failing_notebooks_repeat_none(project: Callable, written: Callable):
    """Whatever a cell raises, prints or shows, of a study: on the screen, in failed/, on the status page.

    What a notebook reads past the kit may stand in what Python says of it, on its maker's screen; nowhere else.
    """
    raw = f"import pandas as pd\nraise KeyError(pd.read_csv('{written() / 'employees.csv'}').iloc[3].to_dict())"
    folder = project(FAILING | {"raw": raw})
    done = exkit("publish", "reports/edition.yml", cwd=folder)
    assert done.returncode == 1
    assert "7 of 7 pages failed" in done.stderr
    told = [line for line in (done.stdout + done.stderr).splitlines() if CANARY in line]
    assert [line.split()[1] for line in told] == ["raw.ipynb"]
    assert len(list((folder / "reports").rglob("failed/**/*.ipynb"))) == 7
    assert found_in(folder) == []


def with_canaries(sample: Path) -> None:
    """Give the people of a study ids, comments and addresses that stand nowhere else."""
    book = pd.read_csv(sample / "codebook.csv", dtype="str", keep_default_na=False)
    rows = []
    for table, person in (("employees", "person"), ("customers", "customer")):
        frame = pd.read_csv(sample / f"{table}.csv", dtype="str", keep_default_na=False)
        frame[person] = f"{CANARY}-{table}-" + frame[person]
        frame = frame.assign(said=canaries("said", len(frame)), address=f"{CANARY}@example.org")
        frame.to_csv(sample / f"{table}.csv", index=False)
        rows.append({"table": table, "variable": "said", "role": "comment"})
    pd.concat([book, pd.DataFrame(rows)]).fillna("").to_csv(sample / "codebook.csv", index=False)


@pytest.mark.long
def test_no_page_and_no_result_of_any_notebook_has_a_canary(tmp_path: Path):
    """The annual report, in both languages, and everything that it writes."""
    project, sample = tmp_path / "project", tmp_path / "sample"
    shutil.copytree(ROOT / "data" / "sample", sample)
    with_canaries(sample)
    shutil.copytree(ROOT / "notebooks", project / "notebooks", ignore=shutil.ignore_patterns("results"))
    (project / "reports").mkdir()
    edition = (ROOT / "reports" / "annual-2025.yml").read_text().replace("data/sample", str(sample))
    (project / "reports" / "annual-2025.yml").write_text(edition)
    done = exkit("publish", "reports/annual-2025.yml", cwd=project)
    assert done.returncode == 0, done.stderr
    assert CANARY not in done.stdout + done.stderr
    assert len(list((project / "reports").rglob("*.html"))) > 14
    assert len(list((project / "reports").rglob("*.csv"))) > 10
    assert found_in(project) == []


WITNESS = """\
import os, sys

ASKED = {"socket.getaddrinfo": 0, "socket.gethostbyname": 0, "socket.connect": 1, "socket.sendto": 1}

def watch(event, args):
    asked = args[ASKED[event]] if event in ASKED else None
    if asked is not None and not isinstance(asked, (str, bytes)) or event.startswith("socket.get") and asked:
        with open(os.environ["EXKIT_WITNESS"], "a") as file:
            file.write(f"{event} {asked}\\n")
        raise OSError("There is no way out.")

sys.addaudithook(watch)
"""
"""In every Python process: names are never looked up, and only sockets that are files of this computer are reached."""


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Give surroundings in which every process has the witness, and read what it saw."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(WITNESS)
    (tmp_path / "seen").touch()
    return {"PYTHONPATH": str(tmp_path / "guard"), "EXKIT_WITNESS": str(tmp_path / "seen")}


@pytest.mark.parametrize("code", [
    "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
    "import urllib.request; urllib.request.urlopen('http://example.org', timeout=1)",
    "import pandas; pandas.read_csv('http://example.org/data.csv')",
])  # fmt: skip
def test_the_witness_sees_who_wants_out(guarded: dict[str, str], code: str):
    """By address, by name, or through another library."""
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | guarded, capture_output=True, check=False)
    assert done.returncode == 1
    assert Path(guarded["EXKIT_WITNESS"]).read_text()


def test_the_witness_sees_who_wants_out_of_a_kernel(project: Callable, guarded: dict[str, str]):
    """It is in the kernels that notebooks run in, too."""
    folder = project({"out": "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)"})
    assert exkit("publish", "reports/edition.yml", cwd=folder, **guarded).returncode == 1
    assert "192.0.2.1" in Path(guarded["EXKIT_WITNESS"]).read_text()


def test_nothing_leaves_the_computer(project: Callable, written: Callable, guarded: dict[str, str]):
    """Checking, drafting, starting a project, opening a study in a notebook and making its page: nobody wants out."""
    folder = project({"report": "ex.report(ex.nps(ex.tally(study, 'recommend_work')), title='eNPS')"})
    data = written()
    employees = f"employees={data / 'employees.csv'}"
    steps = [
        ("check", str(data)),
        ("codebook", employees, "--output", "draft.csv"),
        ("new", "mine", "--from", employees),
        ("publish", "reports/edition.yml"),
    ]
    done = [exkit(*words, cwd=folder, **guarded) for words in steps]
    assert [one.returncode for one in done] == [0] * len(steps), [one.stderr for one in done]
    assert Path(guarded["EXKIT_WITNESS"]).read_text() == ""
