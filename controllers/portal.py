from functools import partial

from odoo import fields
from odoo.addons.portal.controllers.portal import CustomerPortal, pager
from odoo.http import request, route

from ..core.metering.graph import NARROW_WIDTH
from ..models.billing.bill_document import format_volume
from ..models.metering.subscriber_readings import bars, drawn_graph, subscriber_readings

#: Number of readings on a subscription's page, and of bars on the list.
READINGS = 60
BARS = 4
BAR_HEIGHT = 60
GRAPH_BARS, PHONE_BARS = 12, 6


class MeterPortal(CustomerPortal):
    """Shows subscribers the consumption of their own meters, during their own subscriptions."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "utility_meter_count" in counters:
            values["utility_meter_count"] = self._own_subscriptions().search_count(self._own_domain())
        return values

    @route(["/my/meters", "/my/meters/page/<int:page>"], type="http", auth="user", website=True, readonly=True)
    def portal_my_meters(self, page=1, **_options):
        """Show the meters of the user's running and past subscriptions, with their last index and consumptions."""
        subscriptions, domain = self._own_subscriptions(), self._own_domain()
        pages = pager("/my/meters", subscriptions.search_count(domain), page, self._items_per_page)
        found = subscriptions.search(domain, limit=self._items_per_page, offset=pages["offset"])
        readings = self._readings(found, BARS)
        values = self._prepare_portal_layout_values() | {
            "page_name": "utility_meter",
            "pager": pages,
            "default_url": "/my/meters",
            "meters": [self._prepare_meter(subscription, readings[subscription.id]) for subscription in found],
        }
        return request.render("utility_billing_sync.portal_my_meters", values)

    @route("/my/meters/<int:subscription_id>", type="http", auth="user", website=True, readonly=True)
    def portal_my_meter(self, subscription_id, **_options):
        """Show the readings of one of the user's subscriptions; 404 for others."""
        domain = self._own_domain() & fields.Domain("id", "=", subscription_id)
        subscription = self._own_subscriptions().search(domain)
        if not subscription:
            raise request.not_found()
        readings = self._readings(subscription, READINGS)[subscription.id]
        values = self._prepare_portal_layout_values() | {
            "page_name": "utility_meter",
            "meter": self._prepare_meter(subscription, readings),
            "readings": readings[::-1],
            "volume": partial(format_volume, request.env),
            "kinds": dict(request.env["utility.reading"]._fields["kind"]._description_selection(request.env)),
            **self._prepare_meter_page(subscription),
        }
        return request.render("utility_billing_sync.portal_my_meter", values)

    def _prepare_meter_page(self, subscription):
        """Hook: return further values of the page of a meter."""
        return {}

    def _own_subscriptions(self):
        # sudo: portal users have no rights on the models; every search here is restricted by `_own_domain`, nothing is
        # written, and the pages receive names, dates and volumes, no records. The budgets are not companies of the
        # user, who may see their own contracts in each.
        return request.env["utility.subscription"].sudo()

    def _own_domain(self):
        """Return the domain of running and past subscriptions of the user or of their firm; payers see only bills."""
        owner = request.env.user.partner_id.commercial_partner_id
        today = fields.Date.context_today(request.env.user)
        return fields.Domain("partner_id.commercial_partner_id", "=", owner.id) & fields.Domain(
            "date_start", "<=", today
        )

    def _readings(self, subscriptions, limit):
        """Return {subscription id: its last readings}, of its own days only."""
        return subscriber_readings(request.env, [(s.id, s.id, None) for s in subscriptions], limit)

    def _prepare_meter(self, subscription, readings):
        """Return what a page shows of a subscription, as plain values."""
        meter, last = subscription.meter_id, readings[-1] if readings else None
        return {
            "id": subscription.id,
            "number": meter.serial_number or meter.name,
            "place": ", ".join(filter(None, [meter.street, meter.city])),
            "section": meter.section_id.name,
            "unit": meter.unit_name,
            "date_start": subscription.date_start,
            "date_end": subscription.date_end,
            "last_date": last and last.date,
            "last_index": last and format_volume(request.env, last.index),
            "bars": bars(readings[-BARS:], BAR_HEIGHT),
            "graph": drawn_graph(request.env, readings, GRAPH_BARS, meter.unit_name, f"meter-{subscription.id}"),
            "phone_graph": drawn_graph(
                request.env, readings, PHONE_BARS, meter.unit_name, f"phone-{subscription.id}", NARROW_WIDTH
            ),
        }
