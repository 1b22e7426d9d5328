"""`./dev bench`: each benchmarks/bench_<name>.py runs with `env` on a new database of its own."""

from . import database
from .odoo_command import prepare
from .output import SetupError, step
from .paths import CHECKOUT


def run(name: str | None, rows: int | None) -> int:
    """Run one benchmark, or all; the script finds `env` and `rows` (None: its own choice)."""
    scripts = {
        path.stem.removeprefix("bench_"): path
        for path in sorted((CHECKOUT / "benchmarks").glob("bench_*.py"))
    }
    if name and name not in scripts:
        raise SetupError(f"There is no benchmark {name}: there is {', '.join(scripts) or 'none'}.")
    bench = prepare()
    codes = []
    for each in [name] if name else scripts:
        place = database.check_name(f"utility_bench_{each}")
        database.drop(bench, place)
        database.provide(bench, place)
        step(f"Benchmark {each}")
        path = str(scripts[each])
        codes.append(
            bench.shell(place, f"rows = {rows!r}\nexec(compile(open({path!r}).read(), {path!r}, 'exec'))")
        )
        database.drop(bench, place)
    return max(codes, default=0)
