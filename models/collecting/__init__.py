"""Payments of the accounting system on bills of sections: credits on the next bill, what the portal shows."""

from . import account_move, res_partner
