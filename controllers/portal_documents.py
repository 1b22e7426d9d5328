from odoo.fields import Domain
from odoo.http import content_disposition, request, route

from .portal import MeterPortal
from .portal_bills import BillPortal


class DocumentPortal(MeterPortal, BillPortal):
    """Shows subscribers what was exchanged with them in one list: bills, letters as sent, photos of their indexes."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "utility_document_count" in counters:
            values["utility_document_count"] = sum(
                records.search_count(domain) for records, domain in self._own_documents().values()
            )
        return values

    @route("/my/documents", type="http", auth="user", website=True, readonly=True)
    def portal_my_documents(self, **_options):
        """Show the user's documents, the latest first."""
        rows = [
            self._prepare_document(kind, record)
            for kind, (records, domain) in self._own_documents().items()
            for record in records.search(domain)
        ]
        values = self._prepare_portal_layout_values() | {
            "page_name": "utility_document",
            "documents": sorted(rows, key=lambda row: (row["date"], row["url"]), reverse=True),
        }
        return request.render("utility_billing_sync.portal_my_documents", values)

    @route("/my/documents/letter/<int:alert_id>", type="http", auth="user", website=True, readonly=True)
    def portal_my_letter(self, alert_id, **_options):
        """Send a letter about an unusual consumption as it was sent to the user; 404 for others."""
        letter = self._own_document("letter", alert_id)
        # sudo: the user's own letter, of which the stored text is printed
        report = request.env["ir.actions.report"].sudo()
        content, kind = report._render_qweb_pdf("utility_billing_sync.action_report_leak", letter.ids)
        name = f"{self._prepare_document('letter', letter)['name']}.{kind}"
        headers = [("Content-Type", "application/pdf"), ("Content-Disposition", content_disposition(name))]
        return request.make_response(content, headers)

    @route("/my/documents/photo/<int:report_id>", type="http", auth="user", website=True, readonly=True)
    def portal_my_photo(self, report_id, **_options):
        """Send a photo that the user took of their meter; 404 for others."""
        report = self._own_document("photo", report_id)
        return request.env["ir.binary"]._get_image_stream_from(report, "photo").get_response()

    def _own_documents(self):
        """Return {kind: (model without access rules, domain of the user's own records)}."""
        # sudo: portal users have no rights on these models. Bills are those of `BillPortal`; letters and photos are of
        # subscriptions of `_own_domain`; nothing is written, and pages receive plain values.
        environment = request.env(su=True)
        subscriptions = [("subscription_id", "in", self._own_subscriptions().search(self._own_domain()).ids)]
        return {
            "bill": (environment["account.move"], self._own_bills()),
            "letter": (environment["utility.leak.alert"], Domain(subscriptions) & Domain("sent_letter", "!=", False)),
            "photo": (environment["utility.self.report"], Domain(subscriptions) & Domain("photo", "!=", False)),
        }

    def _own_document(self, kind, document_id):
        """Return one of the user's own documents.

        :raises NotFound: it belongs to another subscriber, or does not exist
        """
        records, domain = self._own_documents()[kind]
        found = records.search(domain & Domain("id", "=", document_id))
        if not found:
            raise request.not_found()
        return found

    def _prepare_document(self, kind, record):
        """Return what the list shows of a document, as plain values."""
        meter = record.utility_meter_id if kind == "bill" else record.subscription_id.meter_id
        names = {
            "bill": record.display_name,
            "letter": request.env._("Letter: unusual water consumption"),
            "photo": request.env._("Photo of the index"),
        }
        urls = {
            "bill": f"/my/invoices/{record.id}?report_type=pdf&download=true",
            "letter": f"/my/documents/letter/{record.id}",
            "photo": f"/my/documents/photo/{record.id}",
        }
        days = {"bill": "invoice_date", "letter": "warned_on", "photo": "reported_on"}
        day = record[days[kind]] or record.create_date
        return {
            "kind": kind,
            "name": names[kind],
            "url": urls[kind],
            "date": day.date() if hasattr(day, "date") else day,
            "meter": meter.serial_number or meter.name or "",
            "section": meter.section_id.name,
        }
