"""Joins PDF documents into one file in little memory: each object is written as soon as it is read.

Contents that repeat, such as a logo or the note enclosed with each bill, are written once. The libraries that Odoo
uses keep every object of the new file in memory instead: 570 MB for 2,400 bills.
"""

import hashlib
import inspect
import io

from odoo.tools.pdf import ArrayObject, DictionaryObject, IndirectObject, NameObject, NumberObject, PdfReader, generic

CATALOG, PAGES = 1, 2
# PyPDF2, which Debian 12 ships, needs the key of an encryption
_KEY = (None,) if "encryption_key" in inspect.signature(NameObject.write_to_stream).parameters else ()


class PdfJoin:
    """Writes a PDF file from the pages of other documents; `close` completes it.

    :param target: a binary file, open for writing
    """

    def __init__(self, target):
        self._target, self._size = target, 0
        self._offsets, self._pages, self._known = {}, [], {}
        self._last = PAGES
        self._put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def append(self, data: bytes) -> int:
        """Append the pages of a document; return their number."""
        pages = list(PdfReader(io.BytesIO(data)).pages)
        numbers = {}
        for page in pages:
            # numbered first, since an annotation or a link may lead back to the page
            numbers[page.indirect_reference.idnum] = self._new_number()
        for page in pages:
            own = {name: value for name, value in page.items() if name != "/Parent"}
            own["/Parent"] = IndirectObject(PAGES, 0, None)
            number = numbers[page.indirect_reference.idnum]
            self._write(number, self._dictionary(own, numbers))
            self._pages.append(number)
        return len(pages)

    def close(self):
        """Write the list of pages and the table of objects."""
        kids = b" ".join(b"%d 0 R" % number for number in self._pages)
        self._write(PAGES, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(self._pages), kids))
        self._write(CATALOG, b"<< /Type /Catalog /Pages %d 0 R >>" % PAGES)
        start, count = self._size, self._last + 1
        self._put(b"xref\n0 %d\n0000000000 65535 f \n" % count)
        for number in range(1, count):
            self._put(b"%010d 00000 n \n" % self._offsets[number])
        self._put(b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, CATALOG, start))

    def _new_number(self):
        self._last += 1
        return self._last

    def _put(self, data):
        self._target.write(data)
        self._size += len(data)

    def _write(self, number, body):
        self._offsets[number] = self._size
        self._put(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    def _number(self, reference, numbers):
        """Return the number in this file of an object of a document; write the object if it is new."""
        if reference.idnum in numbers:
            return numbers[reference.idnum]
        found = reference.get_object()
        if isinstance(found, generic.StreamObject):
            body = self._stream(found, numbers)
            content = hashlib.sha256(body).digest()
            if content not in self._known:
                self._known[content] = self._new_number()
                self._write(self._known[content], body)
            numbers[reference.idnum] = self._known[content]
        else:
            numbers[reference.idnum] = number = self._new_number()
            self._write(number, self._value(found, numbers))
        return numbers[reference.idnum]

    def _stream(self, stream, numbers):
        data = stream._data if isinstance(stream._data, bytes) else stream._data.encode("latin-1")
        head = {name: value for name, value in stream.items() if name != "/Length"} | {
            "/Length": NumberObject(len(data))
        }
        return self._dictionary(head, numbers) + b"\nstream\n" + data + b"\nendstream"

    def _dictionary(self, items, numbers):
        cells = [(NameObject(name), value) for name, value in items.items()]
        return b"<< " + b" ".join(self._value(each, numbers) for cell in cells for each in cell) + b" >>"

    def _value(self, value, numbers):
        if isinstance(value, IndirectObject):
            # the list of pages is this file's own
            own = value.pdf is None
            return b"%d 0 R" % (value.idnum if own else self._number(value, numbers))
        if isinstance(value, DictionaryObject):
            return self._dictionary(dict(value), numbers)
        if isinstance(value, ArrayObject):
            return b"[" + b" ".join(self._value(each, numbers) for each in list.__iter__(value)) + b"]"
        held = io.BytesIO()
        value.write_to_stream(held, *_KEY)
        return held.getvalue()
