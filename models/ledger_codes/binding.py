from odoo import fields, models, tools
from odoo.tools import SQL, split_every

BOUND = """
    UPDATE ledger_code code SET res_id = found.id
      FROM (SELECT record.code, min(record.id) AS id FROM (%(records)s) AS record(id, code) GROUP BY record.code) found
     WHERE code.connector_id = %(connector)s AND code.kind = %(kind)s AND code.company_id = %(company)s AND code.active
       AND COALESCE(code.res_id, 0) = 0 AND code.code = found.code
"""
MADE = """
    UPDATE ledger_code code SET res_id = made.record FROM unnest(%s::int[], %s::int[]) AS made(code, record)
     WHERE code.id = made.code
"""
# Records are made so many at a time: the memory of a hundred thousand is that of these.
BATCH = 1000
# Odoo's own fields whose default is a constant, in the context or what an administrator chose: it is the same for all
# that are made together, and asked once. The default of another module's field may be another one for each (a number,
# a token): Odoo asks it for each.
ALIKE = {
    "third_party": ("active", "autopost_bills", "category_id", "color", "lang", "message_bounce", "type", "tz"),
}
# The class of a French account says what Odoo makes of it (plan comptable, first digits; the longest wins).
ACCOUNT_TYPES = {
    "1": "equity", "16": "liability_non_current", "2": "asset_fixed", "28": "asset_non_current", "3": "asset_current",
    "4": "liability_current", "40": "liability_payable", "409": "asset_current", "41": "asset_receivable",
    "419": "liability_current", "4456": "asset_current", "4457": "liability_current", "46": "asset_current",
    "467": "asset_current", "5": "asset_cash", "58": "asset_current", "6": "expense", "68": "expense_depreciation",
    "7": "income", "75": "income_other", "77": "income_other", "8": "off_balance",
}  # fmt: skip
JOURNAL_TYPES = {"sale", "purchase", "general"}


class LedgerConnector(models.Model):
    """Codes and the records of Odoo that they stand for."""

    _inherit = "ledger.connector"

    def _bind(self, kind, companies):
        """Bind the codes that no record is bound to, by code; make what the connector says must exist."""
        if kind == "company":
            self._bind_companies()
            return
        for company in companies:
            self._bind_to(kind, company, self._candidates(kind, company))
            self._make_missing(kind, company)

    def _bind_to(self, kind, company, records):
        """Bind codes to records; `records`: a query of (id, code)."""
        self.env.flush_all()
        self.env.cr.execute(SQL(BOUND, records=records, connector=self.id, kind=kind, company=company.id))
        if self.env.cr.rowcount:
            self.env["ledger.code"].invalidate_model(["res_id"])

    def _bind_companies(self):
        """Each company here takes its code's scan directory; a code without a company here waits for one."""
        companies = {company.ledger_code: company for company in self.company_ids if company.ledger_code}
        codes = self.env["ledger.code"].search([("connector_id", "=", self.id), ("kind", "=", "company")])
        for code in codes.filtered(lambda code: code.code in companies):
            company, directory = companies[code.code], (code.details or {}).get("scan_directory")
            if code.res_id != company.id and not code.bound_by_hand:
                code.write({"res_id": company.id, "company_id": company.id})
            if directory and company.scan_directory != directory:
                company.scan_directory = directory

    def _candidates(self, kind, company):
        """Return a query (id, code) of the records of Odoo that a code of this kind may stand for. Hook."""
        own = [("company_id", "=", company.id)]
        search = {
            "third_party": ("res.partner", "ref", [("company_id", "in", (False, company.id))]),
            "account": ("account.account", "code", [("company_ids", "in", company.ids)]),
            "journal": ("account.journal", "code", own),
            "vat_profile": ("account.tax", "name", own),
            "payment_mode": ("account.payment.method.line", "name", own),
            "analytic_axis": ("account.analytic.plan", "name", []),
            "analytic_section": ("account.analytic.account", "code", [("company_id", "in", (False, company.id))]),
        }
        name, field, domain = search[kind]
        model = self.env[name].with_company(company)
        query = model._search(domain)
        return query.select(SQL.identifier(query.table, "id"), model._field_to_sql(query.table, field, query))

    def _make_missing(self, kind, company):
        """Make the records of codes that nothing in Odoo carries, where the connector says so. Hook."""
        wanted = {
            "third_party": self.create_third_parties,
            "account": self.create_accounts,
            "journal": self.create_journals,
        }
        if not wanted.get(kind):
            return
        domain = [("connector_id", "=", self.id), ("kind", "=", kind), ("company_id", "=", company.id)]
        codes = self.env["ledger.code"].search([*domain, ("res_id", "in", (False, 0))])
        prepare = getattr(self, f"_prepare_{kind}")
        # a third party that comes without a parent or children has no address to share with them
        context = {"tracking_disable": True, "mail_create_nosubscribe": True, "_partners_skip_fields_sync": True}
        model = self.env[self.env["ledger.code"]._models_of_kinds()[kind]].with_company(company).with_context(**context)
        alike = self._defaults(model, ALIKE.get(kind, ()))
        for ids in split_every(BATCH, codes.ids, list):
            some = codes.browse(ids)
            some.fetch(["code", "name", "details"])  # what a record is made of, and not the marks of its rows
            made = model.create([alike | prepare(code, company) for code in some])
            if kind == "third_party":
                self._leave_pictures(made)
            self.env.cr.execute(SQL(MADE, ids, made.ids))
            # what was made is not looked at again: memory is that of one batch
            self.env.invalidate_all()

    def _defaults(self, model, names):
        """Return the default values of fields; no links where there are none, which Odoo then does not write."""
        defaults = model.default_get(names)
        return {name: [] if value == [fields.Command.set([])] else value for name, value in defaults.items()}

    def _leave_pictures(self, partners):
        """A partner without a picture has no smaller ones to work out."""
        without = partners
        if any(partners.mapped("image_1920")):
            without = partners.filtered(lambda partner: not partner.image_1920)
        for field in partners._fields.values():
            if field.store and field.related == "image_1920":
                self.env.remove_to_compute(field, without)

    def _prepare_third_party(self, code, company):
        details = code.details or {}
        shown = {name: details.get(name) for name in ("street", "street2", "zip", "city", "email")}
        return {
            "name": code.name or code.code,
            "ref": code.code,
            "company_id": company.id,
            # nobody follows a third party who has no parent: said here, Odoo does not work it out for each
            "user_id": False,
            "is_company": details.get("type") == "supplier",
            "country_id": self._country((details.get("country") or "").upper()),
            "customer_rank": int(details.get("type") != "supplier"),
            "supplier_rank": int(details.get("type") == "supplier"),
            **shown,
        }

    @tools.ormcache("code")
    def _country(self, code):
        return self.env["res.country"].search([("code", "=", code)], limit=1).id

    def _prepare_account(self, code, company):
        prefixes = (code.code[:size] for size in range(len(code.code), 0, -1))
        kind = next((ACCOUNT_TYPES[prefix] for prefix in prefixes if prefix in ACCOUNT_TYPES), "asset_current")
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
            "code": code.code[:5],
            "type": kind if kind in JOURNAL_TYPES else "general",
            "company_id": company.id,
        }
