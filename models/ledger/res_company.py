from odoo import fields, models
from odoo.exceptions import AccessError, UserError

MANAGER = "utility_billing_sync.group_ledger_manager"


class ResCompany(models.Model):
    _inherit = "res.company"

    ledger_code = fields.Char(string="Company Code", copy=False, help="The company's code in the accounting system.")
    scan_directory = fields.Char(
        copy=False,
        help="Where scans of this company's vendor bills are put, below the connector's directory: each PDF file "
        "becomes a draft bill.",
    )
    ledger_updated = fields.Datetime(string="Last Update", readonly=True, copy=False)
    ledger_locked = fields.Boolean(
        string="Locked in the Accounting System", help="Its documents wait until the company is unlocked there."
    )

    _ledger_code_unique = models.UniqueIndex(
        "(ledger_code) WHERE ledger_code IS NOT NULL AND ledger_code != ''", "Two companies have this code."
    )

    def write(self, vals):
        result = super().write(vals)
        if {"ledger_code", "ledger_locked"} & vals.keys():
            # sudo: an administrator changes a company; its waiting documents are checked again, nothing is shown
            documents = self.env["ledger.document"].sudo()
            documents._refresh_waiting(documents.connector_id.search([("company_ids", "in", self.ids)]))
        return result

    def action_update_companies(self):
        """*Mettre à jour les sociétés*: bring the référentiel of these companies in (notice 2).

        :return: the action that shows what was made, updated, deactivated, unchanged, refused
        :raises AccessError: the user may not, or not for one of them
        """
        return self._exchange("referential")

    def action_fetch_scans(self):
        """*Récupérer les scans*: each PDF of the companies' scan directories becomes a draft vendor bill.

        :return: the action that shows the run
        :raises AccessError: the user may not, or not for one of them
        """
        return self._exchange("scan")

    # === BUSINESS === #

    def _exchange(self, kind):
        """Start a run of some kind for these companies, connector by connector."""
        if not (self.env.su or self.env.user.has_group(MANAGER)):
            raise AccessError(self.env._("Updating companies is for who sets connectors up."))
        self.check_access("read")
        # who manages Odoo's access rights reads every company, and enters their own only
        if not self.env.su and (strange := self - self.env.user.company_ids):
            raise AccessError(self.env._("%s is not one of your companies.", ", ".join(strange.mapped("display_name"))))
        connectors = self.env["ledger.connector"].search([("company_ids", "in", self.ids)])
        # sudo: a connector may serve companies that the user doesn't see; theirs are picked out of them
        served = connectors.sudo().company_ids
        if not self & served:
            raise UserError(self.env._("No connector exchanges these companies: %s.", ", ".join(self.mapped("name"))))
        runs = self.env["ledger.run"]
        for connector in connectors:
            own = connector.sudo().company_ids.ids  # sudo: as above
            runs |= connector._start(kind, "manual", self.filtered(lambda company, own=own: company.id in own))
        return runs._action_show()
