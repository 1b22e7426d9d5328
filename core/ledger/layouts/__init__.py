"""File layouts as data: what a column holds (model), writing (writer), reading (reader)."""

from .model import Column, Layout, match_name
from .plain import PlainRows
from .reader import BadRow, KnownRow, Reader, Row
from .writer import Rendered, Writer

__all__ = ["BadRow", "Column", "KnownRow", "Layout", "PlainRows", "Reader", "Rendered", "Row", "Writer", "match_name"]
