"""The table of rights, cell by cell, and its page in the documentation."""

import inspect

from odoo.models import BaseModel

from .access import (
    METHODS,
    OPERATIONS,
    RIGHTS,
    ROLES,
    WITHOUT_COMPANY,
    calls,
    cell,
)
from .access_page import PAGE, files_with_sql, reason_of, reasons, render
from .access_town import AccessCase
from .support.sharing import MODULE


class TestAccess(AccessCase):
    def own_models(self):
        models = self.env.registry.items()
        return {name for name, model in models if model._original_module == MODULE and not model._abstract}

    def cells(self, people):
        """Return {(model, role): letters} of what these people may do with the record of each model."""
        found = {}
        for role, user in people.items():
            self.give_dialogs_to(self.users[role])
            env = self.env(user=user, context={"allowed_company_ids": user.company_ids.ids}, su=False)
            for model in self.own_models():
                record = self.records[model].with_env(env)
                found[model, role] = "".join(k for k, name in OPERATIONS.items() if record.has_access(name))
        return found

    def assertCells(self, people, expected):
        """Compare cell by cell; a failure names the wrong ones: (what may be done, what the table says)."""
        found, expected = self.cells(people), {(m, role): expected(m, role) for m in RIGHTS for role in ROLES}
        wrong = {
            key: (found.get(key), expected.get(key))
            for key in found.keys() | expected.keys()
            if found.get(key) != expected.get(key)
        }
        self.assertFalse(wrong)

    def test_every_cell(self):
        self.assertCells(self.users, cell)

    def test_every_cell_of_another_company(self):
        self.assertCells(self.strangers, lambda model, role: cell(model, role)[:1] if model in WITHOUT_COMPANY else "")

    def test_every_public_method(self):
        found = set()
        for name, model in self.env.registry.items():
            if model._abstract:
                continue
            for part in model.mro():
                if part.__module__.startswith(f"odoo.addons.{MODULE}."):
                    # what Odoo lets call anyway is named where a part of the module is about it
                    own = {m for m in self.public_methods(part) if name in METHODS or not self.is_odoos(model, m)}
                    found.update((name, method) for method in own)
        self.assertEqual(found, {(model, name) for model, name, _who in calls()})

    def is_odoos(self, model, method):
        return any(method in vars(part) for part in model.mro() if f"{MODULE}." not in part.__module__)

    def public_methods(self, part):
        return {
            name
            for name, value in vars(part).items()
            if inspect.isfunction(value)
            and not name.startswith("_")
            and not getattr(value, "_api_private", False)
            # nor what Odoo gives to every model, `web` included
            and not hasattr(BaseModel, name)
            and not hasattr(self.env.registry["base"], name)
        }

    def test_each_statement_past_the_orm_has_its_reason(self):
        known, files = reasons(), files_with_sql()
        self.assertFalse(
            [file for file in files if not reason_of(file, known)], "say it in tests/data/sql_reasons.toml"
        )
        self.assertFalse([place for place in known if not any(file.startswith(place) for file in files)], "not used")

    def test_the_page_is_made_from_the_table(self):
        self.assertEqual(PAGE.read_text("utf-8"), render(), "run: python tests/access_page.py")
