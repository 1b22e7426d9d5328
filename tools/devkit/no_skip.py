"""pytest plugin: skipped tests fail, and the folder of the browser's screenshots is printed."""

import os

import pytest


def _refuse(report) -> None:
    if report.outcome == "skipped":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = (
            f"{report.nodeid} did not run: {reason or 'expected failure'}. A skipped test is a failed test."
        )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn skipped tests and expected failures into failures."""
    _refuse((yield).get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector):
    """Turn skipped modules into failures."""
    _refuse((yield).get_result())


def pytest_terminal_summary(terminalreporter):
    """Print where the screenshots of failed tours are, before pytest's last lines."""
    folder = os.environ["UTILITY_SCREENSHOTS"]
    if terminalreporter.stats.get("failed") and os.path.isdir(folder):
        terminalreporter.write_line(f"Screenshots of failed tours: {folder}")
