"""A source of remote readings with its directory and two meters."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from odoo.tools import config

from .sharing import MANAGER, SharingCase

NIGHT = """Compteur;Horodatage;Index (L);Alarme fuite;Fraude
17-001;2026-03-01 00:00;100000;0;0
17-001;2026-03-01 23:45;100500;1;0
17-002;2026-03-01 12:00;7000;0;0
XX-9;2026-03-01 12:00;9000;0;oui
17-002;2026-03-01 12:15;abc;0;0
"""


class TelemetryCase(SharingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        config["ledger_exchange_root"] = cls.enterClassContext(TemporaryDirectory())
        cls.addClassCleanup(config._runtime_options.pop, "ledger_exchange_root", None)
        cls.card, cls.there = cls.shared("17-001")
        cls.second = cls.meter(number="17-002")
        cls.head = cls.user("head", MANAGER, cls.budget_water)
        cls.source = (
            cls.env["utility.telemetry.source"]
            .with_user(cls.head)
            .create({"name": "Nuit", "section_id": cls.water.id, "user_id": cls.head.id})
        )
        cls.folder = Path(cls.source.sudo().location)

    def setUp(self):
        super().setUp()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def drop(self, name, text=NIGHT):
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def fetch(self):
        self.source.action_fetch()
        with self.enter_registry_test_mode():
            self.env.ref("utility_billing_sync.ir_cron_telemetry").method_direct_trigger()
        self.env.invalidate_all()

    def files(self):
        return self.env["utility.telemetry.file"].search([("source_id", "=", self.source.id)])

    def names(self):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())
