"""`./dev test`: lint, pure tests, install and update without a warning, Odoo's tests and browser tours."""

import contextlib
import os
import re
import secrets
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import database, faults, lint, system
from .commands import environment
from .odoo_command import Workbench, prepare
from .output import SetupError, plain, step
from .paths import CHECKOUT, cache_root, digest, lock

LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) ")
PREFIX = "utility_test_"
BUILD_ASSETS = """
for bundle in ("web.assets_web", "web.assets_tests", "web.assets_backend_lazy", "web.chartjs_lib"):
    for css in (True, False):
        assets = env["ir.qweb"]._get_asset_bundle(bundle, css=css, js=not css)
        assets.css() if css else assets.js()
env.cr.commit()
"""
IGNORED_WARNING = "ignore:'crypt' is deprecated:DeprecationWarning"  # passlib, one of Odoo's packages


def run(arguments: list[str], *, name: str | None, keep: bool) -> int:
    """Run every check, or only what pytest's arguments (-k, test files) choose; returns the exit code.

    `name` reuses a database, brought up to date, instead of a new one; `keep` leaves the new one behind.
    """
    arguments, paths = _split(arguments)
    bench = prepare(system.CHROMIUM, system.SSHD, optional=(system.WKHTMLTOPDF,))
    chosen = bool(paths) or any(word.startswith("-k") for word in arguments)
    if name:
        if not chosen:
            _check_sources(bench)
        database.provide(bench, name)
        _build_assets(bench, name)
        return _pytest(bench, name, arguments, paths)
    with _new_database(bench, keep) as fresh, ThreadPoolExecutor(1) as beside:
        # the sources are checked on one core while the database is made on the other
        sources = None if chosen else beside.submit(_check_sources, bench)
        _install(bench, fresh, update=False)
        if not chosen:
            _install(bench, fresh, update=True)
        _build_assets(bench, fresh)
        if sources:
            sources.result()
            # the bridge of the pure tests into Odoo's runner would run them a second time
            arguments = [*arguments, f"--ignore={bench.module / 'tests/test_core.py'}"]
        code = _pytest(bench, fresh, arguments, paths)
        return code or (0 if chosen else faults.run_on(bench, fresh))


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Tell pytest's options from test files, given relative to the caller's folder or the checkout."""
    options, paths = [], []
    for word in arguments:
        file, *rest = word.split("::")
        found = [path.resolve() for path in (Path.cwd() / file, CHECKOUT / file) if file.endswith(".py")]
        inside = [path for path in found if path.exists() and path.is_relative_to(CHECKOUT)]
        if inside:
            paths.append("::".join([str(inside[0].relative_to(CHECKOUT)), *rest]))
        else:
            options.append(word)
    return options, paths


def _check_sources(bench: Workbench) -> None:
    faulty = lint.run()
    if faulty:
        raise SetupError(f"Lint: {', '.join(faulty)} found what is listed above.")
    step("Pure tests")
    command = [bench.python, "-m", "unittest", "discover", "-s", "core/tests", "-t", "."]
    variables = environment(HYPOTHESIS_STORAGE_DIRECTORY=str(cache_root() / "hypothesis"))
    if subprocess.run(command, cwd=CHECKOUT, env=variables, check=False).returncode:
        raise SetupError("The pure tests failed: see above.")


@contextlib.contextmanager
def _new_database(bench: Workbench, keep: bool) -> Iterator[str]:
    """Give a database of this run's own, dropped at the end, and drop those of runs that were killed."""
    _drop_abandoned(bench)
    identity = secrets.token_hex(4)
    name = f"utility_kept_{identity}" if keep else PREFIX + identity
    with lock(name):
        database.copy_template(bench, name)
        try:
            yield name
        finally:
            if keep:
                step(f"Database kept: {name}")
            else:
                database.drop(bench, name)
                (cache_root() / "locks" / name).unlink(missing_ok=True)


def _drop_abandoned(bench: Workbench) -> None:
    for name in bench.server.sql(f"SELECT datname FROM pg_database WHERE datname ~ '^{PREFIX}'").split():
        with contextlib.suppress(BlockingIOError), lock(name, wait=False):
            database.drop(bench, name)
            (cache_root() / "locks" / name).unlink(missing_ok=True)


def _install(bench: Workbench, name: str, *, update: bool) -> None:
    log = database.install(bench, name, update=update)
    problems = warnings(log.read_text(errors="replace"))
    if problems:
        plain("\n".join(problems))
        verb = "Updating" if update else "Installing"
        raise SetupError(f"{verb} the module logs the warnings above: it must log none.")


def _build_assets(bench: Workbench, name: str) -> None:
    """Build the web client's bundles once: a browser tour rolls back what it builds, so each would build them again."""
    step("Web client: building the bundles")
    if bench.shell(name, BUILD_ASSETS):
        raise SetupError("The web client's bundles could not be built: the error is above.")


def warnings(log: str) -> list[str]:
    """Return the lines of an Odoo log that are warnings or worse, with the lines that follow them."""
    found, inside = [], False
    for line in log.splitlines():
        if match := LOG_LINE.match(line):
            inside = match["level"] in ("WARNING", "ERROR", "CRITICAL")
        if inside:
            found.append(line)
    return found


def _pytest(bench: Workbench, name: str, arguments: list[str], paths: list[str]) -> int:
    step("Odoo tests and browser tours")
    work = cache_root() / "work" / digest(str(CHECKOUT))
    work.mkdir(parents=True, exist_ok=True)
    variables = bench.environment(Path(__file__).parents[1])
    variables["HYPOTHESIS_STORAGE_DIRECTORY"] = str(cache_root() / "hypothesis")
    variables["UTILITY_SCREENSHOTS"] = str(cache_root() / "screenshots" / name)
    variables["PATH"] = os.pathsep.join([variables["PATH"], "/usr/sbin", "/sbin"])  # sshd
    with bench.configuration(name) as configuration:
        command = [
            *(
                bench.python,
                "-m",
                "pytest",
                "-p",
                "devkit.no_skip",
                "-c",
                os.devnull,
                "--rootdir",
                bench.module,
            ),
            *(
                "-o",
                f"cache_dir={work / 'pytest'}",
                f"--odoo-config={configuration}",
                f"--odoo-database={name}",
            ),
            *(
                "--odoo-http",
                "-rs",
                "-W",
                IGNORED_WARNING,
                *arguments,
                *(bench.module / path for path in paths or ["tests"]),
            ),
        ]
        return subprocess.run(command, cwd=work, env=variables, check=False).returncode
