"""*Départ / Arrivée*: entered once, applied in every section that shares the meter."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .support.guide import ExampleCase, french
from .support.moves import GONE, NEXT, MoveCase
from .support.sharing import MODULE


@tagged("post_install", "-at_install", MODULE)
class TestMoves(ExampleCase, MoveCase):
    def test_done_in_every_section(self):
        move = self.move()
        for card, tariff in ((self.card, self.tariff), (self.there, self.tariff_there)):
            self.assertEqual(
                self.contracts(card),
                [("Abonné 1", date(2020, 1, 1), GONE), ("Martin", NEXT, None)],
            )
            self.assertEqual(card.subscription_ids.sorted("date_start")[-1].tariff_id, tariff)
            reading = card.reading_ids.filtered(lambda r: r.date == GONE)
            self.assertEqual((reading.index, reading.kind, reading.sync_state), (1249, "real", "synced"))
        self.assertEqual((move.state, move.part_ids.state, move.part_ids.section_id), ("done", "done", self.sewerage))
        self.assertIn("ASST", move.elsewhere)
        self.assertNotIn("Carried out", move.elsewhere)
        self.assertFalse(move.part_ids.elsewhere, "a part has none of its own")
        self.assertEqual(
            move.summary.splitlines(),
            [
                "Reading of 03/15/2025: index 1249 (read), 49 m³ consumed",
                "Abonné 1 leaves: last day 03/15/2025",
                "Martin moves in on 03/16/2025, tariff Domestique",
            ],
        )
        self.assertFalse(move.run_id or move.part_ids.run_id, "the bill is left to the next campaign")
        answers = self.env["utility.reading.answer"].search([("meter_id", "=", self.card.id), ("date", "=", GONE)])
        self.assertEqual((answers.answer, answers.outcome), ("synchronized", "create"))

    def test_the_preview_changes_nothing(self):
        dialog = self.open()
        before = self.contracts(self.card), len(self.card.reading_ids)
        self.assertIn("C0001", dialog.action_preview()["name"], "of a subscriber with several meters, which one")
        self.env.invalidate_all()
        self.assertEqual((self.contracts(self.card), len(self.card.reading_ids)), before)
        self.assertFalse(self.env["utility.move"].search([]))
        for words in (
            "EAU",
            "ASST",
            "Martin moves in on 03/16/2025, tariff Domestique",
            "tariff Assainissement",
            "49 m³ consumed",
            "1249",
        ):
            self.assertIn(words, dialog.summary)
        self.assertIn("<strong>ASST</strong>", dialog.question)

    def test_here_only(self):
        move = self.move("action_decline")
        self.assertEqual(self.contracts(self.there), [("Abonné 1", date(2020, 1, 1), None)])
        self.assertEqual(move.part_ids.state, "declined")
        self.assertIn("<li>Declined</li>", move.elsewhere)
        self.assertEqual(move.reading_id.sync_state, "declined")
        move.part_ids.action_accept()
        self.assertEqual(self.contracts(self.there)[1], ("Martin", NEXT, None))
        self.assertEqual(move.reading_id.sync_state, "synced")

    def test_estimated_by_days(self):
        """Worked: 1,200 + 120 × 74/181 = 1,249 on the morning of the 16th; fixed part 42 × 74/365 = 8.52."""
        self.enter_readings(self.card, {date(2025, 7, 1): 1320})
        self.tariff.version_ids.line_ids.filtered(lambda line: line.kind == "fixed").price = 42
        dialog = self.open(index_kind="estimated")
        self.assertEqual(dialog.index, 1249)
        self.assertIn("1320", dialog.index_note)
        dialog.closing_bill = "draft"
        dialog.action_preview()
        move = self.env["utility.move"].browse(dialog.action_confirm()["res_id"])
        self.assertEqual((move.reading_id.date, move.reading_id.kind), (NEXT, "estimated"))
        bill = move.run_id.bill_ids
        self.assertEqual((bill.state, bill.utility_date_end, bill.utility_volume), ("draft", GONE, 49))
        fixed = bill.invoice_line_ids.filtered(lambda line: line.utility_kind == "fixed")
        self.assertEqual(fixed.price_subtotal, 8.52)
        self.assert_example("depart", f"Index estimé : 1 200 + 120 × 74 / 181 = {french(dialog.index)}.")

    def test_the_fixed_part_of_a_year_is_shared(self):
        """Worked: 42 € a year: A until 15 March 8.52, the owner until 30 April 5.29, B to the end of the year 28.19."""
        self.tariff.version_ids.line_ids.filtered(lambda line: line.kind == "fixed").price = 42
        owner = self.env["res.partner"].create({"name": "Propriétaire"})
        self.move(follower="owner", owner_id=owner.id)
        self.move(date=date(2025, 4, 30), index=1260)
        self.enter_readings(self.card, {date(2026, 1, 1): 1400})
        run = self.campaign((date(2025, 1, 1), date(2025, 12, 31)))
        bills = self.draw_up(run)
        self.assertFalse(run.finding_ids.mapped("message"))
        fixed = {
            bill.partner_id.name: bill.invoice_line_ids.filtered(
                lambda line: line.utility_kind == "fixed"
            ).price_subtotal
            for bill in bills
        }
        self.assertEqual(fixed, {"Abonné 1": 8.52, "Propriétaire": 5.29, "Martin": 28.19})
        self.assertEqual(sum(bill.utility_volume for bill in bills), 200)
        days = {bill.partner_id.name: (bill.utility_date_end - bill.utility_date_start).days + 1 for bill in bills}
        gone, owner, following = (
            (f"{french(fixed[name], 2)} €", f"({days[name]} jours)") for name in ("Abonné 1", "Propriétaire", "Martin")
        )
        self.assert_example(
            "depart",
            f"Partie fixe de 42 € par an : {gone[0]} pour qui part {gone[1]} ; {owner[0]} pour le propriétaire"
            f" {owner[1]} si le suivant arrive le 1er mai ; {following[0]} pour le suivant {following[1]} ;"
            f" {french(sum(fixed.values()), 2)} € en tout.",
        )

    def test_the_owner_follows(self):
        owner = self.env["res.partner"].create({"name": "Propriétaire"})
        self.move(follower="owner", owner_id=owner.id)
        for card in (self.card, self.there):
            self.assertEqual(self.contracts(card)[1], ("Propriétaire", NEXT, None))
            self.assertTrue(card.subscription_ids.sorted("date_start")[-1].is_vacancy)
        self.assertEqual(self.card.owner_id, owner)

    def test_nobody_follows_then_somebody_comes(self):
        move = self.move(follower="nobody")
        for name in ("first_day", "arriving_name", "arriving_partner_id", "payer_id", "reason"):
            self.assertFalse(move[name], name)
        self.assertEqual(self.contracts(self.there), [("Abonné 1", date(2020, 1, 1), GONE)])
        came = self.move(date=date(2025, 5, 1), index=1249)
        self.assertFalse(came.leaving_subscription_id or came.leaving_name)
        self.assertEqual((came.arriving_name, came.arriving_partner_id), ("Martin", self.martin))
        self.assertEqual(self.contracts(self.there)[1], ("Martin", date(2025, 5, 1), None))
        with self.assertRaisesRegex(UserError, "Martin is subscribed from 05/01/2025"):
            self.move(date=date(2025, 4, 1), index=1249)

    def test_the_address_of_the_last_bill(self):
        move = self.move(last_street="3 rue Neuve", last_zip="69001", last_city="Lyon")
        payers = self.leaving.payer_id, self.leaving_there.payer_id
        self.assertEqual(payers[0], payers[1])
        self.assertEqual((payers[0].parent_id, payers[0].city), (self.leaving.partner_id, "Lyon"))
        self.assertFalse(self.leaving.partner_id.city == "Lyon")
        move.action_undo()
        self.assertFalse(self.leaving.payer_id or self.leaving_there.payer_id)

    def test_what_hinders_here(self):
        self.enter_readings(self.card, {date(2025, 7, 1): 1320})
        self.bill(self.leaving, (date(2025, 1, 1), date(2025, 6, 30)))
        with self.assertRaisesRegex(UserError, "billed until 06/30/2025") as refusal:
            self.move()
        self.assertIs(type(refusal.exception), UserError, "the web client knows no other type")
        with self.assertRaisesRegex(UserError, "Choose the new subscriber"):
            self.move(arriving_id=False)
        with self.assertRaisesRegex(UserError, "in the future"):
            self.move(date=date(2027, 1, 1))
        with self.assertRaisesRegex(UserError, "below index"):
            self.move(date=date(2025, 12, 15), index=100)

    def test_what_hinders_there_is_named_and_waits(self):
        self.leaving_there.partner_id = self.env["res.partner"].create({"name": "Dupont"})
        dialog = self.open()
        dialog.action_preview()
        self.assertIn("Blocked: ASST: the subscriber is Dupont", dialog.summary)
        move = self.env["utility.move"].browse(dialog.action_confirm()["res_id"])
        self.assertEqual(move.part_ids.state, "blocked")
        self.assertEqual(self.contracts(self.card)[1], ("Martin", NEXT, None))
        self.leaving_there.partner_id = self.leaving.partner_id
        move.part_ids.action_accept()
        self.assertEqual((move.part_ids.state, move.part_ids.reason), ("done", False))
        self.assertEqual(self.contracts(self.there)[1], ("Martin", NEXT, None))

    def test_a_place_that_is_vacant_there_begins_on_the_same_day(self):
        """Of a departure on the 15th, the next subscriber's first day is the 16th in every section."""
        self.leaving_there.date_end = date(2025, 3, 10)
        self.move()
        self.assertEqual(
            self.contracts(self.there), [("Abonné 1", date(2020, 1, 1), date(2025, 3, 10)), ("Martin", NEXT, None)]
        )

    def test_of_several_meters_one_is_chosen(self):
        """Both cards of the one meter of a subscriber need no choice; of two meters, none is taken by chance."""
        agent = self.person("agent_deux", self.companies)
        partner = self.leaving.partner_id.with_user(agent).with_context(allowed_company_ids=self.companies.ids)
        dialogs = partner.env["utility.move.dialog"]
        one = dialogs.browse(partner.action_move()["res_id"])
        self.assertEqual((len(one.meter_ids), one.meter_id.connection_point_id), (2, self.card.connection_point_id))
        second = self.subscribe(2, {date(2025, 1, 1): 0}, partner_id=self.leaving.partner_id.id).meter_id
        two = dialogs.browse(partner.action_move()["res_id"])
        self.assertFalse(two.meter_id | two.leaving_id.meter_id)
        two.write({"date": GONE, "index": 10, "follower": "nobody"})
        with self.assertRaisesRegex(UserError, "Choose the meter"):
            two.action_preview()
        two.meter_id = self.there.id
        two.meter_id = second.id
        two.action_preview()
        self.assertIn("Abonné 1 leaves", two.summary)

    def test_changed_since_the_preview(self):
        dialog = self.open()
        dialog.action_preview()
        self.enter_readings(self.card, {date(2025, 3, 1): 1240})
        with self.assertRaisesRegex(UserError, "changed since the preview"):
            dialog.action_confirm()
        with self.assertRaisesRegex(UserError, "Preview the effects"):
            self.open().action_confirm()


