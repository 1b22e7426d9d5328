from contextlib import closing

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..core.metering.estimating import estimate_index
from ..models.common.guarded import Guard
from ..models.metering.reading_store import ReadingStore
from ..models.metering.utility_reading import VOLUME
from ..models.moves.occupancy import Occupancy
from ..models.moves.section_occupancy import MoveRequest, reading_day

MANAGER = "utility_billing_sync.group_utility_manager"
ADDRESS = ("street", "street2", "zip", "city")


class UtilityMoveDialog(models.TransientModel):
    """*Départ / Arrivée*: entered once for a meter, previewed section by section, then applied in all of them."""

    _name = "utility.move.dialog"
    _description = "Departure / Arrival"
    _inherit = ["utility.guarded"]
    _guard = Guard(
        kept="step question summary revision meter_ids",
        given="meter_id date index_kind index rollover follower arriving_id owner_id payer_id tariff_id last_street "
        "last_street2 last_zip last_city closing_bill",
    )

    meter_ids = fields.Many2many("utility.meter", string="Meters Offered", readonly=True)
    meter_id = fields.Many2one("utility.meter", domain="[('id', 'in', meter_ids)]")
    section_id = fields.Many2one(related="meter_id.section_id")
    company_id = fields.Many2one(related="meter_id.company_id")
    unit_name = fields.Char(related="meter_id.unit_name")
    is_shared = fields.Boolean(related="meter_id.is_shared")
    step = fields.Selection([("entry", "Entry"), ("preview", "Preview")], default="entry", required=True, readonly=True)
    date = fields.Date(
        string="Day",
        required=True,
        default=fields.Date.context_today,
        help="Last day of the leaving subscriber; in a vacant place, first day of the new one.",
    )
    leaving_id = fields.Many2one(
        "utility.subscription", string="Subscription That Ends", compute="_compute_leaving_id", compute_sudo=False
    )
    leaving_name = fields.Char(related="leaving_id.partner_id.name", string="Leaving Subscriber")
    index_kind = fields.Selection(
        [("real", "Read on the meter"), ("estimated", "Estimated by days"), ("none", "Without an index (flat rate)")],
        string="Index",
        required=True,
        default="real",
    )
    index = fields.Float(string="Index of the Day", digits=VOLUME, compute="_compute_index", store=True, readonly=False)
    index_note = fields.Char(compute="_compute_index_note")
    rollover = fields.Boolean(
        string="Roll-over", help="The register has passed its last digit since the previous reading."
    )
    follower = fields.Selection(
        [("subscriber", "A new subscriber"), ("owner", "The owner of the place"), ("nobody", "Nobody")],
        string="Moves In",
        required=True,
        default="subscriber",
    )
    arriving_id = fields.Many2one("res.partner", string="New Subscriber", context={"default_is_subscriber": True})
    owner_id = fields.Many2one(
        "res.partner", compute="_compute_owner_id", store=True, readonly=False, compute_sudo=False
    )
    payer_id = fields.Many2one("res.partner", help="Payer, if different from the new subscriber.")
    tariff_id = fields.Many2one(
        "utility.tariff",
        compute="_compute_tariff_id",
        store=True,
        readonly=False,
        compute_sudo=False,
        domain="[('section_id', '=', section_id)]",
        help="In this section. Each other section keeps the tariff of its own last subscriber.",
    )
    last_street = fields.Char(string="Address of the Last Bill")
    last_street2 = fields.Char()
    last_zip = fields.Char()
    last_city = fields.Char()
    closing_bill = fields.Selection(
        [("campaign", "Left to the next campaign"), ("draft", "Drawn up now, as a draft")],
        required=True,
        default="campaign",
        groups=MANAGER,
    )
    question = fields.Html(readonly=True)
    summary = fields.Html(readonly=True)
    revision = fields.Integer(readonly=True, help="Of the connection point, when the preview was made.")

    # === COMPUTE === #

    @api.depends("meter_id", "date")
    def _compute_leaving_id(self):
        for wizard in self:
            wizard.leaving_id = wizard.meter_id.subscription_ids.filtered(
                lambda s, day=wizard.date: day and s.date_start <= day and (not s.date_end or s.date_end >= day)
            )[:1]

    @api.depends("meter_id", "date", "index_kind")
    def _compute_index(self):
        for wizard in self:
            found = wizard._estimate() if wizard.index_kind == "estimated" else None
            held = wizard._reading_held() if wizard.index_kind == "real" else None
            wizard.index = found.index if found else held.index if held else 0

    @api.depends("meter_id", "date", "index_kind")
    @api.depends_context("lang")
    def _compute_index_note(self):
        for wizard in self:
            wizard.index_note = wizard._estimate_sentence() if wizard.index_kind == "estimated" else False

    @api.depends("meter_id")
    def _compute_owner_id(self):
        for wizard in self:
            wizard.owner_id = wizard.meter_id.owner_id

    @api.depends("meter_id", "date")
    def _compute_tariff_id(self):
        for wizard in self:
            known = wizard.meter_id.subscription_ids.sorted("date_start")
            wizard.tariff_id = (wizard.leaving_id or known[-1:]).tariff_id

    def _reading_day(self):
        return reading_day(self.env, self.index_kind, self.date, bool(self.leaving_id))

    def _reading_held(self):
        return self.meter_id.reading_ids.filtered(
            lambda r: r.date == self.date and r.kind not in ("removal", "installation")
        )[:1]

    def _estimate(self):
        meter = self.meter_id._origin or self.meter_id
        if not (meter.id and self.date):
            return None
        store = ReadingStore(self.env)
        card, day = store.cards(meter.ids)[meter.id], self._reading_day()
        others = [reading for reading in card.readings if reading.date != day]
        counted = fields.Date.add(self.date, days=1) if self.leaving_id else self.date
        return estimate_index(card.meter, others, counted, store.today)

    def _estimate_sentence(self):
        found, volume = self._estimate(), self.env["utility.reading"]._format_volume
        if not found:
            return self.env._(
                "The index of that day cannot be estimated: no earlier reading, or no consumption. Read the meter."
            )
        values = {
            "before": volume(found.before.index),
            "before_day": format_date(self.env, found.before.date),
            "after": volume(found.after.index) if found.after else "",
            "after_day": format_date(self.env, found.after.date) if found.after else "",
        }
        if found.after:
            return self.env._(
                "By days between index %(before)s of %(before_day)s and index %(after)s of %(after_day)s.", **values
            )
        return self.env._("Index %(before)s of %(before_day)s, then the daily mean of the last three years.", **values)

    # === ACTIONS === #

    @api.model
    def _open_for(self, meter, choice=None):
        """Open the dialog for a meter.

        :param meter: empty if the user has to choose
        :param choice: the subscriber's meters, among which the user may choose
        """
        self, meter, choice = self._everywhere(), meter._everywhere(), (choice or meter)._everywhere()
        choice.check_access("write")
        wizard = self._by_server().create({"meter_id": meter.id, "meter_ids": [(6, 0, choice.ids)]})
        return wizard.with_env(self.env)._reopen()

    def action_preview(self):
        """Show the effects section by section: they are applied, described and rolled back."""
        self = self._everywhere().ensure_one()
        request = self._move_request()
        with closing(self.env.cr.savepoint()):
            trial = self.with_context(tracking_disable=True, mail_notrack=True)
            move = Occupancy(trial.meter_id).carry_out(request)
            summary = move._render_sections()
        sections = self.meter_id._names_of_other_sections()
        self._by_server().write(
            {
                "step": "preview",
                "summary": summary,
                "question": self._render_question(sections),
                "revision": self._current_revision(),
            }
        )
        return self._reopen()

    def action_back(self):
        """Go back to what was entered."""
        self._by_server().step = "entry"
        return self._reopen()

    def action_confirm(self):
        """*Synchroniser*: apply it here and in the other sections.

        :raises UserError: something changed since the preview
        """
        return self._carry_out(synchronise=True)

    def action_decline(self):
        """*Ici seulement*: apply it here only, leave the other sections unchanged and record the answer."""
        return self._carry_out(synchronise=False)

    def _carry_out(self, synchronise):
        self = self._everywhere().ensure_one()
        if self.step != "preview":
            raise UserError(self.env._("Preview the effects first."))
        point = self.meter_id.connection_point_id
        point._lock()
        # the lock itself has incremented the revision by one
        if self._current_revision() - 1 != self.revision:
            raise UserError(self.env._("This meter has changed since the preview. Go back and preview again."))
        move = Occupancy(self.meter_id).carry_out(self._move_request(), synchronise)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Departure / Arrival"),
            "res_model": "utility.move",
            "res_id": move.id,
            "view_mode": "form",
        }

    # === BUSINESS === #

    def _move_request(self):
        """Return what was entered.

        :raises UserError: something is missing
        """
        if not self.meter_id:
            raise UserError(self.env._("Choose the meter: this subscriber has several."))
        arriving = {"subscriber": self.arriving_id, "owner": self.owner_id}.get(self.follower)
        if self.follower != "nobody" and not arriving:
            raise UserError(self.env._("Choose the new subscriber, or “Nobody”."))
        if self.index_kind == "estimated" and not self._estimate():
            raise UserError(self._estimate_sentence())
        if self.date > fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "%s is in the future: nobody can know the index. Enter it on that day.",
                    format_date(self.env, self.date),
                )
            )
        is_manager = self.env.user.has_group(MANAGER)
        return MoveRequest(
            day=self.date,
            kind=self.index_kind,
            index=self.index,
            arriving=arriving,
            rollover=self.rollover,
            payer=self.payer_id or None,
            is_owner=self.follower == "owner",
            tariff=self.tariff_id or None,
            address={name: self[f"last_{name}"] or "" for name in ADDRESS},
            closing_bill=self.closing_bill if is_manager else "campaign",
        )

    def _current_revision(self):
        point = self.meter_id.connection_point_id
        point.invalidate_recordset(["sharing_revision"])
        return point.sharing_revision

    def _render_question(self, sections):
        if not sections:
            return False
        names = Markup(", ").join(Markup("<strong>%s</strong>") % name for name in sections)
        question = self.env._("Do you want to synchronise this in billing %(sections)s?")
        before, _sep, after = question.partition("%(sections)s")
        return Markup("<p>%s%s%s</p>") % (before, names, after)

    def _reopen(self):
        title = self.env._("Departure / Arrival")
        if self.step == "preview":
            title = f"{title} · {self.meter_id.display_name}"
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }
