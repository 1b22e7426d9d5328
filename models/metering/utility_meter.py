from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..common.guarded import Guard
from .reading_sql import slot
from .subscriber_readings import ServedReading, drawn_graph
from .utility_connection_point import CHANGED_FROM_SECTION, GENERAL_INFORMATION, trimmed

#: Number of bars of the graph, and of the readings that these and the year before are drawn from.
GRAPH_PERIODS = 12
READINGS_OF_GRAPH = 40


class UtilityMeter(models.Model):
    """A section's card of a connection point: the section's own fields; the shared ones are delegated to the point."""

    _name = "utility.meter"
    _description = "Meter"
    _inherit = ["mail.thread", "utility.guarded", "utility.shown.name", "utility.in.use"]
    _inherits = {"utility.connection.point": "connection_point_id"}
    _order = "route, sequence, id"
    _check_company_auto = True
    _rec_names_search = ["serial_number", "name", "street", "subscription_ids.partner_id.name"]
    _guard = Guard(
        kept="company_id",
        once="section_id",
        given="connection_point_id active route sequence subscription_ids reading_ids",
        asked="section_id",
    )

    connection_point_id = fields.Many2one(
        "utility.connection.point", required=True, index=True, ondelete="restrict", readonly=True, copy=False
    )
    section_id = fields.Many2one(
        "utility.section",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["utility.section"]._default_section(),
    )
    company_id = fields.Many2one(related="section_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)
    route = fields.Char(help="The round on which the meter is read.")
    sequence = fields.Integer(string="Order of the Round", default=10)
    subscription_ids = fields.One2many("utility.subscription", "meter_id", string="Subscriptions")
    subscription_count = fields.Integer(compute="_compute_subscription_count")
    partner_id = fields.Many2one(
        "res.partner", string="Subscriber", compute="_compute_partner_id", search="_search_partner_id"
    )
    reading_ids = fields.One2many("utility.reading", "meter_id", string="Readings")
    reading_count = fields.Integer(compute="_compute_readings")
    last_reading_date = fields.Date(compute="_compute_readings", string="Last Reading")
    last_index = fields.Float(compute="_compute_readings", digits=(16, 3))
    consumption_graph = fields.Html(
        compute="_compute_consumption_graph", string="Consumption", sanitize=False, help="Consumption by reading."
    )
    unit_name = fields.Char(related="section_id.uom_id.name")

    _one_card_per_section = models.Constraint(
        "UNIQUE(connection_point_id, section_id)", "This section already has a card of this connection point."
    )
    _round = models.Index("(section_id, COALESCE(route, ''), sequence, id)")
    _listed = models.Index("(route, sequence, id)")

    @api.depends("serial_number", "name", "section_id.code")
    def _compute_display_name(self):
        for meter in self:
            number = f"#{meter.serial_number}" if meter.serial_number else meter.name
            meter.display_name = f"{number} · {meter.section_id.code}"

    def _shown_as(self, operator, parts, by_subscriber=True):
        """Return domains of the meters shown as « #number · section code », with this address or subscriber; the code
        is optional.

        :param by_subscriber: find the meters of a subscriber of this name, too
        """
        number = parts[0].removeprefix("#")
        point = Domain.OR(Domain(name, operator, number) for name in ("serial_number", "name", "street"))
        found = [Domain("connection_point_id", "any", point)]
        if by_subscriber:
            subscriber = Domain("partner_id", "any", [("name", operator, number)])
            found.append(Domain("subscription_ids", "any", subscriber))
        section = Domain("section_id", "any", [("code", "=ilike", parts[1])]) if len(parts) > 1 else Domain.TRUE
        return [section & domain for domain in found]

    @api.depends("subscription_ids")
    def _compute_subscription_count(self):
        counts = dict(
            self.env["utility.subscription"]._read_group([("meter_id", "in", self.ids)], ["meter_id"], ["__count"])
        )
        for meter in self:
            meter.subscription_count = counts.get(meter._origin, 0)

    @api.depends("subscription_ids.partner_id", "subscription_ids.date_start", "subscription_ids.date_end")
    def _compute_partner_id(self):
        for meter in self:
            meter.partner_id = meter.subscription_ids.filtered(lambda s: s.state == "running")[:1].partner_id

    def _search_partner_id(self, operator, value):
        return [("subscription_ids", "any", [("state", "in", ["running"]), ("partner_id", operator, value)])]

    def _readings_counted(self):
        """Return {meter id: (number of readings, day of the last one)} of the meters that have readings."""
        groups = self.env["utility.reading"]._read_group(
            [("meter_id", "in", self.ids)], ["meter_id"], ["__count", "date:max"]
        )
        return {meter.id: (count, day) for meter, count, day in groups}

    @api.depends("reading_ids.date", "reading_ids.index", "reading_ids.kind")
    def _compute_readings(self):
        self.env["utility.reading"].flush_model(["meter_id", "date", "index", "kind"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (meter_id) meter_id, count(*) OVER (PARTITION BY meter_id), date, index
                  FROM utility_reading WHERE meter_id = ANY(%s) ORDER BY meter_id, date DESC, %s DESC
                """,
                self.ids,
                SQL(slot()),
            )
        )
        found = {meter_id: values for meter_id, *values in rows}
        for meter in self:
            meter.reading_count, meter.last_reading_date, meter.last_index = found.get(meter._origin.id, (0, False, 0))

    @api.depends("reading_ids.consumption")
    def _compute_consumption_graph(self):
        self.env["utility.reading"].flush_model(["meter_id", "date", "kind", "previous_date", "consumption"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT meter_id, date, index, kind, previous_date, consumption FROM (
                    SELECT meter_id, date, index, kind, previous_date, consumption, %(slot)s AS slot,
                           row_number() OVER (PARTITION BY meter_id ORDER BY date DESC, %(slot)s DESC) AS rank
                      FROM utility_reading WHERE meter_id = ANY(%(ids)s)) AS recent
                 WHERE rank <= %(number)s AND previous_date IS NOT NULL ORDER BY meter_id, date, slot
                """,
                slot=SQL(slot()),
                ids=self.ids,
                number=READINGS_OF_GRAPH,
            )
        )
        readings = {}
        for meter_id, *values in rows:
            readings.setdefault(meter_id, []).append(ServedReading(*values))
        for meter in self:
            found = readings.get(meter._origin.id, ())
            meter.consumption_graph = drawn_graph(self.env, found, GRAPH_PERIODS, meter.unit_name, f"meter-{meter.id}")

    def _place(self):
        return ", ".join(filter(None, [self.street, self.city])) or self.name

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self.browse()._check_given(vals_list)
        vals_list = [trimmed(vals) for vals in vals_list]
        points = self.env["utility.connection.point"].browse(
            {v["connection_point_id"] for v in vals_list if v.get("connection_point_id")}
        )
        points.check_access("read")
        points._lock()
        meters = super().create(vals_list)
        meters._join(meters.filtered(lambda m: m.connection_point_id in points))
        if self.env.context.get("import_file"):
            meters._check_not_known()
        return meters

    def write(self, vals):
        self._check_given([vals])
        if "section_id" in vals and any(meter.section_id.id != vals["section_id"] for meter in self):
            raise UserError(
                self.env._("A card cannot change section: attach the connection point to the other section.")
            )
        general = {name: value for name, value in vals.items() if name in GENERAL_INFORMATION}
        own = {name: value for name, value in vals.items() if name not in general}
        moves = own.keys() & {"connection_point_id", "active"}
        points = self.connection_point_id
        if moves:
            points |= points.browse(own.get("connection_point_id") or [])
            points._lock()
        result = super().write(own) if own or not general else True
        if general:
            self.check_access("write")
            for section, meters in self.grouped("section_id").items():
                meters.connection_point_id.with_context(**{CHANGED_FROM_SECTION: section}).write(general)
        if moves:
            self._join(self, points)
        return result

    def unlink(self):
        points = self.connection_point_id
        points._lock()
        result = super().unlink()
        points._refresh_sharing()
        return result

    # === ACTIONS === #

    def action_view_readings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.utility_reading_action")
        return action | {
            "domain": [("meter_id", "=", self.id)],
            "context": {"default_meter_id": self.id},
        }

    def action_view_subscriptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.utility_subscription_action")
        return action | {"domain": [("meter_id", "=", self.id)], "context": {"default_meter_id": self.id}}

    def action_view_connection_point(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "utility.connection.point",
            "res_id": self.connection_point_id.id,
            "view_mode": "form",
        }

    def action_replace_device(self):
        """Open the dialog that replaces the device of this meter."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replace the Device"),
            "res_model": "utility.meter.replace",
            "view_mode": "form",
            "target": "new",
            "context": {"default_meter_id": self.id},
        }

    # === BUSINESS === #

    def _reasons_in_use(self):
        yield from super()._reasons_in_use()
        for contract in self.env["utility.subscription"]._under_way([("meter_id", "in", self.ids)]):
            yield self.env._(
                "Meter %(meter)s has the subscription of %(subscriber)s: end it first (Departure / Arrival).",
                meter=contract.meter_id.display_name,
                subscriber=contract.partner_id.name,
            )

    def _join(self, cards, points=None):
        """Hook called after these cards were put on points, to check and update the sharing of points.

        :param cards: those of these cards whose point existed before
        :param points: every point concerned, including those that cards have left
        """
