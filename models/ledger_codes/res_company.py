from odoo import models
from odoo.tools import SQL

#: Moves the codes of a company that got another code; those that also exist under its present code are closed.
MOVE_CODES = """
    WITH present AS (
        SELECT connector_id, kind, code FROM ledger_code WHERE company_code = %(now)s
    ), moved AS (
        UPDATE ledger_code known SET company_code = %(now)s
         WHERE known.company_id = %(company)s AND known.company_code = %(before)s AND known.kind != 'company'
           AND (known.connector_id, known.kind, known.code) NOT IN (SELECT * FROM present)
    )
    UPDATE ledger_code known SET active = FALSE, closed_on = now()::date
     WHERE known.company_id = %(company)s AND known.company_code = %(before)s AND known.kind != 'company'
       AND known.active AND (known.connector_id, known.kind, known.code) IN (SELECT * FROM present)
"""


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        """Keep the codes of a company that gets another code.

        Otherwise, its rows would be new codes, and the former ones would stay open for ever.
        """
        before = {company: company.ledger_code for company in self} if "ledger_code" in vals else {}
        result = super().write(vals)
        for company, code in before.items():
            if code and company.ledger_code and code != company.ledger_code:
                # sudo: SQL on the codes of a company that the caller was allowed to write; none is shown
                self.env["ledger.code"].flush_model()
                about = {"company": company.id, "before": code, "now": company.ledger_code}
                self.env.cr.execute(SQL(MOVE_CODES, **about))
                self.env["ledger.code"].invalidate_model()
        return result
