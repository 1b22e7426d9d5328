"""`docs/architecture.rst` says what the code is: its files, functions, packages, invariants and steps exist."""

import ast
import re
from pathlib import Path

from odoo.tests import BaseCase

from .support.package_order import BELOW

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/architecture.rst").read_text("utf-8")
#: Folders whose docstrings and comments cite invariants and steps.
CITING = ("core", "models", "wizards", "controllers", "tests", "tools", "benchmarks", "docs")
FILE = re.compile(r"[\w/]+\.(?:py|js|toml|rst|xml)|[\w/]+/")
#: A function, a method or a constant.
NAME = r"(?:[A-Z]\w+\.)?(?:_?[a-z][a-z_]+|[A-Z_]{4,})"


def part(title):
    """Return the text of a part of the page, without its title."""
    (text,) = re.findall(rf"^{title}\n=+\n(.*?)(?=^[^\n]+\n=+\n|\Z)", PAGE, re.M | re.S)
    return text


def answers():
    """Return the second column of the table *Where to look*: one text per question."""
    lines = [line[43:] if line[:1] == " " else "\n" + line[43:] for line in part("Where to look").splitlines()]
    return " ".join(lines).split("\n")


def literals(text):
    return [" ".join(literal.split()) for literal in re.findall(r"``([^`]+)``", text)]


def defined(path):
    """Return the functions, classes and constants that a file defines."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    named = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return named | {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def numbered(title):
    return [int(number) for number in re.findall(r"^(\d+)\. ", part(title), re.M)]


def cited(pattern):
    """Return (file, number) of each citation in the repository."""
    for folder in CITING:
        for path in sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in (".py", ".rst")):
            for numbers in re.findall(pattern, path.read_text("utf-8")):
                yield from ((str(path.relative_to(ROOT)), int(number)) for number in re.findall(r"\d+", numbers))


class TestArchitecture(BaseCase):
    def follow(self, text, *below):
        """Check the files of a text, and that each function named after a file is defined there; return both counts.

        :param below: folders that paths may begin at, beside the repository and the folder of the file before
        """
        files, names, file = 0, 0, ROOT / "README.rst"
        for literal in literals(text):
            if FILE.fullmatch(literal):
                found = [path for base in (ROOT, file.parent, *below) if (path := base / literal).exists()]
                self.assertTrue(found, f"{literal}: no such file")
                file, files = found[0], files + 1
            elif re.fullmatch(NAME, literal) and file.suffix == ".py":
                self.assertIn(literal.split(".")[-1], defined(file), f"{literal} is not in {file.name}")
                names += 1
        return files, names

    def test_where_to_look(self):
        self.check([(answer, answer) for answer in answers()], files=50, names=20)

    def test_flows(self):
        flows = re.findall(r"^\*\*(.*?)\*\*\n(.*?)(?=^\*\*|\Z)", part("How data flows"), re.M | re.S)
        self.check(flows, ROOT / "models", files=110, names=5)

    def check(self, texts, *below, files, names):
        """Check texts with their titles, which have a number of files and functions at least."""
        counts = []
        for title, text in texts:
            with self.subTest(title):
                counts.append(self.follow(text, *below))
        self.assertEqual(len(counts), len(texts))
        self.assertGreaterEqual(sum(found for found, _names in counts), files)
        self.assertGreaterEqual(sum(found for _files, found in counts), names)

    def test_packages(self):
        order, shown = [], {}
        for line in part("Packages of ``models/``").splitlines():
            if line.startswith("``"):
                order.append(literals(line)[0])
            if order and line[:2] in ("``", "  "):
                shown[order[-1]] = f"{shown.get(order[-1], '')} {line[83:]}"
        self.assertEqual(set(order), set(BELOW))
        for package, text in shown.items():
            with self.subTest(package):
                named = order[: order.index(package)] if "all above" in text else literals(text)
                self.assertEqual({*named, *(under for name in named for under in BELOW[name])}, set(BELOW[package]))

    def test_invariants(self):
        known = numbered("Invariants")
        self.assertEqual(known, list(range(1, len(known) + 1)))
        found = list(cited(r"[Ii]nvariants? (\d+(?:(?:, | and )\d+)*)"))
        self.assertGreater(len(found), 30)
        self.assertFalse([each for each in found if each[1] not in known])

    def test_steps_of_the_protocol(self):
        known = numbered("The delivery protocol")
        found = list(cited(r"(?:protocol, |\()?[Ss]teps? (\d+(?:(?:, | and | to )\d+)*)\b(?= of the|\)|,)"))
        self.assertGreater(len(found), 4)
        self.assertFalse([each for each in found if each[1] not in known])
