from datetime import date
from decimal import Decimal

from odoo import fields, models
from odoo.tools import SQL, format_date
from odoo.tools.misc import format_amount

from ...core.billing import Rounding
from ...core.billing.decide import decide
from ...core.billing.obstacles import Obstacle, ObstacleReason
from .collect import collect
from .invoices import InvoiceWriter
from .unassigned_volumes import UnassignedVolumes

#: Number of records per transaction. Previews write little; invoices lock their rows until the batch is committed.
BATCH = {"preview": 1000, "bill": 50, "post": 100, "discard": 200}

#: The first batch is small, then the tables are analysed. Without statistics, PostgreSQL takes the invoice tables for
#: empty, and Odoo's query of the payments of new invoices grows with the cube of the batch: 13 s were measured for 100
#: bills in a new database.
FIRST_BATCH = 10
ANALYSED = ("account_move", "account_move_line", "account_payment", "account_partial_reconcile")


class UtilityBillingRun(models.Model):
    """The background work of campaigns: one transaction per batch, resumed from `cursor`."""

    _inherit = "utility.billing.run"

    def _work_batch(self):
        """Process one batch as the user who launched the campaign, in the section's company.

        :return: number of records processed; the task ends once none are left
        """
        # sudo: a manager launched it on a campaign of their company (`_start`); writes bills of one section, to whose
        # company, journal and readings the campaign's queries are restricted
        run = self.with_user(self.user_id).with_company(self.company_id).sudo()
        run = run.with_context(lang=self.user_id.lang, tz=self.user_id.tz)
        starting = self.task == "bill" and not self.cursor
        size = FIRST_BATCH if starting else BATCH[self.task]
        do = {
            "preview": run._preview_batch,
            "bill": run._bill_batch,
            "post": run._post_batch,
            "discard": run._discard_batch,
        }[self.task]
        passed = do(size)
        if passed:
            run.write({"progress": run.progress + len(passed), "cursor": passed[-1]})
        if len(passed) < size:
            run._finish()
        run.env.flush_all()
        if starting:
            self.env.cr.execute(SQL("ANALYZE %s", SQL(", ").join(map(SQL.identifier, ANALYSED))))
        return len(passed)

    def _finish(self):
        values = {"state": "draft"}
        if self.bill_count:
            values["state"] = "billed" if self.draft_count else "posted"
        if self.task == "preview":
            values["previewed_on"] = fields.Datetime.now()
        self.write(values | {"progress": self.total})
        self._message_log(body=self._in_history(self._result()))

    def _result(self):
        """Return the result of the task that has just ended, in a few words."""
        if self.task == "preview":
            count, volume, amount = self.preview_count, self.preview_volume, self.preview_amount
            said = self.env._(
                "%(count)s bills to come, %(volume)s m³, %(amount)s before tax",
                count=count,
                volume=self.env["utility.reading"]._format_volume(Decimal(str(volume))),
                amount=format_amount(self.env, amount, self.currency_id),
            )
        elif self.task == "discard":
            said = self.env._("%s done", self.total)
        else:
            bills = self.bill_count - self.draft_count if self.task == "post" else self.bill_count
            said = self.env._("%s bills", bills)
        if self.finding_count:
            said = self.env._("%(said)s, %(count)s obstacles", said=said, count=self.finding_count)
        return said

    # === DRAWING UP === #

    def _preview_batch(self, size):
        ids, batch = self._decide_batch(size)
        self.write(
            {
                "preview_count": self.preview_count + len(batch.drafts),
                "preview_volume": self.preview_volume + sum(float(d.volume) for d in batch.drafts),
                "preview_amount": self.preview_amount + float(sum((d.bill.total for d in batch.drafts), Decimal(0))),
            }
        )
        return ids

    def _bill_batch(self, size):
        ids, batch = self._decide_batch(size)
        writer = InvoiceWriter(self.env, self, self._rounding())
        self._all_or_each(batch.drafts, writer.write_bills, self._note_refused)
        return ids

    def _decide_batch(self, size):
        """Decide on the next subscriptions; record obstacles and possible leaks.

        :return: (ids of these subscriptions, their bills and obstacles)
        """
        query = SQL("%s LIMIT %s", self._candidates(after=self.cursor), size)
        ids = [row[0] for row in self.env.execute_query(query)]
        batch = self._decide(ids)
        if not self.cursor:
            self._write_findings(UnassignedVolumes(self).findings())
        self._keep_obstacles(batch.obstacles)
        self.env["utility.leak.alert"]._keep_drafts(batch.drafts)
        return ids, batch

    def _decide(self, subscription_ids):
        """Collect the data of these subscriptions and decide, without writing anything."""
        scope = self._scope()
        tariffs = (
            self.env["utility.tariff"].with_context(active_test=False).search([("section_id", "=", self.section_id.id)])
        )
        return decide(
            collect(self.env, scope, subscription_ids),
            scope,
            {tariff.id: tariff._to_core() for tariff in tariffs},
            self._rounding(),
            self._bad_tariffs(tariffs),
        )

    def _rounding(self):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return Rounding(Decimal(str(self.currency_id.rounding)), Decimal(1).scaleb(-digits))

    def _bad_tariffs(self, tariffs):
        """Return {tariff id: id of its first product that bills cannot use}."""
        company, fallback = self.company_id, self.section_id.journal_id.default_account_id
        bad = {}
        for line in tariffs.version_ids.line_ids:
            product = line.product_id.with_company(company)
            taxes = product.taxes_id._filter_taxes_by_company(company)
            account = product.product_tmpl_id.get_product_accounts()["income"] or fallback
            if not account or any(taxes.mapped("price_include")):
                bad.setdefault(line.version_id.tariff_id.id, product.id)
        return bad

    # === POSTING AND THROWING AWAY === #

    def _post_batch(self, size):
        moves = self._next_drafts(size)
        self._all_or_each(moves, lambda some: self._join(some)._post(soft=False), self._note_not_posted)
        return moves.ids

    def _discard_batch(self, size):
        moves = self._next_drafts(size)
        self._all_or_each(moves, lambda some: self._join(some).unlink(), self._note_not_posted)
        return moves.ids

    def _next_drafts(self, size):
        domain = [*self._draft_domain(), ("id", ">", self.cursor)]
        return self.env["account.move"].search(domain, order="id", limit=size)

    def _join(self, moves):
        return self.env["account.move"].browse([move.id for move in moves])

    # === FINDINGS === #

    def _note_refused(self, draft, error):
        self._keep_obstacles(
            [Obstacle(draft.case, ObstacleReason.REFUSED, ("utility.subscription", draft.case.id))], str(error)
        )

    def _note_not_posted(self, move, error):
        subscription = move.utility_subscription_id
        row = subscription.id, subscription.meter_id.id, ObstacleReason.REFUSED, str(error), "account.move", move.id
        self._write_findings([row])

    def _keep_obstacles(self, obstacles, sentence=""):
        records = self.env["utility.subscription"].browse([obstacle.case.id for obstacle in obstacles])
        self._write_findings(
            [
                (
                    record.id,
                    record.meter_id.id,
                    obstacle.reason,
                    self._sentence(obstacle, record, sentence),
                    *obstacle.record,
                )
                for obstacle, record in zip(obstacles, records, strict=True)
            ]
        )

    def _write_findings(self, rows):
        self.env["utility.billing.finding"].create(
            [
                {
                    "run_id": self.id,
                    "company_id": self.company_id.id,
                    "subscription_id": subscription_id,
                    "meter_id": meter_id,
                    "reason": reason.value,
                    "message": message,
                    "res_model": model,
                    "res_id": id_,
                }
                for subscription_id, meter_id, reason, message, model, id_ in rows
            ]
        )

    def _tariff_of(self, obstacle, subscription):
        model, id_ = obstacle.record
        return self.env[model].browse(id_) if model == "utility.tariff" else subscription.tariff_id

    def _sentence(self, obstacle, subscription, sentence):
        """Return the message of an obstacle: what, where, what to do."""
        values = {
            "subscription": subscription.display_name,
            "meter": subscription.meter_id.display_name,
            "tariff": self._tariff_of(obstacle, subscription).name,
            "start": format_date(self.env, self.reading_start),
            "end": format_date(self.env, self.reading_end),
            "error": sentence or str(obstacle.error),
            "day": format_date(self.env, obstacle.day) if obstacle.day else "",
        }
        for name, value in (obstacle.error.facts if obstacle.error else {}).items():
            values[name] = format_date(self.env, value) if isinstance(value, date) else value
        model, id_ = obstacle.record
        if model == "product.product":
            values["product"] = self.env[model].browse(id_).display_name
        if model == "account.move":
            bill = self.env[model].browse(id_)
            values |= {"bill": bill.display_name, "campaign": bill.utility_billing_run_id.display_name}
        return self.env["utility.billing.finding"]._template(obstacle.reason) % values
