"""An interruption is heard, whatever happened to run when it came.

Python raises it wherever the main thread is, and what runs there may swallow it: an import, a destructor, a callback of
a library. The run would then go on as if nobody had asked it to stop. So an interruption is remembered as well. It ends
the kernels at once, which wakes whoever waits for them, and is raised again before the next cell and behind the last.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress

running: set[object] = set()
"""The managers of the kernels of this process."""

_heard: list[int] = []
"""The signals that have come."""


def listen() -> None:
    """Stop at SIGINT and SIGTERM from here on; what whoever started this process had turned off stays off."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _hear)


def stop_if_interrupted(**_where: object) -> None:
    """Raise again what has been heard, in case that was swallowed.

    Raises
    ------
    SystemExit
        With the shell's usual status, 130 or 143, if a signal has come.
    """
    if _heard:
        raise SystemExit(128 + _heard[0])


def kill(manager: object) -> None:
    """Kill what is left of a kernel and of all that it started."""
    provisioner = manager.provisioner
    if provisioner is not None and provisioner.pgid:
        with suppress(ProcessLookupError):
            os.killpg(provisioner.pgid, signal.SIGKILL)


def kill_all() -> None:
    """Kill every kernel of this process."""
    for manager in list(running):
        kill(manager)


def _hear(number: int, _frame: object) -> None:
    """Remember a signal, end the kernels, and stop."""
    _heard.append(number)
    kill_all()
    stop_if_interrupted()
