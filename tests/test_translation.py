"""Every term of the module has its French, with the notices' words to the letter."""

import runpy
from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import PoFileReader, TranslationModuleReader

from .support.language import add_french
from .support.sharing import MODULE

ROOT = Path(__file__).parent.parent
FRENCH = ROOT / "i18n" / "fr.po"

#: The words of the first notice, by the terms of the code.
NOTICE = {
    "Attach a connection point": "Rattacher un point de raccordement",
    "Meter Characteristics": "Caractéristiques compteur",
    "Main Information": "Informations principales",
    "Manual reading": "Relève manuelle",
    "Not given": "Non renseignée",
    "Shared Meter": "Compteur partagé",
    "This meter is currently associated with:": "Ce compteur est actuellement associé à :",
    "Subscriber:": "Abonné:",
    "Billing:": "Facturation:",
    "Synchronise meter readings": "Synchroniser les relèves de compteurs",
    "Do you want to synchronise the meter readings in billing %(sections)s?": (
        "Souhaitez vous synchroniser les relèves du compteur dans la facturation %(sections)s ?"
    ),
    "Cancel": "Annuler",
    "Synchronise": "Synchroniser",
    "Force the synchronisation of the meter": "Forcer la synchronisation du compteur",
    "Configuration": "Paramétrage",
    "Billing": "Facturation",
    "Billing Element": "Élément de facturation",
    "Billing Type": "Type de facturation",
    "Units": "Unités",
    "Connection Point Sharing": "Partage des points de raccordement",
}


@tagged("post_install", "-at_install", MODULE)
class TestTranslation(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with FRENCH.open("rb") as file:
            cls.french = {row["src"]: row["value"] for row in PoFileReader(file)}

    def test_no_term_is_missing(self):
        terms = {row[4] for row in TranslationModuleReader(self.env.cr, modules=[MODULE])}
        self.assertGreater(len(terms), 300)
        missing = {term for term in terms if not self.french.get(term)}
        self.assertEqual(sorted(missing - self.labels_of_others()), [])

    def labels_of_others(self):
        """Return what modules that this one does not need add to its models: labels of fields, words about a model."""
        addon = self.env.ref(f"base.module_{MODULE}")
        needed = {MODULE, *addon.upstream_dependencies(exclude_states=("uninstalled",)).mapped("name")}
        fields = [field for model in self.env.registry.values() for field in model._fields.values()]
        others = [field for field in fields if field._modules and not needed.intersection(field._modules)]
        about = [field.name for field in others if field.model_name == "ir.model" and field.translate]
        models = self.env["ir.model"].search_fetch([], about)
        return {field.string for field in others} | {model[name] for model in models for name in about}

    def test_the_summary_in_the_list_of_apps(self):
        """Odoo keeps the summaries of all addons in its own module; their terms come from each addon's files."""
        add_french(self.env)
        self.env["ir.module.module"]._load_module_terms([MODULE], ["fr_FR"], overwrite=True)
        addon = self.env.ref(f"base.module_{MODULE}")
        self.assertEqual(
            addon.with_context(lang="fr_FR").summary,
            "Eau et assainissement\N{NO-BREAK SPACE}: compteurs partagés entre sections de facturation, échange avec "
            "Sage FRP 1000",
        )
        self.assertIn("Water and sewerage", addon.with_context(lang="en_US").summary)

    def test_words_of_the_notice(self):
        for term, french in NOTICE.items():
            with self.subTest(term):
                self.assertEqual(self.french.get(term), french)

    def test_no_line_begins_with_punctuation(self):
        """French puts a space before ; : ! ? % and inside « »: a non-breaking one, but in the notices' sentences."""
        spaced = runpy.run_path(str(ROOT / "tools/devkit/french_spaces.py"))["spaced"]
        self.assertEqual(spaced("« %s » : 5,5 % !"), "«\xa0%s\xa0»\xa0: 5,5\xa0%\xa0!")
        others = {term: text for term, text in self.french.items() if term not in NOTICE}
        self.assertEqual([text for text in others.values() if text != spaced(text)], [])
