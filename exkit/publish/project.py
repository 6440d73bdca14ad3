"""A project of one's own: a folder with data, notebooks and an edition, ready to be checked and published.

The notebooks are copies of the kit's, told where the data are; from there on they belong to whoever started the
project. They travel with the package, so that a project can be started wherever the kit is installed.
"""

from __future__ import annotations

import datetime
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files as packaged
from pathlib import Path

from exkit.errors import ExkitError
from exkit.publish.appear import appear_folder, can_write, need_real, private_folder
from exkit.publish.offer import Holds, offered, told
from exkit.publish.parameters import parameters
from exkit.survey.about import FILE as STUDY
from exkit.survey.drafting.draft import Draft, draft
from exkit.survey.drafting.drafted import files_in_yaml, write_draft
from exkit.survey.findings import quoted
from exkit.survey.labels import FILE as VALUES

PACKAGE = Path(str(packaged("exkit")))
NOTEBOOKS = next(
    (home for home in (PACKAGE / "data" / "notebooks", PACKAGE.parent / "notebooks") if home.is_dir()), None
)
"""Inside the package where it was installed, beside it where it is worked on."""

CODEBOOK = "codebook.csv"
OWN = (CODEBOOK, VALUES, STUDY)

ABOUT = """\
# What this study is. Reports print it; take the # away of what you fill in.
title:
  en: {title}
  nl: {title}
# fieldwork:            # when people were asked; one text, or one for each language
#   en: 1 to 30 September 2025
#   nl: 1 tot en met 30 september 2025
# mode: online          # how they were asked
# frame: all employees  # who were asked
# invited: 1200         # how many people were invited in the last wave
# weighting: none
# sponsor: none

# How the files are written, where they do not show it themselves.
# decimal: ","          # likewise `encoding: cp1252` and `separator: ";"`
# date_format: dd-mm-yyyy                                      # unless as 2025-12-31
{files}
# Which wave and team a row belongs to, where its columns do not say so.
# waves: {{"2025": {{from: 2025-09-01, to: 2025-09-30}}}}          # from a date; or: year, half_year, quarter, month
# outside: leave_out                                           # rows in no wave; otherwise they stop the run
# link: {{customers: {{days_before: 30, days_after: 90}}}}         # whose answers count beside the staff survey
# shared: {{customers: equal}}                                   # served by several teams, as in A;B; or: first
# merge: {{units: {{headcount: sum, absence: headcount}}}}         # teams that became one: added up; a weighted mean
"""
FILES = """\
# files:                # tables in files of other names, or a sheet of a workbook
#   employees: [{file: export.xlsx, sheet: Data, wave: "2025"}]
"""

EDITION = """\
# What is published: `exkit publish {edition}` makes its pages in the folder of the same name beside this file.
title:
  en: {title}
  nl: {title}
date: {date}
dataset: data
languages: [nl, en]
notebooks:  # put a # before what you do not want
{notebooks}
# parameters:  # what notebooks can be told: `exkit params notebooks/01_enps.ipynb` lists it
#   wave: "2025"
# min_n: 10    # smallest group that is shown
"""

README = """\
# {name}

`data` holds the tables, `codebook.csv` (what each column is), `values.csv` (what answers are called) and `study.yml`
(what the study is). `notebooks` ask one question each. `{edition}` says what is published.

{first}
1. `exkit check data` lists everything that is wrong, with rows and what to do. Go on until there is nothing.
2. `exkit publish {edition}` makes the pages: open `{folder}/index.html`.

One notebook by itself: `exkit run notebooks/01_enps.ipynb -p dataset data --language en`, or open it in JupyterLab.
Nothing in this folder leaves your computer.
"""

EMPTY = """\
0. Copy your files into `data` and draft a codebook: `exkit codebook data/my-export.csv`. It says what it guessed, and
   what to write in `data/study.yml`. Look it through in a spreadsheet.
"""

DRAFTED = """\
0. Look through `data/codebook.csv` in a spreadsheet: its column `guess` says what was guessed, and why. Change what is
   wrong, remove the rows that you do not need, and then that column.
"""

