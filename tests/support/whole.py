"""Marks the test classes that only a whole run (`./dev test --whole`) executes."""


class Whole:
    """Takes long: a browser, servers of other vendors, charts of accounts, real data, generated attacks and calls."""
