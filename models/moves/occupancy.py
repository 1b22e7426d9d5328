"""Departures and arrivals across sections: from what the user entered, collect, decide, apply, record.

Called by the dialog and the buttons of `utility.move`, with the user's rights. Sections that the user may enter are
changed with these rights; any other section only receives a proposal (invariant 5).
"""

from dataclasses import replace

from odoo.exceptions import UserError

from .section_occupancy import SectionOccupancy, contact_values, usable


class Occupancy:
    """Departures and arrivals on the cards of a connection point."""

    def __init__(self, card):
        self.card = card._everywhere()
        self.env = self.card.env
        self.moves = self.env["utility.move"]._by_server()
        self.section = SectionOccupancy(self.env)

    # === EVERY SECTION === #

    def carry_out(self, request, synchronise=True):
        """Apply it here, then in each section that shares the meter, or propose it there.

        :param synchronise: the user's answer; if False, the other sections stay unchanged
        :return: the move of this section
        :raises UserError: it is not possible here
        """
        self.card.check_access("write")
        self.card.connection_point_id._lock()
        move = self.moves.create(self.section.apply(self.card, request))
        if self.card.is_shared:
            self._pass_reading(move, synchronise)
            for card in self._other_cards():
                self._pass_on(move, card, request, synchronise)
        return move

    def _pass_reading(self, move, synchronise):
        """Synchronise the reading like any other, with the same answer, which is recorded."""
        readings = move.reading_id
        waiting = readings.filtered(lambda reading: reading.sync_state in ("pending", "declined", "diverging"))
        if not waiting:
            return
        synchronisation = waiting._synchronisation()
        if synchronise:
            synchronisation.carry_out()
        else:
            synchronisation.decline()
        readings._after_answer([("id", "in", waiting.ids)], synchronise)
        self.env.invalidate_all()

    def _other_cards(self):
        # sudo: the other cards of a shared meter; users without access to their company only see their section's name
        cards = self.env["utility.meter"].sudo()
        shared = [("connection_point_id", "=", self.card.connection_point_id.id), ("id", "!=", self.card.id)]
        return cards.search(shared).sorted(lambda card: (card.section_id.sequence, card.id))

    def _pass_on(self, move, card, request, synchronise):
        if synchronise and card.company_id in self.env.user.company_ids:
            card = card.with_env(self.env)
            try:
                with self.env.cr.savepoint():
                    values = self.section.apply(card, self._request_there(card, request), move)
                self.moves.create(values | self._copied_from(move))
            except UserError as error:
                self._propose(move, card, request, state="blocked", reason=str(error))
        else:
            self._propose(move, card, request, state="proposed" if synchronise else "declined")

    def _copied_from(self, move):
        return {"origin_id": move.id, "origin_section_name": move.section_id.name}

    def _request_there(self, card, request):
        """Return the choices without those of one section: the tariff, a contact of one company."""
        arriving = card.owner_id or request.arriving if request.is_owner else request.arriving
        if arriving and not usable(arriving, card):
            arriving = self.section.contact_for(card, contact_values(arriving))
        return replace(request, arriving=arriving, tariff=None, payer=usable(request.payer, card))

    def _propose(self, move, card, request, **values):
        """Create a proposal in another section, with what its agents need of the new subscriber."""
        # sudo: creates the proposal in a company that the user may not enter; it contains what they entered
        there = self.env["utility.move"].sudo()
        arriving = request.arriving
        contact, payer = usable(arriving, card), usable(request.payer, card)
        there.create(
            {
                **self._copied_from(move),
                "meter_id": card.id,
                "date": request.day,
                "first_day": move.first_day,
                "index": request.index,
                "reading_kind": request.kind,
                "reading_date": move.reading_date,
                "reading_id": self._received(move, card).id,
                "leaving_name": move.leaving_name,
                "arriving_name": move.arriving_name,
                "arriving_partner_id": contact.id if contact else False,
                "arriving_values": contact_values(arriving) if arriving and not contact else False,
                "payer_id": payer.id if payer else False,
                "is_owner": request.is_owner,
                "last_bill_address": request.address or False,
                "closing_bill": "campaign",
                **values,
            }
        )

    def _received(self, move, card):
        """Return the reading of a card that was copied from the move's own reading."""
        # sudo: the proposal records which reading was passed to it, for undoing
        readings = self.env["utility.reading"].sudo()
        wanted = [("meter_id", "=", card.id), ("origin_reading_id", "in", move.reading_id.ids)]
        return readings.search(wanted)
