from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..core.metering.delimited import UnreadableFile
from ..models.common.guarded import Guard
from ..models.metering.meter_finder import MeterFault
from ..models.metering.reading_import_sentences import file_sentence, refusal_sentence
from ..models.metering.reading_remarks import remark_sentence

#: Most refused rows listed on the screen; the file to download has all of them.
LISTED = 200


class UtilityReadingImport(models.TransientModel):
    """Preview of the imported file, computed again at each choice, before anything is written."""

    _inherit = "utility.reading.import"
    _guard = Guard(
        kept="problem new_count corrected_count unchanged_count thinned_count refused_count remarked_count "
        "modified_count unknown_meter_count alike_count elsewhere_count refused_ids remarked_ids is_outdated",
    )

    # not computed as superuser, unlike other stored fields: the check shows only what the user may see of meters
    problem = fields.Char(compute="_compute_check", store=True, compute_sudo=False)
    new_count = fields.Integer(string="New Readings", compute="_compute_check", store=True, compute_sudo=False)
    corrected_count = fields.Integer(
        string="Corrected Readings", compute="_compute_check", store=True, compute_sudo=False
    )
    unchanged_count = fields.Integer(string="Already There", compute="_compute_check", store=True, compute_sudo=False)
    refused_count = fields.Integer(
        string="Number of Refused Rows", compute="_compute_check", store=True, compute_sudo=False
    )
    thinned_count = fields.Integer(
        string="Other Readings of the Day",
        compute="_compute_check",
        store=True,
        compute_sudo=False,
        help="Other readings of the same day, of which one is kept.",
    )
    remarked_count = fields.Integer(
        string="Of Which to Check", compute="_compute_check", store=True, compute_sudo=False
    )
    modified_count = fields.Integer(
        string="Modified Consumptions", compute="_compute_check", store=True, compute_sudo=False
    )
    alike_count = fields.Integer(
        string="Numbers That Resemble a Meter's", compute="_compute_check", store=True, compute_sudo=False
    )
    elsewhere_count = fields.Integer(
        string="Meters of Another Section", compute="_compute_check", store=True, compute_sudo=False
    )
    unknown_meter_count = fields.Integer(
        string="Unknown Meters", compute="_compute_check", store=True, compute_sudo=False
    )
    is_outdated = fields.Boolean(
        compute="_compute_check",
        store=True,
        compute_sudo=False,
        help="The answers have changed since the job checked the file.",
    )
    refused_ids = fields.One2many(
        "utility.reading.import.refusal",
        "import_id",
        string="Refused Rows",
        compute="_compute_check",
        store=True,
        compute_sudo=False,
    )
    remarked_ids = fields.One2many(
        "utility.reading.import.remark",
        "import_id",
        string="Rows to Check",
        compute="_compute_check",
        store=True,
        compute_sudo=False,
    )

    @api.depends(
        "file", "section_id", "create_meters", "use_alike", "attach_meters", "modify_consumptions", "kept_reading",
        "encoding", "delimiter", "header_line", "date_order", "decimal_sign",
        "column_ids.position", "column_ids.role", "column_ids.unit",
    )  # fmt: skip
    def _compute_check(self):
        for wizard in self:
            if wizard.is_prepared_by_job and not wizard.is_preparing and wizard.encoding:
                # the check takes long: the user asks for it once all is answered
                wizard._by_server().update(wizard._prepare_kept() | {"is_outdated": True})
            else:
                wizard._by_server().update(wizard._prepare_check() | {"is_outdated": False})

    # === BUSINESS === #

    def _prepare(self):
        # the check is done anew even if nothing has changed since
        self.modified(["file"])
        return super()._prepare()

    def _check_prepared(self):
        if self.is_outdated:
            raise UserError(self.env._("Your answers change what the file would do: check it again first."))
        return super()._check_prepared()

    def _prepare_kept(self):
        """Return the values of the last check, where a form computes them anew."""
        names = [name for name, field in self._fields.items() if field.compute == "_compute_check"]
        return {} if isinstance(self.id, int) else {name: self._origin[name] for name in names}

    def _listing_importer(self):
        """Return the import with the rows that the screen lists."""
        return self._importer(LISTED)

    def _prepare_check(self):
        """Return values that show what the file would change, or why it cannot be read."""
        if not self.encoding:
            return self._prepare_shown(None)
        try:
            return self._prepare_shown(self._listing_importer().check())
        except UnreadableFile as refused:
            return self._prepare_shown(None) | {"problem": file_sentence(self.env, refused)}

    def _prepare_shown(self, check):
        refused = [(r, refusal_sentence(self.env, r)) for r in check.refusals] if check else []
        remarked = [(r, remark_sentence(self.env, r.remarks)) for r in check.remarked] if check else []
        return {
            **self._prepare_counts(check),
            "problem": False,
            "refused_ids": _lines(refused),
            "remarked_ids": _lines(remarked),
        }

    def _prepare_counts(self, check):
        counts = check.counts if check else {}
        fates = ("new", "corrected", "unchanged", "thinned", "refused", "remarked", "modified")
        faults = check.faults if check else {}
        return {
            **{f"{fate}_count": counts.get(fate, 0) for fate in fates},
            "unknown_meter_count": faults.get(MeterFault.UNKNOWN, 0),
            "alike_count": faults.get(MeterFault.ALIKE, 0),
            "elsewhere_count": faults.get(MeterFault.ELSEWHERE, 0),
        }


def _lines(rows):
    """Return the commands that replace the lines by these rows of the file, each with its message."""
    shown = [{"line": row.line, "meter": row.meter, "reason": sentence} for row, sentence in rows]
    return [Command.clear(), *map(Command.create, shown)]
