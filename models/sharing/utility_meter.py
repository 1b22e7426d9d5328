from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .unpaired_cards import UnpairedCards

OPEN_STATES = ("pending", "declined", "diverging")


class UtilityMeter(models.Model):
    _inherit = "utility.meter"

    sharing_enabled = fields.Boolean(related="company_id.share_connection_points")
    shared_meter_ids = fields.Many2many(
        "utility.meter",
        compute="_compute_shared_meter_ids",
        string="Other Cards",
        help="Cards of the same connection point in the other sections that you have access to.",
    )
    sharing_summary = fields.Html(compute="_compute_sharing_summary", string="Shared Meter Summary")
    gap_count = fields.Integer(
        compute="_compute_gap_count",
        search="_search_gap_count",
        string="Differences",
        help="Dates on which the readings of this meter differ between sections.",
    )

    unpaired_matching_id = fields.Many2one(
        "utility.meter.matching",
        string="Without Pair in Matching",
        compute="_compute_unpaired_matching_id",
        search="_search_unpaired_matching_id",
        help="For searches: cards for which a matching found no pair.",
    )

    def _compute_unpaired_matching_id(self):
        self.unpaired_matching_id = False

    def _search_unpaired_matching_id(self, operator, value):
        if operator not in ("=", "in"):
            return NotImplemented
        runs = self.env["utility.meter.matching"].browse([value] if operator == "=" else value).exists()
        runs.check_access("read")
        return Domain.OR(
            Domain("id", "in", UnpairedCards(run).of(section))
            for run in runs
            for section in (run.section_id, run.other_section_id)
        )

    @api.depends("connection_point_id.meter_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_shared_meter_ids(self):
        cards = self.search([("connection_point_id", "in", self.connection_point_id.ids)]).grouped(
            "connection_point_id"
        )
        for meter in self:
            meter.shared_meter_ids = cards.get(meter.connection_point_id, self.browse()) - meter._origin

    @api.depends("connection_point_id.meter_ids.subscription_ids", "connection_point_id.meter_ids.section_id.name")
    @api.depends_context("uid", "lang")
    def _compute_sharing_summary(self):
        mine = self.env.user.company_ids
        intro = self.env._("This meter is currently associated with:")
        # sudo: every agent of a shared meter sees the other sections' names, but their subscribers only with access to
        # the company (searched: a list read with more rights must not stay in the caller's cache)
        found = self.env["utility.meter"].sudo().search([("connection_point_id", "in", self.connection_point_id.ids)])
        by_point = found.grouped(lambda card: card.connection_point_id.id)
        for meter in self:
            cards = by_point.get(meter.connection_point_id.id, found.browse())
            cards = cards.sorted(lambda m: (m.section_id.sequence, m.id))
            lines = Markup().join(card._sharing_line(card.company_id in mine) for card in cards)
            meter.sharing_summary = Markup("<p>%s</p><ul>%s</ul>") % (intro, lines) if len(cards) > 1 else False

    def _sharing_line(self, with_subscriber):
        """Return the line of the notice: *Abonné: … Facturation: **EAU***."""
        section = Markup("%s <strong>%s</strong>") % (self.env._("Billing:"), self.section_id.name)
        if not with_subscriber:
            return Markup("<li>%s</li>") % section
        name = self.partner_id.name or self.env._("none")
        return Markup("<li>%s %s %s</li>") % (self.env._("Subscriber:"), name, section)

    @api.depends("reading_ids.sync_state")
    def _compute_gap_count(self):
        self.env["utility.reading"].flush_model(["meter_id", "date", "sync_state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT mine.id, count(DISTINCT r.date)
                  FROM utility_meter mine
                  JOIN utility_meter card ON card.connection_point_id = mine.connection_point_id AND card.active
                  JOIN utility_reading r ON r.meter_id = card.id AND r.sync_state IN %s
                 WHERE mine.id = ANY(%s)
                 GROUP BY mine.id
                """,
                OPEN_STATES,
                self.ids,
            )
        )
        counts = dict(rows)
        for meter in self:
            meter.gap_count = counts.get(meter._origin.id, 0)

    def _search_gap_count(self, operator, value):
        if (operator, value) not in ((">", 0), ("!=", 0), ("=", 0)):
            return NotImplemented
        differing = SQL(
            "(SELECT m.connection_point_id FROM utility_meter m JOIN utility_reading r ON r.meter_id = m.id "
            "WHERE m.active AND r.sync_state IN %s)",
            OPEN_STATES,
        )
        return [("connection_point_id", "not in" if operator == "=" else "in", differing)]

    # === ACTIONS === #

    def action_force_synchronization(self):
        """Open *Forcer la synchronisation du compteur*: these cards prevail (notice 1)."""
        return self.env["utility.meter.force.synchronize"]._open_for(self)

    def action_pair_by_hand(self):
        """Open *Rapprocher à la main* with this card, from the list of a matching's cards without pair."""
        self.ensure_one()
        run = self.env["utility.meter.matching"].browse(self.env.context.get("utility_matching_id")).exists()
        run._check_may_work()
        return self.env["utility.meter.pair"]._open_for(run._reachable(), self)

    def action_detach(self):
        """Give each card its own copy of the general information; the readings stay where they are.

        :raises AccessError: the user is not a manager of the sections
        """
        if not (self.env.su or self.env.user.has_group("utility_billing_sync.group_utility_manager")):
            raise AccessError(self.env._("Only managers of the sections can detach a meter."))
        for meter in self.filtered("is_shared"):
            shared_point = meter.connection_point_id
            meter.connection_point_id = shared_point._copy_for_detached_card()
            meter.message_post(body=self.env._("Detached from the shared connection point %s.", shared_point.name))

    # === BUSINESS === #

    @api.model
    def _check_may_force(self):
        """Check that the user may force readings on the other sections.

        :raises AccessError: the user is not a manager of the sections
        """
        if not (self.env.su or self.env.user.has_group("utility_billing_sync.group_utility_manager")):
            raise AccessError(self.env._("Only managers of the sections can force the synchronisation."))

    def _log_forced(self, counted=""):
        """Record in the history of all cards of these points whose readings they now have.

        :param counted: sentence that counts the changes, shown if a single card was forced
        """
        forced = {meter.connection_point_id.id: meter for meter in self}
        # sudo: cards of companies that the user has no access to get the note, too; the name of a section is no secret
        # (invariant 5)
        cards = self.sudo().search([("connection_point_id", "in", list(forced))])
        bodies = {}
        for card in cards:
            source = forced[card.connection_point_id.id]
            if card.id != source.id:
                bodies[card.id] = self.env._(
                    "Forced synchronisation from section %(section)s: its readings are those of this card.",
                    section=source.section_id.name,
                )
            elif len(forced) == 1 and counted:
                bodies[card.id] = self.env._("Forced synchronisation of the other sections: %s.", counted)
            else:
                bodies[card.id] = self.env._("Forced synchronisation of the other sections.")
        cards._message_log_batch(bodies)

    def _attach_to(self, points):
        """Move each card to the existing point at the same position, whose general information prevails.

        :return: the points that the cards leave, in the same order; archived if no card is left on them
        :raises UserError: the section of a card already has a card there
        """
        for card, point in zip(self, points, strict=True):
            card._check_place_free(point)
        left = points.browse([card.connection_point_id.id for card in self])
        self._move_to(points)
        self._message_log_batch(
            {
                card.id: self.env._(
                    "Attached to connection point %(point)s; its own card %(left)s is archived.",
                    point=point.display_name,
                    left=own.display_name,
                )
                for card, point, own in zip(self, points, left, strict=True)
            }
        )
        # sudo: cards that the user may not see still need their point
        left.sudo().with_context(active_test=False).filtered(lambda point: not point.meter_ids).active = False
        return left

    def _check_place_free(self, point):
        taken = point.meter_ids.filtered(lambda m: m.section_id == self.section_id) - self
        if taken:
            raise UserError(
                self.env._(
                    "Section %(section)s already has a card of %(point)s.",
                    section=self.section_id.name,
                    point=point.display_name,
                )
            )

    def _move_to(self, points):
        """Link each card to the point at the same position, in a constant number of queries.

        :raises AccessError: the user may not change one of the cards, or see one of the points
        """
        self.check_access("write")
        points.check_access("read")
        involved = self.connection_point_id | points
        involved._lock()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE utility_meter m SET connection_point_id = v.point, write_uid = %s,
                       write_date = now() AT TIME ZONE 'UTC'
                  FROM unnest(%s, %s) AS v(id, point) WHERE m.id = v.id
                """,
                self.env.uid,
                list(self._ids),
                list(points._ids),
            )
        )
        self.invalidate_model(flush=False)
        involved.invalidate_model(["meter_ids"], flush=False)
        self._join(self, involved)

    def _join(self, cards, points=None):
        """Check and update the sharing of cards that were just put on points.

        :param cards: those of these cards whose point existed before
        :param points: every point concerned, including those that cards have left
        """
        points = points or cards.connection_point_id
        if not points:
            return
        self.env.add_to_compute(points._fields["is_shared"], points)
        points.invalidate_recordset(["meter_ids"])
        cards.connection_point_id._check_sharing_allowed()
        points._refresh_sharing()
