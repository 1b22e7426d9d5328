"""French, in a database that may have no language but English."""


def add_french(env):
    """Activate French with the terms of every installed module, as the dialog *Add Languages* does."""
    languages = env["res.lang"].sudo()
    if languages._get_data(code="fr_FR"):
        return
    languages._activate_lang("fr_FR")
    modules = env["ir.module.module"].sudo()
    modules._load_module_terms(modules.search([("state", "=", "installed")]).mapped("name"), ["fr_FR"])
