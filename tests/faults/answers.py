"""What happens to acknowledgements between the accounting system and us."""

ENOUGH_FOR_TWO_LOTS = 5


def lost(trial):
    """Somebody removes them before they are read. Nothing passes for integrated; asked for again, they are read."""
    waiting = _answered(trial)
    for path in waiting:
        trial.world.lose(path)
    trial.end(trial.begin())
    return bool(waiting)


def doubled(trial):
    """The same answer comes under another name beside the first, then again under the same name."""
    contents = {path: path.read_bytes() for path in _answered(trial)}
    for path, content in contents.items():
        path.with_name(f"{path.stem}-copy.txt").write_bytes(content)
    trial.end(trial.begin())
    for path, content in contents.items():
        path.write_bytes(content)
    trial.end(trial.begin())
    return bool(contents)


def late(trial):
    """They are kept back while documents change and runs go by."""
    kept = [_keep_back(path) for path in _answered(trial)]
    for _run in range(2):
        trial.feed()
        trial.end(trial.begin())
    for path in kept:
        _give_back(path)
    return bool(kept)


def out_of_order(trial):
    """Those of the first lots come after those of the last."""
    trial.world.bills(ENOUGH_FOR_TWO_LOTS)
    *first, last = _answered(trial)
    kept = [_keep_back(path) for path in first]
    trial.end(trial.begin())
    for path in kept:
        _give_back(path)
    return bool(kept and not last.exists())


def _answered(trial):
    """Have something sent and answered. Returns the acknowledgements that wait."""
    trial.end(trial.begin())
    trial.world.simulate("serve", "--once")
    return trial.world.answers()


def _keep_back(path):
    return path.rename(path.with_name(f".{path.name}"))


def _give_back(path):
    return path.rename(path.with_name(path.name[1:]))
