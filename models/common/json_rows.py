"""Many rows as one parameter of a statement."""

import json


def json_rows(columns, rows) -> str:
    """Return rows for `json_to_recordset`: PostgreSQL takes longer to parse as many values than to write them.

    :param rows: tuples of values, in the order of the columns; dates and decimal numbers as they are
    """
    return json.dumps([dict(zip(columns, row, strict=True)) for row in rows], default=str, ensure_ascii=False)
