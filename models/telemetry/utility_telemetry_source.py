from odoo import fields, models

from ..common.copies import copied_names
from ..common.guarded import Guard

MANAGER = "utility_billing_sync.group_utility_manager"


class UtilityTelemetrySource(models.Model):
    """A source of remote readings of a section: where its files are and when they are fetched."""

    _name = "utility.telemetry.source"
    _description = "Source of Remote Readings"
    _inherit = ["ledger.file.place", "utility.held.on.copy"]
    _order = "name, id"
    _job = "utility_billing_sync.ir_cron_telemetry"
    _guard = Guard(
        kept="company_id format next_run last_success error file_ids server_seconds server_bytes",
        given="name active section_id pattern kept_reading auto_fetch time user_id",
        signs="user_id",
        asked="section_id",
    )
    _own_directory = "telemetry"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    section_id = fields.Many2one(
        "utility.section",
        required=True,
        tracking=True,
        default=lambda self: self.env["utility.section"]._default_section(),
    )
    company_id = fields.Many2one(related="section_id.company_id", store=True, index=True)
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

    pattern = fields.Char(
        string="Names of the Files", required=True, default="*", help="* and ? stand for other letters."
    )
    kept_reading = fields.Selection(
        [("last", "The last one"), ("first", "The first one"), ("midnight", "The nearest to midnight")],
        string="Value Kept per Day",
        required=True,
        default="last",
    )
    format = fields.Json(
        readonly=True,
        copy=False,
        help="Format of the last file; used for the next ones as long as their header is the same.",
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

    # === CRUD === #

    def copy_data(self, default=None):
        return copied_names(self, super().copy_data(default), default)

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
