"""Long commands say how far they are, with a terminal and without one."""

import io

import pytest
from rich.console import Console

from pantau.runtime import progress


@pytest.fixture
def console() -> Console:
    """A file, as a container's log is one."""
    return Console(file=io.StringIO(), width=80)


def lines(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_without_a_terminal_there_is_a_line_a_minute(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("pantau.runtime.progress.time.monotonic", lambda: now)
    with progress.counted(console) as bar:
        task = bar.add_task("facts", total=10)
        for _ in range(4):
            now += 40
            bar.advance(task)
            bar.update(task, description="facts")
        told = lines(console)
    assert [line.split()[0] for line in told] == ["facts", "facts"]
    assert ["2/10" in told[0], "4/10" in told[1]] == [True, True]


def test_a_terminal_has_its_bar_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True)
    printed: list[object] = []
    monkeypatch.setattr(console, "print", printed.append)
    monkeypatch.setattr(progress, "LINE_SECONDS", 0)
    bar = progress.timed(console)
    bar.advance(bar.add_task("pretraining", total=1.0), 0.5)
    assert printed == []
