"""The report of a day as a page to forward: a mail."""

from darksocial.outputs.day._page import output

OUTPUT = output("eml")
