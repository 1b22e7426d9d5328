"""*Défaire* of a departure or an arrival: everything is as before, until something of it is posted."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .support.moves import GONE, NEXT, MoveCase
from .support.people import new_test_user
from .support.sharing import MODULE


@tagged("post_install", "-at_install", MODULE)
class TestMovesUndone(MoveCase):
    def test_everything_goes(self):
        move = self.move(closing_bill="draft")
        run = move.run_id
        self.assertEqual(run.bill_ids.state, "draft")
        self.assertRegex(move.summary, "(?m)^Closing bill: .*[0-9].*, draft$")
        move.action_undo()
        self.assertFalse(run.exists())
        self.assertFalse(move.reason or move.part_ids.reason)
        for card in (self.card, self.there):
            self.assertEqual(self.contracts(card), [("Abonné 1", date(2020, 1, 1), None)])
            self.assertEqual(card.reading_ids.mapped("date"), [date(2025, 1, 1)])
        self.assertEqual((move.state, move.part_ids.state), ("undone", "undone"))

    def test_the_contact_of_the_last_bill_too(self):
        """The contact was created for its address; another use, or one that was there before, keeps it."""
        address = {"last_street": "3 rue Neuve", "last_zip": "69001", "last_city": "Lyon"}
        move = self.move(**address)
        created = move.last_bill_partner_id
        self.assertIn("last bill to 3 rue Neuve, 69001 Lyon", move.summary)
        move.action_undo()
        self.assertEqual((created.exists(), created.active), (created, False))

        move = self.move(**address)
        kept = move.last_bill_partner_id
        other = self.subscribe(2, {})
        other.payer_id = kept
        move.action_undo()
        self.assertTrue(kept.active, "another subscription is billed to it")

        other.payer_id = False
        move = self.move(**address)
        self.assertEqual(move.last_bill_partner_id, kept)
        self.assertFalse(move.is_last_bill_partner_created)

    def test_a_contact_that_was_there_stays(self):
        before = self.leaving.partner_id.create(
            {"parent_id": self.leaving.partner_id.id, "type": "invoice", "street": "3 rue Neuve", "zip": "69001"}
        )
        move = self.move(last_street="3 rue Neuve", last_zip="69001")
        self.assertEqual((move.last_bill_partner_id, move.is_last_bill_partner_created), (before, False))
        move.action_undo()
        self.assertTrue(before.active)
        before.copy({"street2": False})
        move = self.move(last_street="3 rue Neuve", last_zip="69001")
        self.assertEqual(move.last_bill_partner_id, self.leaving.partner_id.child_ids[0], "one of two")
        other = self.move(date=date(2025, 4, 1), arriving_id=self.martin.copy().id, last_street="3 rue Neuve")
        self.assertTrue(other.is_last_bill_partner_created, "an address of somebody else, without a town")

    def test_not_once_something_is_posted(self):
        move = self.move(closing_bill="draft")
        self.post(move.run_id)
        with self.assertRaisesRegex(UserError, "is posted. Create its credit note first"):
            move.action_undo()
        self.assertEqual(self.contracts(self.there)[1], ("Martin", NEXT, None))
        run = move.run_id
        self.credit(run.bill_ids)
        move.action_undo()
        self.assertTrue(run.exists(), "its bills were posted")
        self.assertEqual(self.contracts(self.there), [("Abonné 1", date(2020, 1, 1), None)])

    def test_the_draft_of_a_campaign_is_named(self):
        move = self.move()
        self.draw_up(self.campaign((date(2025, 1, 1), date(2025, 6, 30)), subscription_ids=self.leaving.ids))
        with self.assertRaisesRegex(UserError, "holds a draft of it"):
            move.action_undo()

    def test_the_draft_of_the_new_subscriber_is_named(self):
        move = self.move()
        self.enter_readings(self.card, {date(2025, 7, 1): 1320})
        arrived = move.arriving_subscription_id
        run = self.campaign((date(2025, 1, 1), date(2025, 12, 31)), subscription_ids=arrived.ids)
        self.assertTrue(self.draw_up(run))
        with self.assertRaisesRegex(UserError, f"{run.display_name} holds a draft of it"):
            move.action_undo()

    def test_a_cancelled_closing_bill_stays_with_its_campaign(self):
        move = self.move(closing_bill="draft")
        bill = move.run_id.bill_ids
        bill.button_cancel()
        move.action_undo()
        self.assertEqual((move.state, bill.exists().state, bool(move.run_id.exists())), ("undone", "cancel", True))

    def test_the_end_and_the_payer_of_before_come_back(self):
        payer = self.martin.create({"name": "Syndic"})
        self.leaving.write({"date_end": date(2025, 12, 31), "payer_id": payer.id})
        move = self.move(follower="nobody", last_street="3 rue Neuve", last_zip="69001", last_city="Lyon")
        self.assertEqual((self.leaving.date_end, self.leaving.payer_id.parent_id), (GONE, payer))
        move.action_undo()
        self.assertEqual((self.leaving.date_end, self.leaving.payer_id), (date(2025, 12, 31), payer))

    def test_a_contact_that_something_uses_stays(self):
        company = self.section.company_id
        uses = {
            "an owner": lambda contact: self.card.write({"owner_id": contact.id}),
            "an account": lambda contact: new_test_user(self.env, "lodger", "base.group_portal", partner_id=contact.id),
            "an archived contact": lambda contact: contact.create(
                {"name": "M.", "parent_id": contact.id, "active": False}
            ),
            "a contact of its own": lambda contact: contact.create({"name": "Mme", "parent_id": contact.id}),
            "an invoice": lambda contact: self.env["account.move"].create(
                {"move_type": "out_invoice", "partner_id": contact.id, "company_id": company.id}
            ),
            "an archived card": lambda contact: self.env["utility.meter"].create(
                {"serial_number": "OLD", "section_id": self.section.id, "owner_id": contact.id, "active": False}
            ),
            "another subscriber": lambda contact: self.subscribe(3, {}, partner_id=contact.id),
        }
        for number, (why, use) in enumerate(uses.items()):
            with self.subTest(why):
                move = self.move(last_street=f"{number} rue Neuve", last_zip="69001", last_city="Lyon")
                contact = move.last_bill_partner_id
                self.assertTrue(move.is_last_bill_partner_created)
                use(contact)
                move.action_undo()
                self.assertTrue(contact.active)

    def test_bills_of_before_prevent_nothing(self):
        self.enter_readings(self.card, {date(2024, 1, 1): 1100})
        bill = self.bill(self.leaving)
        self.assertEqual(bill.state, "posted")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET create_date = create_date - interval '1 day' WHERE id = %s", [bill.id]
        )
        self.env.invalidate_all()
        move = self.move()
        move.action_undo()
        self.assertEqual((move.state, bill.state), ("undone", "posted"))

    def test_a_reading_that_was_there_stays(self):
        reading = self.enter_readings(self.card, {GONE: 1249})
        move = self.move()
        self.assertEqual((move.reading_id, move.is_reading_entered), (reading, False))
        move.action_undo()
        self.assertEqual((reading.exists().index, reading.date), (1249, GONE))
