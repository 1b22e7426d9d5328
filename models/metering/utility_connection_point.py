from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...core.serials.words import plain_number_sql
from ..common.guarded import Guard
from .point_lock import PointLock
from .shown_names import text_index

#: Fields entered once and shared by all sections (notice 1, "Les informations générales du compteur").
GENERAL_INFORMATION = (
    "name",
    "serial_number",
    "reading_mode",
    "brand",
    "device_model",
    "diameter",
    "digits",
    "year",
    "seal",
    "location",
    "street",
    "zip",
    "city",
    "latitude",
    "longitude",
    "installation_date",
)

#: Among these, the fields of the device, which are replaced with it.
DEVICE_INFORMATION = ("serial_number", "brand", "device_model", "diameter", "digits", "year", "seal")

#: Context key: section (a record) in which general information is changed, for the history only.
CHANGED_FROM_SECTION = "utility_changed_from_section"


class UtilityConnectionPoint(models.Model):
    """Physical point and its device: the general information, stored once for all sections."""

    _name = "utility.connection.point"
    _description = "Connection Point"
    _inherit = ["mail.thread", "utility.guarded", "utility.shown.name", "utility.in.use"]
    _order = "name, id"
    _rec_names_search = ["name", "serial_number", "street", "meter_ids.subscription_ids.partner_id.name"]
    _guard = Guard(
        kept="company_ids is_shared sharing_revision device_ids",
        given="name active serial_number reading_mode brand device_model diameter digits year seal "
        "location street zip city latitude longitude installation_date meter_ids",
    )

    name = fields.Char(
        string="Reference",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        help="Reference of the point; by default, the serial number of the device.",
    )
    active = fields.Boolean(default=True)
    serial_number = fields.Char(index="btree_not_null", copy=False, help="Number engraved on the device.")
    reading_mode = fields.Selection(
        [("manual", "Manual reading"), ("radio", "Radio reading"), ("remote", "Remote reading")],
        required=True,
        default="manual",
    )
    brand = fields.Char()
    device_model = fields.Char(string="Model")
    diameter = fields.Integer(string="Diameter (mm)")
    digits = fields.Integer(
        string="Number of Digits",
        help="Number of whole digits of the register, used for roll-overs. 0: unknown.",
    )
    year = fields.Integer(
        string="Year of Manufacture", help="Meters are renewed after 15 years (order of 6 March 2007)."
    )
    seal = fields.Char(copy=False)
    location = fields.Char(help="Where the reader finds the meter: cellar, pit, gate…")
    street = fields.Char()
    zip = fields.Char(string="ZIP")
    city = fields.Char()
    latitude = fields.Float(digits=(10, 7))
    longitude = fields.Float(digits=(10, 7))
    installation_date = fields.Date(help="Day the present device was installed.")
    device_ids = fields.One2many("utility.device", "connection_point_id", string="Replaced Devices")
    meter_ids = fields.One2many("utility.meter", "connection_point_id", string="Cards")
    company_ids = fields.Many2many("res.company", compute="_compute_sharing", store=True, string="Companies")
    is_shared = fields.Boolean(compute="_compute_sharing", store=True, string="Shared Meter")
    sharing_revision = fields.Integer(
        default=0, readonly=True, copy=False, help="Incremented with each change of a reading or a card of the point."
    )

    _texts = models.Index(text_index("serial_number", "name", "street", "city"))
    _listed = models.Index("(name, id)")
    _plain_number = models.Index(f"({plain_number_sql('serial_number')})")
    _digits_positive = models.Constraint("CHECK(digits BETWEEN 0 AND 12)", "A meter shows between 0 and 12 digits.")
    _diameter_positive = models.Constraint("CHECK(diameter >= 0)", "The diameter can't be negative.")

    @api.depends("serial_number", "street")
    def _compute_name(self):
        unnamed = self.env._("New connection point")
        for point in self:
            given = point.name if point.name != unnamed else False
            point.name = given or point.serial_number or point.street or unnamed

    @api.depends("meter_ids.company_id", "meter_ids.active")
    def _compute_sharing(self):
        # written by group: one statement per set of companies, not per point
        companies, numbers = self._companies_and_cards()
        for found, points in self.grouped(lambda point: companies.get(point._origin.id, point.company_ids)).items():
            points.company_ids = found or self.env.company
        for shared, points in self.grouped(lambda point: numbers.get(point._origin.id, 0) > 1).items():
            points.is_shared = shared

    def _companies_and_cards(self):
        """Return ({point id: companies of its cards}, {point id: number of its active cards}).

        If no card is active, the companies are those of its archived cards. The cards are searched, not read from
        `meter_ids`: a list read with more rights would stay in the caller's cache.
        """
        # sudo: a stored value, which must not depend on the user who triggers its computation
        cards = self.env["utility.meter"].sudo().with_context(active_test=False)
        groups = cards._read_group(
            [("connection_point_id", "in", self._origin.ids)],
            ["connection_point_id", "active"],
            ["company_id:recordset", "__count"],
            order="active",
        )
        # active cards come last, so that they replace the archived ones if there are any
        companies = {point.id: found for point, _active, found, _count in groups}
        return companies, {point.id: count for point, active, _found, count in groups if active}

    @api.constrains("latitude", "longitude")
    def _check_position(self):
        for point in self:
            if abs(point.latitude) > 90 or abs(point.longitude) > 180:
                raise ValidationError(
                    self.env._(
                        "Position %(latitude)s, %(longitude)s of %(point)s is not on Earth: a latitude lies between "
                        "-90 and 90, a longitude between -180 and 180.",
                        latitude=point.latitude,
                        longitude=point.longitude,
                        point=point.display_name,
                    )
                )

    @api.depends("name", "street", "city")
    def _compute_display_name(self):
        for point in self:
            point.display_name = ", ".join(filter(None, [point.name, point.street, point.city]))

    def _shown_as(self, operator, parts):
        """Return domains of the points shown as « reference, street, city », or of a serial number or subscriber."""
        name = parts[0].removeprefix("#")
        subscriber = Domain("subscription_ids", "any", [("partner_id", "any", [("name", operator, name)])])
        whole = Domain.OR(Domain(field, operator, name) for field in ("name", "serial_number", "street"))
        words = Domain.AND(
            Domain.OR(Domain(field, "ilike", word.strip()) for field in ("name", "serial_number", "street", "city"))
            for word in name.split(",")
        )
        if operator == "=":
            # a street may contain a comma itself, so whole display names are compared
            words = Domain("id", "in", self.search(words).filtered(lambda point: point.display_name == name).ids)
        return [whole | words, Domain("meter_ids", "any", subscriber)]

    # === CRUD === #

    @api.model
    def _search(self, *args, **kwargs):
        # record rules use the companies, and Odoo does not flush a computed list before a search
        self.flush_model(["company_ids"])
        return super()._search(*args, **kwargs)

    @api.model_create_multi
    def create(self, vals_list):
        self.browse()._check_given(vals_list)
        return super().create([trimmed(vals) for vals in vals_list])

    def write(self, vals):
        self._check_given([vals])
        vals = trimmed(vals)
        changed = [name for name in GENERAL_INFORMATION if name in vals]
        before = {point.id: point._general_information(changed) for point in self} if changed else {}
        result = super().write(vals)
        if before:
            self._log_general_information(before)
        return result

    # === BUSINESS === #

    def _reasons_in_use(self):
        yield from super()._reasons_in_use()
        # sudo: every agent of a point may see the names of its sections (invariant 5)
        cards = self.env["utility.meter"].sudo().search([("connection_point_id", "in", self.ids)])
        for point, here in cards.grouped("connection_point_id").items():
            yield self.env._(
                "%(point)s has meters in service (%(sections)s): archive them first.",
                point=point.display_name,
                sections=", ".join(here.section_id.sorted("sequence").mapped("name")),
            )

    def _general_information(self, names=GENERAL_INFORMATION):
        """Return {field name: displayed value} of one point."""
        display = {}
        for name in names:
            field = self._fields[name]
            value = self[name]
            if field.type == "selection":
                value = dict(field._description_selection(self.env)).get(value, "")
            elif field.type == "date":
                value = fields.Date.to_string(value) if value else ""
            display[name] = str(value or "")
        return display

    def _general_information_label(self, name):
        return self._fields[name]._description_string(self.env)

    def _log_general_information(self, before):
        """Log in every card's history what changed, by whom and from which section (invariant 1).

        :param dict before: previous {point id: {field name: displayed value}}
        """
        origin = self.env.context.get(CHANGED_FROM_SECTION)
        if not isinstance(origin, models.BaseModel):
            # a caller's context can contain ids, but no records: no caller can have an arbitrary section named
            origin = self.env["utility.section"]
        bodies = {}
        for point in self:
            now = point._general_information(before[point.id])
            changes = [(name, old, now[name]) for name, old in before[point.id].items() if old != now[name]]
            if changes:
                bodies[point.id] = point._render_changes(changes, origin)
        points = self.browse(bodies)
        points._message_log_batch(bodies)
        # sudo: the user may write the point, but not see the cards of other companies, which all get the same note
        # (searched: a list read with more rights must not stay in the caller's cache)
        cards = self.env["utility.meter"].sudo().search([("connection_point_id", "in", points.ids)])
        cards._message_log_batch({card.id: bodies[card.connection_point_id.id] for card in cards})

    def _render_changes(self, changes, origin):
        lines = Markup().join(
            Markup("<li>%s : %s → %s</li>") % (self._general_information_label(name), old or "∅", new or "∅")
            for name, old, new in changes
        )
        # sudo: all users of a shared meter may see the names of its sections (invariant 5)
        name = origin.sudo().name
        source = (
            self.env._("General information changed from section %(section)s", section=name)
            if origin
            else self.env._("General information changed on the connection point")
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (source, lines)

    def _copy_for_detached_card(self):
        """Return a new point for a detached card, with the same general information and device history."""
        copy = self.copy({name: self[name] for name in ("name", "serial_number", "seal")})
        for device in self.device_ids:
            device._by_server().copy({"connection_point_id": copy.id})
        return copy

    @api.model
    def _attachable_to(self, section):
        """Hook: return (point id, serial number, brand, name of the section) of meters of other sections that the user
        could attach to a section."""
        return []

    def _refresh_sharing(self):
        """Hook called after cards of these points were added or removed; some points may be deleted."""

    def _lock(self):
        """Lock the points in this transaction, so that decisions on their readings stay valid.

        Readings and cards of a point are changed under this lock only. Updating the revision makes transactions that
        began before the previous holder's commit restart on fresh data (Odoo retries serialisation failures).

        :raises LockError: somebody else is saving readings of one of them right now
        """
        if not self:
            return
        self.flush_recordset()
        PointLock(self).take()
        self.env.cr.execute(
            SQL(
                "UPDATE utility_connection_point SET sharing_revision = sharing_revision + 1 WHERE id IN %s",
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(["sharing_revision"], flush=False)


def trimmed(vals):
    """Strip the spaces around a serial number, with which files and searches would not find it."""
    serial = vals.get("serial_number")
    return vals | {"serial_number": serial.strip()} if isinstance(serial, str) else vals
