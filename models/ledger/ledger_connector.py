from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import NO_ACCESS, Command

from ...core.ledger.records import REFERENTIAL, Lot
from ...core.ledger.trial import Folders, try_exchange
from ..common.guarded import Guard

MANAGER = "utility_billing_sync.group_ledger_manager"
FOLDERS = ("entries_folder", "acknowledgement_folder", "referential_folder", "payments_folder")


class LedgerConnector(models.Model):
    """An accounting system: where, how and when to exchange with it."""

    _name = "ledger.connector"
    _description = "Connector"
    _inherit = ["ledger.file.place", "utility.held.on.copy", "mail.activity.mixin", "utility.in.use"]
    _order = "name, id"
    _guard = Guard(
        kept="run_ids document_ids transactions_seen",
        given="name active company_ids entries_folder acknowledgement_folder referential_folder payments_folder "
        "payments_layout_id origin entries_layout_id updates_layout_id acknowledgement_layout_id "
        "referential_layout_ids lot_size journal_ids date_start currency_ids create_accounts "
        "create_journals create_third_parties deactivation_share trace_folder temporary_form",
        asked="company_ids",
    )
    _own_directory = "connector"

    name = fields.Char(required=True, default="Sage FRP 1000")
    active = fields.Boolean(default=True)
    company_ids = fields.Many2many(
        "res.company", string="Companies", required=True, default=lambda self: self.env.company, tracking=True
    )
    entries_folder = fields.Char(required=True, default="entries", groups=MANAGER)
    acknowledgement_folder = fields.Char(required=True, default="acknowledgements", groups=MANAGER)
    referential_folder = fields.Char(
        string="Reference Codes Folder", required=True, default="referential", groups=MANAGER
    )
    payments_folder = fields.Char(required=True, default="payments", groups=MANAGER)
    origin = fields.Char(required=True, default="ODOO", size=20, help="Written to files that have a column for it.")

    # hidden from other users: where the files are
    location = fields.Char(groups=MANAGER)
    host = fields.Char(groups=MANAGER)
    port = fields.Integer(groups=MANAGER)
    username = fields.Char(groups=MANAGER)
    password_input = fields.Char(groups=MANAGER)
    private_key_input = fields.Text(groups=MANAGER)
    passphrase_input = fields.Char(groups=MANAGER)
    has_secret = fields.Boolean(groups=MANAGER)
    host_key = fields.Char(groups=MANAGER)
    host_key_shown = fields.Char(groups=MANAGER)
    host_key_fingerprint = fields.Char(groups=MANAGER)
    host_key_shown_fingerprint = fields.Char(groups=MANAGER)
    file_age = fields.Integer(groups=MANAGER)

    entries_layout_id = fields.Many2one(
        "ledger.layout",
        string="New Entries",
        required=True,
        domain="[('flow', '=', 'entries')]",
        default=lambda self: self._default_layout("entries_25"),
    )
    updates_layout_id = fields.Many2one(
        "ledger.layout",
        string="Updates",
        required=True,
        domain="[('flow', 'in', ('entries', 'updates'))]",
        default=lambda self: self._default_layout("updates"),
    )
    acknowledgement_layout_id = fields.Many2one(
        "ledger.layout",
        string="Acknowledgements",
        domain="[('flow', '=', 'acknowledgement')]",
        default=lambda self: self._default_layout("acknowledgement"),
        help="Empty: the accounting system does not answer; delivered documents count as integrated.",
    )
    referential_layout_ids = fields.Many2many(
        "ledger.layout",
        string="Reference Codes",
        domain=[("flow", "in", tuple(REFERENTIAL))],
        default=lambda self: self._default_referential_layouts(),
    )
    payments_layout_id = fields.Many2one(
        "ledger.layout",
        string="Payments",
        domain="[('flow', '=', 'payments')]",
        help="Empty: the accounting system reports no payments.",
    )
    deactivation_share = fields.Integer(
        string="Maximum Missing Codes",
        default=20,
        groups=MANAGER,
        help="In percent: if more codes of a kind are missing from its files, none is deactivated until a user "
        "confirms it.",
    )
    trace_folder = fields.Char(
        groups=MANAGER,
        help="Stores what was sent, in case the database is restored from an older backup. Empty: beside the entries.",
    )
    temporary_form = fields.Selection(
        [("hidden", ".name.part"), ("suffix", "name.part"), ("prefix", "tmp_name")],
        string="Temporary Names",
        required=True,
        default="hidden",
        groups=MANAGER,
        help="Name of a file while it is written; set by the test of the connection.",
    )
    lot_size = fields.Integer(default=5000, required=True, help="Maximum number of documents in a file.")

    journal_ids = fields.Many2many(
        "account.journal",
        string="Journals",
        domain="[('type', 'in', ('sale', 'purchase')), ('company_id', 'in', company_ids)]",
        help="Empty: every sales and purchase journal of the companies.",
    )
    date_start = fields.Date(
        string="First Date",
        default=lambda self: fields.Date.context_today(self) if self.env.context.get("propose_first_date") else False,
        help="Documents before this accounting date are not exchanged. Empty: all existing documents.",
    )
    currency_ids = fields.Many2many(
        "res.currency", string="Currencies", help="Empty: only the companies' own currencies."
    )
    create_accounts = fields.Boolean(string="Create Missing Accounts")
    create_journals = fields.Boolean(string="Create Missing Journals")
    create_third_parties = fields.Boolean(string="Create Missing Third Parties")

    transactions_seen = fields.Char(
        copy=False, groups=NO_ACCESS, help="Transaction of the database up to which entries were compared."
    )
    run_ids = fields.One2many("ledger.run", "connector_id", string="Runs")
    document_ids = fields.One2many("ledger.document", "connector_id", string="Entries")

    _share_percent = models.Constraint(
        "CHECK (deactivation_share BETWEEN 0 AND 100)", "The share of missing codes must be between 0 and 100 %."
    )
    _lot_size_positive = models.Constraint(
        "CHECK (lot_size BETWEEN 1 AND 50000)", "A file contains 1 to 50,000 documents."
    )

    @api.constrains("company_ids", "active")
    def _check_one_connector_a_company(self):
        """Refuse a second connector for a company, whose accounts are in one accounting system."""
        # sudo: the user may not see other connectors; only the names of common companies are shown
        others = self.sudo().search([("company_ids", "in", self.company_ids.ids)])
        for connector in self.filtered("active"):
            taken = (others - connector).company_ids & connector.company_ids
            if taken:
                names = ", ".join(taken.mapped("name"))
                raise ValidationError(self.env._("These companies already have a connector: %s.", names))

    @api.constrains("directory", "protocol", "trace_folder", *FOLDERS)
    def _check_directory(self):
        for connector in self:
            self._check_names([*(connector[name] for name in FOLDERS), connector.trace_folder or ""])
        return super()._check_directory()

    def onchange(self, values, field_names, fields_spec):
        """Propose today as the first date of a connector created in a form; not to programs."""
        if not self and not field_names:
            self = self.with_context(propose_first_date=True)
        return super(LedgerConnector, self._everywhere()).onchange(values, field_names, fields_spec)

    def web_read(self, specification):
        """Show all the user's companies that the connector serves, also those not ticked in the company switcher."""
        return super(LedgerConnector, self._everywhere()).web_read(specification)

    def web_save(self, vals, specification, next_id=None):
        return super(LedgerConnector, self._everywhere()).web_save(vals, specification, next_id)

    @api.model
    def _default_layout(self, key):
        layout = self.env.ref(f"utility_billing_sync.ledger_layout_{key}", raise_if_not_found=False)
        return layout and layout.filtered("active")

    @api.model
    def _default_referential_layouts(self):
        layouts = [self._default_layout(f"referential_{kind}") for kind in REFERENTIAL]
        return [Command.set([layout.id for layout in layouts if layout])]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for model in ("ledger.document", "ledger.run"):
            # sudo: documents of companies that the user cannot see count as well
            if self.env[model].sudo().search_count([("connector_id", "in", self.ids)], limit=1):
                raise UserError(self.env._("This connector has documents or synchronisations: archive it instead."))

    # === ACTIONS === #

    def action_view_runs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.ledger_run_action")
        return action | {"domain": [("connector_id", "=", self.id)]}

    def action_forget_host_key(self):
        """Forget the approved key, if the server has a new one for a known reason, and show it for approval."""
        self._by_server().write({"host_key": False})
        return self.action_test_connection()

    # === BUSINESS === #

    def _try_place(self):
        """Perform the steps of an exchange, and keep what was found out about the server."""
        found = self._try_exchange()
        self._by_server().write({"temporary_form": found.temporary, "trace_folder": found.trace_folder})
        return "\n".join(self._abilities(found))

    def _try_exchange(self):
        """Perform the steps of an exchange. Returns the core `ServerAbilities`."""
        entries, answers, referential = self.entries_folder, self.acknowledgement_folder, self.referential_folder
        traces = dict.fromkeys((self._trace_folder(), f"{entries}_sent", f"{entries}/sent"))
        with self._open_transport() as transport:
            scans = tuple(filter(None, self.company_ids.mapped("scan_directory")))
            transport.make(scans)
            folders = Folders(entries, answers, (referential,), tuple(traces), self._payments_folder(), scans)
            found = try_exchange(transport, folders)
            if transport.odd_names:
                names = ", ".join(sorted(f"{folder}/{name}" for folder, name in transport.odd_names))
                self.message_post(body=self.env._("Files whose names are not text are ignored: %s", names))
            return found

    def _abilities(self, found):
        """Yield the sentences about a connection that works.

        :param found: core `ServerAbilities`
        """
        yield self.env._("The connection works: a file was written, renamed, read, moved and removed.")
        if not found.has_times and self.file_age:
            yield self.env._(
                "The server does not provide the dates of files: their age cannot be checked, so they are read at once."
            )
        elif not found.has_times:
            yield self.env._("The server does not provide the dates of files.")
        if found.missing:
            yield self.env._("Scan directories that do not exist: %s", ", ".join(found.missing))

    def _folders(self):
        # sudo: names of folders, which managers enter; users who export do not see them
        connector = self.sudo()
        names = (connector.entries_folder, connector.acknowledgement_folder, connector.referential_folder)
        return tuple(dict.fromkeys(filter(None, (*names, connector._payments_folder()))))

    def _layouts_of_folder(self, folder):
        """Return the layouts whose files are read in a folder."""
        connector, layouts = self.sudo(), self.env["ledger.layout"]  # sudo: as in _folders
        if folder == connector.acknowledgement_folder:
            layouts |= connector.acknowledgement_layout_id
        if folder == connector._payments_folder():
            layouts |= connector.payments_layout_id
        if folder == connector.referential_folder:
            layouts |= connector.referential_layout_ids
        return layouts

    def _payments_folder(self):
        """Return the folder of incoming payments; "" if the connector receives none."""
        return (self.payments_layout_id and self.sudo().payments_folder) or ""  # sudo: as in _folders

    def _trace_folder(self):
        # sudo: name of a folder, not shown
        return self.sudo().trace_folder or f"{self.sudo().entries_folder}_sent"

    def _trace_name(self, lot):
        """Return a file name that sorts in the order in which lots were sent."""
        return f"{lot.id:010}.{lot.name}{self._trace_suffix()}"

    def _trace_suffix(self):
        """Return the suffix of this database's traces, as several databases may use a directory."""
        # sudo: identifier of the database, not secret; a restored backup has the same
        return f".{self.env['ir.config_parameter'].sudo().get_param('database.uuid')}.json"

    def _open_transport(self):
        transport = super()._open_transport()
        transport.temporary = self.sudo().temporary_form  # sudo: form of temporary names, not shown
        return transport

    def _lot(self, number, company=""):
        """Return the core Lot with a number, for one company or all."""
        companies = self.company_ids.filtered(lambda c: c.ledger_code == company) if company else self.company_ids
        return Lot(number, fields.Date.context_today(self), self.origin, company, companies._siren())

    @api.model
    def _preview_lot(self, company):
        owner = self.env["res.company"].search([("ledger_code", "=", company)]) if company else self.env.company
        return Lot("00000001", fields.Date.context_today(self), company=company, siren=owner._siren())
