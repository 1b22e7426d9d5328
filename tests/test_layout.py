"""What holds the repository together: nothing forgotten, nothing too long, nothing unguarded."""

import ast
import re
from pathlib import Path

from lxml import etree

from odoo.modules.module import Manifest
from odoo.tests import BaseCase, TransactionCase

from . import test_core
from .support.sharing import MODULE

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 300
CODE = (
    "core",
    "models",
    "controllers",
    "wizards",
    "tests",
    "tools",
    "benchmarks",
    "static",
    "views",
    "security",
    "data",
    "report",
)


def sources(*suffixes, folders=CODE):
    """Return the files with these suffixes.

    :raises AssertionError: a folder was renamed: the tests of its files would pass without reading one
    """
    missing = [folder for folder in folders if not (ROOT / folder).is_dir()]
    assert not missing, f"no such folder: {missing}"
    return sorted(p for folder in folders for p in (ROOT / folder).rglob("*") if p.suffix in suffixes)


def shown(path):
    return str(path.relative_to(ROOT))


class TestFiles(BaseCase):
    def test_every_test_file_is_imported(self):
        tree = ast.parse((ROOT / "tests/__init__.py").read_text())
        imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in node.names}
        files = {path.stem for path in (ROOT / "tests").glob("test_*.py")}
        self.assertEqual(imported & files, files, "tests/__init__.py forgets a file: it never runs")

    def test_every_core_test_file_is_bridged(self):
        for name in test_core.bridged_modules():
            prefix = f"test_{name.removeprefix('test_')}__"
            with self.subTest(name):
                self.assertTrue(
                    [m for m in dir(test_core.TestCore) if m.startswith(prefix)],
                    "no test of this file is run",
                )

    def test_core_knows_no_odoo(self):
        """core/ works without Odoo: it imports no odoo, and nothing of the module outside core/."""
        for path in sources(".py", folders=("core",)):
            depth = len(path.relative_to(ROOT / "core").parts)
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    roots = {name.name.split(".")[0] for name in node.names}
                elif isinstance(node, ast.ImportFrom):
                    self.assertLessEqual(node.level, depth, f"{shown(path)}:{node.lineno} leaves core/")
                    roots = {(node.module or "").split(".")[0]} if not node.level else set()
                else:
                    continue
                self.assertNotIn("odoo", roots, f"{shown(path)}:{node.lineno}")

    def test_people_of_tests_have_their_logins_in_any_database(self):
        """Users of a database in use may bear them: `support/people.py` makes room (case of `./dev test --lived`)."""
        for path in sources(".py", folders=("tests",)):
            text = path.read_text()
            if path.name in ("people.py", "test_layout.py") or path.parent.name == "faults":
                continue
            with self.subTest(shown(path)):
                self.assertNotRegex(text, r"from odoo\.tests(\.common)? import .*\bnew_test_user\b")
                if re.search(r'"login": (?!person)', text):
                    self.assertIn("free_logins(", text)

    def test_refusals_are_of_odoo_s_own_types(self):
        """Odoo's web client shows any other type, subclasses of UserError included, as a failure of the server."""
        bases = {"UserError", "ValidationError", "AccessError", "MissingError", "RedirectWarning"}
        for path in sources(".py", folders=("models", "wizards", "controllers")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef):
                    with self.subTest(f"{shown(path)}: {node.name}"):
                        self.assertFalse(bases & {getattr(base, "id", "") for base in node.bases})

    def test_libraries_are_loaded_when_they_are_used(self):
        """A server rebuilt without them still loads the database: `core/ledger/servers.py` says what is missing."""
        floors = Manifest.for_addon(MODULE)["external_dependencies"]["python"]
        libraries = {line.partition(">")[0] for line in floors}
        needs = {"sftp", "private_keys", "ssh_offers"}
        for path in sources(".py", folders=("core", "models", "controllers", "wizards")):
            tree = ast.parse(path.read_text())
            at_once = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
            roots = {name.name.split(".")[0] for node in at_once if isinstance(node, ast.Import) for name in node.names}
            froms = {node.module or "" for node in at_once if isinstance(node, ast.ImportFrom)}
            modules = {name.split(".")[-1] for name in froms}
            if path.stem in needs or "tests" in path.parts:
                continue
            with self.subTest(shown(path)):
                self.assertFalse((roots | {name.split(".")[0] for name in froms}) & libraries)
                self.assertFalse(modules & needs)

    def test_no_file_is_too_long(self):
        long = {shown(p): n for p in sources(".py", ".js", ".xml") if (n := p.read_text().count("\n")) > LONGEST_FILE}
        self.assertFalse(long, f"split these files: {LONGEST_FILE} lines at most")

    def test_every_sudo_says_why(self):
        """A comment on the line, or in the three above, says who calls, what is touched, why it is safe."""
        silent = []
        for path in sources(".py", folders=("models", "controllers", "wizards")):
            lines = path.read_text().splitlines()
            for number, line in enumerate(lines):
                if ".sudo(" in line and not any("# sudo:" in above for above in lines[max(0, number - 3) : number + 1]):
                    silent.append(f"{shown(path)}:{number + 1}")
        self.assertFalse(silent, "sudo() without a “# sudo: …” comment")

    def test_every_data_file_is_loaded(self):
        manifest = Manifest.for_addon(MODULE)
        loaded = {*manifest["data"], *manifest["demo"]}
        folders = ("views", "wizards", "security", "data", "report", "demo")
        files = {shown(path) for path in sources(".xml", ".csv", folders=folders)}
        self.assertFalse(files - loaded, "__manifest__.py forgets these files")


