"""Every model, every field, every way in: nobody writes what the server keeps, nobody reaches another town's records.

A new field or model is tried without being named here. What it needs is a declaration: see docs/access.rst.
"""

import inspect

from odoo import Command
from odoo.tests import tagged

from .access import OF_NO_COMPANY, RIGHTS, WITHOUT_COMPANY, calls
from .attack import MODULE, NUMBER, REFERRING, WORD, AttackCase

HOW = """
Each field of this module says who gives it, in `_guard` of the class that defines it (models/common/guarded.py):
  kept   the server alone writes it (state, who and when, what is computed and stored)
  once   given when the record is made, never changed (the record it belongs to)
  given  by whoever may write the record; what it leads to must be readable by them and of the same company
A new model that people write also inherits "utility.guarded"; it gets rows in security/ir.model.access.csv, a rule in
security/rules.xml, a line in RIGHTS of tests/access.py and a record in tests/access_town.py."""


@tagged("post_install", "-at_install")
class TestAttack(AttackCase):
    # === DECLARED === #

    def test_every_field_is_declared(self):
        missing = []
        for model in self.env.registry:
            written = RIGHTS.get(model) and any(set(cell) & set("wc") for cell in RIGHTS[model])
            if self.env[model]._abstract or (model in RIGHTS and not written):
                continue
            own = {name for name, kind in self.kinds(model).items() if kind is None}
            if own and model != "res.config.settings":
                missing.append(f"{model}: {', '.join(sorted(own))}")
        self.assertFalse(missing, "\n".join(missing) + HOW)

    def test_what_is_declared_exists(self):
        strange = {
            (model, name)
            for model in self.env.registry
            if not self.env[model]._abstract
            for name in self.declared(model)
            if name not in self.env[model]._fields
        }
        self.assertNothing(strange)

    def test_models_that_people_write_are_guarded(self):
        guarded = self.env.registry["utility.guarded"]
        self.assertNothing(
            [
                f"{model} does not inherit utility.guarded{HOW}"
                for model, cells in RIGHTS.items()
                if any(set(cell) & set("wc") for cell in cells) and not isinstance(self.env[model], guarded)
            ]
        )

    def test_each_override_begins_with_the_guard(self):
        """Code before the guard, or before Odoo's own method, would use unchecked values: one of them comes first."""
        guarded = self.env.registry["utility.guarded"]
        parts = {part for model in self.env.registry.values() if issubclass(model, guarded) for part in model.mro()}
        late = set()
        for part in parts:
            if part.__module__.startswith(f"odoo.addons.{MODULE}.") and part.__name__ != "UtilityGuarded":
                for name in ("create", "write"):
                    override = vars(part).get(name)
                    first = inspect.unwrap(override).__code__.co_names[:2] if override else ("super",)
                    if first[0] != "super" and "_check_given" not in first and part.__name__ not in BEFORE_THE_GUARD:
                        late.add(f"{part.__module__}.{part.__name__}.{name} begins with {first}")
        self.assertNothing(sorted(late))

    # === WHAT THE SERVER KEEPS === #

    def kept(self, model):
        for name, kind in self.kinds(model).items():
            if kind == "kept":
                value = self.another(self.mine[model], name)
                if value is not None:
                    yield name, value

    def test_kept_values_are_not_written(self):
        found = []
        for model in self.models():
            for role in self.roles_that("write", model):
                for name, value in self.kept(model):
                    record = self.as_one_of(role, model).browse(self.mine[model].id)
                    for way, function in (
                        ("write", lambda r=record, n=name, v=value: r.write({n: v})),
                        ("web_save", lambda r=record, n=name, v=value: r.web_save({n: v}, {})),
                        ("import", lambda r=record, n=name, v=value: self.load(r, n, v)),
                    ):
                        ended, text = self.attempt(function)
                        if ended == "done" or self.tells(text):
                            found.append((model, name, way, role, ended, text[:120]))
        self.assertNothing(found)

    def test_kept_values_are_not_made(self):
        found = []
        for model in self.models():
            basis = self.basis(model)
            for role in self.makers(model):
                records = self.as_one_of(role, model)
                ended, text = self.attempt(lambda r=records, b=basis: r.create(b))
                if ended != "done":
                    found.append((model, "nothing is made", role, ended, text))
                for name, value in self.kept(model):
                    ended, text = self.attempt(lambda r=records, b=basis, n=name, v=value: r.create({**b, n: v}))
                    if ended != "refused" or self.tells(text):
                        found.append((model, name, "create", role, ended, text[:120]))
                    mine = records.browse(self.mine[model].id)
                    ended, text = self.attempt(lambda r=mine, n=name, v=value: r.copy({n: v}))
                    if ended == "done" or self.tells(text):
                        found.append((model, name, "copy", role, ended, text[:120]))
        self.assertNothing(found)

    def test_kept_values_are_no_defaults(self):
        """Neither a context's nor a person's own."""
        found = []
        for model in self.models():
            basis = self.basis(model)
            for role in self.makers(model):
                usual, kept = self.as_one_of(role, model), dict(self.kept(model))
                defaults, plain = usual.default_get(list(kept)), self.made(usual, basis, kept)
                for name, value in kept.items():
                    records = self.as_one_of(role, model, **{f"default_{name}": value})
                    told = records.default_get([name]).get(name)
                    made = self.made(records, basis, [name])[name]
                    if told != defaults.get(name) or made != plain[name]:
                        found.append((model, name, role, told, made[1][:120], plain[name][1][:120]))
        self.assertNothing(found)

    def made(self, records, basis, names):
        """Make a record. Returns {name: (how it ended, the value as text)}."""
        values = {}

        def make():
            record = records.create(basis)
            values.update((name, ("done", self.as_text(record, name))) for name in names)

        ended = self.attempt(make)
        return values if ended[0] == "done" else dict.fromkeys(names, ended)

    def as_text(self, record, name):
        value = record.sudo()[name]
        return str(value) if name not in NEVER_THE_SAME else ""

    # === WHAT LEADS TO ANOTHER TOWN === #

    def references(self, model):
        for name, kind in self.kinds(model).items():
            if self.env[model]._fields[name].type in REFERRING and kind != "shown":
                value = self.foreign(model, name)
                if value is not None:
                    yield name, kind, value

    def test_no_reference_leads_to_another_town(self):
        found = []
        for model in self.models():
            for role in self.roles_that("write", model):
                record = self.as_one_of(role, model).browse(self.mine[model].id)
                for name, _kind, value in self.references(model):
                    for way, function in (
                        ("write", lambda r=record, n=name, v=value: r.write({n: v})),
                        ("onchange", lambda r=record, n=name, v=value: self.onchange(r, n, v)),
                    ):
                        ended, text = self.attempt(function)
                        if self.led(ended, way, record, name) or self.tells(text):
                            found.append((model, name, way, role, ended, text[:200]))
        self.assertNothing(found)

    def led(self, ended, way, records, name):
        return ended == "done" and not (way == "onchange" and records._fields[name].comodel_name in READ_BY_ALL)

    def test_no_new_record_leads_to_another_town(self):
        found = []
        for model in self.models():
            basis = self.basis(model) or {}
            for role in self.roles_that("create", model):
                records = self.as_one_of(role, model)
                for name, _kind, value in self.references(model):
                    given = {**basis, name: value}
                    default = records.with_context(**{f"default_{name}": value})
                    rest = {key: other for key, other in basis.items() if key != name}
                    for way, function in (
                        ("create", lambda r=records, g=given: r.create(g)),
                        ("onchange", lambda r=records, n=name, v=value: self.onchange(r, n, v)),
                        ("default", lambda r=default, b=rest, n=name: self.as_ids(r.create(b), n)),
                    ):
                        ended, text = self.attempt(function)
                        target = str(value[0][1] if isinstance(value, list) else value)
                        led = self.led(ended, way, records, name) and (way != "default" or text == target)
                        if led or self.tells(text):
                            found.append((model, name, way, role, ended, text[:200]))
        self.assertNothing(found)

    def as_ids(self, record, name):
        value = record.sudo()[name]
        return int(value) if not hasattr(value, "ids") else int(",".join(map(str, value.ids)) or 0)

    # === WHAT IS READ === #

    def test_nothing_of_another_town_is_read(self):
        found = []
        for model in self.models():
            theirs = self.theirs[model]
            for role in self.people if model not in WITHOUT_COMPANY else ():
                records = self.as_one_of(role, model)
                names = [n for n, f in records._fields.items() if f._modules[:1] == (MODULE,) and f.type != "binary"]
                for way, function in (
                    ("read", lambda r=records, i=theirs.ids, n=names: r.browse(i).read(n)),
                    ("export", lambda r=records, i=theirs.ids: r.browse(i).export_data(["display_name"])),
                    ("search", lambda r=records, n=names: r.search_read([], ["display_name"])),
                    ("name", lambda r=records: r.name_search(WORD)),
                    ("debug", lambda r=records, i=theirs.ids, n=names: self.in_debug_mode(r.browse(i), n)),
                )[: 5 if model in RIGHTS else 4]:
                    ended, text = self.attempt(function)
                    if self.tells(text) or (ended == "done" and way in ("read", "export") and model in RIGHTS):
                        found.append((model, way, role, ended, text[:200]))
        self.assertNothing(found)

    def test_methods_tell_nothing_of_another_town(self):
        """Called with the ids of the other town's records: the refusal discloses nothing about them."""
        found = []
        for model, name, who in calls():
            if getattr(getattr(self.env.registry[model], name), "_api_model", False) or model not in self.theirs:
                continue
            for role in self.people:
                records = self.as_one_of(role, model).browse(self.theirs[model].ids)
                ended, text = self.attempt(getattr(records, name))
                allowed = who == "anyone" or (model, name) in OF_NO_COMPANY or model in WITHOUT_COMPANY
                if self.tells(text) or (ended == "done" and not allowed):
                    found.append((model, name, role, ended, text[:200]))
        self.assertNothing(found)

    def test_lines_are_no_way_around(self):
        """Commands on the lines of one's own record: what the server keeps of them, lines of another town."""
        found = []
        for model in self.models():
            for role in self.roles_that("write", model):
                record = self.as_one_of(role, model).browse(self.mine[model].id)
                for name, kind in self.kinds(model).items():
                    field = self.env[model]._fields[name]
                    if field.type != "one2many" or kind != "given" or field.comodel_name not in self.mine:
                        continue
                    lines = field.comodel_name
                    kept = dict(self.kept(lines))
                    commands = [Command.update(self.theirs[lines].id, {}), Command.link(self.theirs[lines].id)]
                    commands += [Command.update(self.mine[lines].id, {n: v}) for n, v in kept.items()]
                    commands += [Command.create({**(self.basis(lines) or {}), n: v}) for n, v in kept.items()]
                    for command in commands:
                        ended, text = self.attempt(lambda r=record, n=name, c=command: r.write({n: [c]}))
                        nothing = command[0] == Command.UPDATE and not command[2]
                        if self.tells(text) or (ended == "done" and not nothing):
                            found.append((model, name, role, command, ended, text[:200]))
        self.assertNothing(found)

    def test_all_at_once_tells_nothing_either(self):
        """Values computed as superuser are not left in the cache of users with fewer rights."""
        found = []
        theirs = {record._name: set(record.ids) for record in self.theirs.values()}
        for model in self.models():
            for role in self.people:
                record = self.as_one_of(role, model).browse(self.mine[model].id)
                if not record.has_access("read"):
                    continue
                fields = [f for f in record._fields.values() if f._modules[:1] == (MODULE,) or f.inherited]
                names = [f.name for f in fields if f.type != "binary" and self.may_read(record, f.name)]
                for order in (names, names[::-1]):
                    ended, text = self.attempt(lambda r=record, o=order: r.read(o))
                    self.assertEqual(ended, "done", (model, role, text[:200]))
                    if self.tells(text):
                        found.append((model, role, text[:200]))
        self.assertTrue(theirs)
        self.assertNothing(found)

    def may_read(self, record, name):
        """Whether a field by itself is one that the user reads: lists of bills are not an agent's."""
        return self.attempt(lambda: record.read([name]))[0] == "done"

    def test_the_words_are_there(self):
        """Users who may read the other town's records do get the texts that the others must not get."""
        text = repr(self.theirs["utility.reading"].sudo().read(["index", "display_name"]))
        self.assertIn(WORD, text)
        self.assertIn(NUMBER, text)


#: A billed reading says that it is billed, and a record in use what needs it, whatever is given, to who may write it.
BEFORE_THE_GUARD = {"UtilityReading", "UtilityInUse"}
#: Every internal user sees colleagues; administrators of access rights see companies.
READ_BY_ALL = ("res.users", "res.company")
#: They differ from one record to the next.
NEVER_THE_SAME = {"name", "previewed_on", "company_ids", "connection_point_id"}
