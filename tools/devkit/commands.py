"""Runs other programs: output to a log file, progress on the screen, a message on failure."""

import os
import subprocess
import time
from pathlib import Path

from .output import SetupError, step
from .paths import build_locks, cache_root

SIGN_OF_LIFE = 15  # seconds


def tail(log: Path, lines: int = 12) -> str:
    """Return the last non-empty lines of a log."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])


def run_logged(command: list, label: str, log: Path, *, hint: str = "", **options) -> None:
    """Run a command with its output in `log`.

    :param label: its name in progress lines and in the error
    :param hint: what to do if it fails
    :raises SetupError: it fails; with the end of the log and `hint`
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as stream:
        process = _start(command, stream, options)
        try:
            code = _wait(process, label, log)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if code:
        raise SetupError("\n".join(filter(None, [f"{label}: failed. {hint}".strip(), tail(log), f"Log: {log}"])))


def _start(command: list, stream, options: dict) -> subprocess.Popen:
    try:
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            pass_fds=build_locks(),
            **options,
        )
    except FileNotFoundError as error:
        raise SetupError(f"The program {command[0]!s} is missing: install it.") from error


def _wait(process: subprocess.Popen, label: str, log: Path) -> int:
    started = time.monotonic()
    while True:
        try:
            return process.wait(timeout=SIGN_OF_LIFE)
        except subprocess.TimeoutExpired:
            step(f"{label}: {time.monotonic() - started:.0f} s … {tail(log, 1)[:100]}")


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of a child process: ours with English messages and `changes`.

    Python always writes bytecode to the cache folder, since compiling Odoo takes longer than starting it.
    """
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    bytecode = str(cache_root() / "bytecode")
    return {**ours, "LC_ALL": "C.UTF-8", "PYTHONPYCACHEPREFIX": bytecode, **changes}
