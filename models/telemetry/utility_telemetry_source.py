from odoo import api, fields, models
from odoo.fields import NO_ACCESS

from ..common.guarded import Guard

MANAGER = "utility_billing_sync.group_utility_manager"


class UtilityTelemetrySource(models.Model):
    """A source of remote readings of a section: where its files are and when they are fetched."""

    _name = "utility.telemetry.source"
    _description = "Source of Remote Readings"
    _inherit = ["mail.thread", "utility.held.on.copy", "utility.guarded"]
    _order = "name, id"
    _job = "utility_billing_sync.ir_cron_telemetry"
    _guard = Guard(
        kept="company_id password private_key passphrase host_key host_key_shown format next_run last_success error "
        "file_ids server_seconds server_bytes",
        given="name active section_id protocol directory host port username password_input private_key_input "
        "passphrase_input pattern kept_reading auto_fetch time user_id",
        signs="user_id",
    )

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    section_id = fields.Many2one(
        "utility.section",
        required=True,
        tracking=True,
        default=lambda self: self.env["utility.section"]._default_section(),
    )
    company_id = fields.Many2one(related="section_id.company_id", store=True, index=True)
    protocol = fields.Selection(
        [("local", "Directory of This Server"), ("sftp", "SFTP")], required=True, default="local", tracking=True
    )
    directory = fields.Char(
        tracking=True,
        help="Of this server: a name below the exchange root, empty for one of the source's own. By SFTP: the "
        "directory on the remote server, empty for the user's own.",
    )
    location = fields.Char(compute="_compute_location", groups=MANAGER, help="Where the files are.")
    pattern = fields.Char(
        string="Names of the Files", required=True, default="*", help="* and ? stand for other letters."
    )
    host = fields.Char(groups=MANAGER, tracking=True)
    port = fields.Integer(default=22, groups=MANAGER)
    username = fields.Char(string="User Name", groups=MANAGER, tracking=True)
    password = fields.Char(string="Stored Password", groups=NO_ACCESS, copy=False)
    private_key = fields.Text(string="Stored Private Key", groups=NO_ACCESS, copy=False)
    passphrase = fields.Char(string="Stored Passphrase", groups=NO_ACCESS, copy=False)
    password_input = fields.Char(
        string="Password", compute="_compute_inputs", inverse="_inverse_password", groups=MANAGER, exportable=False
    )
    private_key_input = fields.Text(
        string="Private Key",
        compute="_compute_inputs",
        inverse="_inverse_private_key",
        groups=MANAGER,
        exportable=False,
    )
    passphrase_input = fields.Char(
        string="Passphrase", compute="_compute_inputs", inverse="_inverse_passphrase", groups=MANAGER, exportable=False
    )
    host_key = fields.Char(readonly=True, copy=False, groups=MANAGER, help="The server's public key, once approved.")
    host_key_shown = fields.Char(readonly=True, copy=False, groups=MANAGER)
    host_key_fingerprint = fields.Char(compute="_compute_fingerprints", string="Approved Key", groups=MANAGER)
    host_key_shown_fingerprint = fields.Char(compute="_compute_fingerprints", string="Key To Approve", groups=MANAGER)
    kept_reading = fields.Selection(
        [("last", "The last one"), ("first", "The first one"), ("midnight", "The nearest to midnight")],
        string="Kept of a Day's Values",
        required=True,
        default="last",
    )
    format = fields.Json(
        readonly=True,
        copy=False,
        help="Of the last file: the next ones are read so, as long as their header is the same.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="In the Name Of",
        required=True,
        default=lambda self: self.env.user,
        domain="[('id', '=', uid)]",
        help="Readings are entered with this person's rights. Everybody can only enter themselves.",
    )
    auto_fetch = fields.Boolean(string="Every Night", tracking=True)
    time = fields.Float(default=4.0, tracking=True, help="Local time of the company.")
    next_run = fields.Datetime(readonly=True, copy=False)
    last_success = fields.Datetime(readonly=True, copy=False)
    error = fields.Char(string="What Failed", readonly=True, copy=False)
    server_seconds = fields.Float(readonly=True, copy=False, help="Time spent waiting in the run that is under way.")
    server_bytes = fields.Float(readonly=True, copy=False, help="Bytes read in the run that is under way.")
    file_ids = fields.One2many("utility.telemetry.file", "source_id", string="Files", readonly=True)

    _time_on_clock = models.Constraint("CHECK (time >= 0 AND time < 24)", "The time must be between 00:00 and 23:59.")

    # === SECRETS === #

    def _compute_inputs(self):
        """Leave the secrets empty: they can be written but not read."""
        self.password_input = self.private_key_input = self.passphrase_input = False

    def _inverse_password(self):
        self._keep_secret("password")

    def _inverse_private_key(self):
        self._keep_secret("private_key")

    def _inverse_passphrase(self):
        self._keep_secret("passphrase")

    def _keep_secret(self, name):
        for source in self:
            value = source[f"{name}_input"]
            if value:
                # sudo: called by a manager who may write the source; writes one field that nobody may read
                source.sudo()[name] = value
        self.invalidate_recordset([f"{name}_input"])

    # === ACTIONS === #

    def action_view_files(self):
        """Open the files read from this source."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("utility_billing_sync.utility_telemetry_file_action")
        return action | {"domain": [("source_id", "=", self.id)]}

    # === BUSINESS === #

    def _creation_message(self):
        # Odoo's sentence has no gender
        return self.env._("Source created")

    @api.model
    def _tell(self, kind, message):
        params = {"type": kind, "message": message, "next": {"type": "ir.actions.client", "tag": "soft_reload"}}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}
