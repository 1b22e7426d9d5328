"""docs/access.rst, made from the table of rights and from the sources: `python tests/access_page.py` writes it."""

import ast
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/access.rst"
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    from access import CALLERS, GIVEN, METHODS, RIGHTS, ROLES, WITHOUT_COMPANY
else:
    from .access import CALLERS, GIVEN, METHODS, RIGHTS, ROLES, WITHOUT_COMPANY

SOURCES = ("models", "wizards", "controllers")
SQL_CALLS = {"execute", "execute_query", "execute_values"}

HEAD = (ROOT / "tests/data/access_head.rst").read_text("utf-8")
SET_ASIDE_HEAD = """
Where rights are bypassed
=========================

Every ``sudo()`` and its reason. Unless a comment says otherwise, callers are public methods of the table above, and
records were checked before by the ORM, ``check_access`` or the guard.

"""
SQL_HEAD = """
SQL statements
==============

Functions that query PostgreSQL directly: who reaches them, what they touch, what was checked before. Results that reach
a user pass through the ORM.

"""
CALLS_HEAD = """
Methods that may be called by RPC, and by whom. Methods on records of another company are refused. *Anyone* may open a
window, which shows only what the user may read.

"""


def render():
    """Return docs/access.rst."""
    names = {role: french for role, (_groups, french) in ROLES.items()}
    rows = [["Model", *(names[role] for role in GIVEN), "Another company"]]
    for model, cells in RIGHTS.items():
        rows.append([f"``{model}``", *(cell or "—" for cell in cells), "r" if model in WITHOUT_COMPANY else "—"])
    methods = [["Model", "Methods", "Who"]]
    for model, groups in METHODS.items():
        for who, found in groups.items():
            people = "anyone" if who == "anyone" else ", ".join(names[role] for role in CALLERS[who])
            methods.append([f"``{model}``", ", ".join(f"``{name}``" for name in found.split()), people])
    aside = [["Where", "Why"], *_set_aside()]
    asked = [["File", "Functions", "Who, what, checked"], *_sql()]
    parts = (HEAD, _table(rows), CALLS_HEAD, _table(methods), SET_ASIDE_HEAD, _table(aside), SQL_HEAD, _table(asked))
    return "".join(parts)


def _files():
    for folder in SOURCES:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _calls(path, names):
    """Yield (function, line) of the calls of some methods in a file."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            around = [f for f in functions if f.lineno <= node.lineno <= f.end_lineno]
            yield (around[-1].name if around else "", node.func.end_lineno)


def _set_aside():
    found = {}
    for path in _files():
        lines = path.read_text("utf-8").splitlines()
        for function, line in _calls(path, {"sudo"}):
            key = f"``{path.relative_to(ROOT)}`` {function}"
            reason = _reason(lines, line - 1)
            found.setdefault(key, []).extend([reason] if reason and reason not in found.get(key, ()) else [])
    return [[key, "; ".join(reasons) or "as above"] for key, reasons in sorted(found.items())]


def _reason(lines, place):
    """Return the comment `# sudo: …` of a line: at its end, or above it."""
    for above in range(place, max(place - 12, -1), -1):
        _before, mark, reason = lines[above].partition("# sudo: ")
        if mark:
            following = (line.strip() for line in lines[above + 1 : place + 1])
            more = []
            for line in following:
                if not line.startswith("# "):
                    break
                more.append(line[2:])
            return " ".join([reason.strip(), *more]).replace("`", "")
        if above < place and lines[above].strip().startswith("def "):
            return ""
    return ""


def reasons():
    """Return why the SQL of each path is safe: {path of a file or a folder: sentence}."""
    return tomllib.loads((ROOT / "tests/data/sql_reasons.toml").read_text("utf-8"))


def files_with_sql():
    """Return the files that query PostgreSQL directly."""
    return [str(path.relative_to(ROOT)) for path in _files() if any(_calls(path, SQL_CALLS))]


def reason_of(file, known):
    """Return the sentence of the longest path that begins the file's; empty where there is none."""
    return known[max(places, key=len)] if (places := [place for place in known if file.startswith(place)]) else ""


def _sql():
    rows, known = [], reasons()
    for path in _files():
        functions = sorted({function for function, _line in _calls(path, SQL_CALLS)})
        if functions:
            file = str(path.relative_to(ROOT))
            reason = reason_of(file, known).replace("`", "``")
            rows.append([f"``{file}``", ", ".join(f"``{name}``" for name in functions), reason])
    return rows


def _table(rows):
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        lines += [f"   {'* -' if place == 0 else '  -'} {cell}" for place, cell in enumerate(row)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), "utf-8")
