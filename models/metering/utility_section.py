import itertools
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..common.copies import copied_names
from ..common.guarded import Guard
from .round_walk import RoundWalk
from .shown_names import SEPARATOR


class UtilitySection(models.Model):
    """A billing service with its own budget: water (EAU), sewerage (ASSAINISSEMENT)…"""

    _name = "utility.section"
    _description = "Billing Section"
    _inherit = ["utility.guarded", "utility.shown.name", "utility.in.use"]
    _order = "sequence, code, id"
    _check_company_auto = True
    _guard = Guard(
        kept="meter_ids",
        given="name code sequence active company_id service journal_id uom_id leak_excluded round_start kept_reading "
        "reading_word_ids",
        asked="company_id",
    )

    name = fields.Char(required=True, help="Shown in dialogs and on bills, for instance EAU.")
    code = fields.Char(required=True, help="Short code of the section in lists and files.")
    sequence = fields.Integer(default=10, help="The first section of a company is proposed to its agents.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="The budget: one company per budget, or one company with several sections.",
    )
    service = fields.Selection(
        [("water", "Water"), ("sewerage", "Sewerage"), ("other", "Other")], required=True, default="water"
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Sales Journal",
        check_company=True,
        domain="[('type', '=', 'sale')]",
        help="The section's bills are entered in this journal.",
    )
    uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        required=True,
        default=lambda self: self.env.ref("uom.product_uom_cubic_meter"),
        help="Unit of the section's meters and of its tariffs.",
    )
    leak_excluded = fields.Boolean(
        string="Exclude Leaks From the Base",
        help="Once a leak is certified, the whole leaked volume is excluded from the bill and the mean is billed, as "
        "a sewerage service may decide (CGCT R.2224-19-2). Otherwise the bill is capped at twice the mean, as "
        "the law requires for water (L.2224-12-4 III bis).",
    )
    kept_reading = fields.Selection(
        [("last", "The last one"), ("first", "The first one"), ("midnight", "The nearest to midnight")],
        string="Reading Kept per Day",
        required=True,
        default="last",
        help="Remote readings come several times a day: a file keeps one reading a day of each meter.",
    )
    round_start = fields.Date(
        string="Round Since",
        required=True,
        default=lambda self: self._default_round_start(),
        help="Meters not read since this day must still be read.",
    )
    use_units = fields.Boolean(related="company_id.utility_use_units")
    meter_ids = fields.One2many("utility.meter", "section_id", string="Meters")
    reading_word_ids = fields.One2many(
        "utility.reading.word",
        "section_id",
        string="Words of Files of Readings",
        help="What the reader's files call the kinds of readings, beside the usual words.",
    )

    _code_company_unique = models.Constraint(
        "UNIQUE(code, company_id)", "A section of this company already has this code."
    )

    def write(self, vals):
        self._check_given([vals])
        if "company_id" in vals:
            self.filtered(lambda s: s.company_id.id != vals["company_id"])._check_no_meters()
        return super().write(vals)

    def copy_data(self, default=None):
        """Give each copy a name and a code of its own."""
        return [
            {**values, "code": section._free_code(), **(default or {})}
            for section, values in zip(self, copied_names(self, super().copy_data(default), default), strict=True)
        ]

    def _free_code(self):
        """Return the section's code with the first number that no section of its company has."""
        same = [("company_id", "=", self.company_id.id), ("code", "=like", f"{self.code}%")]
        taken = set(self.with_context(active_test=False).search(same).mapped("code"))
        return next(code for code in (f"{self.code}{number}" for number in itertools.count(2)) if code not in taken)

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Offer the sections of all the user's companies, ticked or not, to fields that request it."""
        if self.env.context.get("utility_every_company"):
            self = self.with_context(allowed_company_ids=self.env.user.company_ids.ids)
        return super().name_search(name, domain, operator, limit)

    def _shown_as(self, operator, parts):
        """Return the domain of the sections with a name or a code, as at the end of a meter's name.

        The company may follow: several towns of one database need it.
        """
        whole = SEPARATOR.join(parts)
        found = Domain("name", operator, whole) | Domain("code", operator, whole)
        if len(parts) > 1:
            company = Domain("company_id", "any", [("name", "=ilike", parts[-1])])
            found |= self._shown_as(operator, parts[:-1])[0] & company
        return [found]

    def _name_in_files(self):
        return SEPARATOR.join([self.name, self.company_id.name])

    def _check_no_meters(self):
        """Refuse to move a section with meters to another company: they would be shared without any check."""
        # sudo: the user may not be allowed to see the company of the meters; the message names the section only
        cards = self.env["utility.meter"].sudo().with_context(active_test=False)
        moved = cards.search([("section_id", "in", self.ids)], limit=1)
        if moved:
            raise ValidationError(
                self.env._(
                    "Section %(section)s has meters: it can't change company. Create a section in the other company.",
                    section=moved.section_id.name,
                )
            )

    def _reasons_in_use(self):
        """Active meters of an archived section would still be read and shared, but never billed."""
        yield from super()._reasons_in_use()
        mine = [("section_id", "in", self.ids)]
        for section, count in self.env["utility.meter"]._read_group(mine, ["section_id"], ["__count"]):
            yield self.env._(
                "Section %(section)s has meters in service (%(count)s): archive them first, once their "
                "subscriptions have ended.",
                section=section.name,
                count=count,
            )
        for run in self.env["utility.reading.import.run"].search([*mine, ("state", "=", "running")]):
            yield self.env._("%s is being imported: wait until it is over, or stop it.", run.display_name)

    @api.model
    def _default_round_start(self):
        """Return the first day of the half-year: at least two bills a year are due (arrêté 10 July 1996, art. 10)."""
        today = fields.Date.context_today(self)
        return date(today.year, 1 if today.month <= 6 else 7, 1)

    def action_begin_round(self):
        """Begin a new round of readings today: every meter must be read again."""
        self.round_start = fields.Date.context_today(self)

    @api.model
    def get_rounds(self):
        """Return the sections whose meters the user may read, in all companies, with their routes.

        :return: [{"id", "name", "routes": [{"route", "count"}]}], the user's own section first
        """
        here = self._everywhere()
        here.env["utility.reading"].check_access("create")
        own = self._default_section()
        groups = here.env["utility.meter"]._read_group(
            [("partner_id", "!=", False)], ["section_id", "route"], ["__count"], order="section_id, route"
        )
        found = {}
        for section, route, count in groups:
            found.setdefault(section, []).append({"route": route or "", "count": count})
        return [
            {"id": section.id, "name": section.name, "routes": routes}
            for section, routes in sorted(found.items(), key=lambda item: item[0] != own)
        ]

    def walk_round(self, route=None):
        """Return the meters of the section's round in reading order (see `RoundWalk`)."""
        section = self._everywhere()
        section.ensure_one().check_access("read")
        section.env["utility.reading"].check_access("create")
        return RoundWalk(section).meters(route)

    def save_round(self, entries=()):
        """Store the entries of a round; an entry sent again after a lost connection changes nothing.

        :return: {key of the entry: its result}
        """
        section = self._everywhere()
        section.ensure_one().check_access("read")
        section.env["utility.reading"].check_access("create")
        walk = RoundWalk(section)
        return {entry["key"]: walk.save(entry) for entry in entries}

    @api.model
    def _default_section(self):
        """Return the section that an agent works in: their own preference, else their company's first."""
        preferred = self.env.user.utility_section_id
        if preferred.active and preferred.company_id in self.env.companies:
            return preferred
        sections = self.search([("company_id", "in", self.env.companies.ids)])
        return sections.filtered(lambda s: s.company_id == self.env.company)[:1] or sections[:1]
