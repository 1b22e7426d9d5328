"""Turns what a subscriber enters into a reading to check, in every section of the meter.

Called by the portal and the page of a signed link, which have checked that the subscription is the caller's; nothing of
another subscriber's period is shown. Callers have no rights on the models; only a reading to check is written.
"""

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.image import image_process

from ...core.metering.consumption import chain
from ...core.metering.estimating import estimate_index
from ...core.metering.findings import Code
from ...core.metering.readings import Reading, ReadingKind
from ..common.time_zones import zone_name_of
from ..metering.reading_store import ReadingStore

#: Photos: maximum bytes as sent, accepted formats, pixels when stored and at most as sent.
PHOTO_BYTES = 10 * 2**20
PHOTO_TYPES = ("JPEG", "PNG", "WEBP")
PHOTO_SIZE = (1600, 1600)
PHOTO_PIXELS = 50_000_000
#: How often an index may be entered again before a section takes it.
TIMES = 10


@dataclass(frozen=True, slots=True)
class SelfReadingPreview:
    """Preview of an index before it is sent, formatted for the page.

    :param usual: m³ that would be usual for these days, None where nothing is known
    :param oddities: sentences of what is odd, that the subscriber confirms
    :param refusals: sentences of what makes the index impossible
    """

    index: float
    previous_date: date | None
    previous_index: float | None
    volume: float | None
    usual: float | None
    oddities: tuple[str, ...]
    refusals: tuple[str, ...]


