"""Steps that import the town's records: subscribers, meters, subscriptions, readings."""

from .step import MODULE, Step


class Records(Step):
    """Import of records from a file: subscribers, meters, subscriptions or readings."""

    model = ""
    action = ""

    def is_done(self):
        return bool(self.sections) and all(self._count(section) for section in self.sections)

    def found(self):
        counts = [(section.name, self._count(section)) for section in self.sections]
        return ", ".join(f"{name} : {count}" for name, count in counts if count)

    def make(self):
        """Open Odoo's import of a file, in every company of the sections."""
        context = {"allowed_company_ids": self.env.user.company_ids.ids}
        return {
            "type": "ir.actions.client",
            "tag": "import",
            "name": self.env._("Import a file"),
            "params": {"active_model": self.model, "context": context},
            "context": context,
        }

    def open(self):
        return self._action(self.action)

    def _count(self, section):
        return self._every(self.model).search_count([("section_id", "=", section.id)])


class Subscribers(Records):
    makes = "base.group_partner_manager"
    model = "res.partner"
    action = "res_partner_action_subscriber"
    sample = "abonnes.csv"

    def is_done(self):
        return bool(self._number())

    def found(self):
        number = self._number()
        return self.env._("%s contacts with an address", number) if number else ""

    def _number(self):
        own = self.env.user.company_ids.partner_id.ids
        domain = [("id", "not in", own), ("street", "!=", False), ("user_ids", "=", False), ("parent_id", "=", False)]
        return self.env["res.partner"].search_count(domain)


class Meters(Records):
    makes = f"{MODULE}.group_utility_user"
    model = "utility.meter"
    action = "utility_meter_action"
    sample = "compteurs.csv"


class Subscriptions(Records):
    makes = f"{MODULE}.group_utility_user"
    model = "utility.subscription"
    action = "utility_subscription_action"
    sample = "abonnements.csv"


class Readings(Records):
    """Readings, by the module's own import, which reads the files of meter readers."""

    makes = f"{MODULE}.group_utility_user"
    model = "utility.reading"
    action = "utility_reading_action"
    sample = "releves.csv"

    def make(self):
        return self._action("utility_reading_import_action")
