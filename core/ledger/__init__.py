"""Exchange with an accounting system: layouts, checks, delivery, schedule. Does not import Odoo."""
