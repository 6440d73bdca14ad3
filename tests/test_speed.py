"""How long it takes to open, check and tally a survey, how much memory, and how both grow with its rows.

The survey has 40 columns: an id, a team, a wave, a group, three numbers, a recommendation and 32 items of four scales.
Each is opened in a process of its own that has opened a small one before, so that no import is measured. The frame that
memory is held against is the table as pandas holds it once it is open: text as text, numbers as eight bytes each.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

ITEMS = [f"q{i:02d}" for i in range(32)]
TEAMS = np.array([f"team {i:03d}" for i in range(400)])
AT_ONCE = 250_000
"""Rows that are made at a time."""

OPEN = """
import json, resource, sys, time

import pandas as pd

import exkit as ex

def measured(step):
    began = time.perf_counter(), time.process_time()
    found = step()
    return found, time.perf_counter() - began[0], time.process_time() - began[1]

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

def opened(folder):
    study = ex.open(folder)
    return study, ex.tally(study, "recommend_work")

small, large, beside = sys.argv[1:]
opened(small)
before = peak()
(study, _), wall, cpu = measured(lambda: opened(large))
found = {"wall": wall, "cpu": cpu, "peak": peak(), "before": before}
found["frame"] = int(study.tables["employees"].memory_usage(deep=True).sum())
del study, _
if beside:
    _, _, found["yardstick"] = measured(lambda: pd.read_csv(beside))
print(json.dumps(found))
"""


def people(first: int, n: int) -> pd.DataFrame:
    """Make some people of the survey, the same ones each time."""
    draw = np.random.default_rng([7, first])
    made = {
        "person": [f"p{first + i:08d}" for i in range(n)],
        "team": TEAMS[draw.integers(0, len(TEAMS), n)],
        "year": np.array(["2024", "2025"])[draw.integers(0, 2, n)],
        "gender": np.array(["f", "m", "x", ""])[draw.integers(0, 4, n)],
        "age": draw.integers(18, 67, n),
        "weight": draw.uniform(0.5, 2, n).round(3),
        "tenure": draw.uniform(0, 40, n).round(1),
        "enps": draw.choice([*range(11), 99], n),
    }
    answers = {name: pd.Series(draw.integers(1, 6, n)).where(draw.random(n) > 0.05).astype("Int8") for name in ITEMS}
    return pd.DataFrame({**made, **answers})


def survey(folder: Path, n: int, *, ending: str) -> Path:
    """Write a survey of n people with its codebook."""
    folder.mkdir()
    teams = pd.DataFrame([(t, y, f"org {i % 20}") for i, t in enumerate(TEAMS) for y in ("2024", "2025")])
    teams.set_axis(["team", "year", "org"], axis="columns").to_csv(folder / "units.csv", index=False)
    (folder / "values.csv").write_text(
        "table,variable,value,label_en\nemployees,gender,f,Woman\nemployees,gender,m,Man\nemployees,gender,x,Other\n"
    )
    items = "".join(f"employees,{name},item,scale_{i // 8},,1,5,,,\n" for i, name in enumerate(ITEMS))
    (folder / "codebook.csv").write_text(
        "table,variable,role,scale,type,low,high,promoter_from,detractor_to,missing\n"
        "employees,person,respondent,,,,,,,\nemployees,team,unit,,,,,,,\nemployees,year,wave,,,,,,,\n"
        "employees,gender,group,,choice,,,,,\nemployees,age,,,whole,16,70,,,\nemployees,weight,weight,,,,,,,\n"
        f"employees,tenure,,,number,0,,,,\nemployees,enps,recommend_work,,,0,10,9,6,99\n{items}"
        "units,team,unit,,,,,,,\nunits,year,wave,,,,,,,\nunits,org,organisation,,,,,,,\n"
    )
    schema = pa.Schema.from_pandas(people(0, 2), preserve_index=False)
    write = {
        "parquet": parquet.ParquetWriter,
        "csv": lambda path, its: csv.CSVWriter(path, its, write_options=csv.WriteOptions(quoting_style="none")),
    }
    with write[ending](folder / f"employees.{ending}", schema) as file:
        for first in range(0, n, AT_ONCE):
            part = people(first, min(AT_ONCE, n - first))
            file.write_table(pa.Table.from_pandas(part, schema=schema, preserve_index=False))
    return folder


def measure(small: Path, large: Path, *, beside: Path | str = "") -> dict[str, float]:
    """Open a survey in a process of its own."""
    command = [sys.executable, "-c", OPEN, small, large, beside]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_survey_is_opened_in_little_more_than_it_takes_to_read_it(tmp_path, ending):
    """A hundred thousand people: held against what pandas takes for their CSV file in the same process."""
    small, large = (survey(tmp_path / f"{n}", n, ending=ending) for n in (100, 100_000))
    beside = large / "employees.csv" if ending == "csv" else tmp_path / "beside.csv"
    if ending == "parquet":
        pd.read_parquet(large / "employees.parquet").to_csv(beside, index=False)
    found = measure(small, large, beside=beside)
    assert found["cpu"] < 15 * found["yardstick"]
    assert found["peak"] - found["before"] < 8 * found["frame"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("ending", "rows", "seconds"),
    [
        ("parquet", [100_000, 300_000, 1_000_000, 3_000_000, 10_000_000], 10),
        ("csv", [100_000, 300_000, 1_000_000, 3_000_000], 30),
    ],
)
def test_time_and_memory_grow_no_faster_than_rows(tmp_path, record, ending, rows, seconds):
    """Within the seconds, and within three times the frame, for a million people."""
    small, cpu = survey(tmp_path / "small", 100, ending=ending), []
    for n in rows:
        found = measure(small, survey(tmp_path / f"{n}", n, ending=ending))
        told = f"to open, check and tally {n:,} rows of 40 columns, {ending}"
        record(f"seconds {told}", found["wall"])
        record(f"processor seconds {told}", found["cpu"])
        record(f"most memory {told}, GB", found["peak"] / 1e9)
        record(f"most memory {told}, times the frame", found["peak"] / found["frame"])
        cpu.append(found["cpu"])
        if n == 1_000_000:
            assert found["cpu"] < seconds
            assert found["peak"] < 3 * found["frame"]
    slope = np.polyfit(np.log(rows), np.log(cpu), 1)[0]
    record(f"slope of log processor seconds on log rows, {rows[0]:,} to {rows[-1]:,} rows, {ending}", slope)
    assert slope < 1.1
