"""Bulk insert into a table by COPY, the fastest way."""

import io
import re

#: Bytes that are sent at a time.
_SIZE = 1 << 16
_NULL = r"\N"
_SIGNS = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
_SIGN = re.compile(r"[\\\t\n\r]")


def copy_rows(cr, table, columns, rows) -> None:
    """Append rows to a table.

    :param rows: tuples of texts, numbers, dates or None, in the order of the columns
    """
    file = io.StringIO("".join(["\t".join(map(_cell, row)) + "\n" for row in rows]))
    cr.copy_from(file, table, columns=columns, size=_SIZE)


def id_array(ids) -> str:
    """Return ids as the text of an array, to be cast to `int[]`: PostgreSQL reads it twenty times as fast as a list."""
    return f"{{{','.join(map(str, ids))}}}"


def _cell(value) -> str:
    """Return a value in the text format of COPY."""
    if value is None:
        return _NULL
    return _SIGN.sub(lambda found: _SIGNS[found[0]], value) if isinstance(value, str) else str(value)
