"""Payments in: stores the rows of each file as payments, in one transaction, then registers them in batches.

After a crash between the two, the next run registers the payments that wait. A file that is read again, under the
same name or another, contains known references only.
"""

from ...core.ledger.payments import CANCELLING, PAYMENT
from ..ledger.attempts import attempt
from ..ledger_payments.incoming_payments import IncomingPayments
from ..ledger_payments.registration import Registration
from .incoming_files import IncomingFiles

#: Payments of one transaction.
BATCH = 200
#: Order of registration: cancellations come after the payments that they cancel.
PHASES = ((PAYMENT,), CANCELLING)


class PaymentsIn(IncomingFiles):
    """Reads the waiting files of payments, and registers the payments that wait."""

    flow = "payments"

    def __init__(self, exchange):
        super().__init__(exchange, exchange.connector.payments_layout_id, exchange.connector._payments_folder())

    def take(self):
        """Read the files, then register a batch at a time. Returns whether nothing is left."""
        if not self._layout:
            return True
        if not self._run.cursor:
            self.take_files()
            self._take_put_away()
            self._exchange.in_transaction(self._run._keep_cursor, "0:0")
            return False
        return self._exchange.in_transaction(self._register_batch)

    # === FILES === #

    def _take_put_away(self):
        """Read the files that were put away, but not by this database: it was restored from an older copy."""
        for state in ("done", "error"):
            folder = f"{self._folder}/{state}"
            files = self._exchange.list_own(folder)
            names = [file.name for file in files]
            read = self._env["ledger.file"].search_fetch([*self._mine(), ("name", "in", names)], ["name"])
            known = set(read.mapped("name"))
            for file in files:
                if file.name not in known:
                    self._take_file(folder, file)

    def _take_rows(self, rows, fields, values):
        name, company = values["name"], fields.get("company", "")
        found, failure = attempt(self._env, name, IncomingPayments(self._run).take, rows, company, name)
        if failure:
            return self._keep_refused(values, failure)
        findings, unread = found
        state = self._state_after_bad_rows(rows, unread, name) if unread else "done"
        if state != "open":
            self._run._keep_findings(findings, name)
        return self._keep_file(values, state)

    # === REGISTERING === #

    def _register_batch(self):
        """Register the next payments that wait, and store the progress."""
        phase, last = map(int, self._run.cursor.split(":"))
        waiting = self._env["ledger.payment"].search(
            [
                ("connector_id", "=", self._connector.id),
                ("state", "=", "waiting"),
                ("sense", "in", PHASES[phase]),
                ("id", ">", last),
            ],
            order="id",
            limit=BATCH,
        )
        if waiting:
            self._note(waiting, Registration(self._connector).register(waiting))
            self._run._keep_cursor(f"{phase}:{waiting[-1:].id}")
            return False
        if phase + 1 < len(PHASES):
            self._run._keep_cursor(f"{phase + 1}:0")
            return False
        return True

    def _note(self, payments, findings):
        """Store the counts and findings of this run; the list of payments shows why earlier ones wait."""
        new = payments.filtered(lambda payment: payment.run_id == self._run)
        still = payments.filtered(lambda payment: payment.state == "waiting")
        self._run._count(paid=len(payments - still), unpaid=len(new & still))
        anomalies = self._env["ledger.anomaly"]
        anomalies.create(
            [
                anomalies._values(
                    finding,
                    run_id=self._run.id,
                    file_name=payment.file_name,
                    line=payment.line,
                    company_id=payment.company_id.id,
                )
                for payment, finding in findings
                if payment in new
            ]
        )
