"""`./dev upgrade`: upgrades databases of former versions, with data, and checks that nothing is lost."""

import secrets
import shutil
import subprocess
import tomllib
from contextlib import contextmanager
from dataclasses import replace

from . import database, tested
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


def run(version: str | None = None) -> int:
    """Upgrade a database of each released version, or of one, and compare its records; return the exit code."""
    landed = tomllib.loads(LANDED.read_text())
    if version and version not in landed:
        raise SetupError(f"{version} is not one of the released versions: {', '.join(landed)}.")
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
            before = _digests(bench, name)
            problems = tested.warnings(database.install(bench, name, update=True).read_text(errors="replace"))
            after = _digests(bench, name, columns=before)
        finally:
            database.drop(bench, name)
            (cache_root() / "locks" / name).unlink(missing_ok=True)
    lost = {table: (before[table][1], after[table][1]) for table in before if before[table] != after[table]}
    plain("\n".join(problems))
    for table, (was, now) in lost.items():
        plain(f"{version}: {table} differs: {was} rows before, {now} after")
    counts = ", ".join(f"{table} {digest[1]}" for table, digest in before.items() if digest[1])
    step(f"{version}: {'something was lost' if lost else 'every record is as it was'} ({counts})")
    return not lost and not problems


@contextmanager
def _former(version: str, revision: str):
    """Yield an addons folder with a former version of the module."""
    folder = cache_root() / "former" / version
    shutil.rmtree(folder, ignore_errors=True)
    module = folder / MODULE
    module.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", revision], cwd=CHECKOUT, stdout=subprocess.PIPE, check=False)
    if archive.returncode:
        raise SetupError(f"{version} ({revision}) is not in this clone: get its whole history (git fetch --unshallow).")
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
