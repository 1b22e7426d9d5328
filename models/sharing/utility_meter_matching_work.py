from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import LockError

from .matching_store import MatchStore
from .utility_meter_matching import TAKEN

#: Number of pairs per transaction, which locks their points until it is committed; small, for others to save readings.
BATCH = 200
#: Pairs with a meter locked by somebody, for instance to save a reading, are retried: after how long, how often.
RETRY_AFTER, PATIENCE = timedelta(minutes=1), 10


class UtilityMeterMatching(models.Model):
    """The background work of a matching: one transaction per batch, resumed from `cursor`."""

    _inherit = "utility.meter.matching"

    def _work_batch(self):
        """Process one batch as the user who launched the task, with their rights in all their companies.

        :return: number of pairs processed; None if the rest are locked by somebody
        """
        run = self._as_launched()
        if self.task == "propose":
            total = MatchStore(run).propose()
            self.write({"state": "ready", "progress": total, "total": total})
            return total
        waiting = TAKEN[self.task][1]
        pairs = run._next_pairs(waiting)
        if not pairs:
            return self._end_or_wait(run, waiting)
        check, apply = {
            "attach": (run._why_not_attached, lambda some: some._attach()),
            "undo": (run._why_not_undone, lambda some: some._undo()),
        }[self.task]
        refused = {pair: why for pair in pairs if (why := check(pair))}
        for pair, why in refused.items():
            pair._mark_refused(why)
        taken = pairs - pairs.browse(pair.id for pair in refused)
        held = run._all_or_each(taken, apply, run._refuse_or_hold)
        done = len(pairs) - held
        self.write({"progress": self.progress + done, "cursor": pairs[-1:].id} | ({"attempts": 0} if done else {}))
        self.env.flush_all()
        return done

    def _end_or_wait(self, run, waiting):
        """Start again with the pairs that were locked, or added meanwhile; end if there are none.

        :return: None if the pairs are locked by somebody: they are retried in a minute
        """
        left = self.env["utility.meter.match"].search([("run_id", "=", self.id), ("state", "=", waiting)])
        if not left:
            self.state = "ready"
            return 0
        if self.attempts >= PATIENCE:
            for pair in left.with_env(run.env):
                pair._mark_refused(
                    self.env._("One of these meters was in use for too long: attach the pair again later.")
                )
            self.write({"state": "ready", "progress": self.total})
            return len(left)
        self.write({"cursor": 0, "attempts": self.attempts + 1})
        if self.attempts == 1:
            return 0  # some were only added while the others were processed
        self._wake_job(fields.Datetime.now() + RETRY_AFTER)
        return None

    def _next_pairs(self, state):
        domain = [("run_id", "=", self.id), ("state", "=", state), ("id", ">", self.cursor)]
        return self.env["utility.meter.match"].search(domain, order="id", limit=BATCH)

    def _refuse_or_hold(self, pair, error):
        """Record why a pair is refused; return whether it waits because somebody has locked its meters."""
        if isinstance(error, LockError):
            return True
        pair._mark_refused(str(error))
        return False

    def _why_not_attached(self, pair):
        """Return what changed since the pair was proposed, or nothing."""
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
