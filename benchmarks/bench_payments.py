"""Payments of the accounting system registered on bills, beside Odoo's own registration of the same payments.

`./dev bench payments --rows N`: N posted bills of different amounts, of which each is paid in full. The product reads
the rows of a file, keeps them and registers them in batches, as a synchronisation does. The peers are Odoo's *Pay* for
a batch of bills, and for one bill after the other, as an accountant does by hand: samples, since they take much longer
a bill. The limit writes the same entries and reconciliations by SQL.
"""

from bills import Bills
from side_by_side import Comparison, Contender, settle

from odoo import Command
from odoo.addons.utility_billing_sync.core.ledger.layouts import Reader
from odoo.addons.utility_billing_sync.core.ledger.presets import PAYMENTS
from odoo.addons.utility_billing_sync.models.ledger_exchange.payments_in import BATCH
from odoo.addons.utility_billing_sync.models.ledger_payments.incoming_payments import IncomingPayments
from odoo.addons.utility_billing_sync.models.ledger_payments.registration import Registration
from odoo.addons.utility_billing_sync.tests.support.ledger_entries import copy_entries
from odoo.addons.utility_billing_sync.tests.support.payments import HEADER, make_payment_journals
from odoo.addons.utility_billing_sync.tests.support.sharing import MODULE, NO_LOGO
from odoo.tools import split_every

ROWS = rows or 2_000
SAMPLE = min(ROWS, 50)
SAMPLED_BATCH = min(ROWS, BATCH)
DAY = "2026-03-12"
MATCHED = """
    WITH matched AS (
        SELECT bill.id AS bill, paid.id AS paid, bill.company_id, bill.amount_currency AS amount,
               bill.currency_id AS currency
          FROM unnest(%(bills)s, %(entries)s) AS pair (bill_id, entry_id)
          JOIN account_move_line bill ON bill.move_id = pair.bill_id AND bill.account_id = %(account)s
          JOIN account_move_line paid ON paid.move_id = pair.entry_id AND paid.account_id = %(account)s
    ), wholes AS (
        INSERT INTO account_full_reconcile DEFAULT VALUES RETURNING id
    ), partials AS (
        INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, company_id, amount, debit_amount_currency,
                                               credit_amount_currency, debit_currency_id, credit_currency_id,
                                               full_reconcile_id, max_date)
        SELECT bill, paid, company_id, amount, amount, amount, currency, currency, wholes.id, %(day)s
          FROM matched, wholes
    ), lines AS (
        UPDATE account_move_line line
           SET amount_residual = 0, amount_residual_currency = 0, reconciled = TRUE
          FROM matched
         WHERE line.id IN (matched.bill, matched.paid)
    )
    UPDATE account_move SET amount_residual = 0, amount_residual_signed = 0, payment_state = 'paid'
     WHERE id = ANY(%(bills)s)
"""


def build():
    """Create a company with posted bills, its connector and its bank."""
    euro = env.ref("base.EUR")
    euro.active = True
    companies = env["res.company"].with_context(install_mode=True)
    company = companies.create({**NO_LOGO, "name": "Régie", "ledger_code": "EAU", "currency_id": euro.id})
    env.user.company_ids |= company
    Bills(env(context=dict(env.context, allowed_company_ids=company.ids)), company).grow(ROWS)
    journal = make_payment_journals(env, company)
    # without an account of receipts under way, Odoo makes no entry of a payment
    journal.inbound_payment_method_line_ids.payment_account_id = journal.default_account_id.copy({"code": "515100"})
    env["ledger.connector"].create(
        {
            "company_ids": [Command.set(company.ids)],
            "directory": "payments",
            "payments_layout_id": env.ref(f"{MODULE}.ledger_layout_payments").id,
            "payment_journal_ids": [Command.set(journal.ids)],
        }
    )
    settle(env)


def outcome(paid):
    """Return what the contenders must agree on: bills paid, and money received for them."""
    env.flush_all()
    env.cr.execute("SELECT count(*) FROM account_move WHERE id = ANY(%s) AND amount_residual = 0", [paid.ids])
    count = env.cr.fetchone()[0]
    entries = journal.env["account.move.line"]._read_group(
        [("journal_id", "=", journal.id), ("account_id", "=", account.id)], [], ["balance:sum"]
    )
    return count, round(entries[0][0], 2)


def report():
    """Keep the payments of a file and register them, as a run does."""
    run = env["ledger.run"].create({"connector_id": connector.id, "company_ids": company.ids, "kind": "payments"})
    lines = [
        f"EAU;R{bill.id};{bill.name};;12/03/2026;{bill.amount_total:.2f};PRLV;;;;\r\n".replace(".", ",")
        for bill in bills
    ]
    IncomingPayments(run).take(Reader(PAYMENTS).rows([(HEADER + "".join(lines)).encode()]), "", "REG_1.csv")
    waiting = env["ledger.payment"].search([("connector_id", "=", connector.id)], order="id")
    for some in split_every(BATCH, waiting.ids, waiting.browse):
        if findings := Registration(connector).register(some):
            raise AssertionError(findings)
        env.flush_all()
        env.invalidate_all()
    return outcome(bills)


def pay(size, paid):
    """Return Odoo's own registration, `size` bills at a time."""

    def run():
        for some in split_every(size, paid.ids, paid.browse):
            dialog = env["account.payment.register"].with_context(active_model="account.move", active_ids=some.ids)
            values = {"journal_id": journal.id, "payment_date": DAY, "group_payment": False}
            dialog.create(values)._create_payments()
            env.flush_all()
            env.invalidate_all()
        return outcome(paid)

    return run


def write():
    """Write entries of payments and their reconciliation by SQL; the first one is Odoo's."""
    pay(1, bills[:1])()
    model = env["account.payment"].search([("journal_id", "=", journal.id)], limit=1).move_id
    others = bills[1:]
    env.cr.execute("SET LOCAL session_replication_role = replica")
    entries = copy_entries(model, len(others))
    places = {"bills": others.ids, "entries": entries.ids, "account": receivable.id, "day": DAY}
    env.cr.execute(MATCHED, places)
    env.invalidate_all()
    return outcome(bills)[0]


def agree(results):
    product, batch, sample, limit = results
    received = round(sum(bills.mapped("amount_total")), 2)
    if product != (ROWS, received) or batch[0] != SAMPLED_BATCH or sample[0] != SAMPLE or limit != ROWS:
        raise AssertionError(f"The contenders do not agree: {results}")


if only is None:
    build()
connector = env["ledger.connector"].search([("directory", "=", "payments")])
company, journal = connector.company_ids, connector.payment_journal_ids
env = env(context=dict(env.context, allowed_company_ids=company.ids))
connector, company, journal = connector.with_env(env), company.with_env(env), journal.with_env(env)
account = journal.inbound_payment_method_line_ids.payment_account_id
bills = env["account.move"].search([("company_id", "=", company.id), ("move_type", "=", "out_invoice")], order="id")
ROWS = len(bills)
receivable = bills.line_ids.account_id.filtered(lambda each: each.account_type == "asset_receivable")
Comparison(env, script, rows, only).compare(
    "Payments registered",
    Contender("payments received", report, "product", ROWS),
    Contender("Odoo's registration, a batch (sample)", pay(BATCH, bills[:SAMPLED_BATCH]), "peer", SAMPLED_BATCH),
    Contender("Odoo's registration, one bill at a time (sample)", pay(1, bills[:SAMPLE]), "peer", SAMPLE),
    Contender("the same rows by SQL", write, "limit", ROWS),
    times=3,
    agree=agree,
)
