"""Children that never outlive this process, however it ends."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
CANNOT_START = 127


def tether() -> Callable[[], None] | None:
    """For `preexec_fn`: the kernel kills the child when the thread that started it ends, even by SIGKILL.

    Linux only; elsewhere a killed parent leaves its children behind. Call it in the main thread.
    """
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def in_child() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended in between
            os._exit(CANNOT_START)

    return in_child


def start(
    command: Sequence[str],
    *,
    folder: Path,
    output: IO[bytes] | int | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """A tethered child in a session of its own, so that Ctrl-C reaches only the one who stops it in order."""
    return subprocess.Popen(
        list(command),
        cwd=folder,
        env=None if environment is None else dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        preexec_fn=tether(),  # noqa: PLW1509  the child only calls prctl before it becomes the program
    )


def stop(process: subprocess.Popen[bytes], grace_seconds: float) -> None:
    """SIGTERM, then SIGKILL when the grace is spent; returns when the child is gone."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
