import os
import subprocess
import sys
from pathlib import Path

import pytest

from exkit.errors import ExkitError
from exkit.publish.lock import alone

HOLD = "import sys, time; from pathlib import Path; from exkit.publish.lock import alone\n"
HOLD += "with alone(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"


def holding(folder: Path) -> subprocess.Popen:
    """Start a process that holds a folder."""
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "held\n"
    return other


def test_a_second_run_is_told_who_holds_the_folder(tmp_path: Path):
    """The process and its machine; and nothing is done."""
    with holding(tmp_path / "annual") as other:
        told = f"is being written by process {other.pid} on "
        with pytest.raises(ExkitError, match=told), alone(tmp_path / "annual"):
            raise AssertionError
        other.kill()


def test_the_lock_of_the_dead_stops_nobody(tmp_path: Path):
    """Whoever was killed leaves the file but not the lock."""
    with holding(tmp_path / "annual") as other:
        other.kill()
    assert list(tmp_path.iterdir()) == [tmp_path / ".annual.lock"]
    with alone(tmp_path / "annual"):
        assert f"process {os.getpid()} on " in (tmp_path / ".annual.lock").read_text()
    assert list(tmp_path.iterdir()) == []


def test_two_folders_side_by_side_do_not_wait_for_each_other(tmp_path: Path):
    """Each has a lock of its own."""
    with alone(tmp_path / "a"), alone(tmp_path / "b"):
        assert len(list(tmp_path.iterdir())) == 2
