"""The books of one budget with its accounting system: a given number of posted documents, with three lines each.

A hundred documents are created and posted by Odoo, with seeded random amounts; the others are copied from them by SQL,
each with its own amounts and third party. They are created and committed once, and reused by the processes that measure
memory.
"""

import random
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from side_by_side import settle

from odoo import Command
from odoo.addons.utility_billing_sync.models.ledger_exchange import exchange
from odoo.addons.utility_billing_sync.models.ledger_exchange.transactions import in_transaction
from odoo.addons.utility_billing_sync.tests.support.exchange import make_run, reconcile, take_steps
from odoo.addons.utility_billing_sync.tests.support.ledger import DAY, DUE, LedgerCase
from odoo.addons.utility_billing_sync.tests.support.ledger_entries import copy_entries
from odoo.tools import SQL, config

SEED = 26
MODELS = 100
#: Number of documents per third party.
EACH = 20
#: Heading of a report of answers.
ANSWERS = "company;number;external_reference;status;code;message"
KINDS = ("in_invoice", "out_invoice", "in_refund", "out_refund")

PARTNERS = """
    WITH made AS (
        INSERT INTO res_partner (name, complete_name, ref, active, type, lang, autopost_bills, company_id, is_company)
        SELECT 'Tiers ' || n, 'Tiers ' || n, 'T' || lpad(n::text, 7, '0'), true, 'contact', 'en_US', 'ask', %(company)s,
               true
          FROM generate_series(%(first)s, %(last)s) n
        RETURNING id, ref, name
    )
    INSERT INTO ledger_code (connector_id, company_id, company_code, kind, code, name, details, active, res_model,
                             res_id, bound_by_hand)
    SELECT %(connector)s, %(company)s, 'EAU', 'third_party', ref, name, '{}', true, 'res.partner', id, false FROM made
"""
SPREAD = """
    WITH partner AS (
        SELECT id, row_number() OVER (ORDER BY id) - 1 AS rank FROM res_partner WHERE ref LIKE 'T0%%'
    ), target AS (
        SELECT move.id, partner.id AS partner_id, 1 + move.id %% 97 AS factor
          FROM unnest(%(moves)s) AS move(id) JOIN partner ON partner.rank = move.id %% %(number)s
    ), lines AS (
        UPDATE account_move_line line
           SET partner_id = target.partner_id, debit = debit * factor, credit = credit * factor,
               balance = balance * factor, amount_currency = amount_currency * factor,
               amount_residual = amount_residual * factor,
               amount_residual_currency = amount_residual_currency * factor, parent_state = 'posted',
               move_name = line.journal_id || '/' || line.move_id
          FROM target WHERE line.move_id = target.id
    )
    UPDATE account_move move
       SET partner_id = target.partner_id, commercial_partner_id = target.partner_id,
           amount_total = amount_total * factor, amount_total_signed = amount_total_signed * factor,
           amount_residual = amount_residual * factor, ref = 'R-' || move.id, state = 'posted',
           name = move.journal_id || '/' || move.id
      FROM target WHERE move.id = target.id
"""
#: The 25 columns of entries at a stage, for the COPY that is the limit.
COLUMNS = """
    SELECT company.ledger_code, '', journal_code.code,
           CASE move.move_type WHEN 'out_invoice' THEN 'FC' WHEN 'out_refund' THEN 'AC' WHEN 'in_invoice' THEN 'FF'
                ELSE 'AV' END,
           to_char(move.date, 'DD/MM/YYYY'), move.name, 'G', account_code.code,
           CASE WHEN account.account_type IN ('asset_receivable', 'liability_payable') THEN partner_code.code END,
           COALESCE(line.name, partner.name), CASE WHEN line.debit >= line.credit THEN 'D' ELSE 'C' END,
           replace(abs(line.debit - line.credit)::text, '.', ','), ledger.name,
           replace(abs(line.amount_currency)::text, '.', ','), currency.name,
           CASE WHEN account.account_type IN ('asset_receivable', 'liability_payable')
                THEN to_char(line.date_maturity, 'DD/MM/YYYY') END,
           '', '', '', '', '', line.matching_number, '', COALESCE(move.ref, move.payment_reference), ''
      FROM ledger_document document
      JOIN account_move move ON move.id = document.move_id
      JOIN account_move_line line ON line.move_id = move.id
      JOIN account_account account ON account.id = line.account_id
      JOIN res_company company ON company.id = move.company_id
      JOIN res_currency ledger ON ledger.id = company.currency_id
      JOIN res_currency currency ON currency.id = move.currency_id
      JOIN res_partner partner ON partner.id = line.partner_id
 LEFT JOIN ledger_code journal_code ON journal_code.res_model = 'account.journal'
       AND journal_code.res_id = move.journal_id AND journal_code.company_id = move.company_id
 LEFT JOIN ledger_code account_code ON account_code.res_model = 'account.account'
       AND account_code.res_id = account.id AND account_code.company_id = move.company_id
 LEFT JOIN ledger_code partner_code ON partner_code.res_model = 'res.partner'
       AND partner_code.res_id = partner.commercial_partner_id AND partner_code.company_id = move.company_id
     WHERE document.stage = '%s'
  ORDER BY document.date, document.id, line.id
"""
UNSENT = """
    UPDATE ledger_document SET stage = %(stage)s, operation = %(operation)s, lot_id = NULL WHERE lot_id IS NOT NULL
"""
INTEGRATED = """
    UPDATE ledger_document
       SET stage = 'integrated', operation = 'update', date_integrated = now() AT TIME ZONE 'UTC'
"""


