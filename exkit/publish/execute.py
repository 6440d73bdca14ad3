"""A notebook runs to its end, in a kernel of its own, or it has failed.

Papermill injects the parameters and runs the cells; what it reports afterwards is not relied on, since it calls a
notebook complete after `sys.exit(0)` or a dead kernel. A run counts as complete when every code cell has been executed,
none left an error, and the kernel still answered at the end. Whatever happens, the kernel and all that it started are
ended, and its connection file and sockets are gone.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import subprocess
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.errors import ExkitError
from exkit.publish import warm
from exkit.publish.appear import private_folder
from exkit.publish.interrupt import kill, kill_all, running, stop_if_interrupted
from exkit.publish.parameters import read_notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nbformat import NotebookNode

logger = logging.getLogger(__name__)
logger.addHandler(logging.NullHandler())  # what goes wrong is told by the exception, once

KERNEL = "python3"  # the environment that exkit itself runs in, whatever the notebook names

SAME_EVERYWHERE = {
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "Agg",
    "LC_ALL": "C.UTF-8",
    "SOURCE_DATE_EPOCH": "0",
    "OPENBLAS_NUM_THREADS": "1",  # more threads add up in another order, and stand in each other's way
    "OMP_NUM_THREADS": "1",
}
"""What a kernel is started with, so that the same notebook makes the same bytes everywhere."""

Cause = tuple[str, str]
"""Why a run failed, and what Python or Jupyter say of it."""

HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Limits:
    """How long, in seconds, a cell and a whole notebook may take, and a kernel to start."""

    cell: float = 300
    notebook: float = 1200
    start: int = 60


class NotebookError(ExkitError):
    """A notebook that did not run to its end.

    Parameters
    ----------
    message
        Which notebook stopped, under which heading, and why.
    public
        The same without what Python or Jupyter say of an error: that may quote a respondent, or name a folder.
    executed
        The notebook as far as it got.
    """

    def __init__(self, message: str, *, public: str, executed: NotebookNode) -> None:
        super().__init__(message)
        self.public = public
        self.executed = executed


class Kernels:
    """A few executions side by side; a thread each, since all that it does is wait for a kernel.

    Used as a context: left by an exception, such as an interruption, it first ends the kernels that are running, and
    starts no more.

    Parameters
    ----------
    workers
        How many kernels run at a time.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def __enter__(self) -> Kernels:
        """Get ready."""
        _engine()  # importing Papermill in two threads at a time would have one wait for the other
        self._threads = ThreadPoolExecutor(self.workers)
        self._waiting: set[Future] = set()
        gc.freeze()  # what was imported stays, and need not be looked at when a page's garbage is collected
        return self

    def __exit__(self, kind: type | None, *_raised: object) -> None:
        """End what is still running."""
        self._threads.shutdown(wait=kind is None, cancel_futures=True)
        while not all(one.done() for one in self._waiting):  # again and again: a kernel may only now be starting
            kill_all()
            time.sleep(0.1)
        gc.unfreeze()

    def will_open(self, dataset: Path) -> None:
        """Say which dataset many notebooks will open: it is read, and everything imported, once for all of them.

        A single notebook starts sooner without: it imports only what it needs.
        """
        if warm.CAN_FORK:
            warm.read_ahead(dataset, surroundings=_surroundings())

    def submit(self, execution: Callable[[], object]) -> Future:
        """Have something executed as soon as a kernel is free."""
        self._waiting = {one for one in self._waiting if not one.done()}
        waiting = self._threads.submit(_in_own_loop, execution)
        self._waiting.add(waiting)
        return waiting


def _in_own_loop(execution: Callable[[], object]) -> object:
    """Execute in a thread, and close the event loop that Jupyter made for it."""
    from jupyter_core.utils import ensure_event_loop

    try:
        return execution()
    finally:
        ensure_event_loop().close()


def execute(
    notebook: Path,
    *,
    parameters: Mapping[str, object],
    results: Path,
    saved: Path | None = None,
    asked: Path | None = None,
    withheld: Path | None = None,
    limits: Limits | None = None,
) -> NotebookNode:
    """Execute a notebook in its own folder, as JupyterLab would.

    Parameters
    ----------
    notebook
        Path of the notebook; the file is not changed.
    parameters
        Checked values by name.
    results
        Folder where `ex.save` writes.
    saved
        Folder where `ex.saved` reads; as in JupyterLab, `results` beside the notebook, when left out.
    asked
        Folder where `exkit.present.protect` notes what is asked for; nowhere when left out.
    withheld
        File that says what an edition withholds; nothing but what each table withholds when left out.
    limits
        Time limits; five minutes a cell and twenty a notebook when left out.

    Returns
    -------
    NotebookNode
        The executed notebook.

    Raises
    ------
    NotebookError
        If anything kept it from running to its end.
    """
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    executed = load_notebook_node(read_notebook(notebook))
    if parameters:
        executed = parameterize_notebook(executed, dict(parameters), kernel_name=KERNEL, language="python")
    told = {"EXKIT_RESULTS": results, "EXKIT_SAVED": saved, "EXKIT_ASKED": asked, "EXKIT_WITHHELD": withheld}
    places = {name: str(place.resolve()) for name, place in told.items() if place}
    surroundings = _surroundings() | places
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # it may quote a respondent
    start = {"cwd": str(notebook.resolve().parent), "env": surroundings, **quiet}
    with private_folder(Path(tempfile.gettempdir())) as sockets:
        trouble = _run(executed, start=start, sockets=sockets, limits=limits or Limits())
    gc.collect()  # Jupyter's client refers to itself and to the notebook; by itself Python would let hundreds pile up
    stop_if_interrupted()
    if not complete(executed) or trouble:
        stopped, (cause, detail) = _stop(executed, trouble)
        public = _sentence(notebook.name, stopped, cause)
        message = _sentence(notebook.name, stopped, f"{cause}: {detail}") if detail else public
        raise NotebookError(message, public=public, executed=executed)
    return executed


