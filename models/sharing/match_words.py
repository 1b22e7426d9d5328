"""The likeness of two cards in words: « même numéro, rue écrite autrement »."""

from ...core.matching import Reason


def match_words(pair) -> str:
    """Say in the reader's language why two cards are proposed, and what speaks against it.

    :param pair: a `utility.meter.match`
    """
    _ = pair.env._
    likeness = {
        "serial_likeness": {
            "same": _("same number"),
            "alike": _("number written in another way"),
            "end": _("one number is the end of the other"),
            "close": _("numbers one slip apart"),
            "unknown": _("number missing"),
            "different": _("other number"),
        },
        "address_likeness": {
            "same": _("same place"),
            "alike": _("place given in part or written in another way"),
            "end": _("place given in part or written in another way"),
            "close": _("street one slip apart"),
            "unknown": _("place missing"),
            "different": _("other place"),
        },
        "subscriber_likeness": {
            "same": _("same subscriber"),
            "alike": _("subscriber written in another way"),
            "end": _("subscriber written in another way"),
            "close": _("same family, other first name"),
            "unknown": _("subscriber missing"),
            "different": _("other subscriber"),
        },
    }
    doubts = {
        Reason.SHORT: _("the number is too short to tell"),
        Reason.REPEATED: _("several cards bear this number"),
        Reason.OTHER_MAKER: _("other maker"),
        Reason.OTHER_YEAR: _("other year of manufacture"),
        Reason.OTHER_DIAMETER: _("other diameter"),
        Reason.NEIGHBOURS: _("only the last digit differs: perhaps two devices bought together"),
        Reason.REPLACED: _("number of a device replaced since"),
        Reason.FORMER: _("former subscriber"),
    }
    parts = [words[pair[name]] for name, words in likeness.items() if pair[name]]
    parts += [doubts[reason] for reason in doubts if reason in (pair.reasons or "").split(",")]
    if pair.ambiguous:
        # sudo: a card of one of the two sections, which the reader of the pair may enter both
        third = pair.third_meter_id.sudo().display_name
        parts.append(_("as much like %s", third) if third else _("as much like a third card"))
    return ", ".join(parts)
