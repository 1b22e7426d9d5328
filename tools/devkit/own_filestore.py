"""A plugin of pytest: each process of a run in several has a file store of its own, as it has a database.

pytest-odoo lets them share that of the copied database; Odoo's clean-up after each test class would then remove the
files that another process has just written.
"""

import os
import shutil
from unittest import mock

import pytest

from odoo.tests.common import get_db_name
from odoo.tools import config


@pytest.fixture(scope="session", autouse=True)
def own_filestore(load_registry):
    """Work on a copy, by hard links, for the time of the session."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        yield
        return
    shared = config.filestore(get_db_name())
    own = f"{shared}-{worker}"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(shared, own, copy_function=os.link)
    try:
        with mock.patch.object(config, "filestore", return_value=own):
            yield
    finally:
        shutil.rmtree(own, ignore_errors=True)
