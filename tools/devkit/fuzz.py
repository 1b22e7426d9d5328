"""`./dev fuzz`: the readers of outside text (core/tests/fuzz_targets.py) are given anything."""

import subprocess

from . import python_env, system
from .commands import environment
from .output import step
from .paths import CHECKOUT


def run(inputs: int, seed: int | None) -> int:
    """Give each reader so many inputs; returns 1 where one let out an error that is not its own."""
    if not system.has_venv():
        system.provide()
    step(f"Fuzzing: {inputs} inputs for each reader")
    command = [python_env.find(), "-m", "core.tests.fuzz", f"--inputs={inputs}"]
    command += [] if seed is None else [f"--seed={seed}"]
    return subprocess.run(command, cwd=CHECKOUT, env=environment(), check=False).returncode