@tagged("post_install", "-at_install", MODULE)
class TestMovesProposed(MoveCase):
    """A section to which the user has no access gets a proposal."""

    def part(self):
        return self.env["utility.move"].search([("section_id", "=", self.sewerage.id)])

    def as_agent_there(self):
        return self.part().with_user(self.agent_there).with_context(allowed_company_ids=self.sewerage.company_id.ids)

    def test_proposed_then_accepted(self):
        self.martin.company_id = self.section.company_id
        dialog = self.open(self.agent)
        dialog.action_preview()
        self.assertIn("Proposed to the agents", dialog.summary)
        self.assertNotIn("Assainissement", dialog.summary)
        dialog.action_confirm()
        self.assertEqual(self.part().state, "proposed")
        self.assertEqual(self.contracts(self.there), [("Abonné 1", date(2020, 1, 1), None)])
        self.assertIn(GONE, self.there.reading_ids.mapped("date"), "the reading passes as any other")
        dashboard = self.env["utility.dashboard"].search([("section_id", "=", self.sewerage.id)])
        self.assertEqual(dashboard.move_count, 1)
        self.as_agent_there().action_accept()
        self.assertEqual(self.part().state, "done")
        arrived = self.there.subscription_ids.sorted("date_start")[-1]
        self.assertEqual((arrived.partner_id.name, arrived.partner_id.zip), ("Martin", "63000"))
        self.assertEqual(arrived.partner_id.company_id, self.sewerage.company_id)

    def test_declined_there(self):
        """“Annuler” of a proposal leaves the section as it is; that of a withdrawal keeps what was done there."""
        move = self.move(user=self.agent)
        self.as_agent_there().action_decline()
        part = self.part()
        self.assertEqual((part.state, part.user_id, bool(part.done_on)), ("declined", self.agent_there, True))
        self.assertEqual(self.contracts(self.there), [("Abonné 1", date(2020, 1, 1), None)])
        part._by_server().write({"state": "to_undo"})
        self.as_agent_there().action_decline()
        self.assertEqual((part.state, move.state), ("undone", "done"))

    def test_nothing_of_it_is_anybody_elses(self):
        self.move(user=self.agent)
        mine = self.env["utility.move"].search([("section_id", "=", self.section.id)])
        with self.assertRaises(AccessError):
            self.part().with_user(self.agent).read(["leaving_name"])
        there = self.part().with_user(self.agent)
        for call in (mine.with_user(self.agent_there).action_undo, there.action_accept, there.action_decline):
            with self.assertRaises(AccessError):
                call()
        for values in ({"state": "done"}, {"date": "2025-01-01"}, {"arriving_subscription_id": 1}):
            with self.assertRaises(AccessError):
                self.as_agent_there().write(values)

    def test_the_contact_of_the_last_bill_stays_while_the_other_section_uses_it(self):
        move = self.move(user=self.agent, last_street="3 rue Neuve", last_zip="69001")
        part = self.as_agent_there().search([("origin_id", "=", move.id)])
        part.action_accept()
        contact = self.leaving.payer_id
        self.assertEqual((contact.zip, self.leaving_there.payer_id), ("69001", contact))
        move.with_user(self.agent).with_context(allowed_company_ids=self.section.company_id.ids).action_undo()
        self.assertTrue(contact.active)
        part.action_accept()
        self.env.invalidate_all()
        self.assertFalse(contact.active)

    def test_withdrawn_before_and_after_the_answer(self):
        for accepts in (False, True):
            move = self.move(user=self.agent)
            part = self.as_agent_there().search([("origin_id", "=", move.id)])
            if accepts:
                part.action_accept()
            move.with_user(self.agent).with_context(allowed_company_ids=self.section.company_id.ids).action_undo()
            self.assertEqual(self.contracts(self.card), [("Abonné 1", date(2020, 1, 1), None)])
            self.assertEqual(part.state, "to_undo")
            part.action_accept()
            self.assertEqual(part.state, "undone")
            self.assertEqual(self.contracts(self.there), [("Abonné 1", date(2020, 1, 1), None)])
            self.assertNotIn(GONE, self.there.reading_ids.mapped("date"))
