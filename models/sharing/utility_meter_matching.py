from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..common.guarded import Guard
from .unpaired_cards import UnpairedCards

#: For each task: the states of the pairs that it accepts, and their state while they wait.
TAKEN = {"attach": (("proposed", "refused", "undone"), "queued"), "undo": (("attached",), "leaving")}


class UtilityMeterMatching(models.Model):
    """*Rapprocher les compteurs*: proposes pairs of cards of two sections that may be one device."""

    _name = "utility.meter.matching"
    _rec_names_search = ["section_id", "other_section_id"]
    _inherit = ["utility.background.work", "utility.guarded", "utility.computed.name"]
    _description = "Matching of Meters"
    _order = "id desc"
    _job = "utility_billing_sync.ir_cron_matching"
    _guard = Guard(
        kept="company_id other_company_id state task match_ids",
        once="section_id other_section_id",
        across="other_section_id",
    )

    section_id = fields.Many2one(
        "utility.section",
        string="Section That Keeps Its Points",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_sections()[:1],
        help="Its general information prevails: the cards of the other section move to its connection points.",
    )
    other_section_id = fields.Many2one(
        "utility.section",
        string="Section to Attach",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_sections()[1:2],
    )
    company_id = fields.Many2one(related="section_id.company_id", store=True, index=True)
    other_company_id = fields.Many2one(
        related="other_section_id.company_id", store=True, string="Company of the Section to Attach"
    )
    state = fields.Selection(
        [("draft", "To launch"), ("running", "In progress"), ("stopped", "Stopped"), ("ready", "Pairs to look at")],
        required=True,
        default="draft",
        readonly=True,
    )
    task = fields.Selection(
        [("propose", "Comparing the cards"), ("attach", "Attaching"), ("undo", "Undoing")], readonly=True
    )
    match_ids = fields.One2many("utility.meter.match", "run_id", string="Pairs", readonly=True)
    certain_count = fields.Integer(compute="_compute_counts", string="Certain")
    probable_count = fields.Integer(compute="_compute_counts", string="Probable")
    possible_count = fields.Integer(compute="_compute_counts", string="Possible")
    attached_count = fields.Integer(compute="_compute_counts", string="Attached")
    refused_count = fields.Integer(compute="_compute_counts", string="Refused")
    distinct_count = fields.Integer(compute="_compute_counts", string="Not the same device")
    other_device_count = fields.Integer(compute="_compute_counts", string="Same place, other device")
    settled_count = fields.Integer(
        compute="_compute_counts", string="Settled", help="Attached, or not the same device."
    )
    open_count = fields.Integer(compute="_compute_counts", string="To look at")
    alone_count = fields.Integer(compute="_compute_alone_counts", string="Without pair")
    other_alone_count = fields.Integer(compute="_compute_alone_counts", string="Without pair in the section to attach")
    section_name = fields.Char(related="section_id.name", string="Name of the Section", related_sudo=True)
    other_section_name = fields.Char(
        related="other_section_id.name", string="Name of the Section to Attach", related_sudo=True
    )

    _two_sections = models.Constraint(
        "CHECK(section_id != other_section_id)", "Choose two sections: a section shares its meters with another one."
    )

    @api.model
    def _default_sections(self):
        """Return the sections that share, water first, since the water service installs the meters."""
        sections = self._reachable().env["utility.section"].search([("company_id.share_connection_points", "=", True)])
        return sections.sorted(lambda section: section.service != "water")

    @api.depends("section_id", "other_section_id")
    def _compute_display_name(self):
        self._origin.fetch(["section_id", "other_section_id"])
        # sudo: a reader of the matching, checked in the line above, has access to the companies of both sections
        for run in self.sudo():
            run.display_name = f"{run.section_id.name or ''} – {run.other_section_id.name or ''}"

    @api.depends("match_ids.state", "match_ids.confidence")
    def _compute_counts(self):
        groups = self.env["utility.meter.match"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state", "confidence"], ["__count"]
        )
        for run in self:
            mine = [row[1:] for row in groups if row[0] == run._origin]
            to_look_at = Counter({found: n for state, found, n in mine if state == "proposed"})
            by_state = Counter()
            for state, _confidence, n in mine:
                by_state[state] += n
            for name in ("certain", "probable", "possible", "other_device"):
                run[f"{name}_count"] = to_look_at[name]
            for name in ("attached", "refused", "distinct"):
                run[f"{name}_count"] = by_state[name]
            run.settled_count = by_state["attached"] + by_state["distinct"]
            run.open_count = to_look_at.total() - to_look_at["other_device"]

    @api.depends("match_ids.state")
    def _compute_alone_counts(self):
        for run in self:
            run.alone_count, run.other_alone_count = UnpairedCards(run._origin).counts()

    # === CRUD === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_attached(self):
        for run in self:
            if run.state == "running" or run.attached_count:
                raise UserError(
                    self.env._(
                        "Matching %s is running or has attached meters: undo them first, or keep it so that you can "
                        "undo them.",
                        run.display_name,
                    )
                )

    # === ACTIONS === #

    def action_propose(self):
        """Compare the cards of the two sections and propose pairs, in the background; attached pairs stay attached."""
        self.ensure_one()
        self._check_launch()
        self._release()
        self._launch("propose", total=1)

    def action_attach_certain(self):
        """Attach all certain pairs, in the background."""
        self._start_on("attach", self._pairs([("state", "=", "proposed"), ("confidence", "=", "certain")]))

    def action_undo_all(self):
        """Detach all pairs that this matching attached, in the background."""
        self._start_on("undo", self._pairs([("state", "=", "attached")]))

    def action_resume(self):
        """Resume the task where it stopped."""
        self.ensure_one()
        self._check_launch()
        if self.state == "stopped":
            self._launch(self.task, resume=True)

    def action_view_matches(self):
        """Open the pairs; the context may give an initial filter."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.utility_meter_match_action")
        begin = {name: True for name in self.env.context if name.startswith("search_default_")}
        return action | {
            "name": self.env._("Pairs of Cards: %s", self.display_name),
            "domain": [("run_id", "=", self.id)],
            "context": begin | {"allowed_company_ids": self.env.user.company_ids.ids},
        }

    def action_view_alone(self):
        """Open the unpaired cards of the first section, or of the other one if the context says so."""
        self.ensure_one()
        self.check_access("read")
        is_other = bool(self.env.context.get("of_section_to_attach"))
        section = self.other_section_id if is_other else self.section_id
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.utility_meter_alone_action")
        return action | {
            # sudo: readers of the matching have access to the companies of both sections
            "name": self.env._("Without pair: %s", section.sudo().name),
            "domain": [("section_id", "=", section.id), ("unpaired_matching_id", "=", self.id)],
            "context": {"allowed_company_ids": self.env.user.company_ids.ids, "utility_matching_id": self.id},
        }

    # === BUSINESS === #

    def _pairs(self, domain):
        return self._reachable().env["utility.meter.match"].search([("run_id", "=", self.id), *domain])

    def _reachable(self):
        """Return this matching with all of the user's companies allowed, not only those ticked."""
        return self.with_context(allowed_company_ids=self.env.user.company_ids.ids)

    def _check_may_work(self):
        """Check the rights of the user who launches background work.

        :raises AccessError: the user is not a manager, or has no access to one of the companies
        """
        self.check_access("read")

    def _check_launch(self, task=None):
        """Refuse at once a task that would otherwise fail pair by pair.

        :param task: the running task to which pairs are added; None: a new task
        :raises ValidationError: sharing is off in one of the companies
        :raises UserError: another task is running
        """
        self = self._reachable()
        self._check_may_work()
        off = (self.company_id | self.other_company_id).filtered(lambda c: not c.share_connection_points)
        if off:
            raise ValidationError(
                self.env._(
                    "%(companies)s: the option “Connection Point Sharing” is off. Switch it on first "
                    "(Configuration → Billing → Billing Element).",
                    companies=", ".join(off.mapped("name")),
                )
            )
        if self.state == "running" and (not task or self.task != task):
            raise UserError(self.env._("Matching %s is already in progress.", self.display_name))

    def _start_on(self, task, pairs):
        """Start to attach or detach these pairs, in the background, or add them to the running task.

        :return: number of pairs accepted
        :raises UserError: none of the pairs can be accepted, or they belong to several matchings
        """
        if len(self) != 1:
            raise UserError(self.env._("Choose pairs of one matching at a time."))
        self = self._reachable()
        self._check_launch(task)
        pairs.with_env(self.env).check_access("read")
        is_going_on = self.state == "running"
        if not is_going_on:
            self._release()
        taken, waiting = TAKEN[task]
        self.env.cr.execute(
            SQL(
                "UPDATE utility_meter_match SET state = %s WHERE id = ANY(%s) AND state = ANY(%s)",
                waiting,
                pairs.ids,
                list(taken),
            )
        )
        count = self.env.cr.rowcount
        if not count:
            raise UserError(self.env._("None of these pairs can be attached or undone."))
        self.env["utility.meter.match"].invalidate_model(["state"], flush=False)
        if is_going_on:
            # sudo: state of the work, after the rights on it were checked
            self.sudo().total += count
        else:
            self._launch(task, total=count)
        return count

    def _launch(self, task, total=0, resume=False):
        values = {"state": "running", "task": task, "error": False, "user_id": self.env.uid}
        if not resume:
            values |= {"cursor": 0, "progress": 0, "total": total, "attempts": 0}
        # sudo: state of the work, after the rights on it were checked
        self.sudo().write(values)
        self._wake_job()

    def _release(self):
        """Release the pairs that still wait for a stopped task, since another task begins."""
        self.env.flush_all()
        for waiting, before in (("queued", "proposed"), ("leaving", "attached")):
            self.env.cr.execute(
                SQL(
                    "UPDATE utility_meter_match SET state = %s WHERE run_id = %s AND state = %s",
                    before,
                    self.id,
                    waiting,
                )
            )
        self.env["utility.meter.match"].invalidate_model(["state"], flush=False)
