"""`./dev upgrade`: upgrades databases of former versions, with data, and checks that nothing is lost."""

import secrets
import shutil
import subprocess
import tomllib
from contextlib import contextmanager
from dataclasses import replace

from . import counterpart, database, tested
from .odoo_command import Workbench, prepare
from .output import SetupError, plain, step
from .paths import CHECKOUT, MODULE, cache_root, lock

LANDED = CHECKOUT / "tests/data/landed.toml"
#: What must be the same before and after: a table, and those of its columns that the former version has.
KEPT = (
    ("utility_section", "name code company_id"),
    ("utility_connection_point", "serial_number street city"),
    ("utility_meter", "section_id connection_point_id active"),
    ("utility_subscription", "partner_id meter_id date_start date_end tariff_id"),
    ("utility_reading", "meter_id date index kind consumption state"),
    ("utility_reading_answer", "id"),
    ("utility_tariff_line", "version_id kind price lower upper"),
    ("utility_billing_run", "name section_id state"),
    ("utility_leak_alert", "volume mean cap"),
    ("account_move", "name state date amount_total partner_id"),
    ("account_move_line", "move_id account_id debit credit quantity"),
    ("ledger_connector", "name protocol directory"),
    ("ledger_code", "kind code company_code res_id"),
    ("ledger_document", "move_id operation"),
    ("ledger_lot", "name sha256"),
    ("ledger_run", "state"),
)
#: A town at work: codes in, a campaign billed, sent and answered; then a campaign and an export under way, noted in a
#: parameter, as an upgrade at any hour meets them.
LIFE = """
import json, subprocess, sys

from odoo.tools import SQL

SIMULATOR, DATA, ROOT = {places}

def simulate(*words):
    subprocess.run([sys.executable, SIMULATOR, *words, "--root", ROOT], check=True, stdout=subprocess.DEVNULL)

def launch(subscriptions):
    section = subscriptions.section_id
    days = env["utility.reading"].search([("section_id", "=", section.id)]).mapped("date")
    period = {{"date_start": min(days), "date_end": max(days), "invoice_date": max(days)}}
    values = {{"section_id": section.id, "subscription_ids": subscriptions.ids, **period}}
    campaign = env["utility.billing.run"].create(values)
    campaign.action_launch()
    env.cr.commit()
    return campaign

def work(campaign):
    for _attempt in range(20):
        if campaign.state != "running":
            break
        env.ref("{module}.ir_cron_billing").method_direct_trigger()
        env.cr.commit()
        env.invalidate_all()
    assert campaign.state in ("billed", "posted"), (campaign.state, campaign.error)

def bill(subscriptions):
    campaign = launch(subscriptions)
    work(campaign)
    campaign.action_post()
    env.cr.commit()
    work(campaign)
    assert campaign.bill_ids, campaign.error
    return campaign.bill_ids

env.user.company_ids = env["res.company"].search([])
connector = env["ledger.connector"].search([], order="id", limit=1)
sections = env["utility.section"].search([], order="id", limit=2)
first, second = (env["utility.subscription"].search([("section_id", "=", each.id)], order="id") for each in sections)
half = len(first) // 2
env.cr.commit()
simulate("publish", "--data", DATA)
connector.action_synchronize()
bill(first[:half])
connector.action_synchronize()
simulate("serve", "--once")
connector.action_synchronize()
bills = bill(first[half:])
documents = env["ledger.document"].search([("move_id", "in", bills.ids), ("state", "=", "to_export")])
values = {{"kind": "export", "step": "send", "trigger": "manual", "company_ids": connector.company_ids.ids}}
run = env["ledger.run"].create({{"connector_id": connector.id, **values}})
run._note_todo(documents.ids if "todo_ids" in run._fields else SQL("id = ANY(%s)", documents.ids))
campaign = launch(second)
assert documents and campaign.state == "running", (documents, campaign.state)
noted = {{"campaign": campaign.id, "run": run.id, "documents": sorted(documents.ids)}}
env["ir.config_parameter"].set_param("upgrade.open", json.dumps(noted))
env.cr.commit()
"""
#: Checks that the work is still under way, about the same records, and carries it on to its end.
CARRY_ON = """
import json

noted = json.loads(env["ir.config_parameter"].get_param("upgrade.open"))
campaign, run = env["utility.billing.run"].browse(noted["campaign"]), env["ledger.run"].browse(noted["run"])
env.cr.execute("SELECT todo FROM ledger_run WHERE id = %s", [run.id])
left = sorted(document for lot in env.cr.fetchone()[0] for document in lot)
assert campaign.state == "running" and campaign.task == "bill", campaign.state
assert not run.date_end and left == noted["documents"], (run.date_end, left, noted["documents"])
campaign._work()
run.connector_id._cron_synchronize()
env.invalidate_all()
assert campaign.state == "billed" and campaign.bill_ids, (campaign.state, campaign.error)
assert run.date_end, (run.state, run.message)
print(f"carried on: a campaign of {len(campaign.bill_ids)} bills, an export of {len(left)} documents ({run.state})")
env.cr.commit()
"""


