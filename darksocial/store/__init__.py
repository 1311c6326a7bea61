"""The store: hits, sessions and reports by day, kept from one run to the next.

A day is computed from the hits of a few days around it (days.py), and from nothing else. So it does
not matter in how many runs, and in which order, lines came in: the same lines make the same store.

    STORE/state.json                       what was read, which files are valid, which days are due
    STORE/state.copy.json                  the same, for recovery.py
    STORE/hits/date=D/, people/date=D/     what sessions are made from; addresses and agents hashed
    STORE/rejects/                         lines that are no hits, redacted
    STORE/sessions/date=D/, shares/date=D/ the contracts of schema.py
    STORE/reports/date=D/summary.json      the report of the day
    STORE/marks/                           which lines and rows were read, as keyed hashes
    STORE/runs/                            what each run did
    STORE/lost/                            what state.json does not name, and what is damaged

layout.py has the names of all files, commits.py says how they become valid.
"""
