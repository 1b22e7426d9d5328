"""`./dev mutants --models`: breaks a sample of models/, and runs the Odoo tests that call the broken function.

Works on a copy of the checkout and on copies of a database. Which tests call the functions of the sample is found out
first, and those that call little else come first. The browser's tours and the generated attack are left out.
"""

import ast
import itertools
import json
import random
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

from . import check, database
from .breakages import Breakage, breakages
from .odoo_command import Workbench, prepare
from .output import SetupError, plain, step
from .paths import CHECKOUT, MODULE, cache_root, digest

#: Seconds after which tests count as failed: a change may loop for ever.
LIMIT = 1200
LEFT_OUT = ("test_core.py", "test_attack.py", "test_attack_records.py", "test_attack_neighbours.py")


def run(count: int, *, seed: int, name: str) -> int:
    """Break a number of places in models/, one at a time; print the result of each and the share noticed."""
    bench = prepare()
    database.provide(bench, name)
    own = replace(bench, addons=_copy())
    sample = _sample(count, seed)
    calling = _calling(own, name, sample)
    noticed = 0
    for number, (path, change) in enumerate(sample):
        tests = _nearest_first(calling.get(str(number), []), calling)
        found = bool(tests) and _is_noticed(own, name, path, change, tests)
        noticed += found
        result = "noticed" if found else "NOT NOTICED"
        plain(f"{result:11}  {path}:{change.line} {change.function}: {_shown(change)}  ({len(tests)} tests)")
    plain(f"{noticed / len(sample):.0%} of {len(sample)} changes are noticed (seed {seed}).")
    return 0


def _sample(count: int, seed: int) -> list[tuple[str, Breakage]]:
    places = []
    for file in sorted((CHECKOUT / "models").rglob("*.py")):
        path = str(file.relative_to(CHECKOUT))
        places += [(path, change) for change in breakages(file.read_bytes())]
    step(f"{len(places)} places of models/ can be changed; {count} of them are (seed {seed})")
    # in no order, so that what an interrupted run has tried is a sample too
    return random.Random(seed).sample(places, min(count, len(places)))


def _copy() -> Path:
    """Copy the checkout to a separate addons folder, in which it is changed."""
    folder = cache_root() / "mutants" / f"models-{digest(str(CHECKOUT))}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(CHECKOUT, folder / MODULE, ignore=shutil.ignore_patterns(".git", "__pycache__"))
    return folder


def _calling(bench: Workbench, name: str, sample: list[tuple[str, Breakage]]) -> dict[str, list[str]]:
    """Return {number in the sample: tests that call the function}."""
    step("Tests without any change, to see which functions each of them calls")
    result = cache_root() / "mutants/reached.json"
    result.unlink(missing_ok=True)
    sources = {path: (bench.module / path).read_bytes() for path, _change in sample}
    for path, source in sources.items():
        places = {str(number): change.start for number, (file, change) in enumerate(sample) if file == path}
        (bench.module / path).write_bytes(_mark(source, places))
    left_out = [f"--ignore={bench.module / 'tests' / file}" for file in LEFT_OUT]
    _pass(bench, name, ["tests"], *left_out, "-p", "devkit.reached", "--reached", str(result), limit=3 * LIMIT)
    for path, source in sources.items():
        (bench.module / path).write_bytes(source)
    if not result.exists():
        raise SetupError(f"The tests did not run: see {_log()}.")
    return json.loads(result.read_text())


def _mark(source: bytes, places: dict[str, int]) -> bytes:
    """Return a source file in which the innermost function around each offset tells its calls.

    :param places: {name under which the function tells its calls: offset}
    """
    lines = source.splitlines(keepends=True)
    starts = [0, *itertools.accumulate(map(len, lines))]
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    firsts = {}
    for name, offset in places.items():
        around = [
            node.body[0]
            for node in functions
            if starts[node.lineno - 1] <= offset < starts[node.end_lineno - 1] + node.end_col_offset
        ]
        firsts[name] = max(around, key=lambda first: first.lineno)
    for name, first in sorted(firsts.items(), key=lambda item: -item[1].lineno):
        call = f'__import__("devkit.reached").reached.hit({name!r})\n'.encode()
        lines.insert(first.lineno - 1, b" " * first.col_offset + call)
    return b"".join(lines)


def _nearest_first(tests: list[str], calling: dict[str, list[str]]) -> list[str]:
    """Sort tests by how few functions of the sample their class calls: most changes are noticed by the first."""
    called = Counter(test.rpartition("::")[0] for each in calling.values() for test in each)
    return sorted(tests, key=lambda test: (called[test.rpartition("::")[0]], test))


def _is_noticed(bench: Workbench, name: str, path: str, change: Breakage, tests: list[str]) -> bool:
    file = bench.module / path
    source = file.read_bytes()
    file.write_bytes(change.apply(source))
    try:
        return not _pass(bench, name, tests, "-x")
    finally:
        file.write_bytes(source)


def _pass(bench: Workbench, name: str, tests: list[str], *options: str, limit: int = LIMIT) -> bool:
    """Run tests on a fresh copy of the database; return whether they pass."""
    own = f"{name}_mutant"
    database.copy(bench, name, own)
    try:
        with _log().open("w") as log:
            streams = {"stdout": log, "stderr": subprocess.STDOUT, "timeout": limit}
            return not check.odoo_tests(bench, own, ["-q", *options], tests, **streams)
    except subprocess.TimeoutExpired:
        return False
    finally:
        database.drop(bench, own)


def _log() -> Path:
    return cache_root() / "logs/model_mutants.log"


def _shown(change: Breakage) -> str:
    before = " ".join(change.before.split())
    return f"{before if len(before) < 60 else before[:57] + '…'} → {change.after or '(dropped)'}"
