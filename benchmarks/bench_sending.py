"""A campaign's bills sent on paper and by e-mail, beside Odoo's own sending of the same invoices.

`./dev bench sending --rows N`: N posted bills. Ten are drawn up by a campaign; the others are copied from them by SQL.
The peer is Odoo's *Send* for several invoices, on a sample: it renders one document at a time. The limit is the
rendering alone. A server of this process gives the printing program its style sheets.
"""

import threading

from billing_town import Town
from side_by_side import Comparison, Contender, settle
from werkzeug.serving import make_server

from odoo.addons.utility_billing_sync.models.sending.utility_bill_sending import BATCH
from odoo.addons.utility_billing_sync.tests.support.billing import Q1
from odoo.addons.utility_billing_sync.tests.support.ledger_entries import copy_entries
from odoo.http import root

ROWS = rows or 200
MODELS = 10
SAMPLE = min(ROWS, 20)


def serve():
    """Serve style sheets to the printing program."""
    server = make_server("127.0.0.1", 0, root, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    env["ir.config_parameter"].set_param("report.url", f"http://127.0.0.1:{server.server_port}")
    env.cr.commit()


def build():
    """Return a campaign with its posted bills."""
    town = Town.build(env, MODELS)
    partners = town.env["utility.subscription"].search([]).partner_id
    partners.write({"street": "1 rue de l'Église", "zip": "76000", "city": "Valmont"})
    run = town.campaign(Q1)
    run.action_launch()
    while run.sudo()._work_batch():
        pass
    run.action_post()
    while run.sudo()._work_batch():
        pass
    env.flush_all()
    # the rows are copies of valid ones: foreign keys are not checked again
    env.cr.execute("SET LOCAL session_replication_role = replica")
    copy_entries(run.bill_ids, ROWS // MODELS - 1)
    settle(env)
    return run


def send():
    """Send all bills; return whether each was sent."""
    action = campaign.action_send_bills()
    sending = env[action["res_model"]].browse(action["res_id"])
    sending.action_send()
    while sending.state == "running":
        sending._work_batch()
        env.flush_all()
        env.invalidate_all()
    env.cr.execute("SELECT count(*) FROM utility_bill_sending_line WHERE state = 'sent'")
    return env.cr.fetchone()[0] == ROWS


def send_by_email():
    """Send all bills to people who agreed to e-mails."""
    campaign.bill_ids.partner_id.write({"utility_bill_by_email": True, "email": "abonne@example.com"})
    return send()


def odoo(methods):
    def run():
        bills = campaign.bill_ids.sorted("id")[:SAMPLE]
        env["account.move.send"]._generate_and_send_invoices(bills, sending_methods=methods, allow_fallback_pdf=False)
        return all(bill.invoice_pdf_report_id for bill in bills)

    return run


def render():
    reports = env["ir.actions.report"]
    bills = campaign.bill_ids.sorted("id")[: 2 * BATCH]
    for start in range(0, len(bills), BATCH):
        some = bills[start : start + BATCH]
        reports._render_qweb_pdf_prepare_streams("account.account_invoices", {}, res_ids=some.ids)
    return True


serve()
campaign = build() if only is None else env["utility.billing.run"].search([], limit=1)
company = campaign.section_id.company_id
env = env(context=dict(env.context, allowed_company_ids=company.ids, force_report_rendering=True))
campaign = campaign.with_env(env)
comparison = Comparison(env, script, ROWS, only)
limit = Contender("rendering alone", render, "limit", min(ROWS, 2 * BATCH))
times = 3 if ROWS <= 200 else 1
comparison.compare(
    "Bills on paper",
    Contender("campaign, one file for the printer", send, "product", ROWS),
    Contender("Odoo's documents of the invoices (sample)", odoo([]), "peer", SAMPLE),
    limit,
    times=times,
)
comparison.compare(
    "Bills by e-mail",
    Contender("campaign", send_by_email, "product", ROWS),
    Contender("Odoo's sending (sample)", odoo(["email"]), "peer", SAMPLE),
    limit,
    times=times,
)
