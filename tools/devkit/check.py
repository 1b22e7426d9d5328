"""`./dev test`: lint, pure tests, install and update without a warning, Odoo's tests; `--whole`: also the browser's
tours, the generated attack, real data through the whole loop, and the accidents of the exchange."""

import contextlib
import os
import secrets
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from . import cluster, database, faults, lint, system, tested
from .commands import environment
from .odoo_command import Workbench, prepare
from .output import SetupError, step
from .paths import CHECKOUT, cache_root, digest, lock

PREFIX = "utility_test_"
MOST_PROCESSES = 4
IGNORED_WARNING = "ignore:'crypt' is deprecated:DeprecationWarning"  # passlib, one of Odoo's packages


def run(arguments: list[str], *, name: str | None, keep: bool, whole: bool) -> int:
    """Run the checks, or only what pytest's arguments (-k, test files) choose; return the exit code.

    `name` reuses a database, brought up to date, instead of a new one; `keep` leaves the new one behind. `whole` adds
    what takes longest: browser tours, the generated attack, real data, servers killed in the middle of the exchange.
    """
    arguments, paths = _split(arguments)
    bench = prepare(system.CHROMIUM, system.SSHD, system.PROFTPD, optional=(system.WKHTMLTOPDF, system.HEADLESS))
    chosen = bool(paths) or any(word.startswith("-k") for word in arguments)
    with ThreadPoolExecutor() as beside:
        # the sources are checked on one core while the database is created on the other
        sources = [] if chosen else [beside.submit(check, bench) for check in (_lint, _pure_tests)]
        with _database(bench, name, keep) as ready:
            if chosen:
                step("Odoo tests")
                return odoo_tests(bench, ready, arguments, paths)
            if not whole:
                return _all_odoo_tests(bench, ready, arguments, sources)
            with faults.own_copy(bench, ready) as own:
                # they wait more than they compute, so they run beside the tests
                crashes = beside.submit(_crash_tests, own)
                code = _all_odoo_tests(bench, ready, ["--whole", *arguments], sources)
                crashes.result()
            return code


def _all_odoo_tests(bench: Workbench, name: str, arguments: list[str], sources: list[Future]) -> int:
    for each in sources:
        each.result()
    step("Odoo tests")
    plugins = ["-p", "devkit.own_filestore", "-p", "devkit.selected"]
    return odoo_tests(bench, name, [*plugins, *arguments, *side_by_side(bench)], [])


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Separate pytest's options from test files, given relative to the caller's folder or the checkout."""
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


def _lint(_bench: Workbench) -> None:
    faulty = lint.run()
    if faulty:
        raise SetupError(f"Lint: {', '.join(faulty)} found what is listed above.")


def _pure_tests(bench: Workbench) -> None:
    step("Pure tests")
    command = [bench.python, "-m", "unittest", "discover", "-s", "core/tests", "-t", "."]
    variables = environment(HYPOTHESIS_STORAGE_DIRECTORY=str(cache_root() / "hypothesis"))
    if subprocess.run(command, cwd=CHECKOUT, env=variables, check=False).returncode:
        raise SetupError("The pure tests failed: see above.")


def _crash_tests(own: Workbench) -> None:
    if faults.have_accidents(own):
        raise SetupError("The crash tests failed: see above.")


@contextlib.contextmanager
def _database(bench: Workbench, name: str | None, keep: bool) -> Iterator[str]:
    """Yield the named database, brought up to date, or a new one, dropped at the end."""
    if name:
        database.provide(bench, name)
        tested.build_assets(bench, name)
        yield name
        return
    _drop_abandoned(bench)
    identity = secrets.token_hex(4)
    name = f"utility_kept_{identity}" if keep else PREFIX + identity
    with lock(name):
        try:
            tested.copy(bench, name)
            yield name
        finally:
            if keep:
                step(f"Database kept: {name}")
            else:
                _drop(bench, name)


def _drop_abandoned(bench: Workbench) -> None:
    """Drop the databases of killed runs."""
    found = bench.server.sql(f"SELECT datname FROM pg_database WHERE datname ~ '^{PREFIX}'").split()
    for name in {database_name.partition("-")[0] for database_name in found}:
        with contextlib.suppress(BlockingIOError), lock(name, wait=False):
            _drop(bench, name)


def _drop(bench: Workbench, name: str) -> None:
    """Drop a database and the copies (NAME-gw0…) left by a killed run."""
    copies = bench.server.sql(f"SELECT datname FROM pg_database WHERE datname ~ '^{name}-[a-z0-9]+$'").split()
    for each in (*copies, name):
        database.drop(bench, each)
    (cache_root() / "locks" / name).unlink(missing_ok=True)


def side_by_side(bench: Workbench) -> list[str]:
    """Return pytest's options for as many processes as there are processors: the next free one takes the next class.

    pytest-odoo creates a copy of the database for each process.
    """
    processes = min(len(os.sched_getaffinity(0)), MOST_PROCESSES)
    # it runs the pure tests in Odoo's test runner, which would be the second time
    bridge = bench.module / "tests/test_core.py"
    return [f"--numprocesses={processes}", "--dist=loadscope", "--no-loadscope-reorder", f"--ignore={bridge}"]


def odoo_tests(bench: Workbench, name: str, arguments: list[str], paths: list[str], **options) -> int:
    """Run test files, or all of them, with pytest on a database; `options` go to `subprocess.run`."""
    work = cache_root() / "work" / digest(str(CHECKOUT))
    work.mkdir(parents=True, exist_ok=True)
    with bench.configuration(name) as configuration:
        common = [
            *("-p", "devkit.no_skip", "-c", os.devnull, f"--rootdir={bench.module}"),
            *("-o", f"cache_dir={work / 'pytest'}", "-rs", "-W", IGNORED_WARNING),
            *(f"--odoo-config={configuration}", f"--odoo-database={name}", "--odoo-http"),
        ]
        chosen = [bench.module / path for path in paths or ["tests"]]
        command = [bench.python, "-m", "pytest", *common, *arguments, *chosen]
        variables = _variables(bench, name)
        return subprocess.run(command, cwd=work, env=variables, check=False, **options).returncode


def _variables(bench: Workbench, name: str) -> dict[str, str]:
    variables = bench.environment(Path(__file__).parents[1])
    variables["HYPOTHESIS_STORAGE_DIRECTORY"] = str(cache_root() / "hypothesis")
    variables["UTILITY_SCREENSHOTS"] = str(cache_root() / "screenshots" / name)
    variables["PATH"] = os.pathsep.join([variables["PATH"], "/usr/sbin", "/sbin"])  # sshd
    # a test that waits for a lock of another of its transactions fails after a minute, and shows the statement
    variables["PGOPTIONS"] = "-c lock_timeout=60s"
    # for createdb and dropdb, with which pytest-odoo copies the database for each process
    return variables | {"PGHOST": str(bench.server.sockets), "PGPORT": "5432", "PGUSER": cluster.ROLE}
