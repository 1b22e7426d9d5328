"""Every command, file and variable that the documents name exists, with its options."""

import contextlib
import importlib.util
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

from odoo.cli.command import find_command
from odoo.tests import BaseCase
from odoo.tools import config

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    *("README.rst", "CONTRIBUTING.rst", "CHANGELOG.rst", "SECURITY.md", "benchmarks/README.md", "tests/data/README.md"),
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.rst")),
)
#: Words by which a line of a literal block is one of ours; the shell's own are not checked.
PROGRAMS = r"(?:[A-Z_]+=\S+ )?(?:\./dev|python3?|V/bin/python|odoo|pip|V/bin/pip) "
BLOCK = re.compile(rf"^ {{4,}}({PROGRAMS}[^\n]*)", re.M)
LITERAL = re.compile(r"``?([^`]+)``?")
#: What stands for a value of the reader's, with one.
VALUES = {
    "N": "1",
    "NAME": "name",
    "DIR": "dir",
    "PATH": "core",
}
SOURCES = ("core", "models", "tools", "tests", "benchmarks", "controllers")


def documented():
    """Return the commands of all pages: (page, command)."""
    for page in PAGES:
        text = (ROOT / page).read_text("utf-8")
        prose = re.sub(r"^ {4,}.*$", "", text, flags=re.M) if page.endswith(".md") else text
        # a table breaks a literal into two lines of a column
        literals = [" ".join(literal.split()) for literal in LITERAL.findall(prose)]
        for command in (*BLOCK.findall(text), *(each for each in literals if re.match(PROGRAMS, each))):
            yield page, command


def forms(command):
    """Return the words of a command with its optional part and without it, values in place of placeholders."""
    for form in dict.fromkeys((re.sub(r"\[([^]]*)\]", r"\1", command), re.sub(r"\[[^]]*\]", "", command))):
        for part in re.split(r"&&|\|", form):
            words = [VALUES.get(word, word) for word in shlex.split(part, comments=True)]
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words.pop(0)
            yield words


