"""The guide: `./dev pictures` takes each picture, captions say what can be read on them, the pages are built."""

import re
import sys
import tomllib
import unicodedata
from pathlib import Path
from unittest.mock import patch

import polib

from odoo.modules import Manifest
from odoo.tests import BaseCase, HttpCase

from .support.sharing import MODULE

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs/guide"
FIGURE = re.compile(r"\.\. figure:: images/(?P<name>[\w-]+)\.png\n(?:   :.*\n)*\n(?P<caption>(?:   .*\n)+)")
EMPHASIS = re.compile(r"\*([^*]+)\*", re.S)
README_IMAGE = re.compile(r"\.\. image:: static/description/screenshots/(?P<name>[\w-]+)\.png\n   :alt: (?P<alt>.*)\n")
#: Where a page works an example, and where a test compares it (support/guide.py).
EXAMPLE = re.compile(r"\bexemple\b *(:|\n=+\n)", re.I)
COMPARED = re.compile(r"\.assert_example\(\s*\"([\w-]+)\"")
QUOTED = re.compile("“([^”]+)”")
LABEL = re.compile(r"(?<![*\w])\*([^*]+)\*(?!\*)", re.S)
#: Odoo's modules whose words are on the screens of the guide.
ODOO_MODULES = ("account", "base", "mail", "portal", "web")


def plain(text):
    """Return a text as it is compared: without case, accents of apostrophes and spaces of any kind."""
    text = unicodedata.normalize("NFC", text).replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(text.split()).casefold()


class TestCaptions(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pictures = tomllib.loads((GUIDE / "pictures.toml").read_text("utf-8"))["picture"]
        cls.figures = [
            (page.name, figure["name"], EMPHASIS.findall(figure["caption"]))
            for page in sorted(GUIDE.glob("*.rst"))
            for figure in FIGURE.finditer(page.read_text("utf-8") + "\n")
        ]

    def words(self, name):
        return plain((GUIDE / f"images/{name}.txt").read_text("utf-8"))

    def test_every_picture_of_a_page_is_one_that_is_taken(self):
        taken = {picture["name"] for picture in self.pictures}
        self.assertFalse({name for _page, name, _labels in self.figures} - taken)
        files = {path.stem for path in (GUIDE / "images").glob("*.png")}
        self.assertEqual(files, taken, "./dev pictures takes them; those that nothing shows are not listed")

    def test_every_picture_is_shown(self):
        shown = {name for _page, name, _labels in self.figures}
        self.assertFalse({picture["name"] for picture in self.pictures} - shown)

    def test_captions_say_what_is_on_the_picture(self):
        self.assertGreater(len(self.figures), 25)
        for page, name, labels in self.figures:
            with self.subTest(page=page, picture=name):
                self.assertTrue(labels, "a caption names what to look at, *so*")
                absent = [label for label in labels if plain(label) not in self.words(name)]
                self.assertFalse(absent)

    def test_readme_says_what_is_on_its_pictures(self):
        names = {picture["readme"]: picture["name"] for picture in self.pictures if "readme" in picture}
        images = README_IMAGE.findall((ROOT / "README.rst").read_text("utf-8"))
        self.assertEqual({name for name, _alt in images}, set(names))
        for name, alt in images:
            with self.subTest(picture=name):
                labels = QUOTED.findall(alt)
                self.assertTrue(labels, "its text names what to look at, “so”")
                self.assertFalse([label for label in labels if plain(label) not in self.words(names[name])])


class TestExamples(BaseCase):
    def test_worked_examples_are_compared_with_computed_figures(self):
        pages = {page.stem for page in GUIDE.glob("*.rst") if EXAMPLE.search(page.read_text("utf-8"))}
        tests = "".join(file.read_text("utf-8") for file in Path(__file__).parent.glob("test_*.py"))
        self.assertEqual(set(COMPARED.findall(tests)), pages, "a test of the product compares each, by assert_example")


class TestLabels(BaseCase):
    def known(self):
        """Return the French of the module and of Odoo, and what is written on the pictures (names of the demo)."""
        texts = []
        for name in (MODULE, *ODOO_MODULES):
            file = polib.pofile(str(Path(Manifest.for_addon(name).path) / "i18n/fr.po"))
            texts += [plain(re.sub("<[^>]+>", " | ", entry.msgstr)) for entry in file]
        texts += [plain(path.read_text("utf-8")) for path in (GUIDE / "images").glob("*.txt")]
        return " | ".join(texts)

    def test_labels_of_the_guide_are_those_of_the_screens(self):
        self.check(page for page in GUIDE.glob("*.rst") if page.name != "anomalies.rst")  # the product's own sentences

    def test_labels_of_the_other_documents_are_those_of_the_screens(self):
        self.check(ROOT / name for name in ("README.rst", "CONTRIBUTING.rst", "CHANGELOG.rst", "docs/operations.rst"))

    def check(self, pages):
        known = f"{self.known()} | {plain(Manifest.for_addon(MODULE)['name'])}"
        unknown = {
            (page.name, word)
            for page in pages
            for label in LABEL.findall(page.read_text("utf-8"))
            for word in " ".join(label.split()).split(" → ")
            if plain(word) not in known
        }
        self.assertFalse(unknown)


class TestPages(HttpCase):
    def test_pages_are_built_of_the_present_sources(self):
        with patch.object(sys, "path", [str(ROOT / "tools"), *sys.path]):
            from devkit.guide import NOTE, sources_digest
        self.assertEqual(NOTE.read_text().strip(), sources_digest(), "./dev guide builds them")

    def test_help_menu_opens_the_guide(self):
        action = self.env.ref("utility_billing_sync.guide_menu").action
        self.assertEqual(action._name, "ir.actions.act_url")
        page = self.url_open(action.url)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Guide Eau &amp; Assainissement", page.text)
        links = re.findall(r'(?:href|src)="([^"#:]+)[^":]*"', page.text)
        self.assertGreater(len(links), 10)
        for link in set(links):
            with self.subTest(link):
                self.assertTrue((ROOT / "static/guide" / link).is_file())
