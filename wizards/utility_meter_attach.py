from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..models.common.guarded import Guard
from ..models.metering.utility_connection_point import GENERAL_INFORMATION

SHOWN = 20


class UtilityMeterAttach(models.TransientModel):
    """*Rattacher un point de raccordement*: attach a subscriber's meter of the other section (notice 1)."""

    _name = "utility.meter.attach"
    _description = "Attach a Connection Point"
    _inherit = ["utility.guarded"]
    _guard = Guard(
        kept="line_ids difference_ids",
        given="partner_id section_id search_text connection_point_id meter_id date_start",
        across="connection_point_id meter_id section_id",
    )

    partner_id = fields.Many2one("res.partner", string="Subscriber", required=True)
    section_id = fields.Many2one(
        "utility.section",
        string="Billing",
        required=True,
        default=lambda self: self.env["utility.section"]._default_section(),
        help="The section that will bill the meter.",
    )
    search_text = fields.Char(string="Search", help="Serial number, address or subscriber.")
    line_ids = fields.One2many("utility.meter.attach.line", "wizard_id", string="Connection Points")
    connection_point_id = fields.Many2one("utility.connection.point")
    meter_id = fields.Many2one(
        "utility.meter",
        string="Present Card",
        compute="_compute_meter_id",
        store=True,
        readonly=False,
        compute_sudo=False,
        domain="[('section_id', '=', section_id), ('partner_id', '=', partner_id)]",
        help="The subscriber's card in this section is moved to the shared point. Empty: a card is created.",
    )
    date_start = fields.Date(string="Subscription Start", default=fields.Date.context_today, required=True)
    difference_ids = fields.One2many("utility.meter.attach.difference", "wizard_id", string="Differences")

    @api.depends("partner_id", "section_id")
    def _compute_meter_id(self):
        for wizard in self:
            wizard.meter_id = wizard._own_cards().filtered(lambda m: not m.is_shared)[:1]

    def _own_cards(self):
        running = self.partner_id.subscription_ids.filtered(
            lambda s: s.state == "running" and s.section_id == self.section_id
        )
        return running.meter_id

    # === ACTIONS === #

    @api.model
    def _open_for(self, partner):
        self, partner = self._everywhere(), partner._everywhere()
        section = self._section_to_equip(partner)
        if not section:
            raise UserError(self.env._("Create a billing section first (Configuration → Sections)."))
        if not section.company_id.share_connection_points:
            raise UserError(
                self.env._(
                    "The option “Connection Point Sharing” is off in %(company)s. A manager can switch it on in "
                    "Configuration → Billing → Billing Element.",
                    company=section.company_id.name,
                )
            )
        wizard = self.create({"partner_id": partner.id, "section_id": section.id})
        wizard._list_candidates()
        return wizard._reopen()

    @api.model
    def _section_to_equip(self, partner):
        """Propose a section that does not serve the subscriber yet, the agent's own first, even if it is not ticked."""
        Section = self.env["utility.section"]
        own = Section._default_section()
        served = partner.subscription_ids.filtered(lambda s: s.state == "running").section_id
        return own if own not in served else Section.search([("id", "not in", served.ids)], limit=1) or own

    @api.onchange("section_id")
    def _onchange_section_id(self):
        """Clear the list, whose points were for another section."""
        self.line_ids = [Command.clear()]

    def action_search(self):
        """List the points that match what was typed."""
        self.ensure_one()
        self._list_candidates()
        return self._reopen()

    def action_back(self):
        """Go back to choose another connection point."""
        self.ensure_one()
        self.connection_point_id = False
        self.difference_ids.unlink()
        self._list_candidates()
        return self._reopen()

    def action_confirm(self):
        """Create the section's card on the chosen point, or move the subscriber's present card to it.

        :raises UserError: no point is chosen
        """
        self.ensure_one()
        self = self._everywhere()
        point = self.connection_point_id
        if not point:
            raise UserError(self.env._("Choose the connection point to attach."))
        meter = self.meter_id
        if meter:
            meter._attach_to(point)
        else:
            meter = self.env["utility.meter"].create(
                {"section_id": self.section_id.id, "connection_point_id": point.id}
            )
        if self.partner_id not in meter.subscription_ids.filtered(lambda s: s.state == "running").partner_id:
            self.env["utility.subscription"].create(
                {"partner_id": self.partner_id.id, "meter_id": meter.id, "date_start": self.date_start}
            )
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS === #

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Attach a connection point"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def _choose(self, point):
        self.connection_point_id = point
        self._by_server().difference_ids = [Command.clear(), *map(Command.create, self._prepare_differences())]
        return self._reopen()

    def _prepare_differences(self):
        """Compare the general information of the present card with that of the shared point, which prevails."""
        if not self.meter_id:
            return []
        shared = self._everywhere().connection_point_id._general_information(GENERAL_INFORMATION)
        own = self.meter_id.connection_point_id._general_information(GENERAL_INFORMATION)
        label = self.connection_point_id._general_information_label
        return [
            {"label": label(name), "own": own[name], "shared": shared[name]}
            for name in GENERAL_INFORMATION
            if own[name] != shared[name]
        ]

    def _list_candidates(self):
        self._by_server().line_ids = [Command.clear(), *(Command.create(line) for line in self._prepare_candidates())]

    def _prepare_candidates(self):
        """Return points of the other sections: same subscriber first, then same address, then the others."""
        partner, prepared, seen = self.partner_id, [], set()
        domain = self._candidate_domain()
        ranked = [
            (self.env._("Same subscriber"), Domain("meter_ids.subscription_ids.partner_id", "=", partner._origin.id)),
            (self.env._("Same address"), self._same_address()),
            ("", Domain.TRUE),
        ]
        points = self._everywhere().env["utility.connection.point"]
        for reason, extra in ranked:
            for point in points.search(domain & extra & Domain("id", "not in", list(seen)), limit=SHOWN - len(seen)):
                seen.add(point.id)
                prepared.append(self._prepare_candidate(point, reason))
            if len(seen) >= SHOWN:
                break
        return prepared

    def _candidate_domain(self):
        companies = self.env.user.company_ids.filtered("share_connection_points")
        elsewhere = [("company_id", "in", companies.ids), ("section_id", "!=", self.section_id.id)]
        domain = Domain("meter_ids", "any", elsewhere) & Domain(
            "meter_ids", "not any", [("section_id", "=", self.section_id.id)]
        )
        if self.search_text:
            domain &= Domain.OR(
                Domain(name, "ilike", self.search_text)
                for name in ("serial_number", "name", "street", "city", "meter_ids.subscription_ids.partner_id.name")
            )
        return domain

    def _same_address(self):
        partner = self.partner_id
        if not partner.street:
            return Domain.FALSE
        return Domain("street", "=ilike", partner.street) & Domain("zip", "=", partner.zip)

    def _prepare_candidate(self, point, reason):
        cards = point.meter_ids
        return {
            "connection_point_id": point.id,
            "serial_number": point.serial_number or point.name,
            "address": ", ".join(filter(None, [point.street, point.zip, point.city])),
            "subscribers": ", ".join(cards.partner_id.mapped("name")),
            "sections": ", ".join(cards.section_id.mapped("name")),
            "reason": reason,
        }


