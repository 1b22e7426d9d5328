import os
import re
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import config

from ...core.ledger.failures import typed_failures
from ...core.ledger.findings import HostKeyRefused, LedgerError, TransportError
from ...core.ledger.local import LocalTransport
from ...core.ledger.servers import fetch_host_key, open_server
from .sentences import tell

ROOT_OPTION = "ledger_exchange_root"


class LedgerFilePlace(models.AbstractModel):
    """Access to the files: the directory of this server below its root, or SFTP with the approved key."""

    _inherit = "ledger.file.place"

    # === CRUD === #

    def write(self, vals):
        result = super().write(vals)
        if {"host", "port", "protocol"} & vals.keys():
            # the key was approved for the former server only
            self._by_server().write({"host_key": False, "host_key_shown": False})
        return result

    # === ACTIONS === #

    def action_test_connection(self):
        """*Tester la connexion*: do what is done with files. The first time, show the server's key for approval.

        :raises UserError: with the failed step and what to do
        """
        self.ensure_one()
        self.check_access("write")
        try:
            if self.protocol == "sftp" and not self.host_key:
                return self._by_server()._show_host_key()
            message = self._try_place()
        except HostKeyRefused as error:
            return self._by_server()._show_other_key(error)
        except LedgerError as error:
            raise UserError(tell(self.env, error)) from error
        return self._notify("success", message)

    def action_approve_host_key(self):
        """Approve the key that the server presented; any other key is refused from now on."""
        if self.host_key_shown:
            self.message_post(body=self.env._("Server key approved: %s", self.host_key_shown_fingerprint))
            self._by_server().write({"host_key": self.host_key_shown, "host_key_shown": False})

    # === BUSINESS === #

    def _try_place(self):
        """Hook: carry out each step of an exchange of files; return sentences about the result.

        :raises LedgerError: with the failed step
        """
        raise NotImplementedError

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

    @api.model
    def _notify(self, kind, message):
        params = {"type": kind, "message": message, "sticky": kind != "success"}
        params["next"] = {"type": "ir.actions.client", "tag": "soft_reload"}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    def _may_still_grow(self, file):
        """Return whether a file is more recent than the minimum age: the other program may still be writing it."""
        # sudo: a number of seconds, not shown
        return file.is_younger(self.sudo().file_age, self.env.cr.now().astimezone().timestamp())

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
        return self.directory or f"{self._own_directory}_{self._origin.id or 0}"

    def _folders(self):
        """Hook: return the folders of the directory, which are created on this server."""
        return ()

    def _open_transport(self):
        """Return the open core Transport of this record; use it in a `with`.

        :raises TransportError: the server cannot be reached, or refuses the connection
        """
        # sudo: called for users who may exchange files; the secrets are only sent to the server
        place = self.sudo()
        if place.protocol == "local":
            root = place._local_root()
            with typed_failures(str(root)):
                root.mkdir(parents=True, exist_ok=True)
            transport = LocalTransport(root, place._local_directory())
            transport.make(self._folders())
            return transport
        if not place.host_key:
            raise TransportError("host_key_wrong")
        return open_server(
            place.host or "",
            place.username or "",
            place.host_key,
            directory=place.directory or "",
            port=place.port,
            password=place.password or "",
            private_key=place.private_key or "",
            passphrase=place.passphrase or "",
        )
