"""Accidents of the SFTP server."""

import signal
import time

import psutil
from crash import REMOTE_POINTS, signal_all

from odoo.addons.utility_billing_sync.core.ledger.sftp import SftpTransport

#: Seconds that a slow server does nothing, then works.
HELD, FREE = 0.06, 0.02
#: Points of the server's operations that any run with something to send passes before its last one.
OPERATIONS = 10


def cut(trial):
    """Every session is killed in the middle of its work."""
    mark = trial.server.folder / "cut"

    def cut_sessions():
        if signal_all(_sessions(trial), signal.SIGKILL):
            mark.touch()

    # counted in operations: by time, a run that is quick would be over; each of the first ones is followed by others
    operation = trial.chance.randrange(1, OPERATIONS + 1)
    trial.end(trial.begin(point=operation, event=cut_sessions, points=REMOTE_POINTS))
    happened = mark.exists()
    mark.unlink(missing_ok=True)
    return happened


def slow(trial):
    """Every operation takes several times longer."""
    worker, held = trial.begin(), 0
    while worker.is_running():
        sessions = _sessions(trial)
        held += signal_all(sessions, signal.SIGSTOP)
        time.sleep(HELD)
        signal_all(sessions, signal.SIGCONT)
        time.sleep(FREE)
    trial.end(worker)
    return bool(held)


def connection_refused(trial):
    """The server is stopped during a run."""
    trial.server.stop()
    happened = _fails(trial, "remote_failure")
    trial.server.start()
    return happened


def login_refused(trial):
    """The server refuses the account during a run."""
    known = trial.server.folder / "user_key.pub"
    aside = known.rename(known.with_suffix(".aside"))
    happened = _fails(trial, "authentication_refused")
    aside.rename(known)
    return happened


def no_space(trial):
    """The server's disk is full during a run: files can be created, but nothing can be written to them."""
    trial.server.stop()
    trial.server.start(full=True)
    happened = _fails(trial, "remote_failure")
    trial.server.stop()
    trial.server.start()
    return happened


def late(trial):
    """The server freezes when a file is renamed to its final name, and renames it during the next run."""
    timeouts = trial.world.failures("timeout")
    suffix = trial.chance.choice((".part", ""))

    def freeze():
        rename = SftpTransport._rename

        def frozen_rename(transport, source, target):
            if source.endswith(suffix):
                signal_all(_sessions(trial), signal.SIGSTOP)
            rename(transport, source, target)

        SftpTransport._rename = frozen_rename

    trial.end(trial.begin(before=freeze))
    frozen = _sessions(trial)
    following = trial.join()
    time.sleep(trial.moment())
    signal_all(frozen, signal.SIGCONT)
    trial.end(following)
    return trial.world.failures("timeout") > timeouts


def _fails(trial, code):
    before = trial.world.failures(code)
    trial.end(trial.begin())
    return trial.world.failures(code) > before


def _sessions(trial):
    return psutil.Process(trial.server.pid).children(recursive=True)
