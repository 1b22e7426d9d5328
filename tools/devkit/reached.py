"""Pytest plugin: writes which tests call the functions that model_mutants.py has changed, for `./dev mutants --models`.

A class's setup belongs to the first of its tests. What a child process calls is not seen. Tests that fail, as those of
the sources do because of the marks, are left out, as are those that open a browser.
"""

import json
from collections import defaultdict
from pathlib import Path
from unittest import mock

import pytest

from odoo.tests import HttpCase

_reached: dict[str, set[str]] = defaultdict(set)
_failed: set[str] = set()
_test = ""


def hit(name: str) -> None:
    """Note that the test that is running calls a function."""
    if _test:
        _reached[name].add(_test)


def pytest_addoption(parser):
    parser.addoption("--reached", help="the JSON file {name: [test]} to write")


@pytest.fixture(scope="session", autouse=True)
def no_browser():
    """Have tests that open a browser fail."""
    with mock.patch.object(HttpCase, "browser_js", side_effect=AssertionError("They take long.")):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    global _test
    _test = item.nodeid
    try:
        return (yield)
    finally:
        _test = ""


def pytest_runtest_logreport(report):
    if report.failed:
        _failed.add(report.nodeid)


def pytest_sessionfinish(session):
    tests = {name: sorted(called - _failed) for name, called in _reached.items()}
    Path(session.config.getoption("reached")).write_text(json.dumps(tests))
