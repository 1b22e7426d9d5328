"""A town is set up from nothing, through screens only, in French."""

from odoo.tests import tagged

from .support.browser import BrowserCase
from .support.sharing import MODULE
from .test_setup import SetupCase


@tagged("-standard", "l10n_fr_account", "post_install", "-at_install", MODULE)
class TestSetupTour(SetupCase, BrowserCase):
    def test_a_town_from_nothing(self):
        self.make("companies")
        self.walk("utility_setup", self.user, "utility_setup_step_action", self.companies)
        sections = self.env["utility.section"].search([("company_id", "in", self.companies.ids)])
        readings = self.env["utility.reading"].search([("section_id", "in", sections.ids)])
        self.assertEqual(len(readings), 10)
