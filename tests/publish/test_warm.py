import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from exkit.publish import warm
from exkit.publish.execute import SAME_EVERYWHERE, Kernels, execute

pytestmark = pytest.mark.skipif(not warm.CAN_FORK, reason="kernels start cold here")


@pytest.fixture(scope="module", autouse=True)
def _begun() -> None:
    """Have something to fork from."""
    warm.begin(os.environ | SAME_EVERYWHERE)


def printed(notebook: Path, **parameters: object) -> list[str]:
    """Execute a notebook, and list what its last cell prints."""
    executed = execute(notebook, parameters=parameters, results=notebook.parent)
    return executed.cells[-1].outputs[0].text.split()


def test_a_kernel_starts_with_everything_imported(notebook: Callable[..., Path]):
    """Before its first cell, and without what an earlier one left there."""
    path = notebook("# Title", "import sys\nprint('pandas' in sys.modules, 'left' in dir(sys))\nsys.left = 1")
    assert [printed(path) for _kernel in range(2)] == [["True", "False"]] * 2


def test_a_single_notebook_starts_cold(notebook: Callable[..., Path], monkeypatch: pytest.MonkeyPatch):
    """Importing everything takes longer than importing what it needs."""
    monkeypatch.setattr(warm, "_nursery", [])
    assert printed(notebook("# Title", "import sys\nprint('pandas' in sys.modules)")) == ["False"]
    assert warm._nursery == []


def test_each_kernel_is_a_process_of_its_own_in_a_group_of_its_own(notebook: Callable[..., Path]):
    """So that it can be ended with all that it started, and nothing else."""
    path = notebook("# Title", "import os\nprint(os.getpid(), os.getpgid(0), os.getsid(0))")
    first, second = printed(path), printed(path)
    assert len(set(first)) == len(set(second)) == 1
    assert first != second


def test_a_kernel_has_its_own_folders_whatever_was_imported_before(notebook: Callable[..., Path]):
    """The kit had been imported where none of them was known."""
    path = notebook("# Title", "import exkit as ex\nfrom exkit.context import current\nprint(current.results)")
    assert printed(path) == [str(path.parent)]


def test_a_kernel_is_random_in_a_way_of_its_own(notebook: Callable[..., Path]):
    """What must be secret is not copied by a fork."""
    path = notebook("# Title", "import secrets, uuid\nprint(secrets.token_hex(), uuid.uuid4())")
    assert not set(printed(path)) & set(printed(path))


def test_a_dataset_is_read_once_for_all_kernels(notebook: Callable[..., Path], dataset: Callable[..., Path]):
    """It is there when they start; and what one does to it no other sees."""
    folder = dataset()
    path = notebook(
        "# Title",
        "import exkit as ex\nfrom exkit.survey import ahead\nstudy = ex.open('../study')\n"
        "print(len(ahead._read), study.tables['employees']['enps'].sum())\n"
        "ahead._read.clear()\nstudy.tables['employees']['enps'] = 0.0",
    )
    with Kernels(1) as kernels:
        kernels.will_open(folder)
        assert [printed(path) for _kernel in range(2)] == [["1", "12.0"]] * 2


CHILD = """\
import os, sys
from pathlib import Path
from exkit.publish import warm
from exkit.publish.execute import SAME_EVERYWHERE, execute
if sys.argv[2] == 'warm':
    warm.begin(os.environ | SAME_EVERYWHERE)
execute(Path(sys.argv[1]), parameters={}, results=Path('.'))
"""


@pytest.mark.parametrize("start", ["warm", "cold"])
def test_a_killed_run_leaves_no_process(notebook: Callable[..., Path], start: str):
    """Neither the kernel nor what it was forked from, if it was."""
    loop = "import os, time\nopen('pids', 'w').write(f'{os.getpid()} {os.getppid()}')\nwhile True: time.sleep(1)"
    path = notebook("# Title", loop)
    with subprocess.Popen([sys.executable, "-c", CHILD, str(path), start], cwd=path.parent) as begun:
        deadline = time.monotonic() + 60
        while not (noted := path.parent / "pids").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)
        begun.kill()
    left = [Path("/proc") / pid for pid in noted.read_text().split()]
    deadline = time.monotonic() + 20  # a kernel looks once a second whether its parent is there
    while any(process.exists() for process in left) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [process for process in left if process.exists()] == []
