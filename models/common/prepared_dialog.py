import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from .accounts import check_account
from .batches import commit_batch, gave_way
from .guarded import Guard
from .jobs import job_of
from .named_work import name_transaction

_logger = logging.getLogger(__name__)

JOB = "utility_billing_sync.ir_cron_dialogs"
#: Number of records above which a dialog is prepared by the job.
LARGE = 5_000


class UtilityPreparedDialog(models.AbstractModel):
    """A dialog that shows what would change, which takes long for many records: it opens at once, and a scheduled job
    prepares what it shows, so that no HTTP worker is occupied.

    A dialog that inherits it prepares what it shows in `_prepare`. Its screen asks for the job by the context value
    `prepare_later` (other callers get the prepared dialog), shows `preparation_error`, and reads the record again while
    `is_preparing` is set (static/src/js/background_form.js).
    """

    _name = "utility.prepared.dialog"
    _description = "Dialog Prepared by a Job"
    _inherit = ["utility.guarded"]
    _guard = Guard(kept="is_preparing is_prepared_by_job is_begun preparation_error asked_companies")

    is_preparing = fields.Boolean(readonly=True, help="A scheduled job is preparing what the dialog shows.")
    is_prepared_by_job = fields.Boolean(readonly=True, help="A scheduled job prepares what the dialog shows.")
    is_begun = fields.Boolean(readonly=True, help="The scheduled job has started to prepare it.")
    preparation_error = fields.Char(readonly=True, help="Why what the dialog shows could not be worked out.")

    asked_companies = fields.Json(readonly=True, help="Ids of the companies that were ticked.")

    # === BUSINESS === #

    def _prepare(self):
        """Hook: work out what the dialog shows, and store it.

        :raises UserError: why it cannot be shown
        """
        raise NotImplementedError

    def _prepare_now_or_later(self, count):
        """Prepare the dialog, or let the job do it if the screen can wait and there are many records.

        :param count: function that returns the number of records
        :return: whether the dialog is prepared
        """
        job = job_of(self.env, JOB)
        is_later = bool(self.env.context.get("prepare_later") and job.active and count() > LARGE)
        self._by_server().write(
            {
                "is_preparing": is_later,
                "is_prepared_by_job": is_later,
                "preparation_error": False,
                "asked_companies": self.env.companies.ids,
            }
        )
        if is_later:
            job._trigger()
        else:
            self._prepare()
        return not is_later

    def _check_prepared(self):
        """Refuse the answer to a dialog that is not prepared yet.

        :raises UserError: the job is still preparing it, or could not
        """
        if self.is_preparing or self.preparation_error:
            raise UserError(self.preparation_error or self.env._("What would change is still being counted."))

    @api.model
    def _cron_prepare(self):
        """Prepare every dialog that waits; called by the scheduled job."""
        job = self.env.ref(JOB)
        if gave_way(job):
            return
        waiting = [dialog for model in self._models() for dialog in model.search([("is_preparing", "=", True)])]
        for number, dialog in enumerate(waiting, start=1):
            if dialog.is_begun:
                dialog._end_preparation(dialog._say_interrupted())
            else:
                dialog.is_begun = True
                # committed: a job that is killed here would otherwise be killed here again and again
                self.env["ir.cron"]._commit_progress(0)
                dialog._prepare_for_user()
            if not commit_batch(job, 1, len(waiting) - number) and number < len(waiting):
                return

    @api.model
    def _models(self):
        """Return the dialogs' models."""
        names = sorted(self.env.registry.descendants([self._name], "_inherit"))
        return [self.env[name] for name in names if not self.env[name]._abstract]

    def _prepare_for_user(self):
        """Prepare the dialog with the rights of the user who opened it, as in their request; store any error."""
        user, error = self.create_uid, False
        companies = [company for company in self.asked_companies if company in user.company_ids.ids]
        dialog = self.with_user(user).with_context(allowed_company_ids=companies, lang=user.lang, tz=user.tz)
        name_transaction(self, user)
        try:
            with self.env.cr.savepoint():
                check_account(self.env, user)
                dialog._prepare()
        except UserError as refused:
            error = str(refused)
        except Exception:
            # a job that raises would be called again and again; the dialog shows that it failed
            _logger.exception("%s %s could not be prepared", self._name, self.id)
            error = dialog.env._("This could not be worked out: see the server's log.")
        self._end_preparation(error)

    def _end_preparation(self, error):
        self.write({"is_preparing": False, "is_begun": False, "preparation_error": error})

    def _say_interrupted(self):
        """Return the message of a preparation that ended with its server."""
        return self.with_context(lang=self.create_uid.lang).env._(
            "This was interrupted: the server was stopped, or working it out took longer than a job may. Try again, "
            "with fewer records if it happens again."
        )
