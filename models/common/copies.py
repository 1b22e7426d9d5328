"""Names of duplicated records."""


def copied_names(records, values_list, default=None) -> list[dict]:
    """Return the values of copies, each with a name of its own unless one is given, since users confuse equal names.

    :param values_list: the values to copy, of each record
    :param default: values that replace them
    """
    return [
        {**values, "name": record.env._("%s (copy)", record.name), **(default or {})}
        for record, values in zip(records, values_list, strict=True)
    ]
