import gc
import os
import tempfile
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from exkit.publish.execute import Kernels, Limits, NotebookError, execute

LIMITS = Limits(cell=2, notebook=20)


def processes(word: str) -> list[str]:
    """List the running processes whose command has a word in it."""
    commands = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            commands.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return [command for command in commands if word in command]


def leftovers() -> list[Path]:
    """List this process's private folders in the temporary folder."""
    return list(Path(tempfile.gettempdir()).glob(f".exkit-work-{os.getpid()}-*"))


def test_a_notebook_runs_with_its_parameters_in_its_own_folder(notebook: Callable[..., Path], tmp_path: Path):
    """Values arrive as they are, paths are those that JupyterLab sees, and the file stays untouched."""
    path = notebook(
        "# Title", "import os\nprint(repr(word), os.path.basename(os.getcwd()))", parameters='word: str = "default"'
    )
    before = path.read_bytes()
    hostile = "a'b\"c{d}\\ # = \u2028 '''"
    executed = execute(path, parameters={"word": hostile}, results=tmp_path, limits=LIMITS)
    assert executed.cells[-1].outputs[0].text.strip() == f"{hostile!r} notebooks"
    assert path.read_bytes() == before


def test_an_executed_notebook_is_gone_as_soon_as_nobody_needs_it(notebook: Callable[..., Path], tmp_path: Path):
    """Nothing of Jupyter's holds on to it: pages of an edition do not pile up in memory."""
    gc.disable()
    try:
        executed = execute(notebook("# Title", "1 + 1"), parameters={}, results=tmp_path, limits=LIMITS)
        kept = weakref.ref(executed.cells[-1])
        del executed
        assert kept() is None
    finally:
        gc.enable()


def test_the_kernel_is_the_same_everywhere(notebook: Callable[..., Path], tmp_path: Path):
    """What makes bytes differ between machines is fixed, and the results folder is known."""
    names = ("PYTHONHASHSEED", "LC_ALL", "EXKIT_RESULTS")
    path = notebook("# Title", f"import os\nprint([os.environ[name] for name in {names}])")
    executed = execute(path, parameters={}, results=tmp_path, limits=LIMITS)
    assert executed.cells[-1].outputs[0].text.strip() == str(["0", "C.UTF-8", str(tmp_path)])


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("raise ValueError('no')", "ValueError: no"),
        ("import exkit as ex\nraise ex.ExkitError('no unit has 10 or more answers (largest: 8).')", "no unit has 10"),
        ("import sys; sys.exit(0)", "it ended itself"),
        ("quit()", "it ended itself"),
        ("import os; os.kill(os.getpid(), 9)", "its kernel died"),
        ("import os; os._exit(0)", "its kernel died"),
        ("import ctypes; ctypes.string_at(0)", "its kernel died"),
        ("while True: pass", "it took too long"),
        ("import ctypes; ctypes.PyDLL(None).sleep(60)", "it took too long"),
    ],
)
@pytest.mark.parametrize("after", [(), ("1 + 1",)], ids=["last cell", "not last"])
def test_a_run_that_does_not_reach_its_end_has_failed(
    notebook: Callable[..., Path], tmp_path: Path, code: str, cause: str, after: tuple[str, ...]
):
    """Whatever stops it, the message names notebook, heading and cause; no socket or folder stays behind."""
    path = notebook("# Title", "1 + 1", "## Can we trust it?", code, *after)
    with pytest.raises(NotebookError) as complaint:
        execute(path, parameters={}, results=tmp_path, limits=LIMITS)
    assert str(complaint.value).startswith(f'01_enps.ipynb stopped under "Can we trust it?": {cause}')
    assert leftovers() == []


def test_a_tolerated_error_is_still_a_failure(notebook: Callable[..., Path], tmp_path: Path):
    """A tag that lets Jupyter go on after an error does not make the page complete."""
    path = notebook("# Title", "1 / 0", "2")
    content = nbformat.read(path, as_version=4)
    content.cells[1].metadata["tags"] = ["raises-exception"]
    nbformat.write(content, path)
    with pytest.raises(NotebookError, match="ZeroDivisionError"):
        execute(path, parameters={}, results=tmp_path, limits=LIMITS)


def test_many_short_cells_together_may_not_take_longer_than_the_notebook_may(
    notebook: Callable[..., Path], tmp_path: Path
):
    """The limit of the whole notebook counts, not only that of each cell."""
    path = notebook("# Title", *["import time; time.sleep(1)"] * 10)
    begin = time.monotonic()
    with pytest.raises(NotebookError, match="it took too long"):
        execute(path, parameters={}, results=tmp_path, limits=Limits(cell=5, notebook=3))
    assert time.monotonic() - begin < 9


@pytest.mark.parametrize("code", ["1 / 0", "os._exit(0)", "while True: pass"])
def test_what_a_cell_started_ends_with_it(notebook: Callable[..., Path], tmp_path: Path, code: str):
    """The children of a kernel are gone too, whatever ended it."""
    path = notebook("# Title", "import os, subprocess\nsubprocess.Popen(['sleep', '7654321'])", code)
    with pytest.raises(NotebookError):
        execute(path, parameters={}, results=tmp_path, limits=LIMITS)
    time.sleep(0.2)
    assert processes("sleep 7654321") == []


def test_a_mistake_in_between_ends_what_runs_and_what_waits(notebook: Callable[..., Path], tmp_path: Path):
    """One kernel is in the middle of something, another notebook has not begun: neither is waited for."""
    path = notebook("# Title", "open('begun', 'w').close()\nwhile True: pass")
    begin = time.monotonic()

    def mistaken() -> None:
        with Kernels(1) as kernels:
            for _notebook in range(3):
                kernels.submit(lambda: execute(path, parameters={}, results=tmp_path, limits=Limits(cell=60)))
            while not (path.parent / "begun").exists() and time.monotonic() - begin < 40:
                time.sleep(0.1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        mistaken()
    assert time.monotonic() - begin < 50
    assert leftovers() == []