def _surroundings() -> dict[str, str]:
    """Give what all kernels find in their environment."""
    return os.environ | SAME_EVERYWHERE


def _run(notebook: NotebookNode, *, start: dict[str, object], sockets: Path, limits: Limits) -> Cause | None:
    """Run all cells in place; say what went wrong around them, if anything did."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    try:
        _engine().execute_notebook(
            notebook,
            KERNEL,
            progress_bar=False,
            autosave_cell_every=0,
            start=start,
            sockets=sockets,
            limits=limits,
        )
    except CellTimeoutError:
        return f"it took too long (limits: {limits.cell:g} s a cell, {limits.notebook:g} s in all)", ""
    except DeadKernelError:
        return "its kernel died", ""
    except Exception as error:  # whatever else the machinery raises is a failed run, told in a sentence
        return type(error).__name__, str(error)
    return None


@cache
def _engine() -> type:
    """Make Papermill's engine with our own start and end of a kernel; made once, since Papermill is slow to import."""
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import Engine
    from traitlets.config import Config

    class OwnKernel(Engine):
        """Each notebook has a kernel of its own, reached by sockets in a folder of its own."""

        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, *, start, sockets, limits, **_papermill):
            end = time.monotonic() + limits.notebook
            connection = {"transport": "ipc", "ip": f"{sockets}/k", "connection_file": f"{sockets}/kernel.json"}
            client = PapermillNotebookClient(
                nb_man,
                kernel_name=kernel_name,
                startup_timeout=limits.start,
                timeout_func=lambda _cell: max(0.1, min(limits.cell, end - time.monotonic())),
                shutdown_kernel="immediate",
                on_cell_execute=stop_if_interrupted,
                on_cell_executed=_note_quit,
                log=logger,
                config=Config({"KernelManager": connection}),
            )
            manager = client.create_kernel_manager()
            warm.start_warm(manager)
            running.add(manager)
            try:
                client.execute(**start)
            finally:
                kill(manager)
                running.discard(manager)

    return OwnKernel


def _note_quit(cell: NotebookNode, execute_reply: dict, **_where: object) -> None:
    """Leave an error where a cell asked the kernel to quit: Jupyter treats that as a success."""
    from nbformat.v4 import new_output

    if any(payload.get("source") == "ask_exit" for payload in execute_reply["content"].get("payload", [])):
        cell.outputs.append(new_output("error", ename="SystemExit", evalue="", traceback=[]))


def complete(notebook: NotebookNode) -> bool:
    """Tell whether every code cell was executed and none left an error."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    return all(cell.execution_count for cell in code) and not any(error_of(cell) for cell in code)


def error_of(cell: NotebookNode) -> NotebookNode | None:
    """Find the error that a cell left, if any."""
    return next((output for output in cell.get("outputs", []) if output.output_type == "error"), None)


def _stop(executed: NotebookNode, trouble: Cause | None) -> tuple[str, Cause]:
    """Find the heading under which a notebook stopped, and why it did."""
    code = [(i, cell) for i, cell in enumerate(executed.cells) if cell.cell_type == "code" and cell.source.strip()]
    stopped = next((i for i, cell in code if error_of(cell) or not cell.execution_count), len(executed.cells) - 1)
    error = error_of(executed.cells[stopped])
    return _heading(executed, stopped), _cause(error) if error else trouble or ("its kernel stopped", "")


def _heading(notebook: NotebookNode, before: int) -> str:
    """Find the last heading above a cell."""
    above = "\n".join(cell.source for cell in notebook.cells[:before] if cell.cell_type == "markdown")
    headings = HEADING.findall(above)
    return headings[-1] if headings else "the first cell"


def _cause(error: NotebookNode) -> Cause:
    """Put an error in words: the kit's own complaints as they are, others with their name."""
    if error.ename == "ExkitError":
        return error.evalue, ""
    if error.ename == "SystemExit":
        return "it ended itself (SystemExit)", ""
    return error.ename, error.evalue


def _sentence(name: str, heading: str, cause: str) -> str:
    """Say which notebook stopped, under which heading, and why."""
    return f'{name} stopped under "{heading}": {cause}' + ("" if cause.endswith(("?", ".")) else ".")
