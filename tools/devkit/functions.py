"""Changes functions of models/ in a running process: gives them the code of a changed source."""

import ast
import contextlib
import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType


class Functions:
    """The functions that the files of a folder define, once the files are imported.

    :param folder: of the sources
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._found: dict[tuple[str, str, int], FunctionType] = {}
        for each in gc.get_objects():
            if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(self._folder):
                self._found[_key(each.__code__)] = each

    @contextlib.contextmanager
    def changed(self, file: Path, tree: ast.Module | bytes, line: int | None = None) -> Iterator[None]:
        """Give functions of a file the code of a changed source, until the context ends.

        :param line: a line of the function that is changed; otherwise all functions of the file are
        :raises ValueError: if the changed code needs other variables of what is around the function
        :raises LookupError: if no function of the file contains the line
        """
        codes = {_key(code): code for code in _codes(compile(tree, str(file), "exec"))}
        own = {key: function for key, function in self._found.items() if key[0] == str(file) and key in codes}
        if line is not None:
            around = [key for key, function in own.items() if _contains(function.__code__, line)]
            if not around:
                raise LookupError(f"{file}:{line} belongs to no function that is loaded.")
            # the innermost of them is part of the code of the outermost
            outermost = min(around, key=lambda key: key[2])
            own = {outermost: own[outermost]}
        former = {key: function.__code__ for key, function in own.items()}
        try:
            for key, function in own.items():
                function.__code__ = codes[key]
            yield
        finally:
            for key, function in own.items():
                function.__code__ = former[key]


def marked(source: bytes, name: Callable[[int], str], call: str) -> ast.Module:
    """Return a source whose functions begin with a call that tells their name.

    :param name: gives the name of the function that is defined in a line
    :param call: an expression that is called with it
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            statement = ast.parse(f"{call}({name(node.lineno)!r})").body[0]
            for part in ast.walk(statement):
                ast.copy_location(part, node.body[0])
            node.body.insert(1 if ast.get_docstring(node) else 0, statement)
    return tree


def innermost(source: bytes, line: int) -> int:
    """Return the line in which the innermost function around a line is defined."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return max(node.lineno for node in functions if node.lineno <= line <= node.end_lineno)


def _key(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)


def _contains(code: CodeType, line: int) -> bool:
    lines = [number for each in _codes(code) for _start, _end, number in each.co_lines() if number]
    return code.co_firstlineno <= line <= max(lines)
