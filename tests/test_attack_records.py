"""Whole records: nobody writes another town's, even archived ones; mine keep their company and their user."""

from pathlib import Path

from odoo import Command
from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .access import RIGHTS, WITHOUT_COMPANY
from .attack import MODULE, REFERRING, AttackCase

#: Fields that name colleagues without using their rights or signature: users to notify, approvers.
TOLD = {("ledger.connector", "user_id"), ("ledger.approval.level", "user_ids")}
#: Administrators of Odoo's access rights have access to every company.
OF_ADMINISTRATORS = {"res.company"}


@tagged("post_install", "-at_install")
class TestRecords(AttackCase):
    # === THEIRS === #

    def test_nobody_writes_or_removes_their_records(self):
        """Nor records of no company that theirs are using: a column of their layout changes their files."""
        found = []
        for model in set(self.models()) - OF_ADMINISTRATORS:
            for role in self.roles_that("write", model):
                theirs = self.as_one_of(role, model).browse(self.theirs[model].ids)
                found += self.tried(theirs, role, self.given_values(model))
                ended, text = self.attempt(theirs.unlink)
                if ended != "refused" or self.tells(text):
                    found.append((model, "unlink", role, ended, text[:120]))
        self.assertNothing(found)

    def given_values(self, model):
        """Yield (field, value) of values that any user with write access may set; none refers to another town."""
        for name, kind in self.kinds(model).items():
            if kind in ("given", "once") and self.env[model]._fields[name].type not in REFERRING:
                value = self.another(self.theirs[model], name)
                if value is not None:
                    yield name, value

    def tried(self, records, role, values):
        for name, value in values:
            ended, text = self.attempt(lambda n=name, v=value: records.write({n: v}))
            if ended == "done" or self.tells(text):
                yield (records._name, name, "write", role, ended, text[:120])

    def test_their_records_stay_theirs_once_put_away(self):
        """An archived record, such as a point without active cards, must not become accessible to everybody."""
        for model in RIGHTS:
            field = self.env[model]._fields.get("active")
            if field and field.store and model not in WITHOUT_COMPANY:
                self.put_away(self.env[model].sudo().search(self.of_their_companies(model)))
        found = []
        for model in RIGHTS:
            for role in self.people if model not in WITHOUT_COMPANY else ():
                records = self.as_one_of(role, model, active_test=False)
                theirs = records.browse(self.theirs[model].ids)
                names = [name for name, field in theirs._fields.items() if field._modules[:1] == (MODULE,)]
                for way, function in (
                    ("read", lambda r=theirs, n=names: r.read(n)),
                    ("search", lambda r=records, i=theirs.ids: r.search([("id", "in", i)]).ids),
                    ("write", lambda r=theirs: r.write({})),
                    ("unlink", lambda r=theirs: r.unlink()),
                ):
                    ended, text = self.attempt(function)
                    if self.tells(text) or (ended == "done" and text != "[]"):
                        found.append((model, way, role, ended, text[:120]))
        self.assertNothing(found)

    def of_their_companies(self, model):
        name = next(name for name in ("company_id", "company_ids") if name in self.env[model]._fields)
        return [(name, "in", self.their_companies.ids)]

    def put_away(self, records):
        """Archive records, whatever still hangs on them."""
        for record in records:
            try:
                with self.env.cr.savepoint():
                    record.active = False
                    self.env.flush_all()
            except (UserError, RedirectWarning):
                self.env.invalidate_all()
                update = SQL("UPDATE %s SET active = FALSE WHERE id = %s", SQL.identifier(record._table), record.id)
                self.env.cr.execute(update)

    def test_a_directory_is_one_record_s(self):
        """Equal to theirs, above it, below it, in other letters; of another model too: all files are below one root."""
        found = []
        root = Path(self.env["ledger.connector"]._local_root())
        with_files = [m for m in self.models() if {"directory", "location"} <= set(self.env[m]._fields)]
        self.assertGreaterEqual(len(with_files), 1)
        for theirs in with_files:
            place = str(Path(self.theirs[theirs].sudo().location).relative_to(root))
            for model in with_files:
                for role in self.roles_that("write", model):
                    record = self.as_one_of(role, model).browse(self.mine[model].id)
                    for directory in (place, f"{place}/entries", place.upper()):
                        found += self.tried(record, role, [("directory", directory)])
        self.assertNothing(found)

    # === MINE === #

    def test_my_records_do_not_change_company(self):
        """Moved from one of my own companies to the other, a record would take its bills, prices and readings along."""
        found = []
        for model in self.models():
            for role in self.roles_that("write", model) if not self.env[model]._transient else ():
                record = self.as_one_of(role, model).browse(self.mine[model].id)
                before = self.owner(record)
                for name, value in self.elsewhere(model):
                    ended, text = self.attempt(lambda r=record, n=name, v=value: (r.write({n: v}), self.owner(r))[1])
                    if ended == "done" and text != repr(before):
                        found.append((model, name, role, before, text))
        self.assertNothing(found)

    def owner(self, record):
        """Return the ids of what a record belongs to."""
        kinds = self.kinds(record._name)
        names = [name for name in ("meter_id", "version_id") if kinds.get(name) in ("once", "kept")]
        names += [name for name in ("company_id", "section_id") if name in record._fields]
        self.env.flush_all()
        return [(name, record.sudo()[name].id) for name in names]

    def elsewhere(self, model):
        """Yield (field, value) of references to records of my two companies that the record does not have."""
        sections = self.section | self.other
        found = {
            "res.company": sections.company_id,
            "utility.section": sections,
            "utility.meter": self.card | self.there,
        }
        for name, kind in self.kinds(model).items():
            field = self.env[model]._fields[name]
            if field.type == "many2one" and kind in ("given", "once") and field.comodel_name in found:
                for other in found[field.comodel_name] - self.mine[model].sudo()[name]:
                    yield name, other.id

    def test_nobody_signs_for_a_colleague(self):
        """A user in a field signs, and the server may work with their rights: callers choose only themselves."""
        admin = self.env.ref("base.user_admin")
        admin.sudo().company_ids |= self.companies
        found = []
        for model in self.models():
            for name, kind in self.kinds(model).items():
                field = self.env[model]._fields[name]
                if kind not in ("given", "once") or field.comodel_name != "res.users" or (model, name) in TOLD:
                    continue
                value = admin.id if field.type == "many2one" else [Command.link(admin.id)]
                for role in self.roles_that("write", model):
                    record = self.as_one_of(role, model).browse(self.mine[model].id)
                    found += self.tried(record, role, [(name, value)])
                for role in self.makers(model):
                    records = self.as_one_of(role, model)
                    ended, _text = self.attempt(
                        lambda r=records, n=name, v=value: r.create({**self.basis(r._name), n: v})
                    )
                    if ended == "done":
                        found.append((model, name, "create", role))
        self.assertNothing(found)
