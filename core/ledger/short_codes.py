"""Short codes for records that keep fewer characters than the accounting system's codes have."""

from collections.abc import Container
from itertools import count


def free_short_code(code: str, taken: Container[str], width: int) -> str:
    """Return a code of at most `width` characters that none has: the first ones, or the first ones and a number."""
    if code[:width] not in taken:
        return code[:width]
    for number in count(1):
        short = f"{code[: width - len(str(number))]}{number}"
        if short not in taken:
            return short
    raise AssertionError  # numbers do not end
