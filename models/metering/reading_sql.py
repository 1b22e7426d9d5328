"""SQL forms of the rules on readings: each rule that PostgreSQL repeats is said here once.

The rules themselves, and every constant used here, are those of `core.metering`. Functions return text, since indexes
and multi-row statements take no `SQL` object; what they are given is an alias, never data.
"""

from ...core.metering.findings import Code
from ...core.metering.readings import SLOTS

#: Warnings that somebody has to look at before the reading is billed.
TO_CHECK = frozenset({Code.HIGH, Code.ESTIMATE_TOO_HIGH, Code.ALREADY_BILLED})

#: The columns of a new reading, whatever statement inserts it.
INSERTED_COLUMNS = """
    meter_id, section_id, company_id, date, index, kind, rollover, previous_index, previous_date,
    computed_consumption, consumption, is_modified, finding, state, sync_state, origin_reading_id,
    modification_reason, modified_by_id, modified_on, create_uid, write_uid, create_date, write_date"""

NOW = "now() AT TIME ZONE 'UTC'"


def slot(alias: str = "") -> str:
    """Return the place of a reading within its day, as `Reading.slot`."""
    cases = " ".join(f"WHEN '{kind}' THEN {place}" for kind, place in SLOTS.items())
    return f"(CASE {_column(alias, 'kind')} {cases} ELSE 0 END)"


def moment(alias: str) -> str:
    """Return an integer that orders readings of a meter as `Reading.moment` does."""
    return f"(({_column(alias, 'date')} - date '1900-01-01') * {max(SLOTS.values()) + 1} + {slot(alias)})"


def value(alias: str = "") -> str:
    """Return the columns that two sections must hold alike to agree on a reading, as `Reading.value`."""
    index, kind, rollover, modified, consumption = (
        _column(alias, name) for name in ("index", "kind", "rollover", "is_modified", "consumption")
    )
    return f"{index}, {kind}, ({rollover} IS TRUE), ({modified} IS TRUE), (CASE WHEN {modified} THEN {consumption} END)"


def same_value(one: str, other: str) -> str:
    """Return the condition that two readings hold the same value."""
    return f"(({value(one)}) IS NOT DISTINCT FROM ({value(other)}))"


def to_check(finding: str) -> str:
    """Return the condition that a finding waits for a person."""
    codes = ", ".join(f"'{code}'" for code in sorted(TO_CHECK))
    return f"({finding} IN ({codes}))"


def served_by(reading: str, subscription: str) -> str:
    """Return the condition that a reading measures days of a subscription.

    A reading closes the days before it: the one of the day a subscriber comes in is of the subscriber before, the
    one of the day after they leave is still theirs.
    """
    return (
        f"({reading}.date > {subscription}.date_start"
        f" AND ({subscription}.date_end IS NULL OR {reading}.date <= {subscription}.date_end + 1))"
    )


def in_service(meter: str, today: str) -> str:
    """Return the condition that a meter has a running subscription."""
    return f"""EXISTS (
        SELECT FROM utility_subscription contract
         WHERE contract.meter_id = {meter}.id AND contract.date_start <= {today}
           AND (contract.date_end IS NULL OR contract.date_end >= {today}))"""


def to_read(meter: str, section: str, today: str) -> str:
    """Return the condition that a meter has a running subscription and was not read since the round began."""
    return f"""({meter}.active AND {in_service(meter, today)}
        AND NOT EXISTS (
        SELECT FROM utility_reading taken
         WHERE taken.meter_id = {meter}.id AND taken.date >= {section}.round_start AND taken.kind != 'estimated'))"""


def modification(reading: str, origin: str, user: str, reason: str = "NULL") -> str:
    """Return why, by whom and when a new reading's consumption was modified.

    :param origin: the reading of another section that it comes from, whose words are kept
    :param user: who modified it where it comes from no other reading
    """
    words = (
        f"COALESCE({origin}.modification_reason, {reason})",
        f"COALESCE({origin}.modified_by_id, {user})",
        f"COALESCE({origin}.modified_on, {NOW})",
    )
    return ", ".join(f"CASE WHEN {reading}.is_modified THEN {word} END" for word in words)


def signature(user: str) -> str:
    """Return who made a new row, and when, in the order of `INSERTED_COLUMNS`."""
    return f"{user}, {user}, {NOW}, {NOW}"


def _column(alias: str, name: str) -> str:
    return f"{alias}.{name}" if alias else name
