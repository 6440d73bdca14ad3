"""Kernels are forked from one process that has imported everything already.

Starting Python and importing pandas takes longer than most pages take to calculate. So one process does it once, and
becomes a kernel by forking. Each page still has a kernel of its own, which shares nothing with another that either
could change: what was imported is copied as soon as it is written to. That process waits in a session of its own, does
nothing but fork, and ends with the run that began it; its kernels end with it.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import weakref
from contextlib import suppress
from importlib import import_module
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from jupyter_client.manager import KernelManager

IMPORTED = (
    "exkit", "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg", "matplotlib.pyplot", "pandas", "pandera.pandas", "scipy.stats", "babel.numbers",
    "babel.dates", "great_tables", "statsmodels.api", "ruamel.yaml",
)  # fmt: skip
"""What takes long to import, beside the kit's own modules."""

CAN_FORK = hasattr(os, "pidfd_open")
"""Where the end of a process that is not one's own child can be seen: on Linux. Elsewhere kernels start cold."""

NAME = "exkit-warm"
"""What Jupyter knows this way of starting a kernel by."""

_beginning = threading.Lock()
_asking = threading.Lock()
_nursery: list[tuple[subprocess.Popen, BinaryIO]] = []


def begin(surroundings: dict[str, str]) -> None:
    """Start importing, unless that was done before; it goes on by itself.

    Parameters
    ----------
    surroundings
        The environment that kernels will have in common.
    """
    with _beginning:
        if _nursery and _nursery[0][0].poll() is None:
            return
        ours, theirs = socket.socketpair()
        words = [sys.executable, "-P", "-m", "exkit.publish.warm", str(theirs.fileno())]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        begun = subprocess.Popen(  # noqa: S603 - our own module
            words, pass_fds=[theirs.fileno()], start_new_session=True, env=surroundings, cwd="/", **quiet
        )
        theirs.close()
        _end()
        _nursery[:] = [(begun, ours.makefile("rwb", buffering=0))]
        ours.close()


@atexit.register
def _end() -> None:
    """End what kernels are forked from."""
    for begun, line in _nursery:
        line.close()
        begun.kill()
        begun.wait()
    _nursery.clear()


def fork(arguments: list[str], *, env: dict[str, str], cwd: str) -> Forked:
    """Have a kernel forked.

    Parameters
    ----------
    arguments
        Of the kernel.
    env, cwd
        Its environment and folder.

    Raises
    ------
    OSError
        If there is nothing to fork from any more.
    """
    begin(env)
    with _asking:
        _process, line = _nursery[0]
        line.write(json.dumps({"kernel": [arguments, env, cwd]}).encode() + b"\n")
        answer = line.readline()
    if not answer:
        raise OSError("the process that kernels are forked from has ended")
    return Forked(int(answer))


def read_ahead(dataset: Path, *, surroundings: dict[str, str]) -> None:
    """Have a dataset read that the kernels will open; it goes on by itself.

    Parameters
    ----------
    dataset
        Its folder.
    surroundings
        As in `begin`.
    """
    begin(surroundings)
    with _asking:
        _process, line = _nursery[0]
        line.write(json.dumps({"dataset": str(dataset.resolve())}).encode() + b"\n")


class Forked:
    """A kernel that was forked, as `subprocess.Popen` would show it."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        try:
            self._end = os.pidfd_open(pid)
            self._close = weakref.finalize(self, os.close, self._end)
        except ProcessLookupError:
            self.returncode = 1

    def poll(self) -> int | None:
        """Tell whether it has ended: 1 if it has, since only its parent learns how."""
        return self.wait(timeout=0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end."""
        if self.returncode is None and select.select([self._end], [], [], timeout)[0]:
            self.returncode = 1
            self._close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class WarmProvisioner(LocalProvisioner):
    """How Jupyter starts and ends a kernel: by a fork."""

    async def launch_kernel(self, cmd: list[str], **kwargs: object) -> dict[str, object]:
        """Fork instead of running the command."""
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        self.process = fork(arguments, env=kwargs["env"], cwd=str(kwargs["cwd"]))
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs["cwd"]
        return self.connection_info


def start_warm(manager: KernelManager) -> None:
    """Let a kernel manager start its kernel by a fork, if there is something to fork from."""
    if _nursery:
        KernelProvisionerFactory.provisioners[NAME] = EntryPoint(NAME, f"{__name__}:WarmProvisioner", "")
        manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME}


def _wait_for_orders(line: socket.socket) -> None:
    """Import everything; then fork whenever asked, until whoever asks is gone."""
    for name in IMPORTED:
        import_module(name)
    for name in set(sys.modules["exkit"].HOME.values()):
        import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a kernel ended: the system may forget it at once
    with line.makefile("rwb", buffering=0) as orders:
        for order in map(json.loads, orders):
            if "dataset" in order:
                from exkit.survey.ahead import read_ahead as read

                read(order["dataset"])
            else:
                orders.write(f"{_fork(*order['kernel'], line=line)}\n".encode())


def _fork(arguments: list[str], env: dict[str, str], cwd: str, *, line: socket.socket) -> int:
    """Fork a kernel, and say which process it is as soon as it has a group of its own."""
    ready, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ready)
        _become_kernel(arguments, env, cwd, line=line, tell=tell)
    os.close(tell)
    os.read(ready, 1)
    os.close(ready)
    return pid


def _become_kernel(arguments: list[str], env: dict[str, str], cwd: str, *, line: socket.socket, tell: int) -> None:
    """Be a kernel to the end, in a process group of its own that can be ended as a whole."""
    parent = os.getppid()
    os.setsid()
    os.close(tell)
    os.close(line.fileno())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        os.environ.clear()
        os.environ.update(env)
        os.chdir(cwd)
        from exkit import context

        vars(context.current).update(vars(context.Context()))  # it was read from another environment
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance([*arguments, f"--IPKernelApp.parent_handle={parent}"])
    finally:
        os._exit(0)


if __name__ == "__main__":
    _wait_for_orders(socket.socket(fileno=int(sys.argv[1])))
    os._exit(0)  # at once: kernels look at whether it is there
