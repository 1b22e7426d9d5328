from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..common.guarded import Guard
from ..metering.sample_url import sample_url
from .steps import STEPS


class UtilitySetupStep(models.Model):
    """A step of *Mise en route*: its purpose, its state and its actions."""

    _name = "utility.setup.step"
    _description = "Setup Step"
    _inherit = ["utility.guarded"]
    _order = "sequence, id"
    _guard = Guard(kept="key sequence name description make_label open_label")

    key = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    name = fields.Char(required=True, translate=True, readonly=True)
    description = fields.Text(translate=True, readonly=True)
    make_label = fields.Char(translate=True, readonly=True)
    open_label = fields.Char(translate=True, readonly=True)
    is_done = fields.Boolean(compute="_compute_state")
    is_next = fields.Boolean(compute="_compute_state", help="The first step that is not done.")
    found = fields.Char(compute="_compute_state")
    lacking = fields.Char(
        compute="_compute_state", help="What is still missing in ticked companies, although the step is done."
    )
    can_make = fields.Boolean(compute="_compute_rights")
    can_open = fields.Boolean(compute="_compute_rights")
    sample = fields.Char(compute="_compute_rights")
    lacking_right = fields.Char(compute="_compute_rights", help="Right required for the step, which the user lacks.")

    _key_unique = models.Constraint("UNIQUE(key)", "This step already exists.")

    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_state(self):
        waiting = self._waiting()
        for step in self:
            step.is_done = step not in waiting
            step.is_next = step == waiting[:1]
            service = step._service()
            step.found, step.lacking = service.found(), step.is_done and service.lacking()

    @api.depends_context("uid")
    def _compute_rights(self):
        for step in self:
            service = step._service()
            step.can_make = bool(step.make_label) and self._holds(service.makes)
            step.can_open = self._holds(service.opens)
            step.sample = service.sample
            lacking = next((name for name in (service.makes, service.opens) if not self._holds(name)), None)
            step.lacking_right = lacking and self._name_of(lacking)

    # === ACTIONS === #

    def action_make(self):
        """Create what the step can create in one click, or open the screen for it.

        :raises AccessError: the user lacks the right for it
        """
        service = self._checked("makes")
        return service.make() or {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open_screen(self):
        """Open the screen of the step.

        :raises AccessError: the user lacks the right for it
        """
        return self._checked("opens").open()

    def action_download_sample(self):
        """Download the sample file of the step, which the import accepts unchanged."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": sample_url(self.env, self._service().sample),
            "target": "download",
        }

    @api.model
    def action_hide(self):
        """Remove the setup from the dashboard; it stays in the menu.

        :raises AccessError: the user is not a billing manager
        """
        self.browse().check_access("read")
        # sudo: called for managers, who may not write companies; a single option of the companies ticked
        self.env.companies.sudo().utility_setup_closed = True
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === BUSINESS === #

    @api.model
    def _waiting(self):
        """Return the steps that are not done, in their order."""
        return self.search([("key", "in", list(STEPS))]).filtered(lambda step: not step._service().is_done())

    def _service(self):
        return STEPS[self.key](self.env)

    def _name_of(self, group):
        return self.env.ref(group).sudo().full_name  # sudo: name of a group that the user lacks

    def _holds(self, group):
        return not group or self.env.user.has_group(group)

    def _checked(self, use):
        self.ensure_one().check_access("read")
        service = self._service()
        if not self._holds(getattr(service, use)):
            right = self._name_of(getattr(service, use))
            raise AccessError(
                self.env._("%(step)s: ask a user with the right “%(right)s”.", step=self.name, right=right)
            )
        return service
