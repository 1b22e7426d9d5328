from odoo import fields, models
from odoo.exceptions import RedirectWarning
from odoo.tools import SQL

from ..common.guarded import Guard


class ResCompany(models.Model):
    _inherit = "res.company"
    _guard = Guard(
        kept="sharing_revision",
        given="share_connection_points",
    )

    share_connection_points = fields.Boolean(
        string="Connection Point Sharing",
        help="Meters can be shared with the sections of other companies that also share theirs, "
        "and between the sections of this company.",
    )
    sharing_revision = fields.Integer(default=0, readonly=True, copy=False)

    def write(self, vals):
        self._check_given([vals])
        if "share_connection_points" not in vals:
            return super().write(vals)
        switched = self.filtered(lambda c: c.share_connection_points != bool(vals["share_connection_points"]))
        if not vals["share_connection_points"]:
            switched._check_nothing_shared()
        result = super().write(vals)
        if switched:
            # the menus about sharing are cached with all menus, per user
            self.env.registry.clear_cache()
        return result

    def _note_sharing(self):
        """Increment the revision of companies whose meters become shared.

        A concurrent transaction that switches the option off, having counted no shared meters, conflicts with this
        change and restarts on fresh data (Odoo retries serialisation failures), and so does the caller if the option
        was just switched off.
        """
        if self:
            self.env.cr.execute(
                SQL("UPDATE res_company SET sharing_revision = sharing_revision + 1 WHERE id IN %s", self._ids)
            )
            self.invalidate_recordset(["sharing_revision"], flush=False)

    def _check_nothing_shared(self):
        """Refuse to switch sharing off while meters are shared (invariant 6).

        :raises RedirectWarning: with their number and the list to detach
        """
        domain = [("company_id", "in", self.ids), ("is_shared", "=", True)]
        # sudo: the user may not be allowed to see all these meters; only their number is shown
        count = self.env["utility.meter"].sudo().search_count(domain)
        if count:
            action = self.env.ref("utility_billing_sync.utility_meter_action_shared")
            raise RedirectWarning(
                self.env._(
                    "Connection point sharing can't be switched off while meters are shared "
                    "(%(companies)s: %(count)s). Detach them first.",
                    count=count,
                    companies=", ".join(self.mapped("name")),
                ),
                action.id,
                self.env._("See the shared meters"),
            )
