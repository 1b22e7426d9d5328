"""Classifies errors of file systems and networks: temporary, or to be solved by an administrator."""

import contextlib
import errno
from collections.abc import Iterator

from .findings import LedgerError, TransportError

RETRYABLE, FINAL = True, False

_BY_ERRNO = {
    errno.ENOENT: ("directory_missing", RETRYABLE),
    errno.ENOTDIR: ("directory_missing", RETRYABLE),
    errno.EACCES: ("permission_denied", FINAL),
    errno.EPERM: ("permission_denied", FINAL),
    errno.EROFS: ("permission_denied", FINAL),
    errno.ENOSPC: ("disk_full", RETRYABLE),
    errno.EDQUOT: ("disk_full", RETRYABLE),
    errno.EFBIG: ("disk_full", RETRYABLE),
    errno.EISDIR: ("not_a_file", FINAL),
    errno.ELOOP: ("not_a_file", FINAL),
    errno.ETIMEDOUT: ("timeout", RETRYABLE),
}


@contextlib.contextmanager
def typed_failures(name: str) -> Iterator[None]:
    """Convert errors of file systems and networks to a TransportError about `name`; typed errors pass unchanged."""
    try:
        yield
    except LedgerError:
        raise
    except TimeoutError as error:
        raise TransportError("timeout", RETRYABLE, name=name) from error
    except (OSError, EOFError) as error:
        code, retryable = _BY_ERRNO.get(getattr(error, "errno", None) or 0, ("remote_failure", RETRYABLE))
        raise TransportError(code, retryable, name=name, reason=_reason(error)) from error
    except Exception as error:
        # paramiko is optional here: its errors are recognised by their module; any other error is a bug and is
        # raised as it is.
        if not type(error).__module__.startswith("paramiko."):
            raise
        raise TransportError("remote_failure", RETRYABLE, name=name, reason=_reason(error)) from error


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
