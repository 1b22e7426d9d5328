"""Exactly-once delivery: decides what to do with a lot whose delivery is uncertain after a crash."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from .findings import DeliveryConflict
from .remote_files import Absent, Stat
from .transports import Transport

# Seconds before each retry after a temporary failure; after the last retry, a user is notified.
RETRY_DELAYS = (60, 300, 900, 3600, 4 * 3600, 12 * 3600)


class RecoveryStep(Enum):
    """Next step of a recovered run."""

    CONFIRM = "confirm"
    DELIVER = "deliver"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class StoredLot:
    """The file that a run has stored: its remote name, size in bytes and SHA-256 (hex)."""

    name: str
    size: int
    sha256: str


def recovery_step(lot: StoredLot, remote: Stat | Absent) -> RecoveryStep:
    """Return the next step for a stored lot.

    Same content: confirm. Absent (perhaps already collected by the accounting system, which identifies lots by name):
    deliver the same bytes again. Other content: fail, the file is not ours.

    :param remote: the file under the lot's name on the remote side
    """
    if not remote:
        return RecoveryStep.DELIVER
    return RecoveryStep.CONFIRM if (remote.size, remote.sha256) == (lot.size, lot.sha256) else RecoveryStep.FAIL


def deliver_lot(transport: Transport, lot: StoredLot, chunks: Iterable[bytes]) -> RecoveryStep:
    """Deliver a stored lot, for the first time or as a recovery; return the step that was taken.

    :param chunks: content of the file, consumed only if it must be sent
    :raises TransportError: the delivery failed
    :raises DeliveryConflict: the name is in use for another content
    """
    step = recovery_step(lot, transport.stat(lot.name))
    if step is RecoveryStep.FAIL:
        raise DeliveryConflict("delivery_conflict", name=lot.name)
    if step is RecoveryStep.DELIVER:
        transport.deliver(lot.name, chunks, Stat(lot.size, lot.sha256))
    transport.forget_attempts(lot.name)
    return step


def retry_delay(failures: int) -> int | None:
    """Return the seconds to wait after a number of consecutive failures (1 or more), None beyond the last retry."""
    return RETRY_DELAYS[failures - 1] if failures <= len(RETRY_DELAYS) else None
