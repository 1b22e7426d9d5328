"""Rows that a database has put together, looked over before a file takes them."""

from collections.abc import Sequence

from .cells import SINGLE_BYTES, usual_characters
from .model import Layout

#: A document of which only the Writer can make the rows.
ODD = b"\x01\n"


class PlainRows:
    """Makes the bytes of a file of documents in which there is nothing to replace, encode, cut or quote.

    A document comes as a line of UTF-8: its rows, `separator` between them, a line feed at the end. The separator is
    random, so that no text holds it; a control character or a backslash in a text comes after a backslash (as
    PostgreSQL's COPY writes them), which makes it a document for the Writer.
    """

    def __init__(self, layout: Layout, separator: str) -> None:
        self._codec = "utf-8" if layout.encoding == "utf-8-sig" else layout.encoding
        self._shown = SINGLE_BYTES if self._codec == "utf-8" else self._codec
        self._line_end, self._separator = layout.line_end.encode(), separator.encode()
        self._between = len(layout.columns) - 1
        # COPY escapes a tabulator wherever it is: another character stands for it
        self.delimiter = "\x04" if layout.delimiter == "\t" else layout.delimiter
        self._stands_for = (self.delimiter.encode(), layout.delimiter.encode())
        usual = usual_characters(layout).replace("\\", "")
        usual = usual.encode(self._shown, "ignore").decode(self._shown)
        self._usual = (usual + layout.delimiter + layout.line_end).encode(self._shown)
        # Latin-1, which takes Python a fraction of the time, has most characters where the others have them
        alike = (byte for byte in self._usual if bytes([byte]).decode(self._shown) == chr(byte))
        self._usual_in_latin = bytes(alike)

    def encoded(self, documents: Sequence[bytes]) -> bytes | None:
        """The bytes of these documents, each row with its line end; None where one of them is for the Writer."""
        text = b"".join(documents)
        mark, delimiter = self._stands_for
        number = len(documents) + text.count(self._separator)
        # as many as the rows have by themselves: none is in a text
        if text.count(mark) != number * self._between:
            return None
        text = text.replace(b"\n", self._line_end).replace(self._separator, self._line_end)
        if mark != delimiter:
            text = text.replace(mark, delimiter)
        shown = self._as_shown(text)
        return text if shown and self._codec == "utf-8" else shown

    def _as_shown(self, text: bytes) -> bytes | None:
        """The text in a single-byte encoding; None where it holds anything but usual characters."""
        for codec, usual in (("latin-1", self._usual_in_latin), (self._shown, self._usual)):
            try:
                shown = text if text.isascii() else text.decode().encode(codec)
            except UnicodeEncodeError:
                continue
            if not shown.translate(None, usual):
                return shown
        return None

    def odd(self, documents: Sequence[bytes]) -> list[int]:
        """The places of those that are for the Writer, found by halves."""
        if self.encoded(documents) is not None:
            return []
        if len(documents) == 1:
            return [0]
        middle = len(documents) // 2
        after = self.odd(documents[middle:])
        return self.odd(documents[:middle]) + [middle + place for place in after]
