"""The benchmark of the sample study, killed again and again: what may be seen is whole, and the end is the same."""

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
EDITION = "benchmark-2025"
KILLS = 10
LAST_WORDS = 20
"""Seconds in which the processes of a run that was killed must have noticed."""


def project(at: Path) -> Path:
    """Copy what the edition is made of; the edition's file there."""
    for name in ("notebooks", "data"):
        shutil.copytree(ROOT / name, at / name)
    (at / "reports").mkdir()
    return Path(shutil.copy(ROOT / "reports" / f"{EDITION}.yml", at / "reports"))


def begin(edition: Path, *, workers: int, mark: str) -> subprocess.Popen:
    """Begin to publish; all processes of the run bear a mark in their surroundings."""
    return subprocess.Popen(
        [sys.executable, "-m", "exkit.cli", "publish", str(edition), "--workers", str(workers)],
        env={**os.environ, "KILLED_RUN": mark}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def far(folder: Path) -> int:
    """Say how far a run is: records of chapters and pages, packed deliveries, pages for the publisher."""
    return sum(
        path.name == "record.json" or path.suffix == ".zip" or (path.parent.name, path.suffix) == ("internal", ".html")
        for path in folder.rglob("*")
    )


def left(mark: str) -> list[int]:
    """List the processes that bear a mark."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"KILLED_RUN={mark}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def seen(folder: Path) -> dict[str, bytes]:
    """Read everything in the edition's folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def bad(folder: Path) -> list[str]:
    """List the files that are not whole, or should not be there."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and not is_whole(path)]


def is_whole(path: Path) -> bool:
    """Tell whether a file can be read to its end."""
    try:
        match path.suffix:
            case ".html":
                return path.read_text().rstrip().endswith("</html>")
            case ".json" | ".ipynb":
                return bool(json.loads(path.read_bytes()))
            case ".csv":
                text = path.read_text()
                return text.endswith("\n") and len({len(row) for row in csv.reader(text.splitlines())}) == 1
            case ".zip":
                with ZipFile(path) as box:
                    return box.testzip() is None
    except (OSError, ValueError):
        pass
    return False


def kill(edition: Path, *, at: int, after: float, workers: int, mark: str) -> bool:
    """Publish, and kill the run so many seconds after it came so far; whether it was still running."""
    begun, folder = begin(edition, workers=workers, mark=mark), edition.with_suffix("")
    while far(folder) < at and begun.poll() is None:
        time.sleep(0.2)
    time.sleep(after)
    alive = begun.poll() is None
    if alive:
        os.kill(begun.pid, signal.SIGKILL)
    begun.wait()
    deadline = time.monotonic() + LAST_WORDS
    while left(mark) and time.monotonic() < deadline:
        time.sleep(0.2)
    return alive


def kill_often(edition: Path, *, n: int, total: int, told: Callable[[str], None] = lambda _line: None) -> int:
    """Kill runs at random moments from the first chapter to the last index; how many were killed."""
    chance, killed = random.Random(20251122), 0  # noqa: S311
    for run, at in enumerate(sorted(chance.sample(range(total), n))):
        mark, after, workers = f"{os.getpid()}-{run}", chance.uniform(0, 3), 1 + run % 2
        killed += (alive := kill(edition, at=at, after=after, workers=workers, mark=mark))
        told(f"{'killed' if alive else 'ended'} at {at} of {total} + {after:.1f} s, {workers} workers, {time.ctime()}")
        assert left(mark) == []
        assert bad(edition.with_suffix("")) == []
    return killed


@pytest.mark.long
def test_ten_kills_of_the_whole_benchmark_leave_nothing_bad(tmp_path: Path, record: Callable[[str, float], None]):
    """With one worker and with two; and the run after them ends byte for byte where an undisturbed one does."""
    whole, killed = project(tmp_path / "whole"), project(tmp_path / "killed")
    assert begin(whole, workers=2, mark="whole").wait() == 0
    n = kill_often(killed, n=KILLS, total=far(whole.with_suffix("")))
    assert begin(killed, workers=2, mark="resumed").wait() == 0
    assert seen(killed.with_suffix("")) == seen(whole.with_suffix(""))
    assert sorted(path.name for path in killed.parent.iterdir()) == [EDITION, killed.name]
    record("kills of the whole benchmark of the sample study after which nothing bad was seen", n)
