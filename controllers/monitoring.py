import hmac

from odoo import http
from odoo.http import request

from .wrong_keys import WrongKeys

KEY = "utility_billing_sync.monitoring_key"
wrong_keys = WrongKeys()


class Monitoring(http.Controller):
    @http.route("/utility_billing_sync/monitoring", type="http", auth="public", methods=["GET"], save_session=False)
    def monitoring(self, **_options):
        """The health of every connector, in counts and ages (seconds) only, for who shows the key of this database.

        The key goes in the header `X-Api-Key`, never in an address, which servers log. No key set: no such page. Who
        shows many wrong keys is answered 429 for a while, whatever the next one is.
        """
        # sudo: a monitoring program has no user; what it is told below names no company, document or person
        key = request.env["ir.config_parameter"].sudo().get_param(KEY)
        if not key:
            return request.not_found()
        address = request.httprequest.remote_addr
        wait = wrong_keys.seconds_to_wait(address)
        if wait:
            headers = {"Retry-After": str(wait)}
            return request.make_json_response({"error": "too many wrong keys"}, headers=headers, status=429)
        if not _is_key(request.httprequest.headers.get("X-Api-Key", ""), key):
            wrong_keys.add(address)
            return request.make_json_response({"error": "wrong key"}, status=403)
        # sudo: as above
        connectors = request.env["ledger.connector"].sudo().search([])
        return request.make_json_response({"connectors": [connector._vital_signs() for connector in connectors]})


def _is_key(given, key):
    """Compare in constant time. Servers hand the bytes of a header over as Latin-1 text: a key that was sent as UTF-8
    is compared as such, and as Latin-1 where it can be written so."""
    sent = given.encode("latin-1", "backslashreplace")
    expected = [key.encode(), key.encode("latin-1") if _is_latin_1(key) else key.encode()]
    # all of them are compared, so that which one was right does not show in the time
    right = [hmac.compare_digest(sent, one) for one in expected]
    return any(right)


def _is_latin_1(key):
    return all(ord(sign) < 256 for sign in key)
