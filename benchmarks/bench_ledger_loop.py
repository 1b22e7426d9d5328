"""The accounting exchange on real input: invoices of both sections, vendor bills with their approvals, both ledgers.

    ./dev bench ledger_loop
    ./dev bench ledger_loop --rows 5000

READINGS names the file of readings, by default the extract of the tests; --rows is the number of vendor bills: one in
twenty is created by Odoo, the others are copied by SQL, as in a migration.
"""

import os
import tempfile
import time
import unittest
from pathlib import Path

from odoo.addons.utility_billing_sync.tests.support.exchange import reconcile
from odoo.addons.utility_billing_sync.tests.support.ledger_entries import copy_entries, make_entries
from odoo.addons.utility_billing_sync.tests.support.ledger_town import TownCase
from odoo.tools import config

BILLS = rows or 5000


def timed(label, work, *arguments):
    start = time.perf_counter()
    result = work(*arguments)
    env.flush_all()
    print(f"{time.perf_counter() - start:8.2f} s  {label}", flush=True)
    return result


class Bench(TownCase):
    """The tests' town on this database, with real commits."""

    file = Path(os.environ.get("READINGS") or TownCase.file)

    @classmethod
    def build(cls, environment, folder):
        # as when data is loaded: a French company is created without a chart of accounts
        cls.env = environment(context={**environment.context, "install_mode": True})
        cls.registry, cls.root = environment.registry, Path(folder)
        config["ledger_exchange_root"] = folder
        cls.make_town()
        cls.populate()
        cls.rest()
        return cls("whole_loop")

    @classmethod
    def do(cls, records, method, *arguments, user=None):
        cls.rest()
        start = time.perf_counter()
        found = super().do(records, method, *arguments, user=user)
        # only a new transaction sees the commits of the other one
        cls.rest()
        print(f"{time.perf_counter() - start:8.2f} s  {method}", flush=True)
        return found

    @classmethod
    def rest(cls):
        cls.env.flush_all()
        cls.env.cr.commit()
        cls.env.invalidate_all()


unittest.TestCase.maxDiff = 2000
with tempfile.TemporaryDirectory() as folder:
    bench = timed("town, référentiel, meters, readings in both sections", Bench.build, env, folder)
    env = bench.env
    invoices = timed("invoices of both sections drawn up and posted", bench.bill)
    made = timed("vendor bills made by Odoo", make_entries, bench, max(2, BILLS // 20), ("in_invoice", "in_refund"))
    bills = made | timed("vendor bills copied by SQL", copy_entries, made, 19)
    bench.rest()
    timed("documents found for them", lambda: reconcile(bench.connector))
    print(f"{len(bench.extract)} points, {len(invoices)} invoices, {len(bills)} vendor bills", flush=True)
    report = timed("whole loop", bench.whole_loop, invoices, bills)
lines = sum(row["lines"] for row in report["balances"])
print(f"{lines} lines in the counterpart's ledger, {len(report['balances'])} balances equal Odoo's, to the cent")
