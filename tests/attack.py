"""Two towns, each with a record of every model and users of every role; users of one town try to reach the other."""

from unittest.mock import patch

from psycopg2 import Error as DatabaseError

from odoo import Command
from odoo.exceptions import RedirectWarning, UserError

from .access_town import JUNE, AccessCase
from .support.whole import Whole

#: Texts that only the other town's records contain: searched for in every answer and every refusal.
WORD, NUMBER = "ZQ7", "7654"
MODULE = "utility_billing_sync"
REFERRING = ("many2one", "one2many", "many2many", "reference", "many2one_reference")
NOBODYS = {"id", "display_name", "create_uid", "create_date", "write_uid", "write_date"}


class AttackCase(Whole, AccessCase):
    """Finds what a person of one town reaches of another one.

    `theirs` and `mine`: {model: record}; `people`: {role: user} of `mine` who may not enter `their_companies`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.theirs, cls.their_companies, cls.their_section = cls.records, cls.companies, cls.section
        cls.mark()
        cls.records = {}
        cls.section = cls.make_section("VOI", "water")
        cls.other = cls.make_section("VOJ", "sewerage")
        cls.companies = cls.section.company_id | cls.other.company_id
        cls.companies.share_connection_points = True
        every = (cls.companies | cls.their_companies).ids
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": every})
        cls.section, cls.other = cls.section.with_env(cls.env), cls.other.with_env(cls.env)
        cls.fixed, cls.water, cls.levy = (
            cls.make_product(name, cls.section, 5.5) for name in ("Abonnement", "Eau", "Redevance")
        )
        cls.tariff = cls.make_tariff(cls.section)
        cls.make_town()
        cls.mine = cls.records
        cls.people = cls.make_people("mine", cls.companies)
        cls.mine["ledger.approval.level"].user_ids = cls.people["approving accountant"]
        cls.own_layouts()
        cls.env.flush_all()
        # dialogs belong to the user who opened them; documents were checked again, which removed their anomalies
        for name, record in cls.mine.items():
            if cls.env[name]._transient:
                query = f"UPDATE {record._table} SET create_uid = %s WHERE id = %s"
                cls.env.cr.execute(query, [cls.people["person in charge"].id, record.id])
        for town, word in ((cls.theirs, WORD), (cls.mine, "VTE")):
            values = {"run_id": town["ledger.run"].id, "code": "scan_journal_missing", "params": {"company": word}}
            company = town["utility.section"].company_id
            town["ledger.anomaly"] = cls.env["ledger.anomaly"].sudo().create({**values, "company_id": company.id})
        cls.env.invalidate_all()

    @classmethod
    def own_layouts(cls):
        """Give my people layouts of their own; those of connectors are others' too."""
        connector = cls.mine["ledger.connector"]
        layout, answers = connector.entries_layout_id.copy(), connector.acknowledgement_layout_id.copy()
        cls.mine["ledger.layout"], cls.mine["ledger.column"] = layout, layout.column_ids[0]
        cls.mine["ledger.word"] = answers.word_ids[0]

    @classmethod
    def mark(cls):
        """Give the other town's records words and numbers that nobody else's hold."""
        company = cls.their_section.company_id
        for model, name in (
            ("res.partner", "name"),
            ("utility.section", "name"),
            ("utility.connection.point", "name"),
            ("utility.connection.point", "serial_number"),
            ("utility.connection.point", "street"),
            ("utility.tariff", "name"),
            ("utility.billing.run", "name"),
            ("ledger.connector", "name"),
            ("ledger.code", "name"),
            ("ledger.lot", "name"),
            ("utility.billing.finding", "message"),
        ):
            cls.theirs[model].sudo()[name] = f"{WORD} {name}"
        cls.theirs["account.move"].sudo().ref = f"{WORD} ref"
        cls.theirs["res.partner"].sudo().company_id = company
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE utility_reading SET index = index + 7654000 WHERE company_id IN %s", [cls.their_companies._ids]
        )
        cls.env.invalidate_all()

    def assertNothing(self, found):
        self.assertFalse(found, "\n".join(map(str, found)))

    # === WHO AND WHAT === #

    def as_one_of(self, role, model, **context):
        """Return a model as one of my people sees it."""
        user = self.people[role]
        context = {"allowed_company_ids": user.company_ids.ids, **context}
        return self.env[model].with_env(self.env(user=user.id, context=context, su=False))

    def roles_that(self, operation, model):
        found = [role for role in self.people if self.as_one_of(role, model).has_access(operation)]
        # roles are cumulative: of the roles allowed, the one with the fewest rights and the one with the most
        return list(dict.fromkeys([*found[:1], *found[-1:]]))

    def kinds(self, model):
        """Return {field of this module: its kind}: "kept", "once", "given", or "shown" for what is only computed."""
        declared, kinds = self.declared(model), {}
        for name, field in self.env[model]._fields.items():
            if field._modules[:1] == (MODULE,) and not field.inherited and name not in NOBODYS:
                shown = field.compute and not field.store and not field.inverse
                kinds[name] = declared.get(name) or ("shown" if shown else None)
        return kinds

    def declared(self, model):
        guards = [vars(part)["_guard"] for part in type(self.env[model]).mro() if "_guard" in vars(part)]
        return {name: kind for guard in guards for name, kind in guard.kinds().items()}

    def models(self):
        return [name for name in self.mine if not self.env[name]._abstract]

    # === VALUES === #

    def another(self, record, name):
        """Return a value of a field that the record does not have."""
        field, now = record._fields[name], record.sudo()[name]
        if field.type in REFERRING:
            return self.foreign(record._name, name)
        if field.type == "selection":
            values = [value for value, _label in field._description_selection(record.env)]
            return next((value for value in values if value != now), None)
        return {
            "boolean": lambda: not now,
            "integer": lambda: (now or 0) + 7,
            "float": lambda: (now or 0) + 7,
            "monetary": lambda: (now or 0) + 7,
            "date": lambda: "2019-12-31",
            "datetime": lambda: "2019-12-31 12:00:00",
            "json": lambda: {"forged": 1},
            "binary": lambda: "Zm9yZ2Vk",
        }.get(field.type, lambda: "forged")()

    def foreign(self, model, name):
        """Return a value of a relational field that leads to the other town; None where all towns share the model."""
        field = self.env[model]._fields[name]
        if field.type == "reference":
            return f"res.partner,{self.theirs['res.partner'].id}"
        target = self.foreign_record(field.comodel_name if field.relational else None, model)
        if not target:
            return None
        return [Command.link(target.id)] if field.type in ("one2many", "many2many") else target.id

    def foreign_record(self, comodel, model):
        company = self.their_section.company_id
        if comodel is None:  # a code's record: of the kind of my own code
            return self.env["account.account"].search([("company_ids", "in", company.ids)], limit=1)
        if comodel in self.theirs and comodel not in ("ledger.layout", "ledger.column", "ledger.word"):
            return self.theirs[comodel]
        found = {
            "res.users": lambda: self.users["agent"],
            "account.journal": lambda: self.their_section.journal_id,
            "product.product": lambda: self.theirs["utility.tariff.line"].product_id,
        }
        return found[comodel]() if comodel in found else None

    def basis(self, model):
        """Return values of another record of a model: those of mine, and others where two may not be alike."""
        record, values = self.mine[model].sudo(), {}
        for name, kind in self.kinds(model).items():
            field = record._fields[name]
            asked = field.required or field.type == "many2one"
            own_name = field.type == "many2one" and field.comodel_name == "res.users"
            if kind not in ("given", "once") or field.type in ("one2many", "binary") or not asked or own_name:
                continue
            if record[name] or field.type in ("integer", "float"):
                values[name] = field.convert_to_write(record[name], record)
        return values | self.unlike(model)

    def makers(self, model):
        """Return the roles that make records of a model; none where a value is needed that only the server gives."""
        given = self.basis(model)
        fields = self.env[model]._fields
        needed = {n for n, f in fields.items() if f.required and not (f.default or f.compute)}
        own = {name for name, kind in self.kinds(model).items() if kind == "kept"}
        if needed & own - given.keys():
            return []
        also = {"res.company": "res.partner"}.get(model, model)
        found = [role for role in self.roles_that("create", model) if self.as_one_of(role, also).has_access("create")]
        of_dialog = any(fields[n].comodel_name and self.env[fields[n].comodel_name]._transient for n in given)
        return [
            role
            for role in found
            if (not of_dialog or role == "person in charge")
            and all(self.as_one_of(role, model)._has_field_access(fields[name], "write") for name in given)
        ]

    def columns(self):
        """Return commands that make the columns of my layout anew."""
        found = self.mine["ledger.layout"].sudo().column_ids.copy_data()
        return [Command.create({n: v for n, v in values.items() if n != "layout_id"}) for values in found]

    def unlike(self, model):
        mine = {name: record.id for name, record in self.mine.items()}
        values = {
            "utility.reading": {"date": "2025-07-31", "index": 400},
            "utility.connection.point": {"serial_number": "N-1"},
            "utility.meter": {"serial_number": "N-1", "connection_point_id": False},
            "utility.subscription": {"date_start": "2000-01-01", "date_end": "2000-12-31"},
            "utility.subscription.tariff": {"date_start": "2031-01-01"},
            "utility.section": {"name": "N", "code": "N", "company_id": self.section.company_id.id},
            "utility.tariff": {"name": "N"},
            "utility.tariff.version": {"date_start": "2031-01-01"},
            "utility.dwelling.class": {"name": "N", "area_mean": 90},
            "utility.reading.word": {"word": "N"},
            "utility.billing.run": {"date_start": "2025-01-01", "date_end": "2025-03-31"},
            "utility.telemetry.source": {"name": "N"},
            "res.partner": {"name": "N"},
            "res.company": {"name": "N"},
            "utility.reading.import": {"file": "QQ=="},
            "ledger.connector": {"active": False},
            "ledger.layout": {"column_ids": self.columns()},
            "account.move": {
                "move_type": "in_invoice",
                "partner_id": mine["res.partner"],
                "company_id": self.section.company_id.id,
                "invoice_date": JUNE,
            },
        }
        return values.get(model, {})

    # === ATTEMPTS === #

    def attempt(self, function):
        """Do something, and undo it. Returns how it ended ("done", "refused", "failed"), and its whole answer."""
        point = self.env.cr.savepoint(flush=False)
        try:
            answer = function()
            self.env.flush_all()
            return "done", repr(answer)
        except (UserError, RedirectWarning) as error:
            return "refused", str(error)
        except (DatabaseError, ValueError, TypeError, KeyError, AttributeError) as error:
            return "failed", str(error)
        finally:
            self.env.clear()
            point.rollback()
            point.close()
            self.env.invalidate_all()

    def onchange(self, record, name, value):
        """Ask for all that a form shows of this module's fields."""
        shown = {
            other: {"fields": {"display_name": {}}} if field.relational else {}
            for other, field in record._fields.items()
            if field._modules[:1] == (MODULE,) and field.type != "binary" and record._has_field_access(field, "read")
        }
        return record.onchange({name: value}, [name], shown)

    def in_debug_mode(self, records, names):
        """Any user may switch it on, and Odoo then names the records that it refuses."""
        users = self.env.registry["res.users"]
        has_group = users.has_group
        with patch.object(users, "has_group", lambda s, g: g == "base.group_no_one" or has_group(s, g)):
            return records.read(names)

    def load(self, record, name, value):
        answer = record.load([".id", name], [[str(record.id), str(value)]])
        if not answer["ids"]:
            raise UserError(repr(answer["messages"]))
        return answer["ids"]

    def tells(self, text):
        """Return whether an answer contains a text that only the other town's records contain."""
        return WORD in text or NUMBER in text
