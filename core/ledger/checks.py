"""Everything that prevents a document from being sent, found at once, each with the field to correct."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .findings import Finding
from .layouts import Rendered, Writer
from .records import ZERO, Document
from .text import is_blank

# The writer can always put something in place; a person must decide whether "?" is right in the accounts.
BLOCKING_TEXT = frozenset({"text_unwritable"})


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What the accounting system knows: `journals` as (company, code), `locked` companies, `currencies`
    exchanged."""

    journals: frozenset[tuple[str, str]]
    currencies: frozenset[str]
    locked: frozenset[str] = frozenset()


def check_document(document: Document, context: CheckContext, writer: Writer) -> tuple[Finding, ...]:
    """All findings of a document (tuple, empty when all is well), remarks included: blocking says which ones
    stop it.

    `writer` is the Writer of the layout and lot that the document would leave in.
    """
    return examine(document, context, writer)[0]


def examine(document: Document, context: CheckContext, writer: Writer) -> tuple[tuple[Finding, ...], Rendered]:
    """(findings as in check_document, Rendered): the rows that were checked are those that the file takes."""
    findings = [*_head_findings(document, context), *_line_findings(document), *_balance_findings(document)]
    rendered = writer.render(document)
    if not findings and not rendered.findings:
        return (), rendered
    said = {finding.field for finding in findings}
    for finding in rendered.findings:
        if finding.code == "required_missing" and finding.field in said:
            continue
        findings.append(replace(finding, blocking=True) if finding.code in BLOCKING_TEXT else finding)
    return tuple(replace(finding, document=document.number) for finding in findings), rendered


def _head_findings(document: Document, context: CheckContext) -> Iterator[Finding]:
    if not document.company:
        yield Finding("company_unbound", "company")
    elif document.company in context.locked:
        yield Finding("company_locked", "company", {"company": document.company})
    if (document.company, document.journal) not in context.journals:
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
            yield Finding("account_unbound", "account", {"name": name}, line=place)
        if line.is_third_party and not line.third_party:
            name = line.third_party_name or f"line {place}"
            yield Finding("third_party_unbound", "third_party", {"name": name}, line=place)
        if line.is_third_party and not line.due_date:
            yield Finding("due_date_missing", "due_date", {"position": place}, line=place)


def _balance_findings(document: Document) -> Iterator[Finding]:
    if not document.lines:
        yield Finding("document_empty", "lines")
    debit = sum((line.debit for line in document.lines), ZERO)
    credit = sum((line.credit for line in document.lines), ZERO)
    if debit != credit:
        params = {"debit": debit, "credit": credit, "difference": debit - credit}
        yield Finding("unbalanced", "balance", params)
