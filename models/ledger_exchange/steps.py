"""Steps of a run whose work is done by lower packages."""

from odoo.tools import SQL

from ...core.ledger.records import REFERENTIAL
from ..ledger_codes.codes_in import CodesIn
from ..ledger_entries.reconcile import Reconciler

DUE = "connector_id = %s AND stage = 'to_export' AND company_id = ANY(%s)"


class CodesStep:
    """Imports the référentiel, one kind of code per batch, then checks the documents that waited for a code."""

    def __init__(self, exchange):
        self._exchange, self._run = exchange, exchange.run

    def take(self):
        """Import one kind of code. Returns whether none is left."""
        exchange, run = self._exchange, self._run
        layouts = exchange.connector.referential_layout_ids.grouped("flow")
        kinds = [kind for kind in REFERENTIAL if kind in layouts]
        place = int(run.cursor or 0)
        if place < len(kinds):
            codes = CodesIn(run, exchange.transport)
            exchange.in_transaction(codes.read_kind, layouts[kinds[place]])
            exchange.in_transaction(run._keep_cursor, str(place + 1))
            return False
        exchange.in_transaction(self._after)
        return True

    def _after(self):
        # sudo: date of the last update, on companies for which the caller may start a run
        self._run.company_ids.sudo().ledger_updated = self._run.connector_id._now()
        self._exchange.env["ledger.document"]._refresh_waiting(self._exchange.connector)


class ReconcileStep:
    """Creates missing documents, refreshes changed ones and selects those that the run will send."""

    def __init__(self, exchange):
        self._exchange = exchange

    def take(self):
        self._exchange.in_transaction(Reconciler(self._exchange.connector).reconcile)
        self._exchange.in_transaction(self._note_due)
        return True

    def _note_due(self):
        run = self._exchange.run
        run._note_todo(SQL(DUE, run.connector_id.id, run.company_ids.ids))
