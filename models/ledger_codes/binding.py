"""Binds codes to Odoo's records by code, and creates missing records if the connector says so."""

from odoo import fields
from odoo.tools import SQL, split_every

from ...core.ledger.referential import ambiguous
from ..ledger.attempts import attempt
from .account_types import type_of_account
from .incoming_codes import AS_READ
from .journal_codes import with_short_code

# Codes of deleted records can be bound again.
UNBIND_DELETED = """
    UPDATE ledger_code code SET res_id = NULL
     WHERE code.connector_id = %(connector)s AND code.kind = %(kind)s AND code.company_id = %(company)s
       AND code.res_id IS NOT NULL AND code.res_id != 0
       AND NOT EXISTS (SELECT FROM %(table)s record WHERE record.id = code.res_id)
"""
# Archived records only count if no active one has the code. If several have it, a user must choose.
RECORDS_BY_CODE = """
    SELECT record.code, array_agg(DISTINCT record.id) AS ids
      FROM (SELECT record.*, bool_or(record.active) OVER (PARTITION BY record.code) AS any_active
              FROM (%(records)s) AS record(id, code, active)) record
     WHERE record.active OR NOT record.any_active
  GROUP BY record.code
"""
# The same whatever the capitals, without the records that have their code.
RECORDS_IN_CAPITALS = """
    SELECT record.id, upper(record.code), record.active FROM (%(records)s) AS record(id, code, active)
     WHERE NOT EXISTS (SELECT FROM ledger_code bound
                        WHERE (bound.connector_id, bound.kind) = (%(connector)s, %(kind)s)
                          AND (bound.company_id, bound.res_id) = (%(company)s, record.id))
"""
IS_UNBOUND = """
    code.connector_id = %(connector)s AND code.kind = %(kind)s AND code.company_id = %(company)s
    AND (code.active OR code.details ? 'closes_on') AND COALESCE(code.res_id, 0) = 0
"""
# A code that was given to another third party is not bound to its former one again.
OTHERS = "array_remove(found.ids, code.former_id)"
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
#: Field of a partner for its account of each type.
THIRD_PARTY_ACCOUNTS = {
    "asset_receivable": "property_account_receivable_id",
    "liability_payable": "property_account_payable_id",
}
ACCOUNTS_OF_THIRD_PARTIES = """
    UPDATE res_partner partner
       SET %(field)s = COALESCE(partner.%(field)s, '{}') || jsonb_build_object(%(company)s::text, account.res_id)
      FROM ledger_code code
      JOIN ledger_code account ON account.connector_id = code.connector_id AND account.company_id = code.company_id
       AND account.kind = 'account' AND account.code = code.details ->> 'account'
      JOIN account_account found ON found.id = account.res_id AND found.account_type = %(account_type)s
     WHERE code.connector_id = %(connector)s AND code.company_id = %(company)s AND code.kind = 'third_party'
       AND code.res_id = partner.id AND NOT COALESCE(partner.%(field)s, '{}') ? %(company)s::text
"""
JOURNAL_TYPES = {"sale", "purchase", "general"}