def run(version: str | None = None) -> int:
    """Upgrade a database of each released version, or of one, and compare its records; return the exit code."""
    landed = tomllib.loads(LANDED.read_text())
    if version and version not in landed:
        raise SetupError(f"{version} is not one of the released versions: {', '.join(landed)}.")
    for name, revision in landed.items():
        if subprocess.run(
            ["git", "cat-file", "-e", revision], cwd=CHECKOUT, stderr=subprocess.DEVNULL, check=False
        ).returncode:
            raise SetupError(
                f"{name} ({revision}) is not in this clone: get its whole history (git fetch --unshallow)."
            )
    bench = prepare()
    differing = [name for name in ([version] if version else landed) if not _upgrades(bench, name, landed[name])]
    return 1 if differing else 0


def _upgrades(bench: Workbench, version: str, revision: str) -> bool:
    name = f"utility_test_{secrets.token_hex(4)}"
    with lock(name), _former(version, revision) as addons:
        former = replace(bench, addons=addons)
        try:
            database.copy_template(bench, name)
            database.install(former, name)
            database.load_demo(former, name)
            has_bills = bench.server.sql("SELECT count(*) FROM account_move WHERE state = 'posted'", name) != "0"
            if not has_bills:  # later demo towns have billed all that they read
                _live(former, name)
            before = _digests(bench, name)
            problems = tested.warnings(database.install(bench, name, update=True).read_text(errors="replace"))
            after = _digests(bench, name, columns=before)
            is_carried_on = has_bills or bench.shell(name, CARRY_ON) == 0
        finally:
            counterpart.forget(name)
            database.drop(bench, name)
            (cache_root() / "locks" / name).unlink(missing_ok=True)
    lost = {table: (before[table][1], after[table][1]) for table in before if before[table] != after[table]}
    plain("\n".join(problems))
    for table, (was, now) in lost.items():
        plain(f"{version}: {table} differs: {was} rows before, {now} after")
    counts = ", ".join(f"{table} {digest[1]}" for table, digest in before.items() if digest[1])
    step(f"{version}: {'something was lost' if lost else 'every record is as it was'} ({counts})")
    if not is_carried_on:
        plain(f"{version}: what was under way was not carried on: the error is above")
    return is_carried_on and not lost and not problems


def _live(former: Workbench, name: str) -> None:
    """Let the former version bill and exchange with its own counterpart, and leave work under way."""
    step(f"Database {name}: billing and exchanging")
    counterpart.forget(name)
    tools = former.module / "tools"
    places = tools / "frp1000_simulator.py", tools / "frp1000_demo.json", counterpart.directory(name)
    script = LIFE.format(places=", ".join(repr(str(place)) for place in places), module=MODULE)
    if former.shell(name, script):
        raise SetupError("The former version could not bill or exchange: the error is above.")


@contextmanager
def _former(version: str, revision: str):
    """Yield an addons folder with a former version of the module."""
    folder = cache_root() / "former" / version
    shutil.rmtree(folder, ignore_errors=True)
    module = folder / MODULE
    module.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", revision], cwd=CHECKOUT, stdout=subprocess.PIPE, check=True)
    subprocess.run(["tar", "-x", "-C", str(module)], input=archive.stdout, check=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _digests(bench: Workbench, name: str, columns: dict | None = None) -> dict:
    """Return {table: [columns, rows, digest]} of the compared columns."""
    found = {}
    for table, wanted in KEPT:
        query = f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}'"
        known = set(bench.server.sql(query, name).split())
        names = (
            columns[table][0] if columns and table in columns else [each for each in wanted.split() if each in known]
        )
        if not names or (columns and table not in columns):
            continue
        if missing := set(names) - known:
            found[table] = [names, f"no column {', '.join(sorted(missing))}", ""]
            continue
        row = ", ".join(f'"{each}"' for each in names)
        rows = f"(SELECT {row} FROM {table}) r"
        digest = f"SELECT count(*), md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) FROM {rows}"
        found[table] = [names, *bench.server.sql(digest, name).split("|")]
    return found
