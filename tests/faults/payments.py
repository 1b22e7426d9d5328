"""Payments that come in during accidents: each movement is registered once, and both sides agree on what is due."""

from collections import Counter


def problems(world, report):
    """Return sentences about differences between what was paid there and what is registered here."""
    there = {row["reference"]: row["cents"] for row in report["payments"]}
    due = {(row["company"], row["number"]): row["cents"] for row in report["due"]}
    with world.transaction() as env:
        mine = [("connector_id", "=", world.connector)]
        movements = env["ledger.payment"].search(mine)
        here = {movement.reference: round(movement.amount * 100) for movement in movements}
        found = [f"payment {key} is missing" for key in there.keys() - here.keys()]
        found += [f"payment {key} was never made" for key in here.keys() - there.keys()]
        found += [
            f"{key}: {here[key]} here, {there[key]} there" for key in here.keys() & there if here[key] != there[key]
        ]
        found += [f"{row.reference} is {row.state}: {row.reason}" for row in movements if not row.entry_id]
        journals = env["ledger.connector"].browse(world.connector).payment_journal_ids
        entered = Counter(env["account.move"].search([("journal_id", "in", journals.ids)]).ids)
        found += [f"entry {entry} is of no payment" for entry in entered - Counter(movements.entry_id.ids)]
        found += _due_problems(env, mine, due)
    return found


def _due_problems(env, mine, due):
    """Compare what remains due of each invoice; what was paid too much is a credit of its payment."""
    documents = env["ledger.document"].search([*mine, ("move_type", "=", "out_invoice")])
    found, credits_of = [], Counter()
    for payment in env["ledger.payment"].search([*mine, ("sense", "=", "payment")]):
        for bill in payment.bill_ids:
            credits_of[bill] += payment.amount_left
    for document in documents:
        key = document.company_id.ledger_code, document.number_sent or document.number
        ours = round((document.move_id.amount_residual - credits_of[document.move_id]) * 100)
        if ours != due.get(key, ours):
            found.append(f"due of {key}: {ours} here, {due[key]} there")
    return found


# Accidents


def doubled(trial):
    """The same payments are delivered under another name, then again under the same name."""
    contents = {path: path.read_bytes() for path in _reported(trial)}
    for path, content in contents.items():
        path.with_name(f"{path.stem}-copy.csv").write_bytes(content)
    trial.end(trial.begin(point=trial.point()))
    for path, content in contents.items():
        path.write_bytes(content)
    trial.end(trial.begin())
    return bool(contents)


def half_written(trial):
    """A file of payments is read while half of it is there, cut at the end of a line or inside one."""
    contents = {path: path.read_bytes() for path in _reported(trial)}
    for path, content in contents.items():
        lines = content.splitlines(keepends=True)
        half = b"".join(lines[: max(1, len(lines) - 1)])
        path.write_bytes(half if trial.chance.random() < 0.5 else content[:-5])
    trial.end(trial.begin(point=trial.point()))
    trial.end(trial.begin())
    for path, content in contents.items():
        path.write_bytes(content)
    trial.end(trial.begin())
    return bool(contents)


def out_of_order(trial):
    """Refusals are read before the payments that they are about."""
    first = _reported(trial)
    kept = [path.rename(path.with_name(f".{path.name}")) for path in first]
    trial.world.pay()
    trial.end(trial.begin(point=trial.point()))
    for path in kept:
        path.rename(path.with_name(path.name[1:]))
    trial.end(trial.begin())
    return bool(kept)


def _reported(trial):
    """Have invoices sent and accepted, and paid there. Returns the files that wait."""
    trial.world.invoices(trial.chance.randrange(2, 5))
    trial.end(trial.begin())
    trial.world.simulate("serve", "--once")
    trial.world.pay()
    return trial.world.payment_files()
