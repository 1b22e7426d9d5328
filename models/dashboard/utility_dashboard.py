import json
from ast import literal_eval
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_amount, formatLang

from .section_figures import SectionFigures

MODULE = "utility_billing_sync"
MANAGER = f"{MODULE}.group_utility_manager"
AMOUNTS = f"{MANAGER},account.group_account_invoice,account.group_account_readonly"
#: For each figure of a section: the action that lists its records, and the domain that is counted.
LISTS = {
    "to_read": ("utility_meter_action", [("is_to_read", "=", True)]),
    "meters": ("utility_meter_action", []),
    "to_check": ("utility_reading_action", [("state", "=", "draft")]),
    "to_synchronise": ("utility_reading_action_pending", [("sync_state", "=", "pending")]),
    "moves": ("utility_move_action_waiting", []),
    "self_reported": ("utility_reading_action", [("state", "=", "draft"), ("self_report_id", "!=", False)]),
    "gaps": ("utility_meter_action_gaps", []),
    "leaks": ("utility_leak_alert_action", [("state", "=", "detected")]),
    "alarms": ("utility_telemetry_alarm_action", [("state", "=", "open")]),
    "unknown": ("utility_telemetry_unknown_action", [("meter_id", "=", False), ("is_ignored", "=", False)]),
    "failing": ("utility_telemetry_source_action", [("error", "!=", False)]),
    "figures": ("utility_year_figure_action", []),
    "sendings": ("utility_bill_sending_action", [("state", "in", ("running", "stopped"))]),
    "campaigns": ("utility_billing_run_action", []),
}


