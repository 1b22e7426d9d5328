import os
import re
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from ...core.ledger.findings import HostKeyRefused, LedgerError, TransportError
from ...core.ledger.host_keys import key_fingerprint
from ...core.ledger.local import LocalTransport
from ...core.ledger.records import Lot
from ...core.ledger.servers import fetch_host_key, open_server
from ...core.ledger.trial import Folders, try_exchange
from .sentences import tell

ROOT_OPTION = "ledger_exchange_root"


class LedgerConnector(models.Model):
    _inherit = "ledger.connector"

    @api.depends("protocol", "directory", "host", "port", "username")
    def _compute_location(self):
        for connector in self:
            if connector.protocol == "local" and not (connector.directory or connector._origin):
                connector.location = self.env._("Set when the connector is saved")
            elif connector.protocol == "local":
                connector.location = str(connector._local_root() / connector._local_directory())
            else:
                server = f"{connector.username or ''}@{connector.host or ''}:{connector.port}"
                connector.location = f"sftp://{server}/{connector.directory or ''}"

    @api.depends("host_key", "host_key_shown")
    def _compute_fingerprints(self):
        for connector in self:
            connector.host_key_fingerprint = self._fingerprint(connector.host_key)
            connector.host_key_shown_fingerprint = self._fingerprint(connector.host_key_shown)

    @api.model
    def _fingerprint(self, key):
        return key and key_fingerprint(key)

    def write(self, vals):
        result = super().write(vals)
        if {"host", "port", "protocol"} & vals.keys():
            # the key was approved for the former server only
            self._by_server().write({"host_key": False, "host_key_shown": False})
        return result

    # === ACTIONS === #

    def action_test_connection(self):
        """*Tester la connexion*: perform the steps of an exchange. The first time, show the server's key for approval.

        :raises UserError: with the failed step and what to do
        """
        self.ensure_one()
        self.check_access("write")
        try:
            if self.protocol == "sftp" and not self.host_key:
                return self._by_server()._show_host_key()
            found = self._try_exchange()
        except HostKeyRefused as error:
            return self._by_server()._show_other_key(error)
        except LedgerError as error:
            raise UserError(tell(self.env, error)) from error
        self._by_server().write({"temporary_form": found.temporary, "trace_folder": found.trace_folder})
        return self._notify("success", "\n".join(self._abilities(found)))

    def action_approve_host_key(self):
        """Approve the key that the server presented; any other key is refused from now on."""
        self.ensure_one()
        self.check_access("write")
        if self.host_key_shown:
            self.message_post(body=self.env._("Server key approved: %s", self.host_key_shown_fingerprint))
            self._by_server().write({"host_key": self.host_key_shown, "host_key_shown": False})

    def action_forget_host_key(self):
        """Forget the approved key, if the server has a new one for a known reason, and show it for approval."""
        self.ensure_one()
        self.check_access("write")
        self._by_server().write({"host_key": False, "host_key_shown": False})
        return self.action_test_connection()

    # === BUSINESS === #

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

    def _show_other_key(self, error):
        """Store the new key of a server for approval. Returns a notification: raising would roll it back."""
        self.host_key_shown = fetch_host_key(self.host, self.port)
        return self._notify("danger", tell(self.env, error))

    def _show_host_key(self):
        if not self.host:
            raise UserError(self.env._("Enter the server's name first."))
        self.host_key_shown = fetch_host_key(self.host, self.port)
        message = self.env._(
            "Compare the key %s with the one given by the server's administrator, then approve it.",
            self.host_key_shown_fingerprint,
        )
        return self._notify("warning", message)

    def _notify(self, kind, message):
        params = {"type": kind, "message": message, "sticky": kind != "success"}
        params["next"] = {"type": "ir.actions.client", "tag": "soft_reload"}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    @api.model
    def _local_root(self):
        """Return the folder of all exchange directories of this database.

        It is set by the environment variable LEDGER_EXCHANGE_ROOT, or by `ledger_exchange_root` in the server's
        configuration file; by default, it is in the data directory. The name of the database is part of it, so that a
        copy of the database does not use the directories of the original.
        """
        configured = os.environ.get(ROOT_OPTION.upper()) or config.get(ROOT_OPTION)
        root = configured or Path(config["data_dir"]) / "ledger_exchange"
        return Path(root) / re.sub(r"[^\w.-]", "_", self.env.cr.dbname)

    def _local_directory(self):
        return self.directory or f"connector_{self._origin.id or 0}"

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
        """Return the open core Transport of this connector; use it in a `with`.

        :raises TransportError: the server cannot be reached, or refuses the connection
        """
        transport = self._connect()
        transport.temporary = self.sudo().temporary_form  # sudo: form of temporary names, not shown
        return transport

    def _connect(self):
        self.ensure_one()
        # sudo: called for users who may synchronise; the secrets are only sent to the server
        connector = self.sudo()
        if connector.protocol == "local":
            root = connector._local_root()
            try:
                root.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise TransportError("permission_denied", name=str(root)) from error
            transport = LocalTransport(root, connector._local_directory())
            transport.make(self._folders())
            return transport
        if not connector.host_key:
            raise TransportError("host_key_wrong")
        return open_server(
            connector.host or "",
            connector.username or "",
            connector.host_key,
            directory=connector.directory or "",
            port=connector.port,
            password=connector.password or "",
            private_key=connector.private_key or "",
            passphrase=connector.passphrase or "",
        )

    def _lot(self, number, company=""):
        """Return the core Lot with a number, for one company or all."""
        companies = self.company_ids.filtered(lambda c: c.ledger_code == company) if company else self.company_ids[:1]
        return Lot(number, fields.Date.context_today(self), self.origin, company, companies._siren())

    @api.model
    def _preview_lot(self, company):
        owner = (
            self.env["res.company"].search([("ledger_code", "=", company)], limit=1) if company else self.env.company
        )
        return Lot("00000001", fields.Date.context_today(self), company=company, siren=owner._siren())
