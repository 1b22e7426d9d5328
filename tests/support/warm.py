"""Keeps the caches of the registry over the tests of a class."""

import os
from unittest.mock import patch

#: If set, each test begins with cold caches, as in Odoo, so that a missing `clear_cache` shows.
COLD = bool(os.environ.get("UTILITY_COLD_CACHES"))


class WarmCaches:
    """A test case that keeps Odoo's caches for the next test: views, rights, menus, routes of the class's data.

    Odoo clears all caches after each test, and filling them again takes a sixth of their time. They are still cleared
    at the end of the class.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if COLD:
            return
        cls.forgotten, forget = set(), cls.registry.clear_cache

        def clear_cache(*names):
            cls.forgotten.update(names or ("default",))
            forget(*names)

        cls.startClassPatcher(patch.object(cls.registry, "clear_cache", clear_cache))

    def setUp(self):
        if COLD:
            return super().setUp()
        # Odoo registers here what it clears after the test
        with patch.object(self.registry, "clear_all_caches", self.forget_what_changed):
            return super().setUp()

    def forget_what_changed(self):
        if self.forgotten:
            self.registry.clear_cache(*self.forgotten)
        self.forgotten.clear()
