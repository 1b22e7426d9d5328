"""The order of the packages of models/: each imports, extends and calls only those below it (docs/architecture.rst)."""

import ast
from pathlib import Path

from odoo.tests import BaseCase, TransactionCase

from .support.package_order import BELOW, MODELS, built_names, core_attributes, read_sources, violations
from .support.sharing import MODULE

CODE = ("core", "models", "wizards", "controllers")
FOLDERS = (*CODE, "tests")


class TestOrder(TransactionCase):
    def test_nothing_above_is_used(self):
        known = {
            name
            for model in self.env.registry.values()
            for name, field in model._fields.items()
            if not field.inherited and field._modules != (MODULE,)
        }
        self.assertFalse(list(violations(read_sources(), known | core_attributes())), "a package uses what is above it")


class TestPackages(BaseCase):
    def test_every_package_has_its_place(self):
        folders = {path.parent.name for path in MODELS.glob("*/__init__.py")}
        self.assertEqual(folders, set(BELOW))
        loose = [path.name for path in MODELS.glob("*.py") if path.name != "__init__.py"]
        self.assertFalse(loose, "a model belongs to a package")

    def test_what_is_below_the_packages_below_is_below(self):
        for package, below in BELOW.items():
            with self.subTest(package):
                self.assertLessEqual({under for each in below for under in BELOW[each]}, set(below))
                self.assertNotIn(package, below)

    def test_every_package_says_what_lives_there(self):
        root = MODELS.parent
        packages = [path for folder in FOLDERS for path in (root / folder).rglob("__init__.py")]
        self.assertGreater(len(packages), len(BELOW) + len(FOLDERS))
        for path in packages:
            with self.subTest(path.relative_to(root)):
                self.assertTrue(ast.get_docstring(ast.parse(path.read_text())))

    def test_no_attribute_is_found_by_a_name_built_at_run_time(self):
        """Neither a search for the name nor the order of the packages would see it."""
        root = MODELS.parent
        paths = [path.relative_to(root) for folder in CODE for path in (root / folder).rglob("*.py")]
        texts = {path: (root / path).read_text() for path in paths if "tests" not in path.parts}
        self.assertGreater(len(texts), 200)
        self.assertFalse(built_names(texts))

    # === A FORGED FILE IS FOUND === #

    def assertForbidden(self, lines, reason, above=""):
        """Each of some lines of a file of `metering` is found, for a reason, beside a file of `billing`."""
        forged = {Path("billing/forged.py"): above, Path("metering/forged.py"): "\n".join(lines)}
        found = set(violations(read_sources() | forged))
        for number, line in enumerate(lines, 1):
            with self.subTest(line):
                self.assertIn(f"metering/forged.py:{number} {reason}", found)

    def test_a_forbidden_import(self):
        lines = (
            "from ..billing.collect import collect",
            "from .. import billing",
            "from ..billing import collect",
        )
        self.assertForbidden(lines, "imports billing")

    def test_a_forbidden_private_call(self):
        lines = (
            "self._forged_above()",
            "run = self.env['x']._forged_above",
        )
        self.assertForbidden(lines, "uses _forged_above of billing", "def _forged_above(self):\n    pass")

    def test_a_forbidden_call_by_a_string(self):
        lines = (
            "getattr(self, '_forged_above')()",
            "code = f'model.browse({id})._forged_above()'",
            "field = fields.Char(compute='_forged_above')",
        )
        self.assertForbidden(lines, "names _forged_above of billing", "def _forged_above(self):\n    pass")

    def test_a_name_built_at_run_time(self):
        lines = (
            "getattr(self, f'_step_{name}')()",
            "getattr(self, '_step_' + name)()",
            "getattr(self, '_step_%s' % name)()",
            "getattr(self, '_step_{}'.format(name), None)",
            "getattr(self, '_'.join(('', 'step', name)))",
            "getattr(self, '_now' if name == 'now' else f'_step_{name}')",
            "setattr(self, f'{name}_count', 1)",
            "methodcaller(f'_step_{name}')",
            "operator.attrgetter('id', f'{name}_id')",
            "step = f'_step_{name}'",
            "getattr(self, step)()",
        )
        found = {line.split()[0] for line in built_names({"forged.py": "\n".join(lines)})}
        forged = {number for number, line in enumerate(lines, 1) if not line.startswith("step =")}
        self.assertEqual(found, {f"forged.py:{number}" for number in forged})
        known = "getattr(self, '_step')\ngetattr(self, name)\nsetattr(self, names[0], f'{name}')\nattrgetter(*NAMES)"
        self.assertFalse(built_names({"known.py": known}))

    def test_a_forbidden_button(self):
        above = "def action_forged(self):\n    pass"
        self.assertForbidden(["self.action_forged()"], "uses action_forged of billing", above)

    def test_a_forbidden_model(self):
        above = "class Forged:\n    _name = 'utility.forged'"
        lines = (
            "self.env['utility.forged'].search([])",
            "lines = fields.One2many('utility.forged', 'meter_id')",
            "_inherit = 'utility.forged'",
        )
        self.assertForbidden(lines, "names utility.forged of billing", above)
        self.assertForbidden(
            ["SQL('SELECT 1 FROM utility_forged')", "SQL('UPDATE utility_forged SET a = 1')"],
            "reads utility_forged of billing",
            above,
        )

    def test_a_forbidden_field(self):
        above = "class Forged:\n    forged_id = fields.Many2one('x')"
        lines = (
            "api.depends('meter_id.forged_id.name')",
            "api.constrains('forged_id')",
            "search([('forged_id', '=', 1)])",
            "search([('meter_id.forged_id', 'in', ids)])",
            "Domain('forged_id', '!=', False)",
            """meter_id = fields.Many2one('x', domain="[('forged_id', '=', section_id)]")""",
            "name = fields.Char(related='forged_id.name')",
            "records.mapped('forged_id.name')",
            "records._read_group(domain, ['forged_id:day'])",
            "records.write({'forged_id': 1})",
            "records['forged_id']",
            "getattr(record, 'forged_id')",
            "_order = 'date, forged_id desc'",
            "_guard = Guard(kept='meter_id forged_id')",
        )
        self.assertForbidden(lines, "names forged_id of billing", above)
        self.assertForbidden(["record.meter_id.forged_id"], "uses forged_id of billing", above)

    def test_a_hook_of_below_may_be_called(self):
        sources = read_sources()
        sources[Path("billing/forged.py")] = "def _forged(self):\n    return super()._forged()"
        sources[Path("metering/hook.py")] = "def _forged(self):\n    pass"
        self.assertFalse(
            [line for line in violations(sources | {Path("metering/caller.py"): "self._forged()"}) if "forged" in line]
        )
