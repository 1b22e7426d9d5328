"""Scans of bills that somebody puts into a directory: which files are whole PDF documents."""

from collections.abc import Iterable

from .findings import Finding, NameRefused, TransportError
from .remote_files import name_parts

#: Names under which copying programs write a file that is not whole yet.
PARTIAL = (".part", ".partial", ".filepart", ".tmp", ".crdownload")
#: Where PDF readers look for the mark of the beginning and of the end, in bytes.
HEAD, TAIL = 1024, 2048
#: What may follow the end of a document: nothing of it is read.
PADDING = b"\x00\xff\x1a \t\r\n\x0c"


def is_partial(name: str) -> bool:
    """Whether the file is still being copied, by its name: it is left alone."""
    return name.lower().endswith(PARTIAL)


def check_scan(name: str, data: bytes) -> None:
    """Raises TransportError (scan_empty, scan_not_pdf, scan_cut) where the bytes are not a whole PDF document."""
    if not data:
        raise TransportError("scan_empty", name=name)
    if b"%PDF-" not in data[:HEAD]:
        raise TransportError("scan_not_pdf", name=name)
    # copiers fill the last block of a file with zeros
    if b"%%EOF" not in data.rstrip(PADDING)[-TAIL:]:
        raise TransportError("scan_cut", name=name)


def check_directory(directory: str, folders: Iterable[str]) -> None:
    """Raises NameRefused where the scan directory is, holds or lies in one of the exchange's own folders."""
    scans = name_parts(directory)
    for folder in map(name_parts, folders):
        shorter = min(len(scans), len(folder))
        if scans[:shorter] == folder[:shorter]:
            raise NameRefused("name_refused", name=directory)


def journal_missing(company: str) -> Finding:
    """The Finding of a company (name) that has no journal to enter its scanned bills in."""
    return Finding("scan_journal_missing", "journal", {"company": company})
