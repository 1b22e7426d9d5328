from odoo import api, fields, models
from odoo.tools import SQL

from ..common.guarded import Guard


class UtilityReading(models.Model):
    """Readings used by bills (invariant 3)."""

    _inherit = "utility.reading"
    _guard = Guard(
        kept="billed_reading_ids",
    )

    billed_reading_ids = fields.One2many("utility.billed.reading", "reading_id", string="Bills", readonly=True)

    @api.model
    def _sentences_on_sent(self, readings):
        """Add the possible leaks that are passed with the readings."""
        return super()._sentences_on_sent(readings) + self.env["utility.leak.alert"]._sentences_on_sent(readings)

    @api.model
    def _after_answer(self, readings, synchronized):
        """Pass the possible leaks of these readings."""
        self.env["utility.leak.alert"]._answer(readings, synchronized)
        return super()._after_answer(readings, synchronized)

    def _set_billed(self, move_ids, billed):
        """Mark the readings reserved by bills as billed, or as unbilled again.

        Called when bills are posted, credited or reset to draft. Bypasses `write`, which refuses changes of billed
        readings; one statement serves any number of bills. If somebody changes a reading at the same time, the
        transaction restarts.

        :param list move_ids: ids of the bills
        :param bool billed: whether the bills are posted from now on
        """
        self.env["utility.billed.reading"].flush_model()
        self.flush_model(["state"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE utility_reading r SET state = %s FROM utility_billed_reading b
                 WHERE b.reading_id = r.id AND b.move_id IN %s AND b.released IS NOT TRUE
                """,
                "billed" if billed else "confirmed",
                tuple(move_ids),
            )
        )
        self.invalidate_model(["state"], flush=False)
