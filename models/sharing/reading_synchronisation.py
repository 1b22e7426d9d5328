"""From the readings that somebody sends to what changes on the other cards: collect, decide, apply, record.

Who calls: the two dialogs, after the access to the readings that are sent was checked. What is touched: readings of
the other cards of the same connection points, whatever their company. Why it is safe: somebody who may enter all the
companies shared the meter, which serves every agent of one of its cards (invariant 5); nothing but the readings sent
reaches the other cards, and nothing of theirs is shown to who may not enter their company.
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
from .utility_reading_answer import INSERT_ANSWERS

#: Points that are decided and written at a time.
_PAGE = 2_500


@dataclass(frozen=True, slots=True)
class CardInfo:
    """What is said of a card in dialogs and answers."""

    id: int
    point_id: int
    section_id: int
    section_name: str
    company_id: int


@dataclass(slots=True)
class Preview:
    """What a synchronisation would change.

    :param changes: (card that is changed, change), in the order of cards and dates
    :param conflicts: readings sent by several cards with different values: none of them passes
    :param counted_only: changes that are counted, not planned: {(section, outcome): number}
    """

    plans: list[Plan] = field(default_factory=list)
    cards: dict[int, CardInfo] = field(default_factory=dict)
    conflicts: list = field(default_factory=list)
    counted_only: Counter = field(default_factory=Counter)

    @property
    def changes(self) -> list[tuple[CardInfo, ReadingChange]]:
        return [(self.cards[plan.card], change) for plan in self.plans for change in plan.changes]

    @property
    def counts(self) -> Counter:
        """How many readings meet each outcome in each section: {(section, outcome): number}."""
        return self.counted_only + Counter((card.section_name, change.outcome) for card, change in self.changes)


class Synchronisation:
    """Readings of some cards on their way to the other cards of the same points.

    :param sent: {card id: ids of the readings that are sent, or None for all of them}
    :param complete: the cards sent are made the truth of the others (forced synchronisation)
    :param remove: readings that exist only on the others are removed
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
        """Plan the changes on every other card. Four queries, whatever the number of readings."""
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

    def preview_summary(self, listed: int) -> Preview:
        """Count all changes and plan what a person reads of them: those that need thought, else the first ones.

        :param listed: how many changes are planned at least, where there are as many
        """
        usual = self._usual()
        infos = self._card_infos()
        told = self._first_cards(usual, infos, listed)
        sent = {card: readings for card, readings in self.sent.items() if card in told or card not in usual.cards}
        preview = Synchronisation(self.env, sent, self.complete, self.remove).preview()
        for card, _reading, target, lacking in usual.rows:
            if card not in told:
                preview.counted_only[infos[target].section_name, Outcome.CREATE if lacking else Outcome.SAME] += 1
        return preview

    def _usual(self) -> SynchronisationFastPath:
        """Return what SQL alone can do of it."""
        flush(self.env)
        return SynchronisationFastPath(self.env, self.sent, self.complete, self.store.today)

    def _first_cards(self, usual, infos, listed) -> set[int]:
        """Return the first of the usual cases' cards that have so many readings together."""
        numbers, first, total = Counter(card for card, *_rest in usual.rows), set(), 0
        for card in infos:
            if total >= listed:
                break
            if card in numbers:
                first.add(card)
                total += numbers[card]
        return first

    def _plan(self, info: CardInfo, target, incoming) -> Plan:
        """Plan one card. What exists only there is told and removed where the user may enter its company; elsewhere it
        is left to who may, in their list of differences."""
        complete = self.complete and self.is_open(info)
        return plan(target.id, target.meter, incoming, target.readings, self.store.today, complete, self.remove)

    def is_open(self, info: CardInfo) -> bool:
        """Return whether the user may enter the company of a card: of another one, nothing is said but its section."""
        return self.env.su or info.company_id in self.env.user.company_ids.ids

    def _card_infos(self) -> dict[int, CardInfo]:
        """Return every card of the points of the cards sent, in the order of the sections."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT card.id, card.connection_point_id, s.id, s.name, card.company_id
                  FROM utility_meter card JOIN utility_section s ON s.id = card.section_id
                 WHERE card.active AND card.connection_point_id IN (
                       SELECT connection_point_id FROM utility_meter WHERE id IN %s)
                 ORDER BY s.sequence, s.id, card.id
                """,
                tuple(self.sent) or (0,),
            )
        )
        return {row[0]: CardInfo(*row) for row in rows}

    def _sources(self, card):
        wanted = self.sent[card.id]
        return [r for r in card.readings if wanted is None or r.key in wanted]

    def _without_conflicts(self, sources, preview):
        """Where two cards send different values for one moment, somebody has to choose: neither passes."""
        values = defaultdict(set)
        for readings in sources.values():
            for reading in readings:
                values[reading.moment].add(reading.value)
        clashing = {moment for moment, found in values.items() if len(found) > 1}
        preview.conflicts += [r for readings in sources.values() for r in readings if r.moment in clashing]
        return {card: [r for r in readings if r.moment not in clashing] for card, readings in sources.items()}

    # === APPLY AND RECORD === #

    def carry_out(self) -> Counter:
        """Decide and apply what is sent; return how many readings met each outcome."""
        counts = Counter()
        with Progress(self.env, self.env._("Synchronisation of readings"), len(self.sent)) as progress:
            # points do not bear on one another: memory is that of a page of them
            for page in self._pages():
                counts.update(page._carry_out_page())
                progress.advance(len(page.sent))
        return counts

    def _carry_out_page(self) -> Counter:
        """Decide and apply what is sent, all at once; return how many readings met each outcome."""
        usual = self._usual()
        counts = usual.apply()
        self.sent = {card: readings for card, readings in self.sent.items() if card not in usual.cards}
        if self.sent:
            counts.update(self.apply(self.preview()))
        return counts

    def _pages(self):
        """Yield parts of what is sent: so many points at a time, each with all its cards that are sent."""
        query = SQL(
            "SELECT array_agg(id) FROM utility_meter WHERE id = ANY(%s)"
            " GROUP BY connection_point_id ORDER BY connection_point_id",
            list(self.sent),
        )
        for points in split_every(_PAGE, self.env.execute_query(query)):
            part = {card: self.sent[card] for (cards,) in points for card in cards}
            yield Synchronisation(self.env, part, self.complete, self.remove)

    def apply(self, preview: Preview) -> dict[Outcome, int]:
        """Apply the plans, keep the answer, and return how many readings met each outcome."""
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
        self.store.remove(removed)
        self.store.insert(inserts)
        self.store.correct(corrections)
        self._save_neighbours(preview, steps)
        self._insert_answers(preview, "synchronized")
        self._settle_question(preview, "synced")
        return counts

    def decline(self, preview: Preview) -> None:
        """Keep the readings here and the answer: the question is no longer open."""
        self._insert_answers(preview, "declined")
        if not self.complete:
            self._settle_question(preview, "declined")

    def _save_neighbours(self, preview, steps):
        """Readings that were already there may follow another reading now."""
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
        """Keep who answered what, when, and what changed (invariant 4)."""
        source_cards = {}
        for card_id in self.sent:
            source_cards.setdefault(preview.cards[card_id].point_id, preview.cards[card_id])
        rows = []
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
                    self.env["utility.reading"]._format_volume(target.index) if target else None,
                )
            )
        self.env.cr.execute_values(f"{INSERT_ANSWERS} VALUES %s", rows, page_size=5000)
        self.env["utility.reading.answer"].invalidate_model(flush=False)
        self.env["utility.reading"].invalidate_model(["answer_ids"], flush=False)
