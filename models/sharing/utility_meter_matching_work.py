from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields, models
from odoo.exceptions import LockError, UserError

from .matching_store import MatchStore
from .utility_meter_matching import TAKEN

#: Pairs of one transaction: their points are held until it is committed, so that others may save their readings.
BATCH = 200
#: Pairs of which somebody holds a meter, while saving a reading for instance, are tried again: when, how often.
RETRY_AFTER, PATIENCE = timedelta(minutes=1), 10


class UtilityMeterMatching(models.Model):
    """The background work of a matching: one transaction per batch, resumed from `cursor`."""

    _inherit = "utility.meter.matching"

    def _work_batch(self):
        """Do one batch in the name and with the rights of who launched it, in all their companies.

        :return: number of pairs passed; None where those that are left are held by somebody
        """
        user = self.user_id
        run = self.with_user(user).with_context(allowed_company_ids=user.company_ids.ids, lang=user.lang, tz=user.tz)
        run._check_manager()
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
            pair._refuse(why)
        held = run._all_or_each(pairs - pairs.browse(pair.id for pair in refused), apply)
        done = len(pairs) - held
        self.write({"progress": self.progress + done, "cursor": pairs[-1:].id} | ({"attempts": 0} if done else {}))
        self.env.flush_all()
        return done

    def _end_or_wait(self, run, waiting):
        """Begin again with the pairs that somebody held, or that were added meanwhile; end where there are none.

        :return: None where the pairs are held by somebody: they are tried again in a minute
        """
        left = self.env["utility.meter.match"].search([("run_id", "=", self.id), ("state", "=", waiting)])
        if not left:
            self.state = "ready"
            return 0
        if self.attempts >= PATIENCE:
            for pair in left.with_env(run.env):
                pair._refuse(self.env._("Somebody kept working on one of these meters: attach them again later."))
            self.write({"state": "ready", "progress": self.total})
            return len(left)
        self.write({"cursor": 0, "attempts": self.attempts + 1})
        if self.attempts == 1:
            return 0  # some were only added while the others were worked on
        # sudo: the trigger only brings the job forward
        self.env.ref("utility_billing_sync.ir_cron_matching").sudo()._trigger(fields.Datetime.now() + RETRY_AFTER)
        return None

    def _next_pairs(self, state):
        domain = [("run_id", "=", self.id), ("state", "=", state), ("id", ">", self.cursor)]
        return self.env["utility.meter.match"].search(domain, order="id", limit=BATCH)

    def _all_or_each(self, pairs, apply):
        """Apply to all pairs at once; where one is refused, to each alone, so that it stops nobody else.

        :return: number of pairs that wait as they are: somebody else is working on their meters at this moment
        """
        if not pairs:
            return 0
        try:
            with self.env.cr.savepoint():
                apply(pairs)
                self.env.flush_all()
        except (UserError, IntegrityError) as error:
            self.env.invalidate_all()
            if len(pairs) > 1:
                return sum(self._all_or_each(pair, apply) for pair in pairs)
            if isinstance(error, LockError):
                return 1
            pairs._refuse(str(error))
        return 0

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
