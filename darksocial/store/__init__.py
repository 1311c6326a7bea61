"""The store: hits, sessions and reports by day, from one run to the next.

A day is computed from the hits of a few days around it, and from nothing else. So it does not
matter in how many runs, or in which order, lines are read: the same lines make the same store.

    STORE/state.json                       what was read, which files are valid, which days are due
    STORE/state.copy.json                  a copy, for recovery
    STORE/hits/date=D/, people/date=D/     the basis of sessions; addresses and agents are hashed
    STORE/rejects/                         redacted lines that could not be read
    STORE/sessions/date=D/, shares/date=D/ the contracts of schema.py
    STORE/reports/date=D/summary.json      the report of the day
    STORE/marks/                           which lines and rows were read, as keyed hashes
    STORE/runs/                            what each run did
    STORE/campaigns.parquet, partners.parquet  what campaigns and partners cost and brought
    STORE/lost/                            files that state.json does not name, and damaged files

Start with `nightly.py`, the whole of a run. `night.py` holds its arguments, and `plan.py` is the
dry run. `intake/` turns inputs into new hits, `days/` turns hits into the files of a day, `files/`
knows the files and makes them valid, `upkeep/` checks and recovers them, and `daily/` is the report
of one day. `calendar.py` says which days depend on each other.
"""
