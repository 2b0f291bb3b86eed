"""A progress line per stage of a training."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from pantau.runtime.progress import timed

Stage = Callable[[float, str], None]


@contextmanager
def stage(console: Console, name: str) -> Iterator[Stage]:
    with timed(console) as bar:
        task = bar.add_task(name, total=1.0)
        yield lambda share, remark: bar.update(task, completed=share, description=f"{name} {remark}")