WITH_EDITION = "reports/report.yml"


def start(folder: Path, *, files: Sequence[tuple[str, Path]] = (), language: str = "") -> Draft | None:
    """Start a project.

    Parameters
    ----------
    folder
        Where to: a folder that is not there, or empty.
    files
        Files to start from, each with its table where that is known, as in `draft`.
    language
        Language of their questions; found out if not given.

    Returns
    -------
    Draft or None
        The codebook that was drafted; None without files.

    Raises
    ------
    ExkitError
        If there is something in the folder, a file cannot be read, or the disk takes nothing more; then nothing was
        written.
    """
    _need_room(folder, [path.name for _, path in files])
    drafted = draft(files, language=language) if files else None
    folder = folder.resolve()
    with private_folder(folder.parent) as work, can_write(folder):
        made = work / "project"
        _write_data(made / "data", drafted, [path for _, path in files], title=folder.name)
        holds = Holds(drafted.codebook) if drafted else None
        _write_notebooks(made / "notebooks", holds)
        listed = "\n".join(_listed(sorted((made / "notebooks").iterdir()), holds))
        said = {"title": json.dumps(folder.name), "name": folder.name, "edition": WITH_EDITION, "notebooks": listed}
        said |= {"date": datetime.date.today().isoformat(), "folder": WITH_EDITION.removesuffix(".yml")}
        _write(made / WITH_EDITION, EDITION.format(**said))
        _write(made / "README.md", README.format(**said, first=(DRAFTED if drafted else EMPTY).rstrip("\n")))
        appear_folder(made, at=folder, work=work)
    return drafted


def _need_room(folder: Path, names: Sequence[str]) -> None:
    """Refuse a folder with something in it, and files that would overwrite each other."""
    if NOTEBOOKS is None:
        raise ExkitError("The notebooks are not in this installation of exkit. Install it again.")
    need_real(folder)
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise ExkitError(f"'{folder}' is there and not empty. Give a new folder, or an empty one.")
    twice = [name for name, n in Counter(name.casefold() for name in names).items() if n > 1]
    if twice:
        raise ExkitError(f"{quoted(twice)} is the name of more than one file. Rename one.")
    own = [name for name in names if name.casefold() in OWN]
    if own:
        raise ExkitError(f"{quoted(own)} has a name that a project uses itself. Give the files with answers only.")


def _write_data(folder: Path, drafted: Draft | None, files: Sequence[Path], *, title: str) -> None:
    """Copy the files, and write what explains them."""
    named = files_in_yaml(drafted) if drafted else ""
    _write(folder / STUDY, ABOUT.format(title=json.dumps(title), files=named or FILES))
    for path in files:
        shutil.copyfile(path, folder / path.name)
    if drafted:
        write_draft(drafted, folder / CODEBOOK)


def _listed(notebooks: Sequence[Path], holds: Holds | None) -> Iterator[str]:
    """Name the notebooks in an edition; those that the data do not allow behind a #, with what they ask for."""
    for path, lacking in offered(notebooks, holds).items():
        yield f"  # - notebooks/{path.name}  # {lacking}" if lacking else f"  - notebooks/{path.name}"


def _write_notebooks(folder: Path, holds: Holds | None) -> None:
    """Copy the notebooks, told where the data are and what there is in them."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        values = {"dataset": "../data"} | (told(parameters(path), holds) if holds else {})
        notebook = _told(json.loads(path.read_text(encoding="utf-8")), values)
        _write(folder / path.name, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def _told(notebook: dict, values: dict[str, str]) -> dict:
    """Change the defaults of some parameters of a notebook."""
    cells = [cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", [])]
    for cell in cells:
        for at, line in enumerate(cell["source"]):
            name, _, rest = line.partition(": str = ")
            if name in values:
                _, hash_, comment = rest.partition("  #")
                cell["source"][at] = f"{name}: str = {json.dumps(values[name], ensure_ascii=False)}{hash_}{comment}"
    return notebook


def _write(path: Path, text: str) -> None:
    """Write a text, in a folder that is made for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
