import hmac

from odoo import http
from odoo.http import request

KEY = "utility_billing_sync.monitoring_key"


class Monitoring(http.Controller):
    @http.route("/utility_billing_sync/monitoring", type="http", auth="public", methods=["GET"], save_session=False)
    def monitoring(self, **_options):
        """The health of every connector, in counts and ages (seconds) only, for who shows the key of this database.

        The key goes in the header `X-Api-Key`, never in an address, which servers log. No key set: no such page.
        """
        # sudo: a monitoring program has no user; what it is told below names no company, document or person
        key = request.env["ir.config_parameter"].sudo().get_param(KEY)
        if not key:
            return request.not_found()
        given = request.httprequest.headers.get("X-Api-Key", "")
        if not hmac.compare_digest(given.encode(), key.encode()):
            return request.make_json_response({"error": "wrong key"}, status=403)
        # sudo: as above
        connectors = request.env["ledger.connector"].sudo().search([])
        return request.make_json_response({"connectors": [connector._vital_signs() for connector in connectors]})
