"""Formats with the times that a user describes, for files that nothing reads otherwise."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from darksocial.formats import Format
from darksocial.grammar import Grammar
from darksocial.grammar.keys import Keys
from darksocial.grammar.layout import Layout
from darksocial.grammar.mapping import mapped
from darksocial.grammar.variants import timed


def with_times(log_format: Format, form: str) -> Format | None:
    """Return the format with times in a strptime format; None if its times are of one form only, as
    those of W3C's and other columns."""
    bind = log_format.bind
    if isinstance(bind, partial) and bind.func is mapped:
        return replace(log_format, bind=partial(bind, time_format=form))
    grammar = _timed(log_format.grammar, form)
    if grammar is None:
        return None
    if bind is None:
        return replace(log_format, grammar=grammar)
    own = bind

    def bound(head: Sequence[str]) -> Grammar | None:
        of_file = own(head)
        return _timed(of_file, form) if of_file else None

    return replace(log_format, grammar=grammar, bind=bound)


def _timed(grammar: Grammar, form: str) -> Grammar | None:
    if isinstance(grammar, Layout):
        return timed(grammar, form)
    if isinstance(grammar, Keys):
        return replace(grammar, time_format=form)
    return None
