"""Tests of the rules of `core/`: no Odoo, no database. Expected values are calculated by hand, with their source.

`golden/` contains files as they must be written; `*_samples.py` build cases, `fuzz*.py` random files.
"""
