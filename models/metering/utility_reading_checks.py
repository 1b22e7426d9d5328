from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang
from odoo.tools.translate import LazyTranslate

from ...core.metering.findings import Code, ReadingFinding
from ...core.metering.readings import Reading, ReadingKind
from .reading_store import ReadingStore

_lt = LazyTranslate(__name__)

#: Message of each finding: what is wrong, and what to do.
MESSAGES = {
    Code.NEGATIVE: _lt("Meter %(meter)s, %(date)s: index %(index)s is negative. Enter what the meter shows."),
    Code.FUTURE: _lt("Meter %(meter)s: %(date)s (index %(index)s) is in the future. Enter the day of the reading."),
    Code.BEFORE_INSTALLATION: _lt(
        "Meter %(meter)s: reading of %(date)s (index %(index)s) is before its installation on "
        "%(previous_date)s. Correct one of the two dates."
    ),
    Code.DUPLICATE: _lt(
        "Meter %(meter)s already has a reading of %(previous_date)s: index %(previous_index)s. "
        "Index %(index)s of %(date)s can't be added: correct the existing reading."
    ),
    Code.BELOW_PREVIOUS: _lt(
        "Meter %(meter)s: index %(index)s of %(date)s is below index %(previous_index)s of %(previous_date)s. "
        "Correct the index, or tick roll-over if the meter passed its last digit."
    ),
    Code.TOO_MANY_DIGITS: _lt(
        "Meter %(meter)s, %(date)s: index %(index)s has more digits than the meter shows. "
        "Correct the index or the meter's number of digits."
    ),
    Code.DIGITS_UNKNOWN: _lt(
        "Meter %(meter)s, %(date)s: index %(index)s after %(previous_index)s of %(previous_date)s is marked as "
        "a roll-over, but the meter's number of digits is not known. Enter it on the meter."
    ),
    Code.USELESS_ROLLOVER: _lt(
        "Meter %(meter)s: index %(index)s of %(date)s is marked as a roll-over, but is not below index "
        "%(previous_index)s of %(previous_date)s. Untick roll-over."
    ),
    Code.NO_DEVICE: _lt(
        "Meter %(meter)s was removed on %(previous_date)s at index %(previous_index)s: index %(index)s of "
        "%(date)s can't be read before a device is installed. Enter the installation first."
    ),
    Code.ALREADY_BILLED: _lt(
        "Meter %(meter)s: the reading of %(previous_date)s at index %(previous_index)s is billed and can't "
        "become %(index)s."
    ),
}


class UtilityReading(models.Model):
    """Constraints on readings, and their messages."""

    _inherit = "utility.reading"

    route = fields.Char(related="meter_id.route", string="Round")

    # === CHECKS === #

    def _check_free(self, values):
        """Refuse a second reading of a meter on a day, with a clearer message than the database's.

        :param list[dict] values: of readings about to be written, in the order of `self` where they exist
        :raises ValidationError: naming both indexes
        """
        ids = self.ids or [0] * len(values)
        moments, given, clashes = [], {}, []
        for id_, v in zip(ids, values, strict=True):
            if not (v.get("meter_id") and v.get("date")):
                continue
            new = Reading(id_, fields.Date.to_date(v["date"]), self._decimal(v.get("index")), ReadingKind(v["kind"]))
            first = given.setdefault((v["meter_id"], new.moment), new)
            if first is not new:
                clashes.append((v["meter_id"], new.date, new.index, first.index))
            moments.append((v["meter_id"], new, id_))
        for meter_id, day, index, rank in ReadingStore(self.env).occupied(
            [(meter_id, new.date, new.kind.value, id_) for meter_id, new, id_ in moments]
        ):
            clashes.append((meter_id, day, moments[rank][1].index, Decimal(index)))
        if clashes:
            raise ValidationError("\n".join(self._duplicate_sentence(*clash) for clash in clashes))

    def _check_not_billed(self, consequence):
        """Refuse to change or delete a billed reading (invariant 3)."""
        billed = self.filtered(lambda r: r.state == "billed")
        if billed:
            first = billed[0]
            raise UserError(
                self.env._(
                    "The reading of %(date)s on meter %(meter)s is billed. %(consequence)s: create a credit note for "
                    "its bill first.",
                    date=format_date(self.env, first.date),
                    meter=first.meter_id.display_name,
                    consequence=consequence,
                )
            )

    # === SENTENCES === #

    def _duplicate_sentence(self, meter_id, day, new, held):
        meter = self.env["utility.meter"].browse(meter_id)
        return self._finding_sentence(meter.display_name, ReadingFinding(Code.DUPLICATE, day, new, day, held))

    def _blocking_sentences(self, card, steps, touched):
        """Return a sentence for each blocking finding that results from the last save."""
        sentences = []
        for step in steps:
            moved = (step.previous_index, step.previous_date) != card.stored[step.key][:2]
            if step.blocking and (step.key in touched or step.previous_key in touched or moved):
                meter = self.env["utility.meter"].browse(card.id)
                sentences += [self._finding_sentence(meter.display_name, f) for f in step.blocking]
        return sentences

    @api.model
    def _finding_sentence(self, meter_name: str, finding: ReadingFinding) -> str:
        """Return the message of a finding: the meter, the dates, both indexes, and what to do."""
        values = {
            "meter": meter_name,
            "date": format_date(self.env, finding.date),
            "index": self._format_volume(finding.index),
            "previous_date": format_date(self.env, finding.previous_date) if finding.previous_date else "",
            "previous_index": self._format_volume(finding.previous_index),
        }
        return self._finding_template(finding.code) % values

    @api.model
    def _finding_template(self, code):
        """Return the message of a finding, with its placeholders, in the user's language."""
        return self.env._(MESSAGES[code])

    @api.model
    def _format_volume(self, volume: Decimal | None) -> str:
        """Format a volume or an index, without trailing zeros."""
        if volume is None:
            return ""
        decimals = max(0, -volume.normalize().as_tuple().exponent)
        return formatLang(self.env, float(volume), digits=decimals, grouping=False)
