"""In CI a skipped test is a failure: a missing service must not look like success."""

import os

import pytest


def pytest_sessionfinish(session: pytest.Session) -> None:
    if skipped_in_ci(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = skipped_in_ci(config)
    if skipped:
        terminalreporter.write_line(f"CI: {skipped} skipped tests count as failures.", red=True)


def skipped_in_ci(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or reporter is None:
        return 0
    return len(reporter.stats.get("skipped", []))
