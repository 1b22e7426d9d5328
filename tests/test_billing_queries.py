from datetime import date

from odoo.tests import tagged

from .support.billing import BillingCase


@tagged("post_install", "-at_install")
class TestBillingQueries(BillingCase):
    """Computing a batch takes as many queries for thirty subscriptions as for three."""

    def count(self, subscriptions):
        run = self.campaign().sudo()
        self.env.flush_all()
        self.env.invalidate_all()
        run._decide(subscriptions[:1].ids)
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        batch = run._decide(subscriptions.ids)
        self.assertEqual(len(batch.drafts), len(subscriptions))
        return self.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_batch(self):
        few, many = self.env["utility.subscription"], self.env["utility.subscription"]
        for number in range(33):
            subscription = self.subscribe(number, {date(2023, 1, 1): 0, date(2023, 3, 31): 10 + number})
            if number < 3:
                few |= subscription
            else:
                many |= subscription
        self.assertEqual(self.count(few), self.count(many))
