"""Sphinx settings: `make docs` builds the pages with warnings as errors, every cross-reference resolved."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from udm import __version__

project, author, copyright = "udm", "The udm authors", "2026, The udm authors"
release = version = __version__
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "docs.extension",
    "docs.site.extension",
]
exclude_patterns = ["extension", "site", "checks", "_build"]

html_math_renderer = "mathml"  # written into the pages, which open without a network

html_theme = "furo"
html_title = "udm"
html_static_path = ["static"]
html_css_files = ["udm.css"]
html_js_files = ["find.js"]  # for one page, which can be read without it
default_role = "literal"  # single backquotes in docstrings
html_show_sphinx = False
copybutton_exclude = ".linenos, .gp, .go"  # prompts and output are not copied
copybutton_selector = "div:not(.no-copy) > div.highlight > pre"

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
suppress_warnings: list[str] = []

autodoc_inherit_docstrings = False
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_custom_sections = [("Attributes", "params_style")]  # fields of records, whose types signatures have
add_module_names = False
python_display_short_literal_types = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 100

smartquotes_action = "D"  # dashes; primes and quotes stay what they are in the sources

nitpicky = True
OTHERS = ("abc", "collections", "jaxtyping", "numpy", "pathlib", "sympy", "torch", "types", "typing")  # no pages here
INSIDE = ("judge.rows", "obligations.kept", "form.laws")  # types in signatures, of no use to a reader
nitpick_ignore_regex = [
    (r"py:.*", rf"({'|'.join(OTHERS)})\..*"),
    (r"py:.*", rf"derivations\.({'|'.join(INSIDE)})\..*"),
    (r"py:class", r"udm\.sample\.plan\.(Table|Planned)"),  # for samplers that plan: the how-to shows them
    (r"py:class", r"Tensor|ndarray|dict\[str"),  # as jaxtyping writes it; cut off at a comma
]
