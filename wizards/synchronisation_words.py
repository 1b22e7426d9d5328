"""Words for the outcomes of a synchronisation."""


def outcome_words(env, number, named):
    """Return {outcome: its words for a number of readings}, with or without « readings »."""
    if number == 1:
        return {
            "create": env._("1 reading added") if named else env._("1 added"),
            "correct": env._("1 reading corrected") if named else env._("1 corrected"),
            "same": env._("1 reading already the same") if named else env._("1 already the same"),
            "blocked": env._("1 reading blocked") if named else env._("1 blocked"),
            "only_there": env._("1 reading kept, only there") if named else env._("1 kept, only there"),
            "remove": env._("1 reading removed") if named else env._("1 removed"),
        }
    return {
        "create": env._("%s readings added", number) if named else env._("%s added", number),
        "correct": env._("%s readings corrected", number) if named else env._("%s corrected", number),
        "same": env._("%s readings already the same", number) if named else env._("%s already the same", number),
        "blocked": env._("%s readings blocked", number) if named else env._("%s blocked", number),
        "only_there": env._("%s readings kept, only there", number) if named else env._("%s kept, only there", number),
        "remove": env._("%s readings removed", number) if named else env._("%s removed", number),
    }
