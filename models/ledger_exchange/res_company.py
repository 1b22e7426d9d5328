from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .runner import Runner

MANAGER = "utility_billing_sync.group_ledger_manager"


class ResCompany(models.Model):
    _inherit = "res.company"

    # === SCREENS === #

    # *Administration → Société* lists every company of the user, whichever are ticked in the switcher (notice 2).

    @api.model
    def web_search_read(self, domain, specification, *arguments, **options):
        return super(ResCompany, self._listed()).web_search_read(domain, specification, *arguments, **options)

    def web_read(self, specification):
        return super(ResCompany, self._listed()).web_read(specification)

    def web_save(self, vals, specification, next_id=None):
        return super(ResCompany, self._listed()).web_save(vals, specification, next_id)

    @api.model
    def name_search(self, *arguments, **options):
        return super(ResCompany, self._listed()).name_search(*arguments, **options)

    def _listed(self):
        return self._everywhere() if self.env.context.get("utility_every_company") else self

    # === ACTIONS === #

    def action_update_companies(self):
        """*Mettre à jour les sociétés*: import the référentiel of these companies (notice 2).

        :return: the action that shows the run, with its created, updated, deactivated, unchanged and refused codes
        :raises AccessError: the user lacks the right, or a company is not theirs
        """
        return self._exchange("referential")

    def action_fetch_scans(self):
        """*Récupérer les scans*: turn each PDF of the companies' scan directories into a draft vendor bill.

        :return: the action that shows the run
        :raises AccessError: the user lacks the right, or a company is not theirs
        """
        return self._exchange("scan")

    # === BUSINESS === #

    def _exchange(self, kind):
        """Start a run of the given kind for these companies, one run per connector."""
        if not (self.env.su or self.env.user.has_group(MANAGER)):
            raise AccessError(self.env._("Only users who configure connectors may update companies."))
        self = self._everywhere()
        self.check_access("read")
        # administrators of Odoo's access rights can read every company
        if not self.env.su and (strange := self - self.env.user.company_ids):
            raise AccessError(self.env._("%s is not one of your companies.", ", ".join(strange.mapped("display_name"))))
        connectors = self.env["ledger.connector"].search([("company_ids", "in", self.ids)])
        # sudo: a connector may serve companies that the user cannot see; only the user's own are kept
        served = connectors.sudo().company_ids
        if not self & served:
            raise UserError(self.env._("No connector serves these companies: %s.", ", ".join(self.mapped("name"))))
        runs = self.env["ledger.run"]
        for connector in connectors:
            own = connector.sudo().company_ids.ids  # sudo: as above
            mine = self.filtered(lambda company, own=own: company.id in own)
            runs |= runs.browse(Runner(connector).start(kind, "manual", mine).id)
        return runs._action_show()
