"""The demo town's readings, as data files whose days are counted back from the day on which they are loaded."""

from demo_town_facts import PLAIN, QUARTERS, REPLACED_AFTER, ROLLED_OVER, ROUND

READINGS = """\
<?xml version="1.0" encoding="utf-8"?>
<!-- Made by tools/demo_town.py: change it there. Readings of two years, as the agents of the town entered them. -->
<odoo noupdate="1">
    <!-- indexes on the first day of every third month, the last one that of last month -->
    <function model="utility.reading" name="create" uid="demo_user_agent" eval="[[
        {{'meter_id': ref(meter), 'index': index,
          'date': DateTime.today() + relativedelta(months=3 * (rank - {quarters}) - 1, day=1)}}
        for meter, indexes in {{
{regular}
        }}.items() for rank, index in enumerate(indexes)]]"/>

    <!-- (quarters before that day, days after, index, kind; over: the meter passed its last digit) -->
{stories}
    <record id="demo_replace" model="utility.meter.replace" uid="demo_user_agent">
        <field name="meter_id" ref="demo_meter_water_replaced"/>
        <field name="date" eval="{replaced_on}"/>
        <field name="removal_index">362</field>
        <field name="installation_index">0</field>
        <field name="serial_number">V24-200117</field>
        <field name="brand">Itron</field>
        <field name="diameter">15</field>
        <field name="digits">5</field>
    </record>
    <function model="utility.meter.replace" name="action_confirm" uid="demo_user_agent" eval="[[ref('demo_replace')]]"/>
{replaced}

    <!-- what called for a second look was looked at, but for the last quarter's -->
    <function model="utility.reading" name="action_confirm" uid="demo_user_agent">
        <function model="utility.reading" name="search" eval="[[
            ('state', '=', 'draft'), ('date', '&lt;', {last_day})]]"/>
    </function>
    <function model="utility.reading" name="action_confirm" uid="demo_user_agent">
        <function model="utility.reading" name="search" eval="[[('meter_id', '=', ref('demo_meter_water_20'))]]"/>
    </function>
</odoo>
"""
CREATE = """\
    <function model="utility.reading" name="create" uid="demo_user_agent" eval="[[
        {{'meter_id': ref(meter), 'index': index, 'kind': kind.removesuffix(' over'), 'rollover': kind.endswith('over'),
          'date': DateTime.today() + relativedelta(months=-3 * quarters - 1, day=1, days=days)}}
        for meter, rows in {{
{rows}
        }}.items() for quarters, days, index, kind in rows]]"/>"""
ROUND_UNDER_WAY = """\
<?xml version="1.0" encoding="utf-8"?>
<!-- Made by tools/demo_town.py: change it there. The round under way: a part of the meters was read these days. -->
<odoo noupdate="1">
    <!-- the index of the first day of last month, m³ a day since, days ago -->
    <function model="utility.reading" name="create" uid="demo_user_agent" eval="[[
        {{'meter_id': ref(meter), 'date': day, 'index': index + round(daily * (day - last).days)}}
        for last in [DateTime.today() + relativedelta(months=-1, day=1)]
        for meter, index, daily, ago in [
{rows}
        ] for day in [DateTime.today() - timedelta(days=ago)]]]"/>
</odoo>
"""


def day(quarters=0, days=0):
    """Return the expression of a day, for a data file: so many days after meters were read."""
    return f"(DateTime.today() + relativedelta(months={-3 * quarters - 1}, day=1, days={days})).date()"


def readings_file(town):
    """Return the readings of the water service; the sewerage service gets them by synchronisation."""
    regular = {place.water: [row[2] for row in place.readings] for place in town if place.number != ROLLED_OVER}
    regular = {meter: indexes for meter, indexes in regular.items() if meter.rpartition("_")[2].isdigit()}
    stories = {place.water: list(_with_rollover(place)) for place in town if place.water not in regular}
    stories["demo_meter_sewerage_5"] = [(quarter, 0, 428 + 6 * (8 - quarter), "real") for quarter in (8, 6, 4)]
    return READINGS.format(
        quarters=QUARTERS,
        last_day=day(),
        regular=_lines(regular),
        stories=CREATE.format(rows=_lines(stories)),
        replaced=CREATE.format(rows=_lines({"demo_meter_water_replaced": REPLACED_AFTER})),
        replaced_on=day(4, 40),
    )


def _with_rollover(place):
    previous = 0
    for quarter, days, index, kind in place.readings:
        yield quarter, days, index, f"{kind} over" if index < previous - 1000 else kind
        previous = index


def _lines(meters):
    """Return the lines of {meter: what it showed} in an expression, none of them too long to be read."""
    lines = []
    for meter, rows in meters.items():
        shown = [str(row) for row in rows]
        whole = f"            '{meter}': [{', '.join(shown)}],"
        if len(whole) <= 120:
            lines.append(whole)
        else:
            groups = [", ".join(shown[start : start + 4]) for start in range(0, len(shown), 4)]
            lines += [f"            '{meter}': [", *(f"                {group}," for group in groups), "            ],"]
    return "\n".join(lines)


def round_file(town):
    daily = {row[0]: f"{row[5] / 365:.3f}" for row in PLAIN}
    rows = [
        f"            ('{place.water}', {place.readings[-1][2]}, {daily[place.number]}, {ROUND[place.number]}),"
        for place in town
        if place.number in ROUND
    ]
    return ROUND_UNDER_WAY.format(rows="\n".join(rows))
