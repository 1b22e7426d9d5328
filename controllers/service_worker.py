from odoo.addons.web.controllers.webmanifest import WebManifest
from odoo.tools import file_open


class RoundServiceWorker(WebManifest):
    """Lets Odoo's service worker open the round again without network."""

    def _get_service_worker_content(self):
        with file_open("utility_billing_sync/static/src/service_worker/round.js") as script:
            return f"{script.read()}\n{super()._get_service_worker_content()}"
