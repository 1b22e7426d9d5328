"""The mark of messages that the translation file contains."""


def _lt(text: str) -> str:
    """Mark a message for the translation file; core does not translate."""
    return text
