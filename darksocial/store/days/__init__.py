"""The days of a store: their sessions, shares and reports, computed from stored hits.

`write.py` judges a day and replaces its files. `goals.py` applies goals to hits that were stored
without any.
"""
