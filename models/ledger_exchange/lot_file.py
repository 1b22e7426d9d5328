"""The file of a lot while it is made: hashed and packed piece by piece, so that its size in memory stays flat."""

import hashlib
import zlib

#: Most of the work of packing for most of the gain; content and trace are packed once.
LEVEL = 1


class LotFile:
    """Takes the pieces of a file, each made of whole rows with their line ends.

    After `close`: `size` in bytes, `sha256` in hex, `packed`, its content compressed (zlib).
    """

    def __init__(self, writer):
        self._writer, self._layout = writer, writer.layout
        self._hash, self._packing = hashlib.sha256(), zlib.compressobj(LEVEL)
        self._held, self._parts = writer.opening(), []
        self.size, self.sha256, self.packed = 0, "", b""

    def add(self, data):
        """Add some rows."""
        if data:
            self._take(self._held)
            # whether a line end follows the last row is known at the end
            self._held = data

    def add_rendered(self, parts):
        """Add what the Writer made of a document."""
        self.add(b"".join(map(self._writer.bytes_of, parts)))

    def close(self):
        """Take what is left. Returns itself."""
        if not self._layout.trailing_newline:
            self._held = self._held.removesuffix(self._layout.line_end.encode())
        self._take(self._held)
        self._parts.append(self._packing.flush())
        self.sha256, self.packed = self._hash.hexdigest(), b"".join(self._parts)
        return self

    def _take(self, data):
        self.size += len(data)
        self._hash.update(data)
        self._parts.append(self._packing.compress(data))
