"""Applies a report of the accounting system to the documents that were sent."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from .answer_findings import FileAnswer, number_missing, pending, reason, rejection, remark, whole_refusal, with_reason
from .findings import Finding
from .layouts import BadRow, Row

STATUSES = {"accepted": "integrated", "rejected": "rejected"}
#: Status of what the accounting system has not answered yet: a later report does.
PENDING = "pending"
AWAITING = ("exporting", "exported", "sent")
#: Values in the column of the number that mean the whole file.
WHOLE_FILE = ("", "?", "*", "-")


@dataclass(frozen=True, slots=True)
class SentDocument:
    """A document that was sent: the caller's `record`, company and number as they were sent, its state and the last
    lot that contained it."""

    record: int
    company: str
    number: str
    state: str
    lot: str = ""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A lot that was sent: the caller's `record`, its number and the name of its file."""

    record: int
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Answers:
    """Result of reading a report.

    `accepted`: records to mark integrated; `rejected`: (record, finding) to mark rejected; `files`: answers about whole
    lots; `findings`: rows that change nothing (unreadable, unknown, duplicate,
    late, contradicting), as remarks if they need no action; `unread`: number of rows that could not be understood, so
    that the report must be read again; `lines`: the line that answers each record.
    """

    accepted: tuple[int, ...] = ()
    rejected: tuple[tuple[int, Finding], ...] = ()
    files: tuple[FileAnswer, ...] = ()
    findings: tuple[Finding, ...] = ()
    unread: int = 0
    lines: Mapping[int, int] = field(default_factory=dict)


#: Returns the finding for a row whose processing raised an error.
Failed = Callable[[Row | BadRow, Exception], Finding]


def read_answers(
    rows: Iterable[Row | BadRow],
    documents: Iterable[SentDocument],
    lot: str = "",
    files: Iterable[SentFile] = (),
    failed: Failed | None = None,
    is_lot_known: bool = True,
) -> Answers:
    """Read the rows of one report; the first answer about a document in flight counts.

    :param documents: documents with any of the numbers in the report, as they were sent
    :param lot: the lot that the report's file name refers to, if any, so that a late report is not taken for the answer
        to a newer lot
    :param files: lots that the report may answer as a whole
    :param is_lot_known: whether that lot was sent; the name of a report may have something else in its place (its day),
        which says nothing of a document that waits for its answer
    :param failed: converts an unexpected error to a finding, so that the other rows are read; without it, it is raised
    """
    reading = _Reading(documents, files, lot, is_lot_known)
    for row in rows:
        try:
            reading.take(row)
        except Exception as error:
            if failed is None:
                raise
            reading.pass_over(failed(row, error))
    return reading.answers()


