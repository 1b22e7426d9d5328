"""Synchronises readings with the other cards of their connection points: collect, decide, apply, record.

Called by the two dialogs, after they have checked the access to the readings that are sent. Writes readings of the
other cards of the same connection points, in any company. This is safe: a user with access to all the companies shared
the meter, on behalf of every agent of one of its cards (invariant 5); only the readings that are sent reach the other
cards, and their own readings are not shown to users without access to their company.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from odoo import fields
from odoo.tools import SQL, split_every

from ...core.metering.synchronisation import IncomingKey, Outcome, Plan, ReadingChange, plan
from ..common.progress import Progress
from ..metering.reading_rows import NewReading, step_values
from ..metering.reading_store import ReadingStore, flush
from .sync_states import SyncStates
from .synchronisation_fast_path import SynchronisationFastPath
from .synchronisation_summary import Summary
from .utility_reading_answer import INSERT_ANSWERS

#: Number of points decided and written at a time.
PAGE = 2_500


@dataclass(frozen=True, slots=True)
class CardInfo:
    """What dialogs and answers show of a card."""

    id: int
    point_id: int
    section_id: int
    section_name: str
    company_id: int


@dataclass(slots=True)
class Preview:
    """What a synchronisation would change.

    :param changes: (changed card, change), sorted by card and date
    :param conflicts: readings that several cards send with different values: none of them is sent
    """

    plans: list[Plan] = field(default_factory=list)
    cards: dict[int, CardInfo] = field(default_factory=dict)
    conflicts: list = field(default_factory=list)

    @property
    def changes(self) -> list[tuple[CardInfo, ReadingChange]]:
        return [(self.cards[plan.card], change) for plan in self.plans for change in plan.changes]


class Synchronisation:
    """Sends readings of some cards to the other cards of the same points.

    :param sent: {card id: ids of the readings that are sent, or None for all of them}
    :param complete: the cards sent prevail over the others (forced synchronisation)
    :param remove: readings that only the others have are removed
    """

    def __init__(self, env, sent, complete=False, remove=False):
        self.env = env
        self.sent = sent
        self.complete = complete
        self.remove = remove
        self.store = ReadingStore(env)
        self.states = SyncStates(env)

    # === COLLECT AND DECIDE === #

    def preview(self) -> Preview:
        """Plan the changes on every other card, in four queries."""
        infos = self._card_infos()
        by_point = defaultdict(list)
        for info in infos.values():
            by_point[info.point_id].append(info)
        cards = self.store.cards(list(infos))
        preview = Preview(cards=infos)
        for members in by_point.values():
            sources = {info.id: self._sources(cards[info.id]) for info in members if info.id in self.sent}
            sources = self._without_conflicts(sources, preview)
            for target in members:
                incoming = [r for card_id, readings in sources.items() if card_id != target.id for r in readings]
                if incoming or (self.complete and target.id not in self.sent):
                    preview.plans.append(self._plan(target, cards[target.id], incoming))
        return preview

    def summarise_page(self, summary: Summary) -> None:
        """Count the changes of all points at once, and keep those that a person reads."""
        usual, infos = self._usual(), self._card_infos()
        first = self._first_cards(usual, infos, summary.listed)
        sent = {card: readings for card, readings in self.sent.items() if card in first or card not in usual.cards}
        preview = Synchronisation(self.env, sent, self.complete, self.remove).preview()
        summary.conflict_count += len(preview.conflicts)
        summary.closed.update(info.section_name for info in infos.values() if not self.is_open(info))
        for card, _reading, target, lacking in usual.rows:
            if card not in first:
                summary.counts[infos[target].section_name, Outcome.CREATE if lacking else Outcome.SAME] += 1
        plain = {infos[card].point_id for card in first}
        summary.add((info, change, self.is_open(info), info.point_id in plain) for info, change in preview.changes)

    def _usual(self) -> SynchronisationFastPath:
        """Return the part that SQL alone can do."""
        flush(self.env)
        return SynchronisationFastPath(self.env, self.sent, self.complete, self.store.today)

    def _first_cards(self, usual, infos, listed) -> set[int]:
        """Return the first cards of the usual cases that together have so many readings."""
        numbers, first, total = Counter(card for card, *_rest in usual.rows), set(), 0
        for card in infos:
            if total >= listed:
                break
            if card in numbers:
                first.add(card)
                total += numbers[card]
        return first

    def _plan(self, info: CardInfo, target, incoming) -> Plan:
        """Plan one card. Readings that only it has are listed and removed if the user has access to its company;
        otherwise they are left to users with access, in their list of differences."""
        complete = self.complete and self.is_open(info)
        return plan(target.id, target.meter, incoming, target.readings, self.store.today, complete, self.remove)

    def is_open(self, info: CardInfo) -> bool:
        """Return whether the user has access to a card's company; of other cards, only the section is shown."""
        return self.env.su or info.company_id in self.env.user.company_ids.ids

    def _card_infos(self) -> dict[int, CardInfo]:
        """Return every card of the points of the cards sent, sorted by section."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT card.id, card.connection_point_id, s.id, s.name, card.company_id
                  FROM utility_meter card JOIN utility_section s ON s.id = card.section_id
                 WHERE card.active AND card.connection_point_id IN (
                       SELECT connection_point_id FROM utility_meter WHERE id = ANY(%s))
                 ORDER BY s.sequence, s.id, card.id
                """,
                list(self.sent),
            )
        )
        return {row[0]: CardInfo(*row) for row in rows}

    def _sources(self, card):
        wanted = self.sent[card.id]
        return [r for r in card.readings if wanted is None or r.key in wanted]

    def _without_conflicts(self, sources, preview):
        """Leave out moments for which two cards send different values, since somebody has to choose."""
        values = defaultdict(set)
        for readings in sources.values():
            for reading in readings:
                values[reading.moment].add(reading.value)
        clashing = {moment for moment, found in values.items() if len(found) > 1}
        preview.conflicts += [r for readings in sources.values() for r in readings if r.moment in clashing]
        return {card: [r for r in readings if r.moment not in clashing] for card, readings in sources.items()}

    # === APPLY AND RECORD === #

    def carry_out(self) -> Counter:
        """Decide and apply what is sent; return the number of readings by outcome."""
        counts = Counter()
        with Progress(self.env, self.env._("Synchronisation of readings"), len(self.sent)) as progress:
            # points are independent of one another, so that one page is in memory at a time
            for page in self._pages():
                cards = len(page.sent)
                counts.update(page.carry_out_page())
                progress.advance(cards)
        return counts

    def carry_out_page(self) -> Counter:
        """Decide and apply what is sent, all at once; return the number of readings by outcome."""
        usual = self._usual()
        counts = usual.apply()
        self.sent = {card: readings for card, readings in self.sent.items() if card not in usual.cards}
        if self.sent:
            counts.update(self.apply(self.preview()))
        return counts

    def _pages(self):
        """Yield what is sent in pages of points, each point with all its cards that are sent."""
        query = SQL(
            "SELECT array_agg(id) FROM utility_meter WHERE id = ANY(%s)"
            " GROUP BY connection_point_id ORDER BY connection_point_id",
            list(self.sent),
        )
        for points in split_every(PAGE, self.env.execute_query(query)):
            part = {card: self.sent[card] for (cards,) in points for card in cards}
            yield Synchronisation(self.env, part, self.complete, self.remove)

    def apply(self, preview: Preview) -> dict[Outcome, int]:
        """Apply the plans, record the answer, and return the number of readings by outcome."""
        inserts, corrections, steps, removed, counts = [], [], [], [], defaultdict(int)
        for planned in preview.plans:
            by_key = {step.key: step for step in planned.steps}
            for change in planned.changes:
                counts[change.outcome] += 1
                source, target = change.source, change.target
                if change.outcome is Outcome.CREATE:
                    inserts.append(NewReading(planned.card, source, by_key[IncomingKey(source.key)], source.key))
                elif change.outcome is Outcome.CORRECT:
                    corrections.append((target.key, source, source.key))
                    steps.append((target.key, *step_values(source, by_key[IncomingKey(source.key)])))
                elif change.outcome is Outcome.REMOVE:
                    removed.append(target.key)
        # before the changes: answers keep the consumptions that are overwritten
        self._insert_answers(preview, "synchronized")
        self.store.remove(removed)
        self.store.insert(inserts)
        self.store.correct(corrections)
        self._save_neighbours(preview, steps)
        self._settle_question(preview, "synced")
        return counts

    def decline(self) -> None:
        """Record that the readings are kept in their section only, which answers the question."""
        for page in self._pages():
            page.decline_page()

    def decline_page(self) -> None:
        """Record a refusal of all points at once."""
        preview = self.preview()
        self._insert_answers(preview, "declined")
        if not self.complete:
            self._settle_question(preview, "declined")

    def _save_neighbours(self, preview, steps):
        """Save the existing readings that now follow another reading."""
        cards = self.store.cards([planned.card for planned in preview.plans])
        for planned in preview.plans:
            self.store.save_steps(cards[planned.card], planned.steps, steps)
        self.store.write_steps(steps)

    def _settle_question(self, preview, answer):
        sent = {c.source.key for _card, c in preview.changes if c.source is not None}
        if sent:
            self.env.cr.execute(SQL("UPDATE utility_reading SET sync_state = %s WHERE id IN %s", answer, tuple(sent)))
        self.states.refresh({info.point_id for info in preview.cards.values()})

    def _insert_answers(self, preview, answer):
        """Record who answered what, when, and what changed (invariant 4)."""
        source_cards = {}
        for card_id in self.sent:
            source_cards.setdefault(preview.cards[card_id].point_id, preview.cards[card_id])
        rows, before = [], self._consumptions(preview)
        readings = self.env["utility.reading"]
        volume = readings._format_volume
        for card, change in preview.changes:
            if change.outcome is Outcome.SAME:
                continue
            source = source_cards[card.point_id]
            reading, target = change.source or change.target, change.target
            rows.append(
                (
                    change.source.key if change.source else None,
                    source.id,
                    source.section_id,
                    source.company_id,
                    card.section_id,
                    card.section_name,
                    card.company_id,
                    self.env.uid,
                    fields.Datetime.now(),
                    self.complete,
                    reading.date,
                    answer,
                    "declined" if answer == "declined" else change.outcome.value,
                    change.source.index if change.source else None,
                    change.source.modified if change.source else None,
                    volume(target.index) if target else None,
                    target.key if change.outcome is Outcome.CORRECT else None,
                    volume(readings._decimal(before[target.key])) if target else None,
                )
            )
        self.env.cr.execute_values(f"{INSERT_ANSWERS} VALUES %s", rows, page_size=5000)
        self.env["utility.reading.answer"].invalidate_model(flush=False)
        self.env["utility.reading"].invalidate_model(["answer_ids"], flush=False)

    def _consumptions(self, preview) -> dict:
        """Return {reading: its consumption} for the readings of the other cards."""
        ids = [change.target.key for _card, change in preview.changes if change.target]
        return dict(
            self.env.execute_query(
                SQL("SELECT id, COALESCE(consumption, 0) FROM utility_reading WHERE id = ANY(%s)", ids)
            )
        )
