from . import (
    test_billing_campaign,
)
