from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ...core.ledger.findings import HostKeyRefused, LedgerError, TransportError
from ...core.ledger.host_keys import key_fingerprint
from ...core.ledger.local import LocalTransport
from ...core.ledger.places import local_place, overlap, reserved_for, sftp_place
from ...core.ledger.servers import fetch_host_key, open_server
from ..ledger.sentences import tell


class UtilityTelemetrySource(models.Model):
    """Access to a source: a directory of this server below the exchange root, or SFTP with a pinned key."""

    _inherit = "utility.telemetry.source"

    @api.depends("protocol", "directory", "host", "port", "username")
    def _compute_location(self):
        root = self.env["ledger.connector"]._local_root()
        for source in self:
            if source.protocol == "local":
                source.location = str(root / source._local_directory())
            else:
                server = f"{source.username or ''}@{source.host or ''}:{source.port}"
                source.location = f"sftp://{server}/{source.directory or ''}"

    @api.depends("host_key", "host_key_shown")
    def _compute_fingerprints(self):
        for source in self:
            source.host_key_fingerprint = source.host_key and key_fingerprint(source.host_key)
            source.host_key_shown_fingerprint = source.host_key_shown and key_fingerprint(source.host_key_shown)

    @api.constrains("directory", "protocol", "host", "port", "username", "active")
    def _check_directory(self):
        """Check that no connector uses the directory and, if it is on this server, no other source.

        Sources of one SFTP server may share a directory: each reads the names of its own pattern.
        """
        taken = self.env["ledger.connector"]._taken_places()
        for source in self:
            try:
                mine = source._place()
            except LedgerError as error:
                raise ValidationError(tell(self.env, error)) from error
            others = [
                place
                for owner, place in taken.items()
                if place and owner != source and (source.protocol == "local" or owner._name != source._name)
            ]
            if source._takes_name_of_another() or any(overlap(mine, place) for place in others):
                raise ValidationError(
                    self.env._(
                        "Directory %s overlaps with that of another connector or source, or cannot be compared with "
                        "it: choose a separate one.",
                        source.directory or "/",
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if {"host", "port", "protocol"} & vals.keys():
            # the key was approved for the earlier server only
            self._by_server().write({"host_key": False, "host_key_shown": False})
        return result

    def _place(self):
        """Return where the source reads, to be compared with others.

        :raises LedgerError: its name is refused
        """
        if self.protocol == "local":
            return local_place(self._local_directory())
        return sftp_place(self.host or "", self.port, self.host_key or "", self.username or "", self.directory or "")

    def _takes_name_of_another(self):
        return self.protocol == "local" and reserved_for(self.directory or "") not in (None, ("telemetry", self.id))

    # === ACTIONS === #

    def action_test_connection(self):
        """List the waiting files. The first time, the server's key is shown for approval.

        :raises UserError: what is wrong, and what to do
        """
        self.ensure_one()
        self.check_access("write")
        try:
            if self.protocol == "sftp" and not self.host_key:
                return self._show_host_key()
            with self._open_transport() as transport:
                number = len(transport.list("", self.pattern))
        except HostKeyRefused as error:
            self._by_server().host_key_shown = fetch_host_key(self.host, self.port)
            return self._tell("danger", tell(self.env, error))
        except LedgerError as error:
            raise UserError(tell(self.env, error)) from error
        return self._tell("success", self.env._("The connection works: %s files wait.", number))

    def action_approve_host_key(self):
        """Pin the key that the server showed; any other key is refused from now on."""
        self.ensure_one()
        self.check_access("write")
        if self.host_key_shown:
            self.message_post(body=self.env._("Server key approved: %s", self.host_key_shown_fingerprint))
            self._by_server().write({"host_key": self.host_key_shown, "host_key_shown": False})

    # === BUSINESS === #

    def _show_host_key(self):
        if not self.host:
            raise UserError(self.env._("Enter the server's name first."))
        self._by_server().host_key_shown = fetch_host_key(self.host, self.port)
        return self._tell(
            "warning",
            self.env._(
                "Compare the key %s with the one given by the server's administrator, then approve it.",
                self.host_key_shown_fingerprint,
            ),
        )

    def _local_directory(self):
        return self.directory or f"telemetry_{self._origin.id or 0}"

    def _open_transport(self):
        """Return the open core Transport of this source; use it in a `with`.

        :raises TransportError: it cannot be reached, or refuses
        """
        self.ensure_one()
        # sudo: users who may fetch use the secrets here; they are only sent to the server
        kept = self.sudo()
        if kept.protocol == "local":
            root = self.env["ledger.connector"]._local_root()
            try:
                root.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise TransportError("permission_denied", name=str(root)) from error
            transport = LocalTransport(root, kept._local_directory())
            transport.make()
            return transport
        if not kept.host_key:
            raise TransportError("host_key_wrong")
        return open_server(
            kept.host or "",
            kept.username or "",
            kept.host_key,
            directory=kept.directory or "",
            port=kept.port,
            password=kept.password or "",
            private_key=kept.private_key or "",
            passphrase=kept.passphrase or "",
        )
