"""Stores rows of payments as `ledger.payment`, once each: a reference identifies a movement of its connector."""

from dataclasses import replace

from odoo.tools import split_every

from ...core.ledger.findings import Finding
from ...core.ledger.layouts import Row
from ...core.ledger.payments import company_unknown, contradiction, payment_row

BATCH = 1000
#: Fields that may still change once a payment is registered, since its entry does not depend on them.
DETAILS = ("letter", "mode", "message")


class IncomingPayments:
    """Stores the payments of one file; the caller commits.

    :param run: the run that reads the file
    """

    def __init__(self, run):
        self._run, self._connector, self._env = run, run.connector_id, run.env
        self._companies = {company.ledger_code or "": company for company in self._connector.company_ids}
        self._findings, self._unread = [], 0

    def take(self, rows, company, file_name):
        """Store the payments of the rows of a file.

        :param company: company code of the file; "" if each row has its own
        :return: (findings, number of rows that could not be understood)
        """
        parsed = [found for found in (self._parsed(row, company) for row in rows) if found]
        for some in split_every(BATCH, parsed, list):
            self._keep(some, file_name)
        return self._findings, self._unread

    def _parsed(self, row, company):
        """Return the PaymentRow of a row; None for a bad row, whose findings are stored."""
        if not isinstance(row, Row):
            return self._pass_over(*row.findings)
        found = payment_row(row, company or self._only_company())
        if isinstance(found, Finding):
            return self._pass_over(found)
        code = self._code_of(found.company)
        return replace(found, company=code) if code else self._pass_over(company_unknown(found))

    def _code_of(self, written):
        """Return the code of a company of the connector, which a system may give in capitals; "" if there is none."""
        same = [code for code in self._companies if code and code.casefold() == written.casefold()]
        return written if written in same else next(iter(same), "")

    def _pass_over(self, *findings):
        self._findings += findings
        self._unread += 1

    def _only_company(self):
        """Return the code of the connector's company if it serves only one, otherwise ""."""
        return next(iter(self._companies)) if len(self._companies) == 1 else ""

    def _keep(self, rows, file_name):
        """Create the new payments; update the known ones, and report values that contradict a registered one."""
        payments = self._env["ledger.payment"]
        mine = [("connector_id", "=", self._connector.id), ("reference", "in", [row.reference for row in rows])]
        known, new = {payment.reference: payment for payment in payments.search(mine)}, {}
        for row in rows:
            if payment := known.get(row.reference):
                self._take_again(payment, row, file_name)
            elif first := new.get(row.reference):
                self._findings += filter(None, [contradiction(row, first)])
            else:
                new[row.reference] = row
        payments.create([self._values(row, file_name) for row in new.values()])

    def _values(self, row, file_name):
        values = self._env["ledger.payment"]._values_from_core(row)
        origin = {"connector_id": self._connector.id, "run_id": self._run.id, "file_name": file_name}
        return values | origin | {"company_id": self._companies[row.company].id}

    def _take_again(self, payment, row, file_name):
        """Update a waiting payment from its latest row; a registered payment keeps its values."""
        difference = contradiction(row, payment._to_core())
        if payment.state == "waiting":
            if difference:
                payment.write(self._values(row, file_name))
        elif difference:
            self._findings.append(difference)
            return
        changed = {name: getattr(row, name) for name in DETAILS if getattr(row, name) != (payment[name] or "")}
        if changed:
            payment.write(changed)
