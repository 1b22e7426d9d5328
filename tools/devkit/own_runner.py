"""`./dev test --lived` and `./dev test --alone`: Odoo's own runner.

The first runs on a database that was in use before the addon is installed: it has other modules, two languages,
invoices, and users with the logins of the tests. The second runs on a database that has nothing at all.
"""

import contextlib
import re
import secrets
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from . import database, system, tested
from .commands import run_logged
from .odoo_command import Workbench, prepare
from .output import SetupError, plain, step
from .paths import MODULE, cache_root, digest, lock

MODULES = (
    *("sale", "purchase", "stock", "crm", "point_of_sale", "website", "hr_expense", "account_edi_ubl_cii"),
    *("contacts", "l10n_fr_account"),
)
INVOICES = 300
LOGINS = (
    *("agent_water", "agent_sewerage", "agent_both", "manager", "plain_user", "portal_user", "accountant", "monitor"),
    *("approver", "demo", "setup_administrator"),
)
#: Tags of all tests: those that need nothing but the addon, and those that need a module of Odoo's as well.
TAGS = (f"/{MODULE}", f"l10n_fr_account/{MODULE}")
#: Tests that `./dev test --lived part` runs.
PART = tuple(
    f"{tags}:{name}"
    for tags in TAGS
    for name in ("TestAttach", "TestSharing", "TestDashboard", "TestSetup", "TestSetupBegun", "TestLedgerReferential")
)
LIFE = f"""
from odoo import Command

env["res.lang"]._activate_lang("fr_FR")
company = env.company
users = env["res.users"].with_context(no_reset_password=True)
users.create([{{"name": login.replace("_", " ").title(), "login": login}} for login in {LOGINS!r}])
partners = env["res.partner"].create([{{"name": f"Client {{n}}", "city": "Valmont"}} for n in range(40)])
product = env["product.product"].create({{"name": "Prestation", "type": "service", "list_price": 80}})
moves = env["account.move"].create(
    [
        {{
            "move_type": "out_invoice" if n % 3 else "in_invoice",
            "partner_id": partners[n % 40].id,
            "invoice_date": f"2026-{{1 + n % 11:02}}-{{1 + n % 28:02}}",
            "ref": f"L-{{n}}",
            "invoice_line_ids": [Command.create({{"product_id": product.id, "quantity": 1, "price_unit": 10 + n}})],
        }}
        for n in range({INVOICES})
    ]
)
moves.filtered(lambda move: move.id % 5).action_post()
env.cr.commit()
"""
#: Queries of remains of the addon, which must be empty after it is uninstalled.
REMAINS = (
    "SELECT 'table ' || relname FROM pg_class WHERE relkind IN ('r', 'v', 'S') AND relname ~ '^(utility|ledger)_'",
    f"SELECT 'record ' || model || ' ' || name FROM ir_model_data WHERE module = '{MODULE}'",
    f"SELECT 'parameter ' || key FROM ir_config_parameter WHERE key LIKE '{MODULE}%'",
    f"SELECT 'constraint ' || c.name FROM ir_model_constraint c JOIN ir_module_module m ON m.id = c.module "
    f"WHERE m.name = '{MODULE}'",
    "SELECT 'model ' || model FROM ir_model WHERE model ~ '^(utility|ledger)[.]'",
    "SELECT 'column ' || table_name || '.' || column_name FROM information_schema.columns "
    "WHERE table_schema = 'public' AND column_name ~ '^(utility|ledger)_'",
    "SELECT 'attachment of ' || res_model FROM ir_attachment WHERE res_model ~ '^(utility|ledger)[.]'",
    "SELECT 'job ' || cron_name FROM ir_cron JOIN ir_act_server s ON s.id = ir_actions_server_id "
    "WHERE s.code ~ '_cron_(synchronize|work|fetch|utility|anonymize)'",
)
#: What every table and model has; uninstalling leaves it as it was before the addon came.
STRUCTURE = (
    "SELECT 'column ' || table_name || '.' || column_name FROM information_schema.columns "
    "WHERE table_schema = 'public'",
    "SELECT 'field ' || model || '.' || name FROM ir_model_fields",
    "SELECT 'name ' || module || '.' || name FROM ir_model_data WHERE model ~ '^ir[.]'",
)
#: What Odoo's runner logs first of the tests: some run as soon as the addon is loaded, the others at the end.
TESTS_BEGIN = re.compile(r": Starting (Test\w+\.test|post tests)")
RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
FAULT = re.compile(r" (?:FAIL|ERROR): (?:Test|Subtest )?(\S.*)$", re.MULTILINE)


