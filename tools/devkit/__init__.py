"""Implements `./dev`: sets up Odoo 19 in a cache folder, then runs, tests and explores this addon."""
