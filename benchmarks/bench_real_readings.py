"""Notice 1 on a real file of readings: import, share, confirm, force. Prints counts and seconds.

    ./dev bench real_readings

The file is the one named by the environment variable READINGS, by default the extract of the tests.
"""

import base64
import os
import time
from collections import Counter
from pathlib import Path

from odoo.modules import get_module_path

EXTRACT = Path(get_module_path("utility_billing_sync"), "tests/data/readings_2023_extract.csv")
path = Path(os.environ.get("READINGS") or EXTRACT)


def timed(label, action):
    start = time.perf_counter()
    result = action()
    env.flush_all()
    print(f"{time.perf_counter() - start:8.2f} s  {label}", flush=True)
    return result


def agreement():
    """Count the moments of shared meters at which both sections have the same index and consumption."""
    env.cr.execute(
        """
        SELECT count(*), count(*) FILTER (WHERE w.index = s.index AND w.consumption = s.consumption)
          FROM utility_reading w JOIN utility_meter wm ON wm.id = w.meter_id AND wm.section_id = %s
          JOIN utility_meter sm ON sm.connection_point_id = wm.connection_point_id AND sm.section_id = %s
     LEFT JOIN utility_reading s ON s.meter_id = sm.id AND s.date = w.date
        """,
        [water.id, sewerage.id],
    )
    return env.cr.fetchone()


companies = env["res.company"].create(
    [{"name": f"Budget {name}", "share_connection_points": True} for name in ("EAU", "ASSAINISSEMENT")]
)
env.user.company_ids |= companies
env = env(context=dict(env.context, allowed_company_ids=companies.ids))
water, sewerage = env["utility.section"].create(
    [
        {"name": company.name.removeprefix("Budget "), "code": company.name[-4:], "company_id": company.id}
        for company in companies
    ]
)

wizard = env["utility.reading.import"].create(
    {
        "file": base64.b64encode(path.read_bytes()),
        "filename": path.name,
        "section_id": water.id,
        "create_meters": True,
    }
)
timed("file checked as a whole", wizard.action_check)
print(f"           {wizard.new_count} good rows, {wizard.refused_count} refused")
for refusal in wizard.refused_ids:
    print(f"           line {refusal.line}: {refusal.reason}")
timed("readings written into EAU", wizard.action_import)
meters = env["utility.meter"].search([("section_id", "=", water.id)])
timed(
    f"{len(meters)} meters shared with ASSAINISSEMENT",
    lambda: env["utility.meter"].create(
        [{"section_id": sewerage.id, "connection_point_id": m.connection_point_id.id} for m in meters]
    ),
)
action = timed("question asked for all readings", env["utility.reading"].action_synchronize_all)
timed("all readings confirmed at once", env[action["res_model"]].browse(action["res_id"]).action_confirm)
meter = meters[0]
meter.reading_ids[0].index += 1
action = meter.action_force_synchronization()
timed("one meter forced", env[action["res_model"]].browse(action["res_id"]).action_confirm)
readings, agreeing = agreement()
print(f"           {agreeing} of {readings} readings agree in both sections")
print(f"           states: {dict(Counter(env['utility.reading'].search([]).mapped('sync_state')))}")
again = env["utility.reading.import"].create(
    {"file": base64.b64encode(path.read_bytes()), "filename": path.name, "section_id": water.id}
)
timed("the same file checked again", again.action_check)
print(f"           {again.new_count} new, {again.unchanged_count} already there, {again.corrected_count} to correct")
