"""What stands where in a log line: layouts, and the servers' directives that describe them."""

from darksocial.grammar.columns import Columns
from darksocial.grammar.keys import Keys
from darksocial.grammar.layout import Layout

Grammar = Layout | Keys | Columns
