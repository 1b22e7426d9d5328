"""Findings about the answers of the accounting system."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from .findings import Finding
from .layouts import BadRow, Row
from .layouts.words import folded

#: Reasons by which systems refuse what they have: the first delivery is valid.
_ALREADY_THERE = re.compile(r"\b(doublon|duplicate|deja|already (exists?|there|received|posted|imported|integrated))")


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """An answer about a lot as a whole, or about its documents of one `company`: its `record`, the `status` (accepted,
    rejected), the finding of a rejection, its line."""

    record: int
    company: str
    status: str
    finding: Finding
    line: int


def number_missing(row: Row) -> Finding:
    return Finding("value_missing", "number", {"line": row.line, "column": "number"}, line=row.line)


def remark(code: str, row: Row, blocking: bool = True, **more: object) -> Finding:
    values, line = row.values, row.line
    params = {"line": line, **{name: values[name] for name in ("number", "company", "status")}, **more}
    return Finding(code, "status", params, values["number"], line, blocking=blocking)


def pending(row: Row | BadRow) -> Finding:
    number = str(row.values.get("number") or "?")
    return Finding(
        "acknowledgement_pending", "status", {"line": row.line, "number": number}, "", row.line, blocking=False
    )


def rejection(row: Row) -> Finding:
    why = reason(row)
    is_there = any(_ALREADY_THERE.search(folded(text)) for text in why.values())
    code = "acknowledgement_already_there" if is_there else "acknowledgement_rejected"
    return Finding(code, "", why, row.values["number"], row.line)


def with_reason(finding: Finding, row: Row) -> Finding:
    """Return a rejection with one more reason."""
    params = dict(finding.params)
    for name, text in reason(row).items():
        if text and text not in str(params[name]).split(" / "):
            params[name] = f"{params[name]} / {text}" if params[name] else text
    return replace(finding, params=params)


def reason(row: Row | BadRow) -> Mapping[str, str]:
    return {name: str(row.values.get(name) or "") for name in ("code", "message")}


def file_answered(answer: FileAnswer, lot: str, state: str) -> Finding:
    """Return the remark on an answer about a lot of which no document waits.

    :param state: of the lot: refused, or another one if its documents were answered one by one
    """
    params = {"line": answer.line, "number": lot, "company": answer.company or "?", "status": answer.status}
    if (state == "refused") == (answer.status == "rejected"):
        return Finding("acknowledgement_duplicate", "status", params, lot, answer.line, blocking=False)
    params["state"] = "rejected" if state == "refused" else "integrated"
    return Finding("acknowledgement_contradicts", "status", params, lot, answer.line)


def whole_refusal(lot: str, code: str = "", message: str = "") -> Finding:
    """Return the finding of each document of a lot whose file the accounting system refused as a whole."""
    if not (code or message):
        return Finding("lot_refused", "", {"lot": lot})
    return Finding("lot_refused_because", "", {"lot": lot, "code": code, "message": message})
