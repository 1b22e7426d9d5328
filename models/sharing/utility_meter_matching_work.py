from psycopg2 import IntegrityError

from odoo import models
from odoo.exceptions import UserError

from .matching_store import MatchStore
from .utility_meter_matching import TAKEN

#: Pairs of one transaction: their points are held until it is committed, so that others may save their readings.
BATCH = 200


class UtilityMeterMatching(models.Model):
    """The background work of a matching: one transaction per batch, resumed from `cursor`."""

    _inherit = "utility.meter.matching"

    def _work_batch(self):
        """Do one batch in the name and with the rights of who launched it, in all their companies.

        :return: number of pairs passed; the task is over where there are none left
        """
        user = self.user_id
        run = self.with_user(user).with_context(allowed_company_ids=user.company_ids.ids, lang=user.lang, tz=user.tz)
        run._check_manager()
        if self.task == "propose":
            total = MatchStore(run).propose()
            self.write({"state": "ready", "progress": total, "total": total})
            return total
        pairs = run._next_pairs(TAKEN[self.task][1])
        check, apply = {
            "attach": (run._why_not_attached, lambda some: some._attach()),
            "undo": (run._why_not_undone, lambda some: some._undo()),
        }[self.task]
        refused = {pair: why for pair in pairs if (why := check(pair))}
        for pair, why in refused.items():
            pair._refuse(why)
        run._all_or_each(pairs - pairs.browse(pair.id for pair in refused), apply)
        values = {"progress": self.progress + len(pairs), "cursor": pairs[-1:].id or self.cursor}
        self.write(values | ({"state": "ready"} if len(pairs) < BATCH else {}))
        self.env.flush_all()
        return len(pairs)

    def _next_pairs(self, state):
        domain = [("run_id", "=", self.id), ("state", "=", state), ("id", ">", self.cursor)]
        return self.env["utility.meter.match"].search(domain, order="id", limit=BATCH)

    def _all_or_each(self, pairs, apply):
        """Apply to all pairs at once; where one is refused, to each alone, so that it stops nobody else."""
        if not pairs:
            return
        try:
            with self.env.cr.savepoint():
                apply(pairs)
                self.env.flush_all()
        except (UserError, IntegrityError) as error:
            self.env.invalidate_all()
            if len(pairs) == 1:
                pairs._refuse(str(error))
                return
            for pair in pairs:
                self._all_or_each(pair, apply)

    def _why_not_attached(self, pair):
        """Say what changed since the pair was proposed, or nothing."""
        card, other = pair.meter_id, pair.other_meter_id
        if not (card.active and other.active):
            return self.env._("One of the cards is archived.")
        if other.is_shared:
            return self.env._("Card %s is shared with another section: detach it first.", other.display_name)
        present = card.connection_point_id.with_context(active_test=False).meter_ids.section_id
        if other.section_id in present:
            return self.env._("%s already has a card in the other section.", card.connection_point_id.display_name)
        return ""

    def _why_not_undone(self, pair):
        if pair.other_meter_id.connection_point_id != pair.point_id:
            return self.env._("Card %s was detached or moved since.", pair.other_meter_id.display_name)
        return ""
