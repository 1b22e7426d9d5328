"""Payments that the accounting system reports: what a row says, which bills it pays, which payment it cancels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .findings import Finding
from .layouts import Row

PAYMENT, REFUSAL, REVERSAL = "payment", "refusal", "reversal"
#: Movements that cancel an earlier payment: refused by the bank, or reversed in the accounting system.
CANCELLING = (REFUSAL, REVERSAL)
#: Means of payment that are named here; any other word is kept and shown as the accounting system writes it.
MODES = ("direct_debit", "transfer", "cheque", "card", "interbank_slip", "cash", "postal_order")
#: Values of a payment that never change: a row with the same reference and other values contradicts the first one.
ESSENTIAL = ("company", "sense", "number", "date", "amount", "cancels")
#: Maximum length of references, numbers and letters, which the database indexes.
MAX_TEXT = 64


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A movement in a row, identified by its `reference`; `amount` is positive, `sense` says what it does.

    `number` is the document paid, `letter` the letter shared by what pays and what is paid (lettrage), `cancels` the
    reference of the payment that a refusal or reversal is about.
    """

    reference: str
    date: date
    amount: Decimal
    sense: str = PAYMENT
    company: str = ""
    number: str = ""
    third_party: str = ""
    mode: str = ""
    letter: str = ""
    cancels: str = ""
    message: str = ""
    line: int = 0
    #: Cancelled because its amount is negative, not because a word says so.
    by_sign: bool = False


def payment_row(row: Row, company: str = "") -> PaymentRow | Finding:
    """Return the PaymentRow of a row read with a layout of payments, or why it cannot be one.

    :param company: code of the company of the file, for rows without one
    """
    values = row.values
    texts = {name: str(values.get(name) or "") for name in ("reference", "number", "third_party", "letter", "cancels")}
    for name, text in texts.items():
        if len(text) > MAX_TEXT:
            params = {"line": row.line, "column": name, "value": text[:MAX_TEXT], "width": MAX_TEXT}
            return Finding("text_too_wide", name, params, line=row.line)
    amount = values["amount"]
    if not amount:
        return Finding("payment_zero", "amount", {"line": row.line, **_about(values)}, line=row.line)
    if amount != round(amount, 2):
        params = {"line": row.line, "value": str(amount), "column": "amount"}
        return Finding("amount_too_precise", "amount", params, line=row.line)
    sense = values.get("sense") or PAYMENT
    by_sign = sense == PAYMENT and amount < 0
    return PaymentRow(
        date=values["date"],
        amount=abs(amount),
        # a negative payment takes money back, whatever it is called; a cancellation does so with either sign
        sense=REVERSAL if by_sign else sense,
        by_sign=by_sign,
        company=str(values.get("company") or "") or company,
        mode=str(values.get("payment_mode") or ""),
        message=str(values.get("message") or ""),
        line=row.line,
        **texts,
    )


def contradiction(row: PaymentRow, known: PaymentRow) -> Finding | None:
    """Return how a row contradicts the one that came before under its reference; None if it says the same."""
    changed = [name for name in ESSENTIAL if getattr(row, name) != getattr(known, name)]
    if not changed:
        return None
    params = {"line": row.line, "reference": row.reference, "fields": ", ".join(changed)}
    return Finding("payment_changed", changed[0], params, line=row.line)


def company_unknown(row: PaymentRow) -> Finding:
    """Return the finding of a row that names no company of the connector."""
    params = {"line": row.line, "reference": row.reference, "company": row.company}
    return Finding("payment_company_unknown", "company", params, line=row.line)


@dataclass(frozen=True, slots=True)
class Allocation:
    """How a payment is allocated: (bill, amount) in order, and what is `left` as credit."""

    shares: tuple[tuple[int, Decimal], ...]
    left: Decimal


class OpenBills:
    """Bills with what remains due on each of them, while payments are allocated one after the other."""

    def __init__(self, due: Mapping[int, Decimal]) -> None:
        self._due = dict(due)

    def allocate(self, amount: Decimal, own: int | None, lettered: Sequence[int] = ()) -> Allocation:
        """Allocate a payment to the bill that it names, then to those of its letter, the oldest first.

        The accounting system decides what is paid: nothing else of the same customer is touched.

        :param own: the bill that the payment names, if any
        :param lettered: the bills of its letter, the oldest first
        """
        shares: list[tuple[int, Decimal]] = []
        bills = dict.fromkeys([*((own,) if own else ()), *lettered])
        for bill in bills:
            share = min(amount, self._due.get(bill, Decimal(0)))
            if share > 0:
                shares.append((bill, share))
                self._due[bill] -= share
                amount -= share
        return Allocation(tuple(shares), amount)


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """A registered payment that may be cancelled: the caller's `record`, and the amount `left` to cancel."""

    record: int
    reference: str
    number: str
    left: Decimal


def cancelled_payment(row: PaymentRow, known: Iterable[KnownPayment]) -> KnownPayment | Finding:
    """Return the payment that a refusal or reversal is about, or why it cannot be known.

    It names the reference of the payment; or else its document, of which there is one such payment only.
    """
    found = _candidates(row, list(known))
    what = row.cancels or row.number
    if not found:
        return _waits("payment_cancels_unknown", row, what=what)
    if len(found) > 1:
        return _waits("payment_cancels_several", row, what=what, count=len(found))
    if row.amount > found[0].left:
        return _waits("payment_cancels_more", row, amount=str(row.amount), left=str(found[0].left), what=what)
    return found[0]


def pays_credit_note(row: PaymentRow, is_credit_note: bool, known: Iterable[KnownPayment]) -> bool:
    """Return whether a negative payment pays a credit note back, as some systems report it, and reverses nothing.

    :param is_credit_note: whether the document that it names is a credit note
    :param known: the payments of that document
    """
    return row.by_sign and not row.cancels and is_credit_note and not any(payment.left for payment in known)


def _candidates(row: PaymentRow, known: list[KnownPayment]) -> list[KnownPayment]:
    if row.cancels:
        return [payment for payment in known if payment.reference == row.cancels]
    of_document = [payment for payment in known if row.number and payment.number == row.number and payment.left]
    same = [payment for payment in of_document if payment.left == row.amount]
    return same or of_document


def _waits(code: str, row: PaymentRow, **params: object) -> Finding:
    return Finding(code, "", {"reference": row.reference, **params}, row.number)


def document_unknown(row: PaymentRow) -> Finding:
    """Return the finding of a payment whose document is not known (yet)."""
    if row.number:
        return _waits("payment_document_unknown", row, number=row.number, company=row.company)
    if row.letter:
        return _waits("payment_letter_unknown", row, letter=row.letter)
    return _waits("payment_names_nothing", row)


def _about(values: Mapping[str, object]) -> dict[str, str]:
    return {"reference": str(values.get("reference") or "")}
