"""Exchange with an accounting system: layouts, checks, delivery, schedule. Knows nothing of Odoo."""
