from . import (
    background_work,
    res_config_settings,
)
