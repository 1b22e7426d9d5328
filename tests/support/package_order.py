"""Finds what a package of `models/` uses of a package above it, in the source: imports, private names, models, fields.

A name built at run time is not found. Fields may be read so (`record[f"{name}_count"]`); methods may not be called so:
`built_names` finds `getattr` and its kind with such a name.
"""

import ast
import re
from collections import defaultdict
from functools import partial
from pathlib import Path

from odoo.models import BaseModel

MODELS = Path(__file__).resolve().parents[2] / "models"
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
    "ledger_entries": ("common", "ledger", "ledger_codes"),
    "ledger_payments": ("common", "ledger", "ledger_codes", "ledger_entries"),
    "ledger_exchange": ("common", "ledger", "ledger_codes", "ledger_entries", "ledger_payments"),
}
BELOW["collecting"] = tuple({*BELOW["sending"], "billing", *BELOW["ledger_payments"], "ledger_payments"})
BELOW["setup"] = tuple(BELOW)
BELOW["dashboard"] = tuple(BELOW)
BELOW["followup"] = tuple(BELOW)

#: Methods of named tuples, which are not private whatever their name.
NAMED_TUPLE = ("_make", "_replace", "_asdict")
#: Methods and classes whose arguments name fields: in strings, in lists of them, in the keys of dictionaries.
NAMING = {
    *("Domain", "Guard", "One2many", "constrains", "depends", "getattr", "onchange", "setattr"),
    *("copy", "create", "filtered", "grouped", "mapped", "new", "read", "sorted", "update", "write"),
    *("_read_group", "flush_model", "flush_recordset", "invalidate_model", "invalidate_recordset", "search_fetch"),
}
#: Arguments of fields and attributes of models that name fields.
NAMING_VALUES = {"related", "domain", "inverse_name", "_order", "_rec_name", "_rec_names_search"}
#: Functions that find an attribute by its name, with the places of names among their arguments.
BY_NAME = dict.fromkeys(("getattr", "setattr", "hasattr", "delattr"), slice(1, 2))
BY_NAME |= {"methodcaller": slice(1), "attrgetter": slice(None), "__getattribute__": slice(1)}
#: Methods that return a text made of others.
BUILDING = {"format", "format_map", "join", "removeprefix", "removesuffix", "replace"}
TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)")
PRIVATE = re.compile(r"(?<!\w)_[a-z]\w*")


def read_sources():
    """Return {path below models/: text}."""
    return {path.relative_to(MODELS): path.read_text() for path in MODELS.rglob("*.py") if path.parent != MODELS}


def core_attributes():
    """Return the names of the attributes of core's classes, which may be those of fields."""
    trees = [ast.parse(path.read_text()) for path in (MODELS.parent / "core").rglob("*.py")]
    return {name for tree in trees for name in _annotated(tree)}


def violations(sources, known_fields=frozenset()):
    """Return a line for each use of a package that is not below the one that uses it.

    A private name counts as that of the packages that define it, unless each of them extends what Odoo defines: it
    then calls `super()`. A hook that a lower package defines, for others to extend, is the lower package's; so is a
    field that both define.

    :param dict sources: {path below models/: text}
    :param known_fields: names of fields of Odoo and of attributes of core, which belong to no package
    """
    trees = {path: ast.parse(text) for path, text in sources.items()}
    names, models, fields = _private_names(trees), _models(trees), _fields(trees)
    fields = {name: packages for name, packages in fields.items() if "_" in name and name not in known_fields}
    tables = {model.replace(".", "_"): packages for model, packages in models.items()}
    for path, tree in trees.items():
        allowed = {path.parts[0], *BELOW[path.parts[0]]}
        find = partial(_above, allowed=allowed)
        found = [(line, f"imports {name}") for line, name in _imports(tree, len(path.parts)) if name not in allowed]
        found += find("uses", _attributes(tree), names) + find("uses", _attributes(tree), fields)
        texts = list(_texts(tree))
        found += find("names", ((line, name) for line, text in texts for name in PRIVATE.findall(text)), names)
        found += find("names", ((line, text) for line, text in texts), models)
        found += find("reads", ((line, name) for line, text in texts for name in TABLE.findall(text)), tables)
        found += find("names", _named_fields(tree), fields)
        yield from (f"{path}:{line} {what}" for line, what in dict.fromkeys(found))


def _above(verb, used, owners, allowed):
    return [
        (line, f"{verb} {name} of {', '.join(sorted(owners[name]))}")
        for line, name in used
        if name in owners and not owners[name] & allowed
    ]


def built_names(sources):
    """Return a line for each attribute that is found by a name built at run time, which no search for it finds.

    :param dict sources: {path: text}
    """
    found = [
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for path, text in sources.items()
        for scope in _scopes(ast.parse(text))
        for node in _by_built_name(scope)
    ]
    return list(dict.fromkeys(found))


