"""Bills of a campaign on their way to people: by e-mail to who agreed, in one file for the printer to the others."""

from . import res_partner, utility_billing_run, utility_bill_sending, utility_bill_sending_line
