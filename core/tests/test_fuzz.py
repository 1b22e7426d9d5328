"""The short form of the fuzz targets: some hundred inputs for each reader, always the same."""

import unittest

from hypothesis import given

from .fuzz import options
from .fuzz_targets import TARGETS

INPUTS = 250


class TestOutsideText(unittest.TestCase):
    """Whatever comes in, only the module's own errors come out. The long form: ./dev fuzz."""


def _test(target):
    @options(INPUTS, derandomize=True, deadline=None)
    @given(values=target.inputs)
    def read(values):
        target.read(*values)

    return lambda self: read()


for _name, _target in TARGETS.items():
    setattr(TestOutsideText, f"test_{_name.replace(' ', '_')}", _test(_target))
