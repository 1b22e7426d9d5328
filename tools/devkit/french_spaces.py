"""Non-breaking spaces of French typography, so that no line begins with a sign of punctuation."""

import re

#: A plain space before a sign, or after an opening quotation mark. `%s` and `%(name)s` are not per cent signs.
PLAIN_SPACE = re.compile(r" (?=[;:?»]|!(?!=)|%%|%(?![\w(]))|(?<=«) ")


def spaced(text: str) -> str:
    """Return a French text with non-breaking spaces where its punctuation requires them."""
    return PLAIN_SPACE.sub("\N{NO-BREAK SPACE}", text)
