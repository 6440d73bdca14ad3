"""A file appears whole or not at all.

What a reader may see is first written in a private folder on the same file system, forced to disk, and moved into place
in one step. A run that dies half-way leaves at most its private folder, named after its process; the next run sweeps
the folders of processes that are gone.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exkit.errors import ExkitError

PRIVATE = ".exkit-work-"
CAUSES = {
    errno.ENOSPC: "the disk is full. Make room",
    errno.EDQUOT: "your share of the disk is full. Make room",
    errno.EFBIG: "files may not be as large. Raise the limit",
    errno.EROFS: "the disk can only be read. Choose another place",
    errno.EACCES: "you may not write there. Ask for permission, or choose another place",
    errno.EPERM: "you may not write there. Ask for permission, or choose another place",
}
"""What keeps a file from being written, and what helps."""
SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:")


class CannotWriteError(ExkitError):
    """A disk that takes nothing more: no page after this one could be written either."""


@contextmanager
def can_write(at: Path) -> Iterator[None]:
    """Put what the operating system says against writing in one sentence.

    Raises
    ------
    CannotWriteError
        If anything could not be written; what was made before is as it was.
    """
    try:
        yield
    except OSError as error:
        cause = CAUSES.get(error.errno, f"{(error.strerror or str(error)).lower()}. Mend that")
        raise CannotWriteError(f"'{at}' cannot be written: {cause}, and run it again.") from None


def need_room(inside: Path, *, size: int) -> None:
    """Complain about a disk that will be full before everything is written.

    Parameters
    ----------
    inside
        A folder on that disk.
    size
        Bytes that may be written.

    Raises
    ------
    CannotWriteError
        If there are fewer.
    """
    free = shutil.disk_usage(inside).free
    if free < size:
        raise CannotWriteError(
            f"'{inside}' has room for {free / 1e6:,.0f} MB, and up to {size / 1e6:,.0f} MB may be written there. "
            "Make room, and run it again."
        )


@contextmanager
def private_folder(inside: Path) -> Iterator[Path]:
    """Lend a folder that nobody else uses and that is gone afterwards.

    Parameters
    ----------
    inside
        The folder to make it in; made when absent. Leftovers of dead processes in it are swept first.
    """
    with can_write(inside):
        inside.mkdir(parents=True, exist_ok=True)
        sweep(inside)
        folder = Path(tempfile.mkdtemp(prefix=f"{PRIVATE}{os.getpid()}-", dir=inside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(inside: Path) -> None:
    """Remove the private folders of processes that are gone."""
    for folder in inside.glob(f"{PRIVATE}*"):
        process = folder.name.removeprefix(PRIVATE).split("-")[0]
        if process.isdigit() and not _alive(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def appear(content: bytes, *, at: Path, work: Path) -> Path:
    """Put content at its final path in one step.

    Parameters
    ----------
    content
        The whole file.
    at
        The final path; its folder is made when absent.
    work
        A private folder on the same file system.

    Returns
    -------
    Path
        The final path.

    Raises
    ------
    ExkitError
        If the path or its folder is a symbolic link, or the path a folder; `CannotWriteError` if the disk is full or
        may not be written to.
    """
    need_real(at.parent)
    need_real(at)
    if at.is_dir():
        raise ExkitError(f"'{at}' is a folder. Name the file to write.")
    with can_write(at):
        at.parent.mkdir(parents=True, exist_ok=True)
        handle, waiting = tempfile.mkstemp(dir=work)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), 0o644)
            file.flush()
            os.fsync(file.fileno())
        Path(waiting).replace(at)
        _sync_folder(at.parent)
    return at


def appear_folder(content: Path, *, at: Path, work: Path) -> None:
    """Put a folder at its final path, in the place of all that was there before.

    Parameters
    ----------
    content
        A folder in `work`; it is moved. An empty one only takes away what was there.
    at
        The final path.
    work
        A private folder on the same file system, where what was there before goes.

    Raises
    ------
    ExkitError
        If the path or its folder is a symbolic link.
    """
    need_real(at.parent)
    need_real(at)
    with can_write(at):
        if at.exists():
            at.rename(Path(tempfile.mkdtemp(dir=work)) / at.name)
        if any(content.iterdir()):
            at.parent.mkdir(parents=True, exist_ok=True)
            content.rename(at)
        if at.parent.exists():
            _sync_folder(at.parent)


def need_real(path: Path) -> None:
    """Complain about a symbolic link: what is written there would end up somewhere else.

    Raises
    ------
    ExkitError
        If the path is one.
    """
    if path.is_symlink():
        raise ExkitError(f"'{path}' is a symbolic link. Name a real file or folder to write to.")


def _sync_folder(folder: Path) -> None:
    """Force the folder's list of names to disk: without it a power cut may undo the move."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def local_path(name: str) -> Path:
    """Read a path on this machine; anything that looks like an address is refused.

    Examples
    --------
    >>> local_path("https://example.org/page.html")
    Traceback (most recent call last):
    exkit.errors.ExkitError: 'https://example.org/page.html' is an address. Name a path on this machine.
    """
    if SCHEME.match(str(name)):
        raise ExkitError(f"'{name}' is an address. Name a path on this machine.")
    if "\0" in str(name):
        raise ExkitError(f"{str(name)!r} holds a null character. Name a path on this machine.")
    return Path(name)


def slug(name: str) -> str:
    """Turn a name into a file name that is safe everywhere: lower case letters, digits and hyphens.

    Examples
    --------
    >>> slug("01_eNPS (définitif)")
    '01-enps-definitif'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-") or "page"
