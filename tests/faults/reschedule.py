"""Changes of the schedule while the job has locked its row: each is saved at once, and the job follows it."""

import os
from contextlib import contextmanager
from functools import partial

from odoo import Command, api
from odoo.service.model import call_kw, retrying

#: What the person in charge saves: (values, whether a run is planned then).
CHANGES = (
    ({"time": 3.25}, True),
    ({"frequency": "weekly", "weekday": "4", "time": 23.5}, True),
    ({"auto_sync": False}, False),
)
AS_BEFORE = {"auto_sync": True, "frequency": "daily", "time": 12.0}


def problems(trial):
    """Save each change during a run, with the web client's call. Returns the problems."""
    user, found = _manager(trial.world), []
    for values, planned in CHANGES:
        with _run_on_hold(trial):
            _save(trial.world, user, values)
        found += [f"{values} saved during a run: {sentence}" for sentence in _look(trial.world, values, planned)]
    _save(trial.world, user, AS_BEFORE)
    return found


@contextmanager
def _run_on_hold(trial):
    """Pause a server in the middle of a run, with its job's row locked, for the time of the block."""
    arrived, released = os.pipe(), os.pipe()

    def hold():
        os.write(arrived[1], b"x")
        os.read(released[0], 1)

    trial.feed()
    worker = trial.begin(point=trial.points // 3, event=hold)
    os.close(arrived[1])
    if not os.read(arrived[0], 1):
        raise RuntimeError("the run was over before a third of its points")
    yield
    os.write(released[1], b"x")
    trial.end(worker)
    for end in (arrived[0], *released):
        os.close(end)


def _manager(world):
    with world.transaction() as env:
        connector = env["ledger.connector"].browse(world.connector)
        group = env.ref("utility_billing_sync.group_ledger_manager")
        values = {"company_id": connector.company_ids[0].id, "company_ids": [Command.set(connector.company_ids.ids)]}
        login = f"reschedule{connector.id}"
        users = env["res.users"].with_context(no_reset_password=True)
        return users.create({"name": login, "login": login, "group_ids": [Command.set(group.ids)], **values}).id


def _save(world, user, values):
    with world.registry.cursor() as cr:
        env = api.Environment(cr, user, {"lang": "en_US"})
        arguments = [[world.connector], values]
        retrying(partial(call_kw, env["ledger.connector"], "web_save", arguments, {"specification": {}}), env)


def _look(world, values, planned):
    """Yield the problems after the run."""
    with world.transaction() as env:
        connector = env["ledger.connector"].browse(world.connector)
        kept = {name: connector[name] for name in values}
        if kept != values:
            yield f"kept are {kept}"
        if bool(connector.next_run) != planned:
            yield f"the next run is {connector.next_run}"
        job = connector.cron_id
        if not job.active or (planned and job.nextcall != connector.next_run):
            yield f"the job is called on {job.nextcall}, not on {connector.next_run}"
        run = connector.run_ids[:1]
        if run.state != "done":
            yield f"the run that was on is {run.state}"
