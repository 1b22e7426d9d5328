"""Work that waits for a user, in the sections and connectors that they may see: the figures of their dashboard."""

from dataclasses import dataclass

from odoo import fields
from odoo.tools.misc import format_amount

from ..ledger.ledger_connector_schedule import UNANSWERED

#: Figures of a section's card, in the order of the e-mail.
SECTION = ("to_check", "self_reported", "to_synchronise", "move", "gap", "leak", "alarm", "unknown")
#: Further figures of a connector's card.
CONNECTOR = ("payment", "received")
#: Days after which what one section billed is late at another (CGCT R.2224-19-7).
LATE_HANDOVER = 30


@dataclass(frozen=True, slots=True)
class DigestPart:
    """A section, a connector or the bills to approve, with (what waits, how much)."""

    name: str
    lines: tuple[tuple[str, str], ...]


class Digest:
    """The digest of one user, with their own rights in all their companies."""

    def __init__(self, user):
        companies = user.company_ids.ids
        self.user = user
        self.env = user.with_user(user).with_context(lang=user.lang, tz=user.tz, allowed_company_ids=companies).env

    def parts(self):
        """Return the parts in which something waits."""
        found = []
        dashboard = self.env["utility.dashboard"]
        if dashboard.has_access("read"):
            for card in dashboard.search([]):
                lines = self._section(card) if card.kind == "section" else self._connector(card)
                found.append(DigestPart(card.name, tuple(lines)))
        found.append(DigestPart(self.env._("Vendor bills"), tuple(self._to_approve())))
        return [part for part in found if part.lines]

    def _section(self, card):
        for name in SECTION:
            number = card[f"{name}_count"]
            if number:
                yield card._fields[f"{name}_count"]._description_string(self.env), str(number)
        late = self.env["utility.billing.handover"].search_count(
            [("section_id", "=", card.section_id.id), ("age", ">", LATE_HANDOVER)]
        )
        if late:
            yield self.env._("Billed here over a month ago, not received by the other section"), str(late)

    def _connector(self, card):
        if card.anomaly_count:
            yield self.env._("Documents in anomaly"), str(card.anomaly_count)
        if card.waiting_count:
            yield self.env._("Documents that wait"), str(card.waiting_count)
        for name in CONNECTOR:
            if number := card[f"{name}_count"]:
                yield card._fields[f"{name}_count"]._description_string(self.env), str(number)
        oldest = card.oldest_unanswered
        if oldest and oldest < fields.Datetime.now() - UNANSWERED:
            days = (fields.Datetime.now() - oldest).days
            yield self.env._("Without an answer of the accounting system"), self.env._("for %s days", days)

    def _to_approve(self):
        for company, number, amount, age in self.env["account.move"]._to_approve_by_company():
            yield (
                self.env._("To approve for payment, %s", company.name),
                self.env._(
                    "%(number)s, %(amount)s, the oldest for %(days)s days",
                    number=number,
                    amount=format_amount(self.env, amount, company.currency_id),
                    days=age,
                ),
            )

    def send(self):
        """Queue the e-mail, unless nothing waits.

        :return: whether something waits
        """
        parts = self.parts()
        if not (parts and self.user.email):
            return False
        values = {"parts": parts, "user": self.env.user, "url": self._url()}
        body = self.env["ir.qweb"]._render("utility_billing_sync.digest", values, lang=self.user.lang)
        # sudo: the server queues e-mails; this one is sent to the user whose work it lists
        self.env["mail.mail"].sudo().create(
            {
                "subject": self.env._("Water and sewerage: what waits for you"),
                "body_html": body,
                "email_to": self.user.email_formatted,
                "email_from": self.user.company_id.email_formatted or self.user.email_formatted,
                "auto_delete": True,
            }
        )
        return True

    def _url(self):
        return f"{self.user.get_base_url()}/odoo/action-utility_billing_sync.utility_dashboard_action"
