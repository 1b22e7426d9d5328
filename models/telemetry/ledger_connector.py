import contextlib

from odoo import api, models

from ...core.ledger.findings import LedgerError


class LedgerConnector(models.Model):
    """Connectors and sources of remote readings keep their files below one root: each has a directory of its own."""

    _inherit = "ledger.connector"

    @api.model
    def _taken_places(self):
        places = super()._taken_places()
        # sudo: the user may not see other sources; their directories are compared, not shown
        sources = self.env["utility.telemetry.source"].sudo().with_context(active_test=False)
        for source in sources.search([("section_id", "!=", False)]):
            with contextlib.suppress(LedgerError):
                places[source] = source._place()
        return places
