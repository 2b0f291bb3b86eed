"""Jobs at their intervals: one that fails is tried again, and holds up no other."""

import asyncio

import pytest

from pantau.runtime import metrics
from pantau.runtime.errors import RetryableError
from services.jobs.scheduler import Job, keep, run_once


def failures(name: str) -> float:
    return float(metrics.JOB_FAILURES.labels(name)._value.get())


async def nothing() -> None:
    """A job with nothing to do."""


async def test_what_passes_is_counted_and_tried_again() -> None:
    answers: list[Exception | None] = [RetryableError("away"), OSError("reset"), None]

    async def run() -> None:
        answer = answers.pop(0)
        if answer is not None:
            raise answer

    job = Job("passing", 0, run)
    before = failures("passing")
    assert [await run_once(job) for _ in range(3)] == [False, False, True]
    assert failures("passing") == before + 2
    assert metrics.JOB_SUCCEEDED.labels("passing")._value.get() > 0


async def test_a_fault_of_the_program_ends_it() -> None:
    async def run() -> None:
        raise KeyError("no such thing")

    with pytest.raises(ExceptionGroup) as raised:
        await keep([Job("broken", 0, run), Job("fine", 0, nothing)])
    assert [type(error) for error in raised.value.exceptions] == [KeyError]


async def test_a_job_that_takes_long_is_never_run_twice_at_once_and_holds_up_no_other() -> None:
    running, most, others = 0, 0, 0
    done = asyncio.Event()

    async def slow() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await done.wait()
        running -= 1

    async def quick() -> None:
        nonlocal others
        others += 1
        if others == 50:
            done.set()

    keeping = asyncio.create_task(keep([Job("slow", 0, slow), Job("quick", 0, quick)]))
    await done.wait()
    keeping.cancel()
    await asyncio.wait({keeping})
    assert (most, others >= 50) == (1, True)
