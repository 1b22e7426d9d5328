"""The table of rights, cell by cell and call by call, and its page in the documentation."""

import inspect
from pathlib import Path

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.models import BaseModel
from odoo.service.model import execute_cr

from .access import CALLERS, OF_NO_COMPANY, OPERATIONS, RIGHTS, ROLES, WITHOUT_COMPANY, calls, cell, render
from .access_town import AccessCase
from .common import MODULE

PAGE = Path(__file__).resolve().parent.parent / "docs/access.rst"


class TestAccess(AccessCase):
    def own_models(self):
        models = self.env.registry.items()
        return {name for name, model in models if model._original_module == MODULE and not model._abstract}

    def give_dialogs_to(self, user):
        """Dialogs are those of who opened them."""
        for model in self.records:
            if self.env[model]._transient:
                self.env.cr.execute(f"UPDATE {self.env[model]._table} SET create_uid = %s", [user.id])
        self.env.invalidate_all()

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

    def test_every_cell(self):
        expected = {(model, role): cell(model, role) for model in RIGHTS for role in ROLES}
        self.assertEqual(self.cells(self.users), expected)

    def test_every_cell_of_another_company(self):
        expected = {
            (model, role): cell(model, role) if model in WITHOUT_COMPANY else "" for model in RIGHTS for role in ROLES
        }
        self.assertEqual(self.cells(self.strangers), expected)

    def test_every_public_method(self):
        found = set()
        for name, model in self.env.registry.items():
            if model._abstract:
                continue
            for part in model.mro():
                if part.__module__.startswith(f"odoo.addons.{MODULE}."):
                    found.update((name, method) for method in self.public_methods(part))
        self.assertEqual(found, {(model, name) for model, name, _who in calls()})

    def public_methods(self, part):
        return {
            name
            for name, value in vars(part).items()
            if inspect.isfunction(value)
            and not name.startswith("_")
            and not getattr(value, "_api_private", False)
            and not hasattr(BaseModel, name)
        }

    def call(self, user, model, name):
        """Call a method as RPC does, and undo what it did: its answer, None where it said no in its own words.

        :raises AccessError: the user may not
        """
        of_model = getattr(getattr(self.env.registry[model], name), "_api_model", False)
        before = self.env.cr.savepoint(flush=False)
        try:
            with self.registry.cursor() as cr:
                return execute_cr(cr, user.id, model, name, [] if of_model else [self.records[model].ids], {})
        except AccessError:
            raise
        except (UserError, RedirectWarning):
            return None
        finally:
            before.rollback()
            before.close()
            self.env.invalidate_all()

    def test_every_role_calls_every_public_method(self):
        for role, user in self.users.items():
            self.give_dialogs_to(user)
            for model, name, who in calls():
                with self.subTest(f"{model}.{name}", role=role):
                    if role not in CALLERS[who]:
                        self.assertRaises(AccessError, self.call, user, model, name)
                        continue
                    answer = self.call(user, model, name)
                    if who == "anyone" and answer:
                        self.assertEqual(answer["type"], "ir.actions.act_window")

    def test_nothing_of_another_company_is_called(self):
        for role, user in self.strangers.items():
            self.give_dialogs_to(self.users[role])
            for model, name, who in calls():
                if who == "anyone" or role not in CALLERS[who]:
                    continue
                with self.subTest(f"{model}.{name}", role=role):
                    if (model, name) in OF_NO_COMPANY:
                        self.call(user, model, name)
                    else:
                        self.assertRaises(AccessError, self.call, user, model, name)

    def test_the_page_is_made_from_the_table(self):
        self.assertEqual(PAGE.read_text("utf-8"), render(), "write docs/access.rst again: see tests/access.py")
