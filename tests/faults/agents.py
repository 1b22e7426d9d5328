"""Agents of two sections who save, synchronise and force the same meters concurrently, each in a process.

They make the same calls as the web client, each in its own transaction, which Odoo repeats after a conflict. They may
only get errors that ask them to do something else, or to try again later, and they comply.
"""

import json
import logging
import os
import random
import sys
import time
from collections import Counter
from contextlib import suppress
from functools import partial

import invariants

from odoo import Command, api, sql_db
from odoo.exceptions import LockError, RedirectWarning, UserError
from odoo.service.model import call_kw, retrying

AGENT, MANAGER = (f"utility_billing_sync.group_utility_{role}" for role in ("user", "manager"))
SECONDS = 5
METERS = 3
DAYS = [f"2025-{month:02}-{day:02}" for month in range(2, 12) for day in (5, 15, 25)]
BILLED, FIRST = "2025-01-31", 100
#: How many times an agent saves again after a lock error.
PATIENCE = 20


class Person:
    """An agent at work. The method with the name of their role is called again and again."""

    def __init__(self, registry, rank, role, user, companies, cards):
        self.registry, self.role, self.user, self.cards = registry, role, user, cards
        self.context = {"allowed_company_ids": companies, "lang": "en_US", "tz": "Europe/Paris"}
        self.chance = random.Random(rank)
        self.seen, self.saved, self.problems = Counter(), [], []

    def work(self, seconds):
        """Work for a number of seconds. Returns counts, saved readings and problems as plain data."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                getattr(self, self.role)()
            except (UserError, RedirectWarning) as error:
                self.seen[f"refused: {type(error).__name__}"] += 1
            except Exception as error:
                self.problems.append(f"{self.role} was shown {type(error).__name__}: {error}"[:500])
            # a person looks at the screen for a moment
            time.sleep(self.chance.uniform(0, 0.2))
        return {"seen": self.seen, "saved": self.saved, "problems": self.problems}

    def call(self, model, method, *arguments, **options):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.user, self.context)
            result = retrying(partial(call_kw, env[model], method, list(arguments), options), env)
        self.seen[method] += 1
        return result

    def save(self, model, ids, values):
        """Save a form; if another user has locked the record, save again after a moment."""
        for _try in range(PATIENCE):
            with suppress(LockError):
                return self.call(model, "web_save", ids, values, specification={})
            self.seen["refused: LockError"] += 1
            time.sleep(self.chance.uniform(0, 0.1))
        raise RuntimeError("a record stayed locked")

    def answer(self, action):
        """Answer a dialog, with *Synchroniser* more often than *Annuler*."""
        if action:
            method = self.chance.choice(("action_confirm", "action_confirm", "action_decline"))
            self.call(action["res_model"], method, [action["res_id"]])

    # Roles

    def agent(self):
        """Enter or correct a reading, or answer all waiting ones; sometimes change the general information."""
        card, place = self.chance.choice(self.cards), self.chance.randrange(len(DAYS))
        values = {"index": FIRST + 10 * place + self.chance.randrange(1, 10)}
        same = [("meter_id", "=", card), ("date", "=", DAYS[place])]
        ids = [row["id"] for row in self.call("utility.reading", "search_read", same, ["id"])]
        if not ids:
            values |= {"meter_id": card, "date": DAYS[place]}
        rows = self.save("utility.reading", ids, values)
        self.saved.append((card, DAYS[place], values["index"]))
        task = self.chance.random()
        if task < 0.6:
            self.answer(self.call("utility.reading", "action_ask", [row["id"] for row in rows]))
        elif task < 0.8:
            self.answer(self.call("utility.reading", "action_synchronize_all"))
        elif task < 0.9:
            self.save("utility.meter", [card], {"brand": f"Brand {self.user}"})

    def in_charge(self):
        """Force the synchronisation of a card."""
        card = self.chance.choice(self.cards)
        self.answer(self.call("utility.meter", "action_force_synchronization", [card]))

    def attaching(self):
        """Share two meters, then detach them."""
        first, second = self.cards
        (row,) = self.call("utility.meter", "read", [first], ["connection_point_id"])
        self.save("utility.meter", [second], {"connection_point_id": row["connection_point_id"][0]})
        self.call("utility.meter", "action_detach", [second])

    def switching(self):
        """Switch the option off, then on again."""
        for on in (False, True):
            (row,) = self.save("utility.billing.settings", [], {"share_connection_points": on})
            self.call("utility.billing.settings", "action_save", [row["id"]])


class Crowd:
    """A committed town for these agents, and the checks when they are finished."""

    def __init__(self, world):
        self.world, self.registry = world, world.registry
        with world.transaction() as env:
            water, sewerage, *others = self._sections(env)
            self.pairs = [self._pair(env, water, sewerage, number) for number in range(METERS)]
            self.loose = [self._card(env, section, "Loose").id for section in others]
            self.cards = [card for pair in self.pairs for card in pair]
            self.billed = self._bill(env)
            here, there = (list(cards) for cards in zip(*self.pairs, strict=True))
            people = 2 * [("agent", AGENT, water.company_id, here), ("agent", AGENT, sewerage.company_id, there)]
            people.append(("in_charge", MANAGER, (water + sewerage).company_id, self.cards))
            people.append(("attaching", MANAGER, (others[0] + others[1]).company_id, self.loose))
            people.append(("switching", MANAGER, others[1].company_id, []))
            self.people = [
                Person(self.registry, rank, role, self._user(env, rank, group, companies), companies.ids, cards)
                for rank, (role, group, companies, cards) in enumerate(people)
            ]

    def _sections(self, env):
        companies = env["res.company"].create(
            [{"name": f"Crowd {number} {env.cr.now()}", "share_connection_points": True} for number in range(4)]
        )
        values = [{"name": f"Crowd {c.id}", "code": f"C{c.id}", "company_id": c.id} for c in companies]
        return env["utility.section"].create(values)

    def _card(self, env, section, number, **values):
        return env["utility.meter"].create({"section_id": section.id, "serial_number": number} | values)

    def _pair(self, env, first, second, number):
        card = self._card(env, first, f"Crowd {number}")
        point = {"section_id": second.id, "connection_point_id": card.connection_point_id.id}
        return card.id, env["utility.meter"].create(point).id

    def _bill(self, env):
        values = [{"meter_id": card, "date": BILLED, "index": FIRST - card % 7} for card in self.cards]
        readings = env["utility.reading"].create(values)
        readings.state = "billed"
        return readings.ids

    def _user(self, env, rank, group, companies):
        login = f"crowd{rank}_{companies[0].id}"
        values = {"group_ids": [Command.set(env.ref(group).ids)], "company_id": companies[0].id}
        users = env["res.users"].with_context(no_reset_password=True)
        return users.create({"name": login, "login": login, "company_ids": [Command.set(companies.ids)], **values}).id

    def work(self, seconds=SECONDS):
        """Let all agents work concurrently. Returns the problems found."""
        sql_db.close_all()
        processes = [self._start(person, seconds) for person in self.people]
        results = [self._end(*process) for process in processes]
        seen = sum((Counter(result["seen"]) for result in results), Counter())
        print("at once:", ", ".join(f"{count} {what}" for what, count in sorted(seen.items())), flush=True)
        saved = [tuple(row) for result in results for row in result["saved"]]
        found = [problem for result in results for problem in result["problems"]]
        if not all(seen[method] for method in ("web_save", "action_confirm", "action_detach", "action_save")):
            found.append("not all agents did something")
        first, second = zip(*self.pairs, strict=True)
        return found + invariants.problems(
            self.world,
            cards=self.cards,
            first=list(first),
            second=list(second),
            billed=self.billed,
            index=FIRST,
            date=BILLED,
            saved_cards=[card for card, _day, _index in saved],
            saved_days=[day for _card, day, _index in saved],
            saved=[index for _card, _day, index in saved],
        )

    def _start(self, person, seconds):
        reader, writer = os.pipe()
        child = os.fork()
        if child:
            os.close(writer)
            return child, reader
        try:
            logging.disable(logging.CRITICAL)
            random.seed()
            with os.fdopen(writer, "w") as output:
                json.dump(person.work(seconds), output)
        finally:
            sys.stdout.flush()
            os._exit(0)

    def _end(self, child, reader):
        with os.fdopen(reader) as result:
            text = result.read()
        os.waitpid(child, 0)
        return json.loads(text or '{"seen": {}, "saved": [], "problems": ["a process died"]}')
