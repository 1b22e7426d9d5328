"""The server lacks its exchange folder, or the users it needs: the message says so, nothing is lost."""

from .support.ledger import CONNECTOR_MANAGER, LedgerCase


class TestExchangeFolder(LedgerCase):
    def setUp(self):
        super().setUp()
        self.bill = self.entry()

    def break_root(self):
        """A disk that is not mounted: a file stands in place of the folder of all exchange directories."""
        root = self.root / self.env.cr.dbname
        root.rename(self.root / "kept")
        root.write_text("")
        self.addCleanup(self.mend_root)

    def mend_root(self):
        root = self.root / self.env.cr.dbname
        if root.is_file():
            root.unlink()
            (self.root / "kept").rename(root)

    def test_the_run_is_tried_again(self):
        """It used to be refused for good, like a lack of permission."""
        self.break_root()
        run = self.export(self.bill)
        self.assertEqual((run.state, bool(run.retry_on)), ("failed", True))
        self.assertIn(str(self.root), run.message)
        self.assertNotIn("ermission", run.message)
        self.assertEqual(self.document(self.bill).state, "to_export")
        self.mend_root()
        self.export(self.bill)
        self.assertEqual(self.document(self.bill).state, "exported")
        self.assertEqual(len(list((self.directory / "entries").iterdir())), 1)

    def test_somebody_is_told_where_the_responsible_person_left(self):
        gone = self.user("left", CONNECTOR_MANAGER)
        self.connector.user_id = gone
        gone.active = False
        self.break_root()
        run = self.export(self.bill)
        self.assertEqual(run.state, "failed")
        told = self.connector.activity_ids.user_id
        self.assertTrue(told and told.active and told != gone)
