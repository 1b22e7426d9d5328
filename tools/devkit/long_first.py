"""pytest plugin: the classes that use a browser come first in a parallel run.

They take longest, and a long class that is started last keeps one process busy while the others have nothing left.
"""

from odoo.tests import HttpCase


def pytest_collection_modifyitems(items):
    """Move the tests of these classes to the front; each group keeps its order."""
    items.sort(key=lambda item: not (item.cls and issubclass(item.cls, HttpCase)))
