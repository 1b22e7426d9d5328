"""Writes the remarks on imported readings as sentences, in the language of the user."""

from ...core.metering.file_remarks import Remark, RemarkCode


def remark_sentence(env, remarks: tuple[Remark, ...]) -> str:
    """Return all remarks on a reading as one text."""
    return " ".join(_sentence(env, remark) for remark in remarks)


def _sentence(env, remark: Remark) -> str:
    volume = env["utility.reading"]._format_volume
    template = {
        RemarkCode.KIND_UNKNOWN: env._("The file calls this kind of reading “%(word)s”, which is not known."),
        RemarkCode.CONSUMPTION_DIFFERS: env._(
            "The file gives a consumption of %(said)s m³, the indexes measure %(measured)s m³."
        ),
        RemarkCode.CONSUMPTION_NEGATIVE: env._(
            "The file gives a negative consumption (%(said)s m³), the indexes measure %(measured)s m³."
        ),
        RemarkCode.CONSUMPTION_ABSURD: env._(
            "The file gives a consumption of %(said)s m³, as high as the index itself; the indexes measure "
            "%(measured)s m³. Check the unit and the meaning of its column."
        ),
        RemarkCode.CONTRADICTED: env._(
            "This index and those of other rows of the file (lines %(lines)s) can't all be right, and nothing tells "
            "which one is wrong."
        ),
    }[remark.code]
    return template % {
        "word": remark.word,
        "said": volume(remark.said),
        "measured": volume(remark.measured),
        "lines": ", ".join(map(str, remark.lines)),
    }
