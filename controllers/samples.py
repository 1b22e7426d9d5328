from odoo import http
from odoo.http import content_disposition, request

from ..models.setup.samples import NAMES, Samples


class SampleFiles(http.Controller):
    @http.route("/utility_billing_sync/samples/<name>", type="http", auth="user", methods=["GET"])
    def sample(self, name, **_options):
        """Return a sample file for an import, with the names of the user's sections."""
        if name not in NAMES or not request.env["utility.section"].has_access("read"):
            return request.not_found()
        headers = [("Content-Type", "text/csv; charset=utf-8"), ("Content-Disposition", content_disposition(name))]
        return request.make_response("\ufeff" + Samples(request.env).text(name), headers)
