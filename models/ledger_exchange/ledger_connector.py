from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..ledger_entries.reconcile import Reconciler
from .runner import Runner
from .transactions import connector_lock

MANAGER = "utility_billing_sync.group_ledger_manager"


class LedgerConnector(models.Model):
    """Buttons and scheduled job of a connector; `Runner` does the work."""

    _inherit = "ledger.connector"

    missing_count = fields.Integer(
        string="Missing Codes",
        compute="_compute_missing_count",
        groups=MANAGER,
        help="Codes missing from the latest files, which seem to be incomplete: these codes stay active.",
    )
    doubtful_count = fields.Integer(
        string="Codes To Decide",
        compute="_compute_missing_count",
        groups=MANAGER,
        help="Codes that stand for another third party in the latest files: nothing is sent under them.",
    )
    first_count = fields.Integer(
        string="Documents From the First Date",
        compute="_compute_first_count",
        groups=MANAGER,
        help="Posted documents, from the first date on, that were never sent to the accounting system.",
    )

    received_count = fields.Integer(
        string="Bills Received To Complete",
        compute="_compute_received_count",
        help="Draft vendor bills that were created from received files.",
    )

    def _compute_received_count(self):
        drafts = [("connector_id", "in", self.ids), ("flow", "=", "scan"), ("move_id.state", "=", "draft")]
        found = dict(self.env["ledger.file"]._read_group(drafts, ["connector_id"], ["move_id:count_distinct"]))
        for connector in self:
            connector.received_count = found.get(connector._origin, 0)

    def _compute_missing_count(self):
        for name, mark in (("missing_count", "is_missing"), ("doubtful_count", "is_doubtful")):
            marked = [("connector_id", "in", self.ids), (mark, "=", True)]
            found = dict(self.env["ledger.code"]._read_group(marked, ["connector_id"], ["__count"]))
            for connector in self:
                connector[name] = found.get(connector._origin, 0)

    @api.depends("company_ids", "journal_ids", "date_start")
    def _compute_first_count(self):
        for connector in self:
            connector.first_count = Reconciler(connector).count_missing() if connector.company_ids else 0

    # === CRUD === #

    def write(self, vals):
        self._check_given([vals])
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            self._stop_runs()
        return result

    # === ACTIONS === #

    def action_synchronize(self):
        """*Synchroniser maintenant*: read answers and the référentiel, then send new entries and updates.

        :return: the action that shows the run
        """
        if not (self.env.su or self.env.user.has_group(MANAGER)):
            raise AccessError(
                self.env._(
                    "Only users who configure connectors may start a full synchronisation: export documents instead."
                )
            )
        self.check_access("read")
        runs = self.env["ledger.run"]
        for connector in self:
            # sudo: a connector may serve companies that the user cannot see; only the user's own are kept
            served = connector.sudo().company_ids.ids
            own = self.env.user.company_ids.filtered(lambda company, served=served: company.id in served)
            runs |= runs.browse(Runner(connector).start("synchronize", "manual", own).id)
        return runs._action_show()

    def action_view_documents(self):
        self.ensure_one()
        self.env["ledger.document"]._check_may_export()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.ledger_document_action")
        return action | {"context": {"search_default_connector_id": self.id, "compare_entries": True}}

    def action_view_doubtful(self):
        """Open the codes to decide: the accounting system gave them to another third party."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.ledger_code_action")
        domain = [("connector_id", "=", self.id)]
        return action | {"domain": domain, "context": {"search_default_doubtful": 1}}

    def action_deactivate_missing(self):
        """*Désactiver les codes manquants*: deactivate codes that were really deleted in the accounting system."""
        self.check_access("write")
        missing = [("connector_id", "in", self.ids), ("is_missing", "=", True)]
        codes = self.env["ledger.code"].search(missing)
        # sudo: users have no write access to codes; the caller may write the connector, and can see these codes
        codes.sudo()._close()

    # === BUSINESS === #

    def _reasons_in_use(self):
        """Nobody would read the answers to what was sent; what is written leaves once the connector is active again."""
        yield from super()._reasons_in_use()
        # sudo: documents of companies that the user cannot see count as well
        documents = self.env["ledger.document"].sudo()
        for connector in self:
            count = documents.search_count([("connector_id", "=", connector.id), ("state", "=", "exported")])
            if count:
                yield self.env._(
                    "%(connector)s: documents that were sent and not answered (%(count)s). Wait for the answers, or "
                    "accept or refuse their lots (Synchronisation Log).",
                    connector=connector.name,
                    count=count,
                )

    def _cron_synchronize(self):
        """Start the run that is due and continue open runs."""
        connector = self.exists().filtered("active")
        if connector and not connector._is_on_hold():
            Runner(connector).work()
        return super()._cron_synchronize()

    def _open_runs(self):
        """Return the runs to continue: unfinished ones, and failed ones whose next attempt is due."""
        due = ["|", ("date_end", "=", False), ("retry_on", "<=", self._now())]
        return self.env["ledger.run"].search([("connector_id", "=", self.id), *due], order="id")

    def _stop_runs(self):
        """End the open runs of archived connectors, whose job is off: they would stay in progress for ever."""
        # sudo: called for users who may archive the connector; its runs and lots are the server's
        for connector in self.sudo():
            mine = [("connector_id", "=", connector.id)]
            runs = connector.env["ledger.run"].search(mine)
            with connector_lock(connector) as held:
                for run in runs.filtered("is_active"):
                    if held:
                        run._stop()
                    else:
                        # the process that carries it out ends it after its batch
                        run.stop_requested = True
            written = connector.env["ledger.lot"].search_count([*mine, ("state", "=", "written")])
            if written:
                connector.message_post(
                    body=self.env._(
                        "Lots that are written but not delivered leave once it is active again: %s", written
                    )
                )

    def _check_active(self):
        """Refuse to start a run of an archived connector, which no job would finish.

        :raises UserError: the connector is archived
        """
        if not self.active:
            raise UserError(self.env._("The connector %s is archived: reactivate it first.", self.name))

    def _vital_signs(self):
        """Return counts, and ages in seconds, for a monitoring program; no personal data."""
        now = fields.Datetime.now()

        def age(moment):
            return int((now - moment).total_seconds()) if moment else None

        return {
            "id": self.id,
            "health": self.health,
            "last_success_age": age(self.last_success),
            "failing_age": age(self.failed_since),
            "late": max(age(self.next_run) or 0, 0),
            "waiting": self.waiting_count,
            "oldest_waiting_age": age(self.oldest_waiting),
            "oldest_unanswered_age": age(self.oldest_unanswered),
            "anomalies": self.anomaly_count,
            "open_runs": len(self._open_runs()),
        }
