"""Accidents of acknowledgements on their way from the accounting system."""

ENOUGH_FOR_TWO_LOTS = 5


def lost(trial):
    """Answers are deleted before they are read. Nothing is marked as integrated; requested again, they are read."""
    waiting = answered(trial)
    for path in waiting:
        trial.world.lose(path)
    trial.end(trial.begin())
    return bool(waiting)


def duplicated(trial):
    """The same answer arrives under another name, then again under the same name."""
    contents = {path: path.read_bytes() for path in answered(trial)}
    for path, content in contents.items():
        path.with_name(f"{path.stem}-copy.txt").write_bytes(content)
    trial.end(trial.begin())
    for path, content in contents.items():
        path.write_bytes(content)
    trial.end(trial.begin())
    return bool(contents)


def late(trial):
    """Answers arrive after documents have changed and several runs have ended."""
    kept = [_keep_back(path) for path in answered(trial)]
    for _run in range(2):
        trial.feed()
        trial.end(trial.begin())
    for path in kept:
        _give_back(path)
    return bool(kept)


def out_of_order(trial):
    """Answers to the first lots arrive after those to the last one."""
    trial.world.bills(ENOUGH_FOR_TWO_LOTS)
    answers = answered(trial)
    kept = [_keep_back(path) for path in answers[:-1]]
    trial.end(trial.begin())
    for path in kept:
        _give_back(path)
    return bool(kept and not answers[-1].exists())


def answered(trial):
    """Send documents and have them answered. Returns the paths of the answers."""
    trial.end(trial.begin())
    trial.world.simulate("serve", "--once")
    return trial.world.answers()


def _keep_back(path):
    return path.rename(path.with_name(f".{path.name}"))


def _give_back(path):
    return path.rename(path.with_name(path.name[1:]))
