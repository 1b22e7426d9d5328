"""Pytest plugin: writes which tests call the functions that `mark` has changed, for `./dev mutants --models`.

A class's setup belongs to the first of its tests. What a child process calls is not seen. Tests that fail, as those of
the sources do because of the marks, are left out.
"""

import ast
import itertools
import json
from collections import defaultdict
from pathlib import Path

import pytest

_reached: dict[str, set[str]] = defaultdict(set)
_failed: set[str] = set()
_test = ""


def mark(source: bytes, places: dict[str, int]) -> bytes:
    """Return a source file in which the innermost function around each offset tells its calls.

    :param places: {name under which the function tells its calls: offset}
    """
    lines = source.splitlines(keepends=True)
    starts = [0, *itertools.accumulate(map(len, lines))]
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    firsts = {}
    for name, offset in places.items():
        around = [
            node.body[0]
            for node in functions
            if starts[node.lineno - 1] <= offset < starts[node.end_lineno - 1] + node.end_col_offset
        ]
        firsts[name] = max(around, key=lambda first: first.lineno)
    for name, first in sorted(firsts.items(), key=lambda item: -item[1].lineno):
        call = f'__import__("devkit.reached").reached.hit({name!r})\n'.encode()
        lines.insert(first.lineno - 1, b" " * first.col_offset + call)
    return b"".join(lines)


def hit(name: str) -> None:
    """Note that the test that is running calls a function."""
    if _test:
        _reached[name].add(_test)


def pytest_addoption(parser):
    parser.addoption("--reached", help="the JSON file {name: [test]} to write")


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
