"""The command line of `./dev`."""

import argparse
import os
import shutil
import sys

from . import (
    benchmark,
    check,
    cluster,
    database,
    faults,
    from_nothing,
    fuzz,
    guide,
    lint,
    load,
    model_mutants,
    mutants,
    own_runner,
    pictures,
    serve,
    translate,
    upgrade,
)
from .odoo_command import prepare
from .output import SetupError, step

OLDEST, NEWEST = (3, 11), (3, 13)
EPILOG = """\
Odoo 19, its Python packages, PostgreSQL's data and the databases are built once in a cache folder:
$UTILITY_CACHE, or $XDG_CACHE_HOME/utility_billing_sync, or ~/.cache/utility_billing_sync; for root,
/var/cache/utility_billing_sync.
ODOO19_PATH names an Odoo 19 that you have; PG_BIN, the folder of PostgreSQL's programs."""


def main(arguments: list[str]) -> int:
    """Run one command; on failure, print a message and return 1."""
    try:
        _choose_python()
        options, rest = _parser().parse_known_args(arguments)
        if rest and options.handler is not _test:
            raise SetupError(f"{options.command} does not know {' '.join(rest)}: see ./dev {options.command} --help.")
        options.rest = rest
        return options.handler(options)
    except SetupError as error:
        print(f"dev: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


def _choose_python() -> None:
    """Restart with a Python that Odoo 19 and the pinned packages accept."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        if python := shutil.which(f"python3.{minor}"):
            os.execv(python, [python, *sys.argv])
    raise SetupError(
        f"This is Python {sys.version.split()[0]}, and 3.11 to 3.13 is needed: install one, python3.13 for "
        "instance; it is found by itself."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev",
        description="Run, test and explore this Odoo 19 addon.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, dest="command", metavar="command")

    def command(name: str, handler, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(handler=handler)
        return added

    run = command("run", _run, "serve the demo database, in French, on 127.0.0.1")
    _add_database(run, default="utility_demo")
    run.add_argument("--port", default=8069, type=int, metavar="N")
    run.add_argument("--reset", action="store_true", help="make the database again")
    _add_test_options(
        command("test", _test, "run the checks; further arguments go to pytest, -k or test files choose tests")
    )
    shell = command("shell", _shell, "run Python from standard input with `env`; a missing database is made")
    _add_database(shell, default="utility_shell")
    command("lint", _lint, "ruff, types, pylint-odoo, XML")
    command("i18n", _i18n, "refresh the template of terms and the French file")
    bench = command("bench", _bench, "run a benchmark, or all of them")
    bench.add_argument("name", nargs="?")
    bench.add_argument("--rows", type=int, metavar="N")
    _add_load_options(command("load", _load, "a town hall at work over HTTP on this machine, beside long work"))
    crashes = command("faults", _faults, "kill servers in the middle of the exchange, then compare both ledgers")
    crashes.add_argument("--rounds", default=200, type=int, metavar="N")
    outside = command("fuzz", _fuzz, "give every reader of outside text anything, and look for errors not its own")
    outside.add_argument("--inputs", default=100_000, type=int, metavar="N", help="for each reader")
    outside.add_argument("--seed", type=int, metavar="N", help="the seed of another run, to repeat it")
    command("guide", _guide, "build the guide that the application's help menu opens")
    shown = command("pictures", _pictures, "take every picture of the guide and README from the demo, in the browser")
    shown.add_argument("names", nargs="*", metavar="NAME", help="these pictures alone")
    _add_database(shown, default="utility_pictures")
    shown.add_argument("--keep", action="store_true", help="of the database as it is, not of a new one")
    command("page", _page, "render README as the page that Odoo's Apps show")
    _add_mutant_options(
        command("mutants", _mutants, "break the rules of core/ one at a time, and look whether a test notices")
    )
    older = command("upgrade", _upgrade, "bring databases of former versions, with data, to this one, and compare")
    older.add_argument("version", nargs="?", metavar="VERSION")
    command("stop", _stop, "stop the PostgreSQL servers of the cache folder")
    return parser


def _add_database(parser: argparse.ArgumentParser, **options: str) -> None:
    parser.add_argument("--db", type=database.check_name, metavar="NAME", **options)


def _add_test_options(test: argparse.ArgumentParser) -> None:
    _add_database(test, help="reuse a database, brought up to date")
    test.add_argument("--whole", action="store_true", help="also browser tours, attack and accidents, as in CI")
    test.add_argument(
        "--lived",
        nargs="?",
        const="whole",
        choices=("whole", "part"),
        help="Odoo's own runner beside other modules, on a database with invoices and users",
    )
    test.add_argument("--alone", action="store_true", help="Odoo's own runner, on an empty database")
    test.add_argument(
        "--from-nothing", action="store_true", help="the setup of a town, in a database with nothing but the addon"
    )
    test.add_argument("--keep", action="store_true", help="keep the test database")


def _add_load_options(load_test: argparse.ArgumentParser) -> None:
    load_test.add_argument("--agents", default=15, type=int, metavar="N")
    load_test.add_argument("--minutes", default=6, type=float, metavar="M", help="of all scenarios together")
    load_test.add_argument("--bills", default=5_000, type=int, metavar="N", help="of the campaign")
    load_test.add_argument("--documents", default=20_000, type=int, metavar="N", help="to export")
    load_test.add_argument("--rows", default=50_000, type=int, metavar="N", help="of the file of readings, to 600,000")


def _add_mutant_options(broken: argparse.ArgumentParser) -> None:
    broken.add_argument("path", nargs="?", default="core", metavar="PATH")
    broken.add_argument(
        "--models", nargs="?", const=60, type=int, metavar="N", help="break N places of models/ instead"
    )
    broken.add_argument("--seed", default=2026, type=int, metavar="N", help="which places of models/")
    _add_database(broken, default="utility_mutants")


def _upgrade(options: argparse.Namespace) -> int:
    return upgrade.run(options.version)


def _run(options: argparse.Namespace) -> int:
    return serve.run(options.db, options.port, reset=options.reset)


def _test(options: argparse.Namespace) -> int:
    if options.from_nothing:
        return from_nothing.run()
    if options.lived:
        return own_runner.run_lived(whole=options.lived == "whole")
    if options.alone:
        return own_runner.run_alone()
    return check.run(options.rest, name=options.db, keep=options.keep, whole=options.whole)


def _shell(options: argparse.Namespace) -> int:
    bench = prepare()
    database.provide(bench, options.db)
    return bench.shell(options.db)


def _lint(_options: argparse.Namespace) -> int:
    return 1 if lint.run() else 0


def _i18n(_options: argparse.Namespace) -> int:
    return translate.run()


def _bench(options: argparse.Namespace) -> int:
    return benchmark.run(options.name, options.rows)


def _load(options: argparse.Namespace) -> int:
    return load.run(load.Size(options.agents, options.minutes, options.bills, options.documents, options.rows))


def _faults(options: argparse.Namespace) -> int:
    return faults.run(options.rounds)


def _fuzz(options: argparse.Namespace) -> int:
    return fuzz.run(options.inputs, options.seed)


def _page(_options: argparse.Namespace) -> int:
    return lint.write_description()


def _guide(_options: argparse.Namespace) -> int:
    return guide.run()


def _pictures(options: argparse.Namespace) -> int:
    return pictures.run(options.db, options.names, keep=options.keep)


def _mutants(options: argparse.Namespace) -> int:
    if options.models:
        return model_mutants.run(options.models, seed=options.seed, name=options.db)
    return mutants.run(options.path)


def _stop(_options: argparse.Namespace) -> int:
    stopped = [cluster.stop(purpose) for purpose in ("", faults.PURPOSE)]
    step("PostgreSQL: stopped" if any(stopped) else "PostgreSQL: was not running")
    return 0