def _scopes(tree):
    """Return the nodes of each function, then those outside functions."""
    functions = [list(ast.walk(node)) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inside = {id(node) for nodes in functions for node in nodes}
    return [*functions, [node for node in ast.walk(tree) if id(node) not in inside]]


def _by_built_name(scope):
    assigned = [node for node in scope if isinstance(node, ast.Assign | ast.NamedExpr) and _is_built(node.value)]
    variables = {name.id for node in assigned for name in _targets(node) if isinstance(name, ast.Name)}
    for call in (node for node in scope if isinstance(node, ast.Call) and _called(node) in BY_NAME):
        names = call.args[BY_NAME[_called(call)]]
        if any(_is_built(name) or getattr(name, "id", "") in variables for name in names):
            yield call


def _targets(assignment):
    return assignment.targets if isinstance(assignment, ast.Assign) else [assignment.target]


def _is_built(node):
    """Tell whether a part of an expression is a text made of others."""
    match node:
        case ast.JoinedStr() | ast.BinOp(op=ast.Add() | ast.Mod()):
            return True
        case ast.Call(func=ast.Attribute(attr=name)) if name in BUILDING:
            return True
        case ast.IfExp(body=one, orelse=other):
            return _is_built(one) or _is_built(other)
        case ast.Starred(value=value) | ast.NamedExpr(value=value):
            return _is_built(value)
        case ast.BoolOp(values=values):
            return any(map(_is_built, values))
    return False


# === WHAT A FILE USES === #


def _imports(tree, depth):
    """Return the packages that relative imports name, of a file at a depth below models/."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == depth:
            names = [node.module.split(".")[0]] if node.module else [name.name for name in node.names]
            yield from ((node.lineno, name) for name in names if name in BELOW)


def _attributes(tree):
    return [(node.lineno, node.attr) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]


def _texts(tree):
    """Return all strings but docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docs = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, documented) and _has_doc(node)}
    return [(node.lineno, node.value) for node in ast.walk(tree) if _is_text(node) and id(node) not in docs]


def _named_fields(tree):
    """Return the names of fields in strings: of domains, dependencies, related fields, values…"""
    for node in ast.walk(tree):
        for text in _texts_of(_naming_values(node)):
            yield from ((node.lineno, name) for name in re.findall(r"\w+", text))


def _naming_values(node):
    match node:
        case ast.Call() if _called(node) in NAMING:
            return [*node.args, *(keyword.value for keyword in node.keywords)]
        case ast.keyword(arg=name, value=value) | ast.Assign(targets=[ast.Name(id=name)], value=value):
            return [value] if name in NAMING_VALUES else []
        case ast.Tuple(elts=[name, operator, _value]) if _is_text(operator):
            return [name]
        case ast.Subscript(slice=name):
            return [name]
    return []


def _texts_of(values):
    """Return the strings of arguments, of lists of them and of the keys of dictionaries."""
    for value in values:
        if _is_text(value):
            yield value.value
        elif isinstance(value, ast.List | ast.Tuple | ast.Set):
            yield from _texts_of(value.elts)
        elif isinstance(value, ast.Dict):
            yield from _texts_of(value.keys)


def _called(call):
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _has_doc(node):
    return bool(node.body) and isinstance(node.body[0], ast.Expr)


# === WHO DEFINES IT === #


def _private_names(trees):
    """Return {private name: packages that define it}."""
    owners, extended = defaultdict(set), set()
    for path, tree in trees.items():
        for name, _value in _class_values(tree):
            if _is_private(name):
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


def _models(trees):
    """Return {model of this module: packages that create it}."""
    owners = defaultdict(set)
    for path, tree in trees.items():
        for name, value in _class_values(tree):
            if name == "_name" and value.value.startswith(("utility.", "ledger.")):
                owners[value.value].add(path.parts[0])
    return owners


def _fields(trees):
    """Return {field: packages that define it, or another attribute of that name}."""
    owners, attributes = defaultdict(set), defaultdict(set)
    for path, tree in trees.items():
        for name, value in _class_values(tree):
            if isinstance(value, ast.Call) and getattr(getattr(value.func, "value", None), "id", "") == "fields":
                owners[name].add(path.parts[0])
        for name in _annotated(tree):
            attributes[name].add(path.parts[0])
    return {name: packages | attributes.get(name, set()) for name, packages in owners.items()}


def _annotated(tree):
    """Return the attributes that dataclasses and named tuples define."""
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return [node.target.id for body in bodies for node in body if isinstance(node, ast.AnnAssign)]


def _class_values(tree):
    """Return the names that classes define by an assignment in their body, with the values assigned."""
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assigned = [node for body in bodies for node in body if isinstance(node, ast.Assign)]
    return [(target.id, node.value) for node in assigned for target in node.targets if isinstance(target, ast.Name)]


def _is_private(name):
    """Tell whether a name is private to the module, or a button's: neither Odoo's models nor named tuples have it."""
    is_known = name in NAMED_TUPLE or hasattr(BaseModel, name)
    return name.startswith(("_", "action_")) and not name.startswith("__") and not is_known


def _calls_super(function):
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == function.name
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "id", "") == "super"
        for node in ast.walk(function)
    )
