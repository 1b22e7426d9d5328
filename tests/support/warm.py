"""The caches of the registry over the tests of a class."""

import os
from unittest.mock import patch

#: Where this is set, each test begins with cold caches, as Odoo means it: a missing `clear_cache` then shows.
COLD = bool(os.environ.get("UTILITY_COLD_CACHES"))


class WarmCaches:
    """A test case whose next test finds warm what no one made Odoo forget, as the class's data has it: views, rights,
    menus, routes.

    Odoo forgets everything after each test; working it out again takes longer than many a test. The end of the class
    still forgets everything.
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
        # what Odoo does after the test is settled here
        with patch.object(self.registry, "clear_all_caches", self.forget_what_changed):
            return super().setUp()

    def forget_what_changed(self):
        if self.forgotten:
            self.registry.clear_cache(*self.forgotten)
        self.forgotten.clear()
