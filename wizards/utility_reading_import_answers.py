from odoo import api, fields, models
from odoo.fields import Command

from ..core.metering.file_columns import plain
from ..core.metering.readings import ReadingKind
from ..models.common.guarded import Guard


class UtilityReadingImport(models.TransientModel):
    """The user's answers about numbers that match no meter and words that are unknown."""

    _inherit = "utility.reading.import"
    _guard = Guard(kept="questions", given="number_ids word_ids")

    questions = fields.Json(compute="_compute_check", store=True, compute_sudo=False)
    number_ids = fields.One2many("utility.reading.import.number", "import_id", string="Numbers to Settle")
    word_ids = fields.One2many("utility.reading.import.word", "import_id", string="Unknown Words")

    @api.depends("number_ids.accepted", "number_ids.meter_id", "word_ids.kind")
    def _compute_check(self):
        return super()._compute_check()

    @api.onchange("encoding", "delimiter", "header_line", "date_order", "decimal_sign", "column_ids")
    def _onchange_format(self):
        result = super()._onchange_format()
        self._list_questions()
        return result

    # === ACTIONS === #

    def action_import(self):
        """Record what the words mean, for the next files of the section, then import."""
        self.ensure_one()
        if said := {line.word: line.kind for line in self.word_ids if line.kind}:
            self.env["utility.reading.word"]._keep(self.section_id, said)
        return super().action_import()

    # === BUSINESS === #

    def _prepare(self):
        prepared = super()._prepare()
        self._list_questions()
        return prepared

    def _answers(self):
        chosen = {line.number: line.meter_id.id for line in self.number_ids if line.meter_id}
        return {
            "accepted": frozenset(line.number for line in self.number_ids if line.accepted),
            "chosen": chosen,
        }

    def _words(self):
        """Return what the file's words mean: as answered here, else as in the section's earlier files."""
        said = {plain(line.word): ReadingKind(line.kind) for line in self.word_ids if line.kind}
        return self.env["utility.reading.word"]._kinds(self.section_id) | said

    def _list_questions(self):
        """List what is not understood and keep what has been answered."""
        asked = self.questions or {"numbers": [], "words": []}
        checked = [field for field in self._fields.values() if field.compute == "_compute_check"]
        # lines without an answer change nothing: the file is not checked a second time
        with self.env.protecting(checked, self):
            self.number_ids = _renewed(self.number_ids, "number", asked["numbers"])
            self.word_ids = _renewed(self.word_ids, "word", asked["words"])

    def _prepare_counts(self, check):
        return {**super()._prepare_counts(check), "questions": self._prepare_questions(check)}

    def _prepare_questions(self, check):
        if not check:
            return False
        numbers = [
            {
                "number": place.meter,
                "proposals": ", ".join(place.proposals),
                "is_proposed": place.is_one_proposed,
            }
            for place in check.numbers
        ]
        return {
            "numbers": numbers,
            "words": [{"word": word, "row_count": count} for word, count in check.words],
        }


def _renewed(lines, name, asked):
    """Return the commands that replace the lines by the given ones, beside those already answered."""
    kept = lines.filtered("is_answered")
    known = set(kept.mapped(name))
    new = [Command.create(values) for values in asked if values[name] not in known]
    return [Command.unlink(line.id) for line in lines - kept] + new


class UtilityReadingImportNumber(models.TransientModel):
    """A number of an imported file that matches no meter as it is written, and the user's answer."""

    _name = "utility.reading.import.number"
    _description = "Number of an Imported File"
    _inherit = ["utility.guarded"]
    _order = "is_proposed desc, id"
    _guard = Guard(once="import_id", given="number proposals is_proposed accepted meter_id")

    import_id = fields.Many2one("utility.reading.import", required=True, ondelete="cascade")
    section_id = fields.Many2one(related="import_id.section_id")
    number = fields.Char(string="In the File", readonly=True)
    proposals = fields.Char(string="Possible Meters", readonly=True)
    is_proposed = fields.Boolean(readonly=True)
    accepted = fields.Boolean(string="Accept", help="The number is that of the proposed meter.")
    meter_id = fields.Many2one(
        "utility.meter",
        string="Another Meter",
        domain="[('section_id', '=', section_id)]",
        help="The number is that of this meter of the section.",
    )
    is_answered = fields.Boolean(compute="_compute_is_answered")

    @api.depends("accepted", "meter_id")
    def _compute_is_answered(self):
        for line in self:
            line.is_answered = line.accepted or bool(line.meter_id)


class UtilityReadingImportWord(models.TransientModel):
    """An unknown word for a kind of reading in an imported file, and what it means according to the user."""

    _name = "utility.reading.import.word"
    _description = "Unknown Word of an Imported File"
    _inherit = ["utility.guarded"]
    _order = "row_count desc, id"
    _guard = Guard(once="import_id", given="word row_count kind")

    import_id = fields.Many2one("utility.reading.import", required=True, ondelete="cascade")
    word = fields.Char(string="In the File", readonly=True)
    row_count = fields.Integer(string="Rows", readonly=True)
    kind = fields.Selection(
        selection=lambda self: self.env["utility.reading"]._fields["kind"]._description_selection(self.env),
        string="Kind of Reading",
        help="Kept for the next files of this section.",
    )
    is_answered = fields.Boolean(compute="_compute_is_answered")

    @api.depends("kind")
    def _compute_is_answered(self):
        for line in self:
            line.is_answered = bool(line.kind)
