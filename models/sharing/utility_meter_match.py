from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..metering.utility_connection_point import GENERAL_INFORMATION
from .match_cards import MatchCards
from .match_words import MatchWords

LIKENESS = [
    ("same", "Same"),
    ("alike", "Written differently"),
    ("end", "End of the number"),
    ("close", "One typo apart"),
    ("unknown", "Not given"),
    ("different", "Different"),
]


def _table(head, rows):
    def line(tag, cells):
        cell = Markup("<{0}>%s</{0}>").format(Markup(tag))
        return Markup("<tr>%s</tr>") % Markup().join(cell % text for text in cells)

    body = Markup().join(line("td", row) for row in rows)
    return Markup('<table class="table table-sm"><thead>%s</thead><tbody>%s</tbody></table>') % (
        line("th", head),
        body,
    )


#: Fields that a list shows for both cards, one above the other: {field: field of one card}
BOTH = {
    "numbers": "serial_number",
    "places": "street",
    "subscribers": "subscriber",
    "last_readings": "last_reading",
}
#: Shown for a card without a number.
WITHOUT = "—"
#: States of a pair that is undecided, or whose decision was undone.
OPEN_STATES = ("proposed", "refused", "undone")


class UtilityMeterMatch(models.Model):
    """Two cards of two sections that may be one device, with their contents as they were compared."""

    _name = "utility.meter.match"
    _description = "Meters to Match"
    _inherit = ["utility.shown.name"]
    _order = "score desc, id"
    # every foreign key is checked for each of fifty thousand pairs written at once: unneeded ones are left out; the
    # history of each card shows who attached it
    _log_access = False

    run_id = fields.Many2one("utility.meter.matching", string="Matching", required=True, ondelete="cascade")
    meter_id = fields.Many2one("utility.meter", string="Card", required=True, index=True, ondelete="cascade")
    other_meter_id = fields.Many2one(
        "utility.meter", string="Card of the Other Section", required=True, index=True, ondelete="cascade"
    )
    confidence = fields.Selection(
        [
            ("certain", "Certain"),
            ("probable", "Probable"),
            ("possible", "Possible"),
            ("other_device", "Same place, other device"),
            ("manual", "Paired by hand"),
        ],
        required=True,
        readonly=True,
    )
    ambiguous = fields.Boolean(readonly=True, help="A third card matches one of the two equally well.")
    third_meter_id = fields.Many2one(
        "utility.meter",
        string="Third Card",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The third card that matches one of the two equally well.",
    )
    reasons = fields.Char(readonly=True, help="Other evidence for or against the pair, as codes.")
    words = fields.Text(compute="_compute_words", string="Likeness in Words")
    score = fields.Integer(readonly=True, help="Degree of agreement: number, address, subscriber, diameter.")
    serial_likeness = fields.Selection(LIKENESS, string="Numbers", readonly=True)
    address_likeness = fields.Selection(LIKENESS, string="Addresses", readonly=True)
    subscriber_likeness = fields.Selection(LIKENESS, string="Subscribers", readonly=True)
    serial_number = fields.Char(readonly=True)
    other_serial_number = fields.Char(string="Number There", readonly=True)
    street = fields.Char(string="Address", readonly=True)
    other_street = fields.Char(string="Address There", readonly=True)
    subscriber = fields.Char(readonly=True)
    other_subscriber = fields.Char(string="Subscriber There", readonly=True)
    diameter = fields.Integer(string="Diameter (mm)", readonly=True)
    other_diameter = fields.Integer(string="Diameter There (mm)", readonly=True)
    state = fields.Selection(
        [
            ("proposed", "To look at"),
            ("queued", "Being attached"),
            ("attached", "Attached"),
            ("leaving", "Being detached"),
            ("undone", "Undone"),
            ("refused", "Refused"),
            ("distinct", "Not the same device"),
        ],
        required=True,
        default="proposed",
        readonly=True,
    )
    note = fields.Char(string="Why", readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, index="btree_not_null")
    decided_on = fields.Datetime(readonly=True)
    last_reading = fields.Char(compute="_compute_cards", help="Last index, and its date.")
    other_last_reading = fields.Char(compute="_compute_cards", string="Last Reading There")
    past = fields.Char(compute="_compute_cards", string="Before", help="Former subscribers, replaced devices.")
    other_past = fields.Char(compute="_compute_cards", string="Before There")
    numbers = fields.Text(compute="_compute_both", string="Serial Numbers")
    places = fields.Text(compute="_compute_both")
    subscribers = fields.Text(compute="_compute_both", string="Their Subscribers")
    last_readings = fields.Text(compute="_compute_both")
    point_id = fields.Many2one("utility.connection.point", string="Shared Point", readonly=True, ondelete="set null")
    left_point_id = fields.Many2one(
        "utility.connection.point",
        string="Point Left",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Former point of the other section's card, archived with its general information.",
    )
    device_count = fields.Integer(readonly=True, help="Devices replaced at the shared point when it was attached.")
    difference_html = fields.Html(compute="_compute_difference_html", string="Differences in General Information")

    _batches = models.Index("(run_id, state, id)")

    @api.depends("serial_number", "other_serial_number")
    def _compute_display_name(self):
        for pair in self:
            pair.display_name = f"{pair.serial_number or WITHOUT} · {pair.other_serial_number or WITHOUT}"

    def _shown_as(self, operator, parts):
        """Return the domain of the pairs with one of two numbers, or with both."""
        named = [
            Domain(name, operator, part) if part != WITHOUT else Domain(name, "in", [False, ""])
            for name, part in zip(("serial_number", "other_serial_number"), parts, strict=False)
        ]
        if len(named) == 2:
            return [Domain.AND(named)]
        return [named[0] | Domain("other_serial_number", operator, parts[0])]

    @api.depends("meter_id", "other_meter_id", "left_point_id")
    def _compute_difference_html(self):
        reachable = self.with_context(allowed_company_ids=self.env.user.company_ids.ids)
        for pair in reachable:
            own = (pair.left_point_id or pair.other_meter_id.connection_point_id)._general_information()
            kept = pair.meter_id.connection_point_id._general_information()
            label = pair.meter_id.connection_point_id._general_information_label
            differing = [name for name in GENERAL_INFORMATION if kept[name] != own[name]]
            rows = [(label(name), kept[name] or "–", own[name] or "–") for name in differing]
            head = ("", pair.meter_id.section_id.name, pair.other_meter_id.section_id.name)
            pair.difference_html = _table(head, rows) if rows else self.env._("None.")

    @api.depends("serial_likeness", "address_likeness", "subscriber_likeness", "reasons", "third_meter_id")
    @api.depends_context("lang")
    def _compute_words(self):
        words = MatchWords(self.env)
        for pair in self:
            pair.words = words.of(pair)

    @api.depends("meter_id", "other_meter_id")
    @api.depends_context("lang")
    def _compute_cards(self):
        cards = MatchCards(self.env, [*self.meter_id.ids, *self.other_meter_id.ids])
        for pair in self:
            mine, theirs = pair.meter_id.id, pair.other_meter_id.id
            pair.last_reading, pair.other_last_reading = cards.last_reading(mine), cards.last_reading(theirs)
            pair.past, pair.other_past = cards.past(mine), cards.past(theirs)

    @api.depends("meter_id", "other_meter_id")
    @api.depends_context("lang")
    def _compute_both(self):
        for pair in self:
            for both, name in BOTH.items():
                pair[both] = f"{pair[name] or '–'}\n{pair[f'other_{name}'] or '–'}"

    # === ACTIONS === #

    def action_attach(self):
        """Attach these pairs, in the background: the other section's cards move to the points of the first.

        Users may go through the list meanwhile: pairs may be added while others are being attached.
        """
        count = self.run_id._start_on("attach", self)
        return self._stay(self.env._("Pairs being attached: %s.", count))

    def action_set_apart(self):
        """Mark these pairs as different devices, which are not proposed again.

        :raises UserError: one of them is attached
        """
        self.run_id._check_may_work()
        self.check_access("read")
        if self.filtered(lambda pair: pair.state not in OPEN_STATES):
            raise UserError(self.env._("Pairs that are attached or waiting must be undone first."))
        self._decide("distinct")
        return self._stay(self.env._("Marked as different devices. Pairs: %s.", len(self)))

    def action_reconsider(self):
        """Undo *Not the same device*: the pair must be decided again."""
        self.run_id._check_may_work()
        self.check_access("read")
        self.filtered(lambda pair: pair.state == "distinct")._decide("proposed")
        return self._stay(self.env._("The pair must be decided again."))

    def action_undo(self):
        """Detach these pairs, in the background: each card gets its own general information back."""
        count = self.run_id._start_on("undo", self)
        return self._stay(self.env._("Pairs being undone: %s.", count))

    # === BUSINESS === #

    def _stay(self, message):
        """Return a notification of what happens; a list reloads in place, a form goes to the next pair by itself."""
        params = {"message": message, "type": "success"}
        if not self.env.context.get("utility_one_by_one"):
            params["next"] = {"type": "ir.actions.client", "tag": "soft_reload"}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    def _decide(self, state):
        # sudo: pairs are written by the server only; the calling action has checked the rights
        self.sudo().write(
            {"state": state, "note": False, "decided_by_id": self.env.uid, "decided_on": fields.Datetime.now()}
        )

    def _attach(self):
        """Attach pairs whose cards were checked, in a constant number of queries."""
        cards = self.other_meter_id.browse([pair.other_meter_id.id for pair in self])
        points = self.point_id.browse([pair.meter_id.connection_point_id.id for pair in self])
        left = cards._attach_to(points)
        devices = [len(point.device_ids) for point in points]
        self._write_outcome("attached", points._ids, left._ids, devices)

    def _undo(self):
        """Move the cards back to the points that they left, as they were."""
        cards = self.other_meter_id.browse([pair.other_meter_id.id for pair in self])
        back = self.point_id.browse([pair._point_to_go_back_to().id for pair in self])
        names = {pair.other_meter_id.id: pair.point_id.name for pair in self}
        back.filtered(lambda point: not point.active).active = True
        cards._move_to(back)
        message = self.env._("Detached from the shared connection point %s.")
        cards._message_log_batch({card_id: message % name for card_id, name in names.items()})
        self._write_outcome("undone", [None] * len(self), [None] * len(self), [0] * len(self))

    def _point_to_go_back_to(self):
        """Return the point that the card left, or a copy of the shared one if it is gone or the device was replaced."""
        point, left = self.point_id, self.left_point_id
        replaced_since = len(point.device_ids) != self.device_count
        return left if left and not replaced_since else point._copy_for_detached_card()

    def _mark_refused(self, why):
        """Record why a pair stays as it is; an attached one stays attached."""
        # sudo: pairs are written by the server only; the rights were checked before
        self.sudo().write({"state": "attached" if self.point_id else "refused", "note": why})

    def _write_outcome(self, state, points, left, devices):
        """Write the state of all pairs and, in their order, the shared point, the point left, its replaced devices."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE utility_meter_match pair
                   SET state = %s, point_id = v.point, left_point_id = v.gone, device_count = v.devices, note = NULL
                  FROM unnest(%s, %s::integer[], %s::integer[], %s) AS v(id, point, gone, devices)
                 WHERE pair.id = v.id
                """,
                state,
                self.ids,
                list(points),
                list(left),
                devices,
            )
        )
        self.invalidate_recordset(flush=False)
