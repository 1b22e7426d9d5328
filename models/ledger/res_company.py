from odoo import fields, models

from ...core.ledger.siren import siren_of
from ..common.guarded import Guard


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "utility.in.use"]
    _guard = Guard(
        kept="ledger_updated",
        given="ledger_code scan_directory ledger_locked",
    )

    ledger_code = fields.Char(string="Company Code", copy=False, help="The company's code in the accounting system.")
    scan_directory = fields.Char(
        copy=False,
        help="Directory for scans of this company's vendor bills, below the connector's directory: each PDF file "
        "becomes a draft bill.",
    )
    ledger_updated = fields.Datetime(string="Last Update", readonly=True, copy=False)
    ledger_locked = fields.Boolean(
        string="Locked in the Accounting System", help="Its documents wait until the company is unlocked there."
    )

    _ledger_code_unique = models.UniqueIndex(
        "(ledger_code) WHERE ledger_code IS NOT NULL AND ledger_code != ''", "Two companies have this code."
    )

    # === BUSINESS === #

    def _reasons_in_use(self):
        yield from super()._reasons_in_use()
        # sudo: administrators of companies may have no right on connectors; only that there is one is shown
        served = self.env["ledger.connector"].sudo().search([("company_ids", "in", self.ids)]).company_ids
        for company in self & served:
            yield self.env._(
                "%s is served by a connector: take it off the connector, or archive that one first.", company.name
            )

    def _siren(self):
        """Return the SIREN of the company, "" if it has none."""
        company = self[:1]
        return siren_of(company.company_registry or "", company.vat or "")
