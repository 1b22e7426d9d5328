"""The caches of the registry over the tests of a class."""

from unittest.mock import patch


class WarmCaches:
    """A test case whose next test finds warm what no one made Odoo forget, as the class's data has it: views, rights,
    menus, routes.

    Odoo forgets everything after each test; working it out again takes longer than many a test. The end of the class
    still forgets everything.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.forgotten, forget = set(), cls.registry.clear_cache

        def clear_cache(*names):
            cls.forgotten.update(names or ("default",))
            forget(*names)

        cls.startClassPatcher(patch.object(cls.registry, "clear_cache", clear_cache))

    def setUp(self):
        # what Odoo does after the test is settled here
        with patch.object(self.registry, "clear_all_caches", self.forget_what_changed):
            super().setUp()

    def forget_what_changed(self):
        if self.forgotten:
            self.registry.clear_cache(*self.forgotten)
        self.forgotten.clear()
