"""A record of each of the module's models in two companies that share, and the people of the table of rights."""

import base64
from datetime import date
from tempfile import TemporaryDirectory

from odoo import Command
from odoo.tools import config

from .access import ROLES
from .support.billing import Q1, BillingCase
from .support.people import free_logins

JUNE = date(2025, 6, 30)


class AccessCase(BillingCase):
    """`records`: {model: record}; `users` work in both companies, `strangers` in another one, role by role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        config["ledger_exchange_root"] = cls.enterClassContext(TemporaryDirectory())
        cls.addClassCleanup(config._runtime_options.pop, "ledger_exchange_root", None)
        # some methods commit: other cursors then share the test's transaction
        cls.registry_enter_test_mode_cls()
        cls.other = cls.make_section("ASST", "sewerage")
        cls.companies = cls.section.company_id | cls.other.company_id
        cls.companies.share_connection_points = True
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.companies.ids})
        cls.records = {}
        cls.make_town()
        cls.users = cls.make_people("home", cls.companies)
        cls.strangers = cls.make_people("away", cls.env["res.company"].create({"name": "Budget voirie"}))
        cls.env.flush_all()

    @classmethod
    def make_town(cls):
        """Make a record of each model."""
        cls.make_cards()
        cls.make_bills()
        cls.make_matching()
        cls.make_dialogs()
        cls.make_letters_and_remote_readings()
        cls.make_ledger()

    @classmethod
    def make_people(cls, place, companies):
        groups = {role: [cls.env.ref(name).id for name in names.split(",")] for role, (names, _french) in ROLES.items()}
        people = [
            {
                "name": f"{role} {place}",
                "login": f"{place}_{rank}",
                "email": f"{place}{rank}@example.com",
                "group_ids": [Command.set(groups[role])],
                "company_id": companies[0].id,
                "company_ids": [Command.set(companies.ids)],
            }
            for rank, role in enumerate(ROLES)
        ]
        free_logins(cls.env, *(person["login"] for person in people))
        users = cls.env["res.users"].with_context(no_reset_password=True).create(people)
        return dict(zip(ROLES, users, strict=True))

    @classmethod
    def add(cls, model, **values):
        """Make a record as the module itself does: many of them are nobody's to create."""
        cls.records[model] = cls.env[model].sudo().create(values)
        return cls.records[model]

    @classmethod
    def make_cards(cls):
        cls.subscription = cls.subscribe(1, {Q1[0]: 0, Q1[1]: 12, JUNE: 20})
        card = cls.subscription.meter_id
        reading = card.reading_ids.sorted("date")[1]
        cls.there = cls.env["utility.meter"].create(
            {"section_id": cls.other.id, "connection_point_id": card.connection_point_id.id}
        )
        version = cls.tariff.version_ids
        for record in (cls.section, card.connection_point_id, card, cls.subscription, reading, cls.tariff, version):
            cls.records[record._name] = record
        cls.records["utility.tariff.line"] = version.line_ids[0]
        cls.records["utility.subscription.tariff"] = cls.subscription.tariff_period_ids
        cls.add("utility.reading.word", section_id=cls.section.id, word="Passage agent", kind="real")
        cls.add("utility.dwelling.class", section_id=cls.section.id, name="T3", area_mean=100)
        cls.records["res.partner"], cls.records["res.company"] = cls.subscription.partner_id, cls.section.company_id
        cls.card, cls.reading = card, reading
        cls.add("utility.device", connection_point_id=card.connection_point_id.id, serial_number="D-1", removed_on=JUNE)
        cls.add(
            "utility.reading.answer",
            meter_id=card.id,
            date=JUNE,
            section_id=cls.section.id,
            company_id=cls.section.company_id.id,
            target_section_id=cls.other.id,
            target_company_id=cls.other.company_id.id,
            answer="synchronized",
        )

    @classmethod
    def make_bills(cls):
        company = cls.section.company_id
        line = Command.create({"name": "Eau", "quantity": 1, "price_unit": 10, "tax_ids": []})
        bill = {
            "company_id": company.id,
            "partner_id": cls.subscription.partner_id.id,
            "invoice_date": JUNE,
            "invoice_line_ids": [line],
        }
        moves = cls.env["account.move"].with_company(company)
        sold = moves.create(bill | {"move_type": "out_invoice", "journal_id": cls.section.journal_id.id})
        bought = moves.create(bill | {"move_type": "in_invoice", "journal_id": cls.make_purchases().id})
        (sold | bought).action_post()
        # as where a connector exchanges already
        bought._sign_payment_approval("pending")
        cls.records["account.move"] = bought
        cls.add(
            "utility.billed.reading",
            move_id=sold.id,
            company_id=company.id,
            meter_id=cls.card.id,
            reading_id=cls.reading.id,
            kind="real",
            date=cls.reading.date,
        )
        cls.find_shown()
        cls.make_figures(sold)
        cls.make_campaign()

    @classmethod
    def find_shown(cls):
        """Find the rows of models without a table: what they show of the town."""
        cls.env.flush_all()
        cls.records["utility.setup.step"] = cls.env["utility.setup.step"].search([("key", "=", "campaign")])
        cls.records["utility.dashboard"] = cls.env["utility.dashboard"].search([("section_id", "=", cls.section.id)])
        cls.records["utility.billing.handover"] = cls.env["utility.billing.handover"].search(
            [("reading_id", "=", cls.reading.id)]
        )
        query = "UPDATE utility_reading SET state = 'billed' WHERE meter_id = %s AND date = %s"
        cls.env.cr.execute(query, [cls.card.id, JUNE])
        cls.env.invalidate_all()
        cls.records["utility.irregularity"] = cls.env["utility.irregularity"].search(
            [("kind", "=", "billed_without_bill"), ("company_id", "=", cls.section.company_id.id)]
        )

    @classmethod
    def make_campaign(cls):
        """Make a campaign with an obstacle, and a possible leak."""
        run = cls.records["utility.billing.run"] = cls.campaign()
        cls.add(
            "utility.billing.finding",
            run_id=run.id,
            company_id=cls.section.company_id.id,
            reason="no_tariff",
            message="?",
            res_model="utility.subscription",
            res_id=cls.subscription.id,
        )
        alert = cls.add("utility.leak.alert", subscription_id=cls.subscription.id, reading_id=cls.reading.id)
        cls.add("utility.leak.certificate", alert_id=alert.id)

    @classmethod
    def make_figures(cls, bill):
        """The figures of the year of a bill, with a levy."""
        line = bill.invoice_line_ids
        cls.env.cr.execute(
            "UPDATE account_move_line SET utility_kind = 'levy', product_id = %s WHERE id = %s", [cls.levy.id, line.id]
        )
        query = "UPDATE account_move SET utility_section_id = %s WHERE id = %s"
        cls.env.cr.execute(query, [cls.section.id, bill.id])
        for model in ("utility.year.figure", "utility.year.levy"):
            own = [("section_id", "=", cls.section.id), ("year", "=", str(JUNE.year))]
            cls.records[model] = cls.env[model].search(own)

    @classmethod
    def make_purchases(cls):
        """Return the journal of what the company buys, of the subscriber too."""
        company = cls.section.company_id
        accounts = cls.env["account.account"].with_company(company)
        cls.subscription.partner_id.with_company(company).property_account_payable_id = accounts.create(
            {"code": "401000", "name": "Fournisseurs", "account_type": "liability_payable"}
        )
        expense = accounts.create({"code": "615000", "name": "Entretien", "account_type": "expense"})
        return cls.env["account.journal"].create(
            {
                "name": "Achats",
                "code": "ACH",
                "type": "purchase",
                "company_id": company.id,
                "default_account_id": expense.id,
            }
        )

    @classmethod
    def make_matching(cls):
        run = cls.add("utility.meter.matching", section_id=cls.section.id, other_section_id=cls.other.id)
        cls.add(
            "utility.meter.match",
            run_id=run.id,
            meter_id=cls.card.id,
            other_meter_id=cls.there.id,
            confidence="possible",
        )

    @classmethod
    def make_dialogs(cls):
        wizard = cls.add("utility.meter.attach", partner_id=cls.subscription.partner_id.id, section_id=cls.other.id)
        point = cls.card.connection_point_id.id
        cls.add("utility.meter.attach.line", wizard_id=wizard.id, connection_point_id=point)
        cls.add("utility.meter.attach.difference", wizard_id=wizard.id)
        wizard = cls.add("utility.meter.force.synchronize", meter_ids=cls.card.ids)
        cls.add("utility.meter.force.synchronize.line", wizard_id=wizard.id)
        wizard = cls.add("utility.reading.synchronize", reading_ids=cls.reading.ids)
        cls.add("utility.reading.synchronize.line", wizard_id=wizard.id)
        own = cls.section.company_id.ids
        run = cls.add("utility.synchronisation.run", company_ids=own, answer="synchronized", state="done")
        cls.add("utility.synchronisation.item", run_id=run.id, meter_id=cls.card.id, company_id=own[0])
        file = base64.b64encode(b"Compteur;Date;Index\nC0001;31/12/2025;30\n")
        wizard = cls.add("utility.reading.import", section_id=cls.section.id, file=file, filename="releve.csv")
        cls.add("utility.reading.import.column", import_id=wizard.id)
        cls.add("utility.reading.import.number", import_id=wizard.id)
        cls.add("utility.reading.import.word", import_id=wizard.id)
        cls.env.flush_all()  # the file is checked again, which makes the list of refusals anew
        cls.add("utility.reading.import.refusal", import_id=wizard.id)
        run = cls.add("utility.reading.import.run", section_id=cls.section.id, state="done", kept_reading="last")
        cls.add("utility.reading.import.row", run_id=run.id, line=2, fate="refused")
        cls.add("utility.reading.import.remark", import_id=wizard.id)
        run = cls.records["utility.meter.matching"]
        cls.add("utility.meter.pair", run_id=run.id, meter_id=cls.card.id, other_meter_id=cls.there.id)
        cls.add("utility.meter.replace", meter_id=cls.card.id, removal_index=30, installation_index=0)
        cls.add("utility.subscription.change.meter", subscription_id=cls.subscription.id, meter_id=cls.card.id)
        cls.add("utility.move", meter_id=cls.card.id, date=JUNE, leaving_name="Abonné 1")
        cls.add("utility.move.dialog", meter_id=cls.card.id)
        cls.add("utility.billing.settings", company_id=cls.section.company_id.id)

    @classmethod
    def make_letters_and_remote_readings(cls):
        """What is sent to subscribers, and what comes in from them and from remote readers."""
        sending = cls.add("utility.bill.sending", run_id=cls.records["utility.billing.run"].id)
        bill = cls.records["utility.billed.reading"].move_id
        cls.add(
            "utility.bill.sending.line",
            sending_id=sending.id,
            company_id=cls.section.company_id.id,
            move_id=bill.id,
            way="print",
            state="failed",
        )
        source = cls.add("utility.telemetry.source", name="Nuit", section_id=cls.section.id)
        cls.add("utility.telemetry.file", source_id=source.id, name="nuit.csv", state="done")
        cls.add("utility.telemetry.unknown", section_id=cls.section.id, number="XX-9")
        days = {"first_day": JUNE, "last_day": JUNE}
        cls.add("utility.telemetry.alarm", section_id=cls.section.id, number="XX-9", kind="leak", **days)
        invitation = cls.add("utility.reading.invitation", section_id=cls.section.id)
        cls.add("utility.reading.invitation.line", invitation_id=invitation.id, subscription_id=cls.subscription.id)
        report = cls.add("utility.self.report", subscription_id=cls.subscription.id, reported_on="2025-06-30 08:00:00")
        cls.reading._by_server().self_report_id = report

    @classmethod
    def make_ledger(cls):
        company = cls.section.company_id
        both = [Command.set(cls.companies.ids)]
        connector = cls.add("ledger.connector", company_ids=both, directory=f"frp{cls.section.id}")
        cls.connector_card = cls.env["utility.dashboard"].search([("connector_id", "=", connector.id)])
        layout = connector.entries_layout_id
        cls.records["ledger.layout"], cls.records["ledger.column"] = layout, layout.column_ids[0]
        cls.records["ledger.word"] = connector.acknowledgement_layout_id.word_ids[0]
        values = {"connector_id": connector.id}
        cls.add("ledger.code", **values, company_id=company.id, kind="account", code="411000")
        move = cls.records["account.move"]
        document = move.ledger_document_ids or cls.add(
            "ledger.document", **values, company_id=company.id, move_id=move.id, number=move.name
        )
        cls.records["ledger.document"] = document
        run = cls.add("ledger.run", **values, company_ids=both, kind="export", state="done")
        cls.add("ledger.lot", run_id=run.id, company_ids=both, number="L1", name="ECR_L1.txt", layout_id=layout.id)
        cls.add(
            "ledger.payment", **values, company_id=company.id, reference="R1", number="F1", date="2026-03-12", amount=1
        )
        cls.add("ledger.fec", company_id=company.id)
        cls.add(
            "ledger.approval.level",
            company_id=cls.other.company_id.id,
            user_ids=[Command.set(cls.env.ref("base.user_admin").ids)],
        )
        cls.add("ledger.file", run_id=run.id, name="AR_L1.txt", flow="acknowledgement")
        cls.add(
            "ledger.anomaly",
            document_id=document.id,
            company_id=company.id,
            code="scan_journal_missing",
            params={"company": "Ville"},
        )

    def give_dialogs_to(self, user):
        """A dialog belongs to the user who opened it."""
        for model in self.records:
            if self.env[model]._transient:
                self.env.cr.execute(f"UPDATE {self.env[model]._table} SET create_uid = %s", [user.id])
        self.env.invalidate_all()
