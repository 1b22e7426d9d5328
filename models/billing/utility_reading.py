from odoo import api, fields, models
from odoo.tools import SQL

from ..common.guarded import Guard


class UtilityReading(models.Model):
    """The life of a reading once bills use it (invariant 3)."""

    _inherit = "utility.reading"
    _guard = Guard(
        kept="billed_reading_ids",
    )

    billed_reading_ids = fields.One2many("utility.billed.reading", "reading_id", string="Bills", readonly=True)

    @api.model
    def _said_with(self, readings):
        """Possible leaks are named in the question that passes them."""
        return super()._said_with(readings) + self.env["utility.leak.alert"]._said_with(readings)

    @api.model
    def _after_answer(self, readings, synchronized):
        """Possible leaks pass with the readings that show them."""
        self.env["utility.leak.alert"]._answer(readings, synchronized)
        return super()._after_answer(readings, synchronized)

    def _set_billed(self, move_ids, billed):
        """Mark the readings reserved by bills as billed, or make them readings like others again.

        Called by the posting, the credit note and the reset to draft of bills. It does not go through `write`, which
        refuses billed readings to everybody; one statement serves any number of bills. A reading that somebody changes
        at the same moment makes the transaction start again.

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
