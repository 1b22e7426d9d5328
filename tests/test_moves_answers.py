"""Departures and arrivals in the other section: without a reading, blocked, taken back, with contacts of its own."""

from datetime import date
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .support.moves import GONE, NEXT, MoveCase
from .support.sharing import MODULE

BEFORE = [("Abonné 1", date(2020, 1, 1), None)]


@tagged("post_install", "-at_install", MODULE)
class TestMoveAnswers(MoveCase):
    def part(self, move):
        """Return the other section's part, for its agent."""
        mine = move.part_ids.with_user(self.agent_there)
        return mine.with_context(allowed_company_ids=self.sewerage.company_id.ids)

    def undo(self, move):
        move.with_user(self.agent).with_context(allowed_company_ids=self.section.company_id.ids).action_undo()
        self.env.invalidate_all()

    def proposed(self, answer="action_confirm", **values):
        """Enter a departure as somebody who may not enter the other section."""
        return self.move(answer, self.agent, **values).sudo()

    def test_without_an_index_no_reading_is_entered(self):
        move = self.move(index_kind="none")
        for card in (self.card, self.there):
            self.assertEqual(self.contracts(card), [("Abonné 1", date(2020, 1, 1), GONE), ("Martin", NEXT, None)])
            self.assertEqual(card.reading_ids.mapped("date"), [date(2025, 1, 1)])
        self.assertFalse(move.reading_id or move.reading_date or move.is_reading_entered)
        self.assertEqual(
            move.summary.splitlines(),
            ["Abonné 1 leaves: last day 03/15/2025", "Martin moves in on 03/16/2025, tariff Domestique"],
        )

    def test_a_proposal_that_left_nothing_there_goes_with_the_move(self):
        for answer in ("action_confirm", "action_decline"):
            move = self.proposed(answer, index_kind="none")
            part = move.part_ids
            self.undo(move)
            self.assertEqual((move.state, part.exists()), ("undone", part.browse()))

    def test_what_a_proposal_contains(self):
        """The contact that both sections may use, or its name and address; never the payer of one section."""
        payer = self.martin.create({"name": "Syndic", "company_id": self.section.company_id.id})
        part = self.proposed(payer_id=payer.id).part_ids
        self.assertEqual((part.arriving_partner_id, part.arriving_values), (self.martin, False))
        self.assertFalse(part.payer_id or any(part.last_bill_address.values()) or part.is_owner)
        self.assertEqual((part.closing_bill, part.first_day, part.leaving_name), ("campaign", NEXT, "Abonné 1"))
        self.assertEqual((part.reading_id.meter_id, part.reading_id.date, part.reading_date), (self.there, GONE, GONE))
        part.origin_id.action_undo()
        self.martin.company_id = self.section.company_id
        part = self.proposed(last_street="3 rue Neuve").part_ids.filtered(lambda move: move.state == "proposed")
        self.assertEqual((part.arriving_partner_id.id, part.arriving_values["name"]), (False, "Martin"))
        self.assertEqual(part.last_bill_address["street"], "3 rue Neuve")

    def test_only_a_person_in_charge_has_the_closing_bill_drawn_up(self):
        dialog = self.open(self.agent)
        dialog.sudo().closing_bill = "draft"
        dialog.action_preview()
        move = self.env["utility.move"].browse(dialog.action_confirm()["res_id"])
        self.assertEqual((move.closing_bill, move.run_id.id), ("campaign", False))

    def test_an_obstacle_found_at_acceptance_waits_with_its_reason(self):
        part = self.part(self.proposed())
        self.leaving_there.partner_id = self.env["res.partner"].create({"name": "Dupont"})
        answer = part.action_accept()["params"]
        self.assertEqual((answer["type"], answer["message"]), ("warning", "0 done, 1 blocked: see the obstacles."))
        self.assertEqual((part.state, self.contracts(self.there)), ("blocked", [("Dupont", date(2020, 1, 1), None)]))
        self.assertIn("ASST: the subscriber is Dupont, who stays", part.reason)
        self.leaving_there.partner_id = self.leaving.partner_id
        answer = part.action_accept()["params"]
        self.assertEqual((answer["type"], answer["message"]), ("success", "1 done."))
        self.assertEqual((part.state, part.reason), ("done", False))

    def test_a_section_keeps_its_own_reading_of_the_day(self):
        self.enter_readings(self.there, {GONE: 1245})
        part = self.part(self.proposed("action_decline"))
        self.assertEqual(part.state, "declined")
        part.action_accept()
        self.assertEqual((part.state, part.reading_id.index, part.is_reading_entered), ("done", 1245, False))
        self.assertEqual(self.there.reading_ids.filtered(lambda r: r.date == GONE), part.reading_id)

    def test_the_day_of_an_estimated_index(self):
        """The morning after a departure, but not in the future; the first day of who comes into a vacant place."""
        today = fields.Date.context_today(self.env["utility.reading"])
        self.enter_readings(self.card, {date(2025, 7, 1): 1320})
        move = self.move(date=today, index=1400, index_kind="estimated")
        self.assertEqual((move.reading_id.date, move.reading_date), (today, today))
        move.action_undo()
        self.move(follower="nobody")
        came = self.move(date=date(2025, 5, 1), index_kind="estimated")
        self.assertEqual((came.reading_id.date, came.leaving_name), (date(2025, 5, 1), False))

    def test_an_obstacle_of_the_closing_bill_is_named(self):
        move = self.move(index_kind="none", closing_bill="draft")
        self.assertFalse(move.run_id.bill_ids)
        self.assertTrue(move.run_id.finding_ids)
        for finding in move.run_id.finding_ids:
            self.assertIn(finding.message, move.summary)

    def test_who_arrives_there(self):
        """Nobody; the owner that the other section knows itself; a contact that both may use."""
        part = self.part(self.proposed(follower="nobody"))
        part.action_accept()
        self.assertEqual(self.contracts(self.there), [("Abonné 1", date(2020, 1, 1), GONE)])
        self.undo(part.sudo().origin_id)
        part.action_accept()
        self.assertEqual(self.contracts(self.there), BEFORE)

        owner, known = self.env["res.partner"].create([{"name": "Propriétaire"}, {"name": "Indivision"}])
        self.there.owner_id = known
        self.part(self.proposed(follower="owner", owner_id=owner.id)).action_accept()
        arrived = self.there.subscription_ids.sorted("date_start")[-1]
        self.assertEqual((arrived.partner_id, arrived.date_start, arrived.is_vacancy), (known, NEXT, True))
        self.assertEqual((self.card.owner_id, self.there.owner_id), (owner, known))

    def test_contacts_of_one_company_stay_there(self):
        """The new subscriber is found by name and postcode, or created, in the other company; a payer is left out."""
        mine, there = self.section.company_id, self.sewerage.company_id
        payer = self.martin.create({"name": "Syndic", "company_id": mine.id})
        self.martin.write({"company_id": mine.id, "street": "5 rue Haute"})
        elsewhere, same = self.martin.create(
            [
                {"name": name, "zip": code, "company_id": there.id}
                for name, code in (("Martin", "1"), ("MARTIN", "63000"))
            ]
        )
        for expected in (same, None):
            move = self.move(payer_id=payer.id)
            arrived = move.part_ids.arriving_subscription_id
            self.assertEqual((move.arriving_subscription_id.payer_id, arrived.payer_id), (payer, payer.browse()))
            self.assertEqual(arrived.partner_id.company_id, there)
            if expected:
                self.assertEqual(arrived.partner_id, expected)
            move.action_undo()
            same.zip = "2"
        created = arrived.exists().partner_id or self.martin.search([("company_id", "=", there.id)], order="id DESC")[0]
        self.assertNotIn(created, elsewhere | same)
        self.assertEqual((created.name, created.zip, created.street), ("Martin", "63000", "5 rue Haute"))
        self.assertTrue(created.is_subscriber)

    def test_the_closing_bill_begins_after_the_last_one(self):
        """Otherwise on the last reading before the day, or on the subscriber's first day."""
        self.enter_readings(self.card, {date(2024, 1, 1): 1100, date(2025, 2, 1): 1220})
        move = self.move(closing_bill="draft")
        self.assertEqual(move.run_id.date_start, date(2025, 2, 1))
        move.action_undo()
        self.bill(self.leaving)
        move = self.move(closing_bill="draft")
        self.assertEqual((move.run_id.date_start, move.run_id.date_end), (date(2025, 1, 1), GONE))

    def test_a_reading_that_the_other_section_billed_is_not_taken_back(self):
        """The reading passed before the proposal was answered; it opens a bill there, so that it stays."""
        move = self.proposed()
        part = self.part(move)
        product = self.make_product("Eaux usées", self.sewerage, 10)
        lines = [Command.create({"product_id": product.id, "kind": "block", "price": 2})]
        self.tariff_there.version_ids = [Command.create({"date_start": date(2015, 1, 1), "line_ids": lines})]
        self.there.reading_ids.action_confirm()
        run = self.campaign((date(2025, 1, 1), GONE), self.sewerage, subscription_ids=self.leaving_there.ids)
        self.assertEqual(self.draw_up(run).utility_volume, 49)
        self.post(run)
        self.undo(move)
        self.assertEqual(part.state, "to_undo")
        answer = part.action_accept()["params"]
        self.assertEqual((answer["type"], part.state), ("warning", "to_undo"))
        self.assertIn("the reading of 03/15/2025 is billed. Create the credit note of its bill first", part.reason)
        self.assertIn(GONE, self.there.reading_ids.mapped("date"))
        self.credit(run.bill_ids)
        part.action_accept()
        self.assertEqual((part.state, part.reason), ("undone", False))
        self.assertNotIn(GONE, self.there.reading_ids.mapped("date"))

    def test_the_meter_is_held_while_it_changes(self):
        """A move, its answer and its undoing lock the connection point first, so that two of them never cross."""
        point, held = type(self.env["utility.connection.point"]), []
        lock = point._lock

        def note(points):
            held.append(points.ids)
            return lock(points)

        def holds(action):
            held.clear()
            with patch.object(point, "_lock", note):
                result = action()
            self.assertEqual(held[:1], [self.card.connection_point_id.ids])
            return result

        move = holds(self.proposed)
        part = self.part(move)
        holds(part.action_accept)
        holds(lambda: self.undo(move))

    def test_the_next_subscriber_takes_over_the_terms(self):
        """Of each section's own contract: how it is billed, its dwellings; the first one of all has none to take."""
        kind = self.env["utility.dwelling.class"].create({"name": "T3", "section_id": self.section.id, "area_mean": 90})
        self.section.company_id.utility_use_billing_types = True
        self.leaving.write({"billing_type": "flat", "flat_volume": 60, "dwellings": 3, "dwelling_class_id": kind.id})
        self.leaving_there.write({"is_dwelling": False, "dwellings": 2})
        move = self.move()
        here, there = move.arriving_subscription_id, move.part_ids.arriving_subscription_id
        self.assertEqual((here.billing_type, here.flat_volume, here.dwellings), ("flat", 60, 3))
        self.assertEqual((here.dwelling_class_id, here.is_dwelling), (kind, True))
        self.assertEqual((there.billing_type, there.flat_volume, there.dwellings), ("measured", 0, 2))
        self.assertEqual((there.dwelling_class_id, there.is_dwelling), (kind.browse(), False))

    def test_the_first_subscriber_of_a_meter(self):
        self.card = self.env["utility.meter"].create({"serial_number": "N1", "section_id": self.section.id})
        with self.assertRaisesRegex(UserError, "nobody was ever subscribed to this meter. Choose the tariff"):
            self.move(tariff_id=False)
        came = self.move(tariff_id=self.tariff.id).arriving_subscription_id
        self.assertEqual((came.date_start, came.tariff_id, came.billing_type), (GONE, self.tariff, "measured"))
        self.assertEqual((came.dwellings, came.is_dwelling, came.is_vacancy), (1, True, False))

    def test_from_the_subscriber(self):
        with self.assertRaisesRegex(UserError, "Martin has no running subscription: open the meter of the place"):
            self.martin.action_move()
        action = self.leaving.partner_id.action_move()
        dialog = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(
            (dialog.leaving_name, dialog.closing_bill, dialog.follower), ("Abonné 1", "campaign", "subscriber")
        )
