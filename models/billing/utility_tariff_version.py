from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...core.billing import TariffVersion
from ..common.guarded import SERVER, Guard
from ..metering.shown_names import SEPARATOR, found_by_day
from .utility_tariff import CHECKED_AS_A_WHOLE


class UtilityTariffVersion(models.Model):
    """The prices in force from a day until the next version starts."""

    _name = "utility.tariff.version"
    _description = "Tariff Version"
    _inherit = ["utility.guarded", "utility.shown.name"]
    _order = "date_start desc, id desc"
    _guard = Guard(
        kept="company_id",
        once="tariff_id",
        given="date_start line_ids",
        asked="date_start",
    )

    tariff_id = fields.Many2one("utility.tariff", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="tariff_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="tariff_id.currency_id")
    service = fields.Selection(related="tariff_id.service")
    date_start = fields.Date(required=True, default=fields.Date.context_today)
    line_ids = fields.One2many("utility.tariff.line", "version_id", string="Prices", copy=True)

    summary = fields.Text(string="Prices Before Tax", compute="_compute_summary")

    @api.depends("line_ids.name", "line_ids.kind", "line_ids.price", "line_ids.per", "line_ids.lower", "line_ids.upper")
    @api.depends_context("lang")
    def _compute_summary(self):
        for version in self:
            version.summary = "\n".join(line._sentence() for line in version.line_ids)

    @api.depends("tariff_id.name", "date_start")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for version in self:
            day = format_date(self.env, version.date_start) if version.date_start else ""
            version.display_name = f"{version.tariff_id.name or ''} · {day}"

    @api.constrains("date_start", "line_ids", "tariff_id")
    def _check_tariff(self):
        if self.env.context.get(CHECKED_AS_A_WHOLE) is not SERVER:
            self.tariff_id._check_versions()

    def _shown_as(self, operator, parts):
        """Return the domain of the versions of a tariff, of a start date, or of both."""
        return [found_by_day(self, parts, lambda tariff: Domain("tariff_id", operator, tariff), "date_start")]

    def _name_in_files(self):
        return SEPARATOR.join([self.tariff_id._name_in_files(), format_date(self.env, self.date_start)])

    # === ACTIONS === #

    def action_copy(self):
        """*Copier la version*: copy the prices to a new start date, to be changed there."""
        self.ensure_one()
        latest = max(self.tariff_id.version_ids.mapped("date_start"))
        made = self.copy({"date_start": max(latest + timedelta(days=1), fields.Date.context_today(self))})
        return {
            "type": "ir.actions.act_window",
            "name": made.display_name,
            "res_model": self._name,
            "res_id": made.id,
            "views": [(self.env.ref("utility_billing_sync.utility_tariff_version_view_form").id, "form")],
            "target": "new",
        }

    # === CRUD === #

    def write(self, vals):
        self._check_given([vals])
        if self.env.context.get(CHECKED_AS_A_WHOLE) is not SERVER:
            super(UtilityTariffVersion, self.with_context(**{CHECKED_AS_A_WHOLE: SERVER})).write(vals)
            self.tariff_id._check_versions()
            return True
        return super().write(vals)

    def _is_over(self):
        """Return whether another version has replaced this one."""
        today = fields.Date.context_today(self)
        return any(self.date_start < other.date_start <= today for other in self.tariff_id.version_ids)

    def _to_core(self) -> list[TariffVersion]:
        return [
            TariffVersion(
                version.date_start,
                tuple(line._to_core() for line in version.line_ids),
                version.tariff_id.dwellings_in_blocks,
                version.tariff_id.dwellings_in_fixed,
            )
            for version in self
            if version.date_start
        ]
