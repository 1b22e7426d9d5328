from odoo import models


class LedgerConnector(models.Model):
    """Codes that are missing from the files: a person says that they are gone."""

    _inherit = "ledger.connector"

    def _compute_missing_count(self):
        found = dict(
            self.env["ledger.code"]._read_group(
                [("connector_id", "in", self.ids), ("is_missing", "=", True)], ["connector_id"], ["__count"]
            )
        )
        for connector in self:
            connector.missing_count = found.get(connector._origin, 0)

    # === ACTIONS === #

    def action_deactivate_missing(self):
        """*Désactiver les codes manquants*: they are really gone over there."""
        self.check_access("write")
        missing = [("connector_id", "in", self.ids), ("is_missing", "=", True)]
        codes = self.env["ledger.code"].search(missing)
        # sudo: nobody writes codes by hand; the caller may change the connector, and sees the companies of these codes
        codes.sudo()._close()
