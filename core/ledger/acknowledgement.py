"""What a report of the accounting system means for the documents that were sent."""

from dataclasses import dataclass

from .findings import Finding
from .layouts import BadRow

STATUSES = {"accepted": ("accept", "integrated"), "rejected": ("reject", "rejected")}
AWAITING = ("exporting", "exported")


@dataclass(frozen=True, slots=True)
class SentDocument:
    """A document as far as an answer is concerned: the caller's `record`, its state and the lot it last left
    in."""

    record: int
    company: str
    number: str
    state: str
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """`accepted`: records to mark integrated; `rejected`: (record, finding) to mark rejected; `findings`:
    rows that change nothing (unreadable, unknown, duplicate, late, contradicting), remarks where nothing is
    to be done."""

    accepted: tuple[int, ...]
    rejected: tuple[tuple[int, Finding], ...]
    findings: tuple[Finding, ...]


def read_answers(rows, documents, lot=""):
    """Sorts the rows (Row and BadRow) of one report; the first answer about a document in flight counts.

    `documents`: the SentDocument of any of the numbers in the report; `lot`: the lot that the report answers
    when its file name says it, so that a late report is not taken for the answer to a newer lot.
    """
    known = {(document.company, document.number): document for document in documents}
    accepted, rejected, findings, answered = [], [], [], {}
    for row in rows:
        if isinstance(row, BadRow):
            findings.extend(row.findings)
            continue
        status = row.values["status"].casefold()
        document = known.get((row.values["company"], row.values["number"]))
        finding = _objection(row, status, document, lot, answered)
        if finding:
            findings.append(finding)
            continue
        answered[document.record] = STATUSES[status][1]
        if status == "accepted":
            accepted.append(document.record)
        else:
            rejected.append((document.record, _rejection(row)))
    return Answers(tuple(accepted), tuple(rejected), tuple(findings))


def _objection(row, status, document, lot, answered):
    """Why a row changes nothing, or None when it is the awaited answer."""
    values, line = row.values, row.line
    params = {"line": line, "number": values["number"], "company": values["company"], "status": status}

    def finding(code, blocking=True, **more):
        return Finding(code, "status", {**params, **more}, values["number"], line, blocking=blocking)

    if status not in STATUSES:
        return finding("status_wrong", value=values["status"][:60])
    if document is None:
        return finding("acknowledgement_unknown")
    if lot and document.lot and lot != document.lot:
        return finding("acknowledgement_late", blocking=False, lot=lot, current=document.lot)
    state = answered.get(document.record, document.state)
    if state in AWAITING:
        return None
    if state == STATUSES[status][1]:
        return finding("acknowledgement_duplicate", blocking=False)
    if state == "to_export":
        return finding("acknowledgement_unexpected")
    return finding("acknowledgement_contradicts", state=state)


def _rejection(row):
    values = row.values
    params = {"code": values.get("code", ""), "message": values.get("message", "")}
    return Finding("acknowledgement_rejected", "", params, values["number"], row.line)


def whole_refusal(lot):
    """What each document of a lot is told when the accounting system refused the file as a whole."""
    return Finding("lot_refused", "", {"lot": lot})
