"""Base class of the steps of the setup."""

MODULE = "utility_billing_sync"


class Step:
    """A step of the setup. `makes` and `opens` are the groups required for its two actions.

    :param env: environment of the user
    """

    makes = ""
    opens = ""
    sample = ""

    def __init__(self, env):
        self.env = env

    @property
    def budgets(self):
        """Companies with a section to which the user has access; without any section, those ticked in the switcher."""
        sections = self.sections
        return sections.company_id if sections else self.env.companies

    @property
    def sections(self):
        return self._every("utility.section").search([])

    def is_done(self) -> bool:
        raise NotImplementedError

    def found(self) -> str:
        """Return a short text about existing records."""
        return ""

    def lacking(self) -> str:
        """Return what the ticked companies still lack of a step that is done, which `make` creates too."""
        return ""

    def make(self):
        """Create what can be created automatically. Returns the action that shows it, or None."""

    def open(self) -> dict:
        raise NotImplementedError

    def _every(self, model):
        """Return a model with every company of the user in its context, whether ticked in the switcher or not."""
        return self.env[model].with_context(allowed_company_ids=self.env.user.company_ids.ids)

    def _action(self, name, **values):
        action = self.env["ir.actions.act_window"]._for_xml_id(name if "." in name else f"{MODULE}.{name}")
        return {**action, **values}

    def _names(self, records):
        return ", ".join(records.mapped("name"))
