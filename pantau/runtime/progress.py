"""How far a long command is, for the person who started it."""

import time
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

LINE_SECONDS = 60


class LoggingProgress(Progress):
    """A bar on a terminal; where there is none, as in a container's log, a line a minute."""

    def __init__(self, *columns: ProgressColumn, console: Console) -> None:
        super().__init__(*columns, console=console, refresh_per_second=2)
        self._next_line = time.monotonic() + LINE_SECONDS

    def update(self, task_id: TaskID, **changes: Any) -> None:
        super().update(task_id, **changes)
        self._tell()

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        super().advance(task_id, advance)
        self._tell()

    def _tell(self) -> None:
        if not self.console.is_terminal and time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + LINE_SECONDS
            self.console.print(self.get_renderable())


def counted(console: Console) -> Progress:
    """So many of so many and the time that is left."""
    described = TextColumn("{task.description}")
    return LoggingProgress(
        described, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    )


def timed(console: Console) -> Progress:
    """The share that is done, the time that it took and the time that is left."""
    described = TextColumn("{task.description}")
    return LoggingProgress(
        described, BarColumn(), TimeElapsedColumn(), TimeRemainingColumn(), console=console
    )