class _Reading:
    """Reads the rows of one report, one by one."""

    def __init__(
        self, documents: Iterable[SentDocument], files: Iterable[SentFile], lot: str, is_lot_known: bool
    ) -> None:
        self._lot, self._is_lot_known = lot, is_lot_known
        self._documents: dict[tuple[str, str], list[SentDocument]] = {}
        for document in {document.record: document for document in reversed(list(documents))}.values():
            self._documents.setdefault(_key(document.company, document.number), []).append(document)
        self._files = _by_name(files)
        self._accepted: list[int] = []
        self._rejected: dict[int, Finding] = {}
        self._file_answers: dict[tuple[int, str], FileAnswer] = {}
        # rows without a number in a report on one lot: about the whole of it, unless the report is about documents
        self._nameless: list[tuple[SentFile, Row | BadRow]] = []
        self._names_documents = False
        self._findings: list[Finding] = []
        self._answered: dict[int, str] = {}
        self._lines: dict[int, int] = {}
        self._references: dict[int, str] = {}
        self._unread = 0

    def answers(self) -> Answers:
        for file, row in self._nameless:
            if self._names_documents:
                self.pass_over(*(row.findings if isinstance(row, BadRow) else (number_missing(row),)))
            else:
                self._take_file(file, row)
        return Answers(
            tuple(self._accepted),
            tuple(self._rejected.items()),
            tuple(self._file_answers.values()),
            tuple(self._findings),
            self._unread,
            self._lines,
        )

    def pass_over(self, *findings: Finding) -> None:
        """Count a row as unread, with its findings."""
        self._unread += 1
        self._findings.extend(findings)

    def take(self, row: Row | BadRow) -> None:
        file = self._file_of(row)
        if row.values.get("status") == PENDING and _lacks_number_only(row):
            self._findings.append(pending(row))
        elif file and not _number(row):
            self._nameless.append((file, row))
        elif file:
            self._take_file(file, row)
        elif isinstance(row, BadRow):
            self.pass_over(*row.findings)
        else:
            self._names_documents = True
            self._take_document(row)

    def _take_file(self, file: SentFile, row: Row | BadRow) -> None:
        company = str(row.values.get("company") or "").strip()
        company = "" if company in WHOLE_FILE else company
        finding = whole_refusal(file.number, **reason(row))
        answer = FileAnswer(file.record, company, row.values["status"], finding, row.line)
        self._file_answers.setdefault((file.record, company.casefold()), answer)

    def _take_document(self, row: Row) -> None:
        status = row.values["status"]
        candidates = self._candidates(row)
        document = candidates[0] if candidates else None
        if document is None:
            self._findings.append(remark("acknowledgement_unknown", row))
        elif len(candidates) > 1:
            self._findings.append(remark("acknowledgement_ambiguous", row, count=len(candidates)))
        elif finding := self._objection(row, status, document):
            self._findings.append(finding)
            if status == "rejected" and document.record in self._rejected:
                self._rejected[document.record] = with_reason(self._rejected[document.record], row)
        else:
            self._answered[document.record] = STATUSES[status]
            self._lines[document.record] = row.line
            self._references[document.record] = row.values.get("external_reference") or ""
            if status == "accepted":
                self._accepted.append(document.record)
            else:
                self._rejected[document.record] = rejection(row)

    def _candidates(self, row: Row) -> list[SentDocument]:
        """Return the documents that a row may be about: several if those in flight have the same number.

        Numbers are compared as they are, or else without case; those of the report's lot come first.
        """
        company, number = row.values["company"], row.values["number"]
        found = self._documents.get(_key(company, number), [])
        if len(found) < 2:
            return found
        lot = self._lot.casefold()
        found = [document for document in found if (document.company, document.number) == (company, number)] or found
        found = [document for document in found if lot and document.lot.casefold() == lot] or found
        return [document for document in found if document.state in AWAITING] or found[:1]

    def _file_of(self, row: Row | BadRow) -> SentFile | None:
        """Return the lot that a row answers as a whole, if any.

        Such a row names the file of the lot, or names no document in a report on one lot.
        """
        number = _number(row)
        if row.values.get("status") not in STATUSES or not _lacks_number_only(row):
            return None
        if _key(str(row.values.get("company", "")), number) in self._documents:
            return None
        return self._files.get(_file_key(self._lot if number in WHOLE_FILE else number))

    def _objection(self, row: Row, status: str, document: SentDocument) -> Finding | None:
        """Return why a row changes nothing, or None if it is the expected answer."""
        state = self._answered.get(document.record, document.state)
        is_other = self._lot and document.lot and self._lot.casefold() != document.lot.casefold()
        if is_other and (self._is_lot_known or state not in AWAITING):
            return remark("acknowledgement_late", row, blocking=False, lot=self._lot, current=document.lot)
        if state in AWAITING:
            return None
        if state == STATUSES[status]:
            return self._repetition(row, status, document)
        if state == "to_export":
            return remark("acknowledgement_unexpected", row)
        if status == "accepted" and document.record not in self._answered:
            # corrected in the accounting system, or refused as a duplicate: sent again, it would be entered twice
            return None
        return remark("acknowledgement_contradicts", row, state=state)

    def _repetition(self, row: Row, status: str, document: SentDocument) -> Finding:
        """Return the remark on an answer given again, or the finding of a document that was accepted twice."""
        self._answered.setdefault(document.record, STATUSES[status])
        first, again = self._references.get(document.record, ""), row.values.get("external_reference") or ""
        if status == "accepted" and first and again and _key("", first) != _key("", again):
            line = self._lines[document.record]
            return remark("acknowledgement_twice", row, reference=again, first=first, first_line=line)
        return remark("acknowledgement_duplicate", row, blocking=False)


def _by_name(files: Iterable[SentFile]) -> dict[str, SentFile]:
    """Return the files by normalised number and name."""
    found = {}
    for file in files:
        for name in (file.number, file.name, file.name.rpartition(".")[0]):
            if name:
                found[_file_key(name)] = file
    return found


def _file_key(name: str) -> str:
    """Normalise the name of a file, which a system may give with its path, or in capitals."""
    return name.replace("\\", "/").rpartition("/")[2].casefold()


def _key(company: str, number: str) -> tuple[str, str]:
    """Normalise the company and number of a document, which a system may give in capitals."""
    return company.casefold(), number.casefold()


def _number(row: Row | BadRow) -> str:
    return str(row.values.get("number") or "").strip()


def _lacks_number_only(row: Row | BadRow) -> bool:
    if isinstance(row, Row):
        return True
    return all(finding.code == "value_missing" and finding.field in ("number", "company") for finding in row.findings)
