"""What `./dev` does: set Odoo 19 up in a cache folder, then run, test and explore this addon."""
