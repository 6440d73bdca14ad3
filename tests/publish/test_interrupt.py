import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

LISTEN = """
import os, signal, sys
from pathlib import Path
from exkit.publish.execute import execute
from exkit.publish.interrupt import listen, running

listen()

class Deaf:
    "Swallows whatever is raised while it is taken down: Python says so and goes on."
    def __del__(self):
        os.kill(os.getpid(), int(sys.argv[2]))
"""

BEFORE = LISTEN + "Deaf()\nprint('going on')\n"

DURING = (
    LISTEN
    + """
from jupyter_core.utils import ensure_event_loop
loop = ensure_event_loop()

def once_it_runs():
    Deaf() if Path("pid").exists() else loop.call_later(0.1, once_it_runs)

loop.call_later(0.1, once_it_runs)
"""
)

EXECUTE = "execute(Path(sys.argv[1]), parameters={}, results=Path('.'))\nprint('finished')"

LOOP = "import os\nfrom pathlib import Path\nPath('pid').write_text(str(os.getpid()))\nwhile True: pass"


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("when", [BEFORE, DURING], ids=["before a cell", "during a cell"])
def test_an_interruption_that_was_swallowed_is_heard_all_the_same(
    notebook: Callable[..., Path], when: str, sent: signal.Signals, status: int
):
    """Whether it came before the kernel was there or while a cell ran, and the kernel is gone."""
    path = notebook("# Title", LOOP)
    done = subprocess.run(
        [sys.executable, "-c", when + EXECUTE, str(path), str(int(sent))],
        cwd=path.parent, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Exception ignored in" in done.stderr
    assert (done.returncode, "finished" in done.stdout) == (status, False)
    if when == DURING:
        with pytest.raises(ProcessLookupError):
            os.kill(int((path.parent / "pid").read_text()), 0)


def test_what_was_turned_off_stays_off():
    """A run in the background of a shell does not end with what runs in front."""
    code = "from exkit.publish.interrupt import listen; listen(); import os, sys; os.kill(os.getpid(), 2); print('on')"
    deaf = ["sh", "-c", 'trap "" INT; exec "$0" -c "$1"', sys.executable, code]
    assert subprocess.run(deaf, capture_output=True, text=True, check=True).stdout == "on\n"
