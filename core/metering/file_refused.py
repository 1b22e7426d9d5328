"""Writes the refused rows of a file to a file of their own, to be corrected and imported again."""

import csv
import io
from collections.abc import Iterator, Mapping

from .cell_formats import DECIMAL_SIGNS, parse_number
from .delimited import read_cells
from .file_detection import Detected

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def refused_rows(data: bytes, detected: Detected, reasons: Mapping[int, str], titles: tuple[str, str]) -> bytes:
    """Write the refused rows with the columns and the delimiter of their file, plus their line and reason.

    :param reasons: reason of each refused row, by line
    :param titles: names of the two added columns
    :return: UTF-8 with a byte order mark, which spreadsheets need
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=detected.format.delimiter)
    writer.writerow([*map(harmless, detected.header), *titles])
    width = len(detected.header)
    for line, cells in _cells(data, detected, reasons):
        cells = [*map(harmless, cells[:width]), *[""] * (width - len(cells))]
        writer.writerow([*cells, line, reasons[line]])
    return text.getvalue().encode("utf-8-sig")


def _cells(data: bytes, detected: Detected, lines: Mapping[int, str]) -> Iterator[tuple[int, list[str]]]:
    form = detected.format
    for row in read_cells(data, form.encoding, form.delimiter, form.header_line):
        if row.line in lines:
            yield row.line, list(row.cells)


def harmless(cell: str) -> str:
    """Return the cell escaped so that no spreadsheet runs it as a formula."""
    if not cell.startswith(_FORMULA) or any(parse_number(cell, sign) is not None for sign in DECIMAL_SIGNS):
        return cell
    return "'" + cell
