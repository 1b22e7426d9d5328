import logging

from psycopg2.errors import UniqueViolation

from odoo import models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..core.ledger.findings import LedgerError
from .ledger_text import tell

_logger = logging.getLogger(__name__)
ATTEMPTS = 5


class LedgerConnector(models.Model):
    """Runs: what they are made of, and the transactions that make them survive a crash."""

    _inherit = "ledger.connector"

    def _synchronize(self, trigger, companies):
        """Do a whole synchronisation: answers, référentiel, then entries and updates of these companies.

        Returns its run.
        """

        def work(run, transport):
            connector = run.connector_id
            connector._catch_up(run, transport)
            connector._read_referential(run, transport, companies)
            connector._in_transaction(connector._reconcile_documents)
            domain = [("connector_id", "=", self.id), ("state", "=", "to_export"), ("company_id", "in", companies.ids)]
            connector._send(run, transport, self.env["ledger.document"].sudo().search(domain))  # sudo: as in _run
            connector._read_acknowledgements(run, transport)

        return self._run(trigger, companies, work)

    def _update_companies(self, companies, trigger="manual"):
        """Bring the référentiel of some of its companies in. Returns the run."""
        return self._run(
            trigger, companies, lambda run, transport: run.connector_id._read_referential(run, transport, companies)
        )

    def _export(self, documents, trigger="manual"):
        """Send these documents; what a crash left is dealt with first. Returns the run."""

        def work(run, transport):
            run.connector_id._catch_up(run, transport)
            run.connector_id._send(run, transport, documents.sudo())  # sudo: as in _run

        return self._run(trigger, documents.company_id, work)

    def _catch_up(self, run, transport):
        """Read the answers that wait, then bring the lots of interrupted runs to their place (protocol, step 5)."""
        self._read_acknowledgements(run, transport)
        lots = self.env["ledger.lot"].search([("connector_id", "=", self.id), ("state", "=", "written")], order="id")
        for lot in lots:
            self._in_transaction(lot._recover, transport)

    def _run(self, trigger, companies, work):
        """Do `work(run, transport)` under a run that is kept whatever happens; returns the run."""
        self.ensure_one()
        # sudo: callers have checked that the user may exchange for these companies; runs, documents and codes are
        # records that nobody writes by hand
        connector = self.sudo()
        values = {"connector_id": self.id, "trigger": trigger, "company_ids": companies.ids}
        run = connector._in_transaction(lambda: self.env["ledger.run"].sudo().create(values))  # sudo: the run itself
        _logger.info("Synchronisation %s: run %s starts", self.id, run.id)
        try:
            with connector._open_transport() as transport:
                work(run, transport)
            connector._in_transaction(run._finish)
        except LedgerError as error:
            self.env.cr.rollback()
            connector._in_transaction(run._fail, tell(self.env, error), error)
        except Exception:
            self.env.cr.rollback()
            connector._in_transaction(
                run._fail, self.env._("An unforeseen error stopped the run: see the server's log.")
            )
            raise
        return self.env["ledger.run"].browse(run.id)

    def _in_transaction(self, work, *arguments):
        """Do one step of a run and commit it; begin again when another transaction got in the way."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                result = work(*arguments)
                # A step that is done outlives a crash of the next one: this is what the protocol is about.
                self.env.cr.commit()  # pylint: disable=invalid-commit
            except (UniqueViolation, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                self.env.cr.rollback()
                if attempt == ATTEMPTS:
                    raise
            else:
                return result
        return None
