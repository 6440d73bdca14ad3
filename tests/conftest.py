"""Small datasets for every room's tests, written from plain columns; pages of the kit's own notebooks."""

import csv
import fcntl
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest

from exkit import context

ROOT = Path(__file__).parents[1]

Columns = Mapping[str, object]

EMPLOYEES = """\
table,variable,role,scale,low,high,favourable_from,reverse,missing,label_en,label_nl
employees,person,respondent,,,,,,,,
employees,team,unit,,,,,,,Team,Team
employees,year,wave,,,,,,,,
employees,enps,recommend_work,,0,10,,,99,Would recommend us as a place to work,Zou ons als werkgever aanbevelen
"""
"""The codebook of the employees that `dataset` writes when it is given nothing else."""


@pytest.fixture
def dataset(tmp_path: Path) -> Callable[..., Path]:
    """Write a dataset folder: `dataset(employees={"person": ["p1"], "team": "North", "year": 2025, "enps": 9})`.

    Each table is a mapping of columns, or the text of a CSV file; `files` adds other files as they stand. Without a
    codebook it is `EMPLOYEES`; without tables, two people in one team.
    """

    def write(
        *, codebook: str = EMPLOYEES, files: Mapping[str, str | bytes] | None = None, **tables: Columns | str
    ) -> Path:
        folder = tmp_path / "study"
        folder.mkdir(exist_ok=True)
        if not tables and not files:
            tables = {"employees": {"person": ["p1", "p2"], "team": "North", "year": "2025", "enps": [9, 3]}}
        texts = {f"{name}.csv": _csv(columns) for name, columns in tables.items()}
        for name, content in {"codebook.csv": codebook, **texts, **(files or {})}.items():
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write


def _csv(columns: Columns | str) -> str:
    """Write columns as CSV, as pandas would."""
    return columns if isinstance(columns, str) else pd.DataFrame(columns).to_csv(index=False)


@pytest.fixture(autouse=True)
def _fresh_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a kernel in which nothing was opened yet."""
    for name, value in asdict(context.Context()).items():
        monkeypatch.setattr(context.current, name, value)


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Callable[[str, float], None]:
    """Write what a long check measured to `benchmarks/results.csv`, one line per measure, the newest kept."""
    path = Path(request.config.rootpath) / "benchmarks" / "results.csv"

    def write(measure: str, value: float) -> None:
        with path.open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # other workers write here too
            file.seek(0)
            lines = csv.DictReader(file)
            kept = {line["measure"]: line["value"] for line in lines} | {measure: f"{value:.4f}"}
            file.truncate(0)
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([("measure", "value"), *sorted(kept.items())])

    return write


@pytest.fixture
def run_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Make a page of one of the kit's notebooks as `exkit run` does: `run_notebook("01_enps", language="nl")`.

    It is `page.html` in the test's folder, and what it saved is in `page/results`. The study is the sample unless told;
    `saved` is the folder of what other notebooks have saved.
    """

    def run(notebook: str, *, saved: Path | None = None, **told: object) -> object:
        from exkit.publish import publish

        if saved:
            monkeypatch.setenv("EXKIT_SAVED", str(saved))
        given = {"dataset": ROOT / "data" / "sample", "language": "en", **told}
        text = {name: str(value) for name, value in given.items()}
        return publish.run(ROOT / "notebooks" / f"{notebook}.ipynb", given=text, at=tmp_path / "page.html")

    return run


@pytest.fixture
def make_page(run_notebook: Callable[..., object]) -> Callable[..., str]:
    """Make a page with `run_notebook` and read it; spaces that do not break are spaces, and quotes are plain."""

    def make(notebook: str, **told: object) -> str:
        outcome = run_notebook(notebook, **told)
        assert not outcome.problem, outcome.problem
        html = outcome.page.read_text()
        assert len(html.encode()) <= 600_000
        return html.replace("\N{NO-BREAK SPACE}", " ").replace("&#x27;", "'")

    return make


@pytest.fixture(scope="session")
def annual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish the real annual edition in a copy of the project, once for all workers; tests leave it as it is."""
    from exkit.publish.publish import publish

    own = tmp_path_factory.getbasetemp()
    root = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "annual"
    edition = root / "reports" / "annual-2025.yml"
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            copy = own / "annual-2025"
            for folder in ("notebooks", "data"):
                shutil.copytree(ROOT / folder, copy / folder)
            (copy / "reports").mkdir()
            outcomes = publish(Path(shutil.copy(ROOT / "reports" / edition.name, copy / "reports"))).outcomes
            assert not [outcome.problem for outcome in outcomes if outcome.problem]
            copy.rename(root)
    return edition.with_suffix("")
