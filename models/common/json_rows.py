"""Passes many rows as a single parameter of a statement."""

import json


def json_rows(columns, rows) -> str:
    """Return rows for `json_to_recordset`, which avoids parsing a statement with as many values.

    :param rows: tuples of values, in the order of the columns; dates and decimals are converted
    """
    return json.dumps([dict(zip(columns, row, strict=True)) for row in rows], default=str)
