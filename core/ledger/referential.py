"""Codes in rows of the référentiel, and how rows received before are recognised."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .findings import Finding
from .layouts import Row

#: Maximum length of a code, which is indexed by the database.
MAX_CODE = 200
#: Leading digits of a mark, by which its group is found: with a million marks, a group is a few kilobytes.
START = 3
_SPOILED = re.compile(r"[0-9](?:[.,][0-9]+)?[Ee][+-][0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code in a row, identified by (company, kind, code); `details` are its other values."""

    company: str
    code: str
    name: str
    details: dict[str, str]


def code_row(row: Row, company: str = "") -> CodeRow:
    """Return the CodeRow of a row read with a référentiel layout; `company` is the file's, for rows without one."""
    values = dict(row.values)
    code, name = values.pop("code"), values.pop("name")
    owner = values.pop("company", "") or company
    details = {
        key: value if isinstance(value, str) else _plain(value)
        for key, value in values.items()
        if value is not None and value != ""
    }
    return CodeRow(owner, code, name, details)


def code_fault(row: Row) -> Finding | None:
    """Return why the code of a row cannot be one: too long, or taken for a number by a spreadsheet (401000 saved as
    4,01E+05 is lost)."""
    code = row.values["code"]
    params = {"line": row.line, "column": "code", "value": code[:60]}
    if len(code) > MAX_CODE:
        return Finding("text_too_wide", "code", {**params, "width": MAX_CODE}, line=row.line)
    return Finding("code_spoiled", "code", params, line=row.line) if _SPOILED.fullmatch(code) else None


def code_duplicate(line: int, code: str, first: int) -> Finding:
    """Return the finding of a conflicting duplicate of a code: the first row wins."""
    return Finding("code_duplicate", "code", {"line": line, "code": code, "first": first}, line=line)


def code_without_zeros(line: int, code: str, known: str) -> Finding:
    """Return the finding of a code that differs from a known one by its zeros: a spreadsheet took them away."""
    return Finding("code_zeros", "code", {"line": line, "code": code, "known": known}, line=line)


def deactivation_held(kind: str, count: int) -> Finding:
    """Return the finding of missing codes that unreadable rows may contain: none is deactivated."""
    return Finding("deactivation_held", "code", {"kind": kind, "count": count}, blocking=False)


def company_not_known(kind: str, company: str, count: int, names: str) -> Finding:
    """Return the finding of rows of a company code that is unknown while companies wait for theirs.

    :param names: the companies without a code, or with a code of which no row has come
    """
    params = {"kind": kind, "company": company, "count": count, "names": names}
    return Finding("company_not_known", "company", params, blocking=False)


def no_rows(kind: str, count: int) -> Finding:
    """Return the finding of files without any row: no code counts as missing."""
    return Finding("deactivation_no_rows", "code", {"kind": kind, "count": count}, blocking=False)


def missing_share(kind: str, missing: int, known: int, limit: int, few: int = 1) -> Finding | None:
    """Return the finding of so many missing codes that the files are probably incomplete; None for few.

    A single code may always be missing: of three journals, one is a third.

    :param limit: percent of the known codes that may be missing
    :param few: number of codes that may be missing whatever their share
    """
    if missing <= few or missing * 100 <= known * limit:
        return None
    params = {"kind": kind, "count": missing, "known": known, "limit": limit}
    return Finding("deactivation_share", "code", params, blocking=False)


def ambiguous(code: str, names: str) -> Finding:
    """Return the finding of a code that matches several records by reference: a person chooses."""
    return Finding("binding_ambiguous", "code", {"code": code, "names": names})


class Marks:
    """Marks of the rows received before (see Reader), a dozen bytes each.

    `groups`: (first START digits of a mark, concatenated bytes of all marks that begin with them).
    """

    def __init__(self, groups: Iterable[tuple[str, bytes]] = ()) -> None:
        self._groups = dict(groups)

    def __contains__(self, mark: object) -> bool:
        text = str(mark)
        # a match across two marks is as unlikely as two rows with the same mark
        return bytes.fromhex(text) in self._groups.get(text[:START], b"")


def _plain(value: Decimal | date) -> str:
    return value.isoformat() if isinstance(value, date) else format(value.normalize(), "f")
