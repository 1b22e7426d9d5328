"""From what a person says of a departure or an arrival to what changes in each section: collect, decide, apply, record.

Who calls: the dialog, and the buttons of `utility.move`, with the rights of who works in it. What a section that they
may enter needs is written with their own rights; another section gets a proposal and nothing else (invariant 5).
"""

from dataclasses import replace

from odoo.exceptions import UserError

from .section_occupancy import SectionOccupancy, told_of, usable


class Occupancy:
    """Departures and arrivals on the cards of a connection point."""

    def __init__(self, card):
        self.card = card._everywhere()
        self.env = self.card.env
        self.moves = self.env["utility.move"]._by_server()
        self.section = SectionOccupancy(self.env)

    # === EVERY SECTION === #

    def carry_out(self, said, synchronise=True):
        """Do it here, then in each section that shares the meter, or propose it there.

        :param synchronise: the answer to the question; no: the other sections are left as they are
        :return: the move of this section
        :raises UserError: something stands in the way here
        """
        self.card.check_access("write")
        self.card.connection_point_id._lock()
        move = self.moves.create(self.section.apply(self.card, said))
        if self.card.is_shared:
            self._pass_reading(move, synchronise)
            for card in self._other_cards():
                self._pass_on(move, card, said, synchronise)
        return move

    def _pass_reading(self, move, synchronise):
        """The reading goes the way of all readings: under the same answer, which is kept."""
        readings = move.reading_id
        waiting = readings.filtered(lambda reading: reading.sync_state in ("pending", "declined", "diverging"))
        if not waiting:
            return
        synchronisation = waiting._synchronisation()
        if synchronise:
            synchronisation.carry_out()
        else:
            synchronisation.decline(synchronisation.preview())
        readings._after_answer([("id", "in", waiting.ids)], synchronise)
        self.env.invalidate_all()

    def _other_cards(self):
        # sudo: the other cards of a shared meter; who may not enter their company is shown their section's name alone
        cards = self.env["utility.meter"].sudo()
        shared = [("connection_point_id", "=", self.card.connection_point_id.id), ("id", "!=", self.card.id)]
        return cards.search(shared).sorted(lambda card: (card.section_id.sequence, card.id))

    def _pass_on(self, move, card, said, synchronise):
        if synchronise and card.company_id in self.env.user.company_ids:
            card = card.with_env(self.env)
            try:
                with self.env.cr.savepoint():
                    values = self.section.apply(card, self._said_there(card, said), move)
                self.moves.create(values | self._told_by(move))
            except UserError as error:
                self._propose(move, card, said, state="blocked", reason=str(error))
        else:
            self._propose(move, card, said, state="proposed" if synchronise else "declined")

    def _told_by(self, move):
        return {"origin_id": move.id, "origin_section_name": move.section_id.name}

    def _said_there(self, card, said):
        """What is chosen for one section is not for another: the tariff, a contact of one company."""
        arriving = card.owner_id or said.arriving if said.is_owner else said.arriving
        if arriving and not usable(arriving, card):
            arriving = self.section.contact_for(card, told_of(arriving))
        return replace(said, arriving=arriving, tariff=None, payer=usable(said.payer, card))

    def _propose(self, move, card, said, **values):
        """Write in another section what it may do; of who comes in, what its agents need."""
        # sudo: the server writes the proposal in a company that the person may not enter; it holds what they said
        there = self.env["utility.move"].sudo()
        arriving = said.arriving
        contact, payer = usable(arriving, card), usable(said.payer, card)
        there.create(
            {
                **self._told_by(move),
                "meter_id": card.id,
                "date": said.day,
                "first_day": move.first_day,
                "index": said.index,
                "reading_kind": said.kind,
                "reading_date": move.reading_date,
                "reading_id": self._received(move, card).id,
                "leaving_name": move.leaving_name,
                "arriving_name": move.arriving_name,
                "arriving_partner_id": contact.id if contact else False,
                "arriving_values": told_of(arriving) if arriving and not contact else False,
                "payer_id": payer.id if payer else False,
                "is_owner": said.is_owner,
                "last_bill_address": said.address or False,
                "closing_bill": "campaign",
                **values,
            }
        )

    def _received(self, move, card):
        """Return the reading of a card that came from the move's own reading."""
        # sudo: the server notes in its proposal which reading it passed, for when it is undone
        readings = self.env["utility.reading"].sudo()
        wanted = [("meter_id", "=", card.id), ("origin_reading_id", "in", move.reading_id.ids)]
        return readings.search(wanted, limit=1)
