"""`./dev mutants --models`: breaks a sample of the code of models/, and runs Odoo's tests that reach it.

Works on a copy of the checkout and on copies of a database. For each change, the tests that name the function, the
models or the trade of the file are run first, then all others but the browser tours.
"""

import random
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from . import check, database
from .breakages import Breakage, breakages
from .odoo_command import Workbench, prepare
from .output import SetupError, plain, step
from .paths import CHECKOUT, MODULE, cache_root, digest

FOLDER = "models"
#: Test files that are run before all others.
FIRST = 8
#: Seconds after which tests count as failed: a change may loop for ever.
LIMIT = 1200
_MODEL = re.compile(r"""^\s+_(?:name|inherit) = ["']([a-z0-9._]+)["']""", re.MULTILINE)


def run(count: int, *, seed: int, name: str) -> int:
    """Break a number of places in models/, one at a time; print the result of each and the share noticed."""
    bench = prepare()
    database.provide(bench, name)
    own = replace(bench, addons=_copy())
    sample = _sample(count, seed)
    tests = _test_files()
    chosen = {(path, change): _reaching(path, change, tests) for path, change in sample}
    step("Tests without any change")
    if not _pass(own, name, sorted({test for reaching in chosen.values() for test in reaching})):
        raise SetupError(f"They fail without any change: see {_log()}.")
    noticed = 0
    for (path, change), first in chosen.items():
        found = _is_noticed(own, name, path, change, [first, [test for test in tests if test not in first]])
        noticed += found
        plain(f"{'noticed' if found else 'NOT NOTICED':11}  {path}:{change.line} {change.function}: {_shown(change)}")
    plain(f"{noticed / len(sample):.0%} of {len(sample)} changes are noticed (seed {seed}).")
    return 0


def _sample(count: int, seed: int) -> list[tuple[str, Breakage]]:
    places = []
    for file in sorted((CHECKOUT / FOLDER).rglob("*.py")):
        path = str(file.relative_to(CHECKOUT))
        places += [(path, change) for change in breakages(file.read_bytes())]
    step(f"{len(places)} places of {FOLDER}/ can be changed; {count} of them are (seed {seed})")
    # in no order, so that what an interrupted run has tried is a sample too
    return random.Random(seed).sample(places, min(count, len(places)))


def _copy() -> Path:
    """Copy the checkout to a separate addons folder, in which it is changed."""
    folder = cache_root() / "mutants" / f"models-{digest(str(CHECKOUT))}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(CHECKOUT, folder / MODULE, ignore=shutil.ignore_patterns(".git", "__pycache__"))
    return folder


def _test_files() -> dict[str, str]:
    """Return {path: text} of the test files without browser tours and pure tests."""
    files = {
        str(file.relative_to(CHECKOUT)): file.read_text("utf-8") for file in (CHECKOUT / "tests").glob("test_*.py")
    }
    left_out = ("tests/test_core.py", "tests/test_access_http.py")
    return {
        path: text
        for path, text in sorted(files.items())
        if "tour" not in path and "BrowserCase" not in text and path not in left_out
    }


def _reaching(path: str, change: Breakage, tests: dict[str, str]) -> list[str]:
    """Return the test files most likely to run a function: they name it, its model, its package or its file."""
    models = set(_MODEL.findall((CHECKOUT / path).read_text("utf-8")))
    words = {part.rstrip("s") for part in re.split(r"[/_.]", path)} - {"model", "utility", "py", "account", ""}

    def rank(test: str) -> int:
        text, name = tests[test], Path(test).stem
        return (
            8 * (re.search(rf"\b{re.escape(change.function)}\b", text) is not None)
            + sum(f'"{model}"' in text for model in models)
            + 2 * sum(word in name for word in words)
        )

    ranked = sorted(tests, key=rank, reverse=True)
    return [test for test in ranked[:FIRST] if rank(test)]


def _is_noticed(bench: Workbench, name: str, path: str, change: Breakage, stages: list[list[str]]) -> bool:
    file = bench.module / path
    source = file.read_bytes()
    file.write_bytes(change.apply(source))
    try:
        return not all(_pass(bench, name, stage) for stage in stages if stage)
    finally:
        file.write_bytes(source)


def _pass(bench: Workbench, name: str, files: list[str]) -> bool:
    """Run test files on a fresh copy of the database; return whether they pass."""
    own = f"{name}_mutant"
    database.copy(bench, name, own)
    try:
        with _log().open("w") as log:
            streams = {"stdout": log, "stderr": subprocess.STDOUT, "timeout": LIMIT}
            return not check.odoo_tests(bench, own, ["-x", "-q"], files, **streams)
    except subprocess.TimeoutExpired:
        return False
    finally:
        database.drop(bench, own)


def _log() -> Path:
    return cache_root() / "logs/model_mutants.log"


def _shown(change: Breakage) -> str:
    before = " ".join(change.before.split())
    return f"{before if len(before) < 60 else before[:57] + '…'} → {change.after or '(dropped)'}"
