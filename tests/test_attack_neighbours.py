"""Two sections share a meter; people of one of them, who may not enter the other, try what they can do from there.

What they are shown may not depend on the other section's records, and nothing that they do takes anything away there.
"""

import contextlib

from psycopg2 import DatabaseError

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .access import CALLERS, calls
from .attack import MODULE
from .attack_neighbours import ROLES, NeighbourCase

#: How the columns of the other section are changed, to see for whom anything changes.
CHANGED = {
    "char": "%s || 'x'",
    "text": "%s || 'x'",
    "integer": "%s + 1000",
    "float": "%s + 1000",
    "monetary": "%s + 1000",
    "date": "%s + 1",
}
#: Shown on purpose (docs/access.rst): the names of sections that share a point.
NAME = ("utility.section", "name")
#: Fields that lead to that name, or to the run, for several companies, that found an anomaly of one of them.
LEADING_TO_NAMES = {
    ("utility.billing.handover", "target_company_id"),
    ("utility.reading.answer", "target_company_id"),
    ("utility.reading.answer", "target_section_id"),
    ("ledger.anomaly", "run_id"),
}
#: Visible to every internal user, or managed by administrators.
OF_ODOO = {"res.company", "res.partner"}
#: Readings are sent to the other section only after an answer (invariant 4).
SYNCHRONISED = {"utility_reading"}


