"""SQL expressions of the rules on readings, each defined once.

The rules themselves, and every constant used here, are in `core.metering`. Functions return text, since indexes and
multi-row statements accept no `SQL` object; their arguments are aliases, never data.
"""

from ...core.metering.findings import Code
from ...core.metering.readings import SLOTS

#: Warnings to confirm before the reading is billed.
TO_CHECK = frozenset({Code.HIGH, Code.ESTIMATE_TOO_HIGH, Code.ALREADY_BILLED})

#: Columns of a new reading, for every statement that inserts one.
INSERTED_COLUMNS = """
    meter_id, section_id, company_id, date, index, kind, rollover, previous_index, previous_date,
    computed_consumption, consumption, is_modified, finding, state, sync_state, origin_reading_id,
    modification_reason, modified_by_id, modified_on, create_uid, write_uid, create_date, write_date"""

NOW = "now() AT TIME ZONE 'UTC'"


def slot(alias: str = "") -> str:
    """Return the place of a reading within its day, like `Reading.slot`."""
    cases = " ".join(f"WHEN '{kind}' THEN {place}" for kind, place in SLOTS.items())
    return f"(CASE {_column(alias, 'kind')} {cases} ELSE 0 END)"


def moment(alias: str) -> str:
    """Return an integer that sorts the readings of a meter like `Reading.moment`."""
    return f"(({_column(alias, 'date')} - date '1900-01-01') * {max(SLOTS.values()) + 1} + {slot(alias)})"


def value(alias: str = "") -> str:
    """Return the columns that must be equal for two sections to agree on a reading, like `Reading.value`."""
    index, kind, rollover, modified, consumption = (
        _column(alias, name) for name in ("index", "kind", "rollover", "is_modified", "consumption")
    )
    return f"{index}, {kind}, ({rollover} IS TRUE), ({modified} IS TRUE), (CASE WHEN {modified} THEN {consumption} END)"


def same_value(one: str, other: str) -> str:
    """Return the condition that two readings have the same value."""
    return f"(({value(one)}) IS NOT DISTINCT FROM ({value(other)}))"


def to_check(finding: str) -> str:
    """Return the condition that a finding must be confirmed by a person."""
    codes = ", ".join(f"'{code}'" for code in sorted(TO_CHECK))
    return f"({finding} IN ({codes}))"


def served_by(reading: str, subscription: str) -> str:
    """Return the condition that a reading measures days of a subscription.

    A reading closes the days before it: one on the first day of a subscription belongs to the previous subscriber, one
    on the day after its end still belongs to it.
    """
    return (
        f"({reading}.date > {subscription}.date_start"
        f" AND ({subscription}.date_end IS NULL OR {reading}.date <= {subscription}.date_end + 1))"
    )


def running(subscription: str, day: str) -> str:
    """Return the condition that a subscription runs on a day."""
    return (
        f"({subscription}.date_start <= {day}"
        f" AND ({subscription}.date_end IS NULL OR {subscription}.date_end >= {day}))"
    )


def in_service(meter: str, today: str) -> str:
    """Return the condition that a meter has a running subscription."""
    return f"""EXISTS (
        SELECT FROM utility_subscription contract
         WHERE contract.meter_id = {meter}.id AND {running("contract", today)})"""


def of_the_round(reading: str, section: str) -> str:
    """Return the condition that a reading was taken in the section's present round."""
    return f"{reading}.date >= {section}.round_start AND {reading}.kind != 'estimated'"


def to_read(meter: str, section: str, today: str) -> str:
    """Return the condition that a meter has a running subscription and was not read since the round began."""
    return f"""({meter}.active AND {in_service(meter, today)}
        AND NOT EXISTS (
        SELECT FROM utility_reading taken
         WHERE taken.meter_id = {meter}.id AND {of_the_round("taken", section)}))"""


def modification(reading: str, origin: str, user: str, reason: str = "NULL") -> str:
    """Return why, by whom and when a new reading's consumption was modified.

    :param origin: reading of another section that it is copied from, whose reason is kept
    :param user: the user who modified it, if it is not a copy
    """
    words = (
        f"COALESCE({origin}.modification_reason, {reason})",
        f"COALESCE({origin}.modified_by_id, {user})",
        f"COALESCE({origin}.modified_on, {NOW})",
    )
    return ", ".join(f"CASE WHEN {reading}.is_modified THEN {word} END" for word in words)


def signature(user: str) -> str:
    """Return who created a new row, and when, in the order of `INSERTED_COLUMNS`."""
    return f"{user}, {user}, {NOW}, {NOW}"


def _column(alias: str, name: str) -> str:
    return f"{alias}.{name}" if alias else name