class UtilityDashboard(models.Model):
    """A card for each section and each connector: what needs attention there, each figure with a link.

    The sections are those of all the reader's companies, ticked or not.
    """

    _name = "utility.dashboard"
    _description = "Dashboard"
    _inherit = ["utility.computed.name"]
    _auto = False
    _log_access = False
    _order = "sequence, id"

    kind = fields.Selection([("setup", "Setup"), ("section", "Section"), ("connector", "Connector")], readonly=True)
    sequence = fields.Integer(readonly=True)
    section_id = fields.Many2one("utility.section", readonly=True)
    connector_id = fields.Many2one("ledger.connector", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    name = fields.Char(compute="_compute_name")

    round_start = fields.Date(related="section_id.round_start")
    meter_count = fields.Integer(compute="_compute_figures")
    to_read_count = fields.Integer(string="To Read", compute="_compute_figures")
    read_rate = fields.Integer(string="Read (%)", compute="_compute_figures")
    to_check_count = fields.Integer(string="To Check", compute="_compute_figures")
    to_synchronise_count = fields.Integer(string="To Synchronise", compute="_compute_figures")
    move_count = fields.Integer(string="Departures and Arrivals To Answer", compute="_compute_figures")
    self_reported_count = fields.Integer(string="Self-Readings To Check", compute="_compute_figures")
    gap_count = fields.Integer(string="Differences Between Sections", compute="_compute_figures")
    leak_count = fields.Integer(string="Possible Leaks", compute="_compute_figures")
    run_id = fields.Many2one(
        "utility.billing.run", compute="_compute_run", string="Campaign in Progress", groups=MANAGER
    )
    run_state = fields.Selection(
        selection=lambda self: self.env["utility.billing.run"]._fields["state"]._description_selection(self.env),
        compute="_compute_run",
        groups=MANAGER,
    )
    run_progress = fields.Float(compute="_compute_run", groups=MANAGER)
    sending_id = fields.Many2one(
        "utility.bill.sending", compute="_compute_sending", string="Sending Under Way", groups=MANAGER
    )
    sending_state = fields.Selection(
        selection=lambda self: self.env["utility.bill.sending"]._fields["state"]._description_selection(self.env),
        compute="_compute_sending",
        groups=MANAGER,
    )
    sending_progress = fields.Float(compute="_compute_sending", groups=MANAGER)
    billed_this_year = fields.Char(compute="_compute_billed", groups=AMOUNTS)
    billed_last_year = fields.Char(compute="_compute_billed", groups=AMOUNTS)
    volume_this_year = fields.Char(compute="_compute_billed", groups=AMOUNTS)
    billed_graph = fields.Text(compute="_compute_billed", groups=AMOUNTS)

    setup_done = fields.Integer(compute="_compute_setup", groups=MANAGER)
    setup_count = fields.Integer(compute="_compute_setup", groups=MANAGER)
    setup_next = fields.Char(compute="_compute_setup", groups=MANAGER)

    health = fields.Selection(related="connector_id.health")
    last_success = fields.Datetime(related="connector_id.last_success")
    next_run = fields.Datetime(related="connector_id.next_run")
    waiting_count = fields.Integer(related="connector_id.waiting_count")
    anomaly_count = fields.Integer(related="connector_id.anomaly_count")
    payment_count = fields.Integer(related="connector_id.payment_count")
    received_count = fields.Integer(related="connector_id.received_count")
    oldest_unanswered = fields.Datetime(related="connector_id.oldest_unanswered")

    @property
    def _table_query(self):
        closed = all(self.env.companies.mapped("utility_setup_closed"))
        return SQL(
            """
            SELECT 1 AS id, 'setup' AS kind, -1 AS sequence, NULL::integer AS section_id, NULL::integer AS connector_id,
                   NULL::integer AS company_id
             WHERE NOT %s
             UNION ALL
            SELECT id * 2 + 2, 'section', sequence, id, NULL, company_id
              FROM utility_section WHERE active
             UNION ALL
            SELECT id * 2 + 3, 'connector', 1000000, NULL, id, NULL FROM ledger_connector WHERE active
            """,
            closed,
        )

    @api.depends("kind")
    def _compute_setup(self):
        shown = self.filtered(lambda card: card.kind == "setup")
        (self - shown).update({"setup_done": 0, "setup_count": 0, "setup_next": False})
        if shown:
            steps = self.env["utility.setup.step"]
            waiting, count = steps._waiting(), steps.search_count([])
            done = count - len(waiting)
            shown.update({"setup_done": done, "setup_count": count, "setup_next": waiting[:1].name})

    @api.depends("section_id", "connector_id")
    def _compute_name(self):
        for card in self:
            # sudo: the reader has access to the company of each card that they see, ticked or not
            seen = card.sudo()
            card.name = seen.section_id.name or seen.connector_id.name or self.env._("Setup")

    @api.depends("section_id")
    def _compute_figures(self):
        self.env.flush_all()
        figures = SectionFigures(self.env, self.section_id.ids)
        meters, to_check, to_synchronise = figures.meters(), figures.to_check(), figures.to_synchronise()
        gaps, leaks = figures.gaps(), figures.leaks()
        moves, self_reported = figures.moves(), figures.self_reported()
        for card in self:
            key = card.section_id.id
            card.to_read_count, card.meter_count = meters.get(key, (0, 0))
            read = card.meter_count - card.to_read_count
            card.read_rate = round(100 * read / card.meter_count) if card.meter_count else 0
            card.to_check_count = to_check.get(key, 0)
            card.to_synchronise_count = to_synchronise.get(key, 0)
            card.move_count = moves.get(key, 0)
            card.self_reported_count = self_reported.get(key, 0)
            card.gap_count = gaps.get(key, 0)
            card.leak_count = leaks.get(key, 0)

    @api.depends("section_id")
    def _compute_run(self):
        campaigns = SectionFigures(self.env, self.section_id.ids).campaigns()
        for card in self:
            # sudo: as for the name
            run = self.env["utility.billing.run"].sudo().browse(campaigns.get(card.section_id.id))
            card.run_id, card.run_state, card.run_progress = run, run.state, run.progress_rate

    @api.depends("section_id")
    def _compute_sending(self):
        sendings = SectionFigures(self.env, self.section_id.ids).sendings()
        for card in self:
            # sudo: as for the name
            sending = self.env["utility.bill.sending"].sudo().browse(sendings.get(card.section_id.id))
            card.sending_id, card.sending_state = sending, sending.state
            card.sending_progress = sending.progress_rate

    @api.depends("section_id")
    @api.depends_context("lang")
    def _compute_billed(self):
        billed = SectionFigures(self.env, self.section_id.ids).billed()
        year = fields.Date.context_today(self).year
        quarters = [date(each, month, 1) for each in (year - 1, year) for month in (1, 4, 7, 10)]
        for card in self:
            found = billed.get(card.section_id.id, {})
            currency = card.sudo().company_id.currency_id  # sudo: as for the name
            amounts = {
                each: sum(a for day, (a, _volume) in found.items() if day.year == each) for each in (year - 1, year)
            }
            volume = sum(v for day, (_amount, v) in found.items() if day.year == year)
            card.billed_last_year = format_amount(self.env, amounts[year - 1], currency) if currency else ""
            card.billed_this_year = format_amount(self.env, amounts[year], currency) if currency else ""
            card.volume_this_year = f"{formatLang(self.env, volume, digits=0)} m³"
            card.billed_graph = self._graph(quarters, found, year) if found else False

    def _graph(self, quarters, found, year):
        """Return the m³ billed per quarter, last year's in the colour of past values."""
        values = [
            {
                "label": self.env._("Q%(quarter)s %(year)s", quarter=(day.month + 2) // 3, year=day.year),
                "value": found.get(day, (0, 0))[1],
                "type": "past" if day.year < year else "future",
            }
            for day in quarters
        ]
        return json.dumps([{"values": values, "key": self.env._("m³ billed")}])

    # === ACTIONS === #

    def action_open_setup(self):
        """Open *Mise en route*."""
        return self.env["ir.actions.act_window"]._for_xml_id(f"{MODULE}.utility_setup_step_action")

    def action_close_setup(self):
        """Take the setup off the dashboard."""
        return self.env["utility.setup.step"].action_hide()

    def action_open_list(self):
        """Open the records of a figure, which `dashboard_list` in the context names.

        :raises UserError: there is no list of that name
        """
        self.ensure_one().check_access("read")
        name = self.env.context.get("dashboard_list")
        if name not in LISTS:
            raise UserError(self.env._("There is no list of that name on the dashboard."))
        xml_id, counted = LISTS[name]
        action = self.env["ir.actions.act_window"]._for_xml_id(f"{MODULE}.{xml_id}")
        listed = Domain(literal_eval(action["domain"] or "[]"))
        domain = listed & Domain("section_id", "=", self.section_id.id) & Domain(counted)
        context = literal_eval(action["context"] or "{}")
        return self._entering(action, domain=list(domain), context=context)

    def action_new_reading(self):
        """Open a new reading of the section, for the next meter of the round."""
        action = self.env["ir.actions.act_window"]._for_xml_id(f"{MODULE}.utility_reading_action")
        first = self.env["utility.meter"]._first_of_round(self.section_id)
        context = {"default_meter_id": first.id} if not self._is_mine() else {}
        return self._entering(action | {"views": [(False, "form")]}, context=context)

    def action_import_readings(self):
        """Open the import of a file of readings of the section."""
        action = self.env["ir.actions.act_window"]._for_xml_id(f"{MODULE}.utility_reading_import_action")
        return self._entering(action, context={"default_section_id": self.section_id.id})

    def action_new_campaign(self):
        """Open a new campaign of the section."""
        action = self.env["ir.actions.act_window"]._for_xml_id(f"{MODULE}.utility_billing_run_action")
        context = {"default_section_id": self.section_id.id}
        return self._entering(action | {"views": [(False, "form")]}, context=context)

    def action_open_campaign(self):
        """Open the campaign in progress."""
        action = self.env["ir.actions.act_window"]._for_xml_id(f"{MODULE}.utility_billing_run_action")
        return self._entering(action | {"views": [(False, "form")], "res_id": self.run_id.id})

    def action_begin_round(self):
        """Begin a new round of readings of the section today."""
        self.section_id.action_begin_round()

    def action_view_documents(self):
        """Open the documents of this connector in *Visuel Synchronisations*."""
        return self.env["ir.actions.act_window"]._for_xml_id(f"{MODULE}.ledger_document_action") | {
            "domain": [("connector_id", "=", self.connector_id.id)],
        }

    def action_view_anomalies(self):
        """Open the documents of this connector with an anomaly."""
        return self.env["ir.actions.act_window"]._for_xml_id(f"{MODULE}.ledger_document_action") | {
            "domain": [("connector_id", "=", self.connector_id.id), ("has_anomaly", "=", True)],
            "context": {},
        }

    def action_view_payments(self):
        """Open the payments of this connector that wait."""
        return self.env["ir.actions.act_window"]._for_xml_id(f"{MODULE}.ledger_payment_action_waiting") | {
            "domain": [("connector_id", "=", self.connector_id.id), ("state", "=", "waiting")],
            "context": {},
        }

    def action_view_received(self):
        """Open the draft bills created from files that this connector received."""
        action = self.env["ir.actions.act_window"]._for_xml_id(f"{MODULE}.account_move_action_received")
        return action | {
            "domain": [("state", "=", "draft"), ("ledger_scan_ids.connector_id", "=", self.connector_id.id)],
            "context": {"create": False, "utility_companies": True},
        }

    def action_open_connector(self):
        """Open the settings of this connector."""
        return self.connector_id.get_formview_action()

    def action_synchronize(self):
        """Exchange with the accounting system now."""
        return self.connector_id.action_synchronize()

    def _is_mine(self):
        return self.env["utility.section"]._default_section() == self.section_id

    def _entering(self, action, context=None, **values):
        """Return an action on the section's records, which also ticks its company if it is not ticked yet."""
        action = action | values | {"context": context or {}}
        if self.company_id in self.env.companies:
            return action
        params = {"company_id": self.company_id.id, "next": action}
        return {"type": "ir.actions.client", "tag": "utility_enter_company", "params": params}
