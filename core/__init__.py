"""The rules of the trade in plain Python: nothing in here knows Odoo."""
