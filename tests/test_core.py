"""Runs the pure tests (core/tests) with the module's tests: one method here for each of them."""

import unittest
from importlib import import_module
from pathlib import Path

from odoo.tests import BaseCase

from .. import core

CORE_TESTS = Path(core.__file__).parent / "tests"


def bridged_modules():
    return sorted(path.stem for path in CORE_TESTS.glob("test_*.py"))


def _cases(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from _cases(item)
        else:
            yield item


def _bridge(case):
    def test(self):
        result = unittest.TestResult()
        unittest.TestSuite([case]).run(result)
        details = [trace for _case, trace in result.failures + result.errors + result.skipped]
        self.assertFalse(details, "\n".join(details))
        self.assertEqual(result.testsRun, 1)

    test.__doc__ = case.shortDescription()
    return test


class TestCore(BaseCase):
    """Each method runs one test of core/tests, and fails with its details."""


for _name in bridged_modules():
    _module = import_module(f"{core.__name__}.tests.{_name}")
    for _case in _cases(unittest.defaultTestLoader.loadTestsFromModule(_module)):
        _method = f"test_{_name.removeprefix('test_')}__{type(_case).__name__}__{_case._testMethodName}"
        setattr(TestCore, _method, _bridge(_case))
