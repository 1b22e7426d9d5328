from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..common.guarded import Guard


class AccountMove(models.Model):
    """Bills of a section: what they were created from, and the effect of their life cycle on readings."""

    _inherit = "account.move"
    _guard = Guard(
        kept="utility_billing_run_id utility_subscription_id utility_section_id utility_billing_type "
        "utility_date_start utility_date_end utility_volume utility_credited "
        "utility_settled_by_id utility_reading_ids utility_freed_days utility_reference_start "
        "utility_reference_end utility_price_changes utility_document utility_meter_id "
        "utility_meter_number",
    )

    utility_billing_run_id = fields.Many2one(
        "utility.billing.run",
        string="Billing Campaign",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    utility_subscription_id = fields.Many2one(
        "utility.subscription",
        string="Subscription",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    utility_section_id = fields.Many2one(
        "utility.section", string="Section", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    utility_meter_id = fields.Many2one(
        "utility.meter", string="Meter", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    utility_meter_number = fields.Char(
        string="Number of the Meter",
        readonly=True,
        copy=False,
        help="As it was billed; the device may have been replaced since.",
    )
    utility_billing_type = fields.Selection(
        [("measured", "Measured"), ("estimated", "Estimated"), ("flat", "Flat rate")],
        string="Billing Type",
        readonly=True,
        copy=False,
    )
    utility_date_start = fields.Date(string="Served From", readonly=True, copy=False)
    utility_date_end = fields.Date(string="Served To", readonly=True, copy=False)
    utility_freed_days = fields.Json(
        readonly=True, copy=False, help="Additional days of service, from cancelled bills, as [first, last]."
    )
    utility_reference_start = fields.Date(string="Estimated From Volumes Since", readonly=True, copy=False)
    utility_reference_end = fields.Date(string="Estimated From Volumes Until", readonly=True, copy=False)
    utility_price_changes = fields.Json(
        readonly=True, copy=False, help="Days inside this bill on which new prices come into force."
    )
    utility_volume = fields.Float(string="Volume", digits=(16, 3), readonly=True, copy=False)
    utility_credited = fields.Boolean(
        string="Fully Credited",
        readonly=True,
        copy=False,
        help="Credit notes cancel this bill, so it can be created again.",
    )
    utility_settled_by_id = fields.Many2one(
        "account.move",
        string="Settled By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The measured bill that deducts this instalment.",
    )
    utility_reading_ids = fields.One2many("utility.billed.reading", "move_id", string="Readings", readonly=True)
    utility_price_per_litre = fields.Float(
        string="Price per Litre",
        compute="_compute_utility_price_per_litre",
        digits=(16, 5),
        help="All taxes included, without the fixed part (order of 10 July 1996).",
    )

    _utility_live_bills = models.Index(
        "(utility_subscription_id, utility_date_start, utility_date_end) WHERE utility_billing_run_id IS NOT NULL"
    )

    @api.depends("utility_volume", "invoice_line_ids.price_total")
    def _compute_utility_price_per_litre(self):
        for move in self:
            move.utility_price_per_litre = move.invoice_line_ids._utility_price_per_litre(move.utility_volume)

    # === ACTIONS === #

    def button_draft(self):
        bills = self._utility_bills()
        cancelled = bills.filtered(lambda m: m.state == "cancel")
        credited = self.filtered(lambda m: m.state == "posted").reversed_entry_id._utility_bills()
        result = super().button_draft()
        self.filtered("utility_document")._by_server().utility_document = False
        (bills - cancelled)._utility_set_billed(False)
        cancelled._utility_reserve()
        credited.filtered("utility_credited")._utility_revive()
        return result

    def button_cancel(self):
        bills = self._utility_bills()
        result = super().button_cancel()
        bills._utility_release()
        return result

    # === BUSINESS === #

    def _post(self, soft=True):
        bills = self._utility_bills()
        bills._utility_check_readings()
        bills._utility_defer_due_date()
        posted = super()._post(soft)
        posted._utility_bills()._utility_set_billed(True)
        posted.reversed_entry_id._utility_bills()._utility_release_credited()
        posted._utility_keep_documents()
        return posted

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Reverse bills; a credit note keeps their subscription and period, but belongs to no campaign."""
        values = default_values_list or [{} for _move in self]
        for move, default_values in zip(self, values, strict=True):
            if move.utility_billing_run_id:
                default_values |= {
                    "utility_subscription_id": move.utility_subscription_id.id,
                    "utility_section_id": move.utility_section_id.id,
                    "utility_meter_id": move.utility_meter_id.id,
                    "utility_meter_number": move.utility_meter_number,
                    "utility_date_start": move.utility_date_start,
                    "utility_date_end": move.utility_date_end,
                    "utility_billing_type": move.utility_billing_type,
                }
        # copied by the server, lines included, so that the fields of the original bill are kept
        return super(AccountMove, self._by_server())._reverse_moves(values, cancel).with_env(self.env)

    def _utility_bills(self):
        """Return the bills created by campaigns among these moves."""
        return self.filtered("utility_billing_run_id")

    def _utility_set_billed(self, billed):
        """Lock the readings of posted bills (invariant 3); unlock those of bills reset to draft."""
        if self:
            self.env["utility.reading"]._set_billed(self.ids, billed)

    def _utility_defer_due_date(self):
        """Postpone the due date of a bill posted after its date, if the section's terms count from the posting."""
        today = fields.Date.context_today(self)
        for bill in self:
            if bill.utility_section_id.due_from == "posting" and bill.invoice_date and bill.invoice_date < today:
                term = bill.invoice_date_due - bill.invoice_date
                bill.write({"invoice_payment_term_id": False, "invoice_date_due": today + term})

    def _utility_check_readings(self):
        """Refuse to post a bill whose readings have changed since it was created, in any way.

        :raises UserError: naming the first bills and their readings
        """
        changed = self._utility_changed_readings()
        if changed:
            raise UserError("\n".join(self._utility_changed_sentence(row) for row in changed[:10]))

    def _utility_changed_readings(self):
        """Return the billed copies that differ from their readings, in one query."""
        if not self:
            return self.env["utility.billed.reading"]
        self.env["utility.reading"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT b.id FROM utility_billed_reading b LEFT JOIN utility_reading r ON r.id = b.reading_id
                 WHERE b.move_id IN %s AND b.released IS NOT TRUE
                   AND (r.date, r.index, r.kind, r.consumption, r.previous_date)
                       IS DISTINCT FROM (b.date, b.index, b.kind, b.consumption, b.previous_date)
                 ORDER BY b.id
                """,
                tuple(self.ids),
            )
        )
        # sudo: shows a user who may post the bill which of its own readings changed, nothing else
        return self.env["utility.billed.reading"].sudo().browse([row[0] for row in rows])

    def _utility_changed_sentence(self, row):
        return self.env._(
            "%(partner)s: the reading of %(date)s on meter %(meter)s has changed since the bill was created. Discard "
            "the draft and launch the campaign again.",
            partner=row.move_id.partner_id.display_name,
            date=format_date(self.env, row.date),
            meter=row.meter_id.display_name,
        )

    def _utility_release_credited(self):
        """Release the readings of fully credited bills for correction; a partial credit note changes nothing.

        :raises UserError: the bill is an instalment that a measured bill has already deducted
        """
        credited = self.filtered(lambda bill: not bill.utility_credited and bill._utility_is_wholly_credited())
        for bill in credited.filtered(lambda b: b.utility_settled_by_id.state in ("draft", "posted")):
            raise UserError(
                self.env._(
                    "Bill %(bill)s is an instalment that bill %(settling)s deducts: credit %(settling)s first.",
                    bill=bill.display_name,
                    settling=bill.utility_settled_by_id.display_name,
                )
            )
        if credited:
            credited._by_server().utility_credited = True
            credited._utility_set_billed(False)
            credited._utility_release()

    def _utility_is_wholly_credited(self):
        self.ensure_one()
        reversals = self.reversal_move_ids.filtered(lambda move: move.state == "posted")
        missing = self.amount_total - sum(reversals.mapped("amount_total"))
        return bool(reversals) and self.currency_id.compare_amounts(missing, 0) <= 0

    def _utility_revive(self):
        """Reinstate these bills, whose credit note was reset to draft."""
        self._utility_reserve()
        self._by_server().utility_credited = False
        self.filtered(lambda bill: bill.state == "posted")._utility_set_billed(True)

    def _utility_release(self):
        """Release the readings, and the instalments that these bills deducted."""
        if self:
            # sudo: users cannot write these rows; a user who may cancel or credit the bill releases its own readings
            self.env["utility.billed.reading"].sudo().search([("move_id", "in", self.ids)]).released = True
            settled = self.search([("utility_settled_by_id", "in", self.ids)])
            settled._by_server().utility_settled_by_id = False

    def _utility_reserve(self):
        """Reserve the readings again for reinstated bills.

        :raises UserError: another bill has used them meanwhile
        """
        if not self:
            return
        # sudo: as in _utility_release; other bills are searched in full, but only their numbers are shown
        mine = self.env["utility.billed.reading"].sudo().search([("move_id", "in", self.ids)])
        taken = mine.search([("reading_id", "in", mine.reading_id.ids), ("released", "=", False)]) - mine
        if taken:
            raise UserError(
                self.env._(
                    "The readings of this bill have been billed on another one since (%s): it cannot be reinstated.",
                    ", ".join(taken.move_id.mapped("display_name")),
                )
            )
        mine.released = False
