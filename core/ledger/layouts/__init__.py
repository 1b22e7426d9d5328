"""File layouts as data: columns and form (model), writing (writer), reading (reader)."""

from .model import Column, Layout, match_name, unread_names
from .plain import PlainRows
from .reader import BadRow, KnownRow, Reader, Row
from .words import Word, usual_words
from .writer import Rendered, Writer

__all__ = [
    "BadRow",
    "Column",
    "KnownRow",
    "Layout",
    "PlainRows",
    "Reader",
    "Rendered",
    "Row",
    "Word",
    "Writer",
    "match_name",
    "unread_names",
    "usual_words",
]
