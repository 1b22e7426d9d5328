"""Compares contenders at the same work, in turn, on one database, in one run: times, memory, ratios, agreement.

A benchmark creates its data, commits it, names its contenders and calls `compare`. Each contender's work is rolled
back, so that the next one finds the same database. They are timed in turn, so that variations of the machine affect all
alike; the peak of memory is measured in a separate process, which only does this contender's work once.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

TIMES = 5
_MARK = "peak memory: "


@dataclass(frozen=True)
class Contender:
    """One way to do the work.

    :param run: does the work, and returns what the contenders must agree on
    :param role: "product", "peer" (what people use instead) or "limit" (the best that the database can do)
    :param rows: number of rows that are timed; fewer than requested if the contender works on a sample
    :param undo: undoes what it committed, if a rollback does not
    """

    name: str
    run: Callable[[], Any]
    role: str
    rows: int
    undo: Callable[[], None] | None = None


@dataclass
class Measure:
    """Cost of a contender: seconds per run, and its peak of memory above that of the process before (MB)."""

    contender: Contender
    seconds: list[float]
    peak: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def per_row(self) -> float:
        return self.median / self.contender.rows


def settle(env) -> None:
    """Commit the created data and update statistics, so that the following queries are planned well."""
    env.flush_all()
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    env.invalidate_all()


def resident_peak() -> float:
    """Return the peak memory of this process since `forget_peak`, in MB."""
    # not getrusage: its maximum is inherited from the process that started this one
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def processor_time(cr) -> float:
    """Return the processor seconds used so far by this process and by the PostgreSQL session of a cursor (Linux)."""
    stat = Path(f"/proc/{cr._cnx.info.backend_pid}/stat").read_text()
    ticks = sum(map(int, stat.rsplit(")", 1)[1].split()[11:13]))
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def forget_peak() -> None:
    """Reset the peak to the present memory of the process (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")


class Comparison:
    """Runs contenders on an environment.

    :param script: path of the benchmark, run again in a separate process to measure memory
    :param only: in such a process, the name of the contender; otherwise None
    """

    def __init__(self, env, script, rows, only):
        self.env = env
        self.script = script
        self.rows = rows
        self.only = only

    def compare(self, title, *contenders, times=TIMES, agree=None) -> list[Measure]:
        """Measure contenders and print their table.

        :param agree: raises if the contenders' results, in their order, do not agree; by default, all must be equal
        """
        if self.only is not None:
            for contender in contenders:
                if self.only == f"{title}/{contender.name}":
                    self._tell_peak(contender)
            return []
        measures = [Measure(contender, []) for contender in contenders]
        for turn in range(times):
            results = []
            for measure in measures if turn % 2 == 0 else reversed(measures):
                seconds, result = self._timed(measure.contender)
                measure.seconds.append(seconds)
                results.append((measure.contender.name, result))
            if turn == 0:
                (agree or _all_equal)([result for _name, result in results])
        for measure in measures:
            measure.peak = self._peak(f"{title}/{measure.contender.name}")
        print(table(title, measures), flush=True)
        return measures

    def _timed(self, contender):
        self.env.flush_all()
        self.env.invalidate_all()
        start = time.perf_counter()
        try:
            result = contender.run()
            self.env.flush_all()
            return time.perf_counter() - start, result
        finally:
            self.env.cr.rollback()
            self.env.invalidate_all()
            if contender.undo:
                contender.undo()

    def _tell_peak(self, contender):
        forget_peak()
        before = resident_peak()
        peak = []
        self._timed(replace(contender, run=lambda: peak.append((contender.run(), resident_peak()))))
        print(_MARK + json.dumps(peak[0][1] - before), flush=True)

    def _peak(self, name) -> float:
        from odoo.tools import config

        command = [sys.executable, "-m", "odoo", "shell", "-c", config["config"], "--no-http", "--log-level=error"]
        script = launch(self.script, self.rows, name)
        done = subprocess.run(command, input=script, text=True, capture_output=True, env=os.environ, check=False)
        marked = [line for line in done.stdout.splitlines() if _MARK in line]
        if not marked:
            raise RuntimeError(f"{name} failed in a process of its own:\n{done.stderr[-2000:]}")
        return json.loads(marked[-1].partition(_MARK)[2])


def launch(script, rows, only=None) -> str:
    """Return the Python code that runs a benchmark in Odoo's shell, with `env`."""
    script = str(script)
    return (
        f"import sys\nsys.path.insert(0, {os.path.dirname(script)!r})\n"
        f"rows, only, script = {rows!r}, {only!r}, {script!r}\n"
        "exec(compile(open(script).read(), script, 'exec'))\n"
    )


def _all_equal(results):
    if any(result != results[0] for result in results):
        raise AssertionError(f"The contenders do not agree: {results}")


def table(title, measures: list[Measure]) -> str:
    """Return the figures as a Markdown table."""
    first = next(m for m in measures if m.contender.role == "product")
    lines = [
        f"\n**{title}**\n",
        "| contender | rows | median | spread | rows/s | faster by | time of the limit | peak memory |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for m in measures:
        role, name = m.contender.role, m.contender.name
        cells = [
            f"**{name}**" if role == "product" else f"{name} ({role})",
            f"{m.contender.rows:,}",
            f"{m.median:.3g} s",
            f"{min(m.seconds):.3g} – {max(m.seconds):.3g} s",
            f"{1 / m.per_row:,.0f}",
            f"× {m.per_row / first.per_row:.3g}" if role == "peer" else "",
            f"× {first.per_row / m.per_row:.3g}" if role == "limit" else "",
            f"+ {m.peak:.0f} MB",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