class Books(LedgerCase):
    """EAU's documents to send; ASST has none."""

    @classmethod
    def open(cls, environment):
        """Find the books, or create them without documents."""
        config["ledger_exchange_root"] = str(Path(config["data_dir"]) / "ledger_exchange")
        cls.root, cls.registry = Path(config["ledger_exchange_root"]), environment.registry
        # as when data is loaded: a French company is created without a chart of accounts
        cls.env = environment(context={"install_mode": True, "tracking_disable": True})
        cls.companies = cls.env["res.company"].search([("ledger_code", "in", ("EAU", "ASST"))], order="id")
        if not cls.companies:
            cls.make_town()
            settle(cls.env)
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.companies.ids})
        cls.companies = cls.companies.with_env(cls.env)
        cls.water, cls.sewerage = cls.companies
        cls.connector = cls.env["ledger.connector"].search([("company_ids", "in", cls.companies.ids)])
        cls.directory = cls.connector._local_root() / cls.connector.directory
        cls.documents, cls.cr = cls.env["ledger.document"], cls.env.cr
        return cls

    @classmethod
    def do(cls, records, method, *arguments, user=None):
        """Call a method that commits, on the one cursor of a benchmark."""
        settle(cls.env)
        getattr(records, method)(*arguments)
        settle(cls.env)

    @classmethod
    def add(cls, count):
        """Add posted documents, known to the connector and checked; committed. `count`: a multiple of MODELS."""
        moves = cls.env["account.move"].search([("ref", "=like", "MODEL%")])
        if not moves:
            cls.supplier, cls.customer = cls.partner("F0009"), cls.partner("C0001")
            moves = cls._make_models()
            settle(cls.env)
        first = cls.env["res.partner"].search_count([("ref", "=like", "T0%")])
        about = {"connector": cls.connector.id, "company": cls.water.id, "first": first}
        cls.cr.execute(SQL(PARTNERS, last=first + max(1, count // EACH) - 1, **about))
        cls.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL")
        # the rows are copies of valid ones: foreign keys are not checked again
        cls.cr.execute("SET LOCAL session_replication_role = replica")
        copies = copy_entries(moves, count // MODELS)
        cls.cr.execute("ANALYZE account_move, account_move_line, res_partner, ledger_code")
        number = cls.env["res.partner"].search_count([("ref", "=like", "T0%")])
        cls.cr.execute(SQL(SPREAD, moves=copies.ids, number=number))
        settle(cls.env)
        cls.env["ledger.document"].search([("move_id", "in", moves.ids)]).unlink()
        cls.cr.execute("UPDATE account_move SET state = 'draft' WHERE id = ANY(%s)", [moves.ids])
        cls.cr.execute("UPDATE account_move_line SET parent_state = 'draft' WHERE move_id = ANY(%s)", [moves.ids])
        settle(cls.env)
        reconcile(cls.connector)
        settle(cls.env)

    @classmethod
    def _make_models(cls):
        """Create documents of three lines, posted by Odoo."""
        chance = random.Random(SEED)
        values = [cls._entry(chance, KINDS[number % len(KINDS)], number) for number in range(MODELS)]
        moves = cls.env["account.move"].with_company(cls.water).create(values)
        cls.env.flush_all()
        cls.cr.execute("ANALYZE account_move, account_move_line, account_account")
        moves.action_post()
        assert set(map(len, moves.mapped("line_ids"))) and all(len(move.line_ids) == 3 for move in moves)
        return moves

    @classmethod
    def _entry(cls, chance, kind, number):
        sale = kind.startswith("out")
        partner = (cls.customer if sale else cls.supplier).filtered(lambda p: p.company_id == cls.water)
        accounts = ("706100", "706200", "706300") if sale else ("615500", "445660")
        lines = [
            {
                "name": f"Redevance et travaux n° {chance.randrange(1000)}",
                "quantity": 1,
                "price_unit": chance.randrange(100, 50_000) / 100,
                "account_id": cls.record("account", chance.choice(accounts)).id,
                "tax_ids": [],
            }
            for _line in range(2)
        ]
        return {
            "move_type": kind,
            "company_id": cls.water.id,
            "journal_id": cls.record("journal", "VT" if sale else "ACH").id,
            "partner_id": partner.id,
            "ref": f"MODEL {number}",
            "invoice_date": DAY,
            "date": DAY,
            "invoice_date_due": DUE,
            "invoice_line_ids": [Command.create(line) for line in lines],
        }

    @classmethod
    def integrate(cls):
        """Mark every document as accepted by the accounting system, as it is; committed."""
        cls.cr.execute(INTEGRATED)
        settle(cls.env)

    @classmethod
    @contextmanager
    def uncommitted(cls):
        """Run steps in one transaction that the caller rolls back; like a commit, each one clears the cache."""

        def do(env, work, *arguments):
            result = work(*arguments)
            env.flush_all()
            env.transaction.clear()
            return result

        with patch.object(exchange, "in_transaction", do):
            yield

    @classmethod
    def run(cls, kind="export", documents=None):
        """Return a run of these documents, at its first step."""
        arguments = kind, "manual", cls.companies, documents
        return in_transaction(cls.env, make_run, cls.connector, *arguments)._as_its_user()

    @classmethod
    def send(cls, run):
        """Complete the step `send`: lots written, delivered to the directory, documents marked."""
        with run.connector_id._open_transport() as transport:
            take_steps(run, transport)

    @classmethod
    def accept(cls, run):
        """Let the accounting system accept what a run sent: one report per lot."""
        folder = cls.directory / cls.connector.acknowledgement_folder
        for lot in run.lot_ids:
            sent = [line.split("\t") for line in lot._manifest().decode().splitlines()]
            text = [ANSWERS, *(f"{company};{number};;accepted;;" for company, number, *_rest in sent), ""]
            (folder / f"AR_{lot.number}.txt").write_text("\r\n".join(text), newline="")

    @classmethod
    def undo(cls, stage="to_export", operation="create"):
        """Undo what was sent and committed; leave the tables as they were."""
        cls.cr.execute(SQL(UNSENT, stage=stage, operation=operation))
        cls.cr.execute("DELETE FROM ledger_lot")
        cls.cr.execute("DELETE FROM ledger_run WHERE kind = 'export'")
        settle(cls.env)
        cls.vacuum()
        for file in (cls.directory / cls.connector.entries_folder).iterdir():
            file.unlink()

    @classmethod
    def vacuum(cls):
        """Vacuum the table, as the server would in time."""
        cls.cr._cnx.autocommit = True
        cls.cr.execute("VACUUM ANALYZE ledger_document")
        cls.cr._cnx.autocommit = False

    @classmethod
    def delivered(cls, run):
        """Return the files of a run, in the directory where the accounting system collects them."""
        folder = cls.directory / run.connector_id.entries_folder
        return [folder / lot.name for lot in run.lot_ids.sorted("id")]
