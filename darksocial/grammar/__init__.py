"""The three languages in which a format is written, and the directives of servers.

A format's records are lines of text (layout.py), objects with keys (keys.py) or lines cut into
columns (columns.py).
"""

from darksocial.grammar.columns import Columns
from darksocial.grammar.keys import Keys
from darksocial.grammar.layout import Layout

Grammar = Layout | Keys | Columns
