"""Short codes for records whose code is limited to fewer characters than the accounting system's codes."""

from collections.abc import Container
from itertools import count


def free_short_code(code: str, taken: Container[str], width: int) -> str:
    """Return an unused code of at most `width` characters: the first ones, with a number if needed."""
    if code[:width] not in taken:
        return code[:width]
    for number in count(1):
        short = f"{code[: width - len(str(number))]}{number}"
        if short not in taken:
            return short
    raise AssertionError  # numbers do not end
