"""Delivery into a local directory: once, whole, whatever interrupts it."""

import errno
import hashlib
import os
from unittest import mock

from ..ledger.delivery import RETRY_DELAYS, RecoveryStep, StoredLot, deliver_lot, recovery_step, retry_delay
from ..ledger.findings import DeliveryConflict, TransportError
from ..ledger.local import LocalTransport
from ..ledger.remote_files import ABSENT, Stat
from .sentences import whole
from .test_ledger_transports import LOT, LocalCase, stat_of


class TestDelivery(LocalCase):
    lot = StoredLot("entries/ECR_L1.txt", len(LOT), hashlib.sha256(LOT).hexdigest())

    def deliver(self, data=LOT):
        return deliver_lot(self.transport, self.lot, [data[:100], data[100:]])

    def names(self):
        return sorted(path.name for path in (self.root / "entries").iterdir())

    def test_plan(self):
        self.assertIs(recovery_step(self.lot, ABSENT), RecoveryStep.DELIVER)
        self.assertIs(recovery_step(self.lot, stat_of(LOT)), RecoveryStep.CONFIRM)
        self.assertIs(recovery_step(self.lot, stat_of(LOT[:-1])), RecoveryStep.FAIL)
        self.assertIs(recovery_step(self.lot, Stat(len(LOT), "0" * 64)), RecoveryStep.FAIL)
        self.assertIs(recovery_step(StoredLot("x", 0, stat_of(b"").sha256), stat_of(b"")), RecoveryStep.CONFIRM)

    def test_twice_is_once(self):
        self.assertIs(self.deliver(), RecoveryStep.DELIVER)
        self.assertIs(self.deliver(), RecoveryStep.CONFIRM)
        self.assertEqual(self.transport.deliver(self.lot.name, [LOT]), stat_of(LOT))
        self.assertEqual((self.names(), self.content(self.lot.name)), (["ECR_L1.txt"], LOT))

    def test_a_crash_before_the_rename_is_delivered_again(self):
        (self.root / "entries" / ".ECR_L1.txt.0.part").write_bytes(LOT[:500])
        (self.root / "entries" / ".ECR_L10.txt.0.part").write_bytes(b"of another lot")
        self.assertIs(self.deliver(), RecoveryStep.DELIVER)
        self.assertEqual(self.names(), [".ECR_L10.txt.0.part", "ECR_L1.txt"])
        self.assertEqual(self.content(self.lot.name), LOT)

    def test_a_late_rename_never_shows_half_a_file(self):
        """A server that stood still obeys the first attempt while the next one is writing."""
        other, seen = LocalTransport(self.root), []

        def late(source, target):
            def chunks():
                yield LOT[:500]
                os.replace(source, target)
                seen.append(self.content(self.lot.name))
                yield LOT[500:]

            self.assertEqual(other.deliver(self.lot.name, chunks()), stat_of(LOT))

        with mock.patch.object(self.transport, "_rename", late):
            self.transport.deliver(self.lot.name, [LOT])
        self.assertEqual((self.names(), seen, self.content(self.lot.name)), (["ECR_L1.txt"], [LOT], LOT))

    def test_a_rename_that_is_refused_leaves_nothing(self):
        refusal = PermissionError(errno.EACCES, "refused")
        with (
            mock.patch.object(self.transport, "_rename", side_effect=refusal),
            self.assertRaises(TransportError) as caught,
        ):
            self.deliver()
        error = whole(caught.exception)
        self.assertEqual((error.code, error.params["name"], self.names()), ("permission_denied", self.lot.name, []))

    def test_other_content_under_the_name_is_kept(self):
        (self.root / self.lot.name).write_bytes(b"other")
        for operation in (self.deliver, lambda: self.transport.deliver(self.lot.name, [LOT])):
            with self.assertRaises(DeliveryConflict):
                operation()
        self.assertEqual((self.names(), self.content(self.lot.name)), (["ECR_L1.txt"], b"other"))

    def test_a_kept_file_that_was_damaged_does_not_leave(self):
        with self.assertRaises(DeliveryConflict) as caught:
            self.deliver(LOT[:-1])
        self.assertEqual((whole(caught.exception).code, self.names()), ("lot_damaged", []))

    def test_delays_grow_up_to_a_limit(self):
        delays = [retry_delay(failures) for failures in range(1, len(RETRY_DELAYS) + 2)]
        self.assertEqual(delays[:-1], sorted(set(delays[:-1])))
        self.assertIsNone(delays[-1])

    def test_the_bytes_are_on_the_disk_before_they_have_their_name(self):
        """A crash of the machine after the rename must not leave an empty file of the final name."""
        done, sync, replace = [], os.fsync, os.replace
        with (
            mock.patch("os.fsync", lambda place: (done.append("sync"), sync(place))[1]),
            mock.patch("os.replace", lambda *names, **places: (done.append("rename"), replace(*names, **places))[1]),
        ):
            self.deliver()
        self.assertEqual(done, ["sync", "rename", "sync"])

    def test_every_byte_is_on_the_disk_and_none_in_a_buffer(self):
        sizes, sync = [], os.fsync
        with mock.patch("os.fsync", lambda place: (sizes.append(os.fstat(place).st_size), sync(place))[1]):
            self.transport.deliver(self.lot.name, [b"short"])
        self.assertEqual(sizes[0], len(b"short"))

    def test_a_server_that_does_not_answer_is_not_asked_again(self):
        """The temporary file stays until the next attempt: removing it would only wait once more."""
        timeout, full = TransportError("timeout", name="x"), TransportError("disk_full", name="x")
        for error, left in ((timeout, 1), (full, 0)):

            def fail(_source, _target, error=error):
                raise error

            with self.subTest(error.code), mock.patch.object(self.transport, "_rename", fail):
                with self.assertRaises(TransportError):
                    self.transport.deliver(self.lot.name, [b"x"])
                self.assertEqual(len(self.names()), left)
            self.transport.forget_attempts(self.lot.name)

    def test_the_delays(self):
        self.assertEqual(
            [retry_delay(failures) for failures in (1, 2, 3, 4, 5, 6, 7)], [60, 300, 900, 3600, 14400, 43200, None]
        )
