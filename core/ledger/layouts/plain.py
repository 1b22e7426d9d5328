"""Checks rows that PostgreSQL has rendered, before they are written to a file."""

from collections.abc import Sequence

from .cells import SINGLE_BYTES, usual_characters
from .model import Layout

#: Marks a document whose rows only the Writer can render.
ODD = b"\x01\n"


class PlainRows:
    """Encodes documents in which nothing must be replaced, encoded specially, truncated or quoted.

    A document is a line of UTF-8: its rows, with `separator` between them, and a line feed at the end. The separator is
    random, so that no text contains it; control characters and backslashes in a text are escaped by a backslash (as
    PostgreSQL's COPY does), which leaves the document to the Writer.
    """

    def __init__(self, layout: Layout, separator: str) -> None:
        self._codec = "utf-8" if layout.encoding == "utf-8-sig" else layout.encoding
        self._shown = SINGLE_BYTES if self._codec == "utf-8" else self._codec
        self._line_end, self._separator = layout.line_end.encode(), separator.encode()
        self._between = len(layout.columns) - 1
        # COPY escapes every tab, so another character replaces it
        self.delimiter = "\x04" if layout.delimiter == "\t" else layout.delimiter
        self._stands_for = (self.delimiter.encode(), layout.delimiter.encode())
        usual = usual_characters(layout).replace("\\", "")
        usual = usual.encode(self._shown, "ignore").decode(self._shown)
        self._usual = (usual + layout.delimiter + layout.line_end).encode(self._shown)
        # Latin-1, which Python encodes much faster, has most characters in the same places as the others
        alike = (byte for byte in self._usual if bytes([byte]).decode(self._shown) == chr(byte))
        self._usual_in_latin = bytes(alike)

    def encoded(self, documents: Sequence[bytes]) -> bytes | None:
        """Return the encoded documents, each row with its line end; None if one of them needs the Writer."""
        text = b"".join(documents)
        mark, delimiter = self._stands_for
        number = len(documents) + text.count(self._separator)
        # as many as between the columns, so none is inside a text
        if text.count(mark) != number * self._between:
            return None
        text = text.replace(b"\n", self._line_end).replace(self._separator, self._line_end)
        if mark != delimiter:
            text = text.replace(mark, delimiter)
        shown = self._as_shown(text)
        return text if shown and self._codec == "utf-8" else shown

    def _as_shown(self, text: bytes) -> bytes | None:
        """Return the text in a single-byte encoding; None if it contains any unusual character."""
        for codec, usual in (("latin-1", self._usual_in_latin), (self._shown, self._usual)):
            try:
                shown = text if text.isascii() else text.decode().encode(codec)
            except UnicodeEncodeError:
                continue
            if not shown.translate(None, usual):
                return shown
        return None

    def odd(self, documents: Sequence[bytes]) -> list[int]:
        """Return the positions of the documents that need the Writer, found by bisection."""
        if self.encoded(documents) is not None:
            return []
        if len(documents) == 1:
            return [0]
        middle = len(documents) // 2
        after = self.odd(documents[middle:])
        return self.odd(documents[:middle]) + [middle + place for place in after]
