"""The table of rights, cell by cell, and its page in the documentation."""

import inspect
from pathlib import Path

from odoo.exceptions import AccessError, MissingError
from odoo.models import BaseModel
from odoo.service.model import call_kw
from odoo.tests import TransactionCase, new_test_user

from .access import GIVEN, METHODS, OPERATIONS, RIGHTS, ROLES, render
from .common import MODULE

PAGE = Path(__file__).resolve().parent.parent / "docs/access.rst"


class TestAccess(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(cls.env, f"access_{place}", group)
            for place, (role, (group, _french)) in enumerate(ROLES.items())
        }

    def own_models(self):
        models = self.env.registry.items()
        return {name for name, model in models if model._original_module == MODULE and not model._abstract}

    def test_every_cell(self):
        found = {}
        for model in self.own_models():
            for role, user in self.users.items():
                records = self.env[model].with_user(user)
                found[model, role] = "".join(k for k, name in OPERATIONS.items() if records.has_access(name))
        expected = {
            (model, role): dict(zip(GIVEN, cells, strict=True)).get(role, "")
            for model, cells in RIGHTS.items()
            for role in ROLES
        }
        self.assertEqual(found, expected)

    def test_every_public_method(self):
        found = {}
        for name, model in self.env.registry.items():
            if model._abstract:
                continue
            for part in model.mro():
                if part.__module__.startswith(f"odoo.addons.{MODULE}."):
                    found.setdefault(name, set()).update(self.public_methods(part))
        expected = {model: set(names.split()) for model, names in METHODS.items()}
        self.assertEqual({model: names for model, names in found.items() if names}, expected)

    def public_methods(self, part):
        return {
            name
            for name, value in vars(part).items()
            if inspect.isfunction(value)
            and not name.startswith("_")
            and not getattr(value, "_api_private", False)
            and not hasattr(BaseModel, name)
        }

    def test_outsiders_call_nothing_of_the_module_s_models(self):
        """At most an empty window is opened: what it shows is asked for with the reader's own rights."""
        for model in self.own_models() & set(METHODS):
            record = self.env[model].search([], limit=1).id or 1
            for role in ("public", "portal", "plain user"):
                records = self.env[model].with_user(self.users[role])
                for name in METHODS[model].split():
                    ids = [] if getattr(getattr(records, name), "_api_model", False) else [[record]]
                    with self.subTest(f"{model}.{name}", role=role):
                        try:
                            answer = call_kw(records, name, ids, {})
                        except (AccessError, MissingError):
                            continue
                        self.assertEqual(answer.get("type"), "ir.actions.act_window", answer)

    def test_the_page_is_made_from_the_table(self):
        self.assertEqual(PAGE.read_text("utf-8"), render(), "write docs/access.rst again: see tests/access.py")
