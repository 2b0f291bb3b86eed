"""A progress line per stage of a training."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Stage = Callable[[float, str], None]


@contextmanager
def stage(console: Console, name: str) -> Iterator[Stage]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, refresh_per_second=1) as bar:
        task = bar.add_task(name, total=1.0)
        yield lambda share, remark: bar.update(task, completed=share, description=f"{name} {remark}")
