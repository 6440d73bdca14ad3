"""Two runs into one folder never mix: the first holds a lock, and the second is told who does.

The lock is the operating system's own, on a small file beside the folder. It ends with the process that holds it,
however that ended, so that a lock of the dead stops nobody.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exkit.errors import ExkitError
from exkit.publish.appear import can_write, need_real


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder.

    Parameters
    ----------
    folder
        What is written to; it need not be there.

    Raises
    ------
    ExkitError
        If another run holds it: its process, and the machine that it runs on.
    """
    path = folder.parent / f".{folder.name}.lock"
    need_real(path)
    with can_write(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = _take(path, folder)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _take(path: Path, folder: Path) -> int:
    """Open and lock the file; once more if the run before took it away in between."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 1000).decode(errors="replace") or "another process"
            os.close(handle)
            raise ExkitError(
                f"'{folder}' is being written by {holder}. Wait until that run has ended, or end it."
            ) from None
        if _is_there(path, handle):
            os.truncate(handle, 0)
            os.write(handle, f"process {os.getpid()} on {socket.gethostname()}".encode())
            return handle
        os.close(handle)


def _is_there(path: Path, handle: int) -> bool:
    """Tell whether the file that was locked is still the one that others would find."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
