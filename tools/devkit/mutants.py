"""`./dev mutants`: mutmut breaks the rules of core/ one at a time, and lists the changes that no pure test notices."""

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

from . import python_env, system
from .commands import environment, run_logged
from .output import SetupError, plain, step
from .paths import CHECKOUT, build_once, cache_root, digest

REQUIREMENTS = CHECKOUT / "requirements-mutants.txt"
#: What the pure tests read besides core/.
BESIDE = ("tools", "data", "tests/data")
#: Exit codes of noticed mutants: the tests failed, or the mutant ran for ever.
NOTICED = {1, 3, 24, 36, 152, 255, -24, -9}
UNTESTED = 33
CONFIGURATION = """\
[tool.mutmut]
source_paths = ["{path}"]
do_not_mutate = ["core/tests/*"]
pytest_add_cli_args_test_selection = ["core/tests"]
also_copy = ["core", "conftest.py", {beside}]
# one reads the sources, which contain all mutants of a file; others depend on times, which the load changes
pytest_add_cli_args = ["--ignore=core/tests/test_ledger_messages.py", "-k", "not the_time and not without_end"]
"""
#: The tests run many times in one process, so each property gets the same few examples.
CONFTEST = """\
from hypothesis import HealthCheck, settings

settings.register_profile(
    "mutants", suppress_health_check=list(HealthCheck), deadline=None, derandomize=True, max_examples=25
)
settings.load_profile("mutants")
"""


def run(path: str) -> int:
    """Break every rule below `path`; print the noticed share per file, and list what is not noticed."""
    if not path.startswith("core") or not (CHECKOUT / path).exists():
        raise SetupError(f"{path} is no file or folder of core/: only rules with pure tests can be broken quickly.")
    if not system.has_venv():
        system.provide()
    python, installed = python_env.find(), _packages()
    work = _copy()
    beside = ", ".join(f'"{folder}"' for folder in BESIDE)
    (work / "pyproject.toml").write_text(CONFIGURATION.format(path=path, beside=beside))
    (work / "conftest.py").write_text(CONFTEST)
    step(f"Mutants of {path}: about two a second on each core")
    variables = environment(PYTHONPATH=str(installed), PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    if subprocess.run([python, "-m", "mutmut", "run"], cwd=work, env=variables, check=False).returncode:
        raise SetupError("mutmut stopped, perhaps because a pure test fails without any change: see above.")
    return _report(work, path)


def _packages() -> Path:
    """Return a folder with mutmut, in addition to the packages of the tests."""
    folder = cache_root() / f"mutmut-{digest(REQUIREMENTS.read_bytes())}"
    build_once(folder, _install)
    return folder


def _install(folder: Path) -> None:
    command = [python_env.find(), "-m", "pip", "install", "--quiet", "--target", folder, "-r", REQUIREMENTS]
    run_logged(command, "mutmut", cache_root() / "logs/mutmut.log", env=environment())


def _copy() -> Path:
    """Return a copy of what the pure tests need; results of a former run on unchanged files are kept."""
    work = cache_root() / "mutants" / digest(str(CHECKOUT))
    for name in ("core", *BESIDE):
        shutil.rmtree(work / name, ignore_errors=True)
        shutil.copytree(CHECKOUT / name, work / name, ignore=shutil.ignore_patterns("__pycache__"))
    return work


def _report(work: Path, path: str) -> int:
    totals, noticed, left = Counter(), Counter(), []
    for meta in sorted((work / "mutants").rglob("*.meta")):
        source = str(meta.relative_to(work / "mutants")).removesuffix(".meta")
        if not Path(source).is_relative_to(path):
            continue  # results of a former run
        for name, code in json.loads(meta.read_text())["exit_code_by_key"].items():
            totals[source] += 1
            noticed[source] += code in NOTICED
            if code not in NOTICED:
                left.append(f"{name}{' (no test runs it)' if code == UNTESTED else ''}")
    for source, total in totals.items():
        plain(f"{noticed[source] / total:6.1%}  {noticed[source]:5} of {total:5}  {source}")
    if not totals:
        raise SetupError("No mutant was made: see above.")
    listed = work / "not_noticed.txt"
    listed.write_text("\n".join(left) + "\n")
    share = noticed.total() / totals.total()
    plain(
        f"{share:6.1%}  of all; what is not noticed: {listed}{os.linesep}mutmut show NAME, in {work}, tells the change"
    )
    return 0
