from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import NO_ACCESS

from ...core.ledger.findings import LedgerError
from ...core.ledger.host_keys import key_fingerprint
from ...core.ledger.places import local_place, overlap, reserved_for, sftp_place
from ...core.ledger.remote_files import name_parts
from ..common.guarded import Guard
from .sentences import tell


class LedgerFilePlace(models.AbstractModel):
    """Mixin of models whose files are in a directory of this server or of an SFTP server with an approved key.

    Models restrict the fields of servers to their own managers.
    """

    _name = "ledger.file.place"
    _description = "Place of Files"
    _inherit = ["mail.thread", "utility.guarded"]
    _guard = Guard(
        kept="password private_key passphrase host_key host_key_shown",
        given="protocol directory host port username password_input private_key_input passphrase_input file_age",
    )
    #: First part of the name of a record's own directory, see `core.ledger.places.reserved_for`.
    _own_directory = ""

    protocol = fields.Selection(
        [("local", "Directory of This Server"), ("sftp", "SFTP")], required=True, default="local", tracking=True
    )
    directory = fields.Char(
        tracking=True,
        help="On this server: a name below the exchange root, empty for an own directory. By SFTP: a directory of the "
        "remote server, empty for the user's home directory.",
    )
    location = fields.Char(compute="_compute_location", groups=NO_ACCESS, help="Where the files are.")
    host = fields.Char(groups=NO_ACCESS, tracking=True)
    port = fields.Integer(default=22, groups=NO_ACCESS)
    username = fields.Char(string="User Name", groups=NO_ACCESS, tracking=True)
    password = fields.Char(string="Stored Password", groups=NO_ACCESS, copy=False)
    private_key = fields.Text(string="Stored Private Key", groups=NO_ACCESS, copy=False)
    passphrase = fields.Char(string="Stored Passphrase", groups=NO_ACCESS, copy=False)
    password_input = fields.Char(
        string="Password", compute="_compute_inputs", inverse="_inverse_password", groups=NO_ACCESS, exportable=False
    )
    private_key_input = fields.Text(
        string="Private Key",
        compute="_compute_inputs",
        inverse="_inverse_private_key",
        groups=NO_ACCESS,
        exportable=False,
    )
    passphrase_input = fields.Char(
        string="Passphrase",
        compute="_compute_inputs",
        inverse="_inverse_passphrase",
        groups=NO_ACCESS,
        exportable=False,
    )
    has_secret = fields.Boolean(compute="_compute_has_secret", groups=NO_ACCESS, string="A Secret Is Stored")
    host_key = fields.Char(readonly=True, copy=False, groups=NO_ACCESS, help="The server's public key, once approved.")
    host_key_shown = fields.Char(readonly=True, copy=False, groups=NO_ACCESS)
    host_key_fingerprint = fields.Char(compute="_compute_fingerprints", string="Approved Key", groups=NO_ACCESS)
    host_key_shown_fingerprint = fields.Char(compute="_compute_fingerprints", string="Key To Approve", groups=NO_ACCESS)
    file_age = fields.Integer(
        string="Age of Files",
        default=0,
        groups=NO_ACCESS,
        help="In seconds: incoming files are read once they are that old, by the remote clock. 0: at once.",
    )

    _file_age_positive = models.Constraint("CHECK (file_age >= 0)", "The age of files cannot be negative.")

    # === CONSTRAINTS === #

    @api.constrains("directory", "protocol")
    def _check_directory(self):
        for record in self:
            record._check_names([record.directory or ""] if record.protocol == "local" else [])

    @api.model
    def _check_names(self, names):
        try:
            for name in names:
                name_parts(name)
        except LedgerError as error:
            raise ValidationError(tell(self.env, error)) from error

    @api.constrains("directory", "protocol", "host", "port", "username", "active")
    def _check_own_directory(self):
        """Refuse a directory that overlaps with another's, archived ones included: their files are there."""
        places = self._taken_places()
        for record in self:
            mine = record._place()
            others = [
                place
                for owner, place in places.items()
                if place and owner != record and not record._may_share_with(owner)
            ]
            if not mine or record._takes_name_of_another() or any(overlap(mine, place) for place in others):
                raise ValidationError(
                    self.env._(
                        "Directory %s overlaps with that of another connector or source, or cannot be compared with "
                        "it: choose a separate one.",
                        record.directory or "/",
                    )
                )

    @api.model
    def _taken_places(self):
        """Return {record: its Place, None if it cannot be compared} of all models of this mixin."""
        # sudo: the user may not see the records of others; their directories are compared, not shown
        models_ = (self.env[name].sudo() for name in self.pool.descendants(["ledger.file.place"], "_inherit"))
        found = [m.with_context(active_test=False).search([("protocol", "!=", False)]) for m in models_ if m._auto]
        return {other: other._place() for records in found for other in records}

    def _may_share_with(self, other):
        """Hook: return whether the directory may be the same as that of another record."""
        return False

    def _place(self):
        """Return the directory for comparison with others, None if it cannot be compared."""
        try:
            if self.protocol == "local":
                return local_place(self._local_directory())
            return sftp_place(
                self.host or "", self.port, self.host_key or "", self.username or "", self.directory or ""
            )
        except LedgerError:
            return None

    def _takes_name_of_another(self):
        """Return whether the directory has the default name of another record."""
        mine = (None, (self._own_directory, self.id))
        return self.protocol == "local" and reserved_for(self.directory or "") not in mine

    # === COMPUTE === #

    @api.depends("protocol", "directory", "host", "port", "username")
    def _compute_location(self):
        for record in self:
            if record.protocol == "local" and not (record.directory or record._origin):
                record.location = self.env._("Set when it is saved")
            elif record.protocol == "local":
                record.location = str(record._local_root() / record._local_directory())
            else:
                server = f"{record.username or ''}@{record.host or ''}:{record.port}"
                record.location = f"sftp://{server}/{record.directory or ''}"

    @api.depends("host_key", "host_key_shown")
    def _compute_fingerprints(self):
        for record in self:
            record.host_key_fingerprint = record.host_key and key_fingerprint(record.host_key)
            record.host_key_shown_fingerprint = record.host_key_shown and key_fingerprint(record.host_key_shown)

    def _compute_inputs(self):
        """Leave the inputs empty: secrets can be written, never read."""
        self.password_input = self.private_key_input = self.passphrase_input = False

    def _compute_has_secret(self):
        for record in self:
            # sudo: only whether a secret is stored
            stored = record.sudo()
            record.has_secret = bool(stored.password or stored.private_key)

    def _inverse_password(self):
        self._store_secret("password")

    def _inverse_private_key(self):
        self._store_secret("private_key")

    def _inverse_passphrase(self):
        self._store_secret("passphrase")

    def _store_secret(self, name):
        for record in self:
            value = record[f"{name}_input"]
            if value:
                # sudo: called for managers who may write the record; a single field, which no user may read
                record.sudo()[name] = value
        self.invalidate_recordset([f"{name}_input", "has_secret"])
