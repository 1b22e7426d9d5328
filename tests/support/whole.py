"""Marks the test classes that only a whole run (`./dev test --whole`) executes."""


class Whole:
    """Takes long: a browser, generated attacks and calls, real data through the whole loop."""
