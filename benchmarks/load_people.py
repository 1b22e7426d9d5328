"""Sessions of a town hall over HTTP: their repeated actions, the time of each answer, refusals and errors."""

import base64
import http.client
import itertools
import json
import random
import re
import statistics
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from dataclasses import dataclass, field

#: Pause between two actions of a session, in seconds.
PAUSE = (0.3, 1.5)
#: Context of buttons whose dialog a job may prepare, and seconds between two readings of such a dialog.
LATER = {"prepare_later": True}
READ_AGAIN = 2
RELATIONAL = ("many2one", "many2many", "one2many")
#: Actions of the product, each with the comparable one of Odoo.
PAIRS = {
    "list of readings": "list of partners",
    "save a reading": "save a partner",
    "meters proposed": "partners proposed",
    "readings searched": "partners searched",
    "open a meter": "open a partner",
    "Visuel Synchronisations": "list of invoices",
    "its comparison": "list of invoices",
    "portal: meters": "portal: invoices",
}
#: Actions that the web client does by itself once it shows the result of another one.
THEN = {"Visuel Synchronisations": "its comparison"}


@dataclass
class Seen:
    """Statistics of all sessions of a scenario, under one lock for all threads."""

    times: dict = field(default_factory=lambda: defaultdict(list))
    refusals: Counter = field(default_factory=Counter)
    errors: list = field(default_factory=list)
    saved: list = field(default_factory=list)
    launched: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Refused(Exception):
    """The server refused an action with a message for the user."""


