"""Converts the bills of a batch to invoices (`account.move`)."""

from odoo import Command
from odoo.tools import format_date

from ...core.billing import BillLine, LineKind, Nature, Rounding
from ...core.billing.decide import Draft
from ..metering.reading_sql import moment, slot

KIND_LABELS_WITH_VOLUME = (LineKind.BLOCK, LineKind.LEVY)

#: Copies of readings as bills use them; %s stands for the rows.
_RESERVE = f"""
    INSERT INTO utility_billed_reading (move_id, company_id, meter_id, reading_id, kind, previous_date,
        previous_index, date, index, consumption, volume, rollover, computed_consumption, is_modified,
        modification_reason, previous_kind, device, released)
    SELECT v.*, r.rollover IS TRUE, r.computed_consumption, r.is_modified IS TRUE, r.modification_reason,
           before.kind, COALESCE(gone.serial_number, p.serial_number, p.name), FALSE
      FROM (VALUES %s) AS v(move_id, company_id, meter_id, reading_id, kind, previous_date,
           previous_index, date, index, consumption, volume)
      JOIN utility_reading r ON r.id = v.reading_id
      JOIN utility_meter m ON m.id = v.meter_id
      JOIN utility_connection_point p ON p.id = m.connection_point_id
 LEFT JOIN LATERAL (
           SELECT d.serial_number FROM utility_device d
            WHERE d.connection_point_id = p.id AND v.kind != 'installation'
              AND d.removed_on >= v.date
            ORDER BY d.removed_on LIMIT 1) gone ON TRUE
 LEFT JOIN LATERAL (
           SELECT earlier.kind FROM utility_reading earlier
            WHERE earlier.meter_id = r.meter_id AND earlier.date = r.previous_date
              AND {moment("earlier")} < {moment("r")}
            ORDER BY {slot("earlier")} DESC LIMIT 1) before ON TRUE
     ORDER BY v.move_id, v.date
"""
#: The campaign already records who created what, so drafts get no "created" message and no follower. Posting and later
#: events are logged as usual.
QUIET = {"tracking_disable": True}


