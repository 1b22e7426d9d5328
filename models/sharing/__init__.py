from . import (
    ir_ui_menu,
    res_company,
    utility_meter,
    utility_meter_matching,
    utility_meter_match,
    utility_meter_matching_work,
    utility_reading_answer,
    utility_reading,
)
