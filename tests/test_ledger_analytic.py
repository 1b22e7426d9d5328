"""Analytic distributions and due dates are sent completely; otherwise there is a finding."""

from odoo import Command

from .support.ledger import LedgerCase


class TestLedgerAnalytic(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.env["account.analytic.plan"].create({"name": "Services"})
        cls.other_plan = cls.env["account.analytic.plan"].create({"name": "Chantiers"})
        cls.eau, cls.asst = (cls.account(name, cls.plan) for name in ("Section eau", "Section asst"))
        sections = cls.env["ledger.code"].search(
            [("kind", "=", "analytic_section"), ("company_id", "=", cls.water.id)], order="code"
        )
        template = sections[:1] or cls.code("account", "401000")
        cls.env["ledger.code"].search([("kind", "=", "analytic_section")]).res_id = False
        for account, code in ((cls.eau, "S-EAU"), (cls.asst, "S-ASST")):
            template.copy(
                {
                    "kind": "analytic_section",
                    "code": code,
                    "res_id": account.id,
                    "company_id": cls.water.id,
                    "company_code": "EAU",
                    "details": {"axis": "SERVICE"},
                }
            )

    @classmethod
    def account(cls, name, plan):
        values = {"name": name, "plan_id": plan.id, "company_id": cls.water.id}
        return cls.env["account.analytic.account"].create(values)

    def bill(self, distribution, amount=100.01, **values):
        bill = self.entry(amount=amount, post=False, **values)
        bill.invoice_line_ids.analytic_distribution = distribution
        bill.action_post()
        return bill

    def rows(self, bill):
        run = self.export(bill)
        self.assertEqual(run.exported, len(bill), self.document(bill).anomaly_ids.mapped("message"))
        content = run.lot_ids._content().decode("cp1252")
        return [
            tuple(row.split(";")[place] for place in (7, 11, 19, 20))
            for row in content.splitlines()
            if row.split(";")[7] == "615500"
        ]

    def test_sixty_forty(self):
        rows = self.rows(self.bill({str(self.eau.id): 60, str(self.asst.id): 40}))
        self.assertEqual(rows, [("615500", "60,01", "SERVICE", "S-EAU"), ("615500", "40,00", "SERVICE", "S-ASST")])

    def test_shares_that_are_no_parts_of_a_whole_wait_for_a_correction(self):
        bill = self.bill({str(self.eau.id): 60, str(self.asst.id): 60})
        (anomaly,) = self.document(bill).anomaly_ids
        self.assertEqual((anomaly.code, anomaly.blocking), ("analytic_shares_wrong", True))
        self.assertIn("Section eau 60 %, Section asst 60 %", anomaly.message)
        bill.invoice_line_ids.analytic_distribution = {str(self.eau.id): 60, str(self.asst.id): 40}
        self.assertFalse(self.document(bill).anomaly_ids)
        self.assertEqual([row[1] for row in self.rows(bill)], ["60,01", "40,00"])

    def test_a_section_that_was_deleted(self):
        bill = self.bill({str(self.eau.id): 60, str(self.asst.id): 40})
        self.env.cr.execute(
            "UPDATE account_move_line SET analytic_distribution = jsonb_build_object(%s, 60, '999999999', 40)"
            " WHERE id = %s",
            [str(self.eau.id), bill.invoice_line_ids.id],
        )
        self.env.invalidate_all()
        self.do(self.env["ledger.document"], "action_compare")
        (anomaly,) = self.document(bill).anomaly_ids
        self.assertEqual((anomaly.code, anomaly.params["id"]), ("analytic_deleted", "999999999"))

    def test_a_single_section(self):
        rows = self.rows(self.bill({str(self.eau.id): 100}))
        self.assertEqual(rows, [("615500", "100,01", "SERVICE", "S-EAU")])

    def test_forty_percent_only(self):
        rows = self.rows(self.bill({str(self.asst.id): 40}, amount=100))
        self.assertEqual(rows, [("615500", "40,00", "SERVICE", "S-ASST"), ("615500", "60,00", "", "")])

    def test_two_plans(self):
        site = self.account("Chantier", self.other_plan)
        bill = self.bill({f"{self.eau.id},{site.id}": 60, f"{self.asst.id},{site.id}": 40})
        self.assertEqual(self.document(bill).anomaly_ids.mapped("code"), ["analytic_axis_left_out"])
        self.assertEqual([row[3] for row in self.rows(bill)], ["S-EAU", "S-ASST"])

    def test_a_section_without_a_code_is_an_anomaly(self):
        site = self.account("Inconnu", self.plan)
        bill = self.bill({str(self.eau.id): 60, str(site.id): 40})
        self.assertEqual(self.document(bill).anomaly_ids.code, "analytic_unbound")
        self.assertIn("Inconnu", self.document(bill).anomaly_ids.message)
        alone = self.bill({str(site.id): 100})
        self.assertEqual(self.document(alone).anomaly_ids.code, "analytic_unbound")

    def test_a_section_whose_code_is_that_of_another_company(self):
        """Both companies use the sections; only one has their codes."""
        shared = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": self.plan.id, "company_id": False} for name in ("Siège", "Atelier")]
        )
        code = self.env["ledger.code"].search([("code", "=", "S-EAU")])
        for account in shared:
            code.copy({"code": f"S-{account.name}", "res_id": account.id})
        shares = {str(shared[0].id): 60, str(shared[1].id): 40}
        here, there = self.bill(shares), self.bill(shares, company=self.sewerage)
        self.assertFalse(self.document(here).anomaly_ids)
        self.assertEqual(set(self.document(there).anomaly_ids.mapped("code")), {"analytic_unbound"})
        self.assertIn("Siège", self.document(there).anomaly_ids[0].message)
        both = self.bill(shares, amount=10)
        self.assertEqual([row[3] for row in self.rows(here | both)], ["S-Siège", "S-Atelier"] * 2)

    def test_a_layout_without_the_column_says_so(self):
        layout = self.connector.entries_layout_id
        layout.column_ids.filtered(lambda c: c.attribute in ("analytic_section", "analytic_axis")).write(
            {"attribute": False, "constant": False}
        )
        bill = self.bill({str(self.eau.id): 100})
        anomaly = self.document(bill).anomaly_ids
        self.assertEqual((anomaly.code, anomaly.blocking), ("analytic_left_out", False))
        self.assertEqual(self.rows(bill), [("615500", "100,01", "", "")])

    def test_several_due_dates_where_the_file_has_one(self):
        self.connector.entries_layout_id = self.env.ref("utility_billing_sync.ledger_layout_entries_15_approval")
        terms = self.env["account.payment.term"].create(
            {
                "name": "En deux fois",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (10, 40)
                ],
            }
        )
        bill = self.entry(post=False)
        bill.write({"invoice_payment_term_id": terms.id})
        bill.action_post()
        self.assertEqual(self.document(bill).anomaly_ids.code, "due_dates_several")
        plain = self.entry()
        self.assertFalse(self.document(plain).anomaly_ids)
        self.assertEqual(self.export(bill | plain).exported, 2)
