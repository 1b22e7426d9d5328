"""One connection point under several sections: attach, detach, synchronise readings, gaps, matching.

Only this package sends readings to another section, after an answer (invariant 4). It knows no bills and no ledger.
"""

from . import (
    ir_ui_menu,
    res_company,
    res_partner,
    utility_section,
    utility_connection_point,
    utility_meter,
    utility_meter_matching,
    utility_meter_match,
    utility_meter_matching_work,
    utility_reading_answer,
    utility_reading,
    utility_synchronisation_run,
)
