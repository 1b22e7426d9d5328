"""`./dev fuzz`: feeds random input to the readers of outside text (core/tests/fuzz_targets.py)."""

import subprocess

from . import python_env, system
from .commands import environment
from .output import step
from .paths import CHECKOUT


def run(inputs: int, seed: int | None) -> int:
    """Feed inputs to each reader; return 1 if one raised an error that is not its own."""
    if not system.has_venv():
        system.provide()
    step(f"Fuzzing: {inputs} inputs for each reader")
    command = [python_env.find(), "-m", "core.tests.fuzz", f"--inputs={inputs}"]
    command += [] if seed is None else [f"--seed={seed}"]
    return subprocess.run(command, cwd=CHECKOUT, env=environment(), check=False).returncode
