import hmac

from odoo import http
from odoo.http import request

from .wrong_keys import WrongKeys

KEY = "utility_billing_sync.monitoring_key"
wrong_keys = WrongKeys()


class Monitoring(http.Controller):
    @http.route("/utility_billing_sync/monitoring", type="http", auth="public", methods=["GET"], save_session=False)
    def monitoring(self, **_options):
        """Return the health of every connector, only as counts and ages (seconds), to clients with this database's key.

        The key is sent in the header `X-Api-Key`, never in a URL, which servers log. Without a configured key, the page
        does not exist. After many wrong keys, a client gets status 429 for a while, whatever its next key.
        """
        # sudo: a monitoring program has no user; the answer below names no company, document or person
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
    """Compare in constant time. Servers decode the bytes of a header as Latin-1: a key is compared as UTF-8, and as
    Latin-1 if it can be encoded so."""
    sent = given.encode("latin-1", "backslashreplace")
    expected = [key.encode(), key.encode("latin-1") if _is_latin_1(key) else key.encode()]
    # all are compared, so that the time does not reveal which one matches
    right = [hmac.compare_digest(sent, one) for one in expected]
    return any(right)


def _is_latin_1(key):
    return all(ord(sign) < 256 for sign in key)
