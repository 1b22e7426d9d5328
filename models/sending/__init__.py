"""Sending of a campaign's bills: by e-mail to subscribers who agreed, in a file for the printer to the others."""

from . import mail_mail, res_partner, utility_billing_run, utility_bill_sending, utility_bill_sending_line