class UtilityMeterAttachLine(models.TransientModel):
    _name = "utility.meter.attach.line"
    _description = "Connection Point to Attach"
    _inherit = ["utility.guarded"]
    _guard = Guard(
        kept="serial_number address subscribers sections reason",
        once="wizard_id connection_point_id",
        across="connection_point_id",
    )

    wizard_id = fields.Many2one("utility.meter.attach", required=True, ondelete="cascade")
    connection_point_id = fields.Many2one("utility.connection.point")
    serial_number = fields.Char(readonly=True)
    address = fields.Char(readonly=True)
    subscribers = fields.Char(string="Subscriber", readonly=True)
    sections = fields.Char(string="Billing", readonly=True)
    reason = fields.Char(string="Why", readonly=True)

    def action_choose(self):
        """Choose this connection point."""
        self.ensure_one()
        return self.wizard_id._choose(self.connection_point_id)


class UtilityMeterAttachDifference(models.TransientModel):
    _name = "utility.meter.attach.difference"
    _description = "Difference of General Information"
    _inherit = ["utility.guarded"]
    _guard = Guard(
        kept="wizard_id label own shared",
    )

    wizard_id = fields.Many2one("utility.meter.attach", required=True, ondelete="cascade")
    label = fields.Char(string="Information", readonly=True)
    own = fields.Char(string="Present Card", readonly=True)
    shared = fields.Char(string="Shared Point (Kept)", readonly=True)
