"""Pytest plugin: writes which tests run each line of models/, for `./dev mutants --models`.

A class's setup belongs to the first of its tests. What a child process runs is not seen.
"""

import json
from pathlib import Path

import coverage
import pytest

FOLDER = "models"


def pytest_addoption(parser):
    parser.addoption("--reached", help="the JSON file {path: {line: [test]}} to write")


def pytest_configure(config):
    config.pluginmanager.register(_Reached(config), "reached by tests")


class _Reached:
    def __init__(self, config):
        self._root, self._result = Path(config.rootpath), Path(config.getoption("reached"))
        self._coverage = coverage.Coverage(data_file=None, include=[f"{self._root / FOLDER}/*"])
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self._coverage.switch_context(item.nodeid)
        return (yield)

    def pytest_sessionfinish(self):
        self._coverage.stop()
        data = self._coverage.get_data()
        reached = {
            str(Path(file).relative_to(self._root)): {
                line: [test for test in tests if test] for line, tests in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        }
        self._result.write_text(json.dumps(reached))