class SelfReporting:
    """The index that the subscriber of a running subscription reports.

    :param subscription: in sudo mode; the caller has checked access to it
    """

    def __init__(self, subscription):
        # visitors without an account have no time zone: the day is that of the section's company
        self.subscription = subscription.with_context(tz=zone_name_of(subscription.company_id))
        self.env = self.subscription.env
        self.meter = subscription.meter_id
        self.today = fields.Date.context_today(self.subscription)

    def pending(self):
        """Return the last report of the subscription that no section has taken yet."""
        report = self.env["utility.self.report"].search([("subscription_id", "=", self.subscription.id)], limit=1)
        waits = report.reading_ids and all(reading.state == "draft" for reading in report.reading_ids)
        return report if waits else report.browse()

    def read_index(self, text):
        """Parse an index as entered by a person.

        :raises UserError: it is no number
        """
        typed = "".join(str(text or "").split()).replace(",", ".")
        try:
            index = Decimal(typed)
        except InvalidOperation:
            index = None
        if index is None or not index.is_finite() or abs(index) >= 10**12:
            raise UserError(self.env._("Type the figures that the meter shows, for instance 1249."))
        return index.quantize(Decimal("0.001"))

    def format_volume(self, value):
        """Format an index or a volume for people."""
        readings = self.env["utility.reading"]
        return readings._format_volume(readings._decimal(value))

    def preview(self, index) -> SelfReadingPreview:
        """Return what an index means, before it is sent."""
        pending = self.pending()
        day = pending.reading_ids[:1].date or self.today
        store = ReadingStore(self.env)
        card = store.cards(self.meter.ids)[self.meter.id]
        others = [reading for reading in card.readings if reading.key not in pending.reading_ids.ids]
        new = Reading(0, day, index, ReadingKind.SELF_REPORTED)
        step = next(step for step in chain(card.meter, [*others, new], store.today) if step.key == 0)
        usual = estimate_index(card.meter, [r for r in others if r.date < day], day, store.today)
        is_own = bool(step.previous_date and step.previous_date >= self.subscription.date_start)
        return SelfReadingPreview(
            float(index),
            step.previous_date if is_own else None,
            float(step.previous_index) if is_own else None,
            float(step.consumption) if is_own and not step.blocking else None,
            float(max(usual.index - usual.before.index, Decimal(0))) if usual and is_own else None,
            tuple(self._oddity(finding.code) for finding in step.findings if finding.code in self._oddities()),
            tuple(dict.fromkeys(self._refusal(finding, is_own) for finding in step.blocking)),
        )

    def save(self, text, photo=None, origin="portal"):
        """Store an index and its photo on every card of the meter; entered again, it corrects the waiting one.

        :param photo: bytes, or None
        :return: the report
        :raises UserError: with a sentence for the subscriber
        """
        index = self.read_index(text)
        picture = self._read_photo(photo) if photo else None
        found = self.preview(index)
        if found.refusals:
            raise UserError("\n".join(found.refusals))
        pending = self.pending()
        if pending.number >= TIMES:
            raise UserError(
                self.env._("This index was entered %s times already. Please call us to have it corrected.", TIMES)
            )
        values = {"index": float(index), "reported_on": fields.Datetime.now(), "origin": origin}
        if picture:
            values["photo"] = picture
        if pending:
            pending.write(values | {"number": pending.number + 1})
            pending.reading_ids.write({"index": float(index)})
            return pending
        report = pending.create(values | {"subscription_id": self.subscription.id})
        self._enter(report)
        return report

    def _enter(self, report):
        """Enter the reading on the subscriber's card, then on the others that can take it, each to be checked."""
        values = {"date": self.today, "kind": "self_reported", "index": report.index, "self_report_id": report.id}
        readings = self.env["utility.reading"].create({"meter_id": self.meter.id, **values})
        for card in self.meter.connection_point_id.meter_ids - self.meter:
            try:
                with self.env.cr.savepoint():
                    readings |= readings.create({"meter_id": card.id, **values})
            except UserError:
                # the other section's agents see the obstacle among the readings to synchronise
                continue
        readings.state = "draft"

    def _read_photo(self, photo):
        """Return the photo to store: turned upright and without metadata.

        :raises UserError: it is too big, or no photo
        """
        if len(photo) > PHOTO_BYTES:
            raise UserError(self.photo_too_big())
        try:
            with Image.open(BytesIO(photo)) as image:
                is_good = image.format in PHOTO_TYPES and image.width * image.height <= PHOTO_PIXELS
        except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
            is_good = False
        if not is_good:
            raise UserError(self.env._("This is no photo that we can read. Send a JPEG or PNG picture of the meter."))
        try:
            kept = image_process(photo, size=PHOTO_SIZE, output_format="JPEG")
        except (UserError, OSError, ValueError, SyntaxError) as error:  # SyntaxError: broken EXIF data
            raise UserError(self.env._("This photo is damaged. Take it again.")) from error
        return b64encode(kept)

    # === SENTENCES === #

    def pending_sentence(self, report):
        """Return the sentence for the subscriber about a report that no section has taken yet."""
        return self.env._(
            "You reported %(index)s on %(day)s. As long as it is not taken, you may correct it here.",
            index=self.format_volume(report.index),
            day=format_date(self.env, fields.Datetime.context_timestamp(self.subscription, report.reported_on)),
        )

    def photo_too_big(self):
        """Return the refusal of a photo of too many bytes."""
        return self.env._("This photo is bigger than %s MB. Take it again smaller.", PHOTO_BYTES // 2**20)

    def _oddities(self):
        return {
            Code.HIGH: self.env._(
                "This is more than twice your usual consumption. Check the figures; if they are right, look for a leak."
            ),
            Code.ZERO: self.env._("Nothing was consumed since the last reading. Check the figures."),
            Code.ESTIMATE_TOO_HIGH: self.env._("The last index was estimated too high: the next bill puts it right."),
        }

    def _oddity(self, code):
        return self._oddities()[code]

    def _refusal(self, finding, is_own):
        volume = self.env["utility.reading"]._format_volume
        if finding.code is Code.BELOW_PREVIOUS and is_own:
            return self.env._(
                "The meter showed %(index)s on %(day)s: %(new)s is lower. Check the figures, the black ones from the "
                "left. If they are right, please call us.",
                index=volume(finding.previous_index),
                day=format_date(self.env, finding.previous_date),
                new=volume(finding.index),
            )
        if finding.code is Code.DUPLICATE:
            return self.env._("This meter was already read today. Nothing is left to do.")
        if finding.code is Code.TOO_MANY_DIGITS:
            return self.env._("These are more figures than the meter shows. Leave the red ones out.")
        return self.env._("This index does not fit what we know of the meter. Check the figures, or please call us.")
