"""The file of a lot under construction, hashed and compressed piece by piece to use little memory."""

import hashlib
import zlib

#: zlib's fastest level achieves most of the compression. The result serves the stored content and the trace.
LEVEL = 1


class LotFile:
    """Collects the pieces of a file, each of whole rows with their line ends.

    After `close`: `size` in bytes, `sha256` in hex, `packed` (content compressed with zlib).
    """

    def __init__(self, writer):
        self._writer, self._layout = writer, writer.layout
        self._hash, self._packing = hashlib.sha256(), zlib.compressobj(LEVEL)
        self._held, self._parts = writer.opening(), []
        self.size, self.sha256, self.packed = 0, "", b""

    def add(self, data):
        """Add rows."""
        if data:
            self._append(self._held)
            # held back: the layout decides in `close` whether a line end follows the last row
            self._held = data

    def add_rendered(self, parts):
        """Add the rows that `Writer` rendered for a document."""
        self.add(b"".join(map(self._writer.bytes_of, parts)))

    def close(self):
        """Append the last piece and finish the digest and the compression. Returns itself."""
        if not self._layout.trailing_newline:
            self._held = self._held.removesuffix(self._layout.line_end.encode())
        self._append(self._held)
        self._parts.append(self._packing.flush())
        self.sha256, self.packed = self._hash.hexdigest(), b"".join(self._parts)
        return self

    def _append(self, data):
        self.size += len(data)
        self._hash.update(data)
        self._parts.append(self._packing.compress(data))
