"""Data that bills print besides their own lines, stored with a bill once it is posted (invariant 3)."""

from collections import Counter, defaultdict
from decimal import Decimal

from odoo.tools.float_utils import float_repr

from ...core.billing import LineKind
from ..metering.subscriber_readings import bars, subscriber_readings
from .bill_words import BillWords, _lines

#: Number of bars of the graph on the bill, and its height in pixels.
GRAPH_PERIODS = 8
GRAPH_HEIGHT = 60


class BillDocuments:
    """Prepares the documents of bills and of their credit notes, in a constant number of queries.

    :param moves: bills, read without access rules since subscribers print their own; the caller has checked the right
    :param is_old: they were posted before documents were stored: data that is only known at posting, the balance of
        earlier bills and the notices of leaks, is left out
    """

    def __init__(self, moves, is_old=False):
        self.is_old = is_old
        # sudo: see above; reads only what these very bills print
        self.moves = moves.sudo()
        self.env = self.moves.env
        self.words = {}

    def prepare(self) -> dict[int, dict]:
        """Return {bill id: its document as JSON}."""
        if not self.moves:
            return {}
        self.graphs, self.settled = self._graphs(), self._settled()
        self.balances, self.notices = ({}, {}) if self.is_old else (self._balances(), self._notices())
        return {move.id: self._document(move) for move in self.moves}

    def _lang(self, move) -> str:
        return move.partner_id.lang or self.env.lang or "en_US"

    def _words(self, move, lang) -> BillWords:
        key = move.utility_section_id.id, lang
        if key not in self.words:
            self.words[key] = BillWords(move.utility_section_id.with_context(lang=lang))
        return self.words[key]

    def _document(self, move) -> dict:
        lang = self._lang(move)
        move = move.with_context(lang=lang)
        words, meter = self._words(move, lang), move.utility_meter_id
        subscriber = move.utility_subscription_id.partner_id
        return {
            "lang": lang,
            "section": words.section.name,
            "unit": words.section.uom_id.name,
            "meter": move.utility_meter_number,
            "place": ", ".join(filter(None, [meter.street, " ".join(filter(None, [meter.zip, meter.city]))])),
            "sender": words.sender(),
            "recipient": [move.partner_id.name or "", *_lines(move.partner_id._display_address(without_company=True))],
            "subscriber": subscriber.name if subscriber != move.partner_id else "",
            "readings": [self._reading(row) for row in move._utility_printed_readings() if row.kind != "installation"],
            "graph": self.graphs.get(move.id, []),
            "volume": format_volume(move.env, move.utility_volume),
            "per": {
                str(line.id): line.utility_tariff_line_id.per
                for line in move.invoice_line_ids
                if line.utility_kind == LineKind.FIXED
            },
            "taxes": {
                str(line.id): ", ".join(tax.tax_label for tax in line.tax_ids)
                for line in move.invoice_line_ids
                if line.tax_ids
            },
            "payment": self._payment(move, words) if move.move_type == "out_invoice" else "",
            "mentions": self._mentions(move, words),
            "notices": self.notices.get(move.id, {}).get(lang, []),
        }

    def _payment(self, move, words) -> str:
        return words.payment_means(move.name if move.name != "/" else "")

    def _mentions(self, move, words) -> list[str]:
        mentions = [words.reading_days()] if move._utility_printed_readings() else []
        if balance := self.balances.get(move.id):
            mentions.append(words.balance(balance, move.currency_id))
        if move.utility_reference_start:
            mentions.append(words.reference(move.utility_reference_start, move.utility_reference_end))
        if move.utility_price_changes:
            mentions.append(words.price_changes(move.utility_price_changes))
        if settled := self.settled.get(move.id):
            mentions.append(words.settled(settled))
        if move.utility_billing_type == "flat":
            blocks = move.invoice_line_ids.filtered(lambda line: line.utility_kind == LineKind.BLOCK)
            mentions += words.flat(blocks[-1:].utility_unit_price)
        return mentions + words.business(move.partner_id) + words.standing()

    def _reading(self, row) -> dict:
        env = row.env
        return {
            "device": row.device,
            "kind": row.kind,
            "previous_kind": row.previous_kind,
            "previous_date": row.previous_date and row.previous_date.isoformat(),
            "previous_index": format_volume(env, row.previous_index),
            "date": row.date.isoformat(),
            "index": format_volume(env, row.index),
            "consumption": format_volume(env, row.consumption),
            "volume": format_volume(env, row.volume),
            "relieved": env["utility.billed.reading"]._is_relieved(row),
            "rollover": row.rollover,
            "modified": row.is_modified,
            "reason": row.modification_reason or "",
            "computed": format_volume(env, row.computed_consumption),
        }

    def _graphs(self) -> dict[int, list[dict]]:
        bills = self.moves.filtered("utility_subscription_id")
        wanted = [(bill.id, bill.utility_subscription_id.id, bill._utility_last_day()) for bill in bills if bill.id]
        readings = subscriber_readings(self.env, wanted, 2 * GRAPH_PERIODS)
        return {
            bill_id: [bar | {"date": bar["date"].isoformat()} for bar in bars(rows, GRAPH_HEIGHT, GRAPH_PERIODS)]
            for bill_id, rows in readings.items()
        }

    def _balances(self) -> dict[int, float]:
        """Return, by bill, the balance that the payer still owes on earlier bills of the same section.

        Payments received and not allocated are deducted; the balance is negative if they exceed what is due.
        """
        groups = self.env["account.move"]._read_group(
            [
                ("partner_id", "in", self.moves.partner_id.ids),
                ("utility_section_id", "in", self.moves.utility_section_id.ids),
                ("state", "=", "posted"),
                ("id", "not in", self.moves.ids),
                ("payment_state", "in", ("not_paid", "partial")),
            ],
            ["utility_section_id", "partner_id"],
            ["amount_residual_signed:sum"],
        )
        balances = Counter({(section.id, partner.id): max(amount, 0) for section, partner, amount in groups})
        balances.subtract(self.moves._utility_credits(self.moves.utility_section_id, self.moves.partner_id))
        bills = self.moves.filtered(lambda move: move.move_type == "out_invoice")
        return {bill.id: balances[bill.utility_section_id.id, bill.partner_id.id] for bill in bills}

    def _settled(self) -> dict[int, list[str]]:
        """Return the numbers of the bills that each bill deducts."""
        bills = self.env["account.move"].search([("utility_settled_by_id", "in", self.moves.ids)], order="id")
        return {by.id: found.mapped("name") for by, found in bills.grouped("utility_settled_by_id").items()}

    def _notices(self) -> dict[int, dict[str, list[str]]]:
        """Return the notices of abnormal volumes by bill and language."""
        notices = defaultdict(lambda: defaultdict(list))
        for bill, alerts in self.moves._utility_leaks_to_notify().items():
            lang = self._lang(bill)
            for alert in alerts:
                notices[bill.id][lang].append(alert.with_context(lang=lang)._bill_notice())
        return notices


def format_volume(env, volume) -> str:
    """Format m³ or days in the language of the environment."""
    return env["utility.reading"]._format_volume(Decimal(float_repr(volume or 0, 3)))
