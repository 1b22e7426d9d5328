"""pytest plugin of a run of all tests: which of them run, and which come first.

Classes that are marked as `Whole` (`tests/support/whole.py`) run with `--whole` alone. They then come first: they take
longest, and a long class that is started last keeps one process busy while the others have nothing left.
"""


def pytest_addoption(parser):
    parser.addoption("--whole", action="store_true", help="also the classes that take long")


def pytest_collection_modifyitems(config, items):
    """Move the long classes to the front, or leave them out; each group keeps its order."""
    from odoo.addons.utility_billing_sync.tests.support.whole import Whole

    long, others = [], []
    for item in items:
        is_long = item.cls and issubclass(item.cls, Whole)
        (long if is_long else others).append(item)
    if config.option.whole:
        others = long + others
    else:
        config.hook.pytest_deselected(items=long)
    items[:] = others
