"""A seeded generator of access logs, with the truth about every visit in them.

One publisher site, human visits with labelled causes, private shares with their link previews and
clicks, machines, and a few broken lines. Read `run.py` first.
"""

from darksocial.simulation.run import Simulation, simulate

__all__ = ["Simulation", "simulate"]