class TestDocumentedCommands(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with patch.object(sys, "path", [str(ROOT / "tools"), *sys.path]):
            from devkit import cli, serve
        cls.parser, cls.people = cli._parser(), serve.PEOPLE

    def test_commands_are_understood(self):
        found = list(documented())
        self.assertGreater(len(found), 40)
        for page, command in found:
            for words in forms(command):
                with self.subTest(page=page, command=command):
                    self.check(words)

    def check(self, words):
        checks = {"dev": self.check_dev, "pip": self.check_pip, "odoo": self.check_odoo}
        checks.get(Path(words[0]).name, self.check_python)(words[1:])

    def check_dev(self, words):
        options, rest = self.parse(words)
        if options.command == "test":
            for word in rest:
                self.assertTrue(not word.endswith(".py") or (ROOT / word).is_file(), word)
        else:
            self.assertFalse(rest)
        if options.command == "bench" and options.name not in (None, "name"):
            self.assertTrue((ROOT / f"benchmarks/bench_{options.name}.py").is_file())

    def parse(self, words):
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said):
                return self.parser.parse_known_args(words)
        except SystemExit:
            self.fail(said.getvalue())

    def check_pip(self, words):
        self.assertEqual(words[:1], ["install"])
        pinned = "".join(path.read_text("utf-8") for path in ROOT.glob("requirements*.txt"))
        for word in words[1:]:
            is_package = bool(re.search(rf"^{re.escape(word)}[=>]", pinned, re.M))
            self.assertTrue(word.startswith("-") or is_package or (ROOT / word).exists(), word)

    def check_odoo(self, words):
        if words and not words[0].startswith("-"):
            self.assertTrue(find_command(words[0]), words[0])
        for option in (word.partition("=")[0] for word in words if word.startswith("-")):
            self.assertTrue(config.parser.has_option(option), option)

    def check_python(self, words):
        if words[:2] == ["-m", "unittest"]:
            for name in (word for word in words[2:] if word.startswith("core.")):
                self.assertTrue((ROOT / f"{name.replace('.', '/')}.py").is_file(), name)
        elif words[0] == "-m":
            self.assertTrue(importlib.util.find_spec(words[1]), words[1])
        else:
            script, *rest = words
            self.assertTrue((ROOT / script).is_file(), script)
            if rest and not rest[0].isdigit():
                self.check_options_of(script, rest)

    def check_options_of(self, script, words):
        """The help of a script's subcommand tells every option that a page gives it."""
        subcommand = [] if words[0].startswith("-") else words[:1]
        command = [sys.executable, str(ROOT / script), *subcommand, "--help"]
        shown = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        for option in (word for word in words if word.startswith("--")):
            self.assertIn(option, shown.stdout)

    def test_every_command_is_documented(self):
        text = "".join((ROOT / page).read_text("utf-8") for page in ("README.rst", "CONTRIBUTING.rst"))
        (commands,) = (action.choices for action in self.parser._actions if action.dest == "command")
        self.assertFalse([name for name in commands if f"./dev {name}" not in text])

    def test_every_benchmark_is_in_their_table(self):
        rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "benchmarks/README.md").read_text("utf-8"), re.M)
        found = [path.stem.removeprefix("bench_") for path in (ROOT / "benchmarks").glob("bench_*.py")]
        self.assertEqual(sorted(rows), sorted(found))

    def test_logins_of_readme_are_those_that_the_demo_makes(self):
        text = (ROOT / "README.rst").read_text("utf-8")
        named = re.search(r"a login for each role: (.*?); the password", text, re.S)
        self.assertEqual(sorted(LITERAL.findall(named[1])), sorted(login for _role, login in self.people))
        demo = "".join(path.read_text("utf-8") for path in (ROOT / "demo").glob("*.xml"))
        for _role, login in self.people:
            with self.subTest(login):
                self.assertTrue(login == "admin" or f'<field name="login">{login}</field>' in demo)

    def test_files_exist(self):
        """A literal that begins with a folder of the repository, or is a file at its root."""
        folders = {path.name for path in ROOT.iterdir() if path.is_dir()} - {"migrations"}
        for page in PAGES:
            for literal in LITERAL.findall((ROOT / page).read_text("utf-8")):
                top, slash, _rest = literal.partition("/")
                if not (slash and top in folders and re.fullmatch(r"[\w./*-]+", literal)):
                    continue
                with self.subTest(page=page, file=literal):
                    self.assertTrue(list(ROOT.glob(literal.rstrip("/"))))

    def test_variables_are_read(self):
        code = "".join(path.read_text("utf-8") for folder in SOURCES for path in (ROOT / folder).rglob("*.py"))
        for page in ("README.rst", "CONTRIBUTING.rst", "docs/operations.rst", "docs/testing.rst"):
            text = (ROOT / page).read_text("utf-8")
            names = {*re.findall(r"``([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b", text), *re.findall(r"\b([A-Z_]{4,})=/", text)}
            for name in names:
                with self.subTest(page=page, variable=name):
                    self.assertTrue(re.search(rf"""["']{name}["']""", code, re.I))


class TestOldestPython(BaseCase):
    def test_it_is_the_same_everywhere(self):
        """Odoo 19 accepts Python 3.10, where the addon would end in a traceback about a name that is missing."""
        for path, words in (
            ("README.rst", "Python 3.11 or later"),
            ("pyproject.toml", 'target-version = "py311"'),
            ("tools/devkit/cli.py", "OLDEST, NEWEST = (3, 11)"),
            ("__init__.py", "sys.version_info < (3, 11)"),
            ("__init__.py", "needs Python 3.11 or later"),
        ):
            self.assertIn(words, (ROOT / path).read_text("utf-8"), path)
