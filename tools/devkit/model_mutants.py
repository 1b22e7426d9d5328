"""`./dev mutants --models`: breaks a sample of models/, one place at a time, and runs the tests that call it.

Which tests call which function is found out first, in a run of all tests, and kept until a file changes. The breakages
are then tried in processes that give the functions other code, so that nothing is loaded again. Tests that call much
of the same file and little else come first, so those of the browser and the generated attack come last.
"""

import json
import os
import random
import shutil
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from . import check, database
from .breakages import Breakage, breakages
from .functions import innermost
from .odoo_command import Workbench, prepare
from .output import SetupError, plain, step
from .paths import CHECKOUT, cache_root

#: Seconds that the tests of a breakage take at most, without the changed code.
PATIENCE = 60


def run(count: int, *, seed: int, name: str) -> int:
    """Break a number of places in models/; print the result of each and the share noticed."""
    bench = prepare()
    database.provide(bench, name)
    calling = Calling(_recorded(bench, name))
    sample = _sample(count, seed)
    plan = []
    for number, (path, change) in enumerate(sample):
        function = innermost((CHECKOUT / path).read_bytes(), change.line)
        tests = calling.nearest(path, function)
        plan.append({"number": number, "path": path, "change": vars(change), "tests": tests})
    results = _tried(bench, name, plan)
    for place, result in zip(plan, results, strict=True):
        path, change = sample[place["number"]]
        word = "noticed" if result["noticed_by"] else "NOT NOTICED"
        plain(f"{word:11}  {path}:{change.line} {change.function}: {_shown(change)}  ({result['tried']} tests)")
    noticed = sum(bool(result["noticed_by"]) for result in results)
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


class Calling:
    """Which tests call which functions.

    :param folder: what the processes of a run of all tests have recorded
    :raises SetupError: nothing was recorded
    """

    def __init__(self, folder: Path) -> None:
        self._tests: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._seconds: dict[str, float] = {}
        for file in folder.iterdir():
            found = json.loads(file.read_text())
            self._seconds |= found["seconds"]
            for function, tests in found["tests"].items():
                path, line = function.split(":")
                self._tests[path, int(line)].update(tests)
        if not self._tests:
            raise SetupError(f"The tests did not run; delete {folder} and try again.")
        self._called = Counter(test for tests in self._tests.values() for test in tests)

    def nearest(self, path: str, line: int) -> list[str]:
        """Return the tests that call the function defined in a line, as far as their time suffices.

        Those that call much of the function's file and little else come first.
        """
        of_file = Counter(test for (file, _line), tests in self._tests.items() if file == path for test in tests)

        def distance(test: str) -> tuple[float, str]:
            return -of_file[test] / self._called[test] ** 0.5, test

        seconds, chosen = 0.0, []
        for test in sorted(self._tests[path, line], key=distance):
            seconds += self._seconds.get(test, 0.0)
            if chosen and seconds > PATIENCE:
                break
            chosen.append(test)
        return chosen


def _recorded(bench: Workbench, name: str) -> Path:
    """Return the folder of what a run of all tests recorded, which is made if a file has changed since."""
    folder = cache_root() / "mutants" / f"calling-{database.module_digest()}"
    if not folder.exists():
        step("All tests without any change, to see which functions each of them calls")
        draft = folder.with_name("calling-draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        plugins = ["-p", "devkit.own_filestore", "-p", "devkit.selected", "-p", "devkit.breaking"]
        options = ["-q", *plugins, "--whole", "--reached", str(draft / "reached")]
        check.odoo_tests(bench, name, [*options, *check.side_by_side(bench)], [])
        draft.rename(folder)
    return folder


def _tried(bench: Workbench, name: str, plan: list[dict]) -> list[dict]:
    """Try the breakages on copies of the database, in a process per processor; return a result for each."""
    count = min(len(os.sched_getaffinity(0)), len(plan))
    step(f"{len(plan)} changes are tried in {count} processes")
    with ThreadPoolExecutor(count) as processes:
        shares = processes.map(partial(_share, bench, name), range(count), [plan[part::count] for part in range(count)])
        found = {result["number"]: result for share in shares for result in share}
    return [found[place["number"]] for place in plan]


def _share(bench: Workbench, name: str, part: int, plan: list[dict]) -> list[dict]:
    """Try breakages one after the other; a process that ends early is replaced."""
    folder, own = cache_root() / "mutants", f"{name}_mutant_{part}"
    planned, results = folder / f"plan-{part}.json", folder / f"results-{part}.jsonl"
    options = ["-q", "-p", "devkit.breaking", "--plan", str(planned), "--results", str(results)]
    found: list[dict] = []
    while len(found) < len(plan):
        planned.write_text(json.dumps(plan[len(found) :]))
        results.unlink(missing_ok=True)
        database.copy(bench, name, own)
        try:
            with _log(part).open("w") as log:
                check.odoo_tests(bench, own, options, [], stdout=log, stderr=log)
        finally:
            database.drop(bench, own)
        if not results.exists():
            raise SetupError(f"The tests did not run: see {_log(part)}.")
        tried = {result["number"]: result for result in map(json.loads, results.read_text().splitlines())}
        found += tried.values()
    return found


def _log(part: int) -> Path:
    return cache_root() / f"logs/model_mutants_{part}.log"


def _shown(change: Breakage) -> str:
    before = " ".join(change.before.split())
    return f"{before if len(before) < 60 else before[:57] + '…'} → {change.after or '(dropped)'}"
