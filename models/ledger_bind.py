import json

from odoo import fields, models
from odoo.tools import SQL

BOUND = """
    UPDATE ledger_code SET res_id = row.record
      FROM jsonb_to_recordset(%s::jsonb) AS row(id int, record int) WHERE ledger_code.id = row.id
"""
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
        domain = [("connector_id", "=", self.id), ("kind", "=", kind), ("res_id", "in", (False, 0))]
        for company in companies:
            codes = self.env["ledger.code"].search([*domain, ("company_id", "=", company.id)])
            if not codes:
                continue
            known = self._candidates(kind, company, codes)
            missing = codes.filtered(lambda code, known=known: code.code not in known)
            known |= self._make_missing(kind, company, missing)
            rows = [{"id": code.id, "record": known[code.code]} for code in codes if code.code in known]
            self.env.cr.execute(SQL(BOUND, json.dumps(rows)))
            codes.invalidate_recordset(["res_id"])

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

    def _candidates(self, kind, company, codes):
        """Return {code: id} of the records of Odoo that carry these codes. Hook."""
        names = codes.mapped("code")
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
        model, field, domain = search[kind]
        records = self.env[model].with_company(company).search([(field, "in", names), *domain], order="id desc")
        return {record[field]: record.id for record in records}

    def _make_missing(self, kind, company, codes):
        """Return {code: id} of the records made for codes that nothing in Odoo carries. Hook."""
        wanted = {
            "third_party": self.create_third_parties,
            "account": self.create_accounts,
            "journal": self.create_journals,
        }
        if not (codes and wanted.get(kind)):
            return {}
        prepare = getattr(self, f"_prepare_{kind}")
        model = self.env[self.env["ledger.code"]._models_of_kinds()[kind]].with_company(company)
        # a code that is both customer and supplier is one partner
        values = {code.code: prepare(code, company) for code in codes}
        made = model.with_context(tracking_disable=True, mail_create_nosubscribe=True).create(list(values.values()))
        return dict(zip(values, made.ids, strict=True))

    def _prepare_third_party(self, code, company):
        details = code.details or {}
        country = self.env["res.country"].search([("code", "=", (details.get("country") or "").upper())], limit=1)
        shown = {name: details.get(name) for name in ("street", "street2", "zip", "city", "email")}
        return {
            "name": code.name or code.code,
            "ref": code.code,
            "company_id": company.id,
            "is_company": details.get("type") == "supplier",
            "country_id": country.id,
            "customer_rank": int(details.get("type") != "supplier"),
            "supplier_rank": int(details.get("type") == "supplier"),
            **shown,
        }

    def _prepare_account(self, code, company):
        prefixes = (code.code[:size] for size in range(len(code.code), 0, -1))
        kind = next((ACCOUNT_TYPES[prefix] for prefix in prefixes if prefix in ACCOUNT_TYPES), "asset_current")
        return {
            "name": code.name or code.code,
            "code": code.code,
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