class Session:
    """One person's session on a server of this machine."""

    def __init__(self, port, database, login):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies, self.specifications = {}, {}
        password = login.ljust(8, "x")
        answer = self.post("/web/session/authenticate", {"db": database, "login": login, "password": password})
        companies = answer.get("user_companies") or {}
        ids = [int(each) for each in companies.get("allowed_companies", {})]
        self.context = {"lang": "en_US", "tz": "Europe/Paris", "allowed_company_ids": ids}

    def request(self, method, path, body=None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status >= 400:
            raise RuntimeError(f"{answer.status} on {path}")
        return text

    def post(self, path, parameters):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": parameters})
        answer = json.loads(self.request("POST", path, body))
        if error := answer.get("error"):
            data = error["data"]
            kind = Refused if data["name"].startswith("odoo.exceptions") else RuntimeError
            raise kind(f"{data['name']}: {data['message']}")
        return answer.get("result")

    def call(self, model, method, *arguments, **options):
        options = {"context": self.context} | options
        parameters = {"model": model, "method": method, "args": list(arguments), "kwargs": options}
        return self.post(f"/web/dataset/call_kw/{model}/{method}", parameters)

    def specification(self, model, kind):
        """Return the fields that a view reads, as the web client asks for them."""
        if (model, kind) not in self.specifications:
            views = self.call(model, "get_views", [[False, kind]])
            arch = ElementTree.fromstring(views["views"][kind]["arch"])
            known = views["models"][model]["fields"]
            nested = {inner for outer in arch.iter("field") for inner in outer.iter("field") if inner is not outer}
            names = [node.get("name") for node in arch.iter("field") if node not in nested]
            self.specifications[model, kind] = {
                name: {"fields": {"display_name": {}}, "limit": 40} if known[name]["type"] in RELATIONAL else {}
                for name in names
            }
        return self.specifications[model, kind]

    def listed(self, model, domain=()):
        specification = self.specification(model, "list")
        options = {"limit": 80, "count_limit": 10_001}
        return self.call(model, "web_search_read", list(domain), specification, **options)["records"]


class Person:
    """A session that does the actions of its role in a random order until it is stopped."""

    def __init__(self, session, role, rank, cards, seen, month):
        self.session, self.role, self.cards, self.seen, self.month = session, role, cards, seen, month
        self.chance, self.numbers = random.Random(f"{role}{rank}"), itertools.count(rank * 100_000)

    def actions(self):
        return {"agent": self._agent, "accountant": self._accountant, "subscriber": self._subscriber}[self.role]()

    def _agent(self):
        session, text = self.session, str(self.chance.randrange(100, 9_999))
        partners = [("display_name", "ilike", text)]
        return {
            "list of readings": lambda: session.listed("utility.reading"),
            "list of partners": lambda: session.listed("res.partner"),
            "save a reading": self._save_reading,
            "save a partner": lambda: session.call(
                "res.partner",
                "web_save",
                [],
                {"name": f"Load {next(self.numbers)}"},
                session.specification("res.partner", "form"),
            ),
            "meters proposed": lambda: session.call("utility.meter", "name_search", text, [], "ilike", 8),
            "partners proposed": lambda: session.call("res.partner", "name_search", text, [], "ilike", 8),
            "readings searched": lambda: session.listed("utility.reading", [("meter_id", "ilike", text)]),
            "partners searched": lambda: session.listed("res.partner", partners),
            "open a meter": lambda: self._open("utility.meter", self.chance.choice(self.cards)),
            "open a partner": lambda: self._open("res.partner", 3),
        }

    def _accountant(self):
        return {
            "Visuel Synchronisations": lambda: self.session.listed("ledger.document"),
            "its comparison": lambda: self.session.call("ledger.document", "action_compare"),
            "list of invoices": lambda: self.session.listed("account.move"),
        }

    def _subscriber(self):
        return {
            "portal: meters": lambda: self.session.request("GET", "/my/meters"),
            "portal: invoices": lambda: self.session.request("GET", "/my/invoices"),
        }

    def _open(self, model, record):
        return self.session.call(model, "web_read", [record], self.session.specification(model, "form"))

    def _save_reading(self):
        meter, day = self.chance.choice(self.cards), self.chance.randrange(1, 28)
        index = 10_000 * self.month + 100 * day
        values = {"meter_id": meter, "date": f"2026-{self.month:02}-{day:02}", "index": index}
        saved = self.session.call(
            "utility.reading", "web_save", [], values, self.session.specification("utility.reading", "form")
        )
        with self.seen.lock:
            self.seen.saved.append(saved[0]["id"])

    def work(self, end):
        while time.monotonic() < end:
            actions = self.actions()
            name = self.chance.choice([name for name in actions if name not in THEN.values()])
            self._do(name, actions[name])
            if name in THEN:
                self._do(THEN[name], actions[THEN[name]])
            time.sleep(self.chance.uniform(*PAUSE))

    def _do(self, name, action):
        start = time.monotonic()
        try:
            action()
        except Refused as refusal:
            with self.seen.lock:
                self.seen.refusals[f"{name}: {str(refusal)[:160]}"] += 1
        except Exception as error:  # a user would see a failure
            with self.seen.lock:
                self.seen.errors.append(f"{name}: {type(error).__name__}: {str(error)[:200]}")
        with self.seen.lock:
            self.seen.times[name].append(time.monotonic() - start)


def play(sessions, cards, seconds, month, beside=None):
    """Let all sessions work for a number of seconds; `beside` is called after their start. Returns the statistics."""
    seen, end = Seen(), time.monotonic() + seconds
    people = [
        Person(session, re.sub(r"\d", "", login), int(re.sub(r"\D", "", login)), cards, seen, month)
        for login, session in sessions.items()
    ]
    threads = [threading.Thread(target=person.work, args=(end,)) for person in people]
    for thread in threads:
        thread.start()
    if beside:
        start = time.monotonic()
        beside()
        seen.launched = time.monotonic() - start
    for thread in threads:
        thread.join()
    return seen


def import_readings(session, section, rows):
    """Launch the import of a file by the dialog, as the web client does; return the action that follows."""
    content = base64.b64encode("\n".join(["meter;date;index", *rows]).encode()).decode()
    values = {"section_id": section, "file": content, "filename": "load.csv"}
    model = "utility.reading.import"
    dialog = session.call(model, "web_save", [], values, {"id": {}})[0]["id"]
    session.call(model, "action_check", [dialog], context=session.context | LATER)
    await_dialog(session, model, dialog)
    return session.call(model, "action_import", [dialog])


def synchronise_all(session):
    """Press *Tout synchroniser* and confirm the dialog."""
    action = session.call("utility.reading", "action_synchronize_waiting", [], context=session.context | LATER)
    await_dialog(session, action["res_model"], action["res_id"])
    return session.call(action["res_model"], "action_confirm", [action["res_id"]])


def await_dialog(session, model, dialog):
    """Read a dialog again until the job has prepared it, as the web client does."""
    shown, context = session.specification(model, "form"), session.context | {"bin_size": True}
    while session.call(model, "web_read", [dialog], shown, context=context)[0]["is_preparing"]:
        time.sleep(READ_AGAIN)


def launch_campaign(session, section):
    """Create the campaign of the town and launch it."""
    values = {"section_id": section, "date_start": "2025-07-01", "date_end": "2025-09-30", "route": "LOAD"}
    run = session.call("utility.billing.run", "web_save", [], values, {"id": {}})[0]["id"]
    return session.call("utility.billing.run", "action_launch", [run])


def export_all(session):
    """*Tout exporter*."""
    return session.call("ledger.document", "action_export_all", [])


def table(title, seen) -> str:
    """Return percentiles of the product's actions, each with those of Odoo's."""
    lines = [
        f"\n**{title}**: {sum(map(len, seen.times.values()))} answers, {len(seen.errors)} errors, "
        f"{sum(seen.refusals.values())} refusals{_launched(seen)}\n",
        "| action | p50 | p95 | max | beside | p50 | p95 | max | p95 ratio |",
        "|---|--:|--:|--:|---|--:|--:|--:|--:|",
    ]
    for ours, theirs in PAIRS.items():
        if seen.times[ours] and seen.times[theirs]:
            cells = [percentiles(seen.times[name]) for name in (ours, theirs)]
            shown = [" | ".join(f"{1000 * value:.0f} ms" for value in cell) for cell in cells]
            lines.append(f"| {ours} | {shown[0]} | {theirs} | {shown[1]} | {cells[0][1] / cells[1][1]:.2f} |")
    lines += [f"- {text} × {number}" for text, number in seen.refusals.most_common(5)]
    lines += [f"- {text}" for text in seen.errors[:5]]
    return "\n".join(lines)


def _launched(seen) -> str:
    return f"; the work was launched in {seen.launched:.1f} s" if seen.launched else ""


def percentiles(times):
    """Return (median, 95th percentile, maximum)."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], ordered[-1]