@tagged("post_install", "-at_install")
class TestNeighbours(NeighbourCase):
    # === WHAT IS SHOWN === #

    def test_whom_a_record_leads_to_may_be_read(self):
        """Users must not get ids of the other section's cards, in whatever order fields are read."""
        found = set()
        for model in self.models():
            for role in ROLES if not self.env[model]._transient else ():
                record = self.as_neighbour(role, model)
                names = [name for name in self.of_module(record) if self.may_read(record, name)] if record else []
                for order in (names, names[::-1]) if names else ():
                    ended, text = self.attempt(lambda r=record, o=order: self.out_of_sight(r, o))
                    self.assertEqual(ended, "done", text)
                    found |= {(model, name) for name in names if f"'{name}'" in text}
        self.assertNothing(sorted(found - LEADING_TO_NAMES))

    def out_of_sight(self, record, names):
        """Return the fields that lead to records that rules keep from their reader."""
        hidden = []
        for name, value in record.read(names, load="")[0].items():
            comodel = record._fields[name].comodel_name
            target = record.env[comodel].browse(value) if comodel and value else None
            if target and target.browse().has_access("read") and not target.has_access("read"):
                hidden.append(name)
        return hidden

    def test_nothing_shown_depends_on_what_is_beyond(self):
        """Read twice: before and after every number, text and date of the other section has changed."""
        found = self.differing(self.neighbours)
        self.assertNothing([(key, before, after) for key, before, after in found])

    def test_who_works_in_both_sections_is_shown_the_change(self):
        """Control: for users with access to both sections, what is read does depend on the other section."""
        found = {key[1:] for key, _before, _after in self.differing({"agent": self.people["agent"]})}
        self.assertIn(("utility.reading", "action_synchronize"), found)

    def differing(self, people):
        """Return [((role, model, field or method), shown before, shown after)] of what the change shows them."""
        before = self.shown(people)
        self.change_beyond()
        after = self.shown(people)
        return [(key, text, after.get(key)) for key, text in before.items() if text != after.get(key)]

    def shown(self, people):
        """Return {(role, model, field or method): text}."""
        shown = {}
        for role, user in people.items():
            for model in self.models() if role in ROLES else ():
                record = self.as_user(user, model)
                if record:
                    told = self.read_each(record) | self.answers(record, role)
                    shown |= {(role, model, name): text for name, text in told.items()}
        return shown

    def answers(self, record, role):
        """Return {method: what it answered, and what the dialog shows that it opens}."""
        answers = {}
        for model, name, who in calls():
            if model == record._name and role in CALLERS[who]:
                ended, text = self.attempt(lambda n=name: self.opened(record, n))
                # which row PostgreSQL refused has another number each time
                answers[name] = f"{ended}: {text.partition('DETAIL')[0]}"
        return answers

    def opened(self, record, method):
        with self.by_rpc(record) as mine:
            answer = getattr(mine, method)()
            if not isinstance(answer, dict):
                return ""
            told = {key: answer.get(key) for key in ("type", "name", "res_model", "params", "tag")}
            if answer.get("res_id") and answer.get("res_model") in mine.env:
                dialog = mine.env[answer["res_model"]].browse(answer["res_id"])
                told["shown"] = self.read_each(dialog) if dialog._transient else ""
            return told

    def change_beyond(self):
        """Change every number, word and date of what belongs to the company beyond, past the ORM."""
        for model in self.models():
            records = self.env[model]
            if records._transient or not records._auto or "company_id" not in records._fields or model in OF_ODOO:
                continue
            for name, field in records._fields.items():
                is_plain = field.store and field.column_type and not field.translate
                if is_plain and field.type in CHANGED and (model, name) != NAME:
                    self.change(records, name, CHANGED[field.type])
        self.env.invalidate_all()

    def change(self, records, name, to):
        """Change a column, unless PostgreSQL has a rule against it."""
        table, column = SQL.identifier(records._table), SQL.identifier(name)
        update = SQL("UPDATE %s SET %s = %s WHERE company_id = %s", table, column, SQL(to, column), self.beyond.id)
        with contextlib.suppress(DatabaseError), self.env.cr.savepoint(flush=False), mute_logger("odoo.sql_db"):
            self.env.cr.execute(update)

    # === WHAT IS DONE === #

    def test_nothing_done_here_takes_anything_away_beyond(self):
        """Every method, and those of the dialog that it opens, with each box ticked: no row of theirs disappears, and
        only readings change."""
        found, before = [], self.rows_beyond()
        for model, name, who in calls():
            for role in ROLES if model in self.mine else ():
                record = self.as_neighbour(role, model) if role in CALLERS[who] else None
                dialog = self.dialog_of(record, name) if record else None
                for step in [None, *(self.steps(dialog, role) if dialog else ())]:
                    ended, text = self.attempt(lambda r=record, n=name, s=step: self.lost(r, n, s, before))
                    if ended == "done" and text != "[]":
                        found.append((model, name, role, step, text))
        self.assertNothing(found)

    def dialog_of(self, record, name):
        """Return the model of the dialog that a method opens, if it does."""
        opened = []
        self.attempt(lambda: opened.append(self.call_both(record, name, None)))
        return opened[0] if opened else None

    def steps(self, model, role):
        """Yield (box to tick, method to call) of a dialog."""
        kinds, fields = self.kinds(model), self.env[model]._fields
        boxes = [name for name, kind in kinds.items() if fields[name].type == "boolean" and kind == "given"]
        for other, name, who in calls():
            if other == model and role in CALLERS[who]:
                yield from ((box, name) for box in [None, *boxes])

    def call_both(self, record, name, step):
        """Call a method, then one of the dialog that it opened. Returns the dialog's model."""
        with self.by_rpc(record) as mine:
            answer = getattr(mine, name)()
            if not isinstance(answer, dict) or not answer.get("res_id") or not mine.env[answer["res_model"]]._transient:
                return None
            if step:
                box, method = step
                dialog = mine.env[answer["res_model"]].browse(answer["res_id"])
                if box:
                    dialog.web_save({box: True}, {})
                getattr(dialog, method)()
            return answer["res_model"]

    def lost(self, record, name, step, before):
        """Return [(table, ids)] of the rows beyond that are gone then, or have changed and are no readings."""
        self.call_both(record, name, step)
        after, lost = self.rows_beyond(), []
        for table, rows in before.items():
            gone = rows.keys() - after[table].keys()
            changed = {id_ for id_, row in rows.items() if after[table].get(id_) != row}
            if found := gone if table in SYNCHRONISED else changed:
                lost.append((table, sorted(found)))
        return lost

    def rows_beyond(self):
        """Return {table: {id: digest of the row}} of what belongs to the company beyond."""
        found = {}
        for model in self.models():
            records = self.env[model]
            company = records._fields.get("company_id")
            if not records._transient and records._auto and company and company.store:
                table = SQL.identifier(records._table)
                query = SQL("SELECT id, md5(t::text) FROM %s t WHERE company_id = %s", table, self.beyond.id)
                self.env.cr.execute(query)
                found[records._table] = dict(self.env.cr.fetchall())
        return found

    def test_nobody_beyond_loses_sight_of_anything(self):
        """Switch each option of my own records, and delete them: shared data must stay for the other section."""
        found, seen = [], self.seen_beyond()
        for model in self.models():
            for role in ROLES:
                record = self.as_neighbour(role, model)
                for way, function in self.removals(record) if record else ():
                    ended, text = self.attempt(lambda f=function: self.unseen(f, seen))
                    if ended == "done" and text != "{}":
                        found.append((model, way, role, text))
        self.assertNothing(found)

    def removals(self, record):
        yield "unlink", record.unlink
        for name, field in record._fields.items():
            if field.type == "boolean" and (field._modules[:1] == (MODULE,) or field.inherited) and not field.compute:
                yield name, lambda n=name: record.write({n: not record[n]})

    def seen_beyond(self):
        """Return {model: ids} of what a person in charge beyond finds in their lists."""
        user = self.residents["person in charge"]
        env = self.env(user=user.id, context={"allowed_company_ids": user.company_ids.ids}, su=False)
        models = [m for m in self.models() if m not in OF_ODOO and env[m].has_access("read") and not env[m]._transient]
        return {model: set(env[model].search([]).ids) for model in models}

    def unseen(self, function, seen):
        function()
        self.env.flush_all()
        now = self.seen_beyond()
        return {model: sorted(ids - now[model]) for model, ids in seen.items() if ids - now[model]}
