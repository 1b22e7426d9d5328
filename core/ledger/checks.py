"""Finds everything that prevents a document from being sent, each finding with the field to correct."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .analytics import split_document
from .findings import Finding
from .fingerprint import ContentChange
from .layouts import Rendered, Writer
from .records import IN_DOUBT, ZERO, Document, closed_code
from .text import is_blank

# The writer can always substitute something; a person must decide whether "?" is acceptable in the accounts.
BLOCKING_TEXT = frozenset({"text_unwritable"})


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What the accounting system accepts: `journals` as (company, code), `locked` companies, `currencies` exchanged."""

    journals: frozenset[tuple[str, str]]
    currencies: frozenset[str]
    locked: frozenset[str] = frozenset()


def examine(document: Document, context: CheckContext, writer: Writer) -> tuple[tuple[Finding, ...], Rendered]:
    """Return (all findings of a document, Rendered): the checked rows are those written to the file.

    The findings include remarks; those with `blocking` prevent the export.

    :param writer: of the layout and the lot that the document would be exported in
    """
    document, analytic = split_document(document, writer.writes("analytic_section"))
    findings = [*_head_findings(document, context), *_line_findings(document), *_balance_findings(document), *analytic]
    findings += _due_date_findings(document, writer)
    rendered = writer.render(document)
    if not findings and not rendered.findings:
        return (), rendered
    reported = {finding.field for finding in findings}
    for finding in rendered.findings:
        if finding.code == "required_missing" and finding.field in reported:
            continue
        findings.append(replace(finding, blocking=True) if finding.code in BLOCKING_TEXT else finding)
    return tuple(replace(finding, document=document.number) for finding in findings), rendered


def _head_findings(document: Document, context: CheckContext) -> Iterator[Finding]:
    if not document.company:
        yield Finding("company_unbound", "company")
    elif document.company in context.locked:
        yield Finding("company_locked", "company", {"company": document.company})
    if not document.journal and document.journal_closed:
        yield _closed("journal_closed", "journal", document.journal_closed, document.journal_name)
    elif (document.company, document.journal) not in context.journals:
        params = {"journal": document.journal or document.journal_name, "company": document.company}
        yield Finding("journal_unknown", "journal", params)
    if is_blank(document.number):
        yield Finding("document_number_missing", "number")
    if document.currency not in context.currencies:
        yield Finding("currency_unknown", "currency", {"currency": document.currency})
    if document.is_foreign and document.rate <= 0:
        params = {"currency": document.currency, "ledger_currency": document.ledger_currency}
        yield Finding("rate_missing", "rate", params)


def _line_findings(document: Document) -> Iterator[Finding]:
    for place, line in enumerate(document.lines, 1):
        if not line.account:
            name = line.account_name or f"line {place}"
            if line.account_closed:
                yield _closed("account_closed", "account", line.account_closed, name, place)
            else:
                yield Finding("account_unbound", "account", {"name": name}, line=place)
        if line.is_third_party and not line.third_party:
            name = line.third_party_name or f"line {place}"
            if line.third_party_closed:
                doubtful = closed_code(line.third_party_closed)[1] == IN_DOUBT
                code = "third_party_doubtful" if doubtful else "third_party_closed"
                yield _closed(code, "third_party", line.third_party_closed, name, place)
            else:
                yield Finding("third_party_unbound", "third_party", {"name": name}, line=place)
        if line.is_third_party and not line.due_date:
            yield Finding("due_date_missing", "due_date", {"position": place}, line=place)


def _due_date_findings(document: Document, writer: Writer) -> Iterator[Finding]:
    """Report several due dates if the file has one per document: the last one is written."""
    if not writer.writes("document_due_date") or writer.writes("due_date"):
        return
    days = {line.due_date for line in document.lines if line.is_third_party and line.due_date}
    if len(days) > 1:
        params = {"count": len(days), "date": str(document.document_due_date)}
        yield Finding("due_dates_several", "document_due_date", params, blocking=False)


def _closed(code: str, field: str, closed: str, name: str, line: int = 0) -> Finding:
    """Return the finding of a record whose only code is closed."""
    was, day = closed_code(closed)
    return Finding(code, field, {"code": was, "name": name, "date": day or "?"}, line=line)


def check_update(document: Document, change: ContentChange, context: CheckContext) -> tuple[Finding, ...]:
    """Return what prevents an update from being sent: a changed value that the accounting system has no code for."""
    findings = []
    if document.company in context.locked:
        findings.append(Finding("company_locked", "company", {"company": document.company}))
    if "payment_mode" in change.updatable and not document.payment_mode and document.payment_mode_name:
        # an empty value would erase the present one
        name = document.payment_mode_name
        if document.payment_mode_closed:
            findings.append(_closed("payment_mode_closed", "payment_mode", document.payment_mode_closed, name))
        else:
            findings.append(Finding("payment_mode_unbound", "payment_mode", {"name": name}))
    return tuple(findings)


def with_closed_codes(document: Document) -> Document:
    """Return a document already sent, with its codes as when they were open."""
    lines = tuple(
        replace(
            line,
            account=line.account or closed_code(line.account_closed)[0],
            third_party=line.third_party or closed_code(line.third_party_closed)[0],
            vat_profile=line.vat_profile or closed_code(line.vat_profile_closed)[0],
        )
        for line in document.lines
    )
    return replace(
        document,
        lines=lines,
        journal=document.journal or closed_code(document.journal_closed)[0],
        document_third_party=document.document_third_party or closed_code(document.document_third_party_closed)[0],
        payment_mode=document.payment_mode or closed_code(document.payment_mode_closed)[0],
    )


def _balance_findings(document: Document) -> Iterator[Finding]:
    if not document.lines:
        yield Finding("document_empty", "lines")
    debit = sum((line.debit for line in document.lines), ZERO)
    credit = sum((line.credit for line in document.lines), ZERO)
    if debit != credit:
        params = {"debit": debit, "credit": credit, "difference": debit - credit}
        yield Finding("unbalanced", "balance", params)
