from pathlib import Path

from odoo.exceptions import AccessError, ValidationError

from .support.exchange import make_run
from .support.ledger import ACCOUNTANT, APPROVER, CONNECTOR_MANAGER, MONITOR, LedgerCase

SECRETS = {"password": "hunter2-secret", "private_key": "KEY-secret", "passphrase": "phrase-secret"}


class TestLedgerSecurity(LedgerCase):
    """Rights by role and by company; nobody can read secrets."""

    def env_of(self, login, groups, companies=None):
        user = self.user(login, groups, companies)
        companies = (companies or self.companies).ids
        return self.env(user=user, context={"allowed_company_ids": companies}, su=False)

    def test_another_company_is_not_seen(self):
        bill, other = self.entry(), self.entry(company=self.sewerage)
        self.export(bill + other)
        for group in (MONITOR, CONNECTOR_MANAGER):
            env = self.env_of(f"water_{group[-7:]}", group, self.water)
            self.assertEqual(env["ledger.document"].search([]).company_id, self.water)
            self.assertEqual(env["ledger.code"].search([("company_id", "!=", False)]).company_id, self.water)
            self.assertFalse(env["ledger.lot"].search([]), "a lot with another company's documents")
            self.assertFalse(env["ledger.run"].search([]))
            with self.assertRaises(AccessError):
                self.document(other).with_env(env).read(["number"])
            with self.assertRaises(AccessError):
                self.document(other).with_env(env).action_export()
        connector = self.connector.with_env(env)
        with self.assertRaises(AccessError):
            connector.write({"directory": "elsewhere"})

    def test_who_manages_access_rights_exchanges_their_own_companies_only(self):
        """They may read every company in Odoo, and so the connector that serves both."""
        env = self.env_of("keys", f"{CONNECTOR_MANAGER},base.group_erp_manager", self.water)
        sewerage = self.sewerage.with_env(env)
        self.assertEqual(sewerage.name, "Régie ASST")
        for method in ("action_update_companies", "action_fetch_scans"):
            for companies in (sewerage, sewerage | self.water.with_env(env)):
                with self.subTest(method, companies=companies), self.assertRaises(AccessError):
                    getattr(companies, method)()
        self.assertEqual(self.do(self.water, "action_update_companies", user=env.user).state, "done")

    def test_nothing_is_done_with_records_of_another_company(self):
        """Even if their values are in memory, which records of all users share."""
        document, run = self.document(self.entry()), make_run(self.connector, "scan", "manual", self.companies)
        file = self.env["ledger.file"].create({"run_id": run.id, "flow": "payments", "name": "REG_1.csv"})
        values = {"connector_id": self.connector.id, "company_id": self.water.id, "reference": "R1"}
        payment = self.env["ledger.payment"].create(values | {"date": "2026-03-12", "amount": 1, "number": "FAC/99"})
        other = self.env["res.company"].create({"name": "Autre"})
        env = self.env_of("stranger", CONNECTOR_MANAGER, other)
        for record, action in (
            (self.connector, "action_synchronize"),
            (self.connector, "action_deactivate_missing"),
            (document, "action_export"),
            (run, "action_stop"),
            (file, "action_read_again"),
            (payment, "action_ignore"),
            (payment, "action_look_again"),
        ):
            record.read()
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(record.with_env(env), action)()
        self.assertEqual(self.env["ledger.run"].search([], limit=1), run, "no run was started")
        self.assertEqual((run.is_active, file.read_again, payment.state), (True, False, "waiting"))

    def test_who_may_export(self):
        bill = self.entry()
        for place, group in enumerate(("base.group_user", ACCOUNTANT)):
            env = self.env_of(f"no_{place}", group)
            with self.assertRaises(AccessError):
                self.document(bill).with_env(env).action_export()
            with self.assertRaises(AccessError):
                env["ledger.document"].action_open_monitor()
            with self.assertRaises(AccessError):
                env["ledger.document"].action_compare()
        monitor = self.user("monitor", MONITOR)
        self.assertEqual(self.export(bill, user=monitor).exported, 1)
        with self.assertRaises(AccessError):
            self.connector.with_user(monitor).action_synchronize()
        with self.assertRaises(AccessError):
            self.connector.with_user(monitor).action_test_connection()

    def test_only_approvers_approve(self):
        bill = self.entry()
        accountant = self.env_of("accountant", ACCOUNTANT)
        for change in (
            lambda move: move.action_approve_payment(),
            lambda move: move.write({"payment_approval": "approved"}),
            lambda move: move.copy({"payment_approval": "approved"}),
        ):
            with self.assertRaises(AccessError):
                change(bill.with_env(accountant))
        approver = self.env_of("approver", f"{ACCOUNTANT},{APPROVER}")
        bill.with_env(approver).action_approve_payment()
        self.assertEqual((bill.payment_approval, bill.payment_approval_user_id), ("approved", approver.user))
        self.assertTrue(bill.payment_approval_date)
        with self.assertRaises(AccessError):
            bill.with_env(accountant).payment_approval = "disputed"

    def test_an_accountant_posts_and_corrects_without_any_right_here(self):
        accountant = self.env_of("poster", ACCOUNTANT)
        bill = self.entry(post=False).with_env(accountant)
        bill.action_post()
        bill.ref = "F-1"
        self.assertEqual(self.document(bill).state, "to_export")

    def test_secrets_are_written_and_never_read(self):
        manager = self.env_of("manager", f"{CONNECTOR_MANAGER},base.group_allow_export")
        connector = self.connector.with_env(manager)
        connector.write({f"{name}_input": value for name, value in SECRETS.items()})
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT password, private_key, passphrase FROM ledger_connector WHERE id = %s", [connector.id]
        )
        self.assertEqual(self.env.cr.fetchone(), tuple(SECRETS.values()))
        self.assertTrue(connector.has_secret)
        inputs = [f"{name}_input" for name in SECRETS]
        self.assertNotIn("-secret", str(connector.read()))
        self.assertNotIn("-secret", str(connector.export_data([*inputs, "name"])))
        self.assertNotIn("-secret", str(connector.copy_data()))
        self.assertFalse(set(SECRETS) & connector.fields_get().keys())
        for name in SECRETS:
            for reach in (
                lambda name=name: connector.read([name]),
                lambda name=name: connector.search([(name, "ilike", "hunter")]),
                lambda name=name: connector.export_data([name]),
                lambda name=name: connector.write({name: "x"}),
                lambda name=name: connector._read_group([], [name]),
                lambda name=name: self.env["ledger.run"].with_env(manager).search([(f"connector_id.{name}", "=", "x")]),
            ):
                with self.assertRaises(AccessError):
                    reach()
        self.assertNotIn("-secret", str(connector.message_ids.mapped("body")))

    def test_a_copy_of_production_reaches_nobody(self):
        self.connector.write(
            {"protocol": "sftp", "host": "h", "username": "u", "password_input": "secret", "auto_sync": True}
        )
        self.env.flush_all()
        self.env.cr.execute((Path(__file__).parent.parent / "data/neutralize.sql").read_text())
        self.env.invalidate_all()
        connector = self.connector
        self.assertFalse(
            any((connector.host, connector.username, connector.password, connector.auto_sync, connector.host_key))
        )

    def test_a_directory_that_leaves_the_root_is_refused(self):
        for directory in ("..", "../other", "/etc", "a/../../b", "a\\..\\b", "frp1000/.."):
            with self.subTest(directory), self.assertRaises(ValidationError):
                self.connector.directory = directory
        (self.root / self.env.cr.dbname / "link").symlink_to("/etc")
        self.connector.directory = "link"
        run = self.export(self.entry())
        self.assertEqual((run.state, run.anomaly_ids.code), ("failed", "name_refused"))

    def test_one_connector_a_company(self):
        with self.assertRaises(ValidationError):
            self.make_connector(directory="other")
