"""*Télérelève*: files that may still grow wait; the test of the connection does what a run does."""

import os
import shutil
import time
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..core.ledger.local import LocalTransport
from .support.sharing import MODULE
from .support.telemetry import NIGHT, TelemetryCase


@tagged("post_install", "-at_install", MODULE)
class TestTelemetryPlaces(TelemetryCase):
    def test_a_file_that_may_still_grow_waits(self):
        """Its program writes it under its final name: half of it would be taken for the whole."""
        self.source.sudo().file_age = 3600
        self.drop("1.csv", NIGHT[:100])
        self.fetch()
        self.assertEqual((self.names(), len(self.files())), (["1.csv"], 0))
        self.assertIn("1.csv", self.source.error)
        wait = (self.source.next_run - fields.Datetime.now()).total_seconds()
        self.assertTrue(3500 < wait <= 3600, wait)
        old = time.time() - 4000
        self.drop("1.csv")
        os.utime(self.folder / "1.csv", (old, old))
        self.fetch()
        self.assertEqual((self.files().state, self.source.error), ("done", False))

    def test_a_file_that_grows_while_it_is_read_waits(self):
        usual = LocalTransport._open

        def growing(transport, path, mode):
            if path.endswith("1.csv"):
                self.drop("1.csv")
            return usual(transport, path, mode)

        self.drop("1.csv", NIGHT[:100])
        with patch.object(LocalTransport, "_open", growing):
            self.fetch()
        self.assertEqual((self.names(), len(self.files())), (["1.csv"], 0))
        self.fetch()
        self.assertEqual(self.files().state, "done")

    def test_the_connection_is_tried_as_files_are_used(self):
        self.drop("1.csv")
        self.assertEqual(self.source.action_test_connection()["params"]["type"], "success")
        self.assertEqual(self.names(), ["1.csv"], "nothing is left")
        shutil.rmtree(self.folder / "done")
        (self.folder / "done").write_bytes(b"a file where the folder would be")
        with self.assertRaisesRegex(UserError, "done"):
            self.source.action_test_connection()
        self.assertEqual(self.names(), ["1.csv", "done"])
