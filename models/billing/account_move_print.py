import json
from datetime import timedelta

from odoo import api, fields, models

from ...core.billing import Heading, LineKind
from ..common.languages import spoken
from .bill_document import BillDocuments, format_volume

HEADING_RANKS = {heading.value: rank for rank, heading in enumerate(Heading)}
NO_HEADING = len(HEADING_RANKS)

#: Headings of the arrêté whose lines are grouped under "Abonnement" and "Consommation" (article 2).
WITH_PARTS = (Heading.DISTRIBUTION, Heading.COLLECTION)


class AccountMove(models.Model):
    """Printed contents of a section's bill (arrêté of 10 July 1996), kept as it was posted."""

    _inherit = "account.move"

    utility_document = fields.Json(
        string="Printed Document",
        readonly=True,
        copy=False,
        help="Printed contents of the posted bill, which never change.",
    )
    utility_consumption_graph = fields.Json(
        compute="_compute_utility_consumption_graph",
        help="The subscriber's last consumptions up to this bill, oldest first: date, volume, height of the bar.",
    )

    @api.depends(
        "utility_document", "utility_subscription_id", "utility_reading_ids", "reversed_entry_id", "utility_date_end"
    )
    def _compute_utility_consumption_graph(self):
        """Compute the graphs of all printed bills at once, with one query of readings."""
        documents = self._utility_documents()
        for move in self:
            move.utility_consumption_graph = documents.get(move.id, {}).get("graph", [])

    def _utility_last_day(self):
        """Return the day of the last billed reading, else the last day of service, where the graph ends."""
        return max(self._utility_printed_readings().mapped("date"), default=self.utility_date_end) or None

    def _utility_printed_readings(self):
        """Return the readings of the bill; for a credit note, those of the credited bill."""
        return self.utility_reading_ids or self.reversed_entry_id.utility_reading_ids

    @api.model
    def _utility_credits(self, sections, payers):
        """Hook: return {(section id, payer id): payments received and not allocated to a bill}."""
        return {}

    # === KEEP === #

    def _utility_keep_documents(self):
        """Store what these posted bills print, and record that they notified subscribers of leaks."""
        moves = self.filtered("utility_subscription_id")
        notified = moves._utility_leaks_to_notify()
        moves._utility_write_documents(BillDocuments(moves).prepare())
        for alerts in notified.values():
            alerts._set_warned()

    def _utility_write_documents(self, documents):
        """Write the documents of posted bills by one statement: a write of `account.move` checks each entry again.

        :param dict documents: {bill id: document}
        """
        if documents:
            self.env.cr.execute_values(
                "UPDATE account_move m SET utility_document = v.document FROM (VALUES %s) AS v(id, document)"
                " WHERE m.id = v.id",
                [(move_id, json.dumps(document)) for move_id, document in documents.items()],
                "(%s, %s::jsonb)",
                page_size=len(documents),
            )
            self.invalidate_recordset(["utility_document", "utility_consumption_graph"], flush=False)

    def _utility_documents(self):
        """Return {bill id: document}: as stored, or for a draft as it would be printed now."""
        moves = self.filtered(lambda move: move.id and move._utility_has_own_subscription())
        kept = {move.id: move.utility_document for move in moves if move.utility_document}
        return kept | BillDocuments(moves.filtered(lambda move: move.id not in kept)).prepare()

    def _utility_has_own_subscription(self):
        """Return whether the subscription belongs to the bill's company; otherwise nothing of it is printed."""
        # sudo: companies are compared only, not shown
        subscription = self.sudo().utility_subscription_id
        return bool(subscription) and subscription.company_id == self.company_id

    def _utility_leaks_to_notify(self):
        """Return {bill: abnormal volumes of which it is the first to notify the subscriber}."""
        bills = self.filtered(
            lambda move: (
                move.utility_section_id.leak_notice
                and move.utility_section_id.service != "sewerage"
                and move.move_type == "out_invoice"
            )
        )
        # sudo: possible leaks of these very bills, which the user may read or post
        rows = bills.sudo().utility_reading_ids
        alerts = rows.env["utility.leak.alert"].search(
            [("reading_id", "in", rows.reading_id.ids), ("state", "=", "detected")]
        )
        found = {}
        for alert in alerts:
            of_reading = rows.filtered(lambda row, alert=alert: row.reading_id == alert.reading_id and not row.released)
            for bill in of_reading.move_id.filtered(
                lambda move, alert=alert: move.utility_subscription_id == alert.subscription_id
            ):
                found[bill] = found.get(bill, alerts.browse()) | alert
        return found

    # === PRINT === #

    def _get_name_invoice_report(self):
        if self.utility_subscription_id:
            return "utility_billing_sync.report_bill_document"
        return super()._get_name_invoice_report()

    def _get_invoice_proforma_pdf_report_filename(self):
        """A posted bill is final, whether or not its PDF was kept already."""
        if self.utility_subscription_id:
            return self._get_invoice_report_filename()
        return super()._get_invoice_proforma_pdf_report_filename()

    def _get_move_lines_to_report(self):
        """Group the lines of a section's bill under the headings of the arrêté, in its order."""
        lines = super()._get_move_lines_to_report()
        return lines.sorted(_heading_rank) if self.utility_subscription_id else lines

    def _prepare_utility_bill(self):
        """Return the contents of the printed bill; {} for an ordinary invoice.

        :return: {} or its document (`BillDocuments`) with {"headings": {id of its first line: name}, "parts": {id of
            its first line: kind of price}, "subtotals": {id of its last line: (before tax, after tax)}, "terms":
            {line id: quantity and price to print}, "fixed": total of the fixed parts, all taxes included,
            "tax_rows": name, base and amount of each tax}
        """
        self.ensure_one()
        if not self.utility_subscription_id:
            return {}
        document = self._utility_documents()[self.id]
        lang = spoken(self.env, document["lang"])
        self = self.with_context(lang=lang)  # also if a job prints it
        headings, subtotals = self._prepare_utility_headings()
        fixed = self.invoice_line_ids._utility_charges().filtered(lambda line: line.utility_kind == LineKind.FIXED)
        return document | {
            "lang": lang,
            "headings": headings,
            "parts": self._prepare_utility_parts(),
            "subtotals": subtotals,
            "terms": {
                line.id: self._prepare_utility_terms(line, document)
                for line in self.invoice_line_ids
                if line.utility_kind
            },
            "fixed": abs(sum(fixed.mapped("price_total"))),
            "tax_rows": [
                (line.name, abs(line.tax_base_amount), abs(line.amount_currency))
                for line in self.line_ids.filtered("tax_line_id")
            ],
        }

    def _prepare_utility_headings(self):
        """Return the heading above each first line, and the subtotals below each last one, without empty headings."""
        names = dict(self.env["account.move.line"]._fields["utility_heading"]._description_selection(self.env))
        headings, subtotals = {}, {}
        for heading, lines in self._get_move_lines_to_report().grouped("utility_heading").items():
            if heading:
                headings[lines[0].id] = names[heading]
                subtotals[lines[-1].id] = (sum(lines.mapped("price_subtotal")), sum(lines.mapped("price_total")))
        return headings, subtotals

    def _prepare_utility_parts(self):
        """Return "fixed" or "block" for the first line of each kind, in the headings that have both (article 2)."""
        parts, last = {}, None
        for line in self._get_move_lines_to_report():
            if line.utility_heading not in WITH_PARTS:
                continue
            part = line.utility_heading, line.utility_nature, line.utility_kind
            if part != last and line.utility_kind in (LineKind.FIXED, LineKind.BLOCK):
                parts[line.id] = line.utility_kind
            last = part
        return parts

    def _prepare_utility_terms(self, line, document):
        """Return the quantity and the unit price of the tariff: days of service for a fixed part, otherwise a volume.

        The invoice line itself may contain (1, amount), if the product of the terms would not round to the amount.
        """
        fixed = line.utility_kind == LineKind.FIXED
        quantity = abs(line.utility_quantity)
        if fixed:
            quantity = (line.utility_date_end - line.utility_date_start + timedelta(1)).days
        return {
            "quantity": format_volume(self.env, -quantity if line.quantity < 0 else quantity),
            "fixed": fixed,
            "per": document["per"].get(str(line.id), False),
            "price": line.utility_unit_price,
        }


def _heading_rank(line):
    return HEADING_RANKS.get(line.utility_heading, NO_HEADING)


class AccountMoveSend(models.AbstractModel):
    """Attaches the yearly note on the quality of water to the bills (arrêté of 10 July 1996, article 8)."""

    _inherit = "account.move.send"

    @api.model
    def _get_invoice_extra_attachments(self, move):
        # sudo: users who send bills may not be allowed to read sections; the note is for every subscriber
        return super()._get_invoice_extra_attachments(move) | move.utility_section_id.sudo().quality_note_ids
