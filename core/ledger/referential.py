"""What the référentiel that came in changes in its mirror."""

from dataclasses import dataclass, replace

from .findings import Finding
from .layouts import BadRow, KnownRow


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code of the référentiel: identified by (company, kind, code); `details` are its other values, sorted
    by name.

    `record` is the caller's own identifier of a mirror row; `line` places an incoming one, `mark` is that of its text.
    """

    company: str
    kind: str
    code: str
    name: str
    details: tuple[tuple[str, str], ...] = ()
    active: bool = True
    record: int = 0
    line: int = 0
    mark: str = ""

    @property
    def key(self):
        return self.company, self.kind, self.code

    @property
    def content(self):
        return self.name, self.details, self.active


@dataclass(frozen=True, slots=True)
class Difference:
    """What to make, what to change as (mirror row, incoming row), what to deactivate (mirror rows), which rows
    stay as they are (pairs as well) and how many more, unread; which are refused; `held` are remarks on
    deactivations that were not made."""

    made: tuple[CodeRow, ...]
    updated: tuple[tuple[CodeRow, CodeRow], ...]
    deactivated: tuple[CodeRow, ...]
    same: tuple[tuple[CodeRow, CodeRow], ...]
    passed: int
    refused: tuple[Finding, ...]
    held: tuple[Finding, ...]

    @property
    def unchanged(self):
        return len(self.same) + self.passed


def code_row(kind, row, company=""):
    """The CodeRow of a row read in a référentiel layout; `company` is whose file it is when the row does not
    say."""
    values = dict(row.values)
    code, name = values.pop("code"), values.pop("name")
    owner = values.pop("company", "") or company
    details = [
        (key, value if isinstance(value, str) else _plain(value))
        for key, value in values.items()
        if value is not None and value != ""
    ]
    return CodeRow(owner, kind, code, name, tuple(sorted(details)), line=row.line, mark=row.mark)


def difference(kind, mirror, rows, companies, company=""):
    """Compares one kind of code with the rows of one file (Row, KnownRow and BadRow), in one pass over each.

    A KnownRow stays as it is. Its code may be left out of `mirror`, if no Row has the same key.

    `mirror`: the CodeRow known of this kind; `companies`: those that the file is the whole truth of: only
    their missing codes are deactivated. A code on a refused line is not missing; if a refused line's code
    cannot even be read, nothing is deactivated, because the code may be any. Codes of other companies than
    `companies` are taken as well.
    """
    incoming, refused, unreadable, protected, passed = {}, [], 0, set(), set()
    known, marked = {row.key: row for row in mirror}, {row.mark: row for row in mirror if row.mark}
    for row in rows:
        if isinstance(row, BadRow):
            refused.extend(row.findings)
            code = row.values.get("code")
            protected.add(code)
            unreadable += not code
            continue
        if isinstance(row, KnownRow) and row.mark not in marked:
            passed.add(row.mark)
            continue
        new = replace(marked[row.mark], line=row.line) if isinstance(row, KnownRow) else code_row(kind, row, company)
        first = incoming.setdefault(new.key, new)
        if first.content != new.content:
            params = {"line": new.line, "code": new.code, "first": first.line}
            refused.append(Finding("code_duplicate", "code", params, line=new.line))
    missing = [
        row for key, row in known.items()
        if key not in incoming and row.active and row.company in companies and row.code not in protected
    ]  # fmt: skip
    held = ()
    if unreadable and missing:
        held = (Finding("deactivation_held", "code", {"kind": kind, "count": unreadable}, blocking=False),)
        missing = []
    made = [new for key, new in incoming.items() if key not in known]
    pairs = [(known[key], new) for key, new in incoming.items() if key in known]
    updated = [(old, new) for old, new in pairs if old.content != new.content]
    same = [(old, new) for old, new in pairs if old.content == new.content]
    return Difference(
        tuple(made), tuple(updated), tuple(missing), tuple(same), len(passed), tuple(refused), held
    )


def _plain(value):
    return format(value.normalize(), "f")
