from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.misc import format_amount

from ..common.guarded import Guard
from ..metering.shown_names import found_by_day
from ..metering.utility_reading import VOLUME

#: States that need attention in a section.
WAITING = ("proposed", "declined", "blocked", "to_undo")
#: Between who leaves and who arrives, in the name of a move.
FOLLOWED_BY = " → "


class UtilityMove(models.Model):
    """A departure, an arrival or both on a section's meter: what was done, or is to be done, in that section.

    One record per section. Those of the other sections refer to the one where it was entered and copy what they need
    of it, because their agents may not read it.
    """

    _name = "utility.move"
    _description = "Departure / Arrival"
    _inherit = ["utility.guarded", "utility.shown.name"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _guard = Guard(
        kept="origin_id meter_id section_id company_id date first_day index reading_kind reading_id "
        "reading_date is_reading_entered leaving_subscription_id leaving_name previous_end previous_payer_id "
        "arriving_subscription_id arriving_name "
        "arriving_partner_id arriving_values payer_id is_owner run_id state reason user_id done_on origin_section_name "
        "last_bill_partner_id is_last_bill_partner_created last_bill_address closing_bill part_ids",
    )

    origin_id = fields.Many2one(
        "utility.move", string="Entered In", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    origin_section_name = fields.Char(string="Received From", readonly=True)
    part_ids = fields.One2many("utility.move", "origin_id", string="Parts of Other Sections", readonly=True)
    meter_id = fields.Many2one("utility.meter", required=True, readonly=True, index=True, ondelete="cascade")
    section_id = fields.Many2one(related="meter_id.section_id", store=True, index=True)
    company_id = fields.Many2one(related="meter_id.company_id", store=True, index=True)
    date = fields.Date(string="Day", required=True, readonly=True, help="Last day of the leaving subscriber.")
    first_day = fields.Date(readonly=True, help="Of the new subscriber.")
    index = fields.Float(digits=VOLUME, readonly=True, aggregator=None)
    reading_kind = fields.Selection(
        [("real", "Read"), ("estimated", "Estimated"), ("none", "Without an index")],
        string="The Index Is",
        readonly=True,
    )
    reading_id = fields.Many2one("utility.reading", readonly=True, index="btree_not_null", ondelete="set null")

    reading_date = fields.Date(string="Index of", readonly=True)
    is_reading_entered = fields.Boolean(readonly=True, help="Undoing deletes the reading.")

    leaving_subscription_id = fields.Many2one(
        "utility.subscription", string="Subscription That Ends", readonly=True, ondelete="set null"
    )
    leaving_name = fields.Char(string="Moves Out", readonly=True)
    previous_end = fields.Date(readonly=True, help="Last day of the subscription before the move.")
    previous_payer_id = fields.Many2one("res.partner", readonly=True)
    last_bill_partner_id = fields.Many2one("res.partner", string="Address of the Last Bill", readonly=True)
    is_last_bill_partner_created = fields.Boolean(
        readonly=True, help="Undoing archives it, unless it is used elsewhere."
    )
    last_bill_address = fields.Json(readonly=True)
    arriving_subscription_id = fields.Many2one(
        "utility.subscription", string="Subscription That Begins", readonly=True, ondelete="set null"
    )
    arriving_name = fields.Char(string="Moves In", readonly=True)
    arriving_partner_id = fields.Many2one("res.partner", readonly=True)
    arriving_values = fields.Json(readonly=True, help="Name and address, for a section that can't use the contact.")
    payer_id = fields.Many2one("res.partner", readonly=True)
    is_owner = fields.Boolean(string="Owner of the Place", readonly=True)
    closing_bill = fields.Selection(
        [("campaign", "Left to the next campaign"), ("draft", "Drawn up now, as a draft")], readonly=True
    )
    run_id = fields.Many2one(
        "utility.billing.run", string="Campaign of the Closing Bill", readonly=True, ondelete="set null"
    )

    state = fields.Selection(
        [
            ("proposed", "To synchronise"),
            ("done", "Carried out"),
            ("declined", "Declined"),
            ("blocked", "Blocked"),
            ("to_undo", "Undone by the other section"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
        default="done",
        index=True,
    )
    reason = fields.Char(string="Obstacle", readonly=True)
    user_id = fields.Many2one("res.users", string="Done By", readonly=True)
    done_on = fields.Datetime(readonly=True)
    summary = fields.Text(compute="_compute_summary", string="Changes Made")

    elsewhere = fields.Html(compute="_compute_elsewhere", string="Other Sections")

    _waiting = models.Index("(section_id) WHERE state IN ('proposed', 'declined', 'blocked', 'to_undo')")

    @api.depends("leaving_name", "arriving_name", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for move in self:
            people = FOLLOWED_BY.join(filter(None, [move.leaving_name, move.arriving_name]))
            move.display_name = f"{people} · {format_date(self.env, move.date)}"

    def _shown_as(self, operator, parts):
        """Return the domain of the moves of one person, or of a leaving and an arriving one, on a day."""
        return [found_by_day(self, parts, lambda people: self._of_people(operator, people))]

    @api.model
    def _of_people(self, operator, people):
        one = Domain("leaving_name", operator, people) | Domain("arriving_name", operator, people)
        leaving, mark, arriving = people.partition(FOLLOWED_BY.strip())
        both = Domain("leaving_name", operator, leaving.strip()) & Domain("arriving_name", operator, arriving.strip())
        return one | both if mark else one

    @api.depends("state", "reading_id", "leaving_subscription_id", "arriving_subscription_id", "run_id.bill_ids")
    @api.depends_context("lang", "uid")
    def _compute_summary(self):
        for move in self:
            move.summary = "\n".join(move._sentences())

    @api.depends("part_ids.state", "part_ids.reason")
    @api.depends_context("lang", "uid")
    def _compute_elsewhere(self):
        for move in self:
            # sudo: as in _render_sections
            parts = move.sudo().part_ids
            move.elsewhere = Markup().join(part._render_section() for part in parts) if parts else False

    # === SENTENCES === #

    def _render_sections(self):
        """Return what the move does, section by section."""
        # sudo: the other sections' parts; without access to their company, only the name of the section is shown
        moves = self.sudo() | self.sudo().part_ids
        return Markup().join(move._render_section() for move in moves)

    def _render_section(self):
        lines = Markup().join(Markup("<li>%s</li>") % sentence for sentence in self._sentences_for_reader())
        return Markup("<p><strong>%s</strong></p><ul>%s</ul>") % (self.section_id.name, lines)

    def _sentences_for_reader(self):
        if self.company_id not in self.env.user.company_ids:
            return [self.env._("Proposed to the agents of this section, who answer it.")]
        if self.state == "blocked":
            return [self.env._("Blocked: %s", self.reason)]
        states = dict(self._fields["state"]._description_selection(self.env))
        return self._sentences() if self.state == "done" else [states[self.state], *self._sentences()]

    def _sentences(self):
        """Return what the move does, or would do, in its section, one sentence per change."""
        changes = [self._reading_sentence(), self._leaving_sentence(), self._arriving_sentence(), self._bill_sentence()]
        return [sentence for sentence in [*changes, self.reason] if sentence]

    def _reading_sentence(self):
        if self.reading_kind == "none":
            return False
        readings = self.env["utility.reading"]
        labels = dict(self._fields["reading_kind"]._description_selection(self.env))
        values = {
            "day": format_date(self.env, self.reading_date or self.date),
            "index": readings._format_volume(readings._decimal(self.index)),
            "kind": (labels.get(self.reading_kind) or "").lower(),
        }
        reading = self.reading_id
        if not reading.previous_date:
            return self.env._("Reading of %(day)s: index %(index)s (%(kind)s)", **values)
        values["volume"] = readings._format_volume(readings._decimal(reading.consumption))
        sentence = self.env._("Reading of %(day)s: index %(index)s (%(kind)s), %(volume)s m³ consumed", **values)
        findings = dict(readings._fields["finding"]._description_selection(self.env))
        return f"{sentence} – {findings[reading.finding]}" if reading.finding else sentence

    def _leaving_sentence(self):
        if not self.leaving_name:
            return False
        values = {"name": self.leaving_name, "day": format_date(self.env, self.date)}
        address = self.last_bill_address or {}
        if not any(address.values()):
            return self.env._("%(name)s leaves: last day %(day)s", **values)
        town = " ".join(filter(None, [address.get("zip"), address.get("city")]))
        values["address"] = ", ".join(filter(None, [address.get("street"), address.get("street2"), town]))
        return self.env._("%(name)s leaves: last day %(day)s, last bill to %(address)s", **values)

    def _arriving_sentence(self):
        if not self.arriving_name:
            return False
        values = {"name": self.arriving_name, "day": format_date(self.env, self.first_day)}
        tariff = self.arriving_subscription_id.tariff_id.name
        if tariff:
            return self.env._("%(name)s moves in on %(day)s, tariff %(tariff)s", tariff=tariff, **values)
        return self.env._("%(name)s moves in on %(day)s", **values)

    def _bill_sentence(self):
        if not self.leaving_name or self.closing_bill != "draft" or self.state in ("declined", "to_undo", "undone"):
            return False
        # sudo: the amount of the closing bill is shown to the user who has it drawn up, who runs campaigns
        bill = self.sudo().run_id.bill_ids[:1]
        if bill:
            amount = format_amount(self.env, bill.amount_total_signed, bill.currency_id)
            return self.env._("Closing bill: %(amount)s, %(state)s", amount=amount, state=self._state_of(bill))
        return "\n".join(self.sudo().run_id.finding_ids.mapped("message")) or False  # sudo: as above

    def _state_of(self, bill):
        return dict(bill._fields["state"]._description_selection(self.env))[bill.state].lower()
