"""Buttons of the exchange: who may press them, on what they work, what they open and what they leave."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from ..core.ledger.answer_findings import whole_refusal
from .support.administration import become_copy
from .support.exchange import make_run
from .support.ledger import ACCOUNTANT, CONNECTOR_MANAGER, MONITOR
from .support.payments import PaymentCase
from .support.people import new_test_user


class TestExchangeButtons(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        third = cls.env["res.company"].create({"name": "Voirie"})
        cls.stranger = new_test_user(
            cls.env, "stranger", CONNECTOR_MANAGER, company_id=third.id, company_ids=[Command.set(third.ids)]
        )
        cls.reader, cls.accountant = cls.user("reader", MONITOR), cls.user("accountant", ACCOUNTANT)
        cls.manager = cls.user("manager", CONNECTOR_MANAGER)

    def refused(self, records, method, user, sentence):
        """Assert that a button is refused with these words."""
        with self.subTest(method, user=user.login), self.assertRaisesRegex(AccessError, sentence):
            getattr(records.with_user(user), method)()

    def runs(self, kind):
        return self.env["ledger.run"].search([("kind", "=", kind)])

    # === RIGHTS === #

    def test_each_button_names_the_right_that_it_needs(self):
        document = self.document(self.entry())
        for method in ("action_export", "action_export_all", "action_compare", "action_open_monitor"):
            self.refused(document, method, self.accountant, "Exporting requires the right “Synchronisation Monitor”")
        self.refused(self.connector, "action_view_documents", self.accountant, "Exporting requires the right")
        payments = self.env["ledger.payment"]
        for method in ("action_fetch", "action_look_again", "action_ignore"):
            self.refused(payments, method, self.accountant, "Registering payments requires the right")
        self.refused(self.connector, "action_synchronize", self.reader, "may start a full synchronisation")
        self.refused(self.companies, "action_update_companies", self.reader, "may update companies")
        self.refused(self.env["ledger.file"], "action_read_again", self.reader, "may have files read again")
        lot = self.export(document.move_id).lot_ids
        self.refused(lot, "action_abandon", self.reader, "may abandon a lot")
        for method in ("action_accept", "action_refuse"):
            self.refused(lot, method, self.reader, "may record the outcome of a lot")
        self.refused(self.connector, "action_deactivate_missing", self.reader, "not allowed to modify")
        self.assertEqual((document.state, lot.state, len(self.runs("export"))), ("exported", "delivered", 1))

    def test_nothing_of_other_companies_is_worked_on(self):
        """A manager of another company knows the ids."""
        self.bring_in(self.row("R1", "AUTRE/1", "45,00"))
        bill, payment = self.entry(), self.payment("R1")
        lot = self.export(bill).lot_ids
        synchronisation = make_run(self.connector, "synchronize", "manual", self.companies)
        file, code = payment.run_id.file_ids, self.code("account", "615500").sudo()
        code.is_missing = True
        for records, methods in (
            (self.connector, ("action_synchronize", "action_deactivate_missing")),
            (self.document(bill), ("action_export",)),
            (payment, ("action_look_again", "action_ignore")),
            (file, ("action_read_again",)),
            (lot, ("action_accept", "action_refuse", "action_abandon")),
            (synchronisation, ("action_stop",)),
            (self.companies, ("action_update_companies", "action_fetch_scans")),
        ):
            for method in methods:
                with self.subTest(method), self.assertRaises(AccessError):
                    getattr(records.with_user(self.stranger).with_context(allowed_company_ids=[]), method)()
        self.env.invalidate_all()
        self.assertEqual((lot.state, payment.state, code.active), ("delivered", "waiting", True))
        self.assertFalse(file.read_again or synchronisation.date_end or synchronisation.stop_requested)
        self.assertEqual(len(self.runs("synchronize")), 1)

    def test_a_sending_is_stopped_by_those_who_may_send(self):
        sending = make_run(self.connector, "export", "manual", self.companies)
        other = make_run(self.connector, "synchronize", "manual", self.companies)
        self.refused(sending | other, "action_stop", self.reader, "may stop a full synchronisation")
        self.do(sending, "action_stop", user=self.reader)
        self.assertEqual((sending.state, other.state), ("stopped", "running"))
        self.do(other, "action_stop", user=self.manager)
        ended = other.date_end
        self.assertEqual((other.state, bool(ended)), ("stopped", True))
        other.date_end = ended - timedelta(days=1)
        self.do(other, "action_stop", user=self.manager)
        self.assertEqual(other.date_end, ended - timedelta(days=1), "a run that ended stays as it ended")

    # === WHAT THEY OPEN === #

    def test_what_the_connector_opens(self):
        missing, *doubtful = self.env["ledger.code"].search([("kind", "=", "account")], limit=3).sudo()
        self.assertEqual((self.connector.missing_count, self.connector.doubtful_count), (0, 0))
        missing.is_missing = True
        for code in doubtful:
            code.is_doubtful = True
        self.env.invalidate_all()
        self.assertEqual((self.connector.missing_count, self.connector.doubtful_count), (1, 2))
        action = self.connector.action_view_doubtful()
        self.assertEqual(action["domain"], [("connector_id", "=", self.connector.id)])
        self.assertEqual(action["context"], {"search_default_doubtful": 1})
        context = {"search_default_connector_id": self.connector.id, "compare_entries": True}
        self.assertEqual(self.connector.action_view_documents()["context"], context)
        self.assertEqual((self.connector.received_count, self.connector.payment_count), (0, 0))
        self.assertEqual(self.env["ledger.connector"].new({"company_ids": [Command.clear()]}).first_count, 0)
        for method in ("action_view_documents", "action_view_doubtful"):
            with self.subTest(method), self.assertRaises(ValueError):
                getattr(self.env["ledger.connector"], method)()
        self.do(self.connector, "action_deactivate_missing", user=self.manager)
        self.assertEqual((missing.active, *(code.active for code in doubtful)), (False, True, True))

    def test_one_lot_at_a_time_is_answered_for(self):
        for method in ("action_accept", "action_refuse"):
            with self.subTest(method), self.assertRaises(ValueError):
                getattr(self.env["ledger.lot"].with_user(self.manager), method)()

    def test_one_document_opens_as_a_form_several_as_a_list(self):
        bills = self.invoice(10.0) | self.invoice(20.0)
        self.bring_in(self.row("R1", bills[0], "10,00"), self.row("R2", bills[1], "20,00"))
        payments = self.payment("R1") | self.payment("R2")
        action = payments.action_view_bills()
        self.assertEqual(self.env["account.move"].search(action["domain"]), bills.sorted(reverse=True))
        self.assertFalse(action.get("res_id"))
        one = payments[0].action_view_bills()
        self.assertEqual((one["res_id"], one["views"]), (bills[0].id, [(False, "form")]))
        self.assertEqual((action["context"], one["context"]), ({"create": False}, {"create": False}))

    # === ARCHIVED, COPIED === #

    def test_nothing_starts_for_an_archived_connector(self):
        bill = self.entry()
        document = self.document(bill)
        run = make_run(self.connector, "synchronize", "manual", self.companies)
        self.connector.write({"active": True, "name": "Sage"})
        self.assertFalse(run.date_end, "it was active before")
        self.connector.active = False
        self.assertTrue(run.date_end)
        for start in (document.action_export, self.connector.action_synchronize):
            with self.assertRaisesRegex(UserError, "Sage is archived"):
                start()
        self.connector.sudo().write({"next_run": fields.Datetime.now() - timedelta(hours=1)})
        self.connector._cron_synchronize()
        self.assertEqual((document.state, len(self.runs("synchronize"))), ("to_export", 1))

    def test_a_copied_database_starts_nothing_by_itself(self):
        run = make_run(self.connector, "synchronize", "manual", self.companies)
        become_copy(self.env)
        self.connector._cron_synchronize()
        self.assertEqual((run.step, run.date_end), ("referential", False))

    # === LOTS === #

    def test_each_company_s_part_of_a_lot_is_answered_by_itself(self):
        here, there = self.entry(), self.entry(company=self.sewerage)
        lot = self.export(here | there).lot_ids
        mine, theirs = self.document(here), self.document(there)
        self.assertEqual((len(lot), mine.company_sent, theirs.company_sent), (1, "EAU", "ASST"))
        refusal = whole_refusal(lot.number)
        self.assertEqual(lot._refuse_waiting(refusal, "asst"), 1)
        self.assertEqual((mine.stage, theirs.stage, lot.state), ("sent", "rejected", "delivered"))
        self.assertEqual(lot._accept_waiting("ASST"), 0, "none of theirs waits")
        self.assertEqual(lot._accept_waiting("eau"), 1)
        self.assertEqual((mine.stage, theirs.stage), ("integrated", "rejected"))
        self.assertEqual((lot._refuse_waiting(refusal), lot._accept_waiting(), lot.state), (0, 0, "delivered"))

    def test_a_lot_refused_as_a_whole_may_be_accepted_by_parts(self):
        here, there = self.entry(), self.entry(company=self.sewerage)
        lot = self.export(here | there).lot_ids
        refusal = whole_refusal(lot.number)
        self.assertEqual((lot._refuse_waiting(refusal), lot.state), (2, "refused"))
        self.assertEqual(lot._waiting_for("rejected").ids, [])
        self.assertEqual((lot._accept_waiting("EAU"), lot.state), (1, "delivered"))
        self.assertEqual([self.document(one).stage for one in (here, there)], ["integrated", "rejected"])
        self.assertEqual((lot._accept_waiting(), self.document(there).stage), (0, "rejected"))
        lot.state = "refused"
        self.export(there)
        self.assertEqual((lot._accept_waiting(), lot.state), (0, "refused"), "its documents are in another lot")
