"""What all steps of the setup have in common."""

MODULE = "utility_billing_sync"


class Step:
    """One step. `makes` and `opens` name the groups without which it is for somebody else.

    :param env: of the user; `budgets`: the companies that bill, or will
    """

    makes = ""
    opens = ""
    sample = ""

    def __init__(self, env):
        self.env = env

    @property
    def budgets(self):
        """Companies with a section, among those that the user may enter; those ticked as long as there is none."""
        sections = self.sections
        return sections.company_id if sections else self.env.companies

    @property
    def sections(self):
        return self._every("utility.section").search([])

    def is_done(self) -> bool:
        raise NotImplementedError

    def found(self) -> str:
        """Return what there is already, in a few words."""
        return ""

    def make(self):
        """Make what can be made, and return the action that shows it, or nothing."""

    def open(self) -> dict:
        raise NotImplementedError

    def _every(self, model):
        """Return a model whose records are looked for in each company that the user may enter, ticked or not."""
        return self.env[model].with_context(allowed_company_ids=self.env.user.company_ids.ids)

    def _action(self, name, **values):
        action = self.env["ir.actions.act_window"]._for_xml_id(name if "." in name else f"{MODULE}.{name}")
        return {**action, **values}

    def _names(self, records):
        return ", ".join(records.mapped("name"))
