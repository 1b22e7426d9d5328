from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.float_utils import float_repr

from ...core.metering.consumption import chain
from ...core.metering.findings import Code
from ...core.metering.readings import Reading, ReadingKind
from ..common.guarded import Guard
from .reading_sql import slot
from .reading_store import ReadingStore
from .shown_names import found_by_day

#: Values that concern the other sections: if one changes, they are asked again (notice 1).
SHARED_FIELDS = frozenset({"date", "index", "kind", "rollover", "consumption"})

#: Fields that may still change on a billed reading: its state towards the other sections.
FREE_WHEN_BILLED = frozenset({"sync_state", "origin_reading_id"})

#: Fields that identify a reading on its meter, and the index shown to somebody who enters a second one.
MOMENT_FIELDS = ("date", "kind", "index")

VOLUME = (16, 3)


class UtilityReading(models.Model):
    """A dated index on a section's meter, with its consumption."""

    _name = "utility.reading"
    _description = "Meter Reading"
    _inherit = ["utility.guarded", "utility.shown.name"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _guard = Guard(
        kept="section_id company_id previous_index previous_date computed_consumption is_modified "
        "modified_by_id modified_on finding remark state sync_state origin_reading_id",
        once="meter_id",
        given="date index kind rollover consumption modification_reason",
        asked="meter_id date",
    )

    meter_id = fields.Many2one(
        "utility.meter",
        required=True,
        ondelete="restrict",
        default=lambda self: self._default_meter(),
        help="On a new reading: the next meter of the round.",
    )
    section_id = fields.Many2one(related="meter_id.section_id", store=True)
    company_id = fields.Many2one(related="meter_id.company_id", store=True, index=True)
    connection_point_id = fields.Many2one(related="meter_id.connection_point_id")
    partner_id = fields.Many2one(related="meter_id.partner_id", string="Subscriber")
    date = fields.Date(required=True, default=fields.Date.context_today)
    index = fields.Float(required=True, digits=VOLUME, aggregator=None, help="What the meter shows.")
    kind = fields.Selection(
        [
            ("real", "Read"),
            ("estimated", "Estimated"),
            ("self_reported", "Self-reported"),
            ("remote", "Remote"),
            ("removal", "Removal"),
            ("installation", "Installation"),
        ],
        required=True,
        default="real",
    )
    rollover = fields.Boolean(
        string="Roll-over", help="The register has passed its last digit since the previous reading and restarted at 0."
    )
    previous_index = fields.Float(readonly=True, copy=False, digits=VOLUME, aggregator=None)
    previous_date = fields.Date(readonly=True, copy=False)
    computed_consumption = fields.Float(
        readonly=True, copy=False, digits=VOLUME, help="Index − previous index, roll-over and replacement included."
    )
    consumption = fields.Float(
        copy=False,
        digits=VOLUME,
        help="The computed consumption, unless it was modified (leak, fraud, faulty meter).",
    )
    is_modified = fields.Boolean(string="Modified Consumption", readonly=True, copy=False)
    modification_reason = fields.Char(copy=False, help="Why the consumption is not the computed one.")
    modified_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    modified_on = fields.Datetime(readonly=True, copy=False)
    finding = fields.Selection(
        [
            (Code.HIGH.value, "More than twice the mean: possible leak"),
            (Code.ZERO.value, "Nothing consumed"),
            (Code.ESTIMATE_TOO_HIGH.value, "Below an estimate, which it puts right"),
            (Code.ALREADY_BILLED.value, "A later reading is already billed"),
        ],
        readonly=True,
        copy=False,
        string="To Note",
    )
    remark = fields.Char("Remark of the Import", readonly=True, copy=False, help="What is unclear in its file.")
    state = fields.Selection(
        [("draft", "To check"), ("confirmed", "Confirmed"), ("billed", "Billed")],
        required=True,
        default="confirmed",
        readonly=True,
        copy=False,
        help="A reading to check must be confirmed before it is billed.",
    )
    sync_state = fields.Selection(
        [
            ("not_shared", "Not shared"),
            ("pending", "To synchronise"),
            ("synced", "Synchronised"),
            ("declined", "Declined"),
            ("diverging", "Diverging"),
        ],
        string="Synchronisation",
        required=True,
        default="not_shared",
        readonly=True,
        copy=False,
    )
    origin_reading_id = fields.Many2one(
        "utility.reading",
        string="Received From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The reading of the other section that this one was synchronised from.",
    )
    unit_name = fields.Char(related="section_id.uom_id.name")

    # indexes slow down bulk inserts: meter_id has none of its own, only the first of these
    _one_per_moment = models.UniqueIndex(f"(meter_id, date, {slot()})", "This meter already has a reading of that day.")
    _recent = models.Index("(date DESC, id DESC)")
    _entered_by = models.Index("(create_uid, id DESC)")
    _to_check = models.Index("(company_id) WHERE state = 'draft'")
    _open_questions = models.Index("(meter_id) WHERE sync_state IN ('pending', 'declined', 'diverging')")

    # === DEFAULTS === #

    @api.model
    def _default_meter(self):
        """Return the next meter of the agent's round, after the last one that they read in their section."""
        section = self.env["utility.section"]._default_section()
        mine = [("section_id", "=", section.id), ("create_uid", "=", self.env.uid)]
        last = self.search(mine, order="id desc", limit=1)
        return last.meter_id._next_of_round() if last else self.env["utility.meter"]._first_of_round(section)

    @api.depends("meter_id", "date", "index")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for reading in self:
            day = format_date(self.env, reading.date)
            # the web client itself labels a reading that is not saved yet as new
            reading.display_name = f"{reading.meter_id.display_name} · {day}" if reading._origin else False

    def _shown_as(self, operator, parts):
        return [found_by_day(self, parts, lambda meter: Domain("meter_id", operator, meter))]

    @api.onchange("meter_id", "date", "index", "kind", "rollover")
    def _onchange_index(self):
        """Show the consumption at once, as the server will compute it on saving."""
        if not (self.meter_id and self.date):
            return
        card = ReadingStore(self.env).cards(self.meter_id.ids)[self.meter_id.id]
        mine = self._origin.id
        new = Reading(mine, self.date, self._decimal(self.index), ReadingKind(self.kind or "real"), self.rollover)
        others = [r for r in card.readings if r.key != mine]
        step = next(s for s in chain(card.meter, [*others, new], fields.Date.context_today(self)) if s.key == mine)
        was_computed = not self.is_modified
        self.previous_index, self.previous_date = step.previous_index, step.previous_date
        if not (self.index or self._origin or self.kind == "installation"):
            # no index was entered yet: there is no consumption to show
            return
        self.computed_consumption = step.computed
        if was_computed:
            self.consumption = step.computed
        self.finding = next((f.code.value for f in step.findings if not f.blocking), False)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self.browse()._check_given(vals_list)
        vals_list = [self._add_missing_default_values(vals) for vals in vals_list]  # a consumption of the context, too
        meters = self.env["utility.meter"].browse({v["meter_id"] for v in vals_list if v.get("meter_id")})
        # a person's own default may name a meter, too: checked before it is locked and a clash tells its index
        meters.check_access("read")
        meters.connection_point_id.sudo()._lock()  # sudo: the lock reads nothing; the cards were checked just above
        self._check_free(vals_list)
        values = [self._prepare_create(vals) for vals in vals_list]
        readings = super(UtilityReading, self._by_server()).create(values).with_env(self.env)
        readings._recompute_and_ask()
        return readings

    def _prepare_create(self, vals):
        """Return values to create; a given consumption counts as modified until it proves equal to the computed one."""
        if "consumption" not in vals:
            return vals
        return vals | {"is_modified": True, "modified_by_id": self.env.uid, "modified_on": fields.Datetime.now()}

    def write(self, vals):
        if vals.keys() - FREE_WHEN_BILLED:
            self.check_access("write")
            self._check_not_billed(self.env._("It can't be changed any more"))
        self._check_given([vals])
        if not vals.keys() & SHARED_FIELDS:
            return super().write(vals)
        self.connection_point_id.sudo()._lock()  # sudo: as in create
        if vals.keys() & {"date", "kind"}:
            moments = [{name: r[name] for name in MOMENT_FIELDS} | {"meter_id": r.meter_id.id} for r in self]
            self._check_free([moment | vals for moment in moments])
        before = {reading.id: reading._shared_values() for reading in self}
        result = super(UtilityReading, self._by_server()).write(self._prepare_create(vals))
        self._recompute_and_ask(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        self._check_not_billed(self.env._("It can't be deleted"))

    def unlink(self):
        self.check_access("unlink")
        meters = self.meter_id
        meters.connection_point_id.sudo()._lock()  # sudo: as in create
        result = super().unlink()
        self.browse()._recompute_and_ask(meters=meters)
        return result

    def _hint_of_kept(self, names):
        return self.env._("Only a billing campaign marks readings as billed.") if "state" in names else ""

    def _shared_values(self):
        return tuple(self[name] for name in sorted(SHARED_FIELDS))

    # === ACTIONS === #

    def action_confirm(self):
        """Confirm readings that had to be checked."""
        self.filtered(lambda r: r.state == "draft")._by_server().state = "confirmed"

    def action_reset_consumption(self):
        """Replace a modified consumption by the computed one."""
        for reading in self:
            reading.consumption = reading.computed_consumption

    def action_open_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    # === BUSINESS === #

    def _decimal(self, value):
        return Decimal(float_repr(value or 0.0, VOLUME[1]))

    def _recompute_and_ask(self, before=None, meters=None):
        """Recompute the meters of readings just saved, refuse blocking findings, ask the other sections again.

        :param dict before: for existing readings: {id: previous shared values}
        :param meters: meters of readings that were just deleted
        :raises ValidationError: with a sentence for each reading that cannot stay as it is
        """
        store, touched = ReadingStore(self.env), set(self.ids)
        meters = meters or self.meter_id
        updates, errors = [], []
        cards = store.cards(meters.ids)
        for card in cards.values():
            steps = store.chain(card)
            errors += self._blocking_sentences(card, steps, touched)
            store.save_steps(card, steps, updates)
        if errors:
            raise ValidationError("\n".join(errors))
        store.write_steps(updates)
        before = before or {}
        changed = [r.id for r in self if before.get(r.id) != r._shared_values()]
        self._ask_sections(changed, {card.point_id for card in cards.values()})

    @api.model
    def _ask_sections(self, reading_ids, point_ids):
        """Hook called after readings were saved in any way: asks the sections that share the points.

        :param reading_ids: readings that are new or have changed
        :param point_ids: connection points on which anything changed
        """
