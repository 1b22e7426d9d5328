"""The steps of the setup, by key. They read and write as the user."""

from .accounting_steps import Companies, Sections, Tariffs, Vat
from .record_steps import Meters, Readings, Subscribers, Subscriptions
from .step import MODULE, Step


class Sharing(Step):
    """The option *Partage des points de raccordement*, if there are several sections."""

    makes = f"{MODULE}.group_utility_manager"

    def is_done(self):
        sections = self.sections
        return len(sections) == 1 or (bool(sections) and all(c.share_connection_points for c in sections.company_id))

    def found(self):
        return self._names(self.sections.company_id.filtered("share_connection_points"))

    def make(self):
        for company in self.budgets.filtered(lambda c: not c.share_connection_points):
            entered = self._every("utility.billing.settings").with_company(company)
            entered.create({"company_id": company.id, "share_connection_points": True}).action_save()

    def open(self):
        return self.env["utility.billing.settings"].action_open()


class Rights(Step):
    """Rights of the module for users other than the administrator."""

    opens = "base.group_system"

    def is_done(self):
        return bool(self._people())

    def found(self):
        return self._names(self._people()[:3])

    def open(self):
        return self._action("base.action_res_users")

    def _people(self):
        groups = [self.env.ref(f"{MODULE}.{name}").id for name in ("group_utility_user", "group_ledger_monitor")]
        people = self.env["res.users"].search([("all_group_ids", "in", groups), ("share", "=", False)])
        return people.filtered(lambda user: not user._is_admin() and user.id != self.env.ref("base.user_root").id)


class MeterMatching(Step):
    """Matching: one connection point for each device of two sections."""

    makes = f"{MODULE}.group_utility_manager"

    def is_done(self):
        return len(self.sections) == 1 or bool(self._matching()) or bool(self._shared())

    def found(self):
        shared = self._shared()
        return self.env._("%s shared connection points", shared) if shared else ""

    def make(self):
        return self._action("utility_meter_matching_action", views=[(False, "form")])

    def open(self):
        return self._action("utility_meter_matching_action")

    def _matching(self):
        return self.env["utility.meter.matching"].search_count([("state", "=", "ready")], limit=1)

    def _shared(self):
        return self.env["utility.connection.point"].search_count([("is_shared", "=", True)])


class Campaign(Step):
    """First campaign."""

    makes = f"{MODULE}.group_utility_manager"

    def is_done(self):
        runs = self._every("utility.billing.run")
        return bool(runs.search_count([("state", "in", ("billed", "posted"))], limit=1))

    def make(self):
        return self._action("utility_billing_run_action", views=[(False, "form")])

    def open(self):
        return self._action("utility_billing_run_action")


class Connector(Step):
    """Connector of the accounting system."""

    makes = f"{MODULE}.group_ledger_manager"
    opens = f"{MODULE}.group_ledger_manager"

    def is_done(self):
        return bool(self._connectors().filtered("last_success"))

    def found(self):
        return self._names(self._connectors())

    def make(self):
        return self._action("ledger_connector_action", views=[(False, "form")])

    def open(self):
        return self._action("ledger_connector_action")

    def _connectors(self):
        if not self.env["ledger.connector"].has_access("read"):
            return self.env["ledger.connector"]
        return self.env["ledger.connector"].search([])


STEPS = {
    "companies": Companies,
    "vat": Vat,
    "sections": Sections,
    "tariffs": Tariffs,
    "sharing": Sharing,
    "rights": Rights,
    "subscribers": Subscribers,
    "meters": Meters,
    "subscriptions": Subscriptions,
    "readings": Readings,
    "matching": MeterMatching,
    "campaign": Campaign,
    "connector": Connector,
}
