"""Rows that somebody else has put together (a database), looked over before a file takes them."""

import re

from .cells import usual_characters
from .model import Layout
from .writer import Rendered


class PlainRows:
    """Tells the rows of a document that hold nothing the Writer would have to replace, encode, cut or quote."""

    def __init__(self, layout: Layout) -> None:
        usual = re.escape(usual_characters(layout) + layout.delimiter + layout.line_end)
        self._is_usual = re.compile(f"[{usual}]+").fullmatch
        self._delimiter, self._between = layout.delimiter, len(layout.columns) - 1
        self._line_end, self._returns = layout.line_end, layout.line_end.count("\r")

    def rendered(self, text: str, number: int) -> Rendered | None:
        """What the Writer would make of a document, None where only the Writer itself can tell.

        :param text: its rows, between delimiters and line ends
        :param number: how many there are: a delimiter or a line end too many is one that was in the data
        """
        if not self._is_usual(text) or text.count(self._delimiter) != number * self._between:
            return None
        rows = text.split(self._line_end)
        # a line end of two characters: neither is there by itself
        if len(rows) != number or text.count("\n") != number - 1 or text.count("\r") != self._returns * (number - 1):
            return None
        return Rendered(tuple(rows), ())
