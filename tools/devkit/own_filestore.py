"""pytest plugin: each process of a parallel run has its own file store, as it has its own database.

pytest-odoo makes them share that of the copied database, and Odoo's clean-up after each test class would then remove
the files that another process has just written.
"""

import os
import shutil
from unittest import mock

import pytest

from odoo.tests.common import get_db_name
from odoo.tools import config


@pytest.fixture(scope="session", autouse=True)
def own_filestore(load_registry):
    """Use a copy, made of hard links, during the session."""
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
