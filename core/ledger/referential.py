"""What a row of the référentiel tells of a code, and how rows that came in before are known again."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .findings import Finding
from .layouts import Row

#: Characters of a code, at most: databases index it.
MAX_CODE = 200
#: Digits of a mark that its group is found by: with a million marks, a group is a few kilobytes.
START = 3


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code as a row tells it: identified by (company, kind, code); `details` are its other values."""

    company: str
    code: str
    name: str
    details: dict[str, str]


def code_row(row: Row, company: str = "") -> CodeRow:
    """The CodeRow of a row read in a référentiel layout; `company` is whose file it is when the row does not
    say."""
    values = dict(row.values)
    code, name = values.pop("code"), values.pop("name")
    owner = values.pop("company", "") or company
    details = {
        key: value if isinstance(value, str) else _plain(value)
        for key, value in values.items()
        if value is not None and value != ""
    }
    return CodeRow(owner, code, name, details)


def code_duplicate(line: int, code: str, first: int) -> Finding:
    """A row says another thing of a code than the first one that names it, which counts."""
    return Finding("code_duplicate", "code", {"line": line, "code": code, "first": first}, line=line)


def deactivation_held(kind: str, count: int) -> Finding:
    """Codes are missing that rows which cannot be read may hold: none is deactivated."""
    return Finding("deactivation_held", "code", {"kind": kind, "count": count}, blocking=False)


def no_rows(kind: str, count: int) -> Finding:
    """Files without a single row: nothing is taken for missing."""
    return Finding("deactivation_no_rows", "code", {"kind": kind, "count": count}, blocking=False)


def missing_share(kind: str, missing: int, known: int, limit: int) -> Finding | None:
    """The Finding of codes that are missing in such a number that the files are hardly whole; None for few.

    A single code may always go: of three journals, one is a third.

    :param limit: percent of the known codes that may be missing
    """
    if missing <= 1 or missing * 100 <= known * limit:
        return None
    params = {"kind": kind, "count": missing, "known": known, "limit": limit}
    return Finding("deactivation_share", "code", params, blocking=False)


def ambiguous(code: str, names: str) -> Finding:
    """A code that is the reference of several records: a person says which one it stands for."""
    return Finding("binding_ambiguous", "code", {"code": code, "names": names})


class Marks:
    """Marks of the rows that came in before (see Reader), a dozen bytes each.

    `groups`: (first START digits of a mark, all marks that begin so, as bytes, one after the other).
    """

    def __init__(self, groups: Iterable[tuple[str, bytes]] = ()) -> None:
        self._groups = dict(groups)

    def __contains__(self, mark: object) -> bool:
        text = str(mark)
        # one that lies across two others is as likely as two rows of the same mark
        return bytes.fromhex(text) in self._groups.get(text[:START], b"")


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")
