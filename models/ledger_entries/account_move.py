from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.float_utils import float_repr

from ..common.guarded import Guard
from .reconcile import Reconciler

APPROVER = "utility_billing_sync.group_payment_approver"
#: Group that sees the exchange; other users read an entry without these fields.
MONITOR = "utility_billing_sync.group_ledger_monitor"
# Fields whose change the accounting system must know.
EXCHANGED = {
    "state", "name", "date", "invoice_date", "ref", "payment_reference", "invoice_date_due", "payment_approval",
    "journal_id", "partner_id", "preferred_payment_method_line_id", "currency_id", "invoice_currency_rate", "line_ids",
    "invoice_line_ids", "invoice_payment_term_id",
}  # fmt: skip


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "utility.guarded"]
    _guard = Guard(
        kept="payment_approval payment_approval_user_id payment_approval_date payment_approval_terms "
        "ledger_document_ids",
    )

    payment_approval = fields.Selection(
        [("none", "Not Needed"), ("pending", "To Approve"), ("approved", "Approved"), ("disputed", "Disputed")],
        compute="_compute_payment_approval",
        store=True,
        readonly=False,
        required=True,
        default="none",
        copy=False,
        tracking=True,
        help="Whether the vendor's bill may be paid (“bon à payer”).",
    )
    payment_approval_user_id = fields.Many2one(
        "res.users",
        string="Payment Approval By",
        compute="_compute_payment_approval",
        store=True,
        readonly=False,
        copy=False,
    )
    payment_approval_date = fields.Datetime(
        string="Payment Approval On", compute="_compute_payment_approval", store=True, readonly=False, copy=False
    )
    payment_approval_terms = fields.Char(
        copy=False, readonly=True, help="Third party, bank account and amount that the approval covers."
    )
    ledger_document_ids = fields.One2many(
        "ledger.document", "move_id", string="In the Accounting System", groups=MONITOR
    )
    ledger_state = fields.Selection(related="ledger_document_ids.state", string="Accounting System")
    ledger_anomalies = fields.Text(
        compute="_compute_ledger_anomalies", string="Blocking Anomalies", help="To correct here before the export."
    )

    @api.depends("amount_total", "currency_id", "partner_id", "partner_bank_id")
    def _compute_payment_approval(self):
        """Request a new approval if the amount, the third party or the bank account of an approved bill changes."""
        for move in self:
            approved = move.payment_approval == "approved" and move.payment_approval_terms
            if approved and move.payment_approval_terms != move._payment_terms():
                move.payment_approval = "pending"
                move.payment_approval_user_id = move.payment_approval_date = False
            else:
                # a compute method must assign a value in any case
                move.payment_approval = move.payment_approval or "none"
                move.payment_approval_user_id = move.payment_approval_user_id
                move.payment_approval_date = move.payment_approval_date

    @api.depends("ledger_document_ids.anomaly_ids")
    @api.depends_context("lang")
    def _compute_ledger_anomalies(self):
        # sudo: the reader of an entry sees its anomalies, and nothing else of its document
        for move, documents in zip(self, (move.ledger_document_ids for move in self.sudo()), strict=True):
            blocking = documents.anomaly_ids.filtered("blocking")
            move.ledger_anomalies = "\n".join(blocking.mapped("message")) or False

    def _payment_terms(self):
        """Return what an approval covers, as text: third party, bank account, amount and currency."""
        amount = float_repr(self.amount_total, 6)
        return f"{self.partner_id.id} {self.partner_bank_id.id} {amount} {self.currency_id.name}"

    def write(self, vals):
        self._check_given([vals])
        if vals.keys() & EXCHANGED:
            self._keep_sent_values()
        result = super().write(vals)
        if vals.keys() & EXCHANGED:
            self._refresh_ledger_documents()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_ledger(self):
        self._check_not_in_ledger()

    def _post(self, soft=True):
        posted = super()._post(soft)
        bills = posted.filtered(lambda move: move.is_purchase_document(True) and move.payment_approval == "none")
        bills = bills._exchanged_companies_only()
        if bills:
            # sudo: posting a bill requests its approval with any user's rights; approving requires a separate right
            bills.sudo()._sign_payment_approval("pending")
        posted._make_ledger_documents()
        return posted

    def _exchanged_companies_only(self):
        """Return the entries of companies served by a connector: others need no “bon à payer”."""
        if not self:
            return self
        # sudo: only to know which companies a connector serves; nothing of it is shown
        connectors = self.env["ledger.connector"].sudo().search([("company_ids", "in", self.company_id.ids)])
        return self.filtered(lambda move: move.company_id in connectors.company_ids)

    def button_draft(self):
        self._check_not_in_ledger()
        return super().button_draft()

    def button_cancel(self):
        self._check_not_in_ledger()
        return super().button_cancel()

    def button_request_cancel(self):
        self._check_not_in_ledger()
        return super().button_request_cancel()

    def _need_cancel_request(self):
        # no dependency of `need_cancel_request`: Odoo would remove that field of statement lines with the addon
        return super()._need_cancel_request() or bool(self._in_ledger())

    # === ACTIONS === #

    def action_approve_payment(self):
        """*Bon à payer*: approve the payment of these bills."""
        self._set_payment_approval("approved")

    def action_dispute_payment(self):
        """Dispute these bills: they must not be paid."""
        self._set_payment_approval("disputed")

    def action_request_payment_approval(self):
        """Request a new approval of these bills."""
        self._set_payment_approval("pending")

    # === BUSINESS === #

    def _set_payment_approval(self, answer):
        if any(not move.is_purchase_document(True) for move in self):
            raise UserError(self.env._("Only vendor bills are approved for payment."))
        self.check_access("write")
        changed = self.filtered(lambda move: move.payment_approval != answer)
        if changed:
            changed._check_may_approve()
            changed._by_server()._sign_payment_approval(answer)

    def _sign_payment_approval(self, answer):
        """Store an answer with its user and date; an approval also with the terms that it covers."""
        signature = {"payment_approval_user_id": self.env.uid, "payment_approval_date": fields.Datetime.now()}
        for move in self:
            terms = move._payment_terms() if answer == "approved" else False
            move.write({"payment_approval": answer, "payment_approval_terms": terms, **signature})

    def _check_may_approve(self):
        if not (self.env.su or self.env.user.has_group(APPROVER)):
            raise AccessError(self.env._("Approving payments requires the right “Payment Approval”."))

    def _in_ledger(self):
        """Return the entries whose document was sent to the accounting system."""
        # sudo: only to know whether an entry was sent; nothing else of the document is shown
        documents = self.sudo().ledger_document_ids
        sent = documents.filtered(lambda d: d.operation == "update" or d.stage == "sent")
        return self.browse(sent.move_id.ids)

    def _check_not_in_ledger(self):
        """Refuse to reset, cancel or delete entries that the accounting system has received.

        :raises UserError: with what to do instead
        """
        sent = self._in_ledger()
        if sent:
            names = ", ".join(move.name for move in sent[:10])
            raise UserError(
                self.env._(
                    "The accounting system has these documents: %s. They can't go back to draft or be cancelled here: "
                    "reverse them with a credit note, then enter them again.",
                    names,
                )
            )

    def _make_ledger_documents(self):
        """Create the documents of these posted entries for the connectors of their companies."""
        # sudo: called for users who post an entry; nothing of the connector or the documents is shown
        connectors = self.env["ledger.connector"].sudo().search([("company_ids", "in", self.company_id.ids)])
        for connector in connectors:
            Reconciler(connector).make_documents(self)._refresh()

    def _keep_sent_values(self):
        # sudo: as in _refresh_ledger_documents
        self.sudo().ledger_document_ids._keep_sent_values()

    def _refresh_ledger_documents(self):
        # sudo: called for users who write an entry, to keep its document up to date; nothing of it is shown
        self.sudo().ledger_document_ids._refresh()
