"""Small changes that break Python code: another comparison, `and` for `or`, another constant, a dropped statement."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARISONS = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
}
_BOOLEANS = {ast.And: ("and", "or"), ast.Or: ("or", "and")}
#: Calls that only word a message.
_WORDS = frozenset({"_", "_lt", "debug", "info", "warning", "error", "exception"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Breakage:
    """One change of a source file.

    :param function: innermost function that contains it
    :param start: offset of the first byte that is replaced; `end`: of the first one behind
    """

    line: int
    function: str
    start: int
    end: int
    before: str
    after: str

    def apply(self, source: bytes, after: str) -> bytes:
        """Return the source with the change, in the words of `after`."""
        return source[: self.start] + after.encode() + source[self.end :]


def breakages(source: bytes) -> list[Breakage]:
    """Return the changes that can be made inside the functions of a source file, in its order."""
    return sorted(_Finder(source).walk(ast.parse(source), ""), key=lambda one: (one.start, one.end))


class _Finder:
    def __init__(self, source: bytes) -> None:
        self._source = source
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def walk(self, node: ast.AST, function: str) -> Iterator[Breakage]:
        if isinstance(node, ast.JoinedStr) or _is_message(node):
            return
        if isinstance(node, _FUNCTIONS):
            children, function = node.body, node.name
        else:
            children = list(ast.iter_child_nodes(node))
        if function:
            yield from self._of(node, function)
        for child in children:
            yield from self.walk(child, function)

    def _of(self, node: ast.AST, function: str) -> Iterator[Breakage]:
        if isinstance(node, ast.Compare):
            yield from self._operator(_COMPARISONS[type(node.ops[0])], node.left, node.comparators[0], function)
        elif isinstance(node, ast.BoolOp):
            yield from self._operator(_BOOLEANS[type(node.op)], node.values[0], node.values[1], function)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            start = self._start(node)
            yield self._change(node.lineno, function, start, start + len("not"), "")
        elif isinstance(node, ast.Constant) and isinstance(node.value, (bool, int)):
            after = str(not node.value if isinstance(node.value, bool) else node.value + 1)
            yield self._change(node.lineno, function, self._start(node), self._end(node), after)
        elif _is_dropped(node):
            yield self._change(node.lineno, function, self._start(node), self._end(node), "pass")

    def _operator(self, words: tuple[str, str], left: ast.expr, right: ast.expr, function: str) -> Iterator[Breakage]:
        start, end = self._end(left), self._start(right)
        pattern, after = words
        bounded = rf"\b{pattern}\b" if pattern[0].isalpha() else pattern
        if found := re.search(bounded.encode(), self._source[start:end]):
            yield self._change(left.lineno, function, start + found.start(), start + found.end(), after)

    def _change(self, line: int, function: str, start: int, end: int, after: str) -> Breakage:
        return Breakage(line, function, start, end, self._source[start:end].decode(), after)

    def _start(self, node: ast.expr | ast.stmt) -> int:
        return self._lines[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.expr | ast.stmt) -> int:
        return self._lines[node.end_lineno - 1] + node.end_col_offset


def _is_message(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return getattr(node.func, "attr", getattr(node.func, "id", "")) in _WORDS


def _is_dropped(node: ast.AST) -> bool:
    """Return whether a statement can be dropped without making names unknown."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call) and not _is_message(node.value)
    if isinstance(node, ast.Assign):
        return all(isinstance(target, (ast.Attribute, ast.Subscript)) for target in node.targets)
    return isinstance(node, (ast.AugAssign, ast.Raise))
