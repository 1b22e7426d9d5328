"""Every search that the module's screens offer, read from its views: new fields, filters and boxes are included."""

from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import fields
from odoo.tools import safe_eval

from .sharing import MODULE

TEXTS = ("char", "text", "html", "many2one", "one2many", "many2many", "reference")
REFERRING = ("many2one", "many2many")


@dataclass(frozen=True)
class Search:
    """A search of a screen.

    :param kind: *field* (typed in the search box), *filter*, or *autocomplete* (typed in a field of a form)
    :param name: its name in the view; of an autocomplete, the fields that it serves
    :param domain: its domain; None for an autocomplete
    """

    model: str
    kind: str
    name: str
    text: str = ""
    domain: Any = None

    def run(self, env):
        """Make the call of the web client: the first page of a list with its count, or eight names."""
        model = env[self.model]
        if self.kind == "autocomplete":
            return model.name_search(self.text, [], "ilike", 8)
        return model.web_search_read(self.domain, {"id": {}}, limit=80, count_limit=10_001)


def all_searches(env, typed=lambda model, name: "1"):
    """Return every search of every view of the module.

    :param typed: function from a model and the name of a field to the text that a user types
    """
    return [*_boxes_and_filters(env, typed), *_autocompletes(env, typed)]


def own_views(env, kinds):
    """Return the views of these types that the module brings."""
    data = env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", "ir.ui.view")])
    return env["ir.ui.view"].search([("id", "in", data.mapped("res_id")), ("type", "in", kinds)])


def _boxes_and_filters(env, typed):
    for view in own_views(env, ["search"]):
        # an inherited view is part of its parent
        whole = view if view.mode == "primary" else view.inherit_id
        arch = etree.fromstring(env[view.model].get_view(whole.id, "search")["arch"])
        ours = {node.get("name") for node in etree.fromstring(view.arch).iter("field", "filter")}
        for node in arch.iter("field", "filter"):
            if node.get("name") in ours:
                yield from _search_of(env, view.model, node, typed)


def _search_of(env, model, node, typed):
    name, given = node.get("name"), node.get("filter_domain") or node.get("domain")
    if node.tag == "filter":
        if given:
            yield Search(model, "filter", name, domain=evaluated(env, given))
        return
    text = typed(env[model], name)
    if given:
        yield Search(model, "field", name, str(text), evaluated(env, given, text))
    elif name in env[model]._fields:
        operator = node.get("operator") or ("ilike" if env[model]._fields[name].type in TEXTS else "=")
        yield Search(model, "field", name, str(text), [(name, operator, text)])


def evaluated(env, domain, text=None):
    """Return a domain as the web client evaluates it."""
    names = {
        "self": text,
        "raw_value": text,
        "uid": env.uid,
        "context_today": lambda: fields.Date.context_today(env.user),
        "relativedelta": relativedelta,
        "datetime": safe_eval.datetime,
        "time": safe_eval.time,
        "context": {},
        "allowed_company_ids": env.companies.ids,
    }
    return safe_eval.safe_eval(domain, names)


def _autocompletes(env, typed):
    """Return one search for each model that a field of the module's screens refers to."""
    served = {}
    for view in own_views(env, ["form", "list", "kanban"]):
        arch = etree.fromstring(view.arch)
        for node in arch.iter("field"):
            _collect(env, view.model, node, served)
    for comodel, names in sorted(served.items()):
        model = env[comodel]
        shown = (model._rec_names_search or [model._rec_name or "id"])[0].split(".")[0]
        yield Search(comodel, "autocomplete", ", ".join(sorted(names))[:60], str(typed(model, shown)))


def _collect(env, model, node, served):
    """Collect the model that a field of a view refers to; fields of lines belong to the model of the lines."""
    path = [step.get("name") for step in reversed(list(node.iterancestors("field")))]
    for name in path:
        field = env[model]._fields.get(name)
        if field is None or not field.comodel_name:
            return
        model = field.comodel_name
    field = env[model]._fields.get(node.get("name"))
    if field is not None and field.type in REFERRING and node.get("readonly") != "1":
        served.setdefault(field.comodel_name, set()).add(f"{model}.{field.name}")
