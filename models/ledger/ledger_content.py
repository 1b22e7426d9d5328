"""Contents of documents as digests: half a kilobyte each, which lists do not show and sending does not write.

The table `ledger_content` has a row per document, with its id. It is only written by SQL, and only read by the
exchange. The content as sent, or as integrated, is only copied when the document changes after it; until then, it is
`content`.
"""

from dataclasses import dataclass

from odoo.tools import SQL

from ...core.ledger.fingerprint import DIGEST, NAMES, UPDATABLE

# `signature`: digest of the entry at the last refresh, to detect any change. `content`: present content, a digest per
# field; `source`: digest of the values from which it was computed. `content_sent`, `content_integrated`: content when
# it was last sent, and when it was accepted, if it differs now. `codes_refused`: digest of its codes when it was
# refused.
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
SELECT_CONTENTS = """
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
    """Stored contents of a document; None for those that never were."""

    content: str | None
    source: str | None
    content_sent: str | None
    content_integrated: str | None
    codes_refused: str | None

    @property
    def sent(self):
        """Content as last sent."""
        return self.content_sent or self.content

    @property
    def integrated(self):
        """Content as accepted by the accounting system."""
        return self.content_integrated or self.content

    def becoming(self, content, was_sent, was_integrated):
        """Return the new (content_sent, content_integrated) of a document whose content becomes `content`."""
        if not self.content or content == self.content:
            return self.content_sent, self.content_integrated
        return (
            self.content_sent or (self.content if was_sent else None),
            self.content_integrated or (self.content if was_integrated else None),
        )


def kept_contents(env, document_ids):
    """Return {document id: KeptContent}."""
    rows = env.execute_query(SQL(SELECT_CONTENTS, list(document_ids)))
    return {document: KeptContent(*values) for document, *values in rows}
