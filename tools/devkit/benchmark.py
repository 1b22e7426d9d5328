"""`./dev bench`: runs each benchmarks/bench_<name>.py with `env` on a new database.

Its globals are `rows` (None: its default), `only` (None: see benchmarks/side_by_side.py) and `script`, its own path.
"""

import sys

from . import database
from .odoo_command import prepare
from .output import SetupError, step
from .paths import CHECKOUT

sys.path.insert(0, str(CHECKOUT / "benchmarks"))
from side_by_side import launch


def run(name: str | None, rows: int | None) -> int:
    """Run one benchmark, or all; returns the worst exit code."""
    scripts = {path.stem.removeprefix("bench_"): path for path in sorted((CHECKOUT / "benchmarks").glob("bench_*.py"))}
    if name and name not in scripts:
        raise SetupError(f"There is no benchmark {name}: there is {', '.join(scripts) or 'none'}.")
    bench = prepare()
    codes = []
    for each in [name] if name else scripts:
        place = database.check_name(f"utility_bench_{each}")
        database.drop(bench, place)
        database.provide(bench, place)
        step(f"Benchmark {each}")
        codes.append(bench.shell(place, launch(scripts[each], rows)))
        database.drop(bench, place)
    return max(codes, default=0)
