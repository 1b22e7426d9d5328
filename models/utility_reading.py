from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang
from odoo.tools.float_utils import float_repr

from ..core.metering.consumption import chain
from ..core.metering.findings import Code, Finding
from ..core.metering.readings import Kind, Reading
from .reading_store import SLOT, ReadingStore

#: What another section must know of a reading: changing one of these asks the question again (notice 1).
SHARED_FIELDS = frozenset({"date", "index", "kind", "rollover", "consumption"})

#: What may still change on a billed reading: how the other sections stand to it.
FREE_WHEN_BILLED = frozenset({"sync_state", "origin_reading_id"})

#: What is computed or kept here: nobody gives it, whatever the way in.
KEPT_BY_SERVER = frozenset(
    {"previous_index", "previous_date", "computed_consumption", "is_modified", "modified_by_id", "modified_on"}
) | {"finding", "sync_state", "origin_reading_id"}

#: What identifies a reading on its meter, with the index that is told to who enters another one.
MOMENT_FIELDS = ("date", "kind", "index")

VOLUME = (16, 3)


class UtilityReading(models.Model):
    """A dated index on a section's meter, with its consumption."""

    _name = "utility.reading"
    _description = "Meter Reading"
    _order = "date desc, id desc"
    _check_company_auto = True

    meter_id = fields.Many2one(
        "utility.meter",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self._default_meter(),
        help="On a new reading: the next meter of the round.",
    )
    section_id = fields.Many2one(related="meter_id.section_id", store=True, index=True)
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
        string="Roll-over", help="The meter passed its last digit since the previous reading and went on from 0."
    )
    previous_index = fields.Float(readonly=True, copy=False, digits=VOLUME, aggregator=None)
    previous_date = fields.Date(readonly=True, copy=False)
    computed_consumption = fields.Float(
        readonly=True, copy=False, digits=VOLUME, help="Index − previous index, roll-over and replacement included."
    )
    consumption = fields.Float(
        copy=False, digits=VOLUME, help="The computed consumption, unless somebody modified it (leak, fraud, faulty meter)."
    )
    is_modified = fields.Boolean(string="Modified Consumption", readonly=True, copy=False)
    modification_reason = fields.Char(copy=False, help="Why the consumption is not the computed one.")
    modified_by_id = fields.Many2one("res.users", string="Modified By", readonly=True, copy=False)
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
    state = fields.Selection(
        [("draft", "To check"), ("confirmed", "Confirmed"), ("billed", "Billed")],
        required=True,
        default="confirmed",
        readonly=True,
        copy=False,
        index=True,
        help="A reading that calls for a second look waits to be confirmed before it is billed.",
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
    sharing_enabled = fields.Boolean(related="company_id.share_connection_points")
    origin_reading_id = fields.Many2one(
        "utility.reading",
        string="Received From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The reading of the other section that this one was synchronised from.",
    )
    answer_ids = fields.One2many("utility.reading.answer", "reading_id", string="Answers", readonly=True)
    unit_name = fields.Char(related="section_id.uom_id.name")

    _one_per_moment = models.UniqueIndex(f"(meter_id, date, {SLOT})", "This meter already has a reading of that day.")
    _recent = models.Index("(date DESC, id DESC)")
    _entered_by = models.Index("(create_uid, id DESC)")
    _open_questions = models.Index("(meter_id) WHERE sync_state IN ('pending', 'declined', 'diverging')")

    # === DEFAULTS === #

    @api.model
    def _default_meter(self):
        """Return the next meter of the agent's round: the one after the last that they read in their section."""
        section = self.env["utility.section"]._default_section()
        last = self.search([("section_id", "=", section.id), ("create_uid", "=", self.env.uid)], order="id desc", limit=1)
        return last.meter_id._next_of_round() if last else self.env["utility.meter"]._first_of_round(section)

    @api.depends("meter_id", "date", "index")
    def _compute_display_name(self):
        for reading in self:
            day = format_date(self.env, reading.date) if reading.date else ""
            reading.display_name = f"{reading.meter_id.display_name or ''} · {day}"

    @api.onchange("meter_id", "date", "index", "kind", "rollover")
    def _onchange_index(self):
        """Show at once what the index measures, as the server will compute it when the reading is saved."""
        is_empty = not (self.index or self._origin or self.kind == "installation")
        if is_empty or not (self.meter_id and self.date):
            return
        card = ReadingStore(self.env).cards(self.meter_id.ids)[self.meter_id.id]
        mine = self._origin.id or 0
        new = Reading(mine, self.date, self._decimal(self.index), Kind(self.kind or "real"), self.rollover)
        others = [r for r in card.readings if r.key != mine]
        step = next(s for s in chain(card.meter, [*others, new], fields.Date.context_today(self)) if s.key == mine)
        was_computed = not self.is_modified
        self.previous_index, self.previous_date = step.previous_index, step.previous_date
        self.computed_consumption = step.computed
        if was_computed:
            self.consumption = step.computed
        self.finding = next((f.code.value for f in step.findings if not f.blocking), False)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        meters = self.env["utility.meter"].browse({v["meter_id"] for v in vals_list if v.get("meter_id")})
        # whether somebody may read these meters is settled before they are locked
        meters.check_access("read")
        meters.connection_point_id.sudo()._lock()  # sudo: the lock reads nothing; the cards were checked just above
        self._check_not_kept_by_server({name for vals in vals_list for name in vals})
        self._check_free([self._add_missing_default_values(vals) for vals in vals_list])
        readings = super().create([self._prepare_create(vals) for vals in vals_list])
        readings._check_state_given()
        readings._settle()
        return readings

    def _prepare_create(self, vals):
        """A consumption that is given is a modification until it proves equal to the computed one."""
        if "consumption" not in vals:
            return vals
        return vals | {"is_modified": True, "modified_by_id": self.env.uid, "modified_on": fields.Datetime.now()}

    def _check_free(self, values):
        """Refuse a second reading of a meter on a day, before the database does it with less words.

        :param list[dict] values: of readings about to be written, in the order of `self` where they exist
        :raises ValidationError: naming both indexes
        """
        ids = self.ids or [0] * len(values)
        moments, given, clashes = [], {}, []
        for id_, v in zip(ids, values, strict=True):
            if not (v.get("meter_id") and v.get("date")):
                continue
            new = Reading(id_, fields.Date.to_date(v["date"]), self._decimal(v.get("index")), Kind(v["kind"]))
            first = given.setdefault((v["meter_id"], new.moment), new)
            if first is not new:
                clashes.append((v["meter_id"], new.date, new.index, first.index))
            moments.append((v["meter_id"], new, id_))
        for meter_id, day, index, rank in ReadingStore(self.env).occupied(
            [(meter_id, new.date, new.kind.value, id_) for meter_id, new, id_ in moments]
        ):
            clashes.append((meter_id, day, moments[rank][1].index, Decimal(index)))
        if clashes:
            raise ValidationError("\n".join(self._duplicate_sentence(*clash) for clash in clashes))

    def _duplicate_sentence(self, meter_id, day, new, held):
        meter = self.env["utility.meter"].browse(meter_id)
        return self._finding_sentence(meter.display_name, Finding(Code.DUPLICATE, day, new, day, held))

    def write(self, vals):
        self._check_not_kept_by_server(vals)
        if not vals.keys() - FREE_WHEN_BILLED:
            return super().write(vals)
        self._check_not_billed(self.env._("It can't be changed any more"))
        if "meter_id" in vals and any(reading.meter_id.id != vals["meter_id"] for reading in self):
            raise UserError(self.env._("A reading stays on its meter. Delete it and enter it on the right one."))
        if not vals.keys() & SHARED_FIELDS:
            result = super().write(vals)
            self._check_state_given()
            return result
        self.check_access("write")
        self.connection_point_id.sudo()._lock()  # sudo: as in create
        if vals.keys() & {"date", "kind"}:
            self._check_free([{name: r[name] for name in MOMENT_FIELDS} | vals | {"meter_id": r.meter_id.id} for r in self])
        before = {reading.id: reading._shared_values() for reading in self}
        result = super().write(self._prepare_create(vals))
        self._check_state_given()
        self._settle(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        self._check_not_billed(self.env._("It can't be deleted"))

    def unlink(self):
        self.check_access("unlink")
        meters = self.meter_id
        meters.connection_point_id.sudo()._lock()  # sudo: as in create
        result = super().unlink()
        self.browse()._settle(meters=meters)
        return result

    def _shared_values(self):
        self.ensure_one()
        return tuple(self[name] for name in sorted(SHARED_FIELDS))

    def _check_not_billed(self, consequence):
        """Invariant 3: a billed reading never changes and never disappears."""
        billed = self.filtered(lambda r: r.state == "billed")
        if billed:
            first = billed[0]
            raise UserError(
                self.env._(
                    "The reading of %(date)s on meter %(meter)s is billed. %(consequence)s: make a credit note of its "
                    "bill first.",
                    date=format_date(self.env, first.date),
                    meter=first.meter_id.display_name,
                    consequence=consequence,
                )
            )

    def _check_not_kept_by_server(self, names):
        """What the server computes can't be made up by whoever calls it directly (RPC, import)."""
        kept = sorted(KEPT_BY_SERVER.intersection(names))
        if kept and not self.env.su:
            labels = ", ".join(self._fields[name]._description_string(self.env) for name in kept)
            raise UserError(self.env._("%(fields)s: computed from the readings, can't be entered.", fields=labels))

    def _check_state_given(self):
        """Only billing, or a person in charge, says that readings are billed."""
        if self.env.su or self.env.user.has_group("utility_billing_sync.group_utility_manager"):
            return
        if any(reading.state == "billed" for reading in self):
            raise UserError(self.env._("Only a billing campaign marks readings as billed."))

    # === ACTIONS === #

    def action_confirm(self):
        """Accept readings that called for a second look."""
        self.filtered(lambda r: r.state == "draft").state = "confirmed"

    def action_reset_consumption(self):
        """Give up a modified consumption for the computed one."""
        for reading in self:
            reading.write({"consumption": reading.computed_consumption, "modification_reason": False})

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

    def _settle(self, before=None, meters=None):
        """Recompute the meters of readings that were just saved, refuse what blocks, and ask the question again.

        :param dict before: for readings that existed: {id: shared values as they were}
        :param meters: the meters of readings that were just deleted
        :raises ValidationError: with a sentence for each reading that can't stay as it is
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
        self._forget_modifier()
        self._reopen_question(before or {})
        store.refresh_states({card.point_id for card in cards.values()})

    def _blocking_sentences(self, card, steps, touched):
        """Sentences for the blocking findings that what was just saved brought about."""
        sentences = []
        for step in steps:
            moved = (step.previous_index, step.previous_date) != card.stored[step.key][:2]
            if step.blocking and (step.key in touched or step.previous_key in touched or moved):
                meter = self.env["utility.meter"].browse(card.id)
                sentences += [self._finding_sentence(meter.display_name, f) for f in step.blocking]
        return sentences

    def _forget_modifier(self):
        """A consumption put back to the computed one has no modifier and no reason."""
        restored = self.filtered(lambda r: not r.is_modified and r.modified_by_id)
        super(UtilityReading, restored).write(
            {"modified_by_id": False, "modified_on": False, "modification_reason": False}
        )

    def _reopen_question(self, before):
        changed = self.filtered(lambda r: r.id not in before or before[r.id] != r._shared_values())
        super(UtilityReading, changed.filtered("meter_id.is_shared")).write(
            {"sync_state": "pending", "origin_reading_id": False}
        )

    @api.model
    def _format_volume(self, volume: Decimal | None) -> str:
        """Write a volume or an index as people do: no decimals where there are none."""
        if volume is None:
            return ""
        decimals = max(0, -volume.normalize().as_tuple().exponent)
        return formatLang(self.env, float(volume), digits=decimals, grouping=False)

    @api.model
    def _finding_sentence(self, meter_name: str, finding: Finding) -> str:
        """Say a finding to a person: the meter, the dates, both indexes, and what to do."""
        values = {
            "meter": meter_name,
            "date": format_date(self.env, finding.date),
            "index": self._format_volume(finding.index),
            "previous_date": format_date(self.env, finding.previous_date) if finding.previous_date else "",
            "previous_index": self._format_volume(finding.previous_index),
        }
        return self._finding_template(finding.code) % values

    @api.model
    def _finding_template(self, code):
        _ = self.env._
        return {
            Code.NEGATIVE: _("Meter %(meter)s, %(date)s: index %(index)s is negative. Enter what the meter shows."),
            Code.FUTURE: _("Meter %(meter)s: %(date)s (index %(index)s) is in the future. Enter the day of the reading."),
            Code.BEFORE_INSTALLATION: _(
                "Meter %(meter)s: reading of %(date)s (index %(index)s) is before its installation on "
                "%(previous_date)s. Correct one of the two dates."
            ),
            Code.DUPLICATE: _(
                "Meter %(meter)s already has a reading of %(previous_date)s: index %(previous_index)s. "
                "Index %(index)s of %(date)s can't be added: correct the existing reading."
            ),
            Code.BELOW_PREVIOUS: _(
                "Meter %(meter)s: index %(index)s of %(date)s is below index %(previous_index)s of %(previous_date)s. "
                "Correct the index, or tick roll-over if the meter passed its last digit."
            ),
            Code.TOO_MANY_DIGITS: _(
                "Meter %(meter)s, %(date)s: index %(index)s has more digits than the meter shows. "
                "Correct the index or the meter's number of digits."
            ),
            Code.DIGITS_UNKNOWN: _(
                "Meter %(meter)s, %(date)s: index %(index)s after %(previous_index)s of %(previous_date)s is marked as "
                "a roll-over, but the meter's number of digits is not known. Enter it on the meter."
            ),
            Code.USELESS_ROLLOVER: _(
                "Meter %(meter)s: index %(index)s of %(date)s is marked as a roll-over, but is not below index "
                "%(previous_index)s of %(previous_date)s. Untick roll-over."
            ),
            Code.NO_DEVICE: _(
                "Meter %(meter)s was removed on %(previous_date)s at index %(previous_index)s: index %(index)s of "
                "%(date)s can't be read before a device is installed. Enter the installation first."
            ),
            Code.ALREADY_BILLED: _(
                "Meter %(meter)s: the reading of %(previous_date)s at index %(previous_index)s is billed and can't "
                "become %(index)s."
            ),
        }[code]
