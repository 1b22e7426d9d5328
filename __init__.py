import sys

if sys.version_info < (3, 11):  # noqa: UP036
    # Odoo 19 itself accepts 3.10: without this sentence, the first import of a newer name would fail
    raise ImportError(f"utility_billing_sync needs Python 3.11 or later; this is {sys.version.split()[0]}.")

from . import controllers, models, wizards
from .hooks import post_init_hook, pre_init_hook, uninstall_hook
