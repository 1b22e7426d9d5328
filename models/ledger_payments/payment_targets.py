"""Finds the documents that payments are about: by the number as sent, the present number, or the letter."""

from dataclasses import dataclass, field

from ...core.ledger.findings import Finding
from ...core.ledger.payments import document_unknown
from ..ledger_entries.entry_sql import TYPES


@dataclass
class Target:
    """Documents of a payment: the bill that it names, those of its letter, oldest first; or why it must wait."""

    bill: object
    lettered: object
    finding: Finding | None = field(default=None)

    @property
    def bills(self):
        return self.bill | self.lettered


class PaymentTargets:
    """Finds the targets of a set of payments of one connector, in a constant number of queries."""

    def __init__(self, connector, payments):
        self._connector, self._env, self._moves = connector, connector.env, connector.env["account.move"]
        lettered = self._rows_of_letters(payments)
        self._of_letter = lettered.grouped(lambda row: (row.company_id, row.letter))
        self._documents = self._documents_of({*payments.mapped("number"), *lettered.mapped("number")})

    def of(self, payment):
        """Return the Target of a payment."""
        found = self._documents.get(_key(payment.company_id, payment.number), self._moves)
        lettered = self._bills_of_letter(payment)
        bill = found[:1]
        return Target(bill, self._beside(bill, lettered), self._objection(payment, found, lettered))

    def _objection(self, payment, found, lettered):
        """Return why a payment must wait; None if it can be registered."""
        if not found and (payment.number or not lettered):
            return document_unknown(payment._to_core())
        if len(found) > 1:
            return self._finding("payment_document_several", payment, company=payment.company_id.ledger_code or "")
        if not found and len(lettered.commercial_partner_id) > 1:
            return self._finding("payment_letter_several", payment, letter=payment.letter)
        for bill in found or lettered:
            if bill.state != "posted":
                return self._finding("payment_bill_not_posted", payment, number=payment.number or bill.name or "")
            if bill.currency_id != payment.currency_id:
                return self._finding("payment_bill_foreign", payment, currency=bill.currency_id.name)
        return None

    def _finding(self, code, payment, **params):
        known = {"reference": payment.reference, "number": payment.number or ""}
        return Finding(code, "", {**known, **params})

    def _documents_of(self, numbers):
        """Return {(company, number): documents}: a number under which a document left is that document's for ever.

        Numbers are those of the payments; in capitals or small letters, they mean the same documents.
        """
        numbers = {form for number in numbers if number for form in (number, number.upper(), number.lower())}
        found, mine = {}, [("connector_id", "=", self._connector.id), ("number_sent", "in", list(numbers))]
        for document in self._env["ledger.document"].search(mine):
            found[_key(document.company_id, document.number_sent)] = document.move_id
        companies = [("company_id", "in", self._connector.company_ids.ids)]
        named = self._moves.search([*companies, ("name", "in", list(numbers)), ("move_type", "in", list(TYPES))])
        for key, moves in named.grouped(lambda move: _key(move.company_id, move.name)).items():
            found.setdefault(key, moves)
        return found

    def _rows_of_letters(self, payments):
        """Return all payments that have a letter of one of these payments."""
        letters = list(filter(None, payments.mapped("letter")))
        mine = [("connector_id", "=", self._connector.id), ("letter", "in", letters)]
        return self._env["ledger.payment"].search(mine) if letters else self._env["ledger.payment"]

    def _bills_of_letter(self, payment):
        """Return the documents of a payment's letter; a letter is used again for another third party."""
        if not payment.letter:
            return self._moves
        rows = self._of_letter.get((payment.company_id, payment.letter), payment.browse()).filtered(
            lambda row: not payment.third_party or not row.third_party or row.third_party == payment.third_party
        )
        found = [self._documents.get(_key(row.company_id, row.number), self._moves) for row in rows]
        bills = self._moves.union(*(moves for moves in found if len(moves) == 1))
        return bills.sorted(lambda bill: (bill.invoice_date_due or bill.date, bill.date, bill.id))

    def _beside(self, bill, lettered):
        """Return the bills of a letter that may be paid together with a bill: posted, of the same third party."""
        first = bill or lettered[:1]
        return lettered.filtered(
            lambda other: (
                other.state == "posted"
                and other.currency_id == first.currency_id
                and other.commercial_partner_id == first.commercial_partner_id
                and other.is_inbound() == first.is_inbound()
            )
        )


def _key(company, number):
    """Normalise the company and number of a document, which a system may give in capitals."""
    return company, (number or "").casefold()
