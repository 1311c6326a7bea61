"""The intake: from the inputs of a run to the new hits of the store, each line once.

`incoming.py` opens the inputs. `news.py` finds what is new in them: of logs with `logs.py`,
`beginnings.py` and `chains.py`, of exports with `exports.py` and `rows.py`. `hits.py` converts new
requests to hits without personal data, and `take_in.py` adds these to the store; `superseded.py`
removes hits that a later export replaces, and `repeated.py` leaves out hits that the store holds.
`numbering.py` and `hit_names.py` number files and name hits.
"""
