"""The long form of the fuzz targets: `python -m core.tests.fuzz --inputs N [--seed S]`, or `./dev fuzz`."""

import argparse
import os
import random
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, seed, settings

from .fuzz_targets import TARGETS

#: Hypothesis remembers what it tried: rounds keep its memory flat.
ROUND = 2_000
#: An input that takes longer stops a worker of the server.
SLOWEST = timedelta(seconds=5)
SIGN_OF_LIFE = 30  # seconds


def options(inputs, **others):
    """The settings of one round; the short form takes the same."""
    return settings(
        max_examples=inputs,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        database=None,
        **others,
    )


def fuzz(name, inputs, start):
    """Give a reader so many inputs; returns what it let out, with the smallest input, or nothing."""
    target, count, begun = TARGETS[name], 0, time.monotonic()
    said = begun

    def read(values):
        nonlocal count
        count += 1
        target.read(*values)

    while count < inputs:
        drawn = given(values=target.inputs)(read)
        size = min(ROUND, inputs - count)
        try:
            seed(f"{start} {name} {count}")(options(size, deadline=SLOWEST)(drawn))()
        except Exception:
            return count, time.monotonic() - begun, traceback.format_exc()
        if time.monotonic() - said > SIGN_OF_LIFE:
            said = time.monotonic()
            print(f"  {name}: {count:,} …", flush=True)
    return count, time.monotonic() - begun, ""


def main(arguments=None):
    """Fuzz every reader, as many at once as there are processors; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000, metavar="N", help="for each reader")
    parser.add_argument("--seed", type=int, default=random.randrange(10**9), metavar="S")
    chosen = parser.parse_args(arguments)
    print(f"{len(TARGETS)} readers, {chosen.inputs:,} inputs each, seed {chosen.seed}", flush=True)
    failed = 0
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        begun = {pool.submit(fuzz, name, chosen.inputs, chosen.seed): name for name in TARGETS}
        for future in as_completed(begun):
            count, seconds, trace = future.result()
            failed += bool(trace)
            verdict = f"FAILED\n{trace}" if trace else "only typed errors"
            print(f"{begun[future]}: {count:,} inputs, {seconds:.0f} s: {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
