"""Names of duplicated records."""


def copied_names(records, values_list, default=None) -> list[dict]:
    """Return the values of copies with a name of their own, unless one is given: two records of one name are confused.

    :param values_list: the values to copy, of each record
    :param default: values that replace them
    """
    return [
        {**values, "name": record.env._("%s (copy)", record.name), **(default or {})}
        for record, values in zip(records, values_list, strict=True)
    ]
