from odoo import api, fields, models

from ...core.metering.file_columns import plain
from ...core.metering.readings import ReadingKind
from ..common.guarded import Guard


class UtilityReadingWord(models.Model):
    """A word for a kind of reading in a section's files, in addition to the usual words of `KIND_NAMES`."""

    _name = "utility.reading.word"
    _description = "Word for a Kind of Reading"
    _inherit = ["utility.guarded"]
    _order = "word"
    _rec_name = "word"
    _guard = Guard(
        kept="company_id plain_word",
        once="section_id",
        given="word kind",
    )

    section_id = fields.Many2one("utility.section", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="section_id.company_id", store=True, index=True)
    word = fields.Char(required=True, help="As it stands in files; capitals, accents and punctuation do not matter.")
    plain_word = fields.Char(compute="_compute_plain_word", store=True)
    kind = fields.Selection(
        selection=lambda self: self.env["utility.reading"]._fields["kind"]._description_selection(self.env),
        required=True,
    )

    _word_unique = models.Constraint(
        "UNIQUE(section_id, plain_word)", "This section already says what this word means: change that line."
    )
    _word_written = models.Constraint("CHECK(plain_word != '')", "Write the word with letters or digits.")

    @api.depends("word")
    def _compute_plain_word(self):
        for line in self:
            line.plain_word = plain(line.word or "")

    @api.model
    def _kinds(self, section):
        """Return what a section's words mean: {plain word: kind}."""
        return {line.plain_word: ReadingKind(line.kind) for line in self.search([("section_id", "=", section.id)])}

    @api.model
    def _keep(self, section, kinds):
        """Store what words mean, for the section's next files.

        :param kinds: {word: kind}
        """
        known = {line.plain_word: line for line in self.search([("section_id", "=", section.id)])}
        for word, kind in kinds.items():
            if line := known.get(plain(word)):
                line.kind = kind
        new = {plain(word): (word, kind) for word, kind in kinds.items() if plain(word) not in known}
        self.create([{"section_id": section.id, "word": word, "kind": kind} for word, kind in new.values()])
