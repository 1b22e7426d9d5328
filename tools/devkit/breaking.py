"""pytest plugin of `./dev mutants --models`: finds out which tests call which functions, then breaks them one by one.

A class's setup belongs to the first of its tests. What a child process calls is not seen, and not broken either.
"""

import contextlib
import json
import os
import signal
import time
from collections import defaultdict
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from .breakages import Breakage
from .functions import Functions, marked

#: Seconds after which a test has failed: a change may make it loop for ever.
TEST_LIMIT = 60
#: Seconds after which no further test of a breakage begins: the change may make each of them wait.
LIMIT = 150
CALLS = "__import__('devkit.breaking').breaking.called"

_reached: dict[str, set[str]] = defaultdict(set)
_seconds: dict[str, float] = defaultdict(float)
_failed: set[str] = set()
_test = ""


def called(name: str) -> None:
    """Note that the test that is running calls a function."""
    if _test:
        _reached[name].add(_test)


def pytest_addoption(parser):
    parser.addoption("--reached", help="JSON file to write: which tests call each function, their seconds")
    parser.addoption("--plan", help="JSON file to read: the breakages, each with its tests")
    parser.addoption("--results", help="file to which a line of JSON is added for each breakage tried")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    global _test
    _test = item.nodeid
    try:
        return (yield)
    finally:
        _test = ""


def pytest_runtest_logreport(report):
    # a part of a test (subTest) is only told here
    _seconds[report.nodeid] += report.duration
    if report.failed:
        _failed.add(report.nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    """Mark all functions for the usual loop, or break those of the plan instead of it."""
    options = session.config.option
    if options.reached and not os.environ.get("PYTEST_XDIST_WORKER"):
        return None
    module = session.config.rootpath
    functions = Functions(module / "models")
    if options.plan:
        _Trial(session, functions).run(json.loads(Path(options.plan).read_text()))
        return True
    marks = contextlib.ExitStack()
    for file in sorted((module / "models").rglob("*.py")):
        name = str(file.relative_to(module))
        tree = marked(file.read_bytes(), lambda line, name=name: f"{name}:{line}", CALLS)
        marks.enter_context(functions.changed(file, tree))
    session.config.add_cleanup(marks.close)
    return None


def pytest_sessionfinish(session):
    path, worker = session.config.option.reached, os.environ.get("PYTEST_XDIST_WORKER")
    if path and worker:
        tests = {name: sorted(tests - _failed) for name, tests in _reached.items()}
        Path(f"{path}-{worker}").write_text(json.dumps({"tests": tests, "seconds": _seconds}))


class _Trial:
    def __init__(self, session, functions: Functions) -> None:
        self._items = {item.nodeid: item for item in session.items}
        self._setup = session._setupstate
        self._functions = functions
        self._module = session.config.rootpath
        self._results = Path(session.config.option.results)

    def run(self, plan: list[dict]) -> None:
        """Try each breakage; note the test that notices it, or nothing.

        Ends early if a test fails without any breakage: what the last one left behind would spoil the next ones.
        """
        for place in plan:
            change = Breakage(**place["change"])
            began = time.monotonic()
            # what ends the whole process is noticed, too
            self._note(number=place["number"], noticed_by="the process ended", tried=0)
            with self._broken(self._module / place["path"], change):
                noticed_by, tried = self._first_failure(place["tests"])
            seconds = round(time.monotonic() - began, 1)
            self._note(number=place["number"], noticed_by=noticed_by, tried=tried, seconds=seconds)
            if noticed_by and self._first_failure([noticed_by]) != ("", 1):
                return

    def _note(self, **result) -> None:
        with self._results.open("a") as results:
            results.write(json.dumps(result) + "\n")

    @contextlib.contextmanager
    def _broken(self, file: Path, change: Breakage):
        with contextlib.ExitStack() as stack:
            for after in dict.fromkeys((change.after, change.after.replace("pass", "super"))):
                source = change.apply(file.read_bytes(), after)
                try:
                    stack.enter_context(self._functions.changed(file, source, change.line))
                    break
                except ValueError:
                    # without its only super(), the function would not need its class
                    continue
            else:
                raise AssertionError(f"{file}:{change.line} cannot be changed")
            yield

    def _first_failure(self, tests: list[str]) -> tuple[str, int]:
        """Run tests until one fails; return it, or an empty text, and how many ran."""
        items = [self._items[test] for test in tests if test in self._items]
        end = time.monotonic() + LIMIT
        for number, item in enumerate(items, 1):
            following = items[number] if number < len(items) and time.monotonic() < end else None
            if self._fails(item, following):
                return item.nodeid, number
            if following is None:
                break
        return "", len(items)

    def _fails(self, item, following) -> bool:
        _failed.discard(item.nodeid)
        # what the class has set up is taken down before a test of another file
        elsewhere = next(each for each in self._items.values() if each.module is not item.module)
        same_class = following is not None and following.cls is item.cls
        with _limited(TEST_LIMIT):
            reports = runtestprotocol(item, log=False, nextitem=following if same_class else elsewhere)
        failed = any(report.failed for report in reports) or item.nodeid in _failed
        if failed and same_class:
            self._setup.teardown_exact(elsewhere)
        return failed


@contextlib.contextmanager
def _limited(seconds: int):
    def stop(*_args):
        raise TimeoutError("A test took too long.")

    former = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, former)
