"""Creates Odoo's records for codes that have none, if the connector says so."""

from odoo import fields
from odoo.tools import SQL, split_every

from ..ledger.attempts import attempt
from .account_types import type_of_account
from .journal_codes import with_short_code

BIND = """
    UPDATE ledger_code code SET res_id = created.record FROM unnest(%s::int[], %s::int[]) AS created(code, record)
     WHERE code.id = created.code
"""
# Records created at a time, which bounds the memory used.
BATCH = 1000
# Fields of Odoo whose default is the same for every record (a constant, the context, an `ir.default`): it is computed
# once. The default of another module's field may differ for each record (a number, a token).
COMMON_DEFAULTS = {
    "third_party": ("active", "autopost_bills", "category_id", "color", "lang", "message_bounce", "type", "tz"),
}
JOURNAL_TYPES = {"sale", "purchase", "general"}


class MissingRecords:
    """Creates the records of a connector's unbound codes."""

    def __init__(self, connector):
        self._connector, self._env = connector, connector.env
        self._findings, self._countries = [], {}

    def make(self, kind, company, several):
        """Create the records of a company's unbound codes of a kind, and bind them, if the connector says so.

        :param several: codes that several records have: a person chooses
        :return: findings of the records that Odoo refused
        """
        makers = {
            "third_party": (self._connector.create_third_parties, self._prepare_third_party),
            "account": (self._connector.create_accounts, self._prepare_account),
            "journal": (self._connector.create_journals, self._prepare_journal),
        }
        wanted, prepare = makers.get(kind, (False, None))
        if not wanted:
            return []
        domain = [("connector_id", "=", self._connector.id), ("kind", "=", kind), ("company_id", "=", company.id)]
        unbound = [("res_id", "in", (False, 0)), ("code", "not in", several)]
        codes = self._env["ledger.code"].search([*domain, *unbound])
        # without parent or children, a third party has no fields to synchronise with them
        context = {"tracking_disable": True, "_partners_skip_fields_sync": True}
        # branches use the accounts of their root company
        owner = company.root_id if kind == "account" else company
        model = self._env[codes._models_of_kinds()[kind]].with_company(owner).with_context(**context)
        defaults = self._defaults(model, COMMON_DEFAULTS.get(kind, ()))
        for ids in split_every(BATCH, codes.ids, list):
            some = codes.browse(ids)
            some.fetch(["code", "name", "details"])  # only what is needed, not the marks
            self._create_and_bind(kind, some, model, defaults, lambda code: prepare(code, owner))
            # the records are not used again: this bounds the memory to one batch
            self._env.invalidate_all()
        return self._findings

    def _create_and_bind(self, kind, codes, model, defaults, prepare):
        """Create the records of codes at once; if one is refused, one by one, so that the others are created."""
        created, finding = attempt(self._env, kind, self._create, kind, codes, model, defaults, prepare)
        if not finding:
            self._env.cr.execute(SQL(BIND, codes.ids, created.ids))
            return
        for code in codes:
            created, finding = attempt(self._env, code.code, self._create, kind, code, model, defaults, prepare)
            if finding:
                self._findings.append(finding)
            else:
                self._env.cr.execute(SQL(BIND, code.ids, created.ids))

    def _create(self, kind, codes, model, defaults, prepare):
        taken = set()
        created = model.create([defaults | with_short_code(prepare(code), kind, taken, model) for code in codes])
        if kind == "third_party":
            self._skip_thumbnails(created)
        return created

    def _defaults(self, model, names):
        """Return the default values of fields; empty links as [], which Odoo does not write."""
        defaults = model.default_get(names)
        return {name: [] if value == [fields.Command.set([])] else value for name, value in defaults.items()}

    def _skip_thumbnails(self, partners):
        """Do not compute the resized images of partners without an image."""
        without = partners
        if any(partners.mapped("image_1920")):
            without = partners.filtered(lambda partner: not partner.image_1920)
        for field in partners._fields.values():
            if field.store and field.related == "image_1920":
                self._env.remove_to_compute(field, without)

    def _prepare_third_party(self, code, company):
        details = code.details or {}
        shown = {name: details.get(name) for name in ("street", "street2", "zip", "city", "email")}
        return {
            "name": code.name or code.code,
            "ref": code.code,
            "company_id": company.id,
            # no salesperson without a parent: with a value, Odoo does not compute it for each
            "user_id": False,
            "is_company": details.get("type") in ("supplier", "both"),
            "country_id": self._country((details.get("country") or "").upper()),
            "customer_rank": int(details.get("type") != "supplier"),
            "supplier_rank": int(details.get("type") in ("supplier", "both")),
            "lang": company.partner_id.lang,
            **shown,
        }

    def _country(self, code):
        if code not in self._countries:
            self._countries[code] = self._env["res.country"].search([("code", "=", code)], limit=1).id
        return self._countries[code]

    def _prepare_account(self, code, company):
        kind = type_of_account(code.code)
        # where Odoo keeps the code of a company that is no branch: given there, it is not written account by account
        place = "code_store" if company == company.root_id else "code"
        return {
            "name": code.name or code.code,
            place: code.code,
            "account_type": kind,
            "reconcile": kind in ("asset_receivable", "liability_payable"),
            "company_ids": [fields.Command.set(company.ids)],
        }

    def _prepare_journal(self, code, company):
        kind = (code.details or {}).get("type")
        return {
            "name": code.name or code.code,
            "code": code.code,
            "type": kind if kind in JOURNAL_TYPES else "general",
            "company_id": company.id,
        }
