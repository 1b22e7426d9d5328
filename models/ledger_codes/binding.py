"""Binds codes to Odoo's records by code."""

from odoo.tools import SQL

from ...core.ledger.referential import ambiguous
from ..ledger.attempts import attempt
from .incoming_codes import AS_READ
from .missing_records import MissingRecords

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
# The same in capitals, without the records that a code is bound to already.
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


class Binder:
    """Binds the codes of a connector; `bind` returns the findings for users."""

    def __init__(self, connector):
        self._connector, self._env = connector, connector.env
        self._findings = []

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
        several = self._bind_to(kind, company, self._candidates(kind, company))
        self._findings += MissingRecords(self._connector).make(kind, company, several)
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
        :return: the codes that several records have
        """
        about = {"connector": self._connector.id, "kind": kind, "company": company.id}
        model = self._env[self._env["ledger.code"]._models_of_kinds()[kind]]
        self._env.cr.execute(SQL(UNBIND_DELETED, table=SQL.identifier(model._table), **about))
        several = self._bind_alike(records, SQL("code.code"), about)
        in_capitals = SQL(RECORDS_IN_CAPITALS, records=records, **about)
        several = self._bind_alike(in_capitals, SQL("upper(code.code)"), about) | several
        for code, ids in several.items():
            self._findings.append(ambiguous(code, ", ".join(model.browse(ids[:5]).mapped("display_name"))))
        return list(several)

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
