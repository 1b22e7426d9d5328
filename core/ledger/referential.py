"""What the référentiel that came in changes in its mirror."""

from dataclasses import dataclass

from .findings import Finding
from .layouts import BadRow


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code of the référentiel: identified by (company, kind, code); `details` are its other values, sorted
    by name.

    `record` is the caller's own identifier of a mirror row; `line` and `column` place an incoming one.
    """

    company: str
    kind: str
    code: str
    name: str
    details: tuple[tuple[str, str], ...] = ()
    active: bool = True
    record: int = 0
    line: int = 0

    @property
    def key(self):
        return self.company, self.kind, self.code

    @property
    def content(self):
        return self.name, self.details, self.active


@dataclass(frozen=True, slots=True)
class Difference:
    """What to make, what to change as (mirror row, incoming row), what to deactivate (mirror rows), how many
    rows stay as they are, which rows are refused; `held` are remarks on deactivations that were not made."""

    made: tuple[CodeRow, ...]
    updated: tuple[tuple[CodeRow, CodeRow], ...]
    deactivated: tuple[CodeRow, ...]
    unchanged: int
    refused: tuple[Finding, ...]
    held: tuple[Finding, ...]


def code_row(kind, row, company=""):
    """The CodeRow of a row read in a référentiel layout; `company` is whose file it is when the row does not
    say."""
    values = dict(row.values)
    code, name = values.pop("code"), values.pop("name")
    owner = values.pop("company", "") or company
    details = tuple(sorted((key, _plain(value)) for key, value in values.items() if value not in (None, "")))
    return CodeRow(owner, kind, code, name, details, line=row.line)


def difference(kind, mirror, rows, companies, company=""):
    """Compares one kind of code with the rows of one file (Row and BadRow), in one pass over each.

    `mirror`: the CodeRow known of this kind; `companies`: those that the file is the whole truth of: only
    their missing codes are deactivated. A code on a refused line is not missing; if a refused line's code
    cannot even be read, nothing is deactivated, because the code may be any. Codes of other companies than
    `companies` are taken as well.
    """
    incoming, refused, unreadable, protected = {}, [], 0, set()
    for row in rows:
        if isinstance(row, BadRow):
            refused.extend(row.findings)
            code = row.values.get("code")
            protected.add(code)
            unreadable += not code
            continue
        new = code_row(kind, row, company)
        first = incoming.setdefault(new.key, new)
        if first.content != new.content:
            params = {"line": new.line, "code": new.code, "first": first.line}
            refused.append(Finding("code_duplicate", "code", params, line=new.line))
    known = {row.key: row for row in mirror}
    missing = [
        row for key, row in known.items()
        if key not in incoming and row.active and row.company in companies and row.code not in protected
    ]  # fmt: skip
    held = ()
    if unreadable and missing:
        held = (Finding("deactivation_held", "code", {"kind": kind, "count": unreadable}, blocking=False),)
        missing = []
    updated = [
        (known[key], new)
        for key, new in incoming.items()
        if key in known and known[key].content != new.content
    ]
    made = [new for key, new in incoming.items() if key not in known]
    unchanged = len(incoming) - len(made) - len(updated)
    return Difference(tuple(made), tuple(updated), tuple(missing), unchanged, tuple(refused), held)


def _plain(value):
    return value if isinstance(value, str) else format(value.normalize(), "f")
