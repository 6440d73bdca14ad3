"""Small datasets for every room's tests: a folder written from plain columns."""

import csv
import fcntl
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest

from exkit import context

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
