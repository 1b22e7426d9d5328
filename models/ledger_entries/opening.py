"""Opening entry of a FEC: balances of the balance sheet accounts at the beginning of the period."""

from decimal import Decimal

from odoo.tools import SQL

from ...core.ledger.records import Document, EntryLine
from .code_tables import AllCodeTables
from .entry_sql import IS_THIRD, OWN_THIRD, third_party

JOURNAL, JOURNAL_NAME = "OUV", "Balance initiale"
LABEL = "À nouveau"
#: Account for the unallocated result of earlier years (report à nouveau), by whether it is a debit balance.
RESULT = {
    True: ("119000", "Report à nouveau (solde débiteur)"),
    False: ("110000", "Report à nouveau (solde créditeur)"),
}
# Codes are those of the entries of the period (own_codes.OwnCodes).
BALANCES = f"""
    SELECT split_part(account.account_type, '_', 1) NOT IN ('income', 'expense') OR line.date >= %(year)s AS is_kept,
           COALESCE(account_code.code, account.code_store ->> %(root)s, ''),
           COALESCE(account.name ->> %(lang)s, account.name ->> 'en_US', ''), {IS_THIRD} AS is_third,
           {third_party("account.account_type = 'asset_receivable'", *OWN_THIRD)},
           CASE WHEN {IS_THIRD} THEN COALESCE(third.name, '') ELSE '' END, sum(line.balance)::text
      FROM account_move_line line
      JOIN account_account account ON account.id = line.account_id
 LEFT JOIN res_partner own ON own.id = line.partner_id
 LEFT JOIN res_partner third ON third.id = own.commercial_partner_id
 LEFT JOIN %(accounts)s ON account_code.company_id = line.company_id AND account_code.id = line.account_id
 LEFT JOIN %(thirds)s ON third_code.company_id = line.company_id AND third_code.id = line.partner_id
     WHERE line.company_id = ANY(%(companies)s) AND line.parent_state = 'posted' AND line.date < %(start)s
  GROUP BY 1, 2, 3, 4, 5, 6
    HAVING sum(line.balance) != 0
  ORDER BY 2, 5
"""


def opening_entry(env, companies, start):
    """Return the core Document of the balances before a day, None without balances.

    Income and expenses of earlier fiscal years are one result; those of a year that has begun are balances of their
    accounts. The caller has checked that the user may read the entries.

    :param companies: the company and its branches
    """
    company = companies[:1]
    result, lines = Decimal(0), []
    for kept, code, name, _is_third, third, third_name, balance in _balances(env, companies, start):
        if kept:
            lines.append(_line(Decimal(balance), code, name, third, third_name))
        else:
            result += Decimal(balance)
    if result:
        lines.append(_line(result, *RESULT[result > 0]))
    if not lines:
        return None
    return Document(
        company=company.ledger_code or "",
        number=f"OUVERTURE/{start.year}",
        journal=JOURNAL,
        journal_name=JOURNAL_NAME,
        document_type="",
        date=start,
        piece_date=start,
        validation_date=start,
        label=LABEL,
        currency=company.currency_id.name,
        ledger_currency=company.currency_id.name,
        lines=tuple(lines),
    )


def _balances(env, companies, start):
    """Return the rows of `BALANCES` before a day."""
    env["account.move.line"].check_access("read")
    env.flush_all()
    # sudo: ids of the connectors whose codes are the company's; nothing of them is shown
    connectors = env["ledger.connector"].sudo().search([("company_ids", "in", companies.ids)])
    codes, company = AllCodeTables(companies.ids, connectors).of_lines, companies[:1]
    about = {
        "companies": companies.ids,
        "root": str(company.root_id.id),
        "lang": env.lang or "en_US",
        "start": start,
        "year": company.compute_fiscalyear_dates(start)["date_from"],
        "accounts": codes["accounts"],
        "thirds": codes["thirds"],
    }
    return env.execute_query(SQL(BALANCES, **about))


def _line(balance, code, name, third="", third_name=""):
    sides = {"debit": balance} if balance > 0 else {"credit": -balance}
    return EntryLine(code, **sides, label=LABEL, account_name=name, third_party=third, third_party_name=third_name)
