from decimal import Decimal

from odoo import api, fields, models
from odoo.tools.float_utils import float_repr
from odoo.tools.translate import LazyTranslate

from ...core.ledger.payments import MODES, PAYMENT, REVERSAL, PaymentRow
from ..ledger.sentences import kept_params, tell_code

_lt = LazyTranslate(__name__)

MODE_LABELS = {
    "direct_debit": _lt("Direct Debit"),
    "transfer": _lt("Transfer"),
    "cheque": _lt("Cheque"),
    "card": _lt("Bank Card"),
    "interbank_slip": _lt("Interbank Slip (TIP)"),
    "cash": _lt("Cash"),
    "postal_order": _lt("Postal Order"),
}
#: Fields copied from a row.
TAKEN = (
    "reference",
    "date",
    "sense",
    "by_sign",
    "number",
    "third_party",
    "mode",
    "letter",
    "cancels",
    "message",
    "line",
)
if set(MODE_LABELS) != set(MODES):
    raise ValueError("Each mode of payment has a label.")


class LedgerPayment(models.Model):
    """A payment, a refusal or a reversal as the accounting system reported it, and its entry.

    Users do not edit these records: incoming files write them, as the superuser. A reference identifies one movement of
    its connector, however many files contain it.
    """

    _name = "ledger.payment"
    _description = "Payment Received"
    _order = "date desc, id desc"
    _rec_name = "reference"
    _rec_names_search = ["reference", "number", "partner_id"]

    connector_id = fields.Many2one("ledger.connector", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    reference = fields.Char(required=True, help="Reference of the payment in the accounting system.")
    sense = fields.Selection(
        [("payment", "Payment"), ("refusal", "Refused by the Bank"), ("reversal", "Reversed")],
        string="Kind",
        required=True,
        default=PAYMENT,
    )
    number = fields.Char(string="Document", index="btree_not_null", help="As in the accounting system.")
    third_party = fields.Char(string="Third-Party Code")
    date = fields.Date(required=True)
    amount = fields.Monetary(required=True)
    signed_amount = fields.Monetary(
        string="Received",
        compute="_compute_signed_amount",
        store=True,
        help="Negative for what was paid out, refused or reversed.",
    )
    mode = fields.Char(
        string="Mode as Received", help="Name of the mode of payment, or the word of the accounting system."
    )
    mode_label = fields.Char(compute="_compute_mode_label", string="Mode")
    letter = fields.Char(
        string="Matching Letter", index="btree_not_null", help="Shared by payments and the documents that they pay."
    )
    cancels = fields.Char(string="Reference of the Cancelled Payment")
    message = fields.Char(string="Reason Given")
    by_sign = fields.Boolean(
        string="Negative Amount",
        help="Treated as a reversal because its amount is negative: the file has no word for it.",
    )

    state = fields.Selection(
        [("waiting", "Waiting"), ("registered", "Registered"), ("cancelled", "Cancelled"), ("ignored", "Ignored")],
        required=True,
        default="waiting",
        index=True,
        help="A payment waits until the document that it pays is known. Cancelled: refused or reversed since.",
    )
    reason_code = fields.Char(readonly=True)
    reason_params = fields.Json(readonly=True)
    reason = fields.Char(string="Reason for Waiting", compute="_compute_reason")
    entry_id = fields.Many2one(
        "account.move", string="Journal Entry", ondelete="restrict", index="btree_not_null", readonly=True
    )
    partner_id = fields.Many2one("res.partner", string="Customer", index="btree_not_null", readonly=True)
    bill_ids = fields.Many2many("account.move", "ledger_payment_bill_rel", string="Documents Paid", readonly=True)
    cancelled_id = fields.Many2one(
        "ledger.payment", string="Cancelled Payment", index="btree_not_null", ondelete="restrict", readonly=True
    )
    cancellation_ids = fields.One2many("ledger.payment", "cancelled_id", string="Cancellations", readonly=True)
    amount_cancelled = fields.Monetary(readonly=True)
    amount_left = fields.Monetary(
        string="Credit", compute="_compute_amount_left", help="Received and not allocated to a document."
    )

    run_id = fields.Many2one("ledger.run", string="Synchronisation", ondelete="set null", index="btree_not_null")
    file_name = fields.Char(string="File")
    line = fields.Integer()

    _reported_once = models.UniqueIndex("(connector_id, reference)")

    @api.depends("amount", "sense", "entry_id")
    def _compute_signed_amount(self):
        for payment in self:
            # sudo: readers of the payment may see whether its entry pays in or out
            entry = payment.sudo().entry_id
            paid_in = not sum((entry.line_ids - payment.sudo()._third_party_line()).mapped("balance")) < 0
            is_positive = paid_in if entry else payment.sense == PAYMENT
            payment.signed_amount = payment.amount if is_positive else -payment.amount

    @api.depends("mode")
    @api.depends_context("lang")
    def _compute_mode_label(self):
        for payment in self:
            payment.mode_label = payment._mode_name()

    @api.depends("reason_code", "reason_params")
    @api.depends_context("lang")
    def _compute_reason(self):
        for payment in self:
            code = payment.reason_code
            payment.reason = tell_code(self.env, code, payment.reason_params or {}) if code else False

    @api.depends("entry_id.line_ids.amount_residual")
    def _compute_amount_left(self):
        for payment in self:
            # sudo: readers of the payment may see what is left of it, and nothing else of its entry
            line = payment.sudo()._third_party_line()
            payment.amount_left = abs(line.amount_residual) if payment.sense == PAYMENT else 0.0

    # === ACTIONS === #

    def action_view_bills(self):
        """Open the documents that these payments were allocated to."""
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type")
        bills = self.bill_ids
        action |= {"domain": [("id", "in", bills.ids)], "context": {"create": False}}
        return action | {"views": [(False, "form")], "res_id": bills.id} if len(bills) == 1 else action

    # === BUSINESS === #

    def _mode_name(self):
        return self.env._(MODE_LABELS[self.mode]) if self.mode in MODE_LABELS else self.mode or False

    def _third_party_line(self):
        """Return the line of the entry that pays: receivable or payable."""
        kinds = ("asset_receivable", "liability_payable")
        return self.entry_id.line_ids.filtered(lambda line: line.account_id.account_type in kinds)

    def _to_core(self):
        """Return what the accounting system reported, as the core's PaymentRow."""
        return PaymentRow(
            reference=self.reference,
            date=self.date,
            amount=Decimal(float_repr(self.amount, 2)),
            sense=REVERSAL if self.by_sign else self.sense,
            by_sign=self.by_sign,
            company=self.company_id.ledger_code or "",
            line=self.line,
            **{name: self[name] or "" for name in ("number", "third_party", "mode", "letter", "cancels", "message")},
        )

    @api.model
    def _values_from_core(self, row):
        return {"amount": float(row.amount), **{name: getattr(row, name) for name in TAKEN}}

    def _wait(self, finding):
        """Store why a payment waits."""
        self.write({"state": "waiting", "reason_code": finding.code, "reason_params": kept_params(finding.params)})
