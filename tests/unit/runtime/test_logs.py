import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from pantau.runtime.logs import configure


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_json_has_one_object_a_line_from_both_loggers(capsys: pytest.CaptureFixture[str]) -> None:
    configure("bakery", "info", "json")
    structlog.get_logger("oven").info("baked", loaves=3)
    logging.getLogger("library").warning("old flour %s", "rye")
    ours, theirs = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (ours["event"], ours["loaves"], ours["level"], ours["service"]) == ("baked", 3, "info", "bakery")
    assert (theirs["event"], theirs["level"], theirs["service"]) == ("old flour rye", "warning", "bakery")
    assert ours["timestamp"].endswith("Z")


def test_exception_stays_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("bakery", "info", "json")
    structlog.get_logger("oven").error("burnt", exc_info=ValueError("too hot"))
    (line,) = capsys.readouterr().out.splitlines()
    assert "ValueError: too hot" in json.loads(line)["exception"]


def test_level_holds_and_chatty_libraries_are_quieter(capsys: pytest.CaptureFixture[str]) -> None:
    configure("bakery", "warning", "console")
    structlog.get_logger("oven").info("unheard")
    logging.getLogger("httpx").info("unheard")
    logging.getLogger("httpx").warning("heard")
    out = capsys.readouterr().out
    assert "unheard" not in out
    assert "heard" in out
