"""Many entries: some created and posted by Odoo, the others copied by SQL, as in a migration."""

import random

from odoo import Command
from odoo.tools import SQL

from .ledger import DAY, DUE

SEED = 19
KINDS = ("out_invoice", "in_invoice", "out_refund", "in_refund")
COPIES = """
    WITH copy AS MATERIALIZED (
        SELECT move.id AS origin, nextval('account_move_id_seq') AS id, rank, move.name || '-' || rank AS name
          FROM account_move move, generate_series(1, %(times)s) rank
         WHERE move.id = ANY(%(moves)s)
    ), moves AS (
        INSERT INTO account_move (id, name, %(move_columns)s)
        SELECT copy.id, copy.name, %(move_values)s FROM copy JOIN account_move origin ON origin.id = copy.origin
    ), lines AS (
        INSERT INTO account_move_line (move_id, move_name, %(line_columns)s)
        SELECT copy.id, copy.name, %(line_values)s
          FROM copy JOIN account_move_line origin ON origin.move_id = copy.origin
    )
    SELECT id FROM copy ORDER BY id
"""


def make_entries(case, count, kinds=KINDS):
    """Return posted documents of these kinds in both companies of a LedgerCase, with seeded random amounts."""
    chance = random.Random(SEED)
    moves = case.env["account.move"].create(
        [_entry(case, chance, number, kinds[number // 2 % len(kinds)]) for number in range(count)]
    )
    case.env.flush_all()
    # automatic statistics do not cover an open transaction: Odoo's payment query would get a bad plan
    case.env.cr.execute("ANALYZE account_move, account_move_line, account_account")
    moves.action_post()
    return moves


def _entry(case, chance, number, kind):
    company = case.companies[number % 2]
    sale = kind.startswith("out")
    accounts = ("706100", "706200", "706300") if sale else ("615500", "445660")
    partner = (case.customer if sale else case.supplier).filtered(lambda p: p.company_id == company)
    lines = [
        {
            "name": f"Ligne {number}; «œuvre»",
            "quantity": 1,
            "price_unit": chance.randrange(1, 500_000) / 100,
            "account_id": case.record("account", chance.choice(accounts), company).id,
            "tax_ids": [],
        }
        for _line in range(chance.randrange(1, 4))
    ]
    return {
        "move_type": kind,
        "company_id": company.id,
        "journal_id": case.record("journal", "VT" if sale else "ACH", company).id,
        "partner_id": partner.id,
        "invoice_date": DAY,
        "date": DAY,
        "invoice_date_due": DUE,
        "invoice_line_ids": [Command.create(line) for line in lines],
    }


def copy_entries(moves, times):
    """Return copies of posted entries, `times` of each, written by SQL, unnoticed by Odoo's hooks."""
    env = moves.env
    env.flush_all()
    parts = {}
    for kind, table in (("move", "account_move"), ("line", "account_move_line")):
        env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name != ALL(%s)",
            [table, ["id", "name", "move_id", "move_name"] if kind == "move" else ["id", "move_id", "move_name"]],
        )
        names = [row[0] for row in env.cr.fetchall()]
        parts[f"{kind}_columns"] = SQL(", ").join(map(SQL.identifier, names))
        parts[f"{kind}_values"] = SQL(", ").join(SQL.identifier("origin", name) for name in names)
    made = [row[0] for row in env.execute_query(SQL(COPIES, times=times, moves=moves.ids, **parts))]
    env.invalidate_all()
    return env["account.move"].browse(made)
