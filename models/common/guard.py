"""Declares which values of a record its callers may set; `guarded` enforces it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """Declares who may set the fields of a class; each attribute lists names separated by spaces.

    Fields that are only displayed (computed, not stored, without an inverse) need no declaration.

    :param kept: written by the server only; refused in `create`, `write`, import, and as a context default
    :param once: set when the record is created, never changed afterwards
    :param given: set by anyone who may write the record; references must be readable by them and of its company
    :param across: references among those that may lead to another company than the record's, including one that the
        caller has access to without having it ticked
    :param signs: references to users in whose name the server will work: callers may choose only themselves
    :param asked: with a default that a person sees on a form and may change, but that a file to import states
    """

    kept: str = ""
    once: str = ""
    given: str = ""
    across: str = ""
    signs: str = ""
    asked: str = ""

    def kinds(self):
        """Return {field name: its kind}."""
        kinds = {"kept": self.kept, "once": self.once, "given": self.given}
        return {name: kind for kind, names in kinds.items() for name in names.split()}


@dataclass(frozen=True, slots=True)
class GuardedFields:
    """Fields of a model, grouped by what a caller may do with them.

    :param references: relational fields that a caller may set
    :param shown: all relational fields of this module
    """

    kept: frozenset
    once: frozenset
    references: tuple
    shown: tuple
    across: frozenset
    signs: frozenset
    asked: frozenset

    @property
    def not_defaulted(self):
        """Fields whose value no default of a caller sets."""
        return self.kept | self.signs
