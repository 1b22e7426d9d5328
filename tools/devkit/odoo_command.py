"""Runs Odoo on our cluster, with our addon, for every command of `./dev`."""

import contextlib
import itertools
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import cluster, odoo_source, python_env, system
from .commands import environment
from .output import SetupError
from .paths import CHECKOUT, MODULE, cache_root, digest, lock


@dataclass(frozen=True)
class Workbench:
    """Everything needed to run Odoo with this checkout's addon."""

    server: cluster.Cluster
    python: Path
    odoo: odoo_source.Odoo
    addons: Path

    @property
    def module(self) -> Path:
        """The addon's folder, with its technical name."""
        return self.addons / MODULE

    def environment(self, *python_path: Path) -> dict[str, str]:
        """Return the environment of an Odoo process."""
        path = os.pathsep.join(map(str, (self.odoo.python_path, *python_path)))
        folders = os.pathsep.join([str(self.python.parent), os.environ.get("PATH", ""), str(self.server.programs)])
        variables = environment(PYTHONPATH=path, PATH=folders, PYTHONUNBUFFERED="1", TZ="UTC")
        foreign = (
            "ODOO_RC",
            "OPENERP_SERVER",
            "PGHOST",
            "PGPORT",
            "PGUSER",
            "PGPASSWORD",
            "PGDATABASE",
            "PGSERVICE",
        )
        return {name: value for name, value in variables.items() if name not in foreign}

    @contextlib.contextmanager
    def configuration(self, database: str, **options: str) -> Iterator[Path]:
        """Write Odoo's configuration file for one process."""
        settings = {
            "addons_path": ",".join(map(str, [*self.odoo.addons, self.addons])),
            "data_dir": cache_root() / "data",
            "db_host": self.server.sockets,
            "db_port": "5432",
            "db_user": cluster.ROLE,
            "db_name": database,
            "dbfilter": f"^{database}$",
            "http_interface": "127.0.0.1",
            "list_db": "False",
            "max_cron_threads": "0",
            "screenshots": cache_root() / "screenshots",
            **options,
        }
        (cache_root() / "data").mkdir(mode=0o700, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", prefix=f"odoo-{database}-", suffix=".conf") as file:
            file.write("[options]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items()))
            file.flush()
            yield Path(file.name)

    def command(self, configuration: Path, *arguments: str) -> list[str]:
        """Return the command line of Odoo: subcommands first, then options."""
        words = list(itertools.takewhile(lambda word: not word.startswith("-"), arguments))
        options = arguments[len(words) :]
        return [str(self.python), "-m", "odoo", *words, "-c", str(configuration), *options]

    def shell(self, database: str, script: str | None = None, **options: str) -> int:
        """Run Python with `env` on a database: the script, or the standard input.

        :param options: more options of Odoo's configuration file
        """
        with self.configuration(database, **options) as configuration:
            return subprocess.run(
                self.command(configuration, "shell", "--no-http", "--log-level=warn"),
                **({} if script is None else {"input": script, "text": True}),
                cwd=cache_root(),
                env=self.environment(),
                check=False,
            ).returncode


def prepare(*programs: system.Program, optional: tuple[system.Program, ...] = ()) -> Workbench:
    """Install and start what is missing, in parallel as far as possible."""
    if "," in str(cache_root()):
        raise SetupError("Odoo takes no folder with a comma in its name: set UTILITY_CACHE to another one.")
    with ThreadPoolExecutor() as pool:
        packages = pool.submit(system.provide, *programs, optional=optional)
        odoo = pool.submit(odoo_source.find)
        server = pool.submit(_after, packages, cluster.start)
        python = pool.submit(_after, None if system.has_venv() else packages, python_env.find)
        return Workbench(server.result(), python.result(), odoo.result(), addons_folder())


def _after(first: Future | None, job: Callable):
    if first:
        first.result()
    return job()


def addons_folder() -> Path:
    """Return an addons folder that contains this checkout, whatever its name, under the addon's technical name."""
    folder = cache_root() / "addons" / digest(str(CHECKOUT))
    link = folder / MODULE
    with lock("addons"):
        if not link.is_symlink() or link.readlink() != CHECKOUT:
            folder.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(CHECKOUT)
    return folder
