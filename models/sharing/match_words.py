"""Describes the likeness of two cards: « même numéro, rue écrite autrement »."""

from ...core.matching import Reason


class MatchWords:
    """Explains in the user's language why two cards are proposed, and what speaks against it.

    Called by the list and the form of the pairs, whose reader has access to the companies of both sections.
    """

    def __init__(self, env):
        self.env = env
        self._likeness = {
            "serial_likeness": {
                "same": self.env._("same number"),
                "alike": self.env._("number written differently"),
                "end": self.env._("one number is the end of the other"),
                "close": self.env._("numbers one typing error apart"),
                "unknown": self.env._("number missing"),
                "different": self.env._("different number"),
            },
            "address_likeness": {
                "same": self.env._("same place"),
                "alike": self.env._("place incomplete or written differently"),
                "end": self.env._("place incomplete or written differently"),
                "close": self.env._("street one typing error apart"),
                "unknown": self.env._("place missing"),
                "different": self.env._("different place"),
            },
            "subscriber_likeness": {
                "same": self.env._("same subscriber"),
                "alike": self.env._("subscriber written differently"),
                "end": self.env._("subscriber written differently"),
                "close": self.env._("same family, different first name"),
                "unknown": self.env._("subscriber missing"),
                "different": self.env._("different subscriber"),
            },
        }
        self._doubts = {
            Reason.SHORT: self.env._("the number is too short to be evidence"),
            Reason.REPEATED: self.env._("several cards have this number"),
            Reason.OTHER_MAKER: self.env._("different maker"),
            Reason.OTHER_YEAR: self.env._("different year of manufacture"),
            Reason.OTHER_DIAMETER: self.env._("different diameter"),
            Reason.NEIGHBOURS: self.env._("only the last digit differs: perhaps two devices bought together"),
            Reason.REPLACED: self.env._("number of a device replaced since"),
            Reason.FORMER: self.env._("former subscriber"),
        }

    def of(self, pair) -> str:
        """Return the words for a `utility.meter.match`."""
        parts = [words[pair[name]] for name, words in self._likeness.items() if pair[name]]
        codes = (pair.reasons or "").split(",")
        parts += [words for reason, words in self._doubts.items() if reason in codes]
        if pair.ambiguous:
            # sudo: a card of one of the two sections, to both of which the reader of the pair has access
            third = pair.third_meter_id.sudo().display_name
            parts.append(
                self.env._("equally similar to %s", third) if third else self.env._("equally similar to a third card")
            )
        return ", ".join(parts)
