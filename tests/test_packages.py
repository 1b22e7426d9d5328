"""The order of the packages of models/: each imports, extends and calls only those below it (docs/architecture.rst)."""

import ast
from collections import defaultdict
from pathlib import Path

from odoo.models import BaseModel
from odoo.tests import BaseCase

MODELS = Path(__file__).resolve().parent.parent / "models"
#: Every package, with those below it.
BELOW = {
    "common": (),
    "metering": ("common",),
    "sharing": ("common", "metering"),
    "billing": ("common", "metering", "sharing"),
    "moves": ("common", "metering", "sharing", "billing"),
    "self_readings": ("common", "metering", "sharing", "billing"),
    "sending": ("common", "metering", "sharing", "billing"),
    "figures": ("common", "metering", "sharing", "billing"),
    "ledger": ("common",),
    "telemetry": ("common", "metering", "sharing", "ledger"),
    "ledger_codes": ("common", "ledger"),
    "ledger_entries": ("common", "ledger"),
    "ledger_payments": ("common", "ledger", "ledger_entries"),
    "ledger_exchange": ("common", "ledger", "ledger_codes", "ledger_entries", "ledger_payments"),
}
BELOW["collecting"] = ("common", "metering", "sharing", "billing", "ledger", "ledger_entries", "ledger_payments")
BELOW["setup"] = tuple(BELOW)
BELOW["dashboard"] = tuple(BELOW)
BELOW["followup"] = tuple(BELOW)
#: Methods of named tuples, which are not private whatever their name.
NAMED_TUPLE = ("_make", "_replace", "_asdict")


def read_sources():
    """Return {path below models/: text}."""
    return {path.relative_to(MODELS): path.read_text() for path in MODELS.rglob("*.py") if path.parent != MODELS}


def violations(sources):
    """Return a line for each import of, and each private name of, a package that is not below the one that uses it.

    A private name counts as that of the packages that define it, unless each of them extends what Odoo defines: it
    then calls `super()`. A hook that a lower package defines, for others to extend, is the lower package's.
    """
    trees = {path: ast.parse(text) for path, text in sources.items()}
    owners = _owners(trees)
    for path, tree in trees.items():
        package = path.parts[0]
        allowed = {package, *BELOW[package]}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level == len(path.parts):
                for name in _packages(node):
                    if name not in allowed:
                        yield f"{path}:{node.lineno} imports {name}"
            elif isinstance(node, ast.Attribute) and node.attr in owners and not owners[node.attr] & allowed:
                yield f"{path}:{node.lineno} uses {node.attr} of {', '.join(sorted(owners[node.attr]))}"


def _packages(node):
    """Return the packages that a relative import, from the folder of the packages, names."""
    names = [node.module.split(".")[0]] if node.module else [name.name for name in node.names]
    return [name for name in names if name in BELOW]


def _owners(trees):
    """Return {private name: packages that define it}."""
    owners, extended = defaultdict(set), set()
    for path, tree in trees.items():
        for name in _class_attributes(tree):
            owners[name].add(path.parts[0])
            extended.add(name)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and _is_private(node.name):
                owners[node.name].add(path.parts[0])
                if not _calls_super(node):
                    extended.add(node.name)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_private(node.attr):
                owners[node.attr].add(path.parts[0])
                extended.add(node.attr)
    return {name: packages for name, packages in owners.items() if name in extended}


def _class_attributes(tree):
    """Return the private names that classes define by an assignment in their body."""
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    targets = [target for body in bodies for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return [target.id for target in targets if isinstance(target, ast.Name) and _is_private(target.id)]


def _is_private(name):
    """Tell whether a name is private to the module: neither Odoo's models nor named tuples have it."""
    is_known = name in NAMED_TUPLE or hasattr(BaseModel, name)
    return name.startswith("_") and not name.startswith("__") and not is_known


def _calls_super(function):
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == function.name
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "id", "") == "super"
        for node in ast.walk(function)
    )


class TestPackages(BaseCase):
    def test_every_package_has_its_place(self):
        folders = {path.parent.name for path in MODELS.glob("*/__init__.py")}
        self.assertEqual(folders, set(BELOW))
        loose = [path.name for path in MODELS.glob("*.py") if path.name != "__init__.py"]
        self.assertFalse(loose, "a model belongs to a package")

    def test_every_package_says_what_lives_there(self):
        for path in MODELS.glob("*/__init__.py"):
            with self.subTest(path.parent.name):
                self.assertTrue(ast.get_docstring(ast.parse(path.read_text())))

    def test_nothing_above_is_used(self):
        self.assertFalse(list(violations(read_sources())), "a package uses what is above it")

    def test_a_forbidden_import_is_found(self):
        for line in (
            "from ..billing.collect import collect",
            "from .. import billing",
            "from ..billing import collect",
        ):
            with self.subTest(line):
                found = list(violations(read_sources() | {Path("metering/forged.py"): line}))
                self.assertEqual(found, ["metering/forged.py:1 imports billing"])

    def test_a_forbidden_private_call_is_found(self):
        sources = read_sources()
        sources[Path("billing/forged.py")] = "def _forged_above(self):\n    pass"
        for line in ("self._forged_above()", "run = self.env['x']._forged_above"):
            with self.subTest(line):
                found = list(violations(sources | {Path("metering/forged.py"): line}))
                self.assertEqual(found, ["metering/forged.py:1 uses _forged_above of billing"])

    def test_a_hook_of_below_may_be_called(self):
        sources = read_sources()
        sources[Path("billing/forged.py")] = "def _forged(self):\n    return super()._forged()"
        sources[Path("metering/hook.py")] = "def _forged(self):\n    pass"
        self.assertFalse(
            [line for line in violations(sources | {Path("metering/caller.py"): "self._forged()"}) if "forged" in line]
        )
