"""What a document says, as digests: half a kilobyte that no list shows and that sending does not touch.

A table beside `ledger_document`, a row a document, with its id; written by SQL alone, read by nobody but the exchange.
What was sent, or integrated, is copied when the document becomes another one after it: as long as it has not, `content`
says it.
"""

from dataclasses import dataclass

from odoo.tools import SQL

from ...core.ledger.fingerprint import DIGEST, NAMES, UPDATABLE

# `signature`: digest of the entry when it was last looked at; any change shows, whoever made it. `content`: what the
# document says now, field by field; `source`: digest of what it was worked out from. `content_sent`,
# `content_integrated`: what it said when it left, and when it was accepted, where it says something else now.
# `codes_refused`: digest of its codes when it was refused. The row goes with its document.
TABLE = """
    CREATE TABLE IF NOT EXISTS ledger_content (
        id int4 PRIMARY KEY REFERENCES ledger_document ON DELETE CASCADE,
        signature varchar,
        content text,
        source varchar,
        content_sent text,
        content_integrated text,
        codes_refused varchar
    );
    CREATE INDEX IF NOT EXISTS ledger_content_changed ON ledger_content (id)
     WHERE content_sent IS NOT NULL OR content_integrated IS NOT NULL
"""
KEPT = """
    SELECT document.id, content.content, content.source, content.content_sent, content.content_integrated,
           content.codes_refused
      FROM ledger_document document
 LEFT JOIN ledger_content content ON content.id = document.id
     WHERE document.id = ANY(%s)
"""


def brief_content():
    """Return the SQL of the brief fingerprint of `content.content` (core `Fingerprint.brief`)."""
    places = (NAMES.index("accounting") * DIGEST + 1, NAMES.index(UPDATABLE[0]) * DIGEST + 1)
    text = "substr(content.content, %s, %s) || substr(content.content, %s, %s)"
    return SQL(text, places[0], DIGEST, places[1], len(UPDATABLE) * DIGEST)


@dataclass(frozen=True, slots=True)
class KeptContent:
    """What is kept of a document's content, None where it never was."""

    content: str | None
    source: str | None
    content_sent: str | None
    content_integrated: str | None
    codes_refused: str | None

    @property
    def sent(self):
        """What it said when it last left."""
        return self.content_sent or self.content

    @property
    def integrated(self):
        """What the accounting system accepted."""
        return self.content_integrated or self.content

    def becoming(self, content, was_sent, was_integrated):
        """Return (what was sent, what was integrated) to keep where the document says `content` from now on."""
        if not self.content or content == self.content:
            return self.content_sent, self.content_integrated
        return (
            self.content_sent or (self.content if was_sent else None),
            self.content_integrated or (self.content if was_integrated else None),
        )


def kept_contents(env, document_ids):
    """Return {document id: its KeptContent}."""
    rows = env.execute_query(SQL(KEPT, list(document_ids)))
    return {document: KeptContent(*values) for document, *values in rows}