class TestModels(TransactionCase):
    def _models(self):
        """Return the module's own models that have a table."""
        return [
            model for model in self.env.registry.values() if model._original_module == MODULE and not model._abstract
        ]

    def test_buttons_call_methods_on_records(self):
        """A button sends the ids of its records, which a method of the model alone does not take."""
        trees = [etree.parse(path) for path in sources(".xml", folders=("views", "wizards"))]
        names = {button.get("name") for tree in trees for button in tree.iterfind(".//button[@type='object']")}
        self.assertGreater(len(names), 50)
        wrong = {
            f"{model._name}.{name}"
            for model in self._models()
            for name in names
            if getattr(getattr(model, name, None), "_api_model", False)
        }
        self.assertFalse(wrong, "methods under @api.model that a button calls")

    def test_status_bars_go_forwards(self):
        """Odoo shows states in the order of the selection: a last one before the first would look like a next step."""
        models = [model._name for model in self._models()]
        views = self.env["ir.ui.view"].search([("arch_db", "ilike", "statusbar_visible"), ("model", "in", models)])
        bars = 0
        for view in views:
            for bar in etree.fromstring(view.arch).iterfind(".//field[@statusbar_visible]"):
                order = [value for value, _label in self.env[view.model]._fields[bar.get("name")].selection]
                shown = bar.get("statusbar_visible").split(",")
                bars += 1
                with self.subTest(view.xml_id):
                    self.assertEqual(shown, [value for value in order if value in shown])
        self.assertGreater(bars, 9)

    def test_every_model_has_access_rows_and_a_rule(self):
        rows = self.env["ir.model.access"].search([]).grouped(lambda row: row.model_id.model)
        rules = self.env["ir.rule"].search([]).grouped(lambda rule: rule.model_id.model)
        models = self._models()
        self.assertGreater(len(models), 10)
        for model in models:
            with self.subTest(model._name):
                self.assertTrue(rows.get(model._name), "no row in security/ir.model.access.csv")
                self.assertTrue(rules.get(model._name), "no rule in security/rules.xml: any company reads it")
                self.assertTrue(all(row.group_id for row in rows[model._name]), "a row without a group is everybody's")

    def test_every_list_says_something_while_it_is_empty(self):
        named = self.env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", "ir.actions.act_window")])
        actions = self.env["ir.actions.act_window"].browse(named.mapped("res_id"))
        lists = actions.filtered(lambda action: "list" in action.view_mode and action.target == "current")
        self.assertGreater(len(lists), 30)
        silent = lists.filtered(lambda action: "o_view_nocontent" not in (action.help or ""))
        self.assertFalse(silent.mapped("xml_id"), "their help says what will be there")

    def test_every_dialog_belongs_to_who_opened_it(self):
        for model in self._models():
            if not model._transient:
                continue
            rules = self.env["ir.rule"].search([("model_id.model", "=", model._name)])
            with self.subTest(model._name):
                self.assertTrue(any("create_uid" in rule.domain_force for rule in rules))


class TestRelease(BaseCase):
    """What somebody who installs or upgrades the addon meets first."""

    def setUp(self):
        super().setUp()
        self.manifest = Manifest.for_addon(MODULE)

    def test_the_version_has_its_entry_in_the_changelog(self):
        own = self.manifest["version"]
        headings = (ROOT / "CHANGELOG.rst").read_text().splitlines()
        self.assertIn(own, headings, "CHANGELOG.rst says what each version changes")
        versions = [line for line in headings if line.startswith("19.0.")]
        self.assertEqual(versions[0], own, "the newest comes first")
        self.assertLessEqual({path.name for path in (ROOT / "migrations").iterdir()}, set(versions))

    def test_the_libraries_needed_are_declared_once(self):
        floors = {line for line in (ROOT / "requirements.txt").read_text().split("\n") if line and line[0] != "#"}
        self.assertEqual(set(self.manifest["external_dependencies"]["python"]), floors)

    def test_what_odoo_imports_is_packaged(self):
        """A wheel holds each folder and file of Python at the root, but for what only developers need."""
        tree = ast.parse((ROOT / "tools/packaging/build_addon.py").read_text())
        packaged = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        code = {path.name for path in ROOT.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
        self.assertFalse(code - packaged - {"tests", "benchmarks", "tools"}, "tools/packaging/build_addon.py")

    def test_the_name_fits_the_list_of_apps(self):
        self.assertLessEqual(len(self.manifest["name"]), 25)

    def test_the_pictures_of_the_manifest_exist(self):
        for picture in self.manifest["images"]:
            self.assertTrue((ROOT / picture).exists(), picture)
