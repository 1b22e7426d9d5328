"""Registers payments that wait: an entry each, reconciled with the documents it pays; cancellations undo that."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo import Command
from odoo.tools import format_date, formatLang
from odoo.tools.float_utils import float_repr

from ...core.ledger.findings import Finding
from ...core.ledger.payments import KnownPayment, OpenBills, cancelled_payment, pays_credit_note
from ..ledger.attempts import attempt, attempt_each
from .payment_targets import PaymentTargets

#: Entries created in the background get no followers and no message.
QUIET = {"tracking_disable": True}


class Registration:
    """Registers payments of one connector in sets; what fails waits, and the others go on. The caller commits.

    :param connector: the connector, as superuser; the caller has checked the user and their companies
    """

    def __init__(self, connector):
        self._connector, self._env = connector, connector.env(context=connector.env.context | QUIET)
        self._lines = self._env["account.move.line"]
        self._payments = self._env["ledger.payment"]
        self._remarks = {}

    def register(self, payments):
        """Register payments, then the cancellations among them.

        :return: [(payment, Finding)]: why some of them still wait, and remarks on others
        """
        payments = payments.with_env(self._env)
        received = payments.filtered(lambda payment: payment.sense == "payment")
        failed = self._register_received(received) if received else {}
        for movement in (payments - received).sorted(lambda payment: (payment.date, payment.id)):
            if finding := self._cancel(movement):
                failed[movement] = finding
        for payment, finding in failed.items():
            payment._wait(finding)
        remarks = {self._payments.browse(id_): finding for id_, finding in self._remarks.items()}
        return [*failed.items(), *((payment, found) for payment, found in remarks.items() if payment not in failed)]

    # === PAYMENTS === #

    def _register_received(self, payments):
        """Register payments; return {payment: Finding} of those that still wait."""
        self._targets = PaymentTargets(self._connector, payments)
        targets = {payment: self._targets.of(payment) for payment in payments}
        failed = {payment: target.finding for payment, target in targets.items() if target.finding}
        failed |= {p: found for p in payments if p not in failed and (found := self._journal_objection(p))}
        ready = (payments - self._payments.union(*failed)).sorted(lambda payment: (payment.date, payment.id))

        def enter(ids):
            self._enter({payment: targets[payment] for payment in self._payments.browse(ids)})

        names = {payment.id: payment.reference for payment in ready}
        refused = attempt_each(self._env, ready.ids, enter, names.get)
        return failed | {self._payments.browse(id_): finding for id_, finding in refused.items()}

    def _enter(self, targets):
        """Create the entries of payments and reconcile them with the documents that they pay.

        :param targets: {payment: its Target}
        """
        bills = self._env["account.move"].union(*(target.bills for target in targets.values()))
        allocations = self._allocate(targets, bills)
        entries = self._make_entries(
            {payment: self._entry_values(payment, target.bills[:1]) for payment, target in targets.items()}
        )
        plan = []
        for payment, entry in entries.items():
            allocation = allocations[payment]
            paid = bills.browse(bill for bill, _share in allocation.shares)
            plan += [self._open_lines(entry) | self._open_lines(bill) for bill in paid]
            self._note_entered(payment, entry, paid or targets[payment].bills[:1])
            if allocation.left:
                left = formatLang(self._env, float(allocation.left), currency_obj=payment.currency_id)
                params = {"reference": payment.reference, "left": left}
                self._remark(payment, Finding("payment_over", "", params, blocking=False))
        if plan:
            self._lines._reconcile_plan(plan)

    def _allocate(self, targets, bills):
        """Return {payment: its Allocation}, one payment after the other."""
        due = OpenBills(
            {
                bill.id: Decimal(float_repr(abs(sum(self._open_lines(bill).mapped("amount_residual"))), 2))
                for bill in bills
            }
        )
        return {
            payment: due.allocate(payment._to_core().amount, target.bill.id or None, target.lettered.ids)
            for payment, target in targets.items()
        }

    def _note_entered(self, payment, entry, bills):
        payment.write(
            {
                "state": "registered",
                "entry_id": entry.id,
                "bill_ids": [Command.set(bills.ids)],
                "partner_id": bills[:1].commercial_partner_id.id,
                "reason_code": False,
                "reason_params": False,
            }
        )

    # === ENTRIES === #

    def _journal_objection(self, payment):
        """Return why a payment cannot be entered in its company; None if it can."""
        journal = self._connector._payment_journal(payment.company_id)
        if not journal:
            return Finding("payment_journal_missing", "", {"company": payment.company_id.name})
        if not self._account_of(journal):
            return Finding("payment_account_missing", "", {"journal": journal.display_name})
        return None

    def _account_of(self, journal):
        """Return the account of the money: the journal's one for outstanding receipts, otherwise its own."""
        methods = journal._get_available_payment_method_lines("inbound")
        return methods.payment_account_id[:1] or journal.default_account_id

    def _entry_values(self, payment, bill):
        """Return the values of the entry of a payment: money against the third party, reversed if it is paid out."""
        line = self._third_party_lines(bill)[:1]
        amount = payment.amount if bill.is_inbound() else -payment.amount
        partner = line.partner_id or bill.commercial_partner_id
        account = line.account_id or partner.with_company(bill.company_id).property_account_receivable_id
        return self._mirrored(payment, partner, account, amount, bill.name)

    def _mirrored(self, payment, partner, account, amount, name):
        """Return the values of an entry of two lines; `amount` is positive if the money is received."""
        journal = self._connector._payment_journal(payment.company_id)
        label = " – ".join(filter(None, [payment.reference, name, payment._mode_name()]))
        return {
            "move_type": "entry",
            "company_id": payment.company_id.id,
            "journal_id": journal.id,
            "date": self._open_date(payment, journal),
            "ref": label,
            "partner_id": partner.id,
            "line_ids": [
                Command.create(
                    {
                        "account_id": (self._account_of(journal) if is_money else account).id,
                        "partner_id": partner.id,
                        "name": label,
                        "analytic_distribution": False,
                        "debit": max(balance, 0.0),
                        "credit": max(-balance, 0.0),
                    }
                )
                for is_money, balance in ((True, amount), (False, -amount))
            ],
        }

    def _open_date(self, payment, journal):
        """Return the date of the entry, or the first day that is not locked in Odoo, with a remark."""
        locks = payment.company_id._get_violated_lock_dates(payment.date, False, journal)
        if not locks:
            return payment.date
        opened = max(day for day, _name in locks) + timedelta(days=1)
        days = {"date": format_date(self._env, payment.date), "entered": format_date(self._env, opened)}
        params = {"reference": payment.reference, **days}
        self._remark(payment, Finding("payment_date_moved", "", params, blocking=False))
        return opened

    def _make_entries(self, values):
        """Return {payment: its posted entry}.

        :param values: {payment: values of its entry}
        """
        made = {}
        for company, payments in self._payments.union(*values).grouped("company_id").items():
            payments = [payment for payment in values if payment in payments]
            moves = self._env["account.move"].with_company(company)
            entries = moves.create([values[payment] for payment in payments])
            entries._post(soft=False)
            made |= dict(zip(payments, entries, strict=True))
        return {payment: made[payment] for payment in values}

    def _third_party_lines(self, move):
        kinds = ("asset_receivable", "liability_payable")
        return move.line_ids.filtered(lambda line: line.account_id.account_type in kinds)

    def _open_lines(self, move):
        return self._third_party_lines(move).filtered(lambda line: not line.reconciled)

    def _remark(self, payment, finding):
        self._remarks[payment.id] = replace(finding, line=payment.line)

    # === CANCELLATIONS === #

    def _cancel(self, movement):
        """Take a payment back, or pay a credit note back. Returns why it still waits, None if it is done."""
        known, row = self._cancellable(movement), movement._to_core()
        if pays_credit_note(row, self._names_credit_note(movement), known):
            movement.sense = "payment"
            return self._register_received(movement).get(movement)
        found = cancelled_payment(row, known)
        if isinstance(found, Finding):
            return found
        original = self._payments.browse(found.record)
        _done, failure = attempt(self._env, movement.reference, self._take_back, movement, original)
        return failure

    def _names_credit_note(self, movement):
        bill = PaymentTargets(self._connector, movement).of(movement).bill
        return bill.move_type in ("out_refund", "in_refund")

    def _cancellable(self, movement):
        """Return the payments that a movement may cancel, as core `KnownPayment`."""
        mine = [
            ("connector_id", "=", self._connector.id),
            ("company_id", "=", movement.company_id.id),
            ("sense", "=", "payment"),
            ("state", "in", ("registered", "cancelled")),
        ]
        name = "reference" if movement.cancels else "number"
        found = self._payments.search([*mine, (name, "=", movement.cancels or movement.number)])
        return [
            KnownPayment(
                payment.id,
                payment.reference,
                payment.number or "",
                Decimal(float_repr(payment.amount - payment.amount_cancelled, 2)),
            )
            for payment in found
        ]

    def _in_order(self, payment):
        """Return the bills of a payment in the order in which it pays them: its own, those of its letter."""
        bills = payment.bill_ids
        places = {
            id_: place for place, id_ in enumerate(PaymentTargets(self._connector, payment).of(payment).bills.ids)
        }
        return bills.sorted(lambda bill: places.get(bill.id, len(places)))

    def _take_back(self, movement, original):
        """Undo the reconciliation of a payment, enter its cancellation, and allocate what is left as before."""
        line, bills = self._third_party_lines(original.entry_id), original.bill_ids
        earlier = original.cancellation_ids.entry_id
        partials = line.matched_debit_ids | line.matched_credit_ids
        kept = partials.filtered(lambda p: (p.debit_move_id | p.credit_move_id).move_id & earlier)
        (partials - kept).unlink()
        amount = -movement.amount if line.balance < 0 else movement.amount
        values = self._mirrored(movement, line.partner_id, line.account_id, amount, original.reference)
        entry = self._make_entries({movement: values})[movement]
        plan = [self._open_lines(entry) | line]
        cancelled = original.amount_cancelled + movement.amount
        is_whole = original.currency_id.compare_amounts(cancelled, original.amount) >= 0
        if not is_whole:
            plan += [line | self._open_lines(bill) for bill in self._in_order(original) if self._open_lines(bill)]
        self._lines._reconcile_plan(plan)
        self._note_entered(movement, entry, bills)
        movement.cancelled_id = original
        original.write({"amount_cancelled": cancelled, "state": "cancelled" if is_whole else "registered"})
