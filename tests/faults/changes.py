"""Changes by users and the accounting system while documents are being exchanged."""

import time

from answers import answered


def renumbered(trial):
    """Documents that were sent are renumbered before their answer arrives."""
    trial.end(trial.begin(point=trial.point()))
    changed = trial.world.renumber()
    trial.end(trial.begin())
    return changed


def partners_merged(trial):
    """The partner of every document is merged into another one during the exchange."""
    trial.end(trial.begin(point=trial.point()))
    trial.world.merge_partners()
    trial.feed()
    trial.end(trial.begin())
    return True


def referential_incomplete(trial):
    """A file of codes arrives with its header only, then without the supplier of all documents, then complete."""
    path = trial.world.directory / "referential/third_parties.csv"
    whole = path.read_bytes()
    heading, *rows = whole.splitlines(keepends=True)
    for text in (heading, heading + b"".join(row for row in rows if b"EAU;supplier;F0009" not in row)):
        path.write_bytes(text)
        trial.feed()
        trial.end(trial.begin(point=trial.point()))
        trial.end(trial.begin())
    path.write_bytes(whole)
    trial.end(trial.begin())
    return len(rows) > 1


def code_given_to_another(trial):
    """The supplier's code stands for another one in the files, while documents of the former wait and are on their way.

    Nothing leaves under it until the file is corrected; then everything does, once.
    """
    path = trial.world.directory / "referential/third_parties.csv"
    whole = path.read_bytes()
    path.write_bytes(b"".join(map(_of_another, whole.splitlines(keepends=True))))
    for options in ({"point": trial.point()}, {}):
        trial.feed()
        trial.end(trial.begin(**options))
    held = trial.world.doubtful_codes()
    path.write_bytes(whole)
    trial.end(trial.begin(point=trial.point()))
    trial.end(trial.begin())
    return held > 0


def _of_another(row):
    cells = row.split(b";")
    if cells[1:3] == [b"supplier", b"F0009"]:
        cells[3] = b"Tout autre chose"
    return b";".join(cells)


def connector_archived(trial):
    """The connector is archived during a run, before documents wait for answers; later, it is active again."""
    trial.settle()
    trial.feed()
    worker = trial.begin()
    time.sleep(trial.moment() / 2)
    was_running = worker.is_running()
    if not trial.world.set_active(False):
        trial.end(worker)
        return False
    trial.end(worker)
    trial.end(trial.begin())
    idle = trial.world.open_runs() == 0
    trial.world.set_active(True)
    trial.feed()
    trial.end(trial.begin(point=trial.point()))
    trial.end(trial.begin())
    if not idle:
        trial.found.append("a run of an archived connector is still open")
    return was_running


def answer_half_written(trial):
    """An answer is read while half of it is written, cut at the end of a line or within one."""
    waiting = answered(trial)
    contents = {path: path.read_bytes() for path in waiting}
    for path, content in contents.items():
        lines = content.splitlines(keepends=True)
        half = b"".join(lines[: max(1, len(lines) - 1)])
        path.write_bytes(half if trial.chance.random() < 0.5 else content[:-5])
    trial.end(trial.begin(point=trial.point()))
    trial.end(trial.begin())
    for path, content in contents.items():
        path.write_bytes(content)
    trial.end(trial.begin())
    return bool(waiting)


def answer_refused_then_read(trial):
    """An answer arrives with an unknown header; the run that reads its correction is killed."""
    contents = {path: path.read_bytes() for path in answered(trial)}
    for path, content in contents.items():
        _heading, _end, rows = content.partition(b"\n")
        path.write_bytes(b"a;b;c;d;e;f\r\n" + rows)
    trial.end(trial.begin())
    for path, content in contents.items():
        path.write_bytes(content)
    trial.end(trial.begin(point=trial.point()))
    trial.end(trial.begin())
    return bool(contents)
