"""*Défaire* of a departure or an arrival: everything is as before, until something of it is posted."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .support.moves import NEXT, MoveCase
from .support.sharing import MODULE


@tagged("post_install", "-at_install", MODULE)
class TestMovesUndone(MoveCase):
    def test_everything_goes(self):
        move = self.move(closing_bill="draft")
        run = move.run_id
        self.assertEqual(run.bill_ids.state, "draft")
        move.action_undo()
        self.assertFalse(run.exists())
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
        self.assertEqual(move.last_bill_partner_id, before)
        move.action_undo()
        self.assertTrue(before.active)

    def test_not_once_something_is_posted(self):
        move = self.move(closing_bill="draft")
        self.post(move.run_id)
        with self.assertRaisesRegex(UserError, "is posted. Create its credit note first"):
            move.action_undo()
        self.assertEqual(self.contracts(self.there)[1], ("Martin", NEXT, None))
        self.credit(move.run_id.bill_ids)
        move.action_undo()
        self.assertEqual(self.contracts(self.there), [("Abonné 1", date(2020, 1, 1), None)])

    def test_the_draft_of_a_campaign_is_named(self):
        move = self.move()
        self.draw_up(self.campaign((date(2025, 1, 1), date(2025, 6, 30)), subscription_ids=self.leaving.ids))
        with self.assertRaisesRegex(UserError, "holds a draft of it"):
            move.action_undo()
