"""For operators: the monitoring page, and neutralised copies."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.modules.neutralize import neutralize_database
from odoo.tests import tagged

from ..controllers import monitoring
from ..controllers.wrong_keys import WrongKeys
from .support.exchange import make_run
from .support.ledger import LedgerHttpCase

PAGE, PARAMETER = "/utility_billing_sync/monitoring", "utility_billing_sync.monitoring_key"
SECRETS = ("host", "username", "host_key", "password", "private_key", "passphrase")


@tagged("post_install", "-at_install")
class TestLedgerOperations(LedgerHttpCase):
    def setUp(self):
        super().setUp()
        self.patch(monitoring, "wrong_keys", WrongKeys())

    def ask(self, **headers):
        return self.url_open(PAGE, headers=headers)

    def test_without_a_key_there_is_no_page(self):
        self.assertEqual(self.ask().status_code, 404)

    def test_the_key_is_asked_for(self):
        self.env["ir.config_parameter"].set_param(PARAMETER, "k" * 32)
        for headers in ({}, {"X-Api-Key": ""}, {"X-Api-Key": "k" * 31}, {"X-Api-Key": "é"}):
            self.assertEqual(self.ask(**headers).status_code, 403, headers)
        self.assertEqual(self.url_open(f"{PAGE}?key={'k' * 32}").status_code, 403)

    def test_a_key_of_any_characters(self):
        for key, sent in (("clé-€" * 5, "utf-8"), ("clé" * 10, "utf-8"), ("clé" * 10, "latin-1")):
            self.env["ir.config_parameter"].set_param(PARAMETER, key)
            self.assertEqual(self.ask(**{"X-Api-Key": key.encode(sent)}).status_code, 200, (key, sent))
        self.assertEqual(self.ask(**{"X-Api-Key": b"cl?" * 10}).status_code, 403)

    def test_wrong_keys_are_slowed_down(self):
        """200 of them in a second and a half were all looked at."""
        self.env["ir.config_parameter"].set_param(PARAMETER, "k" * 32)
        answers = [self.ask(**{"X-Api-Key": f"wrong {rank}"}) for rank in range(15)]
        self.assertEqual([answer.status_code for answer in answers], [403] * 10 + [429] * 5)
        self.assertLessEqual(int(answers[-1].headers["Retry-After"]), 60)
        self.assertEqual(self.ask(**{"X-Api-Key": "k" * 32}).status_code, 429, "a right guess would show")

    def test_an_address_is_listened_to_again(self):
        moment = [0.0]
        keys = WrongKeys(clock=lambda: moment[0])
        for _again in range(10):
            self.assertEqual(keys.seconds_to_wait("a"), 0)
            keys.add("a")
        self.assertEqual((keys.seconds_to_wait("a"), keys.seconds_to_wait("b")), (60, 0))
        moment[0] = 61.0
        self.assertEqual(keys.seconds_to_wait("a"), 0)

    def test_counts_and_ages_only(self):
        self.env["ir.config_parameter"].set_param(PARAMETER, "k" * 32)
        bill = self.entry()
        answer = self.ask(**{"X-Api-Key": "k" * 32})
        mine = next(row for row in answer.json()["connectors"] if row["id"] == self.connector.id)
        self.assertEqual((mine["waiting"], mine["anomalies"], mine["open_runs"]), (1, 0, 0))
        self.assertGreaterEqual(mine["oldest_waiting_age"], 0)
        values = {type(value) for key, value in mine.items() if key != "health"}
        self.assertLessEqual(values, {int, type(None)})
        for word in (bill.name, bill.partner_id.name, self.water.name, self.connector.name):
            self.assertNotIn(word, answer.text)

    def test_ages_in_seconds(self):
        """A run that is to come is not late; what has not happened has no age."""
        moment = fields.Datetime.now()
        connector = self.connector._by_server()
        with freeze_time(moment):
            signs = connector._vital_signs()
            self.assertEqual((signs["last_success_age"] is None, signs["failing_age"], signs["late"]), (False, None, 0))
            for ahead, late in ((60, 0), (-90, 90)):
                connector.write({"next_run": moment + timedelta(seconds=ahead)})
                self.assertEqual(connector._vital_signs()["late"], late)
            connector.write({"failed_since": moment - timedelta(minutes=2), "last_success": False})
            signs = connector._vital_signs()
            self.assertEqual((signs["last_success_age"], signs["failing_age"]), (None, 120))

    def test_the_figures_of_a_connector_are_its_own(self):
        other = self.env["res.company"].create({"name": "Autre", "ledger_code": "AUT"})
        second = self.make_connector(company_ids=[(6, 0, other.ids)], directory="other")
        code = self.code("third_party", "F0009").sudo()
        code.is_doubtful = code.is_missing = True
        values = {"connector_id": self.connector.id, "company_id": self.water.id, "reference": "R1"}
        self.env["ledger.payment"].create(values | {"date": "2026-03-12", "amount": 1})
        names = ("missing_count", "doubtful_count", "received_count", "payment_count")
        self.assertEqual([self.connector[name] for name in names], [1, 1, 0, 1])
        self.assertEqual([second[name] for name in names], [0, 0, 0, 0])
        action = self.connector.action_view_doubtful()
        self.assertEqual((action["res_model"], action["context"]), ("ledger.code", {"search_default_doubtful": 1}))
        self.assertEqual(action["domain"], [("connector_id", "=", self.connector.id)])

    def test_a_neutralised_copy_reaches_nobody(self):
        """`odoo neutralize`, with what every installed module does."""
        self.connector.write(
            {
                "protocol": "sftp",
                "host": "h",
                "username": "u",
                "password_input": "p",
                "private_key_input": "k",
                "passphrase_input": "w",
                "auto_sync": True,
            }
        )
        self.connector.host_key = "x"
        self.env["ir.config_parameter"].set_param(PARAMETER, "k")
        run = make_run(self.connector, "synchronize", "schedule", self.companies)
        self.env.flush_all()
        neutralize_database(self.env.cr)
        # another server opens the copy: it has nothing in memory
        self.env.registry.clear_all_caches()
        self.env.invalidate_all()
        self.assertFalse([name for name in SECRETS if self.connector[name]])
        self.assertFalse(self.connector.auto_sync or self.connector.next_run or self.connector.cron_id.active)
        self.assertFalse(run.is_active)
        self.assertFalse(self.env["ir.cron.trigger"].search([("cron_id", "=", self.connector.cron_id.id)]))
        self.assertFalse(self.env["ir.config_parameter"].get_param(PARAMETER))
        self.connector.write({"auto_sync": True, "time": 5})
        self.assertFalse(self.connector.cron_id.active, "the copy's schedule came alive again")
