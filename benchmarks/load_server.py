"""Starts Odoo by a file: with workers, it starts the same file again to serve the bus, which `-m odoo` cannot."""

from odoo.cli.command import main

main()
