from odoo import models
from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.exceptions import UserError

from .chromium import PrintError, find_chromium
from .chromium_pdf import print_documents

#: System parameter, "chromium" or "wkhtmltopdf": the program that prints documents. Without it, see below.
ENGINE = "utility_billing_sync.pdf_engine"


class IrActionsReport(models.Model):
    """Prints PDF documents with Chromium if wkhtmltopdf is missing, as on Debian 13, or unpatched, as on Debian 12.

    The unpatched one prints neither header nor footer, and outlines instead of text: bills are twenty times larger.
    """

    _inherit = "ir.actions.report"

    def get_wkhtmltopdf_state(self):
        """Return "ok" if Chromium prints the documents."""
        return "ok" if self._prints_by_chromium() else super().get_wkhtmltopdf_state()

    def _prints_by_chromium(self):
        # sudo: a system parameter, which is compared only, not shown
        chosen = self.env["ir.config_parameter"].sudo().get_param(ENGINE)
        is_wanted = chosen == "chromium" or (chosen != "wkhtmltopdf" and not _wkhtml().is_patched_qt)
        return is_wanted and bool(find_chromium())

    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        if not self._prints_by_chromium():
            return super()._run_wkhtmltopdf(
                bodies, report_ref, header, footer, landscape, specific_paperformat_args, set_viewport_size
            )
        paper = self._get_report(report_ref).get_paperformat() if report_ref else self.get_paperformat()
        try:
            return print_documents(bodies, header, footer, paper, landscape)
        except PrintError as error:
            raise UserError(self.env._("Chromium did not print the document: %s", error)) from error
