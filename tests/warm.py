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
        forgotten, registry = set(), cls.registry
        forget = registry.clear_cache

        def clear_cache(*names):
            forgotten.update(names or ("default",))
            forget(*names)

        def clear_all_caches():
            if forgotten:
                forget(*forgotten)
            forgotten.clear()

        cls.startClassPatcher(patch.object(registry, "clear_cache", clear_cache))
        cls.startClassPatcher(patch.object(registry, "clear_all_caches", clear_all_caches))
