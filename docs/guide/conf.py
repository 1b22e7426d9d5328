"""Sphinx's settings for the guide: plain pages, in French, that need no script."""

project = "Eau & Assainissement"
language = "fr"
extensions = []
exclude_patterns = ["_templates"]
templates_path = ["_templates"]
html_theme = "basic"
html_title = "Guide Eau & Assainissement"
html_static_path = ["_static"]
html_css_files = ["guide.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = False
html_permalinks = False
highlight_language = "none"
pygments_style = "none"
