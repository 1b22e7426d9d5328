from odoo import http
from odoo.http import content_disposition, request

from ..models.setup.samples import NAMES, Samples


class SampleFiles(http.Controller):
    @http.route("/utility_billing_sync/samples/<name>", type="http", auth="user", methods=["GET"])
    def sample(self, name, cids="", **_options):
        """Return a sample file for an import, with the names of the user's sections.

        :param cids: ids of the companies ticked in the switcher, joined by dashes; empty: all of the user's
        """
        if name not in NAMES or not request.env["utility.section"].has_access("read"):
            return request.not_found()
        headers = [("Content-Type", "text/csv; charset=utf-8"), ("Content-Disposition", content_disposition(name))]
        return request.make_response("\ufeff" + Samples(_ticked(cids)).text(name), headers)


def _ticked(cids):
    """Return the environment of the user with these companies ticked, as far as they may enter them."""
    given = {int(id_) for id_ in cids.split("-") if id_.isdigit()}
    own = request.env.user.company_ids
    companies = own.filtered(lambda company: company.id in given) or own
    return request.env(context={**request.env.context, "allowed_company_ids": companies.ids})
