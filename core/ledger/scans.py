"""Checks scanned bills in a directory: complete PDF documents and XML invoices are accepted."""

import contextlib
from collections.abc import Iterable, Iterator

from .e_invoices import is_invoice, is_xml, parse_xml
from .findings import Finding, NameRefused, TransportError
from .places import Place, local_place, overlap

#: Number of first and last bytes in which PDF readers look for the start and end markers.
HEAD, TAIL = 1024, 2048
#: Padding that may follow the end of a document.
PADDING = b"\x00\xff\x1a \t\r\n\x0c"


def check_scan(name: str, data: bytes, alone: bool = True) -> None:
    """Check that a file is a complete PDF document or an XML invoice.

    :param alone: False for an XML document beside its PDF, which does not have to be an invoice
    :raises TransportError: with the reason
    """
    if is_xml(name):
        root = parse_xml(name, data)
        if alone and not is_invoice(root):
            raise TransportError("invoice_xml_other", name=name)
        return
    if not data:
        raise TransportError("scan_empty", name=name)
    if b"%PDF-" not in data[:HEAD]:
        raise TransportError("scan_not_pdf", name=name)
    # some copying programs fill the last block of a file with zeros
    if b"%%EOF" not in data.rstrip(PADDING)[-TAIL:]:
        raise TransportError("scan_cut", name=name)


def check_directory(directory: str, folders: Iterable[str], others: Iterable[str] = ()) -> None:
    """Check that the scan directory overlaps neither with the exchange's own folders nor with another company's scans.

    :param others: scan directories of the other companies, whose bills are not this one's
    :raises NameRefused: it does
    """
    scans = local_place(directory)
    if any(overlap(scans, local_place(folder)) for folder in folders):
        raise NameRefused("name_refused", name=directory)
    if any(overlap(scans, other) for other in _places(others)):
        raise NameRefused("scan_directory_shared", name=directory)


def _places(directories: Iterable[str]) -> Iterator[Place]:
    """Yield the places of directories; what has no place is refused by itself."""
    for directory in directories:
        with contextlib.suppress(NameRefused):
            yield local_place(directory)


def journal_missing(company: str) -> Finding:
    """Return the finding of a company (name) without a journal for scanned bills."""
    return Finding("scan_journal_missing", "journal", {"company": company})