class InvoiceWriter:
    """Writes the bills of one campaign as draft customer invoices of its section's company and journal.

    :param env: of the user who launched the campaign, in the section's company
    """

    def __init__(self, env, run, rounding: Rounding):
        self.env = env
        self.run = run
        self.rounding = rounding
        self.section = run.section_id

    def write_bills(self, drafts: list[Draft]):
        """Create the invoices of these drafts, reserve their readings, record the instalments that they deduct.

        :return: the invoices, in the order of the drafts
        """
        self._prefetch(drafts)
        values = [self.prepare_move(draft) for draft in drafts]
        moves = self.env["account.move"].with_context(**QUIET).create(values).with_env(self.env)
        pairs = list(zip(moves, drafts, strict=True))
        self._reserve(pairs)
        for move, draft in pairs:
            if draft.settles:
                self.env["account.move"].browse(draft.settles).utility_settled_by_id = move
        return moves

    def _prefetch(self, drafts):
        """Read the payers and the prices of the batch, each in one query."""
        payer_ids = {draft.case.payer_id or draft.case.partner_id for draft in drafts}
        self.payers = {partner.id: partner for partner in self.env["res.partner"].browse(payer_ids)}
        line_ids = {line.key for draft in drafts for line in draft.bill.lines if line.key}
        self.prices = {line.id: line for line in self.env["utility.tariff.line"].browse(line_ids)}

    def prepare_move(self, draft: Draft) -> dict:
        """Return the values of a draft's invoice, or of a credit note if it deducts more than it charges."""
        case, refund = draft.case, draft.bill.total < 0
        partner = self.payers[case.payer_id or case.partner_id]
        sign = -1 if refund else 1
        lang = partner.lang or self.env.lang
        lines = [self.prepare_line(line, sign, lang, case.dwellings) for line in draft.bill.lines]
        return {
            "move_type": "out_refund" if refund else "out_invoice",
            "journal_id": self.section.journal_id.id,
            "company_id": self.section.company_id.id,
            "currency_id": self.section.company_id.currency_id.id,  # that of the prices, whatever the journal's
            "partner_id": partner.id,
            "invoice_date": self.run.invoice_date,
            **self._prepare_term(partner),
            "utility_billing_run_id": self.run.id,
            "utility_subscription_id": case.id,
            "utility_meter_id": case.meter_id,
            "utility_meter_number": case.meter_number,
            "utility_section_id": self.section.id,
            "utility_billing_type": draft.billing_type,
            "utility_date_start": draft.bill.service.start,
            "utility_date_end": draft.bill.service.end,
            "utility_freed_days": [_isoformat(days.start, days.end) for days in case.freed],
            "utility_reference_start": draft.reference and draft.reference.start,
            "utility_reference_end": draft.reference and draft.reference.end,
            "utility_price_changes": _isoformat(*draft.bill.price_changes),
            "utility_volume": float(draft.volume),
            "invoice_line_ids": [Command.create(values | {"sequence": rank}) for rank, values in enumerate(lines)],
        }

    def _prepare_term(self, partner) -> dict:
        """Return the section's payment terms, else the subscriber's; without any, the bill is due on its date.

        By default, Odoo would make it due on the day of its creation.
        """
        term = self.section.payment_term_id or partner.property_payment_term_id
        return {"invoice_payment_term_id": term.id} if term else {"invoice_date_due": self.run.invoice_date}

    def prepare_line(self, line: BillLine, sign: int, lang: str | None, dwellings: int = 1) -> dict:
        """Return the values of an invoice line: its product of quantity and price rounds to the amount of the bill."""
        price = self.prices[line.key].with_context(lang=lang)
        quantity, unit_price = line.terms(self.rounding)
        by_volume = line.kind in KIND_LABELS_WITH_VOLUME
        return {
            "product_id": price.product_id.id,
            "name": self._label(price, line, quantity, dwellings),
            "quantity": sign * float(quantity),
            "price_unit": float(unit_price),
            # what Odoo would compute, which saves one more write per line; it still computes taxes and totals, and
            # refuses an invoice that does not balance
            "balance": -float(line.amount),
            "amount_currency": -float(line.amount),
            "product_uom_id": (self.section.uom_id if by_volume else price.product_id.uom_id).id,
            "utility_tariff_line_id": price.id,
            "utility_kind": line.kind.value,
            "utility_heading": line.heading.value,
            "utility_nature": line.nature.value,
            "utility_date_start": line.period.start,
            "utility_date_end": line.period.end,
            "utility_quantity": float(line.quantity),
            "utility_unit_price": float(line.unit_price),
        }

    def _label(self, price, line, quantity, dwellings):
        """Return the label: name, block, days, and the terms of the amount if the invoice cannot show them."""
        env, version = price.env, price.version_id.tariff_id
        parts = [self._name(price, line)]
        if line.bounds:
            parts.append(self._bounds(env, *line.bounds))
        days = {"start": format_date(env, line.period.start), "end": format_date(env, line.period.end)}
        parts.append(env._("from %(start)s to %(end)s", **days))
        if quantity != abs(line.quantity) and line.kind is LineKind.FIXED:
            parts.append(env._("%(days)s days", days=line.period.days))
        counted = {LineKind.FIXED: version.dwellings_in_fixed, LineKind.BLOCK: version.dwellings_in_blocks}
        if dwellings > 1 and counted.get(line.kind):
            parts.append(env._("%(number)s dwellings", number=dwellings))
        if line.nature is Nature.DEDUCTION:
            parts.append(env._("charged earlier, deducted"))
        return " – ".join(parts)

    def _name(self, price, line):
        """Return the name of the price, with its beneficiary, or the agency of a levy (arrêté of 10 July 1996)."""
        if line.kind is LineKind.LEVY:
            whose = price.env._("water agency")
        elif price.share:
            whose = dict(price._fields["share"]._description_selection(price.env))[price.share].lower()
        else:
            return price.name
        return price.name if f"({whose})" in price.name else f"{price.name} ({whose})"

    def _bounds(self, env, lower, upper):
        volume = env["utility.reading"]._format_volume
        if upper is None:
            return env._("above %(lower)s m³", lower=volume(lower)) if lower else env._("per m³")
        return env._("%(lower)s to %(upper)s m³", lower=volume(lower), upper=volume(upper))

    def _reserve(self, pairs):
        """Copy the readings as the bills use them; the database refuses a reading that another bill has reserved."""
        rows = [
            (move.id, self.section.company_id.id, draft.case.meter_id, reading.id, reading.kind.value, *days, volume)
            for move, draft in pairs
            for reading, volume in zip(draft.readings, draft.volumes, strict=True)
            for days in [
                (reading.previous_date, reading.previous_index, reading.date, reading.index, reading.consumption)
            ]
        ]
        if rows:
            self.env.cr.execute_values(
                _RESERVE,
                rows,
                "(%s, %s, %s, %s, %s, %s::date, %s::numeric, %s::date, %s::numeric, %s::numeric, %s::numeric)",
                page_size=len(rows),
            )
            self.env.invalidate_all()


def _isoformat(*days) -> list[str]:
    return [day.isoformat() for day in days]
