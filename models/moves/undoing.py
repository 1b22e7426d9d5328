"""Undoes a departure or an arrival: all of it, in every section, or nothing."""

from odoo.exceptions import UserError
from odoo.tools import format_date


class Undoing:
    """Undoes one move, with the user's rights.

    :param move: of the section where it was entered, or of another one
    """

    def __init__(self, move):
        self.move = move._everywhere()
        self.env = self.move.env

    def carry_out(self):
        """Undo it here and in the sections that the user may enter; ask the others to undo it.

        :raises UserError: a bill of it is posted, or its reading is billed
        """
        self.move.meter_id.connection_point_id._lock()
        self._check_nothing_posted()
        # sudo: the other sections' parts were created by the server; nothing of sections without access is shown
        for part in self.move.sudo().part_ids:
            if part.company_id in self.env.user.company_ids:
                Undoing(part.with_env(self.env)).of_section()
            elif part.state == "done" or part.reading_id:
                part.state = "to_undo"
            else:
                part.unlink()
        self.of_section()

    def of_section(self):
        """Undo what was done in the move's section."""
        move = self.move
        self._check_nothing_posted()
        self._throw_drafts_away()
        # sudo: agents do not delete subscriptions; this one was made by the move and nothing is billed on it
        move.arriving_subscription_id.sudo().unlink()
        if move.leaving_subscription_id and move.state in ("done", "to_undo"):
            move.leaving_subscription_id.write({"date_end": move.previous_end, "payer_id": move.previous_payer_id.id})
        if move.is_reading_entered or move.reading_id.origin_reading_id or move.state == "to_undo":
            move.reading_id.unlink()
        move._by_server().write({"state": "undone", "reason": False})
        self._archive_last_bill_contact()

    def _archive_last_bill_contact(self):
        """Archive the contact created for the last bill's address, once nothing else uses it."""
        contact = self.move.last_bill_partner_id
        if not contact:
            return
        # sudo: the move that created the contact may be another section's; nothing of it is shown
        moves = self.env["utility.move"].sudo().search([("last_bill_partner_id", "=", contact.id)])
        is_created = any(moves.mapped("is_last_bill_partner_created"))
        if is_created and all(move.state == "undone" for move in moves) and not self._is_used(contact):
            contact.active = False

    def _is_used(self, contact):
        # sudo: what keeps the contact may be of companies that the user may not enter; nothing of it is shown
        env = contact.sudo().with_context(active_test=False).env
        used = {
            "utility.subscription": ["partner_id", "payer_id"],
            "utility.meter": ["owner_id"],
            "account.move": ["partner_id", "partner_shipping_id"],
            "res.users": ["partner_id"],
            "res.partner": ["parent_id"],
        }
        return any(
            env[model].search_count([(name, "=", contact.id)], limit=1)
            for model, names in used.items()
            for name in names
        )

    def _bills(self):
        """Return the valid bills of the move: the new subscriber's, and those of the leaving one created since."""
        move = self.move
        # sudo: users who undo need no access to bills; only the numbers of those that prevent it are shown
        bills = (move.arriving_subscription_id | move.leaving_subscription_id).sudo().bill_ids
        return bills.filtered(
            lambda bill: (
                bill.state != "cancel"
                and not bill.utility_credited
                and bill.utility_billing_run_id
                and (bill.utility_subscription_id == move.arriving_subscription_id or self._is_since(bill))
            )
        )

    def _is_since(self, bill):
        return bill.utility_billing_run_id.id == self.move.run_id.id or bill.create_date >= self.move.done_on

    def _check_nothing_posted(self):
        move = self.move
        posted = self._bills().filtered(lambda bill: bill.state == "posted")
        if posted:
            raise UserError(
                self.env._(
                    "%(move)s: bill %(bill)s is posted. Create its credit note first.",
                    move=move.display_name,
                    bill=posted[0].display_name,
                )
            )
        if move.reading_id.state == "billed":
            raise UserError(
                self.env._(
                    "%(move)s: the reading of %(day)s is billed. Create the credit note of its bill first.",
                    move=move.display_name,
                    day=format_date(self.env, move.reading_id.date),
                )
            )

    def _throw_drafts_away(self):
        """Delete the drafts of the closing bill's own campaign; those of other campaigns stay."""
        run = self.move.run_id.sudo()  # sudo: the campaign was created for this move by the user who entered it
        others = self._bills().filtered(lambda bill: bill.utility_billing_run_id != run)
        if others:
            raise UserError(
                self.env._(
                    "%(move)s: campaign %(run)s holds a draft of it. Discard that draft first.",
                    move=self.move.display_name,
                    run=others[0].utility_billing_run_id.display_name,
                )
            )
        run.bill_ids.filtered(lambda bill: bill.state == "draft").unlink()
        if not run.bill_ids:
            run.unlink()