class Binder:
    """Binds the codes of a connector; `bind` returns the findings for users."""

    def __init__(self, connector):
        self._connector, self._env = connector, connector.env
        self._findings, self._countries = [], {}

    def bind(self, kind, companies):
        """Bind the unbound codes of a kind by code, and create missing records if the connector says so.

        :return: findings of codes that could not be bound or created
        """
        if kind == "company":
            self._bind_companies()
            return []
        for company in companies:
            _done, finding = attempt(self._env, company.name, self._bind_company, kind, company)
            if finding:
                self._findings.append(finding)
        return self._findings

    def _bind_company(self, kind, company):
        self._bind_to(kind, company, self._candidates(kind, company))
        self._create_missing(kind, company)
        if kind in ("third_party", "account"):
            self._set_accounts(company)

    def _bind_companies(self):
        """Bind company codes to companies with that code, and update their scan directories; others stay unbound."""
        companies = self._connector.company_ids.filtered("ledger_code")
        codes = self._env["ledger.code"].search([("connector_id", "=", self._connector.id), ("kind", "=", "company")])
        for company in companies:
            same = codes.filtered(lambda code, company=company: code.code == company.ledger_code)
            alike = codes.filtered(lambda code, company=company: code.code.upper() == company.ledger_code.upper())
            self._bind_to_company(same or alike, company)

    def _bind_to_company(self, codes, company):
        for code in codes[:1]:
            directory = (code.details or {}).get("scan_directory")
            if code.res_id != company.id and not code.bound_by_hand:
                code.write({"res_id": company.id, "company_id": company.id})
            if directory and company.scan_directory != directory:
                company.scan_directory = directory

    # === BINDING === #

    def _bind_to(self, kind, company, records):
        """Bind unbound codes to records.

        :param records: query of (id, code, active)
        """
        self._env.flush_all()
        about = {"connector": self._connector.id, "kind": kind, "company": company.id}
        model = self._env[self._env["ledger.code"]._models_of_kinds()[kind]]
        self._env.cr.execute(SQL(UNBIND_DELETED, table=SQL.identifier(model._table), **about))
        several = self._bind_alike(records, SQL("code.code"), about)
        in_capitals = SQL(RECORDS_IN_CAPITALS, records=records, **about)
        several = self._bind_alike(in_capitals, SQL("upper(code.code)"), about) | several
        for code, ids in several.items():
            self._findings.append(ambiguous(code, ", ".join(model.browse(ids[:5]).mapped("display_name"))))

    def _bind_alike(self, records, spelling, about):
        """Bind unbound codes to the only record with the code.

        :param records: query of (id, code, active)
        :param spelling: SQL of a code as the records' are spelled
        :return: {code: ids of the records} of codes that several records have
        """
        found, unbound = SQL(RECORDS_BY_CODE, records=records), SQL(IS_UNBOUND, **about)
        matches = SQL("(%s) found WHERE %s AND %s = found.code", found, unbound, spelling)
        update = f"UPDATE ledger_code code SET res_id = ({OTHERS})[1] FROM %s AND cardinality({OTHERS}) = 1"
        self._env.cr.execute(SQL(update, matches))
        self._env["ledger.code"].invalidate_model(["res_id"])
        several = f"SELECT code.code, {OTHERS} FROM ledger_code code, %s AND cardinality({OTHERS}) > 1"
        return dict(self._env.execute_query(SQL(several, matches)))

    def _candidates(self, kind, company):
        """Return a query (id, code, active) of the records to which a kind of code may be bound, also archived ones.

        Branches share the records of their parent companies. A contact with a reference stands for its company.
        """
        own = [("company_id", "in", company.parent_ids.ids)]
        shared = ["|", ("company_id", "=", False), *own]
        search = {
            "third_party": ("res.partner", "ref", shared),
            "account": ("account.account", "code", [("company_ids", "in", company.parent_ids.ids)]),
            "journal": ("account.journal", "code", own),
            "vat_profile": ("account.tax", "name", own),
            "payment_mode": ("account.payment.method.line", "name", own),
            "analytic_axis": ("account.analytic.plan", "name", []),
            "analytic_section": ("account.analytic.account", "code", shared),
        }
        name, field, domain = search[kind]
        model = self._env[name].with_company(company).with_context(active_test=False)
        query, alias = model._search(domain), model._table
        identity = SQL.identifier(alias, "commercial_partner_id" if kind == "third_party" else "id")
        active = SQL.identifier(alias, "active") if "active" in model._fields else SQL("TRUE")
        return query.select(identity, SQL(AS_READ, model._field_to_sql(alias, field, query)), active)

    def _set_accounts(self, company):
        """Set the accounts that third parties' rows name, if the company has no chart of accounts.

        Odoo then has no default account and refuses their bills. Called for both kinds: accounts may be imported later.
        """
        self._env.flush_all()
        for account_type, name in THIRD_PARTY_ACCOUNTS.items():
            if self._env["ir.default"]._get("res.partner", name, company_id=company.id):
                continue
            self._env.cr.execute(
                SQL(
                    ACCOUNTS_OF_THIRD_PARTIES,
                    field=SQL.identifier(name),
                    connector=self._connector.id,
                    company=company.id,
                    account_type=account_type,
                )
            )
            self._env["res.partner"].invalidate_model([name])

    # === CREATION === #

    def _create_missing(self, kind, company):
        """Create records for unbound codes, if the connector says so."""
        makers = {
            "third_party": (self._connector.create_third_parties, self._prepare_third_party),
            "account": (self._connector.create_accounts, self._prepare_account),
            "journal": (self._connector.create_journals, self._prepare_journal),
        }
        wanted, prepare = makers.get(kind, (False, None))
        if not wanted:
            return
        ambiguous_codes = [finding.params["code"] for finding in self._findings if finding.code == "binding_ambiguous"]
        domain = [("connector_id", "=", self._connector.id), ("kind", "=", kind), ("company_id", "=", company.id)]
        unbound = [("res_id", "in", (False, 0)), ("code", "not in", ambiguous_codes)]
        codes = self._env["ledger.code"].search([*domain, *unbound])
        # without parent or children, a third party has no fields to synchronise with them
        context = {"tracking_disable": True, "mail_create_nosubscribe": True, "_partners_skip_fields_sync": True}
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
        created.flush_recordset()
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
