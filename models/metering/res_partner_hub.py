from odoo import api, fields, models

from .res_partner import AGENT


class ResPartner(models.Model):
    """The subscriber's form as a starting point: their meters, sections and last readings."""

    _inherit = "res.partner"

    utility_serial_numbers = fields.Char(
        string="Meter Numbers",
        compute="_compute_utility_summary",
        search="_search_utility_serial_numbers",
        groups=AGENT,
    )
    utility_section_names = fields.Char(string="Sections", compute="_compute_utility_summary", groups=AGENT)
    utility_last_reading_date = fields.Date(string="Last Reading", compute="_compute_utility_summary", groups=AGENT)
    utility_reading_count = fields.Integer(
        string="Number of Readings", compute="_compute_utility_summary", groups=AGENT
    )

    @api.depends("subscription_ids.meter_id", "subscription_ids.date_end", "subscription_ids.date_start")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_utility_summary(self):
        """Summarise the running subscriptions that the user may see: meters, sections and last readings."""
        running = self.env["utility.subscription"].search([("partner_id", "in", self.ids), ("state", "=", "running")])
        readings = running.meter_id._readings_counted()
        of_partner = running.grouped("partner_id")
        for partner in self:
            meters = of_partner.get(partner._origin, running.browse()).meter_id
            counted = [readings[meter.id] for meter in meters if meter.id in readings]
            partner.utility_serial_numbers = ", ".join(dict.fromkeys(m.serial_number or m.name for m in meters))
            partner.utility_section_names = ", ".join(meters.section_id.sorted().mapped("name"))
            partner.utility_last_reading_date = max((day for _count, day in counted), default=False)
            partner.utility_reading_count = sum(count for count, _day in counted)

    def _search_utility_serial_numbers(self, operator, value):
        return [("subscription_ids.meter_id.serial_number", operator, value)]

    @api.model_create_multi
    def create(self, vals_list):
        """Set the subscriber's language to that of their company, unless one is given.

        Odoo's own default is the language of the installation, whatever the user's.
        """
        self.browse()._check_given(vals_list)
        lang = self.env.company.partner_id.lang
        for vals in vals_list:
            if vals.get("is_subscriber") and lang:
                vals.setdefault("lang", lang)
        return super().create(vals_list)

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Leave what only firms have out of a person's form, whichever modules add it."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view == self.env.ref("utility_billing_sync.res_partner_view_form_subscriber", raise_if_not_found=False):
            of_firms = "//sheet/group//*[@for='vat' or @name='vat_vies_container' or @name='company_registry']"
            for node in arch.xpath(of_firms):
                node.set("invisible", "not is_company")
        return arch, view

    # === ACTIONS === #

    def action_view_meters(self):
        """Open the subscriber's present meters."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.utility_meter_action")
        return action | {"domain": [("partner_id", "=", self.id)], "context": {}}

    def action_view_readings(self):
        """Open the readings of the subscriber's meters."""
        self.ensure_one()
        return self._readings_action() | {"context": {"default_meter_id": self._only_meter().id}}

    def action_new_reading(self):
        """Enter a reading of the subscriber's meter."""
        self.ensure_one()
        context = {"default_meter_id": self._only_meter().id}
        return self._readings_action() | {"views": [(False, "form")], "context": context, "target": "current"}

    def _only_meter(self):
        """Return a card of the subscriber's meter, none if there are several meters: the user chooses."""
        cards = self.utility_meter_ids
        return cards[:1] if len(cards.connection_point_id) == 1 else cards.browse()

    def _readings_action(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.utility_reading_action")
        return action | {"domain": [("meter_id", "in", self.utility_meter_ids.ids)]}
