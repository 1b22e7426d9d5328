from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...core.billing import Tariff, check_tariff
from ...core.billing import errors as faults
from ..common.copies import copied_names
from ..common.guarded import SERVER, Guard
from ..metering.shown_names import SEPARATOR

#: Set while a form is being saved, since its blocks are valid only once all of them are written.
CHECKED_AS_A_WHOLE = "utility_tariff_checked_as_a_whole"


class UtilityTariff(models.Model):
    """Prices of a section, in versions with a start date."""

    _name = "utility.tariff"
    _description = "Tariff"
    _inherit = ["mail.thread", "utility.guarded", "utility.shown.name", "utility.in.use"]
    _order = "section_id, name, id"
    _check_company_auto = True
    _guard = Guard(
        kept="company_id subscription_ids",
        given="name active section_id version_ids dwellings_in_blocks dwellings_in_fixed",
        asked="section_id",
    )

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    section_id = fields.Many2one(
        "utility.section",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        default=lambda self: self.env["utility.section"]._default_section(),
    )
    service = fields.Selection(related="section_id.service")
    company_id = fields.Many2one(related="section_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    version_ids = fields.One2many("utility.tariff.version", "tariff_id", string="Versions", copy=True)
    dwellings_in_blocks = fields.Boolean(
        string="Blocks per Dwelling",
        help="Bounds of blocks are per dwelling: for ten dwellings behind a meter, they are multiplied by ten.",
    )
    dwellings_in_fixed = fields.Boolean(
        string="Fixed Parts per Dwelling", help="Fixed parts are charged once for each dwelling behind the meter."
    )
    subscription_ids = fields.One2many("utility.subscription", "tariff_id", string="Subscriptions")
    subscription_count = fields.Integer(compute="_compute_subscription_count")

    @api.depends("subscription_ids")
    def _compute_subscription_count(self):
        groups = self.env["utility.subscription"]._read_group(
            [("tariff_id", "in", self.ids)], ["tariff_id"], ["__count"]
        )
        counts = dict(groups)
        for tariff in self:
            tariff.subscription_count = counts.get(tariff._origin, 0)

    @api.constrains("version_ids")
    def _check_versions_together(self):
        if self.env.context.get(CHECKED_AS_A_WHOLE) is not SERVER:
            self._check_versions()

    def _check_versions(self):
        """Refuse versions with the same start, and blocks with gaps or overlaps (core.billing)."""
        for tariff in self:
            errors = check_tariff(tariff.version_ids._to_core())
            if errors:
                sentences = [tariff._fault_sentence(error) for error in errors]
                raise ValidationError("\n".join([tariff.name or "", *sentences]))

    # === CRUD === #

    def copy_data(self, default=None):
        return copied_names(self, super().copy_data(default), default)

    def write(self, vals):
        self._check_given([vals])
        # sudo: counts the subscriptions of all companies that use the tariff; nothing of them is shown
        moved = "section_id" in vals and self.sudo().filtered(lambda t: t.section_id.id != vals["section_id"])
        if moved and moved.subscription_ids:
            raise ValidationError(
                self.env._(
                    "A tariff with subscriptions cannot change section. Create another one in the other section."
                )
            )
        result = super(UtilityTariff, self.with_context(**{CHECKED_AS_A_WHOLE: SERVER})).write(vals)
        if "version_ids" in vals:
            self._check_versions()
        return result

    # === ACTIONS === #

    def action_view_subscriptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.utility_subscription_action")
        return action | {
            "domain": [("section_id", "=", self.section_id.id)],
            "context": {"search_default_tariff_id": self.id},
        }

    # === BUSINESS === #

    def _shown_as(self, operator, parts):
        """Return the domain of the tariffs with a name; the section's code follows it if several have that name."""
        found = Domain("name", operator, SEPARATOR.join(parts))
        if len(parts) > 1:
            section = Domain("section_id", "any", [("code", "=ilike", parts[-1])])
            found |= Domain("name", operator, SEPARATOR.join(parts[:-1])) & section
        return [found]

    def _reasons_in_use(self):
        yield from super()._reasons_in_use()
        # sudo: counts the subscriptions of all companies that use the tariff; nothing of them is shown
        contracts = self.env["utility.subscription"].sudo()._under_way([("tariff_id", "in", self.ids)])
        for tariff, charged in contracts.grouped("tariff_id").items():
            yield self.env._(
                "Tariff %(tariff)s is that of subscriptions that have not ended (%(count)s): give them another "
                "one first.",
                tariff=tariff.name,
                count=len(charged),
            )

    def _name_in_files(self):
        return SEPARATOR.join([self.name, self.section_id.code])

    def _to_core(self) -> Tariff:
        """Return the tariff for the rules; line keys are ids of `utility.tariff.line`."""
        self.ensure_one()
        return Tariff(tuple(self.version_ids._to_core()))

    def _fault_sentence(self, error):
        """Return the message of an error of a tariff."""
        values = dict(error.facts, version=format_date(self.env, error.facts["version"]))
        if "heading" in values:
            headings = dict(self.env["utility.tariff.line"]._fields["heading"]._description_selection(self.env))
            values["heading"] = headings[values["heading"]]
            for bound in ("lower", "upper"):
                values[bound] = self.env["utility.reading"]._format_volume(values[bound]) or "…"
        return self._fault_template(type(error)) % values

    @api.model
    def _fault_template(self, kind):
        return {
            faults.OverlappingVersions: self.env._(
                "Two versions start on %(version)s: keep one or change a start date."
            ),
            faults.NegativeBlock: self.env._(
                "Version of %(version)s, %(heading)s: the block from %(lower)s to %(upper)s m³ has a negative bound."
            ),
            faults.BackwardsBlock: self.env._(
                "Version of %(version)s, %(heading)s: the block from %(lower)s to %(upper)s m³ runs backwards."
            ),
            faults.FirstBlockNotZero: self.env._(
                "Version of %(version)s, %(heading)s: the first block (%(lower)s to %(upper)s m³) must start at 0."
            ),
            faults.BlockHole: self.env._(
                "Version of %(version)s, %(heading)s: no block covers the volumes from %(lower)s to %(upper)s m³."
            ),
            faults.LastBlockClosed: self.env._(
                "Version of %(version)s, %(heading)s: no block covers the volumes above %(upper)s m³: "
                "leave the upper bound of the last block at 0."
            ),
            faults.BlockOverlap: self.env._(
                "Version of %(version)s, %(heading)s: two blocks cover the volumes from %(lower)s to %(upper)s m³."
            ),
            faults.OpenBlockNotLast: self.env._(
                "Version of %(version)s, %(heading)s: the block from %(lower)s m³ without limit must be last."
            ),
        }[kind]
