from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.common.guarded import Guard
from .utility_synchronize_mixin import EVERY_METER


class UtilityReadingSynchronize(models.TransientModel):
    """*Synchroniser les relèves de compteurs*: asked after a reading of a shared meter is saved (notice 1)."""

    _name = "utility.reading.synchronize"
    _description = "Synchronise Meter Readings"
    _inherit = ["utility.synchronize.mixin"]
    _guard = Guard(
        kept="line_ids asked_domain",
        once="reading_ids",
    )

    asked_domain = fields.Json(readonly=True, help="Domain of the readings to synchronise, until they are selected.")
    reading_ids = fields.Many2many("utility.reading", readonly=True)
    line_ids = fields.One2many("utility.reading.synchronize.line", "wizard_id", readonly=True)
    has_reason = fields.Boolean(compute="_compute_has_reason")

    @api.model
    def _open_for(self, readings):
        """Open the dialog.

        :param Domain readings: the readings, which the caller has checked; they are checked again on confirmation
        """
        wizard = self._by_server().create({"asked_domain": list(readings)}).with_env(self.env)
        return wizard._show(self.env._("Synchronise meter readings"))

    def _prepare(self):
        """Select the readings, then fill the dialog with the preview."""
        # selected by PostgreSQL, so as not to load hundreds of thousands of ids; with the rules of the user
        readings = self.env["utility.reading"]._search(Domain(self.asked_domain))
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT %s, selected.id FROM (%s) AS selected",
                *self._relation(),
                self.id,
                readings.select(),
            )
        )
        self.invalidate_recordset(["reading_ids"], flush=False)
        return super()._prepare()

    def _sent_count(self):
        return self.env["utility.reading"].search_count(Domain(self.asked_domain))

    def _relation(self):
        """Return table and columns of `reading_ids`: (table, dialog, reading)."""
        field = self._fields["reading_ids"]
        return [SQL.identifier(name) for name in (field.relation, field.column1, field.column2)]

    def _check_asked(self):
        # the user's own rights: the dialog shows no more than the list that it was opened from
        self.env.flush_all()
        self.env["utility.reading"]._check_writable(self._asked())

    def _asked(self):
        # sudo: the user's rights on these readings are checked by `_check_asked`, here they are only named
        query = self.env["utility.reading"].sudo().with_context(active_test=False)._search([])
        table, dialog, reading = self._relation()
        query.add_where(SQL("utility_reading.id IN (SELECT %s FROM %s WHERE %s = %s)", reading, table, dialog, self.id))
        return Domain("id", "in", query)

    def _sent(self, which=EVERY_METER):
        table, dialog, reading = self._relation()
        return SQL(
            "SELECT r.meter_id AS meter, array_agg(r.id) AS readings FROM utility_reading r "
            "WHERE %s AND EXISTS (SELECT FROM %s chosen WHERE chosen.%s = %s AND chosen.%s = r.id) GROUP BY r.meter_id",
            which,
            table,
            dialog,
            self.id,
            reading,
        )


class UtilityReadingSynchronizeLine(models.TransientModel):
    _name = "utility.reading.synchronize.line"
    _description = "Reading on Another Section"
    _inherit = ["utility.synchronize.line.mixin"]
    _guard = Guard(
        kept="wizard_id",
    )

    wizard_id = fields.Many2one("utility.reading.synchronize", required=True, ondelete="cascade")