def run_lived(*, whole: bool = True) -> int:
    """Install, test and uninstall the addon in a database in use, with a town's data; return the exit code.

    The whole also updates it, as the tests of browsers need; the part tests right after the installation.
    """
    with _new_database() as (bench, name):
        database.copy(bench, _template(bench), name)
        if whole:
            _check_warnings(database.install(bench, name).read_text(errors="replace"), "Installing")
            tested.build_assets(bench, name)
        code = _test(bench, name, *(("-u", TAGS) if whole else ("-i", PART)))
        database.load_demo(bench, name)
        _uninstall(bench, name)
        _check_left(bench, name, _template(bench))
        return code


def run_alone() -> int:
    """Install the addon in an empty database and run all its tests; return the exit code."""
    with _new_database() as (bench, name):
        bench.server.sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return _test(bench, name, "-i", TAGS[:1])


@contextlib.contextmanager
def _new_database() -> Iterator[tuple[Workbench, str]]:
    """Yield a workbench and the name of a database to create, which is dropped at the end."""
    bench = prepare(system.CHROMIUM, system.SSHD, system.PROFTPD, optional=(system.WKHTMLTOPDF, system.HEADLESS))
    name = f"utility_test_{secrets.token_hex(4)}"
    with lock(name):
        try:
            yield bench, name
        finally:
            database.drop(bench, name)
            (cache_root() / "locks" / name).unlink(missing_ok=True)


def _template(bench: Workbench) -> str:
    """Return the name of the database in use, which is created on the first call."""
    name = "lived_" + digest(bench.odoo.version, *MODULES, LIFE)
    with lock(name):
        if not database.exists(bench, name):
            step(f"A database that has lived: installing {', '.join(MODULES)} (two minutes)")
            draft = f"{name}_draft"
            database.copy_template(bench, draft)
            database.odoo(bench, draft, "-i", ",".join(MODULES), label="A database that has lived")
            if bench.shell(draft, LIFE):
                raise SetupError("The database that has lived could not be filled: the error is above.")
            database.rename(bench, draft, name)
    return name


def _check_warnings(text: str, verb: str) -> None:
    problems = tested.warnings(text)
    if problems:
        plain("\n".join(problems))
        raise SetupError(f"{verb} the module logs the warnings above beside the others: it must log none.")


def _test(bench: Workbench, name: str, verb: str, tags: tuple[str, ...]) -> int:
    """Install (-i) or update (-u) the addon and run its tests by Odoo's own runner."""
    log = cache_root() / f"logs/{name}-tests.log"
    step(f"Odoo's own runner: {verb} {MODULE} --test-tags {','.join(tags)}")
    with bench.configuration(name, http_port=str(_free_port())) as configuration:
        command = bench.command(configuration, verb, MODULE, "--test-tags", ",".join(tags), "--stop-after-init")
        with log.open("w") as output:
            subprocess.run(
                command, cwd=cache_root(), env=bench.environment(), stdout=output, stderr=output, check=False
            )
    # what tests log themselves comes after
    _check_warnings(TESTS_BEGIN.split(log.read_text(errors="replace"), maxsplit=1)[0], "Installing or updating")
    return _report(log)


def _report(log: Path) -> int:
    text = log.read_text(errors="replace")
    results = RESULT.findall(text)
    if not results:
        raise SetupError(f"Odoo's runner ended without a result: see {log}.")
    failed, errors, count = (sum(map(int, numbers)) for numbers in zip(*results, strict=True))
    for fault in FAULT.findall(text):
        plain(fault)
    plain(f"{failed} failed, {errors} errors of {count} tests")
    if failed or errors or not count:
        plain(f"The whole log: {log}")
        return 1
    log.unlink()
    return 0


def _uninstall(bench: Workbench, name: str) -> None:
    step(f"Database {name}: uninstalling {MODULE}")
    log = cache_root() / f"logs/{name}.log"
    with bench.configuration(name) as configuration:
        command = bench.command(configuration, "module", "uninstall", MODULE)
        run_logged(command, f"Uninstalling {MODULE}", log, cwd=cache_root(), env=bench.environment())
    _check_warnings(log.read_text(errors="replace"), "Uninstalling")


def _check_left(bench: Workbench, name: str, origin: str) -> None:
    """Check that uninstalling left nothing of the addon, and took nothing that was there before it.

    :param origin: database from which this one was copied before the addon came
    :raises SetupError: it did
    """
    left = [line for query in REMAINS for line in bench.server.sql(query, name).splitlines()]
    for query in STRUCTURE:
        before, after = (set(bench.server.sql(query, each).splitlines()) for each in (origin, name))
        left += sorted(after - before)
        left += [f"{line} is gone" for line in sorted(before - after)]
    if left:
        raise SetupError(f"Uninstalling left behind: {', '.join(left)}.")


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
