from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from ..models.self_readings.reporting import PHOTO_BYTES, SelfReporting
from .portal import MeterPortal
from .wrong_keys import WrongKeys

#: Headers of a page whose address is its key: it is not cached, indexed or sent to another site as referrer.
OF_A_KEY = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}

_wrong_links = WrongKeys()


class SelfReadingPages(MeterPortal):
    """Subscribers report the index of their meter: signed in, or through a link for that meter only."""

    @route("/my/meters/<int:subscription_id>/read", type="http", auth="user", website=True, methods=["GET", "POST"])
    def portal_read_meter(self, subscription_id, **form):
        """Show the page of one of the user's own subscriptions; 404 for others."""
        domain = self._own_domain() & Domain("id", "=", subscription_id)
        subscription = self._own_subscriptions().search(domain).filtered(lambda s: s.state == "running")
        if not subscription:
            raise request.not_found()
        values = self._prepare_portal_layout_values() | {"back": f"/my/meters/{subscription.id}"}
        return self._self_reading_page(subscription, form, "portal", values)

    @route("/meter/read/<string:token>", type="http", auth="public", website=True, methods=["GET", "POST"])
    def read_meter(self, token, **form):
        """Show the page of a signed link; an IP address that tries many false ones is refused for a while."""
        address = request.httprequest.remote_addr
        subscription = request.env["utility.subscription"]._from_self_reading_token(token)
        if _wrong_links.seconds_to_wait(address) or not subscription:
            if not subscription:
                _wrong_links.add(address)
            response = request.render("utility_billing_sync.self_reading_expired", {"no_breadcrumbs": True})
            response.status_code = 404
            return response
        request.update_context(lang=subscription.partner_id.lang or request.env.lang)
        subscription = subscription.with_context(lang=request.env.lang)
        # the page bears the name and the logo of the section's company, not those of the database's first one
        values = {"no_breadcrumbs": True, "res_company": subscription.company_id}
        response = self._self_reading_page(subscription, form, "link", values)
        response.headers.update(OF_A_KEY)
        return response

    def _prepare_meter_page(self, subscription):
        reporting = SelfReporting(subscription)
        more = {"pending": reporting.pending(), "pending_sentence": reporting.pending_sentence}
        return super()._prepare_meter_page(subscription) | more

    def _self_reading_page(self, subscription, form, origin, values):
        """Return the page of one step: the index, then what it means and the photo, then thanks."""
        reporting = SelfReporting(subscription)
        values |= {
            "page_name": "utility_meter",
            "meter": self._prepare_meter(subscription, self._readings(subscription, 1)[subscription.id]),
            "step": "index",
            "index": form.get("index", ""),
            "pending": reporting.pending(),
            "pending_sentence": reporting.pending_sentence,
            "photo_bytes": PHOTO_BYTES,
            "photo_too_big": reporting.photo_too_big(),
            "volume": reporting.format_volume,
        }
        if request.httprequest.method == "POST":
            values |= self._self_reading_step(reporting, form, origin)
        return request.render("utility_billing_sync.self_reading", values)

    def _self_reading_step(self, reporting, form, origin):
        """Process the form; errors are shown above the values that were entered."""
        if form.get("step") == "back":
            return {"step": "index"}
        shown = {}
        try:
            found = reporting.preview(reporting.read_index(form.get("index")))
            shown = {"preview": found, "step": "index" if found.refusals else "check"}
            if form.get("step") != "send" or found.refusals:
                return shown
            file = request.httprequest.files.get("photo")
            photo = file.read(PHOTO_BYTES + 1) if file else None
            with request.env.cr.savepoint():
                report = reporting.save(form.get("index"), photo or None, origin)
        except UserError as error:
            return shown | {"error": str(error)}
        return {"step": "thanks", "pending": report}
