"""A section that shares a meter with another section, to which its users have no access."""

import contextlib
from datetime import date

from odoo.tools import SQL

from .attack import MODULE, NOBODYS, REFERRING, WORD, AttackCase

#: Roles with rights on at least one model.
ROLES = ("agent", "person in charge", "connector manager", "approving accountant")

#: They hold ids.
OF_IDS = ("id", "asked_domain")


class NeighbourCase(AttackCase):
    """`neighbours` and `residents`: {role: user}, of the section of `card` and of the one `beyond`, of `there`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.beyond = cls.other.company_id
        partner = cls.env["res.partner"].create({"name": f"{WORD} neighbour", "company_id": cls.beyond.id})
        values = {"partner_id": partner.id, "meter_id": cls.there.id, "date_start": "2020-01-01"}
        cls.env["utility.subscription"].create(values)
        for day, index in ((date(2025, 1, 1), 5), (date(2025, 5, 31), 15), (date(2025, 12, 31), 30)):
            cls.env["utility.reading"].create({"meter_id": cls.there.id, "date": day, "index": index, "kind": "real"})
        cls.waiting = cls.env["utility.reading"].create(
            {"meter_id": cls.card.id, "date": date(2025, 9, 30), "index": 25, "kind": "real"}
        )
        cls.mine["utility.reading"] = cls.waiting
        cls.mine["utility.meter.attach"].section_id = cls.section
        for between in ("utility.meter.pair", "utility.meter.match", "utility.meter.matching"):
            cls.mine.pop(between)
        cls.neighbours = cls.make_people("next", cls.section.company_id)
        cls.residents = cls.make_people("beyond", cls.beyond)
        cls.env.flush_all()
        cls.env.invalidate_all()

    def as_neighbour(self, role, model):
        return self.as_user(self.neighbours[role], model)

    def as_user(self, user, model):
        """Return the record of mine as a user sees it; none where they may not read it."""
        context = {"allowed_company_ids": user.company_ids.ids}
        records = self.env[model].with_env(self.env(user=user.id, context=context, su=False))
        if records._transient:
            self.give_dialogs_to(user)
        record = records.browse(self.mine[model].id)
        return record if record.has_access("read") else records.browse()

    @contextlib.contextmanager
    def by_rpc(self, record):
        """Yield the record in a cursor of its own, which a method may commit."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            mine = record.with_env(record.env(cr=cr))
            yield mine
            mine.env.flush_all()

    def give_dialogs_to(self, user):
        """A dialog belongs to the user who opened it."""
        for name, record in self.mine.items():
            if self.env[name]._transient:
                update = SQL("UPDATE %s SET create_uid = %s", SQL.identifier(record._table), user.id)
                self.env.cr.execute(update)
        self.env.invalidate_all()

    def of_module(self, record):
        return [
            name
            for name, field in record._fields.items()
            if (field._modules[:1] == (MODULE,) or field.inherited)
            and name not in NOBODYS
            and field.type != "binary"
            and record._has_field_access(field, "read")
        ]

    def read_each(self, record):
        """Return {field: what its reader is shown}, without ids, which differ from one attempt to the next."""
        names, shown = self.of_module(record), {}
        for some in [names] if self.may_read(record, *names) else [[name] for name in names]:
            kept = []
            ended, _text = self.attempt(lambda s=some, k=kept: k.append(self.plain(record, s)))
            shown |= kept[0] if ended == "done" else {some[0]: ended}
        return shown

    def may_read(self, record, *names):
        return self.attempt(lambda: record.read(names))[0] == "done"

    def plain(self, record, names):
        return {
            name: self.as_shown(value, record, name)
            for name, value in record.read(names)[0].items()
            if name not in OF_IDS
        }

    def as_shown(self, value, record, name):
        field = record._fields[name]
        if field.type not in ("one2many", "many2many"):
            return str(value[1] if field.type == "many2one" and value else value)
        lines = record.env[field.comodel_name].browse(value)
        if not lines._transient:
            return str(sorted(lines.sudo().mapped("display_name")))
        told = [name for name in self.of_module(lines) if lines._fields[name].type not in REFERRING]
        return str([{name: line[name] for name in told} for line in lines.read(told)])
