"""A departure or an arrival in one section: subscriptions that end and begin, reading, closing bill.

Called by `Occupancy`, and when a proposal is accepted, with the user's rights.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...core.metering.occupancy import Contract, Hindrance, plan_change

#: Kinds of readings that may exist in addition to the ordinary one of a day.
SLOTTED = ("removal", "installation")
#: What another section learns of the new subscriber if it cannot use the contact itself.
TOLD = ("name", "is_company", "street", "street2", "zip", "city", "email", "phone", "lang")


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """What the user entered about a departure or an arrival.

    :param day: last day of the leaving subscriber; in an empty place, first day of the new one
    :param kind: of the index: real, estimated, none
    :param arriving: contact of the new subscriber, empty if there is none
    :param address: of the last bill, {field: value}; empty for the usual one
    """

    day: date
    kind: str
    index: float
    arriving: object
    rollover: bool = False
    payer: object = None
    is_owner: bool = False
    tariff: object = None
    address: dict = field(default_factory=dict)
    closing_bill: str = "campaign"


class SectionOccupancy:
    """Departures and arrivals on the cards of an environment."""

    def __init__(self, env):
        self.env = env

    def apply(self, card, request, origin=None):
        """End and begin subscriptions of one card, and enter the reading if the card does not have it.

        :param origin: the move of the section where it was entered, or its proposal; None in that section itself
        :return: the values of its move
        :raises UserError: with a sentence that says what to do
        """
        change = self._plan(card, request, origin)
        values = {
            "meter_id": card.id,
            "date": request.day,
            "first_day": change.first_day if request.arriving else False,
            "index": request.index,
            "reading_kind": request.kind,
            "arriving_name": request.arriving.name if request.arriving else False,
            "arriving_partner_id": request.arriving.id if request.arriving else False,
            "payer_id": request.payer.id if request.payer else False,
            "is_owner": request.is_owner,
            "last_bill_address": request.address or False,
            "closing_bill": request.closing_bill,
            "user_id": self.env.uid,
            "done_on": self.env.cr.now().replace(microsecond=0),
            "state": "done",
            "reason": False,
        }
        values |= self._reading(card, request, change, origin)
        return values | self._end(card, change, request) | self._begin(card, change, request)

    def contact_for(self, card, described):
        """Find or create in a card's company the contact that another section describes.

        :param dict described: name and address
        """
        partners = self.env["res.partner"]
        mine = [("company_id", "in", (False, card.company_id.id))]
        same = [("name", "=ilike", described["name"]), ("zip", "=", described.get("zip"))]
        known = partners.search([*mine, *same], limit=1)
        return known or partners.create({**described, "company_id": card.company_id.id, "is_subscriber": True})

    def _plan(self, card, request, origin):
        subscriptions = card.subscription_ids
        change = plan_change(
            [self._contract(subscription) for subscription in subscriptions],
            request.day,
            bool(request.arriving),
            has_terms=bool(request.tariff),
            expected=origin.leaving_name or None if origin else None,
            first_day=origin.first_day or None if origin else None,
        )
        if change.hindrance:
            raise UserError(self._hindrance_sentence(card, change))
        return change

    def _contract(self, subscription):
        # sudo: users who end subscriptions need no access to bills; only the last billed day is used
        bills = subscription.sudo().bill_ids.filtered(lambda bill: bill.state != "cancel" and not bill.utility_credited)
        billed = max(filter(None, bills.mapped("utility_date_end")), default=None)
        names = subscription.partner_id.name, subscription.date_start, subscription.date_end or None
        return Contract(subscription.id, *names, billed)

    def _hindrance_sentence(self, card, change):
        other = change.hindered_by
        values = {
            "section": card.section_id.name,
            "name": other.name if other else "",
            "day": format_date(self.env, change.day),
        }
        return {
            Hindrance.NOBODY: self.env._(
                "%(section)s: nobody is subscribed on %(day)s. Choose the new subscriber, or another day."
            ),
            Hindrance.OTHER_SUBSCRIBER: self.env._(
                "%(section)s: the subscriber is %(name)s, who stays. End that subscription if it is the same person."
            ),
            Hindrance.BILLED: self.env._(
                "%(section)s: %(name)s is billed until %(day)s. Create a credit note for that bill first, or discard "
                "the draft."
            ),
            Hindrance.TAKEN: self.env._(
                "%(section)s: %(name)s is subscribed from %(day)s. End or correct that subscription first."
            ),
            Hindrance.NO_TERMS: self.env._(
                "%(section)s: nobody was ever subscribed to this meter. Choose the tariff of the new subscriber."
            ),
        }[change.hindrance] % values

    def _reading(self, card, request, change, origin):
        """Enter the reading of the day, unless the card already has it or has received it with the others."""
        if request.kind == "none":
            return {}
        readings = self.env["utility.reading"]
        day = origin.reading_date if origin else reading_day(self.env, request.kind, request.day, bool(change.leaving))
        found = readings.search([("meter_id", "=", card.id), ("date", "=", day), ("kind", "not in", SLOTTED)])
        values = {
            "meter_id": card.id,
            "date": day,
            "index": request.index,
            "kind": request.kind,
            "rollover": request.rollover,
        }
        is_kept = found and (origin or found.index == request.index)
        reading = found if is_kept else readings.create(values)
        return {"reading_id": reading.id, "reading_date": day, "is_reading_entered": not is_kept}

    def _end(self, card, change, request):
        if not change.leaving:
            return {}
        leaving = self.env["utility.subscription"].browse(change.leaving.key)
        before = {"previous_end": leaving.date_end, "previous_payer_id": leaving.payer_id.id}
        billed = leaving.payer_id or leaving.partner_id
        contact, is_created = self._last_bill_contact(billed, request.address)
        leaving.write({"date_end": request.day} | ({"payer_id": contact.id} if contact else {}))
        run = self._draw_up(card, leaving, request)
        return before | {
            "leaving_subscription_id": leaving.id,
            "leaving_name": leaving.partner_id.name,
            "last_bill_partner_id": contact.id,
            "is_last_bill_partner_created": is_created,
            "run_id": run.id,
        }

    def _last_bill_contact(self, billed, address):
        """Find or create the payer's address of the last bill; the contact of the payer itself is unchanged.

        :return: the address, empty for the usual one; whether it was created
        """
        if not any(address.values()):
            return billed.browse(), False
        known = billed.child_ids.filtered(lambda c: all((c[name] or "") == value for name, value in address.items()))
        return known[:1] or billed.create({"parent_id": billed.id, "type": "invoice", **address}), not known

    def _begin(self, card, change, request):
        if not request.arriving:
            return {}
        terms = self.env["utility.subscription"].browse(change.terms.key if change.terms else [])
        subscription = self.env["utility.subscription"].create(
            {
                "meter_id": card.id,
                "partner_id": request.arriving.id,
                "payer_id": request.payer.id if request.payer else False,
                "date_start": change.first_day,
                "tariff_id": (request.tariff or terms.tariff_id).id,
                "billing_type": terms.billing_type or "measured",
                "flat_volume": terms.flat_volume,
                "is_dwelling": terms.is_dwelling if terms else True,
                "dwelling_class_id": terms.dwelling_class_id.id,
                "dwellings": terms.dwellings or 1,
            }
        )
        if request.is_owner:
            subscription._by_server().is_vacancy = True
            card.owner_id = card.owner_id or request.arriving
        return {"arriving_subscription_id": subscription.id}

    def _draw_up(self, card, leaving, request):
        """Draw up the closing bill at once, in a campaign of its own, which lists the obstacles."""
        runs = self.env["utility.billing.run"]
        if request.closing_bill != "draft":
            return runs
        run = runs.create(
            {
                "section_id": card.section_id.id,
                "date_start": self._unbilled_since(leaving, request.day),
                "date_end": request.day,
                "invoice_date": fields.Date.context_today(runs),
                "subscription_ids": [fields.Command.set(leaving.ids)],
            }
        )
        run.action_launch()
        # sudo: the batch that the scheduled job would do, for the user who has just launched it
        run.sudo()._work_batch()
        return run

    def _unbilled_since(self, leaving, day):
        contract = self._contract(leaving)
        if contract.billed_until:
            return contract.billed_until + timedelta(1)
        earlier = [r.date for r in leaving.meter_id.reading_ids if r.date < day]
        return max([leaving.date_start, *earlier])


def usable(partner, card):
    """Return the contact if a card's company may use it, else None."""
    return partner if partner and partner.company_id in (partner.company_id.browse(), card.company_id) else None


def contact_values(partner):
    return {name: partner[name] for name in TOLD}


def reading_day(env, kind, day, is_departure):
    """Return the day of the index: the last day if it was read, the day after if it is an estimate."""
    if kind != "estimated" or not is_departure:
        return day
    return min(day + timedelta(1), max(day, fields.Date.context_today(env["utility.reading"])))
